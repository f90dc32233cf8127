from __future__ import annotations

import copy
import hashlib
from typing import Any

import pytest

from duizhao.annotations.lines import Annotations
from duizhao.cleaning import SPARED
from duizhao.cleaning.replies import REPLY
from duizhao.records.block_checks import Dropped, Spared
from duizhao.records.checks import acknowledge, check_ids, check_mentions, drop_acknowledged, validate
from duizhao.records.pipeline import make_records
from duizhao.records.runs import make_runs
from duizhao.text.document import make_document

TEXT = "# 灯塔\n\n灯塔**重新**亮起。镇长说：“等了太久。”\n"


@pytest.fixture
def records() -> dict[str, list[dict[str, Any]]]:
    document = make_document("a", TEXT, sha256=hashlib.sha256(TEXT.encode()).hexdigest())
    return copy.deepcopy(make_records(document, None, Annotations()))


def ids(records: dict[str, list[dict[str, Any]]]) -> set[str]:
    return {finding.id for finding in validate(records)}


def test_records_of_the_pipeline_have_no_findings(records: dict[str, list[dict[str, Any]]]) -> None:
    assert validate(records) == []


@pytest.mark.parametrize(
    "text",
    [
        "# 長期計畫\n\n這個長期計畫讓孩子們的生活變得更好，也讓大家都高興。\n",
        "# 長期計畫\n\n這個長期計畫讓孩子們的生活變得更好，也讓大家都高興，這是很多人一起努力的結果。\n\n"
        "家庭支持孩子在性别身份上的转变，这对于他们来说是很重要的事情，也需要很长的时间。\n",
    ],
    ids=["Traditional", "mixed"],
)
def test_characters_that_change_only_inside_a_word_are_no_finding(text: str) -> None:
    document = make_document("a", text, sha256=hashlib.sha256(text.encode()).hexdigest())
    assert [f for f in validate(make_records(document, None, Annotations())) if f.level != 4] == []


@pytest.mark.parametrize(
    ("config", "field", "value", "finding"),
    [
        ("sentences", "role", "footer", "schema-violation"),
        ("sentences", "article_id", "b", "dangling-reference"),
        ("sentences", "zh_hans", "灯塔熄灭。", "span-text"),
        ("sentences", "zh_hant", "燈", "span-text"),
        ("sentences", "raw_spans", [[9, 4]], "bad-span"),
        ("sentences", "raw_spans", [[0, 999]], "bad-span"),
        ("blocks", "raw_start", 7, "ledger-gap"),
        ("blocks", "text", "改", "raw-hash"),
        ("blocks", "label", "drop", "ledger-sum"),
        ("blocks", "label", "drop", "kept-not-covered"),
        ("articles", "raw_sha256", "0" * 64, "raw-hash"),
        ("articles", "chars", {"raw": 1, "kept": 1, "removed": 0, "markup": 0}, "ledger-sum"),
    ],
)
def test_a_change_in_one_field_is_found(
    records: dict[str, list[dict[str, Any]]], config: str, field: str, value: object, finding: str
) -> None:
    rows = records[config]
    row = next((row for row in rows if row.get("label") == "keep"), rows[-1])
    row[field] = value
    assert finding in ids(records)


def test_a_lost_row_and_a_doubled_row_are_found(records: dict[str, list[dict[str, Any]]]) -> None:
    lost = copy.deepcopy(records)
    lost["sentences"].pop()
    assert ids(lost) == {"kept-not-covered"}
    records["sentences"].append(records["sentences"][-1])
    assert "duplicate-id" in ids(records)


def test_all_findings_are_collected(records: dict[str, list[dict[str, Any]]]) -> None:
    for row in records["sentences"]:
        row["zh_hans"] = "别的话。"
    assert (
        len(
            [
                finding
                for finding in validate(records)
                if finding.id == "span-text" and finding.field == "zh_hans"
            ]
        )
        == 3
    )


def test_every_reference_of_a_list_is_followed(records: dict[str, list[dict[str, Any]]]) -> None:
    article = records["articles"][0]["id"]
    question = {"id": "q1", "article_ids": [article, "nowhere"]}
    found = [finding for finding in check_ids({**records, "questions": [question]}) if finding.record == "q1"]
    assert [(finding.id, finding.field) for finding in found] == [("dangling-reference", "article_ids")]


