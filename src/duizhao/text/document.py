"""A decoded text and the metadata at its head."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from duizhao.errors import Finding
from duizhao.text.credits import find_credits, iso_date
from duizhao.text.header import Header
from duizhao.text.threads import find_letter_head
from duizhao.text.words import words

if TYPE_CHECKING:
    from duizhao.text.block import Block

from duizhao.dates import is_real_date

_FACTS = {
    "title": "title", "标题": "title", "標題": "title", "文章标题": "title", "文章標題": "title",
    "author": "byline", "作者": "byline", "文章作者": "publisher", "公众号": "publisher", "publisher": "publisher",
    "来源": "publisher", "來源": "publisher", "source": "publisher",
    "date": "published", "published": "published", "发布时间": "published", "發布時間": "published",
    "发布日期": "published",
    "url": "url", "link": "url", "原文链接": "url", "原文鏈接": "url", "原文連結": "url",
}  # fmt: skip
"""Header keys of facts about the article, and the field that each fills."""

_HEADER_KEYS = (*_FACTS, "发布地", "發布地", "封面图链接", "封面圖鏈接", "categories", "tags", "description")

DATE = re.compile(r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?$")


def is_date(text: str) -> bool:
    """Whether a text is a full date that exists, with or without a time."""
    return DATE.match(text) is not None and is_real_date(text.replace(" ", "T"))


@dataclass(frozen=True, slots=True)
class Document:
    """A decoded source file. All spans in Duizhao count code points of ``text``.

    ``language`` is ``zh`` or ``en``; ``name`` is the path inside the raw folder; ``sha256`` is that of the
    bytes. ``facts`` come from ``sources.toml`` and, for what it does not give, from the headers.
    ``extraction`` names the rules that found the article in an HTML page; None for other files. ``blocks``
    are the blocks of a file whose format defines them (HTML, subtitles); None if they must be found in the
    text. ``encoding`` is the encoding of the bytes. ``findings`` are the findings from reading the file.
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
            value = iso_date(value)
        further = find_credits([text[header.start : header.end]]) if "：" in value or ": " in value else {}
        for fact, said in further.items() if target in further else ((target, value),):
            if fact and said:
                told.setdefault(fact, said)
    return Document(id, language, name or id, text, sha256, headers, {**told, **(facts or {})})


def find_headers(text: str) -> Iterator[Header]:
    """Metadata lines: front matter, the head of a letter on a board, the header of a mail, or ``key: value``
    lines before the first line of prose. Directly below such a line more keys are known, as in the metadata
    of Pelican and MultiMarkdown.
    """
    front = find_front_matter(text)
    if front is not None:
        toml = _opening_rule(text) is None
        if members := _object(text, *next(_lines(text, *front))):
            yield from members
            return
        for start, end in _lines(text, *front):
            line = text[start:end]
            key, parted, _ = line.partition("=") if toml else _parted(line)
            if parted:
                yield _header(text, key, start, end)
        return
    if known := find_letter_head(text) or _find_mail(text):
        yield from known
        return
    title_may_come, follows = True, False
    for start, end in _lines(text):
        key, colon, _ = _parted(text[start : min(end, start + 200)])
        name = key.strip().lower()
        if colon and (name in _HEADER_KEYS or (follows and name.isascii() and name in _KNOWN)):
            yield _header(text, key, start, end)
            follows = True
        elif text[start:end].strip():
            if not title_may_come or text[start:end].rstrip().endswith("{"):
                return  # what follows is in a list of code, as in a module of MDX
            title_may_come = follows = False
        else:
            follows = False


