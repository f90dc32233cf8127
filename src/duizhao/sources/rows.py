"""Rows of a corpus: one document each, checked field by field and read like a file of a raw folder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import quote

from duizhao.dates import is_real_date
from duizhao.errors import Finding, InputError
from duizhao.sources.decode import decode, decode_html
from duizhao.sources.html import EXTRACTION, read_html
from duizhao.text import Document, is_blank, make_document

FIELDS = ("id", "text", "html", "title", "url", "published", "language", "pair_id", "source")
"""The fields of a row that are read. Others are ignored."""

_MOST_NAMES = 8
_UNFIT = re.compile(r"[:%\s\x00-\x1f\x7f]")
_TEXTS = ("title", "url", "language", "pair_id", "source")


@dataclass(frozen=True, slots=True)
class Row:
    """One document of a corpus.

    Exactly one of ``text`` and ``html`` is given. ``html`` is bytes if its encoding must be found out.
    ``name`` is the place of the row, ``FILE#NUMBER``; the first row of a file has the number 1. ``findings``
    are what could not be used.
    """

    id: str
    name: str
    text: str | None = None
    html: str | bytes | None = None
    title: str | None = None
    url: str | None = None
    published: str | None = None
    language: str = "zh"
    pair_id: str | None = None
    source: str | None = None
    findings: tuple[Finding, ...] = ()


def check_row(fields: Mapping[str, Any], name: str) -> Row:
    """Make a Row from the fields of a JSON object or of a row of a table.

    Raises InputError ``no-id``, ``wrong-type``, ``no-text``, ``bad-utf8``, ``lone-surrogate``,
    ``nul-character`` or ``unread-language``. Its message does not name the place.
    """
    id = _id(fields)
    told = {field: _text(field, fields.get(field)) for field in _TEXTS}
    text, html = _text("text", fields.get("text")), _markup(fields.get("html"))
    if text is not None and html is not None:
        raise InputError("wrong-type", "the row has both text and html; give one of them")
    if text is None and html is None:
        raise InputError(
            "no-text", f"the row has no text: text and html are missing or empty{_other_names(fields)}"
        )
    if text is not None and "\x00" in text:
        raise InputError("nul-character", "text has a NUL character (U+0000); remove it")
    published, findings = _date(fields.get("published"), id)
    return Row(
        id,
        name,
        text,
        html,
        told["title"],
        told["url"],
        published,
        _language(told["language"]),
        told["pair_id"],
        told["source"],
        findings,
    )


def fit_id(id: str) -> str:
    """Return the article id of a row's id: a colon, a percent sign and white space
    become ``%3A``, ``%25``, ``%20``.
    """
    return _UNFIT.sub(lambda match: quote(match[0], safe=""), id)


def read_row(row: Row) -> Document:
    """Return the document of a row. It is a pure function: no file is read.

    A title that the text does not begin with becomes its first line, ``标题：…``, so that it has a place in the
    text. Raises DuizhaoError for what is not text, and for a page without an article.
    """
    facts = {"url": row.url, "published": row.published}
    known = {key: value for key, value in facts.items() if value}
    if row.html is not None:
        return _read_page(row, row.html, known)
    text = _with_title(row.text or "", row.title)
    data = text.encode()
    if is_blank(text):
        raise InputError("no-text", "the row has no text: nothing of it can be seen")
    document = make_document(row.id, text, row.language, row.name, hashlib.sha256(data).hexdigest(), known)
    if row.source and "publisher" not in document.facts:
        document = replace(document, facts={**document.facts, "publisher": row.source})
    return replace(document, findings=row.findings)


def _read_page(row: Row, html: str | bytes, facts: Mapping[str, str]) -> Document:
    data = html.encode() if isinstance(html, str) else html
    decoded = (
        decode(data, row.name, "utf-8", option="html")
        if isinstance(html, str)
        else decode_html(data, row.name, option="html")
    )
    blocks, told = read_html(decoded.text, row.name)
    source = {"publisher": row.source} if row.source else {}
    return Document(
        row.id,
        row.language,
        row.name,
        decoded.text,
        hashlib.sha256(data).hexdigest(),
        facts={**source, **told, **facts},
        extraction=EXTRACTION,
        blocks=blocks,
        encoding=decoded.encoding,
        findings=row.findings,
    )


def _with_title(text: str, title: str | None) -> str:
    line = " ".join(title.split()) if title else ""
    if not line or text.lstrip("\ufeff \t\r\n#").startswith(line):
        return text
    return f"标题：{line}\n\n{text}"


def _id(fields: Mapping[str, Any]) -> str:
    value = fields.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or value == "":
        raise InputError("no-id", f"the row has no id{_other_names(fields)}")
    if not isinstance(value, str):
        raise InputError("wrong-type", f"id is {_kind(value)}; it must be a text or an integer")
    _encodable("id", value)
    if len(value) > 1000:
        raise InputError("wrong-type", f"id has {len(value):,} characters; 1,000 are allowed")
    return fit_id(value)


def _other_names(fields: Mapping[str, Any]) -> str:
    """Name the fields of a row that are not read, because one of them may be what is missing."""
    names = [str(name)[:40] for name in fields if name not in FIELDS]
    if not names:
        return ""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"; it has {', '.join(names[:_MOST_NAMES])}{more}: --fields id=NAME,text=NAME tells other names"


def _text(field: str, value: Any) -> str | None:
    """Return the text of a field; None if it is missing, null or empty."""
    if value is None:
        return None
    if isinstance(value, bytes):
        raise InputError("bad-utf8", f"{field} is not UTF-8")
    if not isinstance(value, str):
        raise InputError("wrong-type", f"{field} is {_kind(value)}; it must be a text")
    _encodable(field, value)
    return value if value.strip() else None


def _markup(value: Any) -> str | bytes | None:
    if isinstance(value, bytes):
        return value if value.strip() else None
    return _text("html", value)


def _encodable(field: str, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        code = ord(value[error.start])
        raise InputError(
            "lone-surrogate",
            f"{field} has half of a surrogate pair (U+{code:04X} at {error.start}), which no text can hold",
        ) from None


def _language(value: str | None) -> str:
    tag = (value or "zh").lower().replace("_", "-").split("-")[0]
    if tag in ("zh", "zho", "chi", "cmn", "chinese"):
        return "zh"
    if tag in ("en", "eng", "english"):
        return "en"
    raise InputError("unread-language", f"language is {value!r}; zh and en are read")


def _date(value: Any, id: str) -> tuple[str | None, tuple[Finding, ...]]:
    """Return the date as ISO 8601, or a finding if it is not a date."""
    if value is None or value == "":
        return None, ()
    text = value.isoformat() if isinstance(value, date) else str(value).strip().replace(" ", "T")
    text = re.sub(r"(:\d{2})\.\d+", r"\1", text)
    if is_real_date(text):
        return text, ()
    told = f"published is {str(value)[:40]!r}, which is not an ISO 8601 date like 2023-11-20, and is left out"
    return None, (Finding("unread-date", 4, id, "published", told),)


def _kind(value: Any) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), f"of the kind {type(value).__name__}")
