"""Throughput of a corpus build beside the obvious script, datatrove and the floor: one table, one corpus, one
run.

python benchmarks/throughput.py [--megabytes 1 10] [--other PYTHON] [--workers 1 2] [--only WORD ...] [--svg
FILE]

The corpus is made by `benchmarks/corpus.py`. Each row of the table is a process of its own; its seconds of
CPU are those of the process and all its children. ``--other`` is a Python where `datatrove[io,processing]`,
`spacy`, `jieba`, `datasets`, `jsonschema` and `opencc-python-reimplemented` are installed: the last one and
`opencc` have the same module, so they cannot be in one environment. Without it, the rows of the other
programs are left out. ``--only`` keeps the rows that have one of the words in their name; ``stages`` are the
rows by stage.

The modules of Duizhao are compiled first, as pip does it when it installs a package.

Peak memory is that of the largest process. The ratio is the obvious script's CPU time divided by the row's:
above 1 is faster. CPU time is compared because wall time says nothing on a machine that is busy; both are
shown.
"""

from __future__ import annotations

import argparse
import compileall
import functools
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent

STAGES = (
    ("find the blocks", "duizhao.records.pipeline", ("find_blocks",)),
    ("clean", "duizhao.records.pipeline", ("judge_together", "decide", "name_speakers")),
    ("split into sentences", "duizhao.records.pipeline", ("split_block",)),
    ("convert the script", "duizhao.records.pipeline", ("write_both_together",)),
    ("make records", "duizhao.corpus.work", ("make_article", "prepare_documents")),
    ("parse and check rows", "duizhao.corpus.work", ("parse_line", "check_row", "read_row")),
    ("validate", "duizhao.corpus.work", ("validate",)),
    ("write", "duizhao.corpus.engines", ("write_piece", "write_shard", "hash_file")),
)
"""Stages of our build: their functions, where they are called from. The time of a stage is without that of
inner stages.
"""


class Cost(NamedTuple):
    """What a process took: seconds of CPU and of the clock, and the bytes of the largest process."""

    cpu: float
    wall: float
    peak: int


