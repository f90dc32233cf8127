"""Choose the units of a page that are its article: weigh each unit, then take the element
with the largest sum.

Each unit is evidence for or against the elements that hold it, weighted by its characters. Sentences are
evidence for an element; links, menus and comments are evidence against it. So the chosen element is the
smallest one that holds the text and leaves the rest out. The method is the maximum subsequence of Pasternack
and Roth (2009), but only elements are compared. ``benchmarks/pages.py`` compares it with three extractors.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from duizhao.errors import counted
from duizhao.sources.page import Element, Page, Unit
from duizhao.text import HAN_CHARACTER, count_han

SENTENCE = re.compile("[。！？；!?…，,：:、]")
_ENDING = re.compile("[。！？!?…]|[.;](?:\\s|$)")
_KNOWN = re.compile(
    r"(?:^| )(?:js_content|rich_media_content|artibody|articlebody|endtext|post_text|post_body|"
    r"content-article|cnt-main-article-qq|rwb_zw"
    r"|rm_txt_con|all-txt|news_txt|ucap-content|trs_editor|artical_real|main_content|article_content|"
    r"article-content|post-richtext"
    r"|richtext|mw-parser-output|entry-content|post-content|markdown-body|t_f|newstext|detail-content|"
    r"storycontent|articlecontent|article-body|article_body"
    r"|article__body|article-content__editor|postmessage_\d+)(?= |$)"
)
"""Ids and classes that common publishing systems give to the article's element."""
_CERTAIN = re.compile(r"(?:^| )js_content(?= |$)")
"""The id of the article's element on pages of WeChat: all of it is the article, however short."""
_NEVER = re.compile(
    r"comment|reply|replies|pinglun|respond|footer|foot[-_]|\bfoot\b|copyright|sidebar|side-?bar|relat|"
    r"recommend|tuijian|xiangguan|breadcrumb|crumb"
    r"|guanggao|advert|qr_?code|popup|modal|dialog|disclaim|statement"
)
_SELDOM = re.compile(
    r"\bnav|menu|\bside\b|side-|\brec\b|share|\bhot|rank|\bads?\b|\bads?[-_]|login|search|toolbar|"
    r"\btags?\b|author[-_]|profile|banner"
    r"|subscribe|editor\b|keyword|pagination|\bpage[rs]?\b|\bprev|\bnext|discuss|feedback|vote|resemble"
)
"""Ids and classes of elements that are not the article. Those of the second list may also hold it."""
_READERS = re.compile(r"(?:^| )comments?(?= |$)")
"""The id or class of the place for readers' comments and their rules."""
_NEVER_TAGS = frozenset(
    ("nav", "footer", "aside", "select", "option", "button", "noscript", "label", "legend", "canvas", "map")
)
_COMMENTS = re.compile(
    r"[\s\W]*(?:最新|热门|精彩|全部|网友|網友|读者|讀者|网友的|我要|我来|发表|參與|参与|查看|相关|文章|用户)*"
    r"(?:评论|評論|回复|回覆|留言|跟帖|跟贴|回应|回應|讨论区|迴響|comments?|replies)(?:列表|区|區|板)?[\s\W\d]*(?:条|則|篇)?[\s\W]*",
    re.IGNORECASE,
)
"""A heading over readers' comments."""
_STAMP = re.compile(
    r"(?:\d{2,4}[-/年.])?\d{1,2}[-/月.]\d{1,2}日?\s*(?:[上下]午|[ap]m)?\s*\d{1,2}:\d{2}(?::\d{2})?",
    re.IGNORECASE,
)
_DATES = re.compile(
    r"[(（\[]?(?:\d{2,4}[-/年.])?\d{1,2}[-/月.]\d{1,2}日?(?:\s*\d{1,"
    r"2}:\d{2}(?::\d{2})?)?(?:\s*[AP]M)?[)）\]]?|[·•●▪■\s|>»-]"
)
"""Dates and marks that stand beside the link in a list of links."""
_SHORT, _LONG = 20, 80
_LINKED_HEADINGS = 3
"""From this number on, links that stand alone, each before prose, are headings of the article."""
_TEASERS, _TEASER_UNITS, _HEADLINE = 4, 24, 6
"""A list of other articles: the fewest items, the most units in an item, the fewest characters of a headline.
"""
_ITEMS = ("li", "div", "article", "section", "tr", "dl")
_POSTED = re.compile(r"※\s*(?:发信站|發信站)\s*[:：]")
"""What bulletin boards print below a post."""
_SLACK = 0.01
_CUT = 60.0
"""Cost, in characters, of leaving out a child element whose evidence is against its parent."""


