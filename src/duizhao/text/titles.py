"""Titles: how to divide the title of a page or a file from the site's name at its end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from duizhao.text.spans import cut, locate, read, trim

if TYPE_CHECKING:
    from duizhao.text.block import Block

_MARK = re.compile(
    r"\s*(?:[_|｜]+|--+)\s*|\s+[-–—·]{1,2}\s+|(?<![-—\w])-(?=\S)|(?<=[^\W\da-zA-Z_])-(?=[^\W\da-zA-Z_])|"
    r"(?<=[”」』】）!?！？])-"
)
"""What separates a title from the site's name. A hyphen without spaces does so only between Chinese words; a
long dash never does.
"""
_SITE = re.compile(
    r"(?:网|網|報|报|新闻|新聞|频道|頻道|论坛|論壇|社区|社區|在线|在線|快讯|资讯|資訊|杂志|雜誌|电视台|電視台|中心|门户|博客|部落格|百科|公众号|公眾號|专栏|專欄|电子报|電子報"
    r"|日报|日報|晚报|晚報|时报|時報|周刊|週刊|通讯社|通訊社|客户端|首页|首頁|官网|官網|知乎|简书|豆瓣|搜狐|新浪|网易|腾讯|澎湃|凤凰|头条|虎嗅|36氪|钛媒体|界面)(?:版|"
    r"台|社|客)?$"
    r"|\.(?:com|cn|net|org|tw|hk)$|\b(?:news|daily|times|online|net|tv|blog|post|media|press|weekly)$",
    re.IGNORECASE,
)
_SECTION = 8
"""Characters of the longest name of a section, as in ``标题 - 生活 - 某某日报``, and of the shortest title before a
bar.
"""


def site_suffix(title: str, names: Iterable[str] = ()) -> int:
    """Where the site's name begins after a title; the length of the text if there is none.

    ``names`` are known names of the site. The text after ``|``, ``_`` or a hyphen is the site's name in three
    cases: it is a known name; it has the form of an outlet's name; it is short and after a bar between
    spaces. Names of sections before it are then removed too.
    """
    marks = list(_MARK.finditer(title))
    known = {name.strip().casefold() for name in names if name.strip()}
    end, cut = len(title), len(title)
    found = False
    for mark in reversed(marks):
        part = title[mark.end() : end].strip()
        named = part.casefold() in known or (len(part) <= 24 and _SITE.search(part) is not None)
        barred = (
            mark.group().strip() in ("|", "｜", "_")
            and mark.group() != mark.group().strip()
            and len(part) <= 16
        )
        named = named or (barred and len(title[: mark.start()].strip()) >= _SECTION)
        if not named and not (found and len(part) <= _SECTION):
            break
        if len(title[: mark.start()].strip()) < 2:
            break
        found, end, cut = True, mark.start(), mark.start()
    return cut


def is_outlet(name: str) -> bool:
    """Whether a name reads as the name of an outlet or a site, not of a person."""
    return _SITE.search(name.strip()) is not None


def part_title(raw: str, blocks: Sequence[Block], publisher: str | None = None) -> list[Block]:
    """Blocks with the site's name behind the title as a block of its own, of kind ``front_matter``.

    ``publisher`` is the name of the site, where it is known.
    """
    parted: list[Block] = []
    for block in blocks:
        if block.kind != "title" or not block.spans:
            parted.append(block)
            continue
        text = read(raw, block.spans)
        end = site_suffix(text, [publisher or ""])
        if end == len(text):
            parted.append(block)
            continue
        place = locate(raw, block.spans, end)
        title, name = trim(raw, cut(block.spans, 0, place)), trim(raw, cut(block.spans, place, block.end))
        parted.append(block._replace(end=title[-1][1], spans=title))
        parted.append(block._replace(kind="front_matter", start=name[0][0], spans=name))
    return parted
