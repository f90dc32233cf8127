"""Personal data in a release, as tables: how much of each kind, and every place."""

from __future__ import annotations

from collections import Counter

from duizhao.report.tables import Table
from duizhao.schema import Records
from duizhao.text import KINDS, find_personal


def describe_personal(records: Records) -> list[Table]:
    """A table of the kinds with their numbers and, where there is any, one of all pieces with their places.

    Both kept and removed pieces of the files are searched, because a release holds both. A place is
    the file, a colon, and the first character in code points from 0; kept is in ``sentences``,
    removed only in ``blocks``.
    """
    files = {
        (row["id"], language): row[field]
        for row in records.get("articles", ())
        for language, field in (("zh", "raw_path"), ("en", "en_path"))
    }
    counts: Counter[tuple[str, str]] = Counter()
    rows: list[tuple[str, str, str, str]] = []
    for block in records.get("blocks", ()):
        if block["label"] == "markup":
            continue
        label = "kept" if block["label"] == "keep" else "removed"
        for kind, start, end in find_personal(block["text"]):
            counts[kind, label] += 1
            place = f"{files[block['article_id'], block['language']]}:{block['raw_start'] + start}"
            rows.append((kind, place, label, " ".join(block["text"][start:end].split())))
    kinds = tuple((kind, counts[kind, "kept"], counts[kind, "removed"]) for kind in KINDS)
    order = {kind: place for place, kind in enumerate(KINDS)}
    rows.sort(key=lambda row: order[row[0]])
    found = Table("personal-kinds", "Personal data", ("kind", "kept", "removed"), kinds)
    if not rows:
        return [found]
    columns = ("kind", "file and character", "label", "text")
    return [found, Table("personal", "Where it stands", columns, tuple(rows))]
