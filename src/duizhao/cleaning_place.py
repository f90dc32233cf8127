"""Place: where a block stands among the others, as names of evidence that hold or do not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from duizhao.cleaning_form import CRUMBS, DATE_ONLY, Piece

_CARD = re.compile(r"\d+ ?篇原[创創]")


def place(pieces: Sequence[Piece], forms: Sequence[tuple[str, ...]], rules: Sequence[bool]) -> list[tuple[str, ...]]:
    """Names of where each piece stands. ``rules``: whether a thematic break stands right before it.

    ``head`` is all between the title and the first prose, ``after_prose`` all after the last; neighbours
    with a cue of weight are ``cue_before`` and ``cue_after``.
    """
    count = len(pieces)
    prose = [index for index, piece in enumerate(pieces) if piece.prose and _NOT_ARTICLE.isdisjoint(forms[index])]
    governed = _governed(pieces, set(prose))
    first, last = (prose[0], prose[-1]) if prose else (count, -1)
    title = next((index for index, piece in enumerate(pieces) if piece.block.kind == "title"), -1)
    cued = [not _CUED.isdisjoint(names) for names in forms]
    ended = next((index for index, piece in enumerate(pieces) if index > count // 3 and _ends(piece)), count)
    teasers = _teasers(pieces, forms, last)
    ahead = _ahead(pieces, set(prose))
    cards = {index for index, piece in enumerate(pieces) if not piece.prose and len(piece.text) <= 20 and _CARD.match(piece.text)}
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
        if ahead[index] > 0.1:
            names.append("much_ahead" if ahead[index] > 0.3 else "some_ahead")
        if title < index <= first and ("signed" in forms[index] or {"dated", "unstopped"}.issubset(forms[index])):
            names.append("dateline")
        if _unmarked(forms, rules, index):
            names.append("unmarked")
        if index in governed:
            names.append("under_heading")
        if index > ended:
            names.append("ended")
        if index in teasers:
            names.append("teaser")
        if rules[index]:
            names.append("after_rule")
        if index and cued[index - 1]:
            names.append("cue_before")
        if index + 1 < count and cued[index + 1]:
            names.append("cue_after")
        if cards and index not in cards and _on_card(pieces, forms, cards, index):
            names.append("card")
        found.append(tuple(names))
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
_SPEAKS = frozenset(("prose", "long_prose", "sentence", "numbered", "list_item", "speaker", "caption", "footnote"))
_NOT_ARTICLE = _CUED | {"unfinished", "truncated", "citation", "link_only"}
_LISTS = frozenset(("related", "references", "comment"))


def _governed(pieces: Sequence[Piece], prose: set[int]) -> set[int]:
    """Pieces that stand in a list under a heading like 相关阅读 or 参考文献, as far as the next prose."""
    found: set[int] = set()
    open_list = False
    for index, piece in enumerate(pieces):
        if index in prose or piece.text.endswith("。"):
            open_list = False
        elif open_list:
            found.add(index)
        if len(piece.text) <= 20 and any(hit.category in _LISTS and hit.strength in ("certain", "opens") for hit in piece.hits):
            open_list = True
    return found


def _unmarked(forms: Sequence[tuple[str, ...]], rules: Sequence[bool], index: int) -> bool:
    """Whether nothing marks a change point here: neither the piece itself nor, for a label or a title, the two after it."""
    if len(forms[index]) == 1 and forms[index][0] == "prose":
        return not rules[index]
    if rules[index] or not _MARKS.isdisjoint(forms[index]):
        return False
    if not _SPEAKS.isdisjoint(forms[index]):
        return True
    return all(_MARKS.isdisjoint(names) for names in forms[index + 1 : index + 3])


def _on_card(pieces: Sequence[Piece], forms: Sequence[tuple[str, ...]], cards: set[int], index: int) -> bool:
    """Whether a piece is the name or the description on an account's card: up to two lines before its count of articles."""
    name = "unstopped" in forms[index] and len(pieces[index].text) <= 24
    if index + 1 in cards:
        return name or len(pieces[index].text) < 120
    return name and index + 2 in cards and not ("unstopped" in forms[index + 1] and len(pieces[index + 1].text) <= 16)


def _ends(piece: Piece) -> bool:
    """Whether a line says that the text is over: 全文完, END."""
    return len(piece.text) <= 16 and any(hit.category == "artefact" and hit.strength in ("certain", "opens") for hit in piece.hits)


def _teasers(pieces: Sequence[Piece], forms: Sequence[tuple[str, ...]], last: int) -> set[int]:
    """Headlines with a beginning of their story under them, cut off: two such pairs at least, behind the last prose."""
    found: set[int] = set()
    for index in range(max(last, 0) + 1, len(pieces) - 1):
        cut = not {"truncated", "unfinished"}.isdisjoint(forms[index + 1])
        if cut and len(pieces[index].text) <= 50 and not pieces[index].prose:
            found.update((index, index + 1))
    return found if len(found) >= 4 else set()


def _ahead(pieces: Sequence[Piece], prose: set[int]) -> list[float]:
    """Share of the document's prose, in characters, that stands after each piece."""
    total = sum(len(pieces[index].text) for index in prose) or 1
    rest, found = 0, [0.0] * len(pieces)
    for index in range(len(pieces) - 1, -1, -1):
        found[index] = rest / total
        rest += len(pieces[index].text) if index in prose else 0
    return found


def repeats(pieces: Sequence[Piece]) -> set[int]:
    """Pieces of the first ten that a later piece of the head begins with or holds: summaries and standfirsts printed twice."""
    found = set()
    for index, piece in enumerate(pieces[:10]):
        text = piece.text
        if len(text) >= 16 and any(text in later.text for later in pieces[index + 1 : index + 8]):
            found.add(index)
    return found


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
            pieces[at] = pieces[at]._replace(block=replace(pieces[at].block, kind="heading"))
            pieces[index] = piece._replace(block=replace(piece.block, kind="title"))
            return
    if sum(hit.end - hit.start for hit in pieces[at].hits if hit.strength in ("certain", "opens")) >= 0.8 * len(pieces[at].text):
        pieces[at] = pieces[at]._replace(block=replace(pieces[at].block, kind="heading"))


def _mistaken(piece: Piece) -> bool:
    called = any(hit.strength in ("certain", "opens") and hit.start <= 8 for hit in piece.hits)
    return called or (len(piece.text) <= 60 and CRUMBS.fullmatch(piece.text) is not None) or DATE_ONLY.fullmatch(piece.text) is not None
