"""What became of one article or row of a release: kept, removed and why, or rejected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from duizhao.errors import InputError
from duizhao.files import read_json_lines, show
from duizhao.release import REJECTED, find_file, find_rows, is_sharded, read_manifest, read_records
from duizhao.schema import Record
from duizhao.sources import fit_id

_LONGEST = 60


def tell_why(folder: Path, id: str) -> list[str]:
    """Return lines that tell what became of an article: its ledger, or why its row was rejected.

    ``id`` is the id of an article or of a row, or the place of a row, ``FILE#ROW``. Each block of the ledger
    is a line with its score; a removed one is marked with a hyphen and followed by its category and reason.
    Raises DuizhaoError ``unknown-article`` and those of `read_manifest`.
    """
    manifest = read_manifest(folder)
    articles, blocks = _find(folder, manifest, id)
    lines = [line for article in articles for line in _ledger(article, blocks)]
    if is_sharded(manifest):
        lines += list(_rejected(folder, id))
    if not lines:
        raise InputError(
            "unknown-article",
            f"{show(folder)}: no article and no rejected row has the id or the place {id!r}",
        )
    return lines


def _find(folder: Path, manifest: Mapping[str, Any], id: str) -> tuple[list[Record], list[Record]]:
    """Return the articles with an id or a place, and their blocks."""
    wanted = {id, fit_id(id)}
    if not is_sharded(manifest):
        records = read_records(folder)
        return [row for row in records["articles"] if row["id"] in wanted], list(records["blocks"])
    articles = find_rows(folder, manifest, "articles", sorted(wanted))
    if not articles and "#" in id:
        articles = find_rows(folder, manifest, "articles", [id], field="raw_path")
        articles += find_rows(folder, manifest, "articles", [id], field="en_path")
    return articles, find_rows(
        folder, manifest, "blocks", [row["id"] for row in articles]
    ) if articles else []


def _ledger(article: Record, blocks: Sequence[Record]) -> Iterator[str]:
    chars = article["chars"]
    yield (
        f"{article['id']}: {article['raw_path']}: {chars['raw']:,} characters: {chars['kept']:,} kept, "
        f"{chars['removed']:,} removed, {chars['markup']:,} markup"
    )
    for row in blocks:
        if row["article_id"] != article["id"] or row["label"] == "markup":
            continue
        place = f"{row['language']} {row['raw_start']}-{row['raw_end']}"
        mark = " " if row["label"] == "keep" else "-"
        yield f"{mark} {row['score']:.3f}  {place}: {_short(row['text'])}"
        if row["reason"]:
            yield f"         {row['category'] or 'kept'} ({row['reason']})"


def _rejected(folder: Path, id: str) -> Iterator[str]:
    file = find_file(folder, REJECTED)
    if file is None:  # no row was rejected
        return
    for _, row in read_json_lines(file, "bad-json-lines"):
        if isinstance(row, dict) and id in (row["article_id"], f"{row['source']}#{row['row']}"):
            yield f"{row['source']}: row {row['row']}: rejected: {row['reason']}: {row['message']}"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else f"{flat[:40]} … {flat[-15:]}"
