"""The JSON Schemas in ``schema/``, which declare all field types, and everything that is derived from them.

No other module declares the type of a field. A config is a kind of record (``sentences``, ``articles``,
``blocks`` and others). Each has one file, ``schema/<config>.schema.json`` (JSON Schema 2020-12).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duizhao.errors import InputError

if TYPE_CHECKING:
    import datasets
    import jsonschema_rs
    import pyarrow as pa

CONFIGS = (
    "sentences",
    "articles",
    "blocks",
    "entities",
    "mentions",
    "events",
    "claims",
    "questions",
)
"""All configs, in the order of the card. The first is the default."""

SPLIT = "test"
"""The split of a release that is not told another. Our dataset is for evaluation."""

SPLITS = ("train", "validation", "test")
"""The names that a split may have, in the order of the card. The Hub knows these three."""

WHOLE: frozenset[str] = frozenset()
"""No text column is left out."""

Record = dict[str, Any]
"""One row of a config."""

Records = Mapping[str, Sequence[Record]]
"""The rows of each config."""

MOST_PROBLEMS = 20
"""The most problems that are reported of one record."""

SLIMMED = ("sentences", "articles")
"""Configs whose text columns can be left out of a release."""

_WHOLE = {int, type(None)}
_SCALARS = {"string": "string", "integer": "int64", "number": "float64", "boolean": "bool"}


def home(name: str) -> Path:
    """Return the folder ``schema`` or ``dataset``, from the installed package or from the source checkout."""
    installed = Path(__file__).parent / "data" / name
    return installed if installed.is_dir() else Path(__file__).parents[2] / name


def available() -> tuple[str, ...]:
    """Return the configs that have a schema, in the order of ``CONFIGS``."""
    return tuple(config for config in CONFIGS if _path(config).is_file())


@lru_cache
def load_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of record. Raises DuizhaoError ``unknown-config``."""
    path = _path(name)
    if not path.is_file():
        raise InputError("unknown-config", f"{name}: no such config; known: {', '.join(available())}")
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


@lru_cache
def accepter(name: str) -> jsonschema_rs.Draft202012Validator:
    """Return a fast validator. It says whether a record is valid, but not why."""
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(load_schema(name))


@lru_cache
def _accepter_of_many(name: str) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator({"type": "array", "items": load_schema(name)})


def accepts_all(name: str, records: Sequence[Any]) -> bool:
    """Return whether `problems` finds nothing in any of many records. It is much faster than
    one call for each.
    """
    if not _accepter_of_many(name).is_valid(list(records)):
        return False
    always = frozenset(load_schema(name)["required"])
    for field, spec in _integers(name):
        values = (
            [record[field] for record in records]
            if field in always
            else [record.get(field) for record in records]
        )
        kinds = set(map(type, values))
        if kinds <= _WHOLE or (kinds == {list} and _all_whole(list(chain.from_iterable(values)))):
            continue
        for value in values:
            if next(_floats(spec, value, (field,)), None) is not None:
                return False
    return True


def problems(name: str, record: Any) -> list[tuple[str, str]]:
    """Return what is wrong with a record: a field and a sentence for each problem, at most ``MOST_PROBLEMS``.

    This is stricter than JSON Schema in one point: ``31.0`` is not an integer, because it cannot be a place
    in a text.
    """
    if not accepter(name).is_valid(record):
        # There are two validators. If only the fast one refuses a record, there is no explanation.
        return explain(name, record) or [("(record)", "is not what the schema allows")]
    found: list[tuple[str, str]] = []
    for field, spec in _integers(name):
        value = record.get(field)
        kind = type(value)
        if kind is int or value is None or (kind is list and _all_whole(value)):
            continue  # by far the most values
        found += _floats(spec, value, (field,))
    return found[:MOST_PROBLEMS]


@lru_cache
def _integers(name: str) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """Return the fields of a kind of record that hold integers, at any depth."""
    fields = load_schema(name)["properties"].items()
    return tuple((field, spec) for field, spec in fields if '"integer"' in json.dumps(spec))


