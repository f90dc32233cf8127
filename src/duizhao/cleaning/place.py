"""Place: where a block is among the others. Each property is a name of evidence that is present or absent."""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import compress, pairwise
from typing import NamedTuple

from duizhao.cleaning.form import CRUMBS, DATE_ONLY, Piece, heading_level, is_word
from duizhao.cleaning.lexicon import SURE

Row = tuple[bool, ...]
"""One yes or no for each piece."""

_CARD = re.compile(r"\d+ ?篇原[创創]")


def place(
    pieces: Sequence[Piece], forms: Sequence[tuple[str, ...]], rules: Sequence[bool]
) -> list[tuple[str, ...]]:
    """Names of the place of each piece. ``rules``: whether a thematic break is directly before it.

    ``head`` is everything between the title and the first prose, ``after_prose`` everything after the last
    prose. ``cue_before`` and ``cue_after``: the piece before or after has a strong cue.
    """
    count = len(pieces)
    if not count:
        return []
    article, cued, marked, speaks, spoken, linked = zip(*map(_traits, forms), strict=True)
    prose = [index for index in compress(range(count), article) if pieces[index].prose]
    title = next((index for index, piece in enumerate(pieces) if piece.block.kind == "title"), -1)
    sizes = [len(piece.text) for piece in pieces]
    text = _substance(sizes, article, spoken)
    told = prose or text
    first, last = (told[0], told[-1]) if told else (count, -1)
    zones = list(_zones(title, first, last, count, *_until(sizes, text)))
    found: list[tuple[str, ...]] = []
    for start, stop in pairwise(
        sorted({0, count, *(zone[0] for zone in zones), *(zone[1] for zone in zones)})
    ):
        found += [tuple([name for begin, end, name in zones if begin <= start < end])] * (stop - start)
    for index in range(title + 1, min(first + 1, count)):
        dated = "dated" in forms[index] and "unstopped" in forms[index]
        if dated or "signed" in forms[index] or ("date_only" in forms[index] and ":" in pieces[index].text):
            found[index] += ("dateline",)
    for index in range(min(first + 5, count)):
        if _is_note(pieces[index]):
            found[index] += ("note",)
    for index, names in _rare_places(pieces, forms, rules, prose).items():
        found[index] += (*names,)
    for index in _menu(sizes, linked):
        found[index] += ("menu",)
    return list(map(operator.add, found, _near(cued, marked, speaks, rules)))


def _is_note(piece: Piece) -> bool:
    """Whether a piece is an editor's note: 编者按."""
    hit = piece.hits[0] if piece.hits and piece.block.kind != "title" else None
    return hit is not None and hit.category == "editor_note" and hit.strength == "certain" and hit.start <= 3


def _zones(
    title: int, first: int, last: int, count: int, much: int, some: int
) -> Iterator[tuple[int, int, str]]:
    """Ranges of pieces and their names: before the title, between the title and the text, after the text,
    long before the end of the text.
    """
    yield 0, max(title, 0), "before_title"
    yield title + 1, first, "head"
    if title < first < count:
        yield first, first + 1, "lead"
    if last >= 0:
        yield max(last + 1, title, first + 1), count, "after_prose"
    yield max(count - 3, last - 1, 0), count, "end"
    yield 0, much, "much_ahead"
    yield much, some, "some_ahead"


def _near(cued: Row, marked: Row, speaks: Row, rules: Sequence[bool]) -> Iterator[tuple[str, ...]]:
    """Names of the neighbours of each piece. A label or a title belongs to what follows it, so it counts as
    marked if one of the next two pieces is marked.
    """
    after, later = (*marked[1:], False), (*marked[2:], False, False)
    unmarked = [
        not (rule or here or (not speaking and (next_one or next_but_one)))
        for rule, here, speaking, next_one, next_but_one in zip(
            rules, marked, speaks, after, later, strict=False
        )
    ]
    return map(_NEAR.__getitem__, zip(unmarked, (False, *cued), (*cued[1:], False), strict=False))


_NEAR = {
    (unmarked, before, after): ("unmarked",) * unmarked + ("cue_before",) * before + ("cue_after",) * after
    for unmarked in (False, True)
    for before in (False, True)
    for after in (False, True)
}


class _Traits(NamedTuple):
    """What the form of a piece means for its place and for the places of its neighbours."""

    article: bool
    cued: bool
    marked: bool
    speaks: bool
    spoken: bool
    linked: bool


@lru_cache(maxsize=1 << 14)
def _traits(names: tuple[str, ...]) -> _Traits:
    article = _NOT_ARTICLE.isdisjoint(names)
    marked, speaks = not _MARKS.isdisjoint(names), not _SPEAKS.isdisjoint(names)
    spoken = article and not _SPOKEN.isdisjoint(names)
    return _Traits(article, not _CUED.isdisjoint(names), marked, speaks, spoken, "link_only" in names)


