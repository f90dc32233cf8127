"""Threads: the posts of a forum or a board, in a text that holds one thread.

Four forms are read: heads of the boards that are read by telnet (``发信人``, ``标  题``, ``发信站``; PTT's ``作者``,
``看板``, ``標題``) with the short replies of PTT (``推 name: …``), numbered floors of forums (``2楼``, ``3#``),
heads like those of Tianya (``作者：… 回复日期：…``), and those that Discourse writes (``由 … 于 … 发布``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from duizhao.text.han import HAN, count_han
from duizhao.text.header import Header
from duizhao.text.spans import Span, is_blank, line_end, outer

_STATION = re.compile(r"^[ \t>]*※ ?(?:发信站|發信站|来源|來源)", re.MULTILINE)
_RULE = re.compile(r"^--[ \t\r]*$", re.MULTILINE)
_LONGEST_SIGNATURE = 15
"""Lines between ``--`` and the note of the station, at most."""
_LONG = 200
"""A later post of the author of the thread with so many Chinese characters goes on with the article."""
_OPENING = 100
"""A text with so many Chinese characters above the first head is the article, and all posts are replies."""


class Post(NamedTuple):
    """One post: ``raw[start:end]``, of which ``raw[body:signature]`` is what its author wrote.

    ``head`` are the lines that say who wrote it and when. ``title`` is the place of a title in them. A post
    of one line has no head: ``body`` is ``start``. ``reply`` is false for the opening post and for what its
    author adds to it.
    """

    start: int
    body: int
    signature: int
    end: int
    author: str
    head: tuple[Span, ...] = ()
    title: Span | None = None
    reply: bool = False


def find_posts(raw: str, begin: int = 0) -> list[Post]:
    """Posts of the thread that a text holds, in order; none if it is no thread. ``begin`` is where the text
    begins, behind front matter.
    """
    for find in (_letters, _floors, _dated, _discourse):
        if posts := find(raw, begin):
            below = not posts[0].head or count_han(raw, begin, posts[0].start) >= _OPENING
            return _answer(raw, posts, below)
    return []


def _answer(raw: str, posts: Sequence[Post], below: bool) -> list[Post]:
    """The posts, with those marked that answer the opening one. ``below`` says that all of them stand below
    the article.
    """
    author, opening = posts[0].author, not below
    told = []
    for number, post in enumerate(posts):
        same = post.author == author != "" and post.head != ()
        opening = opening and (same or number == 0)
        unknown = post.author == "" and (author == "" or not post.head)  # it may be the author's
        same = same or unknown
        added = same and not below and count_han(raw, post.body, post.signature) >= _LONG
        told.append(post._replace(reply=post.reply and not opening and not added))
    return told


def _lines(raw: str, start: int, most: int) -> Iterator[Span]:
    """The next lines that are not blank, at most ``most``; two blank lines or more end them."""
    blank = 0
    while most and start < len(raw) and blank < 2:
        end = line_end(raw, start)
        if is_blank(raw[start : min(end, start + 200)]):
            blank += 1
        else:
            blank = 0
            most -= 1
            yield start, end
        start = end + 1


_WRITER = re.compile(
    r"^[ \t>*\ufeff]*(?:发信人|發信人|寄信人|作[ \u3000]{0,4}者)(?:[ \t\u3000]*[:：][ \t\u3000]*|[ \t\u3000]+)"
    r"(?P<who>(?P<name>[^\s,，()（）]{1,20})[^\n,，]{0,60}?)"
    r"(?:[ \t\u3000]*[,，][^\n]{0,150}|[ \t\u3000]+(?:看板|信区|信區)[^\n]{0,150}|[ \t\r]*)$",
    re.MULTILINE,
)
_FIELD = re.compile(
    r"[ \t>*]*(?P<key>看板|信[区區]|[标標][ \u3000]{0,6}[题題]|[时時][ \u3000]{0,6}[间間]|"
    r"日[ \u3000]{0,6}期|[发發转轉]信站)(?:[ \t\u3000]*[:：][ \t\u3000]*|[ \t\u3000]+)(?P<value>[^\n]*)"
)
_BOARDS = ("看板", "信区", "信區", "站内", "站內")
_BOARD = re.compile("|".join(_BOARDS))
_AGAIN = re.compile(
    r"(?:Re|Fw|回复|回覆|转寄|轉寄)[ \t]*[:：]|[\[(（【][^\])）】]{1,6}[\])）】]|\bzz\b|\s+", re.IGNORECASE
)
"""What a title has beside its subject: marks of a reply, and notes like ``[转载]`` and ``zz``."""
_PUSH = re.compile(
    r"^[ \t]*(?:推|噓|嘘|→)[ \t]+(?P<name>[A-Za-z]\w{1,14})[ \t]*[:：][^\n]{0,300}?"
    r"(?P<when>\d\d/\d\d)?(?: \d\d:\d\d)?[ \t\r]*$",
    re.MULTILINE | re.ASCII,
)
_PUSHES = 3
"""A text without a head has the short replies of a board if it has so many that end with a date."""


def _letters(raw: str, begin: int) -> list[Post]:
    """Posts with the heads of a board that is read by telnet, and the short replies of PTT."""
    posts: list[Post] = []
    if any(word in raw for word in _BOARDS):
        for writer in _WRITER.finditer(raw, begin):
            if (not posts or writer.start() >= posts[-1].body) and (post := _letter(raw, writer)):
                posts.append(post)
    posts = _ended(raw, posts)
    pushes = _pushes(raw, posts[-1].body if posts else begin, 1 if posts else _PUSHES)
    if posts and pushes:
        posts[-1] = posts[-1]._replace(end=pushes[0].start)
    posts = [_signed(raw, post) for post in posts]
    if posts:
        title = _subject(raw, posts[0])
        posts = [
            post._replace(
                reply=_subject(raw, post)[:20] == title[:20] and (number > 0 or _answers(raw, post))
            )
            for number, post in enumerate(posts)
        ]
    return posts + pushes


def _letter(raw: str, writer: re.Match[str]) -> Post | None:
    """The post whose head begins with a line; None if it is no head."""
    head, keys, title = [writer.span()], [writer.group()], None
    for start, end in _lines(raw, writer.end() + 1, 5):
        field = _FIELD.match(raw, start, end)
        if not field:
            if _REST.fullmatch(raw, start, end) and start == head[-1][1] + 1:
                head.append((start, end))
            break
        head.append((start, end))
        keys.append(field["key"])
        if field["key"][0] in "标標" and title is None:
            title = outer(raw, *field.span("value"))
    if title is None or not _BOARD.search(" ".join(keys)):
        return None
    return Post(writer.start(), head[-1][1], len(raw), len(raw), writer["name"], tuple(head), title)


def find_letter_head(raw: str) -> list[Header]:
    """The lines of the head of a letter that a text begins with; none if it begins with something else.

    Their keys are 作者, 标题, 发布时间 or empty.
    """
    lead = _LEAD.match(raw)
    writer = _WRITER.match(raw, lead.end() if lead else 0)
    post = _letter(raw, writer) if writer else None
    if not writer or not post:
        return []
    headers = [Header("作者", writer.start(), *writer.span("who"), writer.end())]
    for start, end in post.head[1:]:
        field = _FIELD.match(raw, start, end)
        key = _KEYS.get(field["key"][0], "") if field else ""
        headers.append(Header(key, start, *outer(raw, *(field.span("value") if field else (end, end))), end))
    return headers


_KEYS = {
    "标": "标题",
    "標": "标题",
    "时": "发布时间",
    "時": "发布时间",
    "日": "发布时间",
    "发": "发布时间",
    "發": "发布时间",
}
_LEAD = re.compile(r"(?:[ \t\r\ufeff]*(?:```)?[ \t\r]*\n)*")
"""Blank lines and a fence above the first letter."""


def _answers(raw: str, post: Post) -> bool:
    return post.title is not None and _RE.match(raw, *post.title) is not None


_RE = re.compile(r"(?:Re|回复|回覆)[ \t]*[:：]", re.IGNORECASE)
_REST = re.compile(r"[ \t]*\([\w.:!-]{1,80}\)[ \t\r]*", re.ASCII)
"""The address of a station, where the line was too long for it."""


def _subject(raw: str, post: Post) -> str:
    return _AGAIN.sub("", raw[slice(*post.title)]) if post.title else ""


def _signed(raw: str, post: Post) -> Post:
    """The post with the place where its signature begins: the note of the station, and the lines above it
    from ``--`` on.
    """
    station = _STATION.search(raw, post.body, post.end)
    stop = station.start() if station else post.end
    rule = raw.rfind("\n--", post.body, stop) + 1
    if rule and _RULE.match(raw, rule) and not is_blank(raw[post.body : rule]):
        stop = rule if raw.count("\n", rule, stop) <= _LONGEST_SIGNATURE else stop
    return post._replace(signature=stop if count_han(raw, stop, post.end) < _LONG else post.end)


def _pushes(raw: str, begin: int, least: int) -> list[Post]:
    """The short replies of PTT, and what stands between them; none if fewer than ``least``."""
    if not any(word in raw for word in ("推 ", "噓 ", "嘘 ", "→ ")):
        return []
    found = list(_PUSH.finditer(raw, begin))
    if len(found) < least or (least > 1 and sum(push["when"] is not None for push in found) < least):
        return []
    posts: list[Post] = []
    ends = [*(push.start() for push in found), len(raw)]
    for push, end in zip(found, ends[1:], strict=True):
        posts.append(Post(push.start(), push.start(), push.end(), push.end(), push["name"], reply=True))
        if not is_blank(raw[push.end() : end]):
            posts.append(Post(push.end(), push.end(), end, end, "", reply=True))
        else:
            posts[-1] = posts[-1]._replace(signature=end, end=end)
    return posts


_FLOOR = re.compile(
    r"(?<![\w.#/-])(?:#(?P<number>\d{1,5})(?!\w)|(?P<floor>\d{1,5})[ \t]?"
    rf"(?:(?P<storey>[楼樓])(?=发|發|回|[^{HAN}]|$)|#(?![\w#])|F(?!\w)))",
    re.MULTILINE | re.ASCII,
)
_SIGN = re.compile("[#楼樓F]")
_WIDEST = 160
"""The most characters of a line with the number of a floor."""
_WHEN = re.compile(
    r"\d{4}[-/.年] ?\d{1,2}[-/.月] ?\d{1,2}日?|\d{1,2}:\d{2}(?::\d{2})?|发表于|發表於|发布于|回复于|回覆於|"
    r"\d+ ?(?:秒|分钟|分鐘|小时|小時|天|个月|個月|年)前|昨天|前天|刚刚"
)
_POSTED = re.compile("发表|發表|发布|發布|回复|回覆|楼主|樓主|[Pp]osted")
"""Words of a head. A number with the mark ``#`` or ``F`` inside a line without them may be anything."""
_SAID = re.compile("[，。！？；!?;]")
_OWNER = re.compile("楼主|樓主|原PO|原 PO")
_LABELS = re.compile(
    _OWNER.pattern
    + r"|大 中 小|只看[该該]作者|只看大[图圖]|只看[楼樓]主|举报|舉報|回复|回覆|引用|来自\S*|來自\S*"
)
"""Words in a head that are no name."""
_SHORT = 30
"""A line above a floor with at most so many characters may be a name."""
_GAP = 200
"""Two floors that follow each other may be so far apart: posts are deleted, or were left out."""


