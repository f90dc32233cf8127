"""Facts of an article from its page: title, author, date, publisher, address."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from duizhao.sources.page import Page, spans_of
from duizhao.text import Span, cut, find_credits, is_outlet, iso_date, locate, read, site_suffix, trim

_META = {
    "byline": ("author", "article:author", "parsely-author", "dc.creator", "dcterms.creator",
    "og:article:author", "byl"),
    "publisher": ("contentsource", "og:site_name", "source", "mediaid", "dc.publisher", "sitename",
    "application-name"),
    "published": (
        "article:published_time", "pubdate", "publishdate", "publish_time", "datepublished",
        "og:release_date", "dc.date", "dcterms.date",
        "weibo: article:create_at", "og:pubdate", "date",
    ),
    "url": ("og:url", "mobile-url"),
    "title": ("articletitle", "og:title", "twitter:title", "dc.title", "headline"),
}  # fmt: skip
"""Names of ``meta`` elements for each fact, best first."""
_ARTICLES = frozenset(
    [
        "Article",
        "NewsArticle",
        "ReportageNewsArticle",
        "AnalysisNewsArticle",
        "OpinionNewsArticle",
        "BlogPosting",
        "SocialMediaPosting",
        "DiscussionForumPosting",
        "TechArticle",
        "Report",
        "WebPage",
    ]
)
_WECHAT = {
    "publisher": re.compile(r"""var nickname\s*=\s*(?:htmlDecode\()?["']([^"'\n]{1,60})["']"""),
    "title": re.compile(r"""var msg_title\s*=\s*["']([^"'\n]{1,200})["']"""),
    "url": re.compile(r"""var msg_link\s*=\s*(?:htmlDecode\()?["']([^"'\n]{1,600})["']"""),
}
_WECHAT_TIME = re.compile(r"""var ct\s*=\s*["']?(\d{10})["']?""")
_CHINA = timezone(timedelta(hours=8))
_NO_NAME = re.compile(
    r"https?://|@|^[\d\W_]+$|^[A-Z]{1,3}_?\d+$|discuz|^(?:admin|administrator|null|undefined|none|"
    r"unknown|系统管理员|管理员)$",
    re.IGNORECASE,
)
"""Values that pages give in place of a name."""
_AFTER_TITLE = re.compile(r"\s*[-–—_|｜·»«<>:：]+\s")
"""What follows the title in the ``title`` element: a mark, and the site's name.
"""
_LABEL = re.compile(r"^(?:来源|來源|作者|编辑|記者|记者|文|发布机构)\s*[：:/／]\s*")


def find_facts(page: Page) -> dict[str, str]:
    """Facts of the page's article: ``title``, ``byline``, ``publisher``, ``published``, ``url``,
    where the page has them. Structured data comes first, then ``meta``, then WeChat's script.
    ``published`` is ISO 8601.
    """
    told: dict[str, str] = {}
    for name, value in [*_structured(page), *_wechat(page), *_of_meta(page)]:
        fact, said = _told(name, " ".join(html.unescape(value).split()))
        if said:
            told.setdefault(fact, said)
    if not told.get("url", "http").startswith("http"):
        del told["url"]
    if page.canonical and page.canonical.startswith("http"):
        told.setdefault("url", page.canonical)
    if told.get("byline") == told.get("publisher"):
        told.pop("byline", None)
    return told


def _told(fact: str, value: str) -> tuple[str, str]:
    """A fact as the article's record has it; empty where the value is unusable. An outlet
    is not an author.
    """
    if fact == "published":
        return fact, iso_date(value)
    if fact not in ("byline", "publisher"):
        return fact, value
    if fact == "byline" and (named := find_credits([value]).get("byline")):
        return fact, named
    value = _LABEL.sub("", value)
    if fact == "byline" and is_outlet(value):
        fact = "publisher"
    if fact == "publisher":
        value = re.split(r"\s+[|｜-]\s+|[|｜]", value)[-1].strip()
    return fact, "" if len(value) > 60 or _NO_NAME.search(value) else value


def title_of(page: Page, units: Sequence[int], told: Mapping[str, str]) -> int | tuple[Span, ...] | None:
    """The unit that shows the article's title, or else the spans of the title in the page's
    ``title`` element. A unit is the headline if the page's own title equals it, with or without the
    site's name at the end.
    """
    full = [name for name in (told.get("title", ""), page_title(page)) if name]
    names = [*full, *(name[: site_suffix(name, [told.get("publisher", "")])] for name in full)]
    first, last = (units[0], units[-1]) if units else (len(page.units), len(page.units))
    best, most = None, 2
    for index in range(min(last, first + 3) + 1 if units else 0):
        score = _title_score(page, index, names)
        if score >= most and (score > 3 or first - index <= 25):
            best, most = index, max(score, most)
    if best is not None or page.title is None:
        return best
    spans = trim(page.raw, [span for span, _ in spans_of(page.raw, *page.title)])
    text = read(page.raw, spans)
    stop = site_suffix(text, [told.get("publisher", "")])
    name = told.get("title", "")
    if len(name) >= 2 and text.startswith(name) and _AFTER_TITLE.match(text, len(name)):
        stop = len(name)
    if stop < 2:
        return None
    return spans if stop == len(text) else trim(page.raw, cut(spans, 0, locate(page.raw, spans, stop)))


def page_title(page: Page) -> str:
    """Text of the ``title`` element."""
    return " ".join(html.unescape(page.raw[slice(*page.title)]).split()) if page.title else ""


def _title_score(page: Page, index: int, names: Iterable[str]) -> int:
    """Points for a unit as the headline; it needs 2."""
    unit = page.units[index]
    element = page.elements[unit.element]
    text = _bare(unit.text)
    if not 2 <= len(text) <= 120 or unit.hidden:
        return 0
    heading = {"h1": 2, "h2": 1, "h3": 1}.get(element.tag, 0) + (
        "title" in element.hint or "headline" in element.hint
    )
    score = 0
    for name in names:
        bare = _bare(name)
        if bare == text and (len(text) > 2 or heading):
            score = max(score, 5)
        elif (
            bare.startswith(text)
            and (len(text) >= 6 or heading)
            and re.match(r"[\W_]|$", _rest(name, unit.text))
        ):
            score = max(score, 4)
        elif len(text) >= 8 and text in bare and 2 * len(text) > len(bare):
            score = max(score, 3)
    return score + heading if score or (element.tag == "h1" and unit.linked < len(unit.text)) else 0


def _rest(name: str, text: str) -> str:
    """What follows a headline in a longer form of it; white space is ignored."""
    place = 0
    for character in "".join(text.split()):
        while place < len(name) and name[place].isspace():
            place += 1
        if name[place : place + 1] != character:
            return "x"
        place += 1
    return name[place:].strip()


def _bare(text: str) -> str:
    return "".join(text.split())


def _structured(page: Page) -> Iterator[tuple[str, str]]:
    """Facts from JSON-LD, of the first object that is an article."""
    for text in page.data:
        try:
            data = json.loads(text.strip(), strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _objects(data):
            kinds = item.get("@type")
            if not _ARTICLES.isdisjoint(kinds if isinstance(kinds, list) else [str(kinds)]):
                yield from _facts_of(item)


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    """Objects of JSON-LD at its top and in its graph."""
    items = data if isinstance(data, list) else [data]
    for item in items:
        if isinstance(item, dict):
            graph = item.get("@graph")
            yield from (
                (part for part in graph if isinstance(part, dict)) if isinstance(graph, list) else (item,)
            )


def _facts_of(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    main = item.get("mainEntityOfPage")
    told = {
        "title": item.get("headline"),
        "byline": "、".join(_names(item.get("author"))),
        "publisher": "".join(_names(item.get("publisher"))[:1]),
        "published": item.get("datePublished"),
        "url": item.get("url") or (main.get("@id") if isinstance(main, dict) else main),
    }
    yield from ((fact, value) for fact, value in told.items() if isinstance(value, str) and value)


def _names(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    names = [item.get("name") if isinstance(item, dict) else item for item in items]
    return [name.strip() for name in names if isinstance(name, str) and name.strip()]


def _wechat(page: Page) -> Iterator[tuple[str, str]]:
    """What the script of a WeChat article says: account, title, address, time in China's zone."""
    if "mp.weixin.qq.com" not in page.raw and "js_content" not in page.raw:
        return
    for start, end in page.scripts:
        for name, pattern in _WECHAT.items():
            if match := pattern.search(page.raw, start, end):
                yield name, match[1].replace("\\x26amp;", "&").replace("\\x26", "&")
        if match := _WECHAT_TIME.search(page.raw, start, end):
            yield "published", datetime.fromtimestamp(int(match[1]), _CHINA).isoformat()


def _of_meta(page: Page) -> Iterator[tuple[str, str]]:
    for fact, names in _META.items():
        for name in names:
            if name in page.meta:
                yield fact, page.meta[name]