@dataclass(frozen=True, slots=True)
class Article:
    """The article of a page: indexes of its units in order. Where the page has none, they are empty and
    ``reason`` says why.
    """

    units: tuple[int, ...]
    reason: str = ""


def find_article(page: Page) -> Article:
    """The units of a page's article, without its title if the title is elsewhere on the page."""
    if not any(not unit.hidden for unit in page.units):
        return Article((), "it holds no text")
    if certain := _certain(page):
        return Article(certain)
    barred = _barred(page)
    chosen, cut = _best(page, _weights(page, barred))
    element = page.elements[chosen]
    outside = _outside(
        page, chosen, cut if barred[chosen] else cut | {i for i, no in enumerate(barred) if no}
    )
    units = [index for index in range(element.first, element.last) if _belongs(page.units[index], outside)]
    units = _without_replies(page, _with_headings(page, units))
    told = spoken(page, units)
    if told < _LONG // 2:
        if verses := _verses(page):
            return Article(verses)
        return Article((), f"its longest stretch of sentences has {counted(told, 'characters')}")
    if _is_list(page, element, told):
        return Article((), "it is a list of beginnings of other articles")
    return Article(tuple(_without_tables(page, units)))


def _certain(page: Page) -> tuple[int, ...]:
    """The units of the element that is the article for certain; none where the page has no such element."""
    for element in page.elements:
        if _CERTAIN.search(element.hint):
            inside = range(element.first, element.last)
            units = tuple(index for index in inside if not page.units[index].hidden)
            if (
                sum(len(page.units[index].text) for index in units if not is_link(page.units[index]))
                >= _SHORT
            ):
                return units
    return ()


def _verses(page: Page) -> tuple[int, ...]:
    """The units of the only element that publishing systems give to articles, where it holds no sentences but
    enough Chinese lines: a poem, or the words of a song.
    """
    found: list[Element] = []
    for element in page.elements:
        inside = found and element.first < found[-1].last
        if not inside and element.hint and _KNOWN.search(element.hint):
            found.append(element)
    if len(found) != 1:
        return ()
    units = [page.units[index] for index in range(found[0].first, found[0].last)]
    size = sum(len(unit.text) for unit in units)
    linked = sum(unit.linked for unit in units)
    han = sum(count_han(unit.text) for unit in units)
    if han < _LONG or linked * 10 > size or any(unit.hidden for unit in units):
        return ()
    return tuple(range(found[0].first, found[0].last))


def _with_headings(page: Page, units: Sequence[int]) -> list[int]:
    """Units with the links among them that are headings: each stands alone between units of the article and
    before prose, and there are several.
    """
    held = set(units)
    found = [
        index + 1
        for index in units
        if index + 2 in held
        and index + 1 not in held
        and is_prose(page.units[index + 2])
        and not page.units[index + 1].hidden
        and _siblings(page, index + 1, index + 2)
        and _siblings(page, index, index + 1)
    ]
    return sorted(held | set(found)) if len(found) >= _LINKED_HEADINGS else list(units)


def _siblings(page: Page, left: int, right: int) -> bool:
    """Whether two units are in elements of the same kind with the same parent."""
    one, two = (page.elements[page.units[index].element] for index in (left, right))
    return one.tag == two.tag and one.parent == two.parent


def spoken(page: Page, units: Sequence[int]) -> int:
    """Characters of the units that read as sentences, links excepted."""
    return sum(len(page.units[index].text) for index in units if is_prose(page.units[index]))


def is_prose(unit: Unit) -> bool:
    """Whether a unit reads as sentences: of some length, with marks between or after clauses,
    and not a link.
    """
    return (
        len(unit.text) >= _SHORT
        and unit.linked * 2 <= len(unit.text)
        and SENTENCE.search(unit.text) is not None
    )


