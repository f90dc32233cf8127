"""Read the rows of a release in shards as a stream, or those of some articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from duizhao.errors import ReleaseError
from duizhao.files import read_json, show
from duizhao.release.manifest import find_file, shard_files
from duizhao.schema import Record

REPORT, REJECTED, DUPLICATES = "report.json", "rejected.jsonl", "duplicates.jsonl"
"""The files of a release in shards that tell what was removed, which rows were rejected, and which articles
were left out because they are similar to others.
"""


def read_report(folder: Path) -> dict[str, Any]:
    """Read report.json of a release in shards. Raises ReleaseError ``not-a-release``."""
    file = find_file(folder, REPORT)
    if file is None:
        raise ReleaseError("not-a-release", f"{show(folder)}: not a release of a corpus: it has no {REPORT}")
    return dict(read_json(file, "not-a-release"))


def iterate_articles(
    folder: Path, manifest: Mapping[str, Any], wrong: list[str]
) -> Iterator[dict[str, list[Record]]]:
    """Yield the records of each article by config, in order, a bounded number at a time.

    Rows of other configs that belong to no article there are added to ``wrong``.
    """
    for number in range(manifest["shards"]["count"]):
        others = {
            config: groupby(
                _rows(folder, shard_files(manifest, config)[number]), key=lambda row: row["article_id"]
            )
            for config in manifest["counts"]
            if config != "articles"
        }
        waiting = {config: next(rows, None) for config, rows in others.items()}
        for article in _rows(folder, shard_files(manifest, "articles")[number]):
            found: dict[str, list[Record]] = {"articles": [article]}
            for config, rows in others.items():
                group = waiting[config]
                found[config] = []
                if group is not None and group[0] == article["id"]:
                    found[config] = list(group[1])
                    waiting[config] = next(rows, None)
            yield {config: found[config] for config in manifest["counts"]}
        for config, group in waiting.items():
            if group is not None:
                name = shard_files(manifest, config)[number]
                wrong.append(f"{name}: rows of {group[0]!r} are not in the order of the articles")


def find_rows(
    folder: Path, manifest: Mapping[str, Any], config: str, articles: Sequence[str], field: str | None = None
) -> list[Record]:
    """Return the rows of a config that belong to some articles, in the order of the release.

    ``articles`` are their ids, or the values of another ``field``.
    """
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    field = field or ("id" if config == "articles" else "article_id")
    rows: list[Record] = []
    for name in shard_files(manifest, config):
        rows += pq.read_table(
            find_released(folder, name), filters=pc.field(field).isin(list(articles))
        ).to_pylist()
    return rows


def _rows(folder: Path, name: str) -> Iterator[Record]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(find_released(folder, name)) as file:
        for batch in file.iter_batches(1000, use_threads=False):
            yield from batch.to_pylist()


def find_released(folder: Path, name: str) -> Path:
    """Return the path of a file of a release. Raises ReleaseError ``tampered-file`` if it is not there."""
    file = find_file(folder, name)
    if file is None:
        raise ReleaseError("tampered-file", f"{show(folder / name)}: not there; get the release again")
    return file
