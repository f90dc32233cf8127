"""Fuzz one target, or all of them: ``python tests/fuzz/fuzz.py TARGET|all SECONDS [plain]``.

With atheris, inputs that reach new code go into the folder ``$FUZZ_CORPUS/TARGET`` (default: a temporary
folder); pick small ones for ``corpus/``. Without atheris, or with ``plain``, inputs are mutated at random: no
folder grows. An input that fails is written as ``crash-…`` into the current folder, and the exit code is not
0.
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE)]


USAGE = "usage: python tests/fuzz/fuzz.py TARGET|all SECONDS [plain]"


def main(*words: str) -> int:
    if not words or words in (("-h",), ("--help",)):
        print(f"{USAGE}; TARGET is one of {', '.join(targets())}", file=sys.stdout if words else sys.stderr)
        return 0 if words else 2
    name, seconds, *how = words if len(words) > 1 else (*words, "")
    wrong = find_wrong(name, seconds, how)
    if wrong:
        print(f"fuzz: {wrong}; {USAGE}", file=sys.stderr)
        return 2
    try:
        import atheris
    except ImportError:
        atheris = None
        print("fuzz: atheris is not installed for this Python, so inputs are mutated at random")
    if name == "all":
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # one target for each processor at a time
            commands = [[sys.executable, __file__, target, seconds, *how] for target in targets()]
            return int(any(pool.map(subprocess.call, commands)))  # a killed target has a code below 0
    if atheris is None or how == ["plain"]:
        return fuzz_plainly(name, float(seconds))
    with atheris.instrument_imports(include=["duizhao"], exclude=["duizhao.schema"]):
        from targets import TARGETS, run_one
    for path in sorted((HERE / "corpus" / name).iterdir()):
        run_one(TARGETS[name], path.read_bytes())  # what is loaded once does not count as slow
    grown = Path(os.environ.get("FUZZ_CORPUS") or tempfile.mkdtemp()) / name
    grown.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        "-max_len=1500",
        "-timeout=60",
        "-verbosity=0",
        "-print_final_stats=1",
    ]
    target = TARGETS[name]
    arguments = [sys.argv[0], *options, str(grown), str(HERE / "corpus" / name)]
    atheris.Setup(arguments, lambda data: run_one(target, data))
    print(f"fuzz: {name}, {seconds} s", flush=True)
    atheris.Fuzz()
    return 0


def targets() -> list[str]:
    """The names of all targets, without an import of the package: each has a folder of inputs."""
    return sorted(path.name for path in (HERE / "corpus").iterdir())


def find_wrong(name: str, seconds: str, how: list[str]) -> str | None:
    """What is wrong with the words of the command line; None if nothing is."""
    if name not in ("all", *targets()):
        return f"no target {name!r}; it is all or one of {', '.join(targets())}"
    if not (seconds.isascii() and seconds.isdigit() and int(seconds)):
        return f"{seconds!r} is no number of seconds; give a whole number above 0"
    if how not in ([], ["plain"]):
        return f"{' '.join(how)!r} is not understood; only plain may follow"
    return None


def fuzz_plainly(name: str, seconds: float) -> int:
    """Mutate the corpus until the time is over. Returns 1 after an input that failed."""
    from targets import TARGETS, mutate, run_one

    generator = random.Random()
    corpus = [path.read_bytes() for path in sorted((HERE / "corpus" / name).iterdir())]
    for data in corpus:
        run_one(TARGETS[name], data)
    end, count, slowest = time.monotonic() + seconds, 0, 0.0
    while time.monotonic() < end:
        data = mutate(corpus, generator)
        if generator.random() < 0.2:
            corpus.append(data)
        begun = time.process_time()
        try:
            run_one(TARGETS[name], data)
        except Exception:
            file = Path(f"crash-{name}-{hashlib.sha256(data).hexdigest()[:12]}")
            file.write_bytes(data)
            traceback.print_exc()
            print(f"fuzz: {name}: failed after {count} inputs: {file}", flush=True)
            return 1
        slowest = max(slowest, time.process_time() - begun)
        count += 1
    print(
        f"fuzz: {name}: {count} inputs in {seconds:g} s, none failed; the slowest took {slowest:.2f} s",
        flush=True,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
