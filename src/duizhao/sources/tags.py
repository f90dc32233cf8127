"""Tags of languages in the names of files: ``guide.zh-CN.md`` and ``guide.en.md`` are two sides of a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

_TAG = re.compile(
    r"(?:(?P<stem>.{1,200}?)[._-])??(?:"
    r"(?P<zh>zh|cn|chs|cht|zh[-_](?:cn|tw|hk|sg|mo|hans|hant)(?:[-_](?:cn|tw|hk|sg|mo))?)"
    r"|(?P<en>en|en[-_](?:us|gb|uk|au|ca)))",
    re.IGNORECASE,
)
"""A name with a language tag (BCP 47) at its end, or one that is only a tag; ``cn`` stands for Chinese, as
people write it.
"""
_TRADITIONAL = re.compile("tw|hk|mo|hant|cht", re.IGNORECASE)


def bare_stem(stem: str) -> str:
    """The stem of a name without a language tag at its end; empty where it is only a tag."""
    match = _TAG.fullmatch(stem)
    return match["stem"] or "" if match else stem


def language_of(stem: str) -> str | None:
    """The language that a tag at the end of a stem names, ``zh`` or ``en``; None where there is no tag."""
    match = _TAG.fullmatch(stem)
    return None if match is None else "zh" if match["zh"] else "en"


def pair_by_tags(paths: Iterable[Path], is_english: Callable[[Path], bool]) -> dict[Path, Path]:
    """The English file of each Chinese one in the same folder whose names differ in their tags alone.

    One of the two may be without a tag; ``is_english`` tells of such a file whether its text is English. Of
    several Chinese files, the first one in Simplified Chinese has the English file; a file without a tag goes
    before those in Traditional Chinese.
    """
    groups: dict[tuple[Path, str], dict[str | None, list[Path]]] = {}
    for path in paths:
        key = path.parent, bare_stem(path.stem).casefold()
        groups.setdefault(key, {}).setdefault(language_of(path.stem), []).append(path)
    pairs = {}
    for group in groups.values():
        chinese, english, plain = (sorted(group.get(tag, ())) for tag in ("zh", "en", None))
        chinese.sort(key=_is_traditional)
        if not english and chinese:
            english = [path for path in plain if is_english(path)]
        elif english and not chinese:
            chinese = sorted(plain, key=lambda path: path.suffix != english[0].suffix)
        elif english and _is_traditional(chinese[0]):
            chinese = [*(path for path in plain if not is_english(path)), *chinese]
        if chinese and english:
            pairs[chinese[0]] = english[0]
    return pairs


def _is_traditional(path: Path) -> bool:
    tag = path.stem[len(bare_stem(path.stem)) :]
    return _TRADITIONAL.search(tag) is not None
