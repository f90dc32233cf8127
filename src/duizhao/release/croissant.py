"""Croissant: the metadata of a release as JSON-LD, made from the schemas, the card and ``CITATION.cff``.

The version is Croissant 1.1 (http://mlcommons.org/croissant/1.1), because 1.0 cannot describe an
array of arrays. This module reads no files and no clock. A fact that the card and the citation do not
state is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from duizhao import schema
from duizhao.release.manifest import USUAL, Layout, data_files
from duizhao.schema import WHOLE

_TYPES = {"string": "sc:Text", "integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean"}

RESPONSIBLE_AI: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("rai:dataCollection", ("Collection", "Data Collection and Processing", "Source Data")),
    ("rai:dataPreprocessingProtocol", ("Cleaning", "Preprocessing")),
    (
        "rai:dataAnnotationProtocol",
        ("Annotation", "Who translated and annotated", "Annotation process", "Annotations"),
    ),
    ("rai:dataBiases", ("Biases", "Bias, Risks, and Limitations")),
    (
        "rai:dataLimitations",
        ("Known errors of the sources", "Known errors", "Limitations", "Bias, Risks, and Limitations"),
    ),
    ("rai:personalSensitiveInformation", ("Sensitive information", "Personal and Sensitive Information")),
    ("rai:dataUseCases", ("Uses", "Direct Use")),
    ("rai:dataReleaseMaintenancePlan", ("Rights, and how to have a text removed", "Maintenance")),
)
"""Properties of the responsible-AI vocabulary, each with the headings of a card that give its value.

The vocabulary is http://mlcommons.org/croissant/RAI/1.0. The text under a heading becomes the value. The
headings of our card come first, then those of the Hub's card template. If a card has several of them, all are
used, in the order of the card.
"""

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The standard ``@context`` of Croissant 1.1. Readers compare a file's context with it."""


def make_croissant(
    configs: Sequence[str],
    head: Mapping[str, Any],
    body: str,
    hashes: Mapping[str, str],
    citation: Mapping[str, Any] | None = None,
    layout: Layout = USUAL,
) -> dict[str, Any]:
    """Return the Croissant 1.1 JSON-LD of a release.

    ``configs`` are the configs of the release. ``head`` is the YAML of the card and ``body`` its Markdown.
    ``hashes`` gives the SHA-256 of each released file by its path in the release. ``citation`` is a parsed
    ``CITATION.cff`` (https://citation-file-format.github.io). Its version, date, authors and URLs are used.
    ``layout`` says which splits and columns the release has. A config is one record set, named like it; in a
    release of several splits there is one for each, named like ``sentences-train``.
    """
    told = citation or {}
    parts = [
        (config, config if len(layout.splits) == 1 else f"{config}-{split}", data_files(config, split)[0])
        for config in configs
        for split in layout.splits
    ]
    sections = split_sections(body)
    version, date = told.get("version"), told.get("date-released")
    described = {
        "name": head.get("pretty_name") or next((title for title in sections if title), "Dataset"),
        "description": _prose(next(iter(sections.values()), "")).split("\n\n")[0],
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "license": _license(head),
        "url": told.get("url") or told.get("repository-code"),
        "version": str(version) if version is not None else None,
        "datePublished": str(date) if date is not None else None,
        "citeAs": cite(told) if told else None,
        "creator": [_creator(author) for author in told.get("authors", [])],
        "keywords": list(dict.fromkeys([*told.get("keywords", []), *head.get("tags", [])])),
        "inLanguage": list(head.get("language_bcp47") or _listed(head.get("language"))),
        **responsible_ai(sections),
    }
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        **{key: value for key, value in described.items() if value},
        "distribution": [_file_object(config, file, hashes[file]) for config, _, file in parts],
        "recordSet": [_record_set(*part, layout.absent) for part in parts],
    }


def split_sections(body: str) -> dict[str, str]:
    """Split the Markdown of a card at its headings of level 1 and 2.

    Text before the first has the heading ``""``.
    """
    sections: dict[str, str] = {}
    title, fenced = "", False
    for line in body.split("\n"):
        fenced ^= line.startswith("```")
        heading = None if fenced else re.match(r"##? (.+)", line)
        if heading:
            title = heading[1].strip()
        sections[title] = sections.get(title, "") + ("" if heading else line + "\n")
    return {title: text for title, text in sections.items() if title or text.strip()}


