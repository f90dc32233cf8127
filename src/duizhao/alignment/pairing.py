"""Write document pairs for people and for ``duizhao build``."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from duizhao.alignment.documents import DocumentPair
from duizhao.errors import counted
from duizhao.sources import make_id


def format_pairs(pairs: Sequence[DocumentPair], zh: Sequence[str], en: Sequence[str]) -> str:
    """Return a table of names and scores, separated by tabs. A missing counterpart is an empty cell."""
    lines = [f"{_name(zh, one.zh)}\t{_name(en, one.en)}\t{one.score}\n" for one in pairs]
    return "zh\ten\tscore\n" + "".join(lines)


def format_sources(
    pairs: Sequence[DocumentPair],
    zh: Sequence[str],
    en: Sequence[str],
    folders: tuple[str, str] = ("zh", "en"),
) -> str:
    """Return a ``sources.toml`` with an entry for each Chinese file and its English file, if it has one.

    The names of the files begin at ``folders``, which begin at the folder of the ``sources.toml``. An id
    is made of the name without its ending: of the English file, or else of the Chinese one. Where it is
    taken, a number is added. The key ``alone`` names the English files without a counterpart.
    """
    both = [one for one in pairs if one.zh is not None and one.en is not None]
    chinese = [one.zh for one in pairs if one.zh is not None and one.en is None]
    alone = [_quote(_under(folders[1], en[one.en])) for one in pairs if one.zh is None and one.en is not None]
    out = [
        "# Written by duizhao pair: which English document belongs to which Chinese one. Check low scores.\n"
        "# It belongs, as sources.toml, into the folder at which the names begin. Build that folder.\n"
    ]
    if alone:
        out.append(
            "\n# English files without a Chinese one: not built.\nalone = [\n"
            + "".join(f"  {name},\n" for name in alone)
            + "]\n"
        )
    taken: Counter[str] = Counter()
    for one in both:
        if one.zh is not None and one.en is not None:
            rows = {
                "id": _free(_stem(en[one.en]), taken),
                "file": _under(folders[0], zh[one.zh]),
                "en": _under(folders[1], en[one.en]),
            }
            out.append(f"\n# score {one.score}\n{_table(rows)}")
    for number in chinese:
        rows = {"id": _free(_stem(zh[number]), taken), "file": _under(folders[0], zh[number])}
        out.append(f"\n# without counterpart\n{_table(rows)}")
    return "".join(out)


def summarize_pairs(pairs: Sequence[DocumentPair]) -> str:
    """Return the number of pairs, of pairs to check, and of documents without a counterpart."""
    both = [one for one in pairs if one.zh is not None and one.en is not None]
    zh, en = (sum(getattr(one, side) is None for one in pairs) for side in ("en", "zh"))
    doubtful = sum(one.score < 0.9 for one in both)
    check = (
        f"{doubtful} below 0.9: check {'it' if doubtful == 1 else 'these'}" if doubtful else "none below 0.9"
    )
    return (
        f"{counted(len(both), 'pairs')}, {check}; "
        f"without counterpart: {zh} Chinese and {en} English documents"
    )


def _name(names: Sequence[str], number: int | None) -> str:
    return "" if number is None else re.sub(r"[\t\r\n]", " ", names[number])


def _stem(name: str) -> str:
    return make_id(PurePosixPath(name).with_suffix("").as_posix())


def _under(folder: str, name: str) -> str:
    return (PurePosixPath(folder) / name).as_posix()


def _quote(text: str) -> str:
    """A text as TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _table(rows: Mapping[str, str]) -> str:
    """An [[article]] with these keys."""
    return "[[article]]\n" + "".join(f"{key} = {_quote(value)}\n" for key, value in rows.items())


def _free(id: str, taken: Counter[str]) -> str:
    """An id that is not in ``taken``: ``id``, or ``id`` with a number. It is taken then."""
    free = id
    while taken[free]:
        taken[id] += 1
        free = f"{id}-{taken[id]}"
    taken[free] += 1
    return free
