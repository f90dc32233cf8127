"""What DATASET_CARD.md says of the data is what the data says; numbers that code fills in are in
``test_release``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from functools import lru_cache
from typing import Any

import pytest
import yaml

from conftest import ROOT
from duizhao.release.card import make_sharded_card, split_card

ABOVE_MAJORITY = 0.08
"""As in ``test_claims``."""
WORDS = ("no", "one", "two", "three", "four", "five", "six")

CARD = (ROOT / "DATASET_CARD.md").read_text(encoding="utf-8")
HEAD, BODY = split_card(CARD)
TEXT = " ".join(BODY.split())

COUNTED = (
    r"between 20 November and 9 December 2023",
    r"From 2003 to December 2023",
    r"(?<=November )2023",  # the month of the story
    r"answered 379 of 389 questions right without",
    r"report the 10 questions with apart, and 10 are few",  # code is cut out of the text
)
"""Numbers written by hand that a test below compares with the data."""

MEASURED = (
    (r"1,118 mentions in both languages", "a hand list of the names in two articles"),
    (r"on 79 of 80 pairs \(κ 0\.975\)", "a third reader with the settled labels"),
    (r"answered 416 of 416\s+questions", "a blind reader with the articles"),
    (
        r"of 15 events .* of the 143 sentences of that list, 137 were in the data\s+\(recall 0\.958\)",
        "a reader",
    ),
    (r"all 710 English rows \(16,258 words\) found 0 critical, 0 major and\s+33 minor", "a blind reviser"),
    (r"\(2\.0 for 1,000 words\)", "the same"),
    (
        r"all 720 rows \(16,266 words\) .* found 0 critical, 0 major and 10 minor faults \(0\.6 for "
        r"1,000 words\)\. All 10",
        "a later blind reviser",
    ),
    (r"labelled 202 pairs of claims", "the pairs that two blind readers labelled"),
    (r"agreed on 95\.0% of the pairs \(Cohen's κ 0\.907\)", "the two readers, with each other"),
    (r"at κ 0\.806 and 0\.754", "each reader with the author's first labels"),
    (r"in 21 pairs, their label was taken; all 21 became neutral", "both readers against the author"),
    (r"in 10 pairs, .* \(5 pairs\); the other 5 were dropped", "the readers against each other"),
    (
        r"donations of 80 billion dollars, and 13 billion collected by 2019; the pledge was 1 billion",
        "an article's error",
    ),
    (r"turns every year into 2023", "an article's error"),
    (r"\(November 21 for 20\)", "an article's error"),
    (r"CC BY 4\.0", "the licence"),
)
"""Other numbers in the card's sentences, each with where it comes from."""


@lru_cache
def rows(config: str) -> list[dict[str, Any]]:
    file = ROOT / "dataset" / config / "test.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def prose() -> str:
    """The card's sentences: no code, no ids, no placeholders, no claims (their numbers have tests of their
    own).
    """
    text = re.sub(r"^```.*?^```$", "", BODY, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^- \*\*Claims\.\*\*.*?(?=^- \*\*)", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"`[^`\n]*`|<!--.*?-->|!\[.*?\]\(.*?\)|duizhao:canary:\S+", "", text)
    return " ".join(text.split())


def private_rows() -> dict[str, str]:
    """Sentence ids in the table of private facts, and what its last column says of them."""
    section = BODY.split("## Sensitive information")[1].split("\n## ")[0]
    found = {}
    for line in section.splitlines():
        if line.startswith("| `"):
            first, _, last = (cell.strip() for cell in line.strip("|").split("|"))
            found.update(dict.fromkeys(re.findall(r"`([^`]+)`", first), last))
    return found


def evidence(config: str) -> set[str]:
    return {part["sentence_id"] for row in rows(config) for part in row["evidence"]}


def test_every_number_in_the_cards_sentences_is_counted_or_has_a_source() -> None:
    text = prose()
    for pattern in (*COUNTED, *(pattern for pattern, _ in MEASURED)):
        assert re.search(pattern, text), f"no longer in the card: {pattern}"
        text = re.sub(pattern, "", text)
    left = [text[max(0, match.start() - 60) : match.end() + 20] for match in re.finditer(r"\d+", text)]
    assert not left, "fill these in with a placeholder, or compare them with the data here"


def test_the_card_says_how_many_articles_there_are_and_what_their_files_name() -> None:
    articles = rows("articles")
    named = [row["publisher"] for row in articles if row["publisher"]]
    dated = [row["published"] for row in articles if row["published"]]
    scripts = [row["source_script"] for row in articles]
    assert f"{WORDS[len(articles)].capitalize()} Chinese-language articles tell" in TEXT
    assert f"{WORDS[len(named)].capitalize()} of the files name the outlet" in TEXT
    assert len(set(named)) == 1
    assert f"a WeChat account (`{named[0]}`)" in TEXT
    assert {row["id"] for row in articles if row["translated_from"]} == {
        row["id"] for row in articles if row["byline"]
    }
    assert {row["id"] for row in articles if row["translated_from"]} == {
        row["id"] for row in articles if row["publisher"]
    }
    assert f"The other {WORDS[len(articles) - len(named)]} name neither outlet nor author." in TEXT
    assert f"{WORDS[len(dated)].capitalize()} of the {WORDS[len(articles)]} bear a date." in TEXT
    assert f"the {WORDS[len(dated)]} texts that bear a date" in TEXT
    simplified, traditional = scripts.count("zh-Hans"), scripts.count("zh-Hant")
    assert (
        f"{WORDS[simplified].capitalize()} are in Simplified, {WORDS[traditional]} in Traditional script."
        in TEXT
    )
    posts = sum("mp.weixin.qq.com" in (row["url"] or "") for row in articles)
    assert f"{WORDS[posts]} WeChat posts" in TEXT
    days = [datetime.fromisoformat(day) for day in (min(dated)[:10], max(dated)[:10])]
    first, last = (f"{day.day} {day:%B}" for day in days)
    assert f"published online between {first} and {last} {days[1].year}" in TEXT


