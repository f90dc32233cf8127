"""``docs/errata.py`` names each row that differs between two releases, and no other."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from conftest import ROOT

sys.path.insert(0, str(ROOT / "docs"))
import errata  # type: ignore[import-not-found]


def release(folder: Path, **configs: list[dict[str, Any]]) -> Path:
    for config, rows in configs.items():
        path = folder / config / "test.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return folder


def row(key: str, en: str = "One two.", **more: Any) -> dict[str, Any]:
    return {"id": key, "zh_hant": "計劃", "en": en, "bead": "1-1", "en_spans": [[0, 8]], **more}


def test_a_changed_row_is_named_with_its_words_and_an_equal_row_is_not(tmp_path: Path) -> None:
    old = release(tmp_path / "old", sentences=[row("a:s1", "The US | law."), row("a:s2"), row("a:s3")])
    new = release(
        tmp_path / "new",
        sentences=[
            row("a:s1", "The U.S. | law."),
            row("a:s2", en_spans=[[5, 13]]),
            row("a:s3", zh_hant="計畫"),
        ],
    )
    text = errata.compare(old, new)
    assert "| a:s1 | en | US → U.S. | translation: chrF " in text
    assert "| a:s3 | zh_hant | 計劃 → 計畫 | conversion, translation into Traditional |" in text
    assert "a:s2" not in text
    assert "1 of 3 rows changed" in text


def test_rows_that_are_gone_or_new_are_named(tmp_path: Path) -> None:
    old = release(tmp_path / "old", claims=[{"id": "claim-1", "label": "neutral"}])
    new = release(tmp_path / "new", claims=[{"id": "claim-2", "label": "neutral"}])
    text = errata.compare(old, new)
    assert "| claim-1 | | removed; the id is not given again | not asked any more |" in text
    assert "| claim-2 | | new | asked for the first time |" in text


def test_evidence_changes_with_its_sentences_and_not_with_their_wording(tmp_path: Path) -> None:
    part = {"sentence_id": "a:s1", "en": "One."}
    old = release(tmp_path / "old", events=[{"id": "x", "evidence": [part]}, {"id": "y", "evidence": [part]}])
    more = [part, {"sentence_id": "a:s2", "en": "Two."}]
    new = release(
        tmp_path / "new",
        events=[{"id": "x", "evidence": [{**part, "en": "1."}]}, {"id": "y", "evidence": more}],
    )
    text = errata.compare(old, new)
    assert "| y | evidence | adds a:s2 | evidence: other sentences count |" in text
    assert "| x |" not in text


def test_a_new_field_is_told_once_and_not_row_by_row(tmp_path: Path) -> None:
    old = release(tmp_path / "old", claims=[{"id": "claim-1", "label": "neutral", "gone": 1}])
    new = release(tmp_path / "new", claims=[{"id": "claim-1", "label": "neutral", "context": "TIME"}])
    text = errata.compare(old, new)
    assert "New fields: `context`." in text
    assert "Fields that are gone: `gone`." in text
    assert "| claim-1 |" not in text


def test_marks_of_markdown_are_escaped(tmp_path: Path) -> None:
    old = release(tmp_path / "old", sentences=[row("a:s1", "One | two.")])
    new = release(tmp_path / "new", sentences=[row("a:s1", "One * two.")])
    assert r"\| → \*" in errata.compare(old, new)


def test_long_changes_are_counted_and_short_ones_are_shown() -> None:
    assert errata.describe("He is to go now.", "He will go now.") == "is to → will"
    assert errata.describe("He goes.", "He goes there.") == "adds there"
    assert errata.describe("a b c d e f g h i j", "k l m n o p q r s t") == "reworded (10 of 10 words)"
    assert errata.describe_characters("在硅谷的", "在矽谷的") == "在硅谷 → 在矽谷"


def test_writing_keeps_what_stands_before_the_marker_and_twice_is_once(tmp_path: Path) -> None:
    old = release(tmp_path / "old", sentences=[row("a:s1")])
    new = release(tmp_path / "new", sentences=[row("a:s1", "One three.")])
    page = tmp_path / "ERRATA.md"
    page.write_text(f"# Errata\n\nWhy.\n\n{errata.MARKER}\nold tables\n", encoding="utf-8")
    errata.main(old, new, page)
    once = page.read_text(encoding="utf-8")
    errata.main(old, new, page)
    assert page.read_text(encoding="utf-8") == once
    assert once.startswith("# Errata\n\nWhy.\n\n")
    assert "two → three" in once and "old tables" not in once
