"""A decoded text and the metadata that stands at its head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duizhao.errors import Finding
from duizhao.text.credits import find_credits

if TYPE_CHECKING:
    from duizhao.text.blocks import Block

_FACTS = {
    "title": "title", "标题": "title", "標題": "title", "文章标题": "title", "文章標題": "title",
    "author": "byline", "作者": "byline", "文章作者": "publisher", "公众号": "publisher", "publisher": "publisher",
    "来源": "publisher", "來源": "publisher", "source": "publisher",
    "date": "published", "published": "published", "发布时间": "published", "發布時間": "published", "发布日期": "published",
    "url": "url", "link": "url", "原文链接": "url", "原文鏈接": "url", "原文連結": "url",
}  # fmt: skip
"""Header keys that tell a fact about the article, and the field that they fill."""

_HEADER_KEYS = (*_FACTS, "发布地", "發布地", "封面图链接", "封面圖鏈接", "categories", "tags", "description")

DATE = re.compile(r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?$")


@dataclass(frozen=True, slots=True)
class Header:
    """One line of metadata: ``key`` … ``text[start:end]`` is the line, ``text[value:value_end]`` its value."""

    key: str
    start: int
    value: int
    value_end: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A decoded source file. All spans in Duizhao count code points of ``text``.

    ``language`` is ``zh`` or ``en``; ``name`` is the path inside the raw folder; ``sha256`` is of the
    bytes; ``facts`` come from ``sources.toml`` and, where it is silent, from the headers. ``extraction`` names the
    rules that found the article in an HTML page; None for other files. ``blocks`` are the blocks of a file whose form
    (HTML, subtitles) tells them; None where they are to be found in the text. ``encoding`` is what the bytes were read
    in, ``findings`` what a person should know of the reading.
    """

    id: str
    language: str
    name: str
    text: str
    sha256: str
    headers: tuple[Header, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    extraction: str | None = None
    blocks: tuple[Block, ...] | None = None
    encoding: str = "utf-8"
    findings: tuple[Finding, ...] = ()


def make_document(
    id: str,
    text: str,
    language: str = "zh",
    name: str = "",
    sha256: str = "",
    facts: Mapping[str, str] | None = None,
) -> Document:
    """A Document from text in memory; headers are read from the text."""
    headers = tuple(find_headers(text))
    told: dict[str, str] = {}
    for header in headers:
        target, value = _FACTS.get(header.key.lower()), text[header.value : header.value_end]
        if target == "published":
            value = value.replace(" ", "T")
            target = target if DATE.match(value) else None
        further = find_credits([text[header.start : header.end]]) if "：" in value or ": " in value else {}
        for fact, said in further.items() if target in further else ((target, value),):
            if fact and said:
                told.setdefault(fact, said)
    return Document(id, language, name or id, text, sha256, headers, {**told, **(facts or {})})


def find_headers(text: str) -> Iterator[Header]:
    """Metadata lines: YAML front matter, or ``key: value`` lines before the first line of prose."""
    first = front_matter_start(text)
    front = first is not None
    title_may_come = True
    for start, end in _lines(text, first or 0):
        line = text[start:end].rstrip("\r")
        if front and line.strip() in ("---", "..."):
            return
        key, colon, _ = line.partition(":") if ":" in line else line.partition("：")
        if colon and (front or key.strip().lower() in _HEADER_KEYS):
            value = start + len(key) + 1
            shift = len(text[value:end]) - len(text[value:end].lstrip(" \t\"'"))
            yield Header(
                key.strip(),
                start,
                value + shift,
                value + shift + len(text[value + shift : end].rstrip(" \t\r\"'")),
                end,
            )
        elif not front and line.strip():
            if not title_may_come:
                return
            title_may_come = False


def front_matter_start(text: str) -> int | None:
    """Where the line after the ``---`` that opens YAML front matter starts; None where there is none."""
    rest = text.lstrip("\ufeff \t\r\n")
    end = rest.find("\n")
    return len(text) - len(rest) + end + 1 if rest[: end + 1].rstrip() == "---" else None


def _lines(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1
