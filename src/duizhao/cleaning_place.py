"""Place: where a block stands among the others, as names of evidence that hold or do not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from duizhao.cleaning_form import CRUMBS, DATE_ONLY, Piece

_CARD = re.compile(r"\d+ ?篇原[创創]")


def place(pieces: Sequence[Piece], forms: Sequence[tuple[str, ...]], rules: Sequence[bool]) -> list[tuple[str, ...]]:
    """Names of where each piece stands. ``rules``: whether a thematic break stands right before it.

    ``head`` is all between the title and the first prose, ``after_prose`` all after the last; neighbours
    with a cue of weight are ``cue_before`` and ``cue_after``.
    """
    count = len(pieces)
    traits = list(map(_traits, forms))
    prose = [index for index, piece in enumerate(pieces) if piece.prose and traits[index].article]
    title = next((index for index, piece in enumerate(pieces) if piece.block.kind == "title"), -1)
    sizes = [len(piece.text) for piece in pieces]
    text = _substance(sizes, traits)
    told = prose or text
    first, last = (told[0], told[-1]) if told else (count, -1)
    much, some = _until(sizes, text)
    cued = [False, *[trait.cued for trait in traits], False]
    marked = [*[trait.marked for trait in traits], False, False]
    rare = _rare_places(pieces, forms, rules, prose)
    found = []
    for index in range(count):
        names = []
        if index < title:
            names.append("before_title")
        elif index <= first and index > title:
            names.append("head" if index < first else "lead")
        elif index > last >= 0:
            names.append("after_prose")
        if index >= count - 3 and index > last - 2:
            names.append("end")
        if index < some:
            names.append("much_ahead" if index < much else "some_ahead")
        if title < index <= first and ("signed" in forms[index] or ("dated" in forms[index] and "unstopped" in forms[index])):
            names.append("dateline")
        # A label or a title opens what comes after it: it is as marked as the two pieces there.
        if not (rules[index] or marked[index]) and (traits[index].speaks or not (marked[index + 1] or marked[index + 2])):
            names.append("unmarked")
        if index in rare:
            names += rare[index]
        if cued[index]:
            names.append("cue_before")
        if cued[index + 2]:
            names.append("cue_after")
        found.append(tuple(names))
    return found


class _Traits(NamedTuple):
    """What a piece's form means for its place and its neighbours'."""

    article: bool
    cued: bool
    marked: bool
    speaks: bool
    spoken: bool


@lru_cache(maxsize=1 << 14)
def _traits(names: tuple[str, ...]) -> _Traits:
    article = _NOT_ARTICLE.isdisjoint(names)
    marked, speaks = not _MARKS.isdisjoint(names), not _SPEAKS.isdisjoint(names)
    return _Traits(article, not _CUED.isdisjoint(names), marked, speaks, article and not _SPOKEN.isdisjoint(names))


def _rare_places(
    pieces: Sequence[Piece], forms: Sequence[tuple[str, ...]], rules: Sequence[bool], prose: Sequence[int]
) -> dict[int, list[str]]:
    """Names of the places that few pieces stand in, by the piece's index."""
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
        "again": _again(texts[:16]),
        "head_list": _head_list(pieces, prose),
        "recurs": _recurring(pieces, texts),
    }
    found: dict[int, list[str]] = {}
    for name, indexes in places.items():
        for index in indexes:
            found.setdefault(index, []).append(name)
    return found