def measure(command: list[str]) -> Cost:
    """Run a command and return its cost. Raises SystemExit if it fails, with what it said."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)}: failed\n{said.read().decode(errors='replace')[-2000:]}")
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - start, used.ru_maxrss * 1024)


def floor(corpus: str, out: str) -> None:
    """Read the same input and write the same text to Parquet, with pyarrow and nothing between."""
    import pyarrow.json
    import pyarrow.parquet

    Path(out).mkdir()
    table = pyarrow.json.read_json(corpus, read_options=pyarrow.json.ReadOptions(use_threads=False))
    pyarrow.parquet.write_table(table, str(Path(out) / "train.parquet"), compression="zstd")


def nearest(corpus: str, out: str, *, sentences: bool) -> None:
    """Do the nearest steps of datatrove: read, drop lines as C4 does, with or without splitting into
    sentences, write.
    """
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.filters import C4QualityFilter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import ParquetWriter

    clean = C4QualityFilter(
        filter_no_terminal_punct=False,  # its signs are those of English
        min_words_per_line=-1,  # its words are parted by spaces
        min_num_sentences=1 if sentences else -1,
        language="zho_Hani",
    )
    reader = JsonlReader(str(Path(corpus).parent), glob_pattern=Path(corpus).name)
    LocalPipelineExecutor(
        [reader, clean, ParquetWriter(out)], logging_dir=f"{out}.log", skip_completed=False
    ).run()


def stages(corpus: str, out: str) -> None:
    """Build in this process with a clock around each stage, and print the seconds of CPU of each as JSON."""
    spent: defaultdict[str, float] = defaultdict(float)
    open_stages: list[str] = ["read, cut and prove"]
    last = time.process_time()

    def switch() -> None:
        nonlocal last
        now = time.process_time()
        spent[open_stages[-1]] += now - last
        last = now

    def timed(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **options: Any) -> Any:
            switch()
            open_stages.append(stage)
            try:
                return function(*args, **options)
            finally:
                switch()
                open_stages.pop()

        return call

    for stage, module, names in STAGES:
        home = importlib.import_module(module)
        for name in names:
            setattr(home, name, timed(stage, getattr(home, name)))
    from duizhao.corpus import build_corpus

    switch()
    spent.clear()  # loading modules is no stage
    build_corpus([corpus], Path(out), workers=1)
    switch()
    print(json.dumps(spent))


PARTS: dict[str, Callable[[str, str], None]] = {
    "floor": floor,
    "stages": stages,
    "datatrove-lines": functools.partial(nearest, sentences=False),
    "datatrove-sentences": functools.partial(nearest, sentences=True),
}


def rows(corpus: Path, work: Path, workers: list[int], other: str | None, only: list[str]) -> dict[str, Cost]:
    """Measure each program on a corpus."""
    me = str(Path(__file__))
    commands = {"floor: pyarrow reads and writes": [sys.executable, me, "--part", "floor"]}
    if other:
        commands["the obvious script"] = [other, str(HERE / "obvious.py")]
        commands["datatrove, lines as C4"] = [other, me, "--part", "datatrove-lines"]
        commands["datatrove, lines and sentences"] = [other, me, "--part", "datatrove-sentences"]
    for count in workers:
        build = [sys.executable, "-m", "duizhao", "build", "-q", "--workers", str(count)]
        commands[f"duizhao, {count} worker{'s' * (count > 1)}"] = build
    found = {}
    for number, (name, command) in enumerate(commands.items()):
        if wanted(name, only):
            out = work / f"out-{number}"
            places = [str(corpus), "--out", str(out)] if "duizhao" in command else [str(corpus), str(out)]
            found[name] = measure([*command, *places])
            print(f"{name}: {found[name].cpu:.1f} s CPU", file=sys.stderr)
            shutil.rmtree(out)
    return found


def wanted(name: str, only: list[str]) -> bool:
    """Return whether a row is asked for."""
    return not only or any(word in name for word in only)


def print_table(size: float, found: dict[str, Cost], of_stages: dict[str, float]) -> None:
    """Print the table of one corpus."""
    base = found.get("the obvious script")
    print(f"\n| {size:g} MB | s CPU | s wall | MB/s of CPU | ratio | peak MB |\n|---|---|---|---|---|---|")
    for name, cost in found.items():
        ratio = f"{base.cpu / cost.cpu:.2f}" if base else "–"
        print(
            f"| {name} | {cost.cpu:.1f} | {cost.wall:.1f} | {size / cost.cpu:.2f} | {ratio} | "
            f"{cost.peak / 1e6:.0f} |"
        )
    for stage, seconds in sorted(of_stages.items(), key=lambda one: -one[1]):
        print(f"| – {stage} | {seconds:.1f} | | {size / max(seconds, 0.001):.1f} | | |")


def draw(points: dict[float, dict[str, Cost]], path: Path) -> None:
    """Draw CPU seconds and peak memory by size to an SVG file."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    matplotlib.rcParams.update({"svg.hashsalt": "duizhao", "svg.fonttype": "none"})
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    pictures: tuple[tuple[str, Callable[[Cost], float]], ...] = (
        ("seconds of CPU", lambda cost: cost.cpu),
        ("peak memory of the largest process, MB", lambda cost: cost.peak / 1e6),
    )
    for axis, (label, value) in zip(axes, pictures, strict=True):
        for name in next(iter(points.values())):
            axis.plot(list(points), [value(found[name]) for found in points.values()], marker="o", label=name)
        axis.set(xscale="log", yscale="log", xlabel="MB of text", ylabel=label)
        axis.grid(alpha=0.3)
    axes[0].legend(fontsize=7)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--megabytes", nargs="+", type=float, default=[1.0, 10.0])
    parser.add_argument("--workers", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--other")
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--svg", type=Path)
    parser.add_argument("--part", choices=sorted(PARTS), help=argparse.SUPPRESS)
    parser.add_argument("places", nargs="*", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.part:
        PARTS[told.part](*told.places)
        return
    points = {}
    compileall.compile_dir(HERE.parent / "src", quiet=1)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the start")
    for size in told.megabytes:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            corpus = work / "corpus" / "corpus.jsonl"
            corpus.parent.mkdir()
            make = [sys.executable, str(HERE / "corpus.py"), str(corpus), str(size), str(told.seed)]
            subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
            points[size] = rows(corpus, work, told.workers, told.other, told.only)
            of_stages = {}
            if wanted("stages", told.only):
                part = [
                    sys.executable,
                    str(Path(__file__)),
                    "--part",
                    "stages",
                    str(corpus),
                    str(work / "stages"),
                ]
                done = subprocess.run(part, check=True, capture_output=True, encoding="utf-8")
                of_stages = json.loads(done.stdout.splitlines()[-1])
            print_table(size, points[size], of_stages)
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")
    if not told.other:
        print("not measured without --other: the obvious script, datatrove")
    print("not measured: data-juicer (py-data-juicer does not install in a minute)")
    if told.svg:
        draw(points, told.svg)


if __name__ == "__main__":
    main()
