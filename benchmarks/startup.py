"""Time to start, as a user feels it: each command in a fresh process, five times, fastest and median.

    python benchmarks/startup.py

Rows that end in "beyond …" subtract the median of the process that does only what follows "beyond".
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = 5


def seconds(*command: str) -> list[float]:
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
        times.append(time.perf_counter() - start)
    return times[1:]


def python(code: str) -> list[float]:
    return seconds(sys.executable, "-c", code)


def main() -> None:
    nothing = statistics.median(python("pass"))
    datasets = statistics.median(python("import datasets"))
    parquet = statistics.median(python("import pyarrow.parquet"))
    rows: list[tuple[str, list[float], float]] = [
        ("import duizhao, beyond python", python("import duizhao"), nothing),
        ("duizhao --help", seconds(sys.executable, "-m", "duizhao", "--help"), 0),
        (
            'duizhao.load("sentences"), beyond import datasets',
            python("import datasets, duizhao; duizhao.load('sentences')"),
            datasets,
        ),
        (
            'load(as_="arrow"), beyond import pyarrow.parquet',
            python("import duizhao; duizhao.load('sentences', as_='arrow')"),
            parquet,
        ),
    ]
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "dataset")
        rows.append(
            (
                "duizhao build (five articles, beads by hand)",
                seconds(sys.executable, "-m", "duizhao", "build", "raw", "--out", out),
                0,
            )
        )
    print("| what | fastest, s | median, s |\n|---|---|---|")
    for what, times, base in rows:
        print(f"| {what} | {min(times) - base:.3f} | {statistics.median(times) - base:.3f} |")


if __name__ == "__main__":
    main()
