"""What a checkout promises to CI and to those who install it."""

import re
import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\s\[<>=!;]", line, maxsplit=1)[0].lower().replace("_", "-") for line in requirements}


def test_the_lock_of_ci_names_every_package_that_the_tests_ask_for() -> None:
    """A stale lock makes pip try hundreds of versions of what it does not name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [line for line in project["dependencies"] if ";" not in line] + extras["test"]
    for extra in re.findall(r"duizhao\[(.+?)\]", " ".join(extras["test"])):
        wanted += [line for name in extra.split(",") for line in extras[name]]
    lock = (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    locked = names([line for line in lock if not line.startswith("#")])
    missing = sorted(names(wanted) - locked - {"duizhao"})
    assert not missing, f"{missing} are not in .ci/constraints.txt: run .ci/lock"
