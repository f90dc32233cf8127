from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from conftest import ROOT
from duizhao.builder import Built
from duizhao.errors import Finding, Rejection
from duizhao.process import shorten as shorten_message
from duizhao.release.manifest import Layout
from duizhao.report.findings import FIXES, list_fatal, list_warnings
from duizhao.report.tables import Table, by_category, overview, removed
from duizhao.report.terminal import (
    _duration,
    make_report,
    print_contents,
    print_duplicates,
    print_findings,
    print_summary,
    print_tables,
    progress_lines,
    removed_counts,
    shorten,
    tell_next,
    wrap,
)
from duizhao.schema import Record

ARTICLES = 300


def sentence(article: str, en: str | None = "One.", score: float | None = 0.5) -> Record:
    return {"article_id": article, "zh_hans": "一。", "en": en, "score": score}


def block(article: str, label: str, length: int, category: str | None = None) -> Record:
    return {
        "article_id": article,
        "language": "zh",
        "label": label,
        "category": category,
        "raw_start": 0,
        "raw_end": length,
    }


def corpus(count: int = ARTICLES, name: str = "article-{}") -> dict[str, list[Record]]:
    """Articles of one row, with 10 characters kept, 3 removed and 2 of markup each."""
    ids = [name.format(number) for number in range(count)]
    parts = (("keep", 10, None), ("drop", 1, "image"), ("drop", 2, "share_call"), ("markup", 2, None))
    return {
        "sentences": [sentence(id) for id in ids],
        "articles": [{"id": id} for id in ids],
        "blocks": [block(id, label, length, category) for id in ids for label, length, category in parts],
    }


def warnings(count: int, id: str = "number-mismatch") -> list[Finding]:
    return [
        Finding(id, 4, f"a:s{number:05}", "en", f"{number} 只在中文里，" + "很长的说明" * 30)
        for number in range(count)
    ]