def _all_whole(value: list[Any]) -> bool:
    """Return whether a list holds only lists of integers, as spans do."""
    return set(map(type, value)) <= {list} and set(map(type, chain.from_iterable(value))) <= {int}


def explain(name: str, record: Any) -> list[tuple[str, str]]:
    """Explain why a record is refused: a field and a sentence for each problem, in order."""
    import jsonschema

    validator = jsonschema.Draft202012Validator(load_schema(name))
    found = sorted(validator.iter_errors(record), key=lambda error: list(map(str, error.absolute_path)))
    return [
        (".".join(map(str, error.absolute_path)) or "(record)", _shorten(_message(error)))
        for error in found[:MOST_PROBLEMS]
    ]


def _message(error: Any) -> str:
    """Return the message of an error of ``jsonschema``; the allowed values are written as in JSON."""
    if error.validator != "enum":
        return str(error.message)
    value, *allowed = (
        json.dumps(value, ensure_ascii=False) for value in (error.instance, *error.validator_value)
    )
    return f"{value} is not one of {', '.join(allowed)}"


def fields(name: str, absent: frozenset[str] = WHOLE) -> dict[str, Any]:
    """Return the fields of a config with their schemas. Without those of the text columns in ``absent``.

    A text column is ``zh_hans``, ``zh_hant`` or ``en``. To it belong the fields of its name, at the top and
    inside an object, and the fields whose schema names it in ``x-column``. Only ``sentences`` and
    ``articles`` can be without a column.
    """
    found: dict[str, Any] = load_schema(name)["properties"]
    if not absent or name not in SLIMMED:
        return found
    kept = {}
    for field, spec in found.items():
        if field in absent or spec.get("x-column") in absent:
            continue
        if base_type(spec) == "object":
            inner = {key: value for key, value in spec["properties"].items() if key not in absent}
            spec = {**spec, "properties": inner}
        kept[field] = spec
    return kept


def slim(name: str, row: Record, absent: frozenset[str]) -> Record:
    """Return a record of a config without the fields of the text columns in ``absent``."""
    if not absent or name not in SLIMMED:
        return row
    return {
        field: row[field] if inner is None else {key: row[field][key] for key in inner}
        for field, inner in _slimmed(name, absent)
    }


@lru_cache
def _slimmed(name: str, absent: frozenset[str]) -> tuple[tuple[str, tuple[str, ...] | None], ...]:
    """Return the fields of a config without some columns, each with the fields inside it if
    it is an object.
    """
    return tuple(
        (field, tuple(spec["properties"]) if base_type(spec) == "object" else None)
        for field, spec in fields(name, absent).items()
    )


def fill(name: str, row: Record, absent: frozenset[str]) -> Record:
    """Return a record of a release that is without the columns in ``absent``, with null or an empty list for
    them.

    A record that is not as the release should have it is returned unchanged: the check of
    the schema tells why.
    """
    if not absent or name not in SLIMMED:
        return row
    slimmed = fields(name, absent)
    if set(row) != set(slimmed):
        return row
    filled: Record = {}
    for field, spec in load_schema(name)["properties"].items():
        value = row.get(field)
        if field not in slimmed:
            value = [] if base_type(spec) == "array" else None
        elif slimmed[field] is not spec and base_type(spec) == "object" and isinstance(value, dict):
            value = {key: value.get(key, _nothing(inner)) for key, inner in spec["properties"].items()}
        filled[field] = value
    return filled


def arrow_schema(name: str, absent: frozenset[str] = WHOLE) -> pa.Schema:
    """Return the Arrow schema of a config: plain types, every field nullable, no metadata."""
    import pyarrow as pa

    properties = fields(name, absent)
    return pa.schema([pa.field(field, _arrow(spec)) for field, spec in properties.items()])


def features(name: str, absent: frozenset[str] = WHOLE) -> datasets.Features:
    """Return the ``datasets.Features`` of a config. They work with ``datasets`` 3, 4 and 5."""
    import datasets

    return datasets.Features._from_yaml_list(yaml_features(name, absent))