def _find_mail(text: str) -> list[Header]:
    """The header of a mail (RFC 5322) that a text begins with; none if it begins with something else.

    It has a sender and two other usual fields at least, and nothing but fields and their further lines.
    """
    if not _FIELD_NAME.match(text) and not text.startswith("From "):
        return []
    headers: list[Header] = []
    for start, end in _lines(text):
        line = text[start : min(end, start + 2000)]
        name = _FIELD_NAME.match(line)
        if not line.strip() or len(headers) > _LONGEST_FRONT:
            break
        if name:
            key = _MAIL_FACTS.get(name[1].lower(), "") if "=?" not in line else ""
            headers.append(_header(text, name[1], start, end))
            headers[-1] = replace(headers[-1], key=key)
        elif line[0] in " \t" or (not headers and line.startswith("From ")):
            headers.append(Header("", start, start, end, end))
        else:
            return []
    names = {text[header.start : header.end].partition(":")[0].lower() for header in headers}
    return headers if "from" in names and len(names & _MAIL) >= 3 else []


_FIELD_NAME = re.compile(r"([A-Za-z][A-Za-z-]{1,40}):(?=[ \t\r]|$)", re.MULTILINE)
_MAIL_FACTS = {"subject": "title", "from": "author", "date": "date"}
_MAIL = words("from to cc date subject message-id received return-path reply-to mime-version content-type")


def _parted(line: str) -> tuple[str, str, str]:
    return line.partition(":") if ":" in line else line.partition("：")


def _header(text: str, key: str, start: int, end: int) -> Header:
    value = start + len(key) + 1
    shift = len(text[value:end]) - len(text[value:end].lstrip(" \t\"'"))
    stop = value + shift + len(text[value + shift : end].rstrip(" \t\r\"'"))
    return Header(key.strip(), start, value + shift, stop, end)


_LONGEST_FRONT = 500
"""Lines of front matter, at most."""
_KEY = re.compile(
    r"[\"']?([A-Za-z_@][\w .@/-]{0,39}|[\u3400-\u9fff]{1,8})[\"']?[ \t]*[:：](?=[ \t\r]|$|[^\s/])"
)
_KNOWN = words(
    "id layout slug draft lang language locale permalink redirect_from aliases alias keywords category "
    "tag type image cover thumbnail banner toc math mathjax comments comment created updated modified "
    "lastmod publishdate published pubdate pubdatetime createtime updatetime datetime time created_at "
    "updated_at published_at subtitle summary excerpt abstract copyright license series weight order "
    "sidebar sidebar_label sidebar_position nav_order parent authors editor translator translators "
    "reviewer translated original original_url from via origin source_url sourceurl link_url site website "
    "hide_title top pin featured status version format output css bibliography header-includes feed_only "
    "account biz msgid cn-title collector title_en uid name 日期 时间 時間 分类 分類 标签 標籤 描述 摘要 译者 譯者 校对 校對 原文 状态 "
    "類型 类型 创建时间 更新时间"
) | frozenset(_HEADER_KEYS)
"""Keys that show that the lines between two rules are front matter and not text."""


def find_front_matter(text: str) -> tuple[int, int] | None:
    """Where the lines of front matter start and where the line that closes it starts; None where there is
    none.

    YAML opens with ``---``, the first line that is not blank, and closes with ``---`` or ``...``. Every line
    between must be ``key: value``, a comment, an item of a list, or indented below a key, and one key must be
    a usual one or have a key below it. One line between may also be an object of JSON, which is YAML too.
    TOML is between two lines ``+++``, with ``key = value``. Anything else between two rules is text.
    """
    first = _opening_rule(text)
    if first is None:
        return _find_toml(text)
    keyed = known = nested = False
    for number, (start, end) in enumerate(_lines(text, first)):
        line = text[start : min(end, start + 2000)].rstrip()
        if number == 0 and line.startswith("{"):
            members = _object(text, start, end)
            keyed = known = any(member.key.lower() in _KNOWN for member in members)
            if not known:
                return None
            continue
        if line in ("---", "..."):
            return (first, start) if known else None
        if number > _LONGEST_FRONT:
            return None
        if key := _KEY.match(line):
            keyed = True
            known = known or key[1].strip().lower() in _KNOWN
            nested = line.endswith(":") and line.isascii()
        elif nested and line[:2] == "  " and line.isascii() and _KEY.match(line.lstrip()):
            known = True  # a key below a key: no text has this form
        elif (
            line
            and not line.startswith("#")
            and not (keyed and (line[0] in " \t" or line.startswith("- ") or line in "-]}"))
        ):
            return None
    return None


