"""The card that the Hub shows: DATASET_CARD.md with configs, features and tables filled in."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from duizhao import schema
from duizhao.errors import InputError, counted
from duizhao.files import parse_yaml, read_text, show, to_json_line
from duizhao.records import part_records
from duizhao.release.croissant import cite
from duizhao.release.manifest import USUAL, Layout, data_files, find_file
from duizhao.schema import Record, Records

_PLACEHOLDER = re.compile(r"<!-- duizhao:(\w+)(?: (\w+))?(?: (\w+))? -->")

_PLACEHOLDERS = "counts, fields, removed, record, acknowledged, rows, parts, filled, split, splits, citation"

_HEAD = {"language": ["zh", "en"], "task_categories": ["translation"]}
_CHINESE_HEAD = {"language": ["zh"]}
_TEMPLATE = """# {name}

Built by Duizhao from {articles}. Describe here why the dataset was made, where the articles
come from, {english}what is known to be wrong, and who holds the rights.

## Configs

<!-- duizhao:counts -->
{splits}
## Fields

<!-- duizhao:fields -->

## What was removed

<!-- duizhao:removed -->
"""

_MARKS = re.compile(r"[\\`*_{}\[\]<>|~&#!]")


_SPLITS = """
## Splits

<!-- duizhao:splits -->
"""


_SKELETON = """# {name}

TODO: Say in two or three sentences what these articles are, and what the dataset is good for.

<!-- duizhao:counts -->

## Collection

TODO: Where do the articles come from? Who chose them, when, and how? Who wrote them?

## Cleaning

TODO: Is there anything that the cleaning should have kept or removed? This table is filled in by the build:

<!-- duizhao:removed -->
{translation}
## Known errors

TODO: What is wrong with the texts, as far as you know?

## Sensitive information

TODO: Do the texts tell private facts about people? `duizhao stats --personal` lists telephone numbers, addresses and ids.

## Uses

TODO: What should the dataset be used for, and what not?

## Rights, and how to have a text removed

TODO: Who holds the rights, under which terms may it be used, and who removes a text on request? Give the licence in
the head of this file too, like `license: cc-by-4.0`.

## Fields

<!-- duizhao:fields -->
"""

_TRANSLATION = """
## Who translated and annotated

