"""The page: turns records into one self-contained HTML page, or a page with files that it loads on demand."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from duizhao.errors import Finding
from duizhao.languages import COLUMNS, KEYS
from duizhao.records import drop_acknowledged, validate
from duizhao.release import read_layout, read_manifest
from duizhao.report.viewer.starts import find_starts
from duizhao.schema import Records, load_schema

FIELDS: dict[str, tuple[str, ...]] = {
    "articles": (
        *("id", "title", "byline", "publisher", "published", "url", "translated_from"),
        *("source_script", "genre", "raw_path", "en_path", "chars"),
    ),
    "sentences": (
        *("id", "article_id", "position", "paragraph", "role", "speaker"),
        *KEYS,
        *("bead", "score", "raw_spans", "en_spans"),
    ),
    "blocks": (
        "article_id",
        "language",
        "position",
        "raw_start",
        "raw_end",
        "text",
        "label",
        "category",
        "reason",
    ),
    "entities": ("id", "type", "names", "wikidata", "description"),
    "mentions": ("entity_id", "sentence_id", "language", "start", "end"),
    "events": ("id", "start", "end", "precision", "timezone", "title", "participants", "evidence"),
    "claims": (
        "id",
        "premise_id",
        "hypothesis_id",
        "premise",
        "hypothesis",
        "context",
        "label",
        "topic",
        "explanation",
        "public_record",
    ),
    "questions": (
        *("id", "article_ids", "question", "choices", "answer", "evidence", "type"),
        *("source_error", "closed_book"),
    ),
}
"""The fields of each config that the page needs. A text that is already in another record is left out."""

PER_ARTICLE = ("sentences", "blocks", "mentions", "findings")
"""What belongs to one article. A large page has it in files beside it and loads it when it is wanted."""

MOST = 8_000_000
"""The most bytes of records in one page. A larger page is split: see `make_page`."""

PART = 500_000
"""About how many bytes one file of a split page has. An article is never divided between files."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and the files that it loads on demand: their text by their name. Without files it stands alone.

    The files must lie in ``folder`` beside the page.
    """

    html: str
    folder: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Size of the page and its files in bytes."""
        return sum(len(text.encode("utf-8")) for text in (self.html, *self.files.values()))


def render(records: Records, *, title: str, findings: Sequence[Finding] = ()) -> str:
    """Return the one HTML page that shows ``records``, whatever its size. It uses no network.

    The same records give the same bytes. ``records`` maps the name of a config to its rows, as in the JSON
    Lines of the release. ``sentences``, ``articles`` and ``blocks`` are required. Each of ``entities``,
    ``mentions``, ``events``, ``claims`` and ``questions`` adds a view. Other configs are ignored.
    ``findings`` are shown with their articles.
    """
    return make_page(records, title=title, findings=findings, most=None).html


