"""Pairing of documents on small ones written for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conftest import Run
from duizhao.alignment.documents import Candidate, DocumentPair, linked, pair_documents
from duizhao.alignment.pairing import format_pairs, format_sources, summarize_pairs
from duizhao.alignment.tokens import shared_tokens
from duizhao.builder import build_release
from duizhao.cli import pair

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ZH = {
    "图书馆.txt": "青川市新图书馆周六开放\n\n经过四年施工，青川市图书馆新馆将于6月14日正式对公众开放。新馆总面积3.2万平方米，藏书约180万册。"
    "馆长林若兰说，她希望它成为市民的客厅。儿童阅览区将免费开放到晚上九点。\n",
    "蛋糕.txt": "巧克力蛋糕\n\n把蛋清轻轻拌入面糊。烤三十五分钟。蛋糕在模具里放凉以后再倒出来。同时用一勺糖把奶油打发。草莓切片，留下几颗。\n",
    "铁路.txt": "高铁提速\n\n国铁集团宣布，G79次列车从北京到广州的时间缩短到7小时38分钟。新时刻表4月10日起实行。旅客可以在12306网站上买票。\n",
    "潜水.txt": "潜水员守则\n\n下水以前检查氧气瓶。任何时候都不要独自潜水。上升时每分钟不得超过九米。\n",
}
EN = {
    "railway.txt": "Faster Trains\n\nThe national railway announced that train G79 from Beijing to Guangzhou "
    "will take 7 hours and 38 minutes. The new timetable starts on April 10. Passengers can buy tickets on "
    "the 12306 website.\n",
    "library.txt": "Qingchuan's New Library Opens Saturday\n\nAfter four years of construction, the new "
    "Qingchuan city library opens to the public on June 14. It covers 32,000 square meters and holds about "
    "1.8 million volumes. Lin Ruolan, the director, wants it to be the living room of the city. The "
    "children's reading area is free of charge until nine in the evening.\n",
    "cake.txt": "Chocolate Cake\n\nFold the egg whites gently into the batter. Bake for thirty-five minutes. "
    "Let the cake cool in the tin before you turn it out. Meanwhile whip the cream with a spoonful of sugar. "
    "Slice the strawberries and set a few aside.\n",
    "tax.txt": (
        "Tax Return\n\nFile your return before the end of May. Keep all receipts for ten years. The "
        "office may ask for them.\n"
    ),
}


def sentences(texts: dict[str, str]) -> list[list[str]]:
    from duizhao.alignment import split_text

    return [
        list(split_text(text, "zh" if texts is ZH else "en", name).sentences) for name, text in texts.items()
    ]


def test_documents_find_their_translations_and_the_rest_stays_alone() -> None:
    found = pair_documents(sentences(ZH), sentences(EN))
    assert [(one.zh, one.en) for one in found] == [(0, 1), (1, 2), (2, 0), (3, None), (None, 3)]
    assert all(0.5 <= one.score <= 1 for one in found)


def test_every_document_is_told_once_also_where_a_side_is_empty() -> None:
    assert pair_documents([], []) == []
    assert pair_documents([["好。"]], []) == [DocumentPair(0, None, 1.0)]
    assert pair_documents([], [["Good."], []]) == [DocumentPair(None, 0, 1.0), DocumentPair(None, 1, 1.0)]


def test_an_equal_rival_lowers_the_score() -> None:
    weights = {
        "likeness": {"topic": 10.0, "constant": -5.0},
        "competition": {"likeness": 1.0, "margin": 1.0, "constant": 0.0},
    }
    lone = [Candidate(0, 0, {"topic": 0.7})]
    rivals = [*lone, Candidate(0, 1, {"topic": 0.7})]
    assert linked(rivals, 1, 2, weights)[0].score < linked(lone, 1, 1, weights)[0].score


def test_numbers_words_and_months_are_the_same_token_in_both_languages() -> None:
    assert shared_tokens("第一百二十六条，5月，GPT-4，1,200元") >= {"126", "5", "gpt", "4", "1200"}
    assert shared_tokens("Article 126 of May, in twelve parts, with GPT") >= {"126", "5", "12", "gpt"}
    assert shared_tokens("二〇二三年") >= {"2023"}
    assert shared_tokens("一" * 100_000)  # no number that Python refuses to write


def test_pairs_as_a_table_and_as_sources() -> None:
    pairs = [DocumentPair(0, 1, 0.98), DocumentPair(1, None, 0.7), DocumentPair(None, 0, 0.9)]
    zh, en = ["甲\t.txt", "乙.txt"], ["a.txt", 'b "x".txt']
    assert format_pairs(pairs, zh, en).splitlines() == [
        "zh\ten\tscore",
        '甲 .txt\tb "x".txt\t0.98',
        "乙.txt\t\t0.7",
        "\ta.txt\t0.9",
    ]
    written = tomllib.loads(format_sources(pairs, zh, en))
    assert written == {
        "alone": ["en/a.txt"],
        "article": [
            {"id": 'b-"x"', "file": "zh/甲\t.txt", "en": 'en/b "x".txt'},
            {"id": "乙", "file": "zh/乙.txt"},
        ],
    }
    assert summarize_pairs(pairs) == (
        "1 pair, none below 0.9; without counterpart: 1 Chinese and 1 English documents"
    )


def test_only_pairs_that_are_doubtful_are_to_be_checked() -> None:
    sure, doubtful = DocumentPair(0, 0, 0.95), DocumentPair(1, 1, 0.5)
    assert summarize_pairs([sure, doubtful]).startswith("2 pairs, 1 below 0.9: check it; ")
    assert summarize_pairs([sure, doubtful, doubtful]).startswith("3 pairs, 2 below 0.9: check these; ")


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for lang, texts in (("zh", ZH), ("en", EN)):
        (tmp_path / lang).mkdir()
        for name, text in texts.items():
            (tmp_path / lang / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_what_pair_writes_is_what_build_reads(run: Run, folders: Path) -> None:
    done = run("pair", "zh", "en", "--out", "sources.toml", cwd=folders)
    assert done.returncode == 0, done.stderr
    assert "3 pairs" in done.stderr
    articles = tomllib.loads((folders / "sources.toml").read_text(encoding="utf-8"))["article"]
    assert {one["id"]: one["file"] for one in articles if "en" in one} == {
        "library": "zh/图书馆.txt",
        "cake": "zh/蛋糕.txt",
        "railway": "zh/铁路.txt",
    }


def test_the_id_of_a_pair_is_the_path_below_the_folder_and_no_id_is_given_twice() -> None:
    zh = ["faq.md", "guide/faq.md", "guide-faq.md", "en.md"]
    en = ["faq.md", "guide/faq.md", "guide-faq.md"]
    pairs = [*(DocumentPair(number, number, 0.95) for number in range(3)), DocumentPair(3, None, 0.9)]
    rows = tomllib.loads(format_sources(pairs, zh, en, ("docs/zh", ".")))["article"]
    assert [row["id"] for row in rows] == ["faq", "guide-faq", "guide-faq-2", "en"]
    assert (rows[1]["file"], rows[1]["en"]) == ("docs/zh/guide/faq.md", "guide/faq.md")


def test_pair_reads_subfolders_and_build_reads_what_it_wrote(
    folders: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for lang, names in (("zh", ("图书馆.txt", "蛋糕.txt")), ("en", ("library.txt", "cake.txt"))):
        (folders / lang / "guide").mkdir()
        for name in names:
            (folders / lang / name).rename(folders / lang / "guide" / name)
    raw = folders / "manual"
    raw.mkdir()
    for lang in ("zh", "en"):
        (folders / lang).rename(raw / lang)
    monkeypatch.chdir(folders)
    pair(Path("manual/zh"), Path("manual/en"), Path("manual/sources.toml"), "default")
    assert capsys.readouterr().err.splitlines()[-1] == "Next: duizhao build manual --out dataset"
    assert tomllib.loads((raw / "sources.toml").read_text(encoding="utf-8"))["alone"] == ["en/tax.txt"]
    built = build_release(raw, folders / "dataset")
    assert [(row["id"], row["en_path"]) for row in built.records["articles"]] == [
        ("guide-cake", "en/guide/cake.txt"),
        ("guide-library", "en/guide/library.txt"),
        ("railway", "en/railway.txt"),
        ("潜水", None),
    ]
    assert [one.id for one in built.findings if one.id == "skipped-file"] == []
    assert [(one.source, one.reason) for one in built.rejected] == [("en/tax.txt", "skipped-file")]
