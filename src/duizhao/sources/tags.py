"""Tags of languages in the names of files: ``guide.zh-CN.md`` and ``guide.en.md`` are two sides of a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

_TAG = re.compile(
    r"(?P<stem>.{1,200}?)[._-](?:"
    r"(?P<zh>zh|cn|chs|cht|zh[-_](?:cn|tw|hk|sg|mo|hans|hant)(?:[-_](?:cn|tw|hk|sg|mo))?)"
    r"|(?P<en>en|en[-_](?:us|gb|uk|au|ca)))",
    re.IGNORECASE,
)
"""A name with a language tag (BCP 47) at its end; ``cn`` stands for Chinese, as people write it."""
_TRADITIONAL = re.compile("tw|hk|mo|hant|cht", re.IGNORECASE)


def bare_stem(stem: str) -> str:
    """The stem of a name without a language tag at its end."""
    match = _TAG.fullmatch(stem)
    return match["stem"] if match else stem


def language_of(stem: str) -> str | None:
    """The language that a tag at the end of a stem names, ``zh`` or ``en``; None where there is no tag."""
    match = _TAG.fullmatch(stem)
    return None if match is None else "zh" if match["zh"] else "en"


def pair_by_tags(paths: Iterable[Path], is_english: Callable[[Path], bool]) -> dict[Path, Path]:
    """The English file of each Chinese one in the same folder whose names differ in their tags alone.

    One of the two may be without a tag; ``is_english`` tells of such a file whether its text is English. Of
    several Chinese files, the first one in Simplified Chinese has the English file.
    """
    groups: dict[tuple[Path, str], dict[str | None, list[Path]]] = {}
    for path in paths:
        key = path.parent, bare_stem(path.stem).casefold()
        groups.setdefault(key, {}).setdefault(language_of(path.stem), []).append(path)
    pairs = {}
    for group in groups.values():
        chinese, english, plain = (sorted(group.get(tag, ())) for tag in ("zh", "en", None))
        chinese.sort(key=lambda path: _TRADITIONAL.search(_tag(path)) is not None)
        if not english and chinese:
            english = [path for path in plain if is_english(path)]
        if not chinese and english:
            chinese = plain
        if chinese and english:
            pairs[chinese[0]] = english[0]
    return pairs


def _tag(path: Path) -> str:
    return path.stem[len(bare_stem(path.stem)) :]
