"""One file's bytes to a document, by the kind of file that its name says it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from duizhao.errors import DuizhaoError, Finding
from duizhao.sources.decode import Decoded, decode, decode_html
from duizhao.sources.html import EXTRACTION, read_html
from duizhao.sources.subtitles import find_cues, is_subtitles
from duizhao.text import Document, make_document


def read_bytes(
    data: bytes,
    name: str,
    *,
    id: str = "text",
    path: str = "",
    language: str = "zh",
    encoding: str | None = None,
    facts: Mapping[str, str] | None = None,
    option: str = "sources.toml",
) -> Document:
    """The document of a file's bytes: a page of HTML, subtitles, or a text, by the end of ``name``.

    ``path`` is what messages call the file, ``option`` where the user can set its encoding. Raises DuizhaoError
    for what is not text in the expected encoding and for a page without an article.
    """
    path = path or name
    sha256 = hashlib.sha256(data).hexdigest()
    page = name.lower().endswith((".html", ".htm"))
    decoded = (decode_html if page else decode)(data, path, encoding, option=option)
    document = Document(id, language, name, decoded.text, sha256, facts=dict(facts or {}))
    if page:
        blocks, told = read_html(decoded.text, path)
        document = replace(document, blocks=blocks, facts={**told, **document.facts}, extraction=EXTRACTION)
    elif is_subtitles(name):
        document = replace(document, blocks=find_cues(decoded.text))
        if not document.blocks:
            raise DuizhaoError(
                "no-article-text", f"{path}: holds no subtitles; give the text itself as .txt or .md"
            )
    else:
        document = make_document(id, decoded.text, language, name, sha256, facts)
    return replace(document, encoding=decoded.encoding, findings=_findings(decoded, id))


def _findings(decoded: Decoded, id: str) -> tuple[Finding, ...]:
    if not decoded.detected:
        return ()
    told = f'read as {decoded.encoding}, which was found out from its bytes; encoding = "{decoded.encoding}" in sources.toml says so for good'
    return (Finding("detected-encoding", 4, id, "raw_path", told),)
