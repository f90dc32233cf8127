"""Credits: author, publisher and date of a text, from lines above, below and in it.

``来源：某某日报 作者：记者 朱某某``, ``文／朱某某``, ``（记者 朱某某 北京报道）``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

_LABELS = {
    "publisher": "本文来源|本文來源|文章来源|文章來源|信息来源|稿件来源|新闻来源|消息来源|来源|來源|稿源|出处|出處|转自|轉自|转载自",
    "byline": "本文作者|文章作者|作者|撰文|撰稿|采写|採寫|采访|文|记者|記者|编译|編譯",
    "published": "发布时间|發布時間|发表时间|發表時間|发布日期|發布日期|发稿时间|日期|时间|時間",
    "": "图|圖|摄影|攝影|责任编辑|責任編輯|责编|責編|编辑|編輯|校对|校對|审核|審核|监制|監製|视频|点击|浏览|阅读|字号|分享|字体|关键词|評論|评论|排版|设计",
}
"""Labels of facts. A label under the empty name ends the value before it, but gives no fact."""
_LABEL = re.compile(
    "|".join(
        rf"(?P<{fact or 'other'}>(?<![\u4e00-\u9fff])(?:{names})|(?:{names})(?=\s*[：:]))"
        for fact, names in _LABELS.items()
    ).join(("(?:", ")"))
    + r"\s*[：:/／丨｜|]\s*"
)
_DATE = re.compile(
    r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})日?(?:[T\s]*(\d{1,"
    r"2})[:：时](\d{2})(?:[:：分](\d{2}))?(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
)
_ASCTIME = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) "
    r"(?P<time>\d{2}:\d{2}:\d{2}) (?P<year>\d{4})(?P<zone>)"
)
"""The form of C's ``asctime``, as boards that are read by telnet write it."""
_MAIL = re.compile(
    r"\b(?P<day>\d{1,2}) (?P<month>[A-Z][a-z]{2}) (?P<year>\d{4}) "
    r"(?P<time>\d{2}:\d{2}:\d{2})(?: (?P<zone>[+-]\d{4}))?"
)
"""The date of a mail (RFC 5322)."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?()$")
_VALUE = re.compile(r"[^|｜；;。，,\n（(）)\[\]【】]{1,60}")
_TITLE = re.compile(r"^(?:[\u4e00-\u9fff]{0,6}?(?:通讯员|通訊員|记者|記者)|特约撰稿|特約撰稿)[\s　:：]*")
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,5}|[A-Za-z][A-Za-z.'-]+(?: [A-Z][A-Za-z.'-]+){0,3}")
_NO_PUBLISHER = re.compile(r"https?:|^(?:网络|網路|互联网|本站|原创|未知|综合|网上)$")
_DATELINE = re.compile(r"[（(](?:[^（()）\n]{0,8}?(?:通讯员|記者|记者))[\s　]*([^（()）\n]{2,40})[）)]")
_AT_WORK = re.compile(r"(?:报道|報道|报导|報導|电|電|摄|攝|发自.*|文/图)$")
_REPORT = re.compile(
    r"^[\u4e00-\u9fff]{0,6}?(?:记者|記者)[\s　]*([\u4e00-\u9fff]{2,4})[／/][^\n]{0,12}(?:报道|報道|報導|报导)"
)
"""``記者朱某某／台北報導``, as newspapers of Taiwan write it."""
_HEAD = 120
"""A dateline is searched in this many characters at the beginning of a paragraph."""


def find_credits(lines: Iterable[str], opening: str = "") -> dict[str, str]:
    """Facts from lines of credits: ``publisher``, ``byline``, ``published`` (ISO 8601), the first of each.

    ``opening`` is the first paragraph of the text: a reporter named in its dateline is the ``byline`` if no
    line names one.
    """
    told: dict[str, str] = {}
    for line in lines:
        if len(line) <= 200:
            for fact, value in _facts(line):
                if value:
                    told.setdefault(fact, value)
            if told and (date := iso_date(line)):
                told.setdefault("published", date)
            if report := _REPORT.match(line):
                told.setdefault("byline", report[1])
    if dateline := _DATELINE.search(opening, 0, _HEAD):
        told.setdefault("byline", _names(dateline[1]))
    return {fact: value for fact, value in told.items() if value}


def iso_date(text: str) -> str:
    """A date or time in ISO 8601 as a page writes it, ``2019年9月26日 12:11`` and ``Sat Nov 18 10:22:31 2023``
    included; empty where there is none.
    """
    if (told := _ASCTIME.search(text) or _MAIL.search(text)) and told["month"] in _MONTHS:
        named = _MONTHS.index(told["month"]) + 1
        text = f"{told['year']}-{named}-{told['day']} {told['time']}{told['zone'] or ''}"
    match = _DATE.search(text) or _COMPACT.match(text.strip())
    if not match:
        return ""
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
    except ValueError:
        return ""
    date = f"{year}-{int(month):02d}-{int(day):02d}"
    if hour is None:
        return date
    offset = f"{zone[:3]}:{zone[-2:]}" if zone and zone != "Z" else zone or ""
    return f"{date}T{int(hour):02d}:{minute}" + (f":{second}" if second else "") + offset


def _facts(line: str) -> list[tuple[str, str]]:
    """Facts of a line: each label's value goes up to the next label."""
    labels = list(_LABEL.finditer(line))
    found = []
    for place, label in enumerate(labels):
        end = labels[place + 1].start() if place + 1 < len(labels) else len(line)
        value = line[label.end() : end].strip()
        if label.lastgroup == "byline":
            found.append(("byline", _names(value)))
        elif label.lastgroup == "publisher":
            found.append(("publisher", _publisher(value)))
        elif label.lastgroup == "published":
            found.append(("published", iso_date(value)))
    return found


def _publisher(value: str) -> str:
    match = _VALUE.match(_DATE.sub("", value).strip())
    name = match.group().split("  ")[0].split("\u3000")[0].strip("“”\"'《》 ") if match else ""
    return name if 2 <= len(name) <= 30 and not _NO_PUBLISHER.search(name) else ""


def _names(value: str) -> str:
    """Names of persons in a value, joined by 、; empty if there is none. Places and a reporter's task are not
    names.
    """
    match = _VALUE.match(_TITLE.sub("", _DATE.sub("", value).strip()))
    parts = (
        re.split(r"[\s　]*[、/／&][\s　]*|[\s　]{1,4}(?![A-Za-z])", match.group().strip()) if match else []
    )
    names = []
    for part in parts:
        part = _TITLE.sub("", part).strip()
        if _AT_WORK.search(part) or not _NAME.fullmatch(part):
            break
        names.append(part)
    return "、".join(names)
