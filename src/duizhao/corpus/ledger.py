"""What became of one article or row of a release: kept, removed and why, or rejected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from duizhao.errors import DuizhaoError, InputError, counted
from duizhao.files import read_json_lines, show
from duizhao.release import REJECTED, find_file, find_rows, is_sharded, read_manifest, read_records
from duizhao.schema import Record
from duizhao.sources import find_skipped, find_sources, fit_id, read_document

LEGEND = (
    "  - : removed, with category and reason below; 0.000 to 1.000: how likely it is",
    "  not the author's; then its language, its characters in the file, its text",
)
"""What the lines of the ledger mean."""

WIDTH = 80
"""Columns of a line of the ledger; a Chinese character is two wide."""


def tell_why(folder: Path, id: str, raw: Path | None = None) -> list[str]:
    """Return lines that tell what became of an article or a file: its ledger, or why it is not released.

    ``id`` is the id of an article or of a row, the name of a file, or the place of a row of a corpus,
    ``FILE#ROW``. Each block of the ledger is a line with its score; a removed one is marked with a hyphen and
    followed by its category and reason. Rows and files that were read or found and are not in the release are
    told with the reason. ``raw`` is the folder of raw articles: a file that a build refuses is only found
    there, and with ``raw`` there need be no release. Raises DuizhaoError ``unknown-article`` and those of
    `read_manifest`.
    """
    if raw is not None and not folder.exists():
        lines = _of_raw(raw, id)
        if lines:
            return lines
        raise InputError("unknown-article", f"{show(raw)}: no file has the name or the id {id!r}")
    manifest = read_manifest(folder)
    articles, blocks = _find(folder, manifest, id)
    names = () if is_sharded(manifest) else (name for row in articles for name in _names(row))
    rejected = list(_rejected(folder, {id, *names}))
    if not articles and not rejected:
        lines = _of_raw(raw, id) if raw is not None else []
        if lines:
            return lines
        raise InputError("unknown-article", f"{show(folder)}: {_unknown(folder, manifest, id, raw)}")
    lines = [_head(article) for article in articles] + rejected
    if articles:
        lines += LEGEND
    for article in articles:
        lines += [f"{article['id']}:"] if len(articles) > 1 else []
        lines += _ledger(article, blocks)
    return lines


def _unknown(folder: Path, manifest: Mapping[str, Any], id: str, raw: Path | None) -> str:
    """Return a message: nothing has this id, and where to look."""
    if is_sharded(manifest):
        return f"no article and no rejected row has the id or the place {id!r}"
    names = [row["id"] for row in read_records(folder)["articles"]]
    near = get_close_matches(id, names, n=1, cutoff=0.5) or names[:5]
    more = ", …" if len(near) < len(names) and len(near) > 1 else ""
    asked = "did you mean" if len(near) == 1 else "articles:"
    told = f"no article has the id or the file name {id!r}; {asked} {', '.join(near)}{more}"
    if raw is not None:
        return f"{told}; {show(raw)} holds no such file"
    return f"{told}; of a file that a build refused, --raw RAW tells the reason"


def _of_raw(raw: Path, id: str) -> list[str]:
    """Lines on a file of a raw folder that a release does not hold: not read, refused, or newer."""
    sources = find_sources(raw)
    lines = [
        f"{finding.record}: not released: {finding.id}: {finding.message}"
        for finding in find_skipped(raw, sources)
        if id in (finding.record, _last(finding.record), _stem(finding.record))
    ]
    for source in (side for pair in sources for side in pair if side is not None):
        if id not in (source.id, source.name, _last(source.name)):
            continue
        try:
            read_document(source)
        except DuizhaoError as error:
            lines.append(f"{source.name}: refused: {error.id}: {error}")
        else:
            lines.append(f"{source.name}: can be read, and the release does not hold it: build again")
    aside = [place for place in (raw / id, raw / "zh" / id, raw / "en" / id) if place.exists()]
    if aside and not lines:
        name = aside[0].relative_to(raw).as_posix()
        lines.append(f"{name}: not read: hidden files and those named README or LICENSE are no articles")
    return lines


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _stem(name: str) -> str:
    return _last(name).rpartition(".")[0]


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
    return any(name in (path, _last(path)) for path in paths)


def _names(article: Record) -> list[str]:
    """The names under which an article's rows and files can be rejected."""
    return [article["id"], *(article[side] for side in ("raw_path", "en_path") if article[side])]


def _head(article: Record) -> str:
    chars = article["chars"]
    return (
        f"{article['id']}: {article['raw_path']}: {counted(chars['raw'], 'characters')}: "
        f"{chars['kept']:,} kept, "
        f"{chars['removed']:,} removed, {chars['markup']:,} markup"
    )


def _ledger(article: Record, blocks: Sequence[Record]) -> Iterator[str]:
    for row in blocks:
        if row["article_id"] != article["id"] or row["label"] == "markup":
            continue
        place = f"{row['language']} {row['raw_start']}-{row['raw_end']}"
        mark = " " if row["label"] == "keep" else "-"
        begin = f"{mark} {row['score']:.3f}  {place}: "
        yield begin + _short(row["text"], WIDTH - len(begin))
        if row["reason"]:
            yield f"         {row['category'] or 'kept'} ({row['reason']})"


def _rejected(folder: Path, names: set[str]) -> Iterator[str]:
    """Lines on what was read or found and is not released, of an id, a row, a file or a place."""
    file = find_file(folder, REJECTED)
    if file is None:  # nothing was rejected
        return
    wanted = names | {fit_id(name) for name in names}
    for _, row in read_json_lines(file, "bad-json-lines"):
        if isinstance(row, dict) and not wanted.isdisjoint(_told_by(row)):
            place = row["record_id"] or ("" if row["row"] is None else f"row {row['row']}")
            where = ": ".join(part for part in (row["source"], place) if part)
            verb = "rejected" if place else "not released"
            yield f"{where}: {verb}: {row['reason']}: {row['message']}"


def _told_by(row: Record) -> set[str]:
    """What names a rejected row: its ids as the user wrote them and as an article would have them, its
    file, its place.
    """
    ids = {row[field] for field in ("article_id", "record_id") if row[field] is not None}
    source = row["source"]
    if source is None:
        return ids | {fit_id(id) for id in ids}
    files = {f"{source}#{row['row']}"} if row["row"] is not None else {source, _last(source), _stem(source)}
    return ids | {fit_id(id) for id in ids} | files


def _short(text: str, width: int) -> str:
    """A text on one line of at most ``width`` columns, its middle left out if it is longer."""
    from rich.cells import cell_len, set_cell_size

    flat = " ".join(text.split())
    if cell_len(flat) <= width:
        return flat
    last = flat[-15:]
    return f"{set_cell_size(flat, max(width - cell_len(last) - 3, 0)).rstrip()} … {last}"
