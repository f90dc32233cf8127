"""One file's bytes to a document; the end of the file's name tells the format."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from duizhao.errors import Finding, InputError
from duizhao.sources.decode import Decoded, decode, decode_html
from duizhao.sources.docx import EXTRACTION as EXTRACTION_OF_DOCX
from duizhao.sources.docx import is_docx, read_docx
from duizhao.sources.html import EXTRACTION, read_html
from duizhao.sources.subtitles import find_cues, is_subtitles
from duizhao.text import Document, front_matter_doubt, make_document


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
    """The document of a file's bytes: a page of HTML, a Word file, subtitles, or a text, by the end of
    ``name``.

    Messages show ``path`` as the file's name and ``option`` as the place where its encoding can be set.
    Raises DuizhaoError for what is not text in the expected encoding, for a page or a Word file without an
    article, and for a Word file with ``encoding``, which it cannot have.
    """
    path = path or name
    sha256 = hashlib.sha256(data).hexdigest()
    if is_docx(name):
        if encoding:
            raise InputError(
                "bad-docx", f"{path}: {option}: a .docx file has no encoding of its own; say none for it"
            )
        text, blocks = read_docx(data, path)
        if not blocks:
            raise InputError("no-article-text", f"{path}: holds no text; give the text itself as .txt or .md")
        return Document(id, language, name, text, sha256, (), dict(facts or {}), EXTRACTION_OF_DOCX, blocks)
    page = name.lower().endswith((".html", ".htm"))
    decoded = (decode_html if page else decode)(data, path, encoding, option=option)
    document = Document(id, language, name, decoded.text, sha256, facts=dict(facts or {}))
    if page:
        blocks, told = read_html(decoded.text, path)
        document = replace(document, blocks=blocks, facts={**told, **document.facts}, extraction=EXTRACTION)
    elif is_subtitles(name):
        document = replace(document, blocks=find_cues(decoded.text, language))
        if not document.blocks:
            raise InputError(
                "no-article-text", f"{path}: holds no subtitles; give the text itself as .txt or .md"
            )
    else:
        document = make_document(id, decoded.text, language, name, sha256, facts)
    field = "raw_path" if language == "zh" else "en_path"
    findings = (*_of_encoding(decoded, id, field, option), *_of_front_matter(document, field))
    return replace(document, encoding=decoded.encoding, findings=findings)


def _of_encoding(decoded: Decoded, id: str, field: str, option: str) -> tuple[Finding, ...]:
    if not decoded.detected:
        return ()
    unsure = f"; look at these: {decoded.unsure}" if decoded.unsure else ""
    setting = (
        f"--encoding {decoded.encoding}"
        if option == "--encoding"
        else f'encoding = "{decoded.encoding}" in {option}'
    )
    told = (
        f"read as {decoded.encoding}, which was found out from its bytes{unsure}; {setting} says so for good"
    )
    return (Finding("detected-encoding", 4, id, field, told),)


def _of_front_matter(document: Document, field: str) -> tuple[Finding, ...]:
    """Findings for text that begins like front matter but is read as text: it is not closed, or
    it has other lines.
    """
    doubt = front_matter_doubt(document.text) if document.extraction is None else None
    if doubt is None:
        return ()
    told = f"{doubt}, so it is read as text; close it with ---, or acknowledge this finding"
    return (Finding("front-matter-doubt", 4, document.id, field, told),)
