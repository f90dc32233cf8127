"""What became of one article or row of a release: kept, removed and why, or rejected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from duizhao.errors import InputError
from duizhao.files import read_json_lines, show
from duizhao.release import REJECTED, find_file, find_rows, is_sharded, read_manifest, read_records
from duizhao.schema import Record
from duizhao.sources import fit_id

LEGEND = (
    "  - : removed, with category and reason below; 0.000 to 1.000: how likely it is",
    "  not the author's; then its language, its characters in the file, its text",
)
"""What the lines of the ledger mean."""

_LONGEST = 60


def tell_why(folder: Path, id: str) -> list[str]:
    """Return lines that tell what became of an article: its ledger, or why its row was rejected.

    ``id`` is the id of an article or of a row, or the place of a row, ``FILE#ROW``. Each block of the ledger
    is a line with its score; a removed one is marked with a hyphen and followed by its category and reason.
    An article of a folder is also found by the name of its file. A row that was rejected because its id was
    kept is told too. Raises DuizhaoError ``unknown-article`` and those of `read_manifest`.
    """
    manifest = read_manifest(folder)
    articles, blocks = _find(folder, manifest, id)
    rejected = list(_rejected(folder, id)) if is_sharded(manifest) else []
    if not articles and not rejected:
        raise InputError("unknown-article", f"{show(folder)}: {_unknown(folder, manifest, id)}")
    lines = [_head(article) for article in articles] + rejected
    if articles:
        lines += LEGEND
    for article in articles:
        lines += [f"{article['id']}:"] if len(articles) > 1 else []
        lines += _ledger(article, blocks)
    return lines


def _unknown(folder: Path, manifest: Mapping[str, Any], id: str) -> str:
    """Return a message: nothing has this id, and where to look."""
    if is_sharded(manifest):
        return f"no article and no rejected row has the id or the place {id!r}"
    names = [row["id"] for row in read_records(folder)["articles"]]
    near = get_close_matches(id, names, n=1, cutoff=0.5) or names[:5]
    more = ", …" if len(near) < len(names) and len(near) > 1 else ""
    asked = "did you mean" if len(near) == 1 else "articles:"
    return (
        f"no article has the id or the file name {id!r}; {asked} {', '.join(near)}{more}; "
        "a file that was not read is named by the build, as skipped-file"
    )


def _find(folder: Path, manifest: Mapping[str, Any], id: str) -> tuple[list[Record], list[Record]]:
    """Return the articles with an id or a place, and their blocks."""
    wanted = {id, fit_id(id)}
    if not is_sharded(manifest):
        records = read_records(folder)
        rows = [row for row in records["articles"] if row["id"] in wanted or _is_file(row, id)]
        return rows, list(records["blocks"])
    articles = find_rows(folder, manifest, "articles", sorted(wanted))
    if not articles and "#" in id:
        articles = find_rows(folder, manifest, "articles", [id], field="raw_path")
        articles += find_rows(folder, manifest, "articles", [id], field="en_path")
    return articles, find_rows(
        folder, manifest, "blocks", [row["id"] for row in articles]
    ) if articles else []


def _is_file(article: Record, name: str) -> bool:
    """Whether a name is that of a file of an article: ``zh/a.txt``, or ``a.txt``."""
    paths = [article[side] for side in ("raw_path", "en_path") if article[side]]
    return any(name in (path, path.rpartition("/")[2]) for path in paths)


def _head(article: Record) -> str:
    chars = article["chars"]
    return (
        f"{article['id']}: {article['raw_path']}: {chars['raw']:,} characters: {chars['kept']:,} kept, "
        f"{chars['removed']:,} removed, {chars['markup']:,} markup"
    )


def _ledger(article: Record, blocks: Sequence[Record]) -> Iterator[str]:
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
    wanted = {id, fit_id(id)}
    for _, row in read_json_lines(file, "bad-json-lines"):
        if isinstance(row, dict) and (
            not wanted.isdisjoint(_ids(row)) or id == f"{row['source']}#{row['row']}"
        ):
            yield f"{row['source']}: row {row['row']}: rejected: {row['reason']}: {row['message']}"


def _ids(row: Record) -> set[str]:
    """The id of a rejected row as the user wrote it, and as an article would have it."""
    return set() if row["article_id"] is None else {row["article_id"], fit_id(row["article_id"])}


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else f"{flat[:40]} … {flat[-15:]}"