def _object(text: str, start: int, end: int) -> list[Header]:
    """The members of the object of JSON that a line is; none if it is not one, or is too long. The first
    member has the bracket before it, and the last one the bracket behind it.
    """
    line = text[start:end].rstrip()
    if not line.startswith("{") or len(line) > _LONGEST_OBJECT:
        return []
    found: list[Header] = []
    place = 1
    try:
        while line[place - 1] != "}":
            key_at = place + len(line[place:]) - len(line[place:].lstrip())
            key, place = _JSON.raw_decode(line, key_at)
            colon = line.index(":", place)
            value_at = colon + 1 + len(line[colon + 1 :]) - len(line[colon + 1 :].lstrip())
            value, place = _JSON.raw_decode(line, value_at)
            quoted = isinstance(value, str)
            found.append(
                Header(
                    str(key), start + (key_at if found else 0), start + value_at + quoted,
                    start + place - quoted, start + place,
                )
            )  # fmt: skip
            mark = line[place:].lstrip()[:1]
            if mark not in (",", "}"):
                return []
            place = line.index(mark, place) + 1
    except (ValueError, IndexError, RecursionError):
        return []
    if place != len(line) or not found:
        return []
    return [*found[:-1], replace(found[-1], end=start + place)]


_JSON = json.JSONDecoder()
_LONGEST_OBJECT = 4000


def _find_toml(text: str) -> tuple[int, int] | None:
    """The same of TOML front matter. A line without a key must be a comment, a table's name or an item of a
    list that is open.
    """
    opened = _FIRST_PLUSES.match(text)
    if not opened:
        return None
    known = listed = False
    for number, (start, end) in enumerate(_lines(text, opened.end())):
        line = text[start : min(end, start + 2000)].strip()
        if line == "+++":
            return (opened.end(), start) if known else None
        if number > _LONGEST_FRONT:
            return None
        if listed:
            listed = not line.endswith("]")
        elif key := _TOML_KEY.match(line):
            known = known or key[1].lower() in _KNOWN
            listed = key[2].startswith("[") and not key[2].endswith("]")
        elif line and not line.startswith(("#", "[")):
            return None
    return None


_FIRST_PLUSES = re.compile(r"[\ufeff \t\r\n]*(?<![^\ufeff\n])\+\+\+[ \t\r]*\n")
_TOML_KEY = re.compile(r"[\"']?([\w.-]{1,40})[\"']?[ \t]*=[ \t]*(.*)")


def front_matter_doubt(text: str) -> str | None:
    """Why text that begins like front matter is read as text; None if nothing is wrong.

    This is for a finding. If the first line is a rule and a usual key is directly below it, it was meant as
    front matter, but it is not closed, or it has other lines.
    """
    first = _opening_rule(text)
    if first is None or find_front_matter(text) is not None:
        return None
    start, end = next(_lines(text, first), (first, first))
    key = _KEY.match(text[start : min(end, start + 2000)].rstrip())
    if not key or key[1].strip().lower() not in _KNOWN:
        return None
    closed = re.compile(r"^(?:---|\.\.\.)[ \t\r]*$", re.MULTILINE).search(text, end)
    return (
        "front matter holds lines that are not `key: value`"
        if closed
        else "front matter is not closed by `---`"
    )


def _opening_rule(text: str) -> int | None:
    """Where the line after a ``---`` starts that is the first line of a text; None where another line is."""
    rest = _FIRST_RULE.match(text)
    return rest.end() if rest else None


_FIRST_RULE = re.compile(r"[\ufeff \t\r\n]*(?<![^\ufeff\n])---[ \t\r]*\n")


def _lines(text: str, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, int]]:
    stop = len(text) if stop is None else stop
    while start < stop:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1