def test_the_size_category_is_that_of_all_rows() -> None:
    manifest = json.loads((ROOT / "dataset" / "manifest.json").read_text(encoding="utf-8"))
    total = sum(manifest["counts"].values())
    assert HEAD["size_categories"] == ["1K<n<10K" if total >= 1000 else "n<1K"]
    assert total < 10_000


def test_the_yaml_names_the_licence_and_is_short() -> None:
    assert HEAD["license_link"] == "LICENSE-DATA"
    assert CARD.split("\n---\n")[0].count("\n") < 20


def test_events_span_the_years_that_the_card_gives() -> None:
    starts = sorted(row["start"] for row in rows("events"))
    assert f"From {starts[0][:4]} to December {starts[-1][:4]}" in TEXT
    assert starts[-1].startswith("2023-12")


def test_qids_that_the_card_lists_as_found_again_are_there_and_the_others_are_more_than_none() -> None:
    bullet = BODY.split("- **QIDs.**")[1].split("\n- **")[0]
    listed = re.findall(r"`([^`]+)`", bullet.split("repositories:")[1])
    qids = {row["id"]: row["wikidata"] for row in rows("entities")}
    assert len(listed) == len(set(listed))
    assert [id for id in listed if not qids.get(id)] == []
    assert len(listed) < sum(qid is not None for qid in qids.values())


@pytest.mark.parametrize("column", ["zh_hans", "en"])
def test_the_longest_choice_is_right_less_often_than_one_time_in_four(column: str) -> None:
    share = 0.0
    for row in rows("questions"):
        lengths = [len(choice) for choice in row["choices"][column]]
        if lengths[row["answer"]] == max(lengths):
            share += 1 / lengths.count(max(lengths)) / len(rows("questions"))
    assert share < 0.25


def test_source_errors_and_levels_are_as_the_card_describes_them() -> None:
    questions = rows("questions")
    assert sum(row["type"] == "multi-step" for row in questions) >= 40
    assert any(row["source_error"] for row in questions)
    for row in questions:
        if row["type"] == "multi-hop":
            assert len(row["evidence"]) > 1, row["id"]


def test_the_card_tells_how_many_questions_were_answered_without_the_text() -> None:
    right = Counter(row["closed_book"] for row in rows("questions"))
    assert set(right) == {True, False}
    assert f"answered {right[True]} of {right.total()} questions right without the articles" in TEXT
    assert f"report the {right[False]} questions with `closed_book` `false` apart" in TEXT
    assert f"and {right[False]} are few" in TEXT


def test_the_card_tells_what_the_baselines_of_claims_are_held_to() -> None:
    bullet = " ".join(BODY.split("- **Claims.**")[1].split("\n- **")[0].split())
    assert f"at most {ABOVE_MAJORITY * 100:.0f} points above the majority" in bullet
    labels = Counter(row["label"] for row in rows("claims"))
    assert labels.most_common(1)[0][0] == "neutral"
    assert set(re.findall(r"duizhao:(\w+ claims(?: \w+)?)", bullet)) == {
        "rows claims",
        "split claims label",
        "filled claims public_record",
    }
    assert set(re.findall(r"`([a-z_]+)`", bullet)) <= set(rows("claims")[0])


def test_private_facts_are_where_the_card_says_and_nowhere_else() -> None:
    private = private_rows()
    assert set(private) <= {row["id"] for row in rows("sentences")}
    assert len(private) >= 8
    for id, told in private.items():
        for config in ("events", "questions"):
            held_out = re.search(r"no event or question|no event, question", told)
            assert not (held_out and id in evidence(config)), (id, config)
    repeated = {row["sentence_id"] for row in rows("mentions")} & set(private)
    assert repeated
    assert "`mentions` repeats the text of those" in TEXT


@pytest.mark.parametrize("words", ["出柜", "妻子", "另一半", "犹太", "间谍", "遗孀"])
def test_no_claim_and_no_entity_repeats_a_private_fact(words: str) -> None:
    statements = [row[side]["zh_hans"] for row in rows("claims") for side in ("premise", "hypothesis")]
    assert not [text for text in statements if words in text]
    assert not [row["id"] for row in rows("entities") if words in json.dumps(row, ensure_ascii=False)]
    asked = [row["question"]["zh_hans"] + "".join(row["choices"]["zh_hans"]) for row in rows("questions")]
    assert not [text for text in asked if words in text]


@pytest.mark.parametrize("citation", [None, {"title": "Lighthouses", "version": "1.0", "authors": []}])
def test_each_placeholder_of_a_card_of_a_corpus_is_filled_with_its_own_text(citation: Any) -> None:
    card = "---\nlicense: mit\n---\n<!-- duizhao:counts -->\n<!-- duizhao:rows articles -->\n"
    if citation:
        card += "<!-- duizhao:citation -->\n"
    report = {"rows": {"articles": 1234}}
    made = make_sharded_card(card, "x", report, {"articles": "0" * 64}, {}, ["parquet"], citation)
    _, body = split_card(made)
    assert "| `articles` | 1234 |" in body
    assert "\n1,234\n" in body
    assert body.count("```bibtex") == bool(citation)


def test_the_card_shows_the_citation_that_is_shipped() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    shipped = (ROOT / "dataset" / "README.md").read_text(encoding="utf-8")
    assert f"  version = {{{citation['version']}}}," in shipped
    assert (ROOT / "dataset" / "CITATION.cff").read_bytes() == (ROOT / "CITATION.cff").read_bytes()
