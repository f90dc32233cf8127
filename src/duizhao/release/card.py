"""The card: DATASET_CARD.md with configs, features and tables filled in, as the Hub shows it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from duizhao import schema
from duizhao.errors import DuizhaoError
from duizhao.schema import SPLIT, Record, Records

_PLACEHOLDER = re.compile(r"<!-- duizhao:(\w+)(?: (\w+))? -->")

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


def make_card(card: str, records: Records, acknowledged: int = 0) -> str:
    """The Hub card: the card's own YAML and text, with configs, features and tables filled in.

    Placeholders: ``<!-- duizhao:counts -->``, ``<!-- duizhao:fields [config] -->``,
    ``<!-- duizhao:removed -->``, ``<!-- duizhao:record config -->``, ``<!-- duizhao:acknowledged -->``.
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
    head = yaml.safe_dump(
        {**own, "configs": configs, "dataset_info": info}, allow_unicode=True, sort_keys=False, width=1000
    )
    return f"---\n{head}---\n{_PLACEHOLDER.sub(lambda match: _fill(match[1], match[2], records, acknowledged), body)}"


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


def _fill(what: str, config: str | None, records: Records, acknowledged: int) -> str:
    if what == "acknowledged":
        return str(acknowledged)
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
    if what == "record" and config and records.get(config):
        return f"```json\n{json.dumps(_sample(records[config]), ensure_ascii=False, indent=2)}\n```"
    raise DuizhaoError(
        "bad-card",
        f"DATASET_CARD.md: unknown placeholder duizhao:{what}; known: counts, fields, removed, record, acknowledged",
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