TODO: Who wrote the English side: people, or which program?
"""


def make_skeleton(name: str, *, english: bool) -> str:
    """Return a DATASET_CARD.md to fill in: every place that needs a person is marked TODO."""
    title = name if _is_text(name) else "dataset"
    head = _write_head({"pretty_name": title, **(_HEAD if english else _CHINESE_HEAD)})
    body = _SKELETON.format(name=escape(title), translation=_TRANSLATION if english else "")
    return f"---\n{head}---\n\n{body}"


def make_template(name: str, articles: int, layout: Layout = USUAL) -> str:
    """Return a card for a release that has no DATASET_CARD.md."""
    title = name if _is_text(name) else "dataset"
    chinese = "en" in layout.absent
    head = _write_head({"pretty_name": title, **(_CHINESE_HEAD if chinese else _HEAD)})
    text = _TEMPLATE.format(
        name=escape(title),
        articles=counted(articles, "articles"),
        english="" if chinese else "who wrote the English side, ",
        splits=_SPLITS if len(layout.splits) > 1 else "",
    )
    return f"---\n{head}---\n\n{text}"


def escape(text: str) -> str:
    """Escape a text so that Markdown shows it unchanged on one line, also in a table.

    A hyphen or an underscore inside a word is not escaped.
    """
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _MARKS.sub(lambda match: match[0] if _in_word(flat, match) else "\\" + match[0], flat)


def _in_word(text: str, match: re.Match[str]) -> bool:
    """Return whether an underscore is between letters or digits.

    There Markdown does not read it as emphasis.
    """
    around = text[max(match.start() - 1, 0) : match.start()] + text[match.end() : match.end() + 1]
    return match[0] == "_" and len(around) == 2 and around.isalnum()


def make_card(
    card: str,
    records: Records,
    acknowledged: int = 0,
    citation: Mapping[str, Any] | None = None,
    layout: Layout = USUAL,
) -> str:
    """Return the card for the Hub: its YAML and text, with configs, features, tables and numbers filled in.

    A placeholder has the form ``<!-- duizhao:name -->``, with its arguments after the name. The names are:

    - ``counts``, ``fields [config]``, ``removed``, ``record config``, ``acknowledged``
    - ``rows config``: the number of rows
    - ``parts config field``: the number of entries of a list field
    - ``filled config field``: the number of rows where the field is not null
    - ``split config field``: the number of rows by value of the field
    - ``splits``: how the articles were divided, and the rows of each split
    - ``citation``: the BibTeX entry of a parsed CITATION.cff

    ``layout`` says which splits and columns the release has.

    Raises DuizhaoError ``bad-card``.
    """
    own, body = split_card(card)
    released = _released_rows(records, layout)
    configs = [
        {
            "config_name": name,
            # The cache of load_dataset tells two versions of a folder apart by this YAML only.
            "description": f"sha256 {hash_rows(released[name])}",
            "data_files": [{"split": split, "path": data_files(name, split)[0]} for split in layout.splits],
            **({"default": True} if name == "sentences" else {}),
        }
        for name in records
    ]
    info = [{"config_name": name, "features": schema.yaml_features(name, layout.absent)} for name in records]
    head = _write_head({**own, "configs": configs, "dataset_info": info})

    def fill(match: re.Match[str]) -> str:
        what, config, field = match.groups("")
        if what == "acknowledged":
            return str(acknowledged)
        if what == "citation" and citation:
            return f"```bibtex\n{cite(citation)}\n```"
        return _fill(what, config, field, records, layout)

    return f"---\n{head}---\n{_PLACEHOLDER.sub(fill, body)}"


def make_sharded_card(
    card: str | None,
    name: str,
    report: Mapping[str, Any],
    digests: Mapping[str, str],
    samples: Records,
    formats: Sequence[str],
    citation: Mapping[str, Any] | None = None,
) -> str:
    """Return the card of a release in shards.

    ``report`` is its report.json, ``digests`` has a SHA-256 for the rows of each config, ``samples`` its
    first rows. Of the placeholders of `make_card`, those that need all rows are not known: ``parts``,
    ``filled`` and ``split``. Raises InputError ``bad-card``.
    """
    counts: Mapping[str, int] = report["rows"]
    if card is None:
        title = name if _is_text(name) else "dataset"
        text = _TEMPLATE.format(
            name=escape(title), articles=counted(counts["articles"], "articles"), english="", splits=""
        )
        head = {"pretty_name": title, "language": ["zh"], "task_categories": ["text-generation"]}
        card = f"---\n{_write_head(head)}---\n\n{text}"
    own, body = split_card(card)
    ending = "parquet" if "parquet" in formats else "jsonl"
    configs = [
        {
            "config_name": config,
            "description": f"sha256 {digests[config]}",
            "data_files": [{"split": "train", "path": f"data/{config}/train-*.{ending}"}],
            **({"default": True} if config == "sentences" else {}),
        }
        for config in counts
    ]
    info = [{"config_name": config, "features": schema.yaml_features(config)} for config in counts]
    yaml_head = _write_head({**own, "configs": configs, "dataset_info": info})

    def fill(match: re.Match[str]) -> str:
        what, config, field = match.groups("")
        if what == "acknowledged":
            return "0"
        if what == "citation" and citation:
            return f"```bibtex\n{cite(citation)}\n```"
        if what == "counts":
            return _counts_table(counts)
        if what == "rows" and config in counts:
            return f"{counts[config]:,}"
        if what == "removed":
            return _categories_table(report)
        if what in ("fields", "record"):
            return _fill(what, config, field, samples, USUAL)
        asked = " ".join(filter(None, (what, config, field)))
        known = "counts, fields, removed, record, acknowledged, rows, citation"
        raise InputError(
            "bad-card",
            f"DATASET_CARD.md: cannot fill the placeholder duizhao:{asked} for a corpus; known: {known}",
        )

    return f"---\n{yaml_head}---\n{_PLACEHOLDER.sub(fill, body)}"


def _categories_table(report: Mapping[str, Any]) -> str:
    """Return the table of what was kept and removed, by category, in characters."""
    characters = report["characters"]
    rows = [("kept", characters["kept"]), ("markup", characters["markup"])]
    rows += [(name, found["characters"]) for name, found in report["removed"]["by_category"].items()]
    return "\n".join(["| category | characters |", "|---|---|", *(f"| {name} | {n:,} |" for name, n in rows)])


def _counts_table(counts: Mapping[str, int]) -> str:
    rows = [
        f"| `{name}` | {count} | {schema.load_schema(name)['description']} |"
        for name, count in counts.items()
    ]
    return "\n".join(["| config | rows | one row is |", "|---|---|---|", *rows])


def card_title(folder: Path) -> str:
    """Return the ``pretty_name`` of a release's card, or else the name of the folder.

    Raises DuizhaoError ``bad-card``.
    """
    card = find_file(folder, "README.md")
    own = split_card(read_text(card, "bad-card"), show(folder / "README.md"))[0] if card else {}
    return str(own.get("pretty_name") or folder.resolve().name)


def count_removed(blocks: Sequence[Record]) -> dict[str, dict[str, int]]:
    """Count the code points of the Chinese files, by article and category.

    Kept and markup are categories too.
    """
    table: dict[str, dict[str, int]] = {}
    for row in blocks:
        if row["language"] == "zh":
            column = str(row["category"] or ("kept" if row["label"] == "keep" else row["label"]))
            counts = table.setdefault(row["article_id"], {})
            counts[column] = counts.get(column, 0) + row["raw_end"] - row["raw_start"]
    return table


def split_card(card: str, name: str = "DATASET_CARD.md") -> tuple[dict[str, Any], str]:
    """Split a card into its YAML and its Markdown.

    Raises InputError ``bad-card``, whose message names ``name``.
    """
    card = card.replace("\r\n", "\n")
    if not card.startswith("---\n"):
        return {}, card
    head, closed, body = f"{card[3:]}\n".partition("\n---\n")
    if not closed:
        raise InputError("bad-card", f"{name}: its YAML does not end; put a line --- after it")
    own = parse_yaml(head, name, "bad-card") or {}
    if not isinstance(own, dict):
        raise InputError("bad-card", f"{name}: its YAML is not a mapping of names to values")
    wrong = schema.problems("release/card", own)
    if wrong:
        raise InputError("bad-card", "\n".join(f"{name}: {field}: {message}" for field, message in wrong))
    return own, body.removesuffix("\n")


def _is_text(name: str) -> bool:
    """Return whether a name can be written as UTF-8. The name of a folder may hold other bytes."""
    return name.encode("utf-8", "ignore").decode() == name


def hash_rows(rows: Iterable[Record]) -> str:
    """Return the SHA-256 of the records of a config, written as one JSON list."""
    digest = hashlib.sha256(b"[")
    for number, row in enumerate(rows):
        digest.update((", " * (number > 0) + to_json_line(row)).encode())
    digest.update(b"]")
    return digest.hexdigest()


def _released_rows(records: Records, layout: Layout) -> dict[str, Iterator[Record]]:
    """Return the rows of each config as the files have them: split after split, without the absent columns.

    An entity that is in several splits is there once, where it comes first.
    """
    parts = part_records(records, layout.splits, layout.homes)
    rows: dict[str, Iterator[Record]] = {}
    for config in records:
        found: Iterable[Record] = chain.from_iterable([part[config] for part in parts.values()])
        if config == "entities":
            found = {row["id"]: row for row in found}.values()
        rows[config] = map(partial(schema.slim, config, absent=layout.absent), found)
    return rows


def _write_head(head: Mapping[str, Any]) -> str:
    """Write the YAML with one line for each key, or for each entry of a list of mappings.

    So it stays short.
    """
    lines: list[str] = []
    for key, value in head.items():
        entries = (
            value if isinstance(value, list) and any(isinstance(entry, dict) for entry in value) else None
        )
        lines += (
            [f"{_flow(key)}: {_flow(value)}"]
            if entries is None
            else [f"{_flow(key)}:", *(f"- {_flow(entry)}" for entry in entries)]
        )
    return "".join(f"{line}\n" for line in lines)


def _flow(value: Any) -> str:
    """Write a value as YAML on one line."""
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=True, width=10**9)
    return text.removesuffix("...\n").strip()


def _fill(what: str, config: str, field: str, records: Records, layout: Layout) -> str:
    """Return the text that replaces a placeholder. It depends only on the records and the layout."""
    if what == "counts":
        return _counts_table({name: len(rows) for name, rows in records.items()})
    if what == "fields":
        names = [config] if config else list(records)
        return "\n\n".join(f"### `{name}`\n\n{schema.field_table(name, layout.absent)}" for name in names)
    if what == "removed":
        return _removed_table(count_removed(records["blocks"]))
    if what == "splits":
        return _splits_table(records, layout)
    if what == "record" and records.get(config):
        sample = schema.slim(config, _sample(records[config]), layout.absent)
        return f"```json\n{json.dumps(sample, ensure_ascii=False, indent=2)}\n```"
    if what == "rows" and config in records:
        return f"{len(records[config]):,}"
    if config in records and field in schema.load_schema(config)["properties"]:
        if what in _COUNTED:
            return f"{_COUNTED[what](records[config], field):,}"
        if what == "split":
            return _split(records[config], field)
    asked = " ".join(filter(None, (what, config, field)))
    raise InputError(
        "bad-card", f"DATASET_CARD.md: cannot fill the placeholder duizhao:{asked}; known: {_PLACEHOLDERS}"
    )


_COUNTED: Mapping[str, Callable[[Sequence[Record], str], int]] = {
    "parts": lambda rows, field: sum(len(row[field]) for row in rows),
    "filled": lambda rows, field: sum(row[field] is not None for row in rows),
}
"""Placeholders whose value is a number about one field of a config."""


def _split(rows: Sequence[Record], field: str) -> str:
    """Count the rows by the value of a field, the most frequent first: ``560 `1-1`, 101 `1-2` ``."""
    counts = Counter(json.dumps(row[field], ensure_ascii=False).strip('"') for row in rows)
    return ", ".join(
        f"{number:,} `{value}`" for value, number in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    )


def _splits_table(records: Records, layout: Layout) -> str:
    """Say how the articles were divided, and count the rows of each split."""
    parts = part_records(records, layout.splits, layout.homes)
    rows = [
        [f"`{split}`", *(f"{len(part[config]):,}" for config in records)] for split, part in parts.items()
    ]
    head = ["split", *(f"`{config}`" for config in records)]
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows])
    return f"{_DIVIDED}\n\n{table}" if len(layout.splits) > 1 else table


_DIVIDED = (
    "An article is in one split as a whole. Near-duplicates, and articles that one event, claim or question "
    "is about, are in the same split. Apart from that, the SHA-256 of the ids decides."
)


def _sample(rows: Sequence[Record]) -> Record:
    """Return a record to show: the tenth, with long texts cut."""
    row = dict(rows[min(9, len(rows) - 1)])
    return {key: _shortened(value) for key, value in row.items()}


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shortened(inner) for key, inner in value.items()}
    return value[:120] + "…" if isinstance(value, str) and len(value) > 160 else value


def _removed_table(table: Mapping[str, Mapping[str, int]]) -> str:
    categories = [name for name in ("kept", "markup") if any(name in row for row in table.values())]
    categories += sorted({name for row in table.values() for name in row} - set(categories))
    rows = [
        [escape(article), *(str(row.get(name, 0)) for name in categories)] for article, row in table.items()
    ]
    head = ["article", *categories]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows])
