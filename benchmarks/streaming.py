"""How long it takes to open a large release as a stream and to read its first row.

    python benchmarks/streaming.py RELEASE [GIGABYTES]

RELEASE is a release in shards. Its first shard of ``sentences`` is repeated to a shard of about 50 MB, which
then stands in a new release under many names until they have GIGABYTES together (default 1). So it has the
size and the number of files of a large release, but not its variety. The time is that of a new process from
`load_dataset` to the first row, with and without the import of `datasets`.

`datasets` imports torch at this place if it is installed, which takes seconds. An installation of Duizhao
without extras has no torch. So it is measured with `USE_TORCH=0`, and then as it is, if there is torch.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SHARD = 50_000_000
READ = """
import sys, time
start, used = time.perf_counter(), time.process_time()
import datasets
loaded, at = time.perf_counter(), time.process_time()
rows = datasets.load_dataset(sys.argv[1], "sentences", split="train", streaming=True)
next(iter(rows))
now, done = time.perf_counter(), time.process_time()
print(f"| {loaded - start:.2f} | {at - used:.2f} | {now - loaded:.2f} | {done - at:.2f} |")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("release", type=Path, help="a release in shards")
    parser.add_argument("gigabytes", type=float, nargs="?", default=1.0)
    told = parser.parse_args()
    release, size = told.release, told.gigabytes
    first = min((release / "data" / "sentences").glob("*.parquet"))
    with tempfile.TemporaryDirectory() as work:
        home = Path(work) / "release" / "data" / "sentences"
        home.mkdir(parents=True)
        shard, table = Path(work) / "shard.parquet", pq.read_table(first)
        with pq.ParquetWriter(shard, table.schema, compression="zstd", store_schema=False) as writer:
            for _ in range(max(1, SHARD // first.stat().st_size)):
                writer.write_table(pa.table(table))
        count = max(1, round(size * 1e9 / shard.stat().st_size))
        for number in range(count):
            os.link(shard, home / f"train-{number:05d}-of-{count:05d}.parquet")
        card = (release / "README.md").read_text(encoding="utf-8")
        (home.parents[1] / "README.md").write_text(card, encoding="utf-8")
        total = count * shard.stat().st_size / 1e9
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {count} shards, {total:.2f} GB")
        print(
            "| torch | import, s wall | s CPU | load and first row, s wall | s CPU |\n|---|---|---|---|---|"
        )
        for torch in ("no", "yes") if find_spec("torch") else ("no",):
            for _ in range(3):
                environment = {**os.environ, "HF_HOME": str(Path(work) / "cache"), "HF_HUB_OFFLINE": "1"}
                if torch == "no":
                    environment["USE_TORCH"] = "0"
                command = [sys.executable, "-c", READ, str(home.parents[1])]
                done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True)
                print(f"| {torch} {done.stdout}", end="", flush=True)


if __name__ == "__main__":
    main()