def is_link(unit: Unit, share: float = 0.7) -> bool:
    """Whether a unit is a link. A date beside the link and bullets do not count."""
    rest = len(_DATES.sub("", unit.text)) if unit.linked else 1
    return unit.linked >= share * max(rest, 1)


def _barred(page: Page) -> list[bool]:
    """For each element, whether its tag, id or class says that it is not the article. An element
    with most of the text is believed to be the article all the same, unless it is for comments and
    the headline is elsewhere.
    """
    teasers = _teasers(page)
    others = {
        unit for index in teasers for unit in range(page.elements[index].first, page.elements[index].last)
    }
    counts = [is_prose(unit) and not unit.hidden and k not in others for k, unit in enumerate(page.units)]
    sums = [0, *accumulate(len(unit.text) if counts[k] else 0 for k, unit in enumerate(page.units))]
    headlines = [
        element.first for element in page.elements if element.tag == "h1" and element.last > element.first
    ]
    barred = [False] * len(page.elements)
    for index, element in enumerate(page.elements):
        if index:
            prose = sums[element.last] - sums[element.first]
            headed = bisect_left(headlines, element.first) < bisect_left(headlines, element.last)
            readers = headlines and _READERS.search(element.hint) is not None and not headed
            barred[index] = (
                barred[element.parent]
                or index in teasers
                or ((readers or 2 * prose <= sums[-1]) and _says_no(element, prose, headed))
            )
    return barred


def _teasers(page: Page) -> set[int]:
    """The elements that are items of a list of other articles: each has a headline that is a link, and the
    article's beginning. Nothing in the element of a known publishing system is one.
    """
    known = [False] * len(page.elements)
    lists: dict[tuple[int, str], list[int]] = {}
    for index, element in enumerate(page.elements[1:], 1):
        known[index] = known[element.parent] or _KNOWN.search(element.hint) is not None
        several = element.tag in _ITEMS and element.last - element.first >= 2
        if several and not known[index]:
            lists.setdefault((element.parent, element.tag), []).append(index)
    found: set[int] = set()
    for items in lists.values():
        if len(items) >= _TEASERS:
            told = [index for index in items if _is_teaser(page, page.elements[index])]
            if len(told) >= _TEASERS and 2 * len(told) >= len(items):
                found.update(told)
    return found


def _is_teaser(page: Page, element: Element) -> bool:
    """Whether an element has a headline that is a link and, behind it, one or two pieces of prose."""
    if element.last - element.first > _TEASER_UNITS:
        return False
    units = [unit for unit in page.units[element.first : element.last] if not unit.hidden]
    first = next((rank for rank, unit in enumerate(units) if is_prose(unit)), len(units))
    heads = [unit for unit in units[:first] if is_link(unit) and len(unit.text) >= _HEADLINE]
    prose = [unit for unit in units if is_prose(unit)]
    return len(heads) == 1 and 1 <= len(prose) <= 2


def _says_no(element: Element, prose: int, headed: bool) -> bool:
    """``headed``: the element holds a headline."""
    if element.tag in _NEVER_TAGS:
        return True
    if not element.hint or _KNOWN.search(element.hint):
        return False
    return _NEVER.search(element.hint) is not None or (
        prose < (2 if headed or element.tag in ("article", "main") else 10) * _SHORT
        and _SELDOM.search(element.hint) is not None
    )


def _weights(page: Page, barred: Sequence[bool]) -> list[float]:
    """Evidence of each unit for its elements, in characters. On a Chinese page, notices in other languages
    are no evidence.
    """
    known = [False] * len(page.elements)
    for index, element in enumerate(page.elements):
        known[index] = index > 0 and (known[element.parent] or _KNOWN.search(element.hint) is not None)
    chinese = sum(count_han(unit.text) for unit in page.units) * 10 > sum(
        len(unit.text) for unit in page.units
    )
    weights = []
    for unit in page.units:
        size = len(unit.text)
        foreign = chinese and not known[unit.element] and HAN_CHARACTER.search(unit.text) is None
        weight = float(size) if is_prose(unit) and not foreign else 0.0
        if is_link(unit, 0.5):
            weight = -10 - size * 0.5
        elif not weight and size < _SHORT:
            weight = -0.05
        if barred[unit.element]:
            weight = min(weight, 0) - 10 - size * (0.3 if is_prose(unit) else 0.5)
        elif known[unit.element]:
            weight += 0.5 * size
        weights.append(min(weight, 0) - 5 if unit.hidden else weight)
    return weights