def level_4() -> Iterator[str]:
    """Ids of all findings of level 4 in the code."""
    for path in sorted((ROOT / "src/duizhao").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts: list[ast.expr] = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding":
                fits = (
                    len(node.args) > 1 and isinstance(node.args[1], ast.Constant) and node.args[1].value == 4
                )
                parts = node.args if fits else []
            elif path.name == "bilingual.py" and isinstance(node, ast.Yield):
                parts = node.value.elts if isinstance(node.value, ast.Tuple) else []
            if parts and isinstance(parts[0], ast.Constant):
                yield str(parts[0].value)


def test_every_kind_of_level_4_says_how_it_is_mended() -> None:
    found = set(level_4())
    assert {"number-mismatch", "length-ratio", "nothing-kept", "skipped-file"} <= found
    assert found <= FIXES.keys()
    table = (ROOT / "docs/formats.md").read_text(encoding="utf-8").partition("## Findings of level 4")[2]
    assert sorted(re.findall(r"^\| `([a-z0-9-]+)` \|", table, re.MULTILINE)) == sorted(FIXES)


@pytest.mark.parametrize("name", ["article-{}", "一篇名字很长的文章" * 12 + "{}"], ids=["short", "long"])
def test_the_report_of_a_build_fits_80_columns_and_50_lines(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_summary(corpus(name=name), Path("out"))
    print_findings([*warnings(200), *warnings(100, "name-missing")])
    told = capsys.readouterr()
    lines = (told.out + told.err).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert name != "article-{}" or len(lines) <= 50
    assert "… and 280 more" in told.out
    assert told.out.count("文章") + told.out.count("article-") >= 20


def test_the_report_has_a_row_for_each_article_and_one_for_all(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(corpus(2), Path("out"))
    out = capsys.readouterr().out
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.splitlines() if "│" in line]
    assert rows == [
        ["article-0", "1", "10", "3", "100.0", "0.5"],
        ["article-1", "1", "10", "3", "100.0", "0.5"],
        ["all", "2", "20", "6", "100.0", "0.5"],
    ]
    assert "Removed characters: 6 (share call 4, image 2)\nout: 2 sentences, 2 articles, 8 blocks\n" in out


def test_verbose_shows_every_article_and_every_finding(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(corpus(), Path("out"), verbose=True)
    print_findings(warnings(200), verbose=True)
    told = capsys.readouterr()
    assert all(f"article-{number} " in told.out for number in range(ARTICLES))
    assert told.err.splitlines() == [str(finding) for finding in warnings(200)]


def test_an_article_without_english_has_no_score_and_a_removed_one_no_percentage() -> None:
    records = {
        "sentences": [sentence("a", None, None), sentence("a", None, None), sentence("b", "One.", 0.8)],
        "blocks": [block("a", "keep", 9), block("b", "keep", 4), block("empty", "drop", 5, "image")],
    }
    assert overview(records).rows == (
        ("a", 2, 9, 0, 0.0, ""),
        ("b", 1, 4, 0, 100.0, 0.8),
        ("empty", 0, 0, 5, "", ""),
        ("all", 3, 13, 5, 33.3, 0.8),
    )


def test_categories_are_summed_largest_first_and_kept_and_markup_are_not_removed() -> None:
    records = corpus(2)
    assert by_category(removed(records["blocks"])).rows == (
        ("kept", 20, 66.7),
        ("markup", 4, 13.3),
        ("share_call", 4, 13.3),
        ("image", 2, 6.7),
    )
    assert removed_counts(records) == {"share_call": 4, "image": 2}


def test_findings_of_level_4_are_grouped_with_count_example_fix_and_how_to_acknowledge() -> None:
    lines = list_warnings([*warnings(37), *warnings(1, "name-missing")])
    assert "Level 4 is a warning" in lines[0]
    assert "--strict" in lines[0]
    assert lines[1] == "number-mismatch: 37 findings"
    assert lines[2].startswith("  Example: a:s00000: en: 0 只在中文里")
    assert lines[3] == f"  Fix: {FIXES['number-mismatch']}"
    assert lines[4] == "name-missing: 1 finding"
    example = json.loads(lines[-1])
    assert set(example) == {"finding", "record", "reason"}
    assert "annotations/acknowledged.jsonl" in lines[-2]


def test_doubtful_characters_are_counted() -> None:
    told = "制台范" + "制" * 29
    findings = [
        Finding("doubtful-script", 4, f"a:s{n}", "zh_hant", f"{one} at {n} of") for n, one in enumerate(told)
    ]
    assert list_warnings(findings)[2] == "  By character: 制 30, 台 1, 范 1"
    many = [Finding("doubtful-script", 4, "a:s1", "zh_hant", f"{chr(0x4E00 + n)} at 1 of") for n in range(25)]
    assert list_warnings(many)[2].endswith(", and 5 others")
    assert not any("By character" in line for line in list_warnings(findings[:1]))


def test_a_finding_that_cannot_be_acknowledged_does_not_say_how() -> None:
    assert not any('"reason"' in line for line in list_warnings(warnings(1, "needless-acknowledgement")))


def test_a_kind_without_a_known_fix_is_shown_all_the_same() -> None:
    assert "new-kind: 2 findings" in list_warnings(warnings(2, "new-kind"))


def test_no_findings_say_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_findings([])
    assert capsys.readouterr().err == ""


def test_findings_that_make_a_release_invalid_are_shown_three_of_a_kind_and_all_are_counted() -> None:
    findings = [Finding("duplicate-id", 2, f"r{number}", "id", "stands\ntwice") for number in range(10)]
    lines = list_fatal([findings[0], Finding("bad-span", 3, "r", "raw_spans", "is wrong"), *findings[1:]])
    assert lines == [
        *(f"level 2 duplicate-id: r{number}: id: stands\\ntwice" for number in range(3)),
        "level 2 duplicate-id: … and 7 more; --verbose shows each",
        "level 3 bad-span: r: raw_spans: is wrong",
    ]
    assert list_fatal(warnings(5)) == []


def test_what_makes_a_release_invalid_fits_80_columns_and_each_is_on_one_line_if_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    findings = [Finding("bad-span", 3, f"r{n}", "raw_spans", "很长的说明" * 20) for n in range(5)]
    print_findings(findings)
    lines = capsys.readouterr().err.splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert sum(line.startswith("level 3 bad-span: r") for line in lines) == 3
    print_findings(findings, most=None)
    lines = capsys.readouterr().err.splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert sum(line.startswith("level 3 bad-span: r") for line in lines) == 5
    print_findings(findings, verbose=True)
    assert capsys.readouterr().err.splitlines() == [str(finding) for finding in findings]


def test_many_kinds_of_what_makes_a_release_invalid_fit_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    kinds = [f"kind-{letter}" for letter in "abcdefghijklmnopqrst"]
    for count in (5, 9, 20):
        findings = [Finding(kind, 3, f"r{n}", "f", "is wrong") for n in range(4) for kind in kinds[:count]]
        print_findings(findings)
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) <= 20
        told = sum(any(f" {kind}:" in line for line in lines) for kind in kinds[:count])
        assert told == count or lines[-1] == f"…: --verbose shows all {4 * count} findings"


def test_near_duplicates_have_tabs_and_in_a_terminal_two_lines_where_one_is_too_long(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = [("a", "b", 0.9), ("很长的名字" * 5, "另一个名字" * 5, 0.8)]
    print_duplicates(pairs)
    assert capsys.readouterr().out == f"0.900\ta\tb\n0.800\t{pairs[1][0]}\t{pairs[1][1]}\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    print_duplicates(pairs)
    assert capsys.readouterr().out == f"0.900\ta\tb\n0.800\t{pairs[1][0]}\n\t{pairs[1][1]}\n"


def test_a_build_without_english_shows_no_columns_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    records = corpus(2)
    print_summary({**records, "sentences": [sentence("article-0", None, None)]}, Path("out"))
    out = capsys.readouterr().out
    assert "English" not in out and "mean score" not in out
    print_summary(records, Path("out"))
    assert "English %" in capsys.readouterr().out


def test_an_error_of_many_long_lines_is_cut_to_20_lines_of_a_terminal() -> None:
    short, long = "a" * 80, "字" * 60
    assert shorten_message("\n".join([short] * 20)) == "\n".join([short] * 20)
    assert shorten_message("\n".join([short] * 21)).splitlines()[19] == (
        "… and 2 more lines like these; --debug shows all"
    )
    lines = shorten_message("\n".join([long] * 11)).splitlines()
    assert (len(lines), lines[-1]) == (10, "… and 2 more lines like these; --debug shows all")
    assert shorten_message("字" * 5000) == "字" * 5000


def test_a_title_that_is_wider_than_its_table_stays_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_tables([Table("t", "Warnings (findings of level 4)", ("a",), (("b",),))])
    assert capsys.readouterr().out.splitlines()[0] == "Warnings (findings of level 4)"


def test_the_json_report_has_every_article_and_every_finding() -> None:
    records = corpus()
    report = json.loads(make_report(records, warnings(200), Path("out")))
    assert report["release"] == "out"
    assert report["rows"] == {"sentences": ARTICLES, "articles": ARTICLES, "blocks": 4 * ARTICLES}
    assert len(report["articles"]) == ARTICLES
    assert report["articles"][7] == {
        "article": "article-7",
        "rows": 1,
        "kept": 10,
        "removed": 3,
        "english_percent": 100.0,
        "mean_score": 0.5,
    }
    assert report["all"]["removed"] == 3 * ARTICLES == sum(report["removed"].values())
    assert [Finding(**finding) for finding in report["findings"]] == warnings(200)
    records["sentences"] = [sentence("article-0", None, None)]
    assert json.loads(make_report(records, [], Path("out")))["articles"][0]["mean_score"] is None


def test_a_table_of_20_rows_is_whole_and_of_21_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    rows = tuple((f"r{number}", number) for number in range(21))
    assert shorten(Table("t", "T", ("a", "b"), rows[:20])) == list(rows[:20])
    assert shorten(Table("t", "T", ("a", "b"), rows)) == [*rows[:20], ("… and 1 more", "")]
    summed = Table("t", "T", ("a", "b"), (*rows, ("all", 210)), total=True)
    assert shorten(summed) == [*rows[:20], ("… and 1 more", ""), ("all", 210)]
    print_tables([summed])
    assert "… and 1 more" in capsys.readouterr().out
    print_tables([summed], verbose=True)
    assert "more" not in capsys.readouterr().out


def test_markup_of_rich_and_control_characters_in_a_name_are_shown_as_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_tables([Table("t", "[bold]T", ("[red]a",), (("[link]x\x1b[2J",),))])
    out = capsys.readouterr().out
    assert "[link]x\\x1b[2J" in out
    assert "[red]a" in out
    assert "\x1b" not in out


def test_wrapped_lines_keep_every_character() -> None:
    for text in ("a" * 200, "很长的说明" * 30, "  Fix: " + "word " * 40, "short", ""):
        lines = wrap(text)
        assert max(map(cell_len, lines)) <= 80
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_progress_into_a_log_has_a_line_every_five_seconds_with_rate_and_time_left() -> None:
    times = iter([0.0, 2.0, 6.0, 7.0, 12.0, 600.0, 601.0])
    lines: list[str] = []
    tick = progress_lines(lines.append, clock=lambda: next(times))
    for done in (0, 1, 3, 4, 6, 200, 300):
        tick(f"article-{done}", done, 300)
    assert lines == [
        "3 of 300 articles, 0.5 a second, 10 min left; now article-3",
        "6 of 300 articles, 0.5 a second, 10 min left; now article-6",
        "200 of 300 articles, 0.33 a second, 5 min left; now article-200",
    ]


def test_progress_of_a_slow_first_article_says_no_rate() -> None:
    times = iter([0.0, 100.0])
    lines: list[str] = []
    tick = progress_lines(lines.append, clock=lambda: next(times))
    tick("a", 0, 10)
    tick("a", 0, 10)
    assert lines == []


def test_a_build_tells_its_splits_its_columns_and_what_it_did_not_release(
    capsys: pytest.CaptureFixture[str],
) -> None:
    records = corpus(3, "a{}")
    homes = {"a0": "train", "a1": "train", "a2": "test"}
    rejected = [Rejection("a1", None, "a1.md", None, reason, "-") for reason in ("b", "a", "b")]
    print_contents(Built(records, (), Layout(("train", "test"), frozenset(), homes), rejected), Path("out"))
    assert capsys.readouterr().out.splitlines() == [
        "Splits: train 2 articles, 2 sentences; test 1 article, 1 sentence",
        "Not released: 3 files (a 1, b 2); see out/rejected.jsonl",
    ]
    for layout, unread, told in (
        (
            Layout(absent=frozenset({"en"})),
            (),
            "no article has English (--columns zh_hans,zh_hant,en keeps it)",
        ),
        (Layout(absent=frozenset({"zh_hant"})), (), "Without the column zh_hant"),
        (
            Layout(absent=frozenset({"en"})),
            ("en/a.md",),
            "Not read, because --columns leaves en out: 1 English",
        ),
    ):
        print_contents(Built(records, (), layout, (), unread), Path("out"))
        assert told in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(("seconds", "told"), [
    (0.4, "0 s"), (59, "59 s"), (60, "1 min"), (3569, "59 min"), (3600, "1 h 0 min"), (12_000, "3 h 20 min"),
])  # fmt: skip
def test_times_are_told_in_seconds_minutes_and_hours(seconds: float, told: str) -> None:
    assert _duration(seconds) == told


@pytest.mark.parametrize(("out", "there", "told"), [
    (None, False, "Next, to build them: duizhao pair m/zh m/en --out m/sources.toml"),
    (None, True, "Next: name the English file of each article as en in m/sources.toml, then duizhao build m"),
    ("m/sources.toml", True, "Next: duizhao build m --out dataset"),
    ("x.toml", False, "Next: move x.toml to m/sources.toml, then duizhao build m --out dataset"),
    ("x.toml", True, "Next: take over into m/sources.toml what you need of x.toml, then duizhao build m"),
])  # fmt: skip
def test_pair_tells_the_command_that_comes_next(
    out: str | None, there: bool, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m").mkdir()
    if there:
        (tmp_path / "m" / "sources.toml").touch()
    assert tell_next(Path("m/zh"), Path("m/en"), Path("m"), Path(out) if out else None).startswith(told)
