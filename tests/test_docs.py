"""The documentation is run: every ``python`` block, and every ``sh`` block under ``<!-- run -->``, each in a
fresh process.

The working folder holds the release as ``dataset`` and the tutorial's files as ``docs/tutorial``. A ``text``
block right under another is what that one prints. Blocks of the tutorial and of a recipe build on each other;
all others stand alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer

from conftest import ROOT
from duizhao.report.plots import read_digest

sys.path.insert(0, str(ROOT / "docs"))
import make  # type: ignore[import-not-found]

RECIPES = sorted(path for path in (ROOT / "docs" / "recipes").glob("*.md") if path.name != "README.md")
PAGES = [*sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("README*.md")), *RECIPES]
TUTORIAL = ROOT / "docs" / "tutorial.md"
STORIES = [TUTORIAL, *RECIPES]
FENCE = re.compile(
    r"(?P<run><!-- run -->\n)?^```(?P<kind>\w*)\n(?P<code>.*?)^```$(?:\n```text\n(?P<out>.*?)^```$)?",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    kind: str
    code: str
    out: str | None

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """Blocks of a page that run."""
    text = page.read_text(encoding="utf-8")
    found = [(match, text.count("\n", 0, match.start()) + 1) for match in FENCE.finditer(text)]
    return [
        Block(page, line, match["kind"], match["code"], match["out"])
        for match, line in found
        if match["kind"] == "python" or (match["kind"] == "sh" and match["run"])
    ]


def prepare(folder: Path) -> Path:
    shutil.copytree(ROOT / "dataset", folder / "dataset")
    for part in ("tutorial", "recipes"):
        shutil.copytree(ROOT / "docs" / part, folder / "docs" / part)
    return folder


def run_block(block: Block, folder: Path, cache: Path) -> None:
    command = (
        [sys.executable, "-c", block.code]
        if block.kind == "python"
        else ["bash", "-euo", "pipefail", "-c", block.code]
    )
    settings = {
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_CACHE": str(cache),
        "RAY_USAGE_STATS_ENABLED": "0",
        "PYTHONUTF8": "1",
        "COLUMNS": "200",
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **settings, "PATH": path},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{block}\n{done.stderr}"
    if block.out is not None:
        assert done.stdout == block.out, str(block)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("cache")


@pytest.mark.slow
@pytest.mark.parametrize(
    "block", [block for page in PAGES if page not in STORIES for block in blocks(page)], ids=str
)
def test_a_block_runs_and_prints_what_the_page_says(block: Block, tmp_path: Path, cache: Path) -> None:
    run_block(block, prepare(tmp_path), cache)


@pytest.mark.slow
def test_the_tutorial_runs_from_its_first_block_to_its_last(tmp_path: Path, cache: Path) -> None:
    run_story(TUTORIAL, tmp_path, cache)


PICTURES = {
    "wechat": "wechat/plots/removed",
    "taiwan": "site/plots/removed",
    "documentation": "manual/plots/lengths",
}
"""The picture that each recipe ends in."""


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda page: page.stem)
def test_a_recipe_runs_and_ends_in_the_picture_that_it_shows(
    recipe: Path, tmp_path: Path, cache: Path
) -> None:
    """A picture that is out of date is replaced by copying the made one over it."""
    pytest.importorskip("matplotlib")
    folder = run_story(recipe, tmp_path, cache)
    shown = recipe.with_suffix(".svg")
    assert f"]({shown.name})" in recipe.read_text(encoding="utf-8")
    made = (folder / f"{PICTURES[recipe.stem]}.svg").read_text(encoding="utf-8")
    assert read_digest(shown.read_text(encoding="utf-8")) == read_digest(made) is not None


def run_story(page: Path, tmp_path: Path, cache: Path) -> Path:
    """Run the blocks of a page one after the other in one folder without a release, and return the folder."""
    folder = prepare(tmp_path)
    shutil.rmtree(folder / "dataset")
    assert len(blocks(page)) >= 5
    for block in blocks(page):
        run_block(block, folder, cache)
    return folder


@pytest.mark.parametrize("page", sorted(make.PAGES), ids=str)
def test_a_generated_page_is_up_to_date(page: str) -> None:
    """Fixed by: python docs/make.py"""
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == make.PAGES[page]()


def test_the_command_line_page_has_every_command_and_option() -> None:
    page = make.make_cli_reference()
    for word in ("duizhao push", "--dry-run", "duizhao stats", "--plots", "duizhao build", "--strict"):
        assert word in page


def test_the_command_line_page_shows_both_forms_of_a_switch_with_its_default() -> None:
    app = typer.Typer()

    @app.command()
    def work(fast: bool = typer.Option(False, "--fast/--slow", help="Be fast.")) -> None: ...

    assert "| `--fast / --slow` | Be fast. [default: --slow] |" in make._command(
        "work", typer.main.get_command(app)
    )


def test_commands_are_the_same_in_both_languages() -> None:
    codes = [
        [
            (match["kind"], match["code"])
            for match in FENCE.finditer((ROOT / name).read_text(encoding="utf-8"))
        ]
        for name in ("README.md", "README.zh-Hans.md")
    ]
    assert [kind for kind, _ in codes[0]] == [kind for kind, _ in codes[1]]
    assert [_uncommented(code) for _, code in codes[0]] == [_uncommented(code) for _, code in codes[1]]
    headings = [
        len(re.findall(r"^##? ", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("README.md", "README.zh-Hans.md")
    ]
    assert headings[0] == headings[1]


def test_links_of_the_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_blocks_are_found_with_line_and_output(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A\n```python\nprint(1)\n```\n```text\n1\n```\n\n```sh\nrm -rf /\n```\n<!-- run "
        "-->\n```sh\necho\n```\n",
        encoding="utf-8",
    )
    assert [(block.kind, block.line, block.code, block.out) for block in blocks(page)] == [
        ("python", 2, "print(1)\n", "1\n"),
        ("sh", 12, "echo\n", None),
    ]


def _uncommented(code: str) -> str:
    """Code without its comments, which are translated."""
    return re.sub(r" *# .*$", "", code, flags=re.MULTILINE)
