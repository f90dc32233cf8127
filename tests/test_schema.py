from __future__ import annotations

import json

import jsonschema
import pyarrow as pa
import pytest

from duizhao import schema
from duizhao.errors import DuizhaoError

SCHEMAS = schema.home("schema")
KINDS = sorted(
    path.relative_to(SCHEMAS).as_posix().removesuffix(".schema.json")
    for path in SCHEMAS.rglob("*.schema.json")
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_schema_is_valid_2020_12(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema.load_schema(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_a_description_and_an_example_that_it_accepts(kind: str) -> None:
    for name, spec in schema.load_schema(kind)["properties"].items():
        assert len(spec["description"]) > 10, name
        jsonschema.Draft202012Validator(spec).validate(spec["examples"][0])


@pytest.mark.parametrize("config", schema.available())
def test_arrow_schema_and_features_say_the_same(config: str) -> None:
    features = schema.features(config)
    assert list(features) == schema.arrow_schema(config).names
    assert features.arrow_schema.remove_metadata().types == schema.arrow_schema(config).types


def test_nested_lists_stay_lists() -> None:
    assert schema.arrow_schema("sentences").field("raw_spans").type == pa.list_(pa.list_(pa.int64()))


def test_a_rejected_record_is_explained_with_its_field() -> None:
    row = {"id": "a:s00001", "role": "footer"}
    assert not schema.accepter("sentences").is_valid(row)
    fields = [field for field, _ in schema.explain("sentences", row)]
    assert "role" in fields
    assert "(record)" in fields


def test_the_fast_validator_and_the_explaining_one_agree() -> None:
    good = {name: spec["examples"][0] for name, spec in schema.load_schema("blocks")["properties"].items()}
    for field in good:
        bad = {**good, field: {"no": "such value"}}
        assert not schema.accepter("blocks").is_valid(bad)
        assert schema.explain("blocks", bad)
    assert schema.accepter("blocks").is_valid(good)
    assert schema.explain("blocks", good) == []


def test_an_unknown_config_names_the_known_ones() -> None:
    with pytest.raises(DuizhaoError, match="sentences, articles, blocks"):
        schema.load_schema("sentence")


def test_field_tables_show_nested_fields_and_escape_bars() -> None:
    table = schema.field_table("articles")
    assert "| `chars.kept` | integer |" in table
    assert json.loads(table.splitlines()[2].split("|")[4].strip(" `")) == "ceo-ousted-analysis"