class _Floor(NamedTuple):
    """A line with the number of a floor, what else it says, and the short lines above it, the nearest
    first."""

    line: Span
    rest: str
    owner: bool
    above: tuple[Span, ...]


def _floors(raw: str, begin: int) -> list[Post]:
    """Posts whose heads have numbers that rise."""
    floors: list[_Floor] = []
    number = 0
    last = _first_line(raw, begin)  # it may be a title, so it is no name
    for mark in _find_marks(raw, begin):
        told = int(mark["number"] or mark["floor"])
        if (
            not number < told <= number + _GAP
            or (not floors and told > 3)
            or (floors and mark.start() < last)
        ):
            continue
        start, end = _line_around(raw, begin, *mark.span())
        if end - start > _WIDEST:
            continue
        rest = raw[start : mark.start()] + " " + raw[mark.end() : end]
        if not (mark["storey"] or _POSTED.search(rest) or is_blank(raw[start : mark.start()].strip("#*>- "))):
            continue
        below = next(_lines(raw, end + 1, 1), None)
        if _SAID.search(rest) or not (_WHEN.search(rest) or (below and _tells_when(raw, *below))):
            continue
        owner = _OWNER.search(rest) is not None
        rest = _LABELS.sub("", _WHEN.sub("", rest)).strip(" \t\r#*>|·•-")
        floors.append(_Floor((start, end), rest, owner, _above(raw, last, start)))
        number, last = told, end
    if len(floors) < 3:
        return []
    return _posts_of(raw, floors)