_CUED = frozenset(f"{strength}_{length}" for strength in ("certain", "opens") for length in ("short", "medium")) | {
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
_SPEAKS = frozenset(("code", "prose", "long_prose", "sentence", "numbered", "list_item", "speaker", "caption", "footnote"))
_NOT_ARTICLE = _CUED | {"unfinished", "truncated", "citation", "link_only"}
_SURE = frozenset(("certain", "opens"))
_LISTS = frozenset(("related", "references", "comment"))


def _governed(pieces: Sequence[Piece], called: Sequence[int], prose: set[int]) -> tuple[set[int], set[int]]:
    """Pieces that stand in a list under a heading like 相关阅读 or 参考文献, and the sentences that end one."""
    found: set[int] = set()
    over: set[int] = set()
    for index in called:
        if any(hit.category in _LISTS and hit.strength in _SURE for hit in pieces[index].hits):
            for after in range(index + 1, len(pieces)):
                if pieces[after].text.endswith("。"):
                    over.add(after)
                    break
                if after in found or after in prose:
                    break
                found.add(after)
    return found, over


def _again(texts: Sequence[str]) -> list[int]:
    """Lines among the first that say what one before them said: a title or an account's name printed twice."""
    if len(set(texts)) == len(texts):
        return []
    return [index for index, text in enumerate(texts) if 2 <= len(text) <= 80 and text in texts[:index]]


def _recurring(pieces: Sequence[Piece], texts: Sequence[str]) -> list[int]:
    """Labels that stand three times or more in a long text, each time among others: what a tool prints with each part."""
    if len(texts) < 20 or len(set(texts)) > len(texts) - 2:
        return []
    counts = Counter(text for text in texts if 3 <= len(text) <= 60)
    often = {text for text, count in counts.items() if count >= 3 and text[-1] not in "。！？!?…”」"}
    return [index for index, text in enumerate(texts) if text in often and not pieces[index].block.speaker]


def _head_list(pieces: Sequence[Piece], prose: Sequence[int]) -> list[int]:
    """Short lines between the title and the first prose, three or more: names of account and author, buttons."""
    if not prose or prose[0] > 16:
        return []
    short = [index for index in range(prose[0]) if len(pieces[index].text) <= 20 and pieces[index].block.kind != "title"]
    return [index for index in short if len(short) >= 3 and pieces[index].text[-1] not in "。！？：；，"]


def _cards(pieces: Sequence[Piece], forms: Sequence[tuple[str, ...]], numbers: Sequence[int]) -> list[int]:
    """Names and descriptions on accounts' cards: up to two lines before a card's count of articles."""
    counts = {index for index in numbers if _CARD.match(pieces[index].text)}
    if not counts:
        return []
    near = {index - back for index in counts for back in (1, 2)} - counts
    return [index for index in sorted(near) if index >= 0 and _on_card(pieces, forms, counts, index)]


def _on_card(pieces: Sequence[Piece], forms: Sequence[tuple[str, ...]], counts: set[int], index: int) -> bool:
    name = "unstopped" in forms[index] and len(pieces[index].text) <= 24
    if index + 1 in counts:
        return name or len(pieces[index].text) < 120
    return name and not ("unstopped" in forms[index + 1] and len(pieces[index + 1].text) <= 16)


def _ends(piece: Piece) -> bool:
    """Whether a line says that the text is over: 全文完, END."""
    return len(piece.text) <= 16 and any(hit.category == "artefact" and hit.strength in _SURE for hit in piece.hits)


_CUT_OFF = frozenset(("truncated", "unfinished"))


def _teasers(pieces: Sequence[Piece], forms: Sequence[tuple[str, ...]], last: int) -> set[int]:
    """Headlines with a beginning of their story under them, cut off: two such pairs at least, behind the last prose."""
    found: set[int] = set()
    for index in range(max(last, 0) + 1, len(pieces) - 1):
        if not _CUT_OFF.isdisjoint(forms[index + 1]) and len(pieces[index].text) <= 50 and not pieces[index].prose:
            found.update((index, index + 1))
    return found if len(found) >= 4 else set()


def _substance(sizes: Sequence[int], traits: Sequence[_Traits]) -> list[int]:
    """Pieces that are text as an author writes it, by their form: sentences; where a text has hardly any, all that is no call."""
    spoken = [index for index, trait in enumerate(traits) if trait.spoken]
    article = [index for index, trait in enumerate(traits) if trait.article]
    told, longer = sum([sizes[index] for index in spoken]), sum([sizes[index] for index in article if sizes[index] > 20])
    return spoken if told >= 0.3 * longer else article


_SPOKEN = frozenset(("prose", "long_prose", "sentence", "speaker", "code", "footnote"))


def _until(sizes: Sequence[int], text: Sequence[int]) -> tuple[int, int]:
    """Indexes of the first pieces that have no more than 0.3 and 0.1 of the document's text, in characters, after them."""
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


def repeats(pieces: Sequence[Piece]) -> set[int]:
    """Pieces of the first ten that a later piece of the head begins with or holds: summaries and standfirsts printed twice."""
    texts = [piece.text for piece in pieces[:17]]
    return {
        index for index, text in enumerate(texts[:10]) if len(text) >= 16 and any(text in later for later in texts[index + 1 : index + 8])
    }


def retitle(pieces: list[Piece]) -> None:
    """Give the title to the next line that may be one, where a call, a label or a path (首页 > 新闻) was taken for it."""
    at = next((index for index, piece in enumerate(pieces[:12]) if piece.block.kind == "title"), None)
    if at is None or not _mistaken(pieces[at]):
        return
    for index in range(at + 1, min(at + 5, len(pieces))):
        piece = pieces[index]
        if (
            piece.block.kind in ("heading", "paragraph")
            and 4 <= len(piece.text) <= 60
            and not piece.hits
            and piece.text[-1] not in "。，；："
        ):
            pieces[at] = pieces[at]._replace(block=pieces[at].block._replace(kind="heading"))
            pieces[index] = piece._replace(block=piece.block._replace(kind="title"))
            return
    if sum(hit.end - hit.start for hit in pieces[at].hits if hit.strength in _SURE) >= 0.8 * len(pieces[at].text):
        pieces[at] = pieces[at]._replace(block=pieces[at].block._replace(kind="heading"))


def _mistaken(piece: Piece) -> bool:
    called = any(hit.strength in _SURE and hit.start <= 8 for hit in piece.hits)
    return called or (len(piece.text) <= 60 and CRUMBS.fullmatch(piece.text) is not None) or DATE_ONLY.fullmatch(piece.text) is not None