def make_page(
    records: Records,
    *,
    title: str,
    findings: Sequence[Finding] = (),
    folder: str = "duizhao_files",
    most: int | None = MOST,
) -> Page:
    """Return the page that shows ``records``; it is split where they take more than ``most`` bytes.

    A split page has only what the list of articles needs. The texts of the articles are in files of about
    500 kB. The page loads a file when one of its articles is opened, from a disk or a server. ``folder`` is
    the name of the folder of these files. ``most`` None means one page, whatever its size.
    """
    rows = {config: records.get(config, ()) for config in FIELDS}
    per_article = _by_article(rows, findings)
    page = {
        config: _columns(rows[config], fields) for config, fields in FIELDS.items() if config != "articles"
    }
    page["articles"] = _columns(_articles(rows["articles"], per_article), (*FIELDS["articles"], *_MADE))
    page["findings"] = _columns(_findings(per_article), _FINDING)
    page["starts"] = _columns(_starts(rows), _START)
    page["mentioned"] = _columns(_mentioned(rows["mentions"]), ("entity_id", "article_id", "count"))
    removed = {row["category"] or "other" for row in rows["blocks"] if row["label"] == "drop"}
    about = {
        "columns": [key for key in KEYS if any(row[key] for row in rows["sentences"])],
        "counts": {config: len(rows[config]) for config in FIELDS},
        "aligned": sum(_is_aligned(row) for row in rows["sentences"]),
        "categories": sorted(removed),
        "decisions": [
            category
            for category in load_schema("annotations/cleaning")["properties"]["category"]["enum"]
            if category is not None
        ],
        "folder": folder,
        "files": [],
        "place": [],
    }
    # The estimate spares a large release from being written twice.
    if most is None or sum(map(_weight, per_article.values())) <= 2 * most:
        text = _escape_json({"about": about, **page})
        if most is None or len(text.encode("utf-8")) <= most:
            return Page(_fill(title, text, split=False))
    parts, place = _divide(rows["articles"], per_article)
    names = [f"part-{number:04d}.js" for number in range(1, len(parts) + 1)]
    loaded: dict[str, str] = {}
    marks = []
    for number, (name, part) in enumerate(zip(names, parts, strict=True)):
        mark = hashlib.sha256(part.encode("utf-8")).hexdigest()[:16]
        loaded[name] = f'duizhaoPart({number},"{mark}",{part})\n'
        marks.append([name, mark])
    for config in (*PER_ARTICLE, "starts"):
        page[config] = {name: [] for name in page[config]}
    about |= {"files": marks, "place": place}
    return Page(_fill(title, _escape_json({"about": about, **page}), split=True), folder, loaded)


def list_findings(folder: Path, records: Records) -> list[Finding]:
    """Return what is doubtful in the records of a release: the findings that no person has acknowledged."""
    manifest = read_manifest(folder)
    told = {(line["finding"], line["record"]): "" for line in manifest.get("acknowledged", ())}
    return drop_acknowledged(validate(records, read_layout(manifest).absent), told)


# ---- What the page adds to the records
# -----------------------------------------------------------------------

_MADE = ("sentences", "aligned", "score", "findings", "files")
_FINDING = ("article_id", "record", "id", "level", "field", "message")
_START = ("id", "article_id", "zh", "en")

_Rows = dict[str, dict[str, list[Mapping[str, Any]]]]


def _by_article(rows: Mapping[str, Sequence[Mapping[str, Any]]], findings: Sequence[Finding]) -> _Rows:
    """Rows of the configs of `PER_ARTICLE`, by article id and config."""
    known = [row["id"] for row in rows["articles"]]
    found: _Rows = {id: defaultdict(list) for id in known}
    for config in ("sentences", "blocks"):
        for row in rows[config]:
            if row["article_id"] in found:
                found[row["article_id"]][config].append(row)
    for row in rows["mentions"]:
        article = row["sentence_id"].rpartition(":")[0]
        if article in found:
            found[article]["mentions"].append(row)
    for finding in findings:
        article = _article_of(finding.record, found)
        if article is not None:
            values = (article, finding.record, finding.id, finding.level, finding.field, finding.message)
            found[article]["findings"].append(dict(zip(_FINDING, values, strict=True)))
    return found


def _article_of(record: str, known: Mapping[str, Any]) -> str | None:
    """The article that a record belongs to: its id is the record's, or what stands before a colon of it."""
    while record not in known and ":" in record:
        record = record.rpartition(":")[0]
    return record if record in known else None


def _articles(articles: Sequence[Mapping[str, Any]], per_article: _Rows) -> list[dict[str, Any]]:
    """The articles with what the list shows and sorts by: numbers of sentences,
    mean score, findings, files.
    """
    made = []
    for article in articles:
        own = per_article[article["id"]]
        aligned = [row for row in own["sentences"] if _is_aligned(row)]
        scores = [row["score"] for row in aligned if row["score"] is not None]
        files = {row["language"] for row in own["blocks"]}
        made.append(
            {
                **article,
                "sentences": len(own["sentences"]),
                "aligned": len(aligned),
                "score": round(sum(scores) / len(scores), 3) if scores else None,
                "findings": len(own["findings"]),
                "files": [name for name in ("zh", "en") if name in files],
            }
        )
    return made