def _find_marks(raw: str, begin: int) -> Iterator[re.Match[str]]:
    """The numbers of floors. The sign beside the number is searched first, which is faster."""
    for sign in _SIGN.finditer(raw, begin):
        start = sign.start() - (raw[sign.start() - 1] in " \t" and sign.start() > begin)
        while start > begin and raw[start - 1] in "0123456789" and sign.start() - start < 6:
            start -= 1
        if mark := _FLOOR.match(raw, start) or _FLOOR.match(raw, sign.start()):
            yield mark


def _line_around(raw: str, begin: int, start: int, end: int) -> Span:
    """The line around a range, or more than _WIDEST characters of the text, if the line is longer."""
    first = raw.rfind("\n", max(begin, start - _WIDEST - 1), start) + 1
    last = raw.find("\n", end, end + _WIDEST + 1)
    if last < 0:
        last = min(len(raw), end + _WIDEST + 1)
    return first, last


def _first_line(raw: str, begin: int) -> int:
    """The end of the first line that is not blank."""
    first = _SEEN.search(raw, begin)
    return line_end(raw, first.start()) if first else len(raw)


_SEEN = re.compile(r"\S")


def _tells_when(raw: str, start: int, end: int) -> bool:
    line = raw[start : min(end, start + 61)]
    return len(line) <= 60 and _WHEN.search(line) is not None and not _SAID.search(line)


