"""The card: DATASET_CARD.md with configs, features and tables filled in, as the Hub shows it."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from duizhao import schema
from duizhao.errors import DuizhaoError
from duizhao.release.croissant import cite
from duizhao.schema import SPLIT, Record, Records

_PLACEHOLDER = re.compile(r"<!-- duizhao:(\w+)(?: (\w+))?(?: (\w+))? -->")

_PLACEHOLDERS = "counts, fields, removed, record, acknowledged, rows, parts, filled, split, citation"

TEMPLATE = """---
pretty_name: {name}
language:
- zh
- en
task_categories:
- translation
---

# {name}

Built by Duizhao from {articles} articles. Describe here why the dataset was made, where the articles
come from, who wrote the English side, what is known to be wrong, and who holds the rights.

## Configs

<!-- duizhao:counts -->

## Fields

<!-- duizhao:fields -->

## What was removed

<!-- duizhao:removed -->
"""


def make_card(
    card: str, records: Records, acknowledged: int = 0, citation: Mapping[str, Any] | None = None
) -> str:
    """The Hub card: the card's own YAML and text, with configs, features, tables and numbers filled in.

    Placeholders, each as ``<!-- duizhao:name -->`` with its arguments behind the name: ``counts``, ``fields [config]``,
    ``removed``, ``record config``, ``acknowledged``, ``rows config`` (how many), ``parts config field`` (entries of
    a list field), ``filled config field`` (rows where it is not null), ``split config field`` (rows by its value),
    ``citation`` (BibTeX of a parsed CITATION.cff). Raises DuizhaoError ``bad-card``.
    """
    own, body = split_card(card)
    configs = [
        {
            "config_name": name,
            "description": f"sha256 {_digest(rows)}",  # load_dataset's cache knows a local folder by its YAML, not by its files
            "data_files": [{"split": SPLIT, "path": f"{name}/{SPLIT}.parquet"}],
            **({"default": True} if name == "sentences" else {}),
        }
        for name, rows in records.items()
    ]
    info = [{"config_name": name, "features": schema.yaml_features(name)} for name in records]
    head = _write_head({**own, "configs": configs, "dataset_info": info})

    def fill(match: re.Match[str]) -> str:
        what, config, field = match.groups("")
        if what == "acknowledged":
            return str(acknowledged)
        if what == "citation" and citation:
            return f"```bibtex\n{cite(citation)}\n```"
        return _fill(what, config, field, records)

    return f"---\n{head}---\n{_PLACEHOLDER.sub(fill, body)}"


def card_title(folder: Path) -> str:
    """The ``pretty_name`` of a release's card; the folder's name where it has none."""
    card = folder / "README.md"
    own = split_card(card.read_text(encoding="utf-8"))[0] if card.is_file() else {}
    return str(own.get("pretty_name") or folder.resolve().name)


def count_removed(blocks: Sequence[Record]) -> dict[str, dict[str, int]]:
    """Code points of the Chinese files by article, then by category (kept and markup among them)."""
    table: dict[str, dict[str, int]] = {}
    for row in blocks:
        if row["language"] == "zh":
            column = str(row["category"] or ("kept" if row["label"] == "keep" else row["label"]))
            counts = table.setdefault(row["article_id"], {})
            counts[column] = counts.get(column, 0) + row["raw_end"] - row["raw_start"]
    return table


def split_card(card: str) -> tuple[dict[str, Any], str]:
    """The card's YAML and its Markdown. Raises DuizhaoError ``bad-card``."""
    if not card.startswith("---\n") or "\n---\n" not in card:
        return {}, card
    head, body = card[4:].split("\n---\n", 1)
    try:
        own = yaml.safe_load(head) or {}
    except yaml.YAMLError as error:
        raise DuizhaoError(
            "bad-card", f"DATASET_CARD.md: its YAML cannot be read ({str(error).splitlines()[0]})"
        ) from None
    if not isinstance(own, dict):
        raise DuizhaoError("bad-card", "DATASET_CARD.md: its YAML is not a mapping of names to values")
    return own, body


def _digest(rows: Sequence[Record]) -> str:
    """SHA-256 of a config's records."""
    return hashlib.sha256(json.dumps(list(rows), ensure_ascii=False).encode()).hexdigest()


def _write_head(head: Mapping[str, Any]) -> str:
    """The YAML with one line for a key, or for an entry of a list of mappings: the text of the card begins early."""
    lines: list[str] = []
    for key, value in head.items():
        entries = (
            value if isinstance(value, list) and any(isinstance(entry, dict) for entry in value) else None
        )
        lines += (
            [f"{key}: {_flow(value)}"]
            if entries is None
            else [f"{key}:", *(f"- {_flow(entry)}" for entry in entries)]
        )
    return "".join(f"{line}\n" for line in lines)


def _flow(value: Any) -> str:
    """A value as YAML on one line."""
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=True, width=10**9)
    return text.removesuffix("...\n").strip()


def _fill(what: str, config: str, field: str, records: Records) -> str:
    """What stands in a placeholder's place, from the records alone."""
    if what == "counts":
        rows = [
            f"| `{name}` | {len(rows)} | {schema.load_schema(name)['description']} |"
            for name, rows in records.items()
        ]
        return "\n".join(["| config | rows | one row is |", "|---|---|---|", *rows])
    if what == "fields":
        names = [config] if config else list(records)
        return "\n\n".join(f"### `{name}`\n\n{schema.field_table(name)}" for name in names)
    if what == "removed":
        return _removed_table(count_removed(records["blocks"]))
    if what == "record" and records.get(config):
        return f"```json\n{json.dumps(_sample(records[config]), ensure_ascii=False, indent=2)}\n```"
    if what == "rows" and config in records:
        return f"{len(records[config]):,}"
    if config in records and field in schema.load_schema(config)["properties"]:
        if what in _COUNTED:
            return f"{_COUNTED[what](records[config], field):,}"
        if what == "split":
            return _split(records[config], field)
    asked = " ".join(filter(None, (what, config, field)))
    raise DuizhaoError(
        "bad-card", f"DATASET_CARD.md: cannot fill the placeholder duizhao:{asked}; known: {_PLACEHOLDERS}"
    )


_COUNTED: Mapping[str, Callable[[Sequence[Record], str], int]] = {
    "parts": lambda rows, field: sum(len(row[field]) for row in rows),
    "filled": lambda rows, field: sum(row[field] is not None for row in rows),
}
"""Placeholders that are a number of one field of a config."""


def _split(rows: Sequence[Record], field: str) -> str:
    """How many rows have each value of a field, the most frequent first: ``560 `1-1`, 101 `1-2` ``."""
    counts = Counter(json.dumps(row[field], ensure_ascii=False).strip('"') for row in rows)
    return ", ".join(
        f"{number:,} `{value}`" for value, number in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    )


def _sample(rows: Sequence[Record]) -> Record:
    """A record to show: the tenth, long texts cut."""
    row = dict(rows[min(9, len(rows) - 1)])
    return {key: _shortened(value) for key, value in row.items()}


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shortened(inner) for key, inner in value.items()}
    return value[:120] + "…" if isinstance(value, str) and len(value) > 160 else value


def _removed_table(table: Mapping[str, Mapping[str, int]]) -> str:
    categories = [name for name in ("kept", "markup") if any(name in row for row in table.values())]
    categories += sorted({name for row in table.values() for name in row} - set(categories))
    rows = [[article, *(str(row.get(name, 0)) for name in categories)] for article, row in table.items()]
    head = ["article", *categories]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows])