def test_a_mention_that_carries_another_text_than_its_sentence_is_found(
    records: dict[str, list[dict[str, Any]]],
) -> None:
    sentence = records["sentences"][1]
    mention = {
        "id": "m1",
        "sentence_id": sentence["id"],
        "language": "zh-Hans",
        "text": sentence["zh_hans"],
        "start": 0,
        "end": 2,
        "surface": sentence["zh_hans"][:2],
    }
    assert list(check_mentions({**records, "mentions": [mention]})) == []
    mention["text"] += "。"
    assert [finding.id for finding in check_mentions({**records, "mentions": [mention]})] == ["mention-text"]


def test_a_release_whose_build_had_an_acknowledged_finding_of_the_raw_files_validates_without_one() -> None:
    told = {("damaged-script", "a"): "read by a person"}
    assert drop_acknowledged([], told) == []
    assert [finding.id for finding in acknowledge([], told)] == ["needless-acknowledgement"]


@pytest.mark.parametrize(("language", "field"), [("zh", "raw_spans"), ("en", "en_spans")])
def test_kept_text_that_no_sentence_has_is_told_with_the_spans_of_its_language(
    language: str, field: str
) -> None:
    zh, en = (
        make_document(
            "a", text, language, f"{language}/a.md", sha256=hashlib.sha256(text.encode()).hexdigest()
        )
        for language, text in (("zh", TEXT), ("en", "# Lighthouse\n\nThe lighthouse is lit again.\n"))
    )
    records = make_records(zh, en, Annotations())
    row = next(row for row in records["sentences"] if row[field])
    row[field] = row[field][1:]
    assert ("kept-not-covered", field) in {(found.id, found.field) for found in validate(records)}


def test_a_finding_on_one_of_two_values_names_both(records: dict[str, list[dict[str, Any]]]) -> None:
    records["sentences"][0]["zh_hant"] = None
    messages = {f.message for f in validate(records) if f.id == "impossible-bead"}
    assert "one of zh_hans and zh_hant is null, and the other is not" in messages


def test_an_article_that_was_taken_for_boilerplate_by_more_than_half_is_a_finding() -> None:
    """What a rule or a person dropped, with the score 1, does not count, but for replies in a thread."""

    def found(
        kept: int, dropped: int, score: float | None, reason: str = "form: image", left_out: int = 0
    ) -> list[str]:
        sizes = (("keep", 0.1, kept, 0), ("drop", score, dropped, 7), ("drop", 0.2, left_out, 9))
        rows = [
            {
                "article_id": "a",
                "label": label,
                "category": "left_out" if at == 9 else "ad",
                "score": own,
                "reason": reason,
                "text": "字" * size,
                "raw_start": at,
            }
            for label, own, size, at in sizes
        ]
        check = Dropped()
        for run in make_runs([*rows, {**rows[0], "article_id": "b"}], ("article_id",), tuple(rows[0])):
            assert not list(check.add(run))
        return [f"{finding.id} {finding.record} {finding.message}" for finding in check.findings()]

    told = "much-dropped a 300 of 400 characters, from 7 on, were taken for boilerplate: more than half"
    assert found(100, 300, 0.9) == found(100, 300, 1.0, REPLY) == [told]
    assert found(100, 300, 0.9, left_out=500) == found(100, 0, 0.9, left_out=500) == [], "--roles is a choice"
    assert found(300, 300, 0.9) == found(100, 300, 1.0) == found(100, 300, None) == []


def test_a_few_spared_characters_are_no_finding() -> None:
    def found(size: int) -> list[str]:
        row = {"article_id": "a", "label": "keep", "reason": SPARED, "raw_start": 7, "raw_end": 7 + size}
        check = Spared()
        for run in make_runs([row], ("article_id",), tuple(row)):
            assert not list(check.add(run))
        return [finding.id for finding in check.findings()]

    assert found(13) == []
    assert found(80) == ["little-left"]