def yaml_features(name: str, absent: frozenset[str] = WHOLE) -> list[dict[str, Any]]:
    """Return the features in the form of the card's YAML (``dataset_info.features``)."""
    return [{"name": field, **_yaml(spec)} for field, spec in fields(name, absent).items()]


def field_table(name: str, absent: frozenset[str] = WHOLE) -> str:
    """Return a Markdown table of the fields of a config: name, type, meaning, example."""
    rows = ["| field | type | meaning | example |", "|---|---|---|---|"]
    for field, spec in _walk({"properties": fields(name, absent)}):
        example = spec["examples"][0]
        if absent and base_type(spec) == "object":
            example = {key: value for key, value in example.items() if key in spec["properties"]}
        example = json.dumps(example, ensure_ascii=False)
        cells = (f"`{field}`", _words(spec), spec["description"], f"`{example}`")
        rows.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", "\\n") for cell in cells) + " |")
    return "\n".join(rows)


def _floats(spec: Mapping[str, Any], value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield a problem for each integer of a valid record that is written like ``31.0``."""
    if isinstance(value, float):
        kinds = spec.get("type", "number")
        if "number" not in ([kinds] if isinstance(kinds, str) else kinds):
            yield ".".join(path), f"{value!r} is written with a fraction; an integer is needed"
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _floats(spec.get("items", {}), part, (*path, str(number)))
    elif isinstance(value, dict):
        fields, others = spec.get("properties", {}), spec.get("additionalProperties")
        for field, part in value.items():
            inner = fields.get(field, others)
            if isinstance(inner, Mapping):
                yield from _floats(inner, part, (*path, field))


def _shorten(message: str) -> str:
    """Return a message without the middle part of a very long value."""
    return message if len(message) <= 400 else f"{message[:200]} … {message[-180:]}"


def _path(name: str) -> Path:
    """Return the file of a schema. Annotations that are released unchanged use the schema of their config."""
    path = home("schema") / f"{name}.schema.json"
    return path if path.is_file() else path.parent.parent / path.name if "/" in name else path


def base_type(spec: Mapping[str, Any]) -> str:
    """Return the JSON type of a field, ignoring null."""
    kind = spec["type"]
    return next(part for part in kind if part != "null") if isinstance(kind, list) else str(kind)


def _nothing(spec: Mapping[str, Any]) -> str | None:
    """Return the value of a text that is left out: null, or an empty text where null is not allowed."""
    return None if isinstance(spec["type"], list) else ""


def _arrow(spec: dict[str, Any]) -> pa.DataType:
    import pyarrow as pa

    base = base_type(spec)
    if base == "array":
        return pa.list_(_arrow(spec["items"]))
    if base == "object":
        return pa.struct([pa.field(field, _arrow(inner)) for field, inner in spec["properties"].items()])
    return pa.type_for_alias(_SCALARS[base])


def _yaml(spec: dict[str, Any]) -> dict[str, Any]:
    base = base_type(spec)
    if base == "object":
        return {"struct": [{"name": field, **_yaml(inner)} for field, inner in spec["properties"].items()]}
    if base == "array":
        inner = _yaml(spec["items"])
        return {"list": inner.get("dtype") or inner.get("struct") or inner}
    return {"dtype": _SCALARS[base]}


def _walk(spec: dict[str, Any], prefix: str = "") -> list[tuple[str, dict[str, Any]]]:
    rows: list[tuple[str, dict[str, Any]]] = []
    for field, inner in spec["properties"].items():
        rows.append((prefix + field, inner))
        if base_type(inner) == "object":
            rows += _walk(inner, prefix + field + ".")
    return rows


def _words(spec: dict[str, Any]) -> str:
    base = base_type(spec)
    words = f"list of {_words(spec['items'])}" if base == "array" else base
    return words + " or null" if isinstance(spec["type"], list) else words