def _rare_places(
    pieces: Sequence[Piece], forms: Sequence[tuple[str, ...]], rules: Sequence[bool], prose: Sequence[int]
) -> dict[int, list[str]]:
    """Names of rare places, by the index of the piece."""
    count = len(pieces)
    texts = [piece.text for piece in pieces]
    short = [index for index, text in enumerate(texts) if len(text) <= 20]
    called = [index for index in short if pieces[index].hits]
    ended = next((index for index in called if index > count // 3 and _ends(pieces[index])), count)
    listed, over = _governed(pieces, called, set(prose)) if called else ((), ())
    places: dict[str, Iterable[int]] = {
        "under_heading": listed,
        "list_over": over,
        "ended": range(ended + 1, count),
        "teaser": _teasers(pieces, forms, prose[-1] if prose else -1),
        "after_rule": [index for index, rule in enumerate(rules) if rule],
        "card": _cards(pieces, forms, [index for index in short if texts[index][0].isdigit()]),
        "repeated": _repeats(texts[:17]),
        "again": _again(texts[:16]),
        "retold": _retold(pieces, texts, forms),
        "head_list": _head_list(pieces, prose),
        "recurs": _recurring(pieces, texts),
    }
    found: dict[int, list[str]] = {}
    for name, indexes in places.items():
        for index in indexes:
            found.setdefault(index, []).append(name)
    return found


_CUED = frozenset(f"{strength}_{length}" for strength in SURE for length in ("short", "medium")) | {
    "strong_short", "date_only", "certain_long", "cues_long",
}  # fmt: skip


_MARKS = _CUED | {
    "truncated",
    "unfinished",
    "link_only",
    "address_only",
    "citation",
    "account",
    "contact",
    "pointer",
    "barred",
    "byline",
    "covered",
}
_SPEAKS = frozenset(
    ("code", "prose", "long_prose", "sentence", "numbered", "list_item", "speaker", "caption", "footnote")
)
_NOT_ARTICLE = _CUED | {"unfinished", "truncated", "citation", "link_only", "address_only"}
_LISTS = frozenset(("related", "references", "comment"))


def _governed(pieces: Sequence[Piece], called: Sequence[int], prose: set[int]) -> tuple[set[int], set[int]]:
    """Pieces of a list under a heading like 相关阅读 or 参考文献, and the sentences that end such a list."""
    found: set[int] = set()
    over: set[int] = set()
    for index in called:
        if any(hit.category in _LISTS and hit.strength in SURE for hit in pieces[index].hits):
            for after in range(index + 1, len(pieces)):
                if pieces[after].text.endswith("。"):
                    over.add(after)
                    break
                if after in found or after in prose:
                    break
                found.add(after)
    return found, over


def _again(texts: Sequence[str]) -> list[int]:
    """Lines near the beginning that repeat an earlier line: a title or the name of an account, printed
    twice.
    """
    if len(set(texts)) == len(texts):
        return []
    return [index for index, text in enumerate(texts) if 2 <= len(text) <= 80 and text in texts[:index]]


def _retold(pieces: Sequence[Piece], texts: Sequence[str], forms: Sequence[tuple[str, ...]]) -> list[int]:
    """Lines near the beginning that repeat the title: as a heading, as a link, or without the site's name at
    its end.
    """
    title = next((piece.text for piece in pieces[:12] if piece.block.kind == "title"), None)
    if title is None or len(title) < 4:
        return []
    begin = title[:10]
    found = [
        index
        for index, text in enumerate(texts[:24])
        if text.startswith(begin) and pieces[index].block.kind != "title"
    ]
    return [index for index in found if _retells(pieces[index], forms[index], title)]


def _retells(piece: Piece, names: Sequence[str], title: str) -> bool:
    if piece.text == title:
        return piece.block.kind == "heading"
    rest = title[len(piece.text) :].lstrip() if len(piece.text) >= 10 and title.startswith(piece.text) else ""
    return "link_only" in names or rest[:1] in tuple("-–—_|｜·")


def _menu(sizes: Sequence[int], linked: Row) -> list[int]:
    """Short links, where at least three follow each other."""
    short = {index for index in compress(range(len(sizes)), linked) if sizes[index] <= 10}
    return [
        index
        for index in sorted(short)
        if any({first, first + 1, first + 2} <= short for first in range(index - 2, index + 1))
    ]


def _recurring(pieces: Sequence[Piece], texts: Sequence[str]) -> list[int]:
    """Labels that occur at least three times in a long text: words that a tool prints with each part."""
    if len(texts) < 20 or len(set(texts)) > len(texts) - 2:
        return []
    counts = Counter(text for text in texts if 3 <= len(text) <= 60)
    often = {text for text, count in counts.items() if count >= 3 and text[-1] not in "。！？!?…”」"}
    return [index for index, text in enumerate(texts) if text in often and not pieces[index].block.speaker]


def _head_list(pieces: Sequence[Piece], prose: Sequence[int]) -> list[int]:
    """Short lines between the title and the first prose, if there are at least three: names of account and
    author, buttons.
    """
    if not prose or prose[0] > 16:
        return []
    short = [
        index
        for index in range(prose[0])
        if len(pieces[index].text) <= 20 and pieces[index].block.kind != "title"
    ]
    return [index for index in short if len(short) >= 3 and pieces[index].text[-1] not in "。！？：；，"]


def _cards(pieces: Sequence[Piece], forms: Sequence[tuple[str, ...]], numbers: Sequence[int]) -> list[int]:
    """Names and descriptions on cards of accounts: up to two lines before the card's number of articles."""
    counts = {index for index in numbers if _CARD.match(pieces[index].text)}
    if not counts:
        return []
    near = {index - back for index in counts for back in (1, 2)} - counts
    return [index for index in sorted(near) if index >= 0 and _on_card(pieces, forms, counts, index)]


def _on_card(pieces: Sequence[Piece], forms: Sequence[tuple[str, ...]], counts: set[int], index: int) -> bool:
    """Whether a line before the number is on the card: a description or a name directly before it, a name two
    lines before it. A short line between them may be the name itself; it is a description if it is longer
    than the line before it.
    """
    name = not _UNSTOPPED.isdisjoint(forms[index]) and len(pieces[index].text) <= 24
    if index + 1 in counts:
        return name or len(pieces[index].text) < 120
    size = len(pieces[index + 1].text)
    may_be_name = not _UNSTOPPED.isdisjoint(forms[index + 1]) and size <= 16
    return name and (not may_be_name or len(pieces[index].text) < size)


_UNSTOPPED = frozenset(("unstopped", "tiny"))


def _ends(piece: Piece) -> bool:
    """Whether a line says that the text is over: 全文完, END."""
    return len(piece.text) <= 16 and any(
        hit.category == "artefact" and hit.strength in SURE for hit in piece.hits
    )


_CUT_OFF = frozenset(("truncated", "unfinished"))


def _teasers(pieces: Sequence[Piece], forms: Sequence[tuple[str, ...]], last: int) -> set[int]:
    """Headlines of other stories, each followed by the first words of its story, which are cut off. They
    count only after the last prose, and only if there are at least two.
    """
    found: set[int] = set()
    for index in range(max(last, 0) + 1, len(pieces) - 1):
        if (
            not _CUT_OFF.isdisjoint(forms[index + 1])
            and len(pieces[index].text) <= 50
            and not pieces[index].prose
        ):
            found.update((index, index + 1))
    return found if len(found) >= 4 else set()


def _substance(sizes: Sequence[int], article: Row, spoken: Row) -> list[int]:
    """Pieces that are probably the author's text by their form: those with sentences. If the text has few
    sentences, all pieces without a cue.
    """
    longer = sum([size for size in compress(sizes, article) if size > 20])
    told = spoken if sum(compress(sizes, spoken)) >= 0.3 * longer else article
    return list(compress(range(len(sizes)), told))


_SPOKEN = frozenset(("prose", "long_prose", "sentence", "speaker", "code", "footnote"))


def _until(sizes: Sequence[int], text: Sequence[int]) -> tuple[int, int]:
    """Indexes of two pieces: the first one with at most 0.3, and the first one with at most 0.1, of the
    document's characters after it.
    """
    total, rest = sum([sizes[index] for index in text]), 0
    much = some = 0
    for index in reversed(text):
        rest += sizes[index]
        if not some and rest > 0.1 * total:
            some = index
        if rest > 0.3 * total:
            much = index
            break
    return much, some


def _repeats(texts: Sequence[str]) -> list[int]:
    """Pieces among the first ten whose text is also in a later piece near the beginning: summaries that are
    printed twice.
    """
    return [
        index
        for index, text in enumerate(texts[:10])
        if len(text) >= 16 and any(text in later for later in texts[index + 1 : index + 8])
    ]


def retitle(raw: str, pieces: list[Piece]) -> None:
    """If a cue line, a date or a path (首页 > 新闻) was taken for the title, make the next suitable line the
    title. A word in the only heading of the first level is the title, whatever it says: ``# 导航``.
    """
    at = next((index for index, piece in enumerate(pieces[:12]) if piece.block.kind == "title"), None)
    if at is None or not _mistaken(pieces[at]):
        return
    word = is_word(pieces[at].text) and heading_level(raw, pieces[at].block) == 1
    if word and sum(heading_level(raw, piece.block) == 1 for piece in pieces) == 1:
        return
    for index in range(at + 1, min(at + 5, len(pieces))):
        piece = pieces[index]
        if (
            piece.block.kind in ("heading", "paragraph")
            and 4 <= len(piece.text) <= 60
            and all(hit.strength == "weak" for hit in piece.hits)
            and piece.text[-1] not in "。，；："
        ):
            pieces[at] = pieces[at]._replace(block=pieces[at].block._replace(kind="heading"))
            pieces[index] = piece._replace(block=piece.block._replace(kind="title"))
            return
    if sum(hit.end - hit.start for hit in pieces[at].hits if hit.strength in SURE) >= 0.8 * len(
        pieces[at].text
    ):
        pieces[at] = pieces[at]._replace(block=pieces[at].block._replace(kind="heading"))


def _mistaken(piece: Piece) -> bool:
    called = any(hit.strength in SURE and hit.start <= 8 for hit in piece.hits)
    return (
        called
        or (len(piece.text) <= 60 and CRUMBS.fullmatch(piece.text) is not None)
        or DATE_ONLY.fullmatch(piece.text) is not None
    )