def responsible_ai(sections: Mapping[str, str]) -> dict[str, str]:
    """Return the card's text on collection, bias, sensitive information and so on, by Croissant property."""
    found = (
        (name, [_prose(text) for title, text in sections.items() if title in titles])
        for name, titles in RESPONSIBLE_AI
    )
    return {name: prose for name, texts in found if (prose := "\n\n".join(filter(None, texts)))}


def cite(citation: Mapping[str, Any]) -> str:
    """Return the BibTeX entry of a ``CITATION.cff``. It has only facts that the file states."""
    authors = " and ".join(f"{{{_author(author)}}}" for author in citation.get("authors", []))
    date = str(citation.get("date-released", ""))
    fields = {
        "title": citation.get("title"),
        "author": authors,
        "year": date[:4],
        "version": citation.get("version"),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    key = re.match(r"[A-Za-z0-9]*", str(citation.get("title") or ""))
    return "\n".join([f"@misc{{{(key[0] if key else '').lower() or 'dataset'},", *lines, "}"])


def leaves(name: str, absent: frozenset[str] = WHOLE) -> Iterator[tuple[tuple[str, ...], str, int, str]]:
    """Yield every scalar field of a config: path, JSON type, number of arrays around it, description."""
    for field, spec in schema.fields(name, absent).items():
        yield from _leaves((field,), spec, 0, spec.get("description", ""))


def _leaves(
    path: tuple[str, ...], spec: Mapping[str, Any], depth: int, text: str
) -> Iterator[tuple[tuple[str, ...], str, int, str]]:
    kind = schema.base_type(spec)
    if kind == "object":
        for field, inner in spec["properties"].items():
            yield from _leaves((*path, field), inner, depth, inner.get("description") or text)
    elif kind == "array":
        yield from _leaves(path, spec["items"], depth + 1, text)
    else:
        yield path, kind, depth, text


def _record_set(config: str, id: str, file: str, absent: frozenset[str]) -> dict[str, Any]:
    """Describe a file of a config as a flat record set.

    Each scalar inside a struct or a list of structs becomes a field.
    """
    return {
        "@type": "cr:RecordSet",
        "@id": id,
        "name": id,
        "description": schema.load_schema(config)["description"],
        "key": {"@id": f"{id}/id"},
        "field": [_field(id, file, *leaf) for leaf in leaves(config, absent)],
    }


def _field(id: str, file: str, path: tuple[str, ...], kind: str, depth: int, text: str) -> dict[str, Any]:
    source: dict[str, Any] = {"fileObject": {"@id": file}, "extract": {"column": path[0]}}
    if path[1:]:
        source["transform"] = {"jsonPath": ".".join(path[1:])}
    array = {"isArray": True, "arrayShape": ",".join(["-1"] * depth)} if depth else {}
    return {
        "@type": "cr:Field",
        "@id": "/".join([id, *path]),
        "name": "/".join(path),
        "description": text,
        "dataType": _TYPES[kind],
        **array,
        "source": source,
    }


def _file_object(config: str, file: str, sha256: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file,
        "name": file,
        "description": f"Parquet file of {config}.",
        "contentUrl": file,
        "encodingFormat": "application/x-parquet",
        "sha256": sha256,
    }


def _license(head: Mapping[str, Any]) -> Any:
    """Return the Hub's licence id.

    For the id ``other``, return a work with the card's licence name and link.
    """
    if head.get("license") != "other" or not head.get("license_name"):
        return head.get("license")
    link = {"url": head["license_link"]} if head.get("license_link") else {}
    return {"@type": "sc:CreativeWork", "name": head["license_name"], **link}


def _creator(author: Mapping[str, Any]) -> dict[str, Any]:
    kind = "sc:Organization" if "name" in author else "sc:Person"
    return {
        "@type": kind,
        "name": _author(author),
        **({"url": author["website"]} if author.get("website") else {}),
    }


def _author(author: Mapping[str, Any]) -> str:
    return str(
        author.get("name")
        or " ".join(str(author[key]) for key in ("given-names", "family-names") if author.get(key))
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _prose(text: str) -> str:
    """Return the paragraphs of a section, each on one line.

    Code, tables, pictures and comments are left out. So is a sentence that ends in a colon
    before one of them.
    """
    text = re.sub(r"```.*?```|<!--.*?-->", "\0", text, flags=re.DOTALL)
    text = re.sub(r"(?:^\|.*\n)+|!\[[^\]]*\]\([^)]*\)", "\0", text, flags=re.MULTILINE)
    text = re.sub(r"(?:[^.\n]|\n(?!\n))*:\s*\0", "", text).replace("\0", "")
    paragraphs = re.split(r"\n\s*\n|\n(?=- )", text)
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip())