def _is_aligned(row: Mapping[str, Any]) -> bool:
    """Whether a row has both languages."""
    sides = {column.language for column in COLUMNS if row[column.key]}
    return len(sides) == len({column.language for column in COLUMNS})


def _findings(per_article: _Rows) -> list[Mapping[str, Any]]:
    return [row for own in per_article.values() for row in own["findings"]]


def _starts(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    article = {row["id"]: row["article_id"] for row in rows["sentences"]}
    return [
        {"id": id, "article_id": article[id], "zh": zh, "en": en}
        for id, (zh, en) in find_starts(rows["sentences"], rows["blocks"]).items()
    ]


def _mentioned(mentions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """How often each article names each entity."""
    counts = Counter((row["entity_id"], row["sentence_id"].rpartition(":")[0]) for row in mentions)
    return [
        {"entity_id": entity, "article_id": article, "count": count}
        for (entity, article), count in counts.items()
    ]


def _divide(articles: Sequence[Mapping[str, Any]], per_article: _Rows) -> tuple[list[str], list[int]]:
    """The records of the articles as JSON texts of about `PART` bytes, and the number of the text of each."""
    parts: list[str] = []
    place: list[int] = []
    waiting: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    size = 0

    def close() -> None:
        columns = {
            config: _columns(waiting[config], {**FIELDS, "findings": _FINDING}[config])
            for config in PER_ARTICLE
        }
        columns["starts"] = _columns(_starts(waiting), _START)
        parts.append(_escape_json(columns))
        waiting.clear()

    for article in articles:
        own = per_article[article["id"]]
        length = _weight(own)
        if size and size + length > PART:
            close()
            size = 0
        for config in PER_ARTICLE:
            waiting[config] += own[config]
        size += length
        place.append(len(parts))
    if waiting:
        close()
    return parts, place


def _weight(own: Mapping[str, Sequence[Mapping[str, Any]]]) -> int:
    """About how many bytes the records of an article take as JSON."""
    chinese = [column.key for column in COLUMNS if column.language == "zh"]
    characters = sum(len(row[key] or "") for row in own["sentences"] for key in chinese)
    characters += sum(len(row["text"]) for row in own["blocks"] if row["language"] == "zh")
    letters = sum(len(row["en"] or "") for row in own["sentences"])
    return 3 * characters + 2 * letters + 150 * len(own["sentences"]) + 80 * len(own["blocks"])


# ---- The page
# ------------------------------------------------------------------------------------------------


def _fill(title: str, records: str, *, split: bool) -> str:
    style, script = _asset("viewer.css"), _asset("viewer.js")
    policy = {
        "default-src": "'none'",
        # With strict-dynamic, the script of this page may load the page's own files, from a disk too.
        "script-src": _source_hash(script) + " 'strict-dynamic'" * split,
        "style-src": _source_hash(style),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    parts = {
        "title": escape(title),
        "policy": "; ".join(f"{directive} {value}" for directive, value in policy.items()),
        "style": style,
        "records": records,
        "script": script,
    }
    # One pass over the template, so that a placeholder inside the inserted data is not replaced.
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], _asset("viewer.html"))


def _columns(rows: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> dict[str, list[Any]]:
    """Turn rows into columns. Then each field name is written once, not in every row."""
    columns = {field: [row.get(field) for row in rows] for field in fields}
    if "evidence" in columns:
        columns["evidence"] = [
            [item["sentence_id"] for item in evidence or ()] for evidence in columns["evidence"]
        ]
    return columns


def _escape_json(value: Any) -> str:
    r"""Return JSON that is safe inside a ``script`` element and in a file of script.

    No character in it can end the element or a line of script. Lone surrogates are escaped, because UTF-8
    cannot write them.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub(
        "[<>&\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", text
    )


def _source_hash(text: str) -> str:
    """Return the Content-Security-Policy source that allows exactly this inline text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _asset(name: str) -> str:
    """Read a file beside this module, with ``\\n`` line ends: browsers convert line ends before they hash."""
    return files(__package__).joinpath(name).read_bytes().decode("utf-8").replace("\r\n", "\n")