def _best(page: Page, weights: Sequence[float]) -> tuple[int, set[int]]:
    """The element with the largest sum, and the elements in it that are left out. Of equal sums
    the innermost element wins.
    """
    values = [0.0] * len(page.elements)
    for unit, weight in zip(page.units, weights, strict=True):
        values[unit.element] += weight
    cut: set[int] = set()
    for index in range(len(page.elements) - 1, 0, -1):
        if values[index] < -_CUT:
            cut.add(index)
        values[page.elements[index].parent] += max(values[index], -_CUT)
    best = max(range(len(values)), key=lambda index: (values[index], index))
    chosen = best
    while chosen and values[page.elements[chosen].parent] >= values[best] - _SLACK * values[best]:
        chosen = page.elements[chosen].parent
    return chosen, cut


def _outside(page: Page, chosen: int, cut: set[int]) -> list[bool]:
    """For each element, whether it is in one that is cut out of the chosen element."""
    outside = [False] * len(page.elements)
    for index in range(chosen + 1, len(page.elements)):
        outside[index] = index in cut or outside[page.elements[index].parent]
    return outside


def _belongs(unit: Unit, outside: Sequence[bool]) -> bool:
    return not unit.hidden and not outside[unit.element] and not is_link(unit)


def _without_replies(page: Page, units: Sequence[int]) -> list[int]:
    """Units before the readers' comments. Comments begin at a heading, or at the second of many lines with a
    name and a time.
    """
    posted = next(
        (rank for rank, index in enumerate(units) if _POSTED.match(page.units[index].text)), len(units)
    )
    units = units[:posted]
    if units and posted and set(page.units[units[-1]].text) <= {"-"}:
        units = units[:-1]
    stamps = [rank for rank, index in enumerate(units) if _is_stamp(page.units[index].text)]
    prose = next((rank for rank, index in enumerate(units) if is_prose(page.units[index])), len(units))
    for rank in range(prose + 1, len(units)):
        text = page.units[units[rank]].text
        if (
            len(text) <= _SHORT
            and _COMMENTS.fullmatch(text)
            and any(rank < stamp <= rank + 6 for stamp in stamps)
        ):
            return list(units[:rank])
    if len(stamps) >= 4 and len(stamps) * 8 >= len(units) - prose:
        later = [stamp for stamp in stamps if stamp > prose]
        return list(units[: later[0]]) if later else list(units)
    return list(units)


def _is_stamp(text: str) -> bool:
    """Whether a unit gives a writer and a time to the minute."""
    return (
        len(text) <= 90
        and _STAMP.search(text) is not None
        and len(_STAMP.sub("", text)) <= 45
        and not text.endswith("。")
    )


def _is_list(page: Page, element: Element, told: int) -> bool:
    """Whether the page has many texts like the chosen one: it is a list with the beginnings of articles."""
    if not element.hint:
        return False
    sums = [0, *accumulate(len(unit.text) if is_prose(unit) else 0 for unit in page.units)]
    alike = [other for other in page.elements if other.hint == element.hint and other.tag == element.tag]
    sizes = [sums[other.last] - sums[other.first] for other in alike] if len(alike) >= 5 else []
    return sum(size >= _SHORT for size in sizes) >= 5 and told < 0.4 * sum(sizes)


def _without_tables(page: Page, units: Sequence[int]) -> list[int]:
    """Units without tables of labels and values. Government notices have such a table above the text."""
    tables = [0] * len(page.elements)
    for index, element in enumerate(page.elements):
        tables[index] = index if element.tag in ("table", "dl") else tables[element.parent] if index else 0
    sizes = Counter(tables[page.units[index].element] for index in units)
    labels = Counter(
        tables[page.units[index].element] for index in units if _is_label(page.units[index].text)
    )
    prose = {tables[page.units[index].element] for index in units if len(page.units[index].text) > _LONG}
    told = (
        {table for table, count in labels.items() if count >= 3 and 3 * count >= sizes[table]} - prose - {0}
    )
    return [index for index in units if tables[page.units[index].element] not in told]


def _is_label(text: str) -> bool:
    return len(text) <= _SHORT and text.endswith(("：", ":"))
