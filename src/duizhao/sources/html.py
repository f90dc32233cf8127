"""HTML pages to documents: the article's blocks with their spans in the page, and the article's facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, islice

from duizhao.errors import InputError
from duizhao.sources.article import find_article, is_prose
from duizhao.sources.facts import find_facts, title_of
from duizhao.sources.page import Page, Unit, read_page
from duizhao.text import Block, Span

EXTRACTION = "duizhao html 2"
"""Name and version of these rules, for ``articles.extraction``."""

_KINDS = {
    "li": "list_item", "blockquote": "quote", "figcaption": "caption", "caption": "caption",
    **{f"h{level}": "heading" for level in range(1, 7)},
}  # fmt: skip
_NEAR = 400
"""More markup than this many characters between two removed units makes two blocks of them."""
_CODE = 0.3
"""Share of Han characters from which preformatted text is prose."""
_ENDS = frozenset("。！？!?…；;：:.”’\"'」』）)~～—")


VIEW = '<meta name="generator" content="Duizhao">'
"""What stands in the head of a page that ``duizhao view`` wrote."""

_HEAD = 4000  # characters of a page in which this is looked for


def read_html(raw: str, name: str = "page.html") -> tuple[tuple[Block, ...], dict[str, str]]:
    """Blocks of a decoded page in order, and the facts of its article.

    Every unit of the page's text is in one block: a block of the article or, outside the article, a block of
    kind ``navigation``. Everything else is markup. Raises DuizhaoError ``no-article-text``.
    """
    if VIEW in raw[:_HEAD]:
        raise InputError(
            "no-article-text", f"{name}: a page that duizhao view wrote, and no article; move it elsewhere"
        )
    page = read_page(raw)
    article = find_article(page)
    if not article.units:
        raise InputError(
            "no-article-text",
            f"{name}: no article was found in the page ({article.reason}); remove it, or give the text "
            f"itself as .txt or .md",
        )
    told = find_facts(page)
    title = title_of(page, article.units, told)
    told.pop("title", None)
    inside = set(article.units) | ({title} if isinstance(title, int) else set())
    blocks = [_title(page, title)] if title is not None else []
    blocks += _article_blocks(page, [index for index in article.units if index != title])
    blocks += _others(page, [index for index in range(len(page.units)) if index not in inside])
    if page.title is not None:
        blocks = [part for block in blocks for part in _apart(block, page.title)]
    if page.title is not None and not isinstance(title, tuple) and raw[slice(*page.title)].strip():
        blocks.append(Block("front_matter", *page.title, ()))
    return tuple(sorted(blocks, key=lambda block: block.start)), told


def _apart(block: Block, title: Span) -> list[Block]:
    """A block, or its two parts where a broken page has its title inside of it."""
    if not (block.start < title[0] and title[1] < block.end):
        return [block]
    parts = (
        [span for span in block.spans if span[1] <= title[0]],
        [span for span in block.spans if span[0] >= title[1]],
    )
    return [_block(block.kind, spans) for spans in parts if spans]


def _title(page: Page, title: int | tuple[Span, ...]) -> Block:
    return _block("title", page.units[title].spans if isinstance(title, int) else title)


def _block(kind: str, spans: Sequence[Span]) -> Block:
    return Block(kind, spans[0][0], spans[-1][1], tuple(spans))


def _article_blocks(page: Page, units: Sequence[int]) -> Iterator[Block]:
    """Blocks of the article's units, one each. The cells of a table's row are one block; so are lines that
    break a sentence.
    """
    tables = _data_tables(page)
    position = 0
    while position < len(units):
        row = _row(page, units, position, tables)
        group = row or _wrapped(page, units, position)
        spans = [span for index in group for span in page.units[index].spans]
        yield _block("table" if row else _kind(page, group), spans)
        position += len(group)


def _kind(page: Page, group: Sequence[int]) -> str:
    unit = page.units[group[0]]
    element = unit.element
    for _ in range(6):
        tag = page.elements[element].tag
        if tag in ("tr", "table"):
            return "paragraph"
        if tag == "pre":
            return "code" if _is_code(unit.text) else "paragraph"
        if tag in _KINDS:
            return _KINDS[tag]
        if element <= 0:
            break
        element = page.elements[element].parent
    bold = len(group) == 1 and unit.bold >= 0.9 * len("".join(unit.text.split()))
    return (
        "heading"
        if bold and len(unit.text) <= 40 and unit.text[-1] not in "。！？；，：.;,:"
        else "paragraph"
    )


def _is_code(text: str) -> bool:
    return sum("\u3400" <= character <= "\u9fff" for character in text) < _CODE * len(text)


def _data_tables(page: Page) -> set[int]:
    """The tables that hold data: their cells are many and short. Tables for layout hold
    prose or further tables.
    """
    sizes = [0, *accumulate(len(unit.text) for unit in page.units)]
    prose = [0, *accumulate(len(unit.text) if is_prose(unit) else 0 for unit in page.units)]
    layouts = {page.elements[element.parent].parent for element in page.elements if element.tag == "table"}
    found = set()
    for index, table in enumerate(page.elements):
        if table.tag == "table" and table.last - table.first >= 4 and index not in layouts:
            told = prose[table.last] - prose[table.first]
            if 2 * told < sizes[table.last] - sizes[table.first]:
                found.add(index)
    return found


def _row(page: Page, units: Sequence[int], position: int, tables: set[int]) -> list[int]:
    """The units from ``position`` on that are cells of one row of a table of data; none where there
    is no such table.
    """
    row = _row_of(page, units[position])
    if row is None or _above(page, row, "table") not in tables:
        return []
    group = [units[position]]
    for index in islice(units, position + 1, None):
        if index != group[-1] + 1 or _row_of(page, index) != row:
            break
        group.append(index)
    return group


def _above(page: Page, element: int, tag: str) -> int | None:
    """The element itself, or one of the three above it, with a given tag; None where there is none."""
    for _ in range(4):
        if element <= 0 or page.elements[element].tag == tag:
            break
        element = page.elements[element].parent
    return element if element > 0 and page.elements[element].tag == tag else None


def _row_of(page: Page, index: int) -> int | None:
    return _above(page, page.units[index].element, "tr")


def _wrapped(page: Page, units: Sequence[int], position: int) -> list[int]:
    """The unit at ``position``, with the units that continue its sentence in a text broken into
    lines of even length.
    """
    group = [units[position]]
    while position + len(group) < len(units):
        before, after = page.units[group[-1]], units[position + len(group)]
        if after != group[-1] + 1 or not _goes_on(page, before, page.units[after]):
            break
        group.append(after)
    return group


def _goes_on(page: Page, before: Unit, after: Unit) -> bool:
    """Whether a line continues the sentence of the line before it: no sentence ends there and the
    line is not indented.
    """
    if (
        not after.broken
        or (
            _above(page, before.element, "pre") is not None
            and (_is_code(before.text) or _is_code(after.text))
        )
        or before.element != after.element
        or len(before.text) < 25
        or before.text[-1] in _ENDS
    ):
        return False
    gap = page.raw[before.spans[-1][1] : after.spans[0][0]]
    return not ("\u3000" in gap or gap.count("&nbsp") > 1 or "  " in gap.replace("\n", "").strip("\r"))


def _others(page: Page, units: Sequence[int]) -> Iterator[Block]:
    """What is outside the article. Units with little markup between them are one block."""
    group: list[int] = []
    for index in units:
        if group and (index != group[-1] + 1 or _parts(page, group[-1], index)):
            yield _outside(page, group)
            group = []
        group.append(index)
    if group:
        yield _outside(page, group)


def _parts(page: Page, left: int, right: int) -> bool:
    start, end = page.units[left].spans[-1][1], page.units[right].spans[0][0]
    return end - start > _NEAR or "<script" in page.raw[start:end].lower()


def _outside(page: Page, group: Sequence[int]) -> Block:
    return _block("navigation", [span for index in group for span in page.units[index].spans])