def _above(raw: str, begin: int, start: int) -> tuple[Span, ...]:
    """The short lines directly above a line, the nearest first, at most two. Blank lines may be between."""
    found: list[Span] = []
    end = start - 1
    while end > begin and len(found) < 2:
        first = max(raw.rfind("\n", begin, end) + 1, begin)
        line = raw[first:end]
        if not is_blank(line):
            words = line.strip(" \t\r\u3000#*>_-=")
            if not words or len(words) > _SHORT or words[-1] in _STOPS or "](" in line:
                break
            found.append((first, end))
        end = first - 1
    return tuple(found)


_STOPS = frozenset('。！？!?…；;，,、：:.)）」』”"')


def _posts_of(raw: str, floors: Sequence[_Floor]) -> list[Post]:
    """The posts of floors. Names stand in the line of the number if half of these lines say something else
    too, or in the lines above.
    """
    lines = 0
    if 2 * sum(floor.rest != "" for floor in floors) < len(floors):
        for most in (1, 2):
            if 10 * sum(len(floor.above) >= most for floor in floors) >= 7 * len(floors):
                lines = most
    posts: list[Post] = []
    for floor in floors:
        names = floor.above[:lines]
        author = " ".join(raw[slice(*name)].strip(" \t\r#*>") for name in names)
        if posts and floor.owner:
            author = posts[0].author
        elif not lines:
            author = floor.rest
        head = (*reversed(names), floor.line)
        posts.append(Post(head[0][0], floor.line[1], len(raw), len(raw), author, head, reply=True))
    return _ended(raw, posts)


def _ended(raw: str, posts: Sequence[Post]) -> list[Post]:
    """The posts, each up to the next one."""
    ends = [*(post.start for post in posts[1:]), len(raw)][: len(posts)]
    return [post._replace(signature=end, end=end) for post, end in zip(posts, ends, strict=True)]


_DATED = re.compile(
    r"^[ \t>*]*(?:作者|楼主|樓主)[:：][ \t]*(?P<name>[^\s:：，。]{1,30})[ \t\u3000]+"
    r"(?P<what>提交|发表|發表|发布|發布|回复|回覆|)(?:日期|时间|時間)[:：][ \t]*\d{4}[-/.]\d[^\n]{0,120}$",
    re.MULTILINE,
)


def _dated(raw: str, begin: int) -> list[Post]:
    """Posts with heads like ``作者：… 提交日期：…``, of which one says 回复 or three are there."""
    heads = list(_DATED.finditer(raw, begin)) if "作者" in raw or "楼主" in raw or "樓主" in raw else []
    if len(heads) < 3 and not (len(heads) == 2 and heads[1]["what"] in ("回复", "回覆")):
        return []
    return _headed(raw, heads, [head["name"] for head in heads])


def _headed(raw: str, heads: Sequence[re.Match[str]], names: Sequence[str]) -> list[Post]:
    """Posts with heads of one line."""
    posts = [
        Post(head.start(), head.end(), 0, 0, name, (head.span(),), reply=True)
        for head, name in zip(heads, names, strict=True)
    ]
    return _ended(raw, posts)


_DISCOURSE = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+)?"
    r"(?:由 (?P<name>\S{1,40}) 于 [^\n]{3,30} 发布|[Pp]ost by (?P<who>\S{1,40}) on [^\n]{3,30}?)"
    r"[ \t\r]*$",
    re.MULTILINE,
)


def _discourse(raw: str, begin: int) -> list[Post]:
    """Posts with the heads that Discourse writes for readers of the screen, two at least."""
    if " 发布" not in raw and "ost by " not in raw:
        return []
    heads = list(_DISCOURSE.finditer(raw, begin))
    if len(heads) < 2:
        return []
    return _headed(raw, heads, [head["name"] or head["who"] for head in heads])
