"""Names of files: language tags, and files that stand beside articles."""

from __future__ import annotations

from pathlib import Path

import pytest

from duizhao.errors import DuizhaoError
from duizhao.inventory import take_inventory, write_inventory
from duizhao.sources import find_skipped, find_sources
from duizhao.sources.aside import why_no_article
from duizhao.sources.tags import bare_stem, language_of

CHINESE = "# 灯塔\n\n今天的会议在上海举行，大家都来了。\n"
ENGLISH = "# The lighthouse\n\nThe meeting is held in Shanghai today, and all came.\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def sides(raw: Path, *, every: bool = False) -> list[tuple[str, str | None]]:
    return [(zh.name, en.name if en else None) for zh, en in find_sources(raw, every=every)]


def skipped(raw: Path) -> dict[str, str]:
    return {finding.record: finding.message for finding in find_skipped(raw, find_sources(raw))}


@pytest.mark.parametrize(
    "stem, bare, language",
    [
        ("a.zh", "a", "zh"), ("README.zh-CN", "README", "zh"), ("a_zh_Hans", "a", "zh"), ("a-cn", "a", "zh"),
        ("a.zh-Hant-HK", "a", "zh"), ("a.en", "a", "en"), ("a.b.en-US", "a.b", "en"), ("a_EN", "a", "en"),
        ("a", "a", None), ("zh", "", "zh"), ("zh-CN", "", "zh"), ("EN_us", "", "en"), ("open", "open", None),
        ("a.zhou", "a.zhou", None),
        ("kitchen", "kitchen", None), ("a.english", "a.english", None),
        ("encn", "encn", None), (".en", ".en", None), ("tw", "tw", None),
    ],
)  # fmt: skip
def test_a_language_tag_is_known_at_the_end_of_a_name(stem: str, bare: str, language: str | None) -> None:
    assert (bare_stem(stem), language_of(stem)) == (bare, language)


@pytest.mark.parametrize(
    "chinese, english",
    [
        ("index.zh.md", "index.en.md"), ("a.zh-CN.md", "a.en-US.md"), ("a.md", "a.en.md"),
        ("a.zh.md", "a.md"),
        ("README.zh-CN.md", "README.md"), ("a_cn.txt", "a_en.md"), ("zh/a.zh.md", "zh/a.en.md"),
        ("README.md", "README.en.md"), ("README.md", "README-EN.md"), ("readme.txt", "readme_en.md"),
        ("zh/README.md", "zh/README.en.md"), ("cn.md", "en.md"), ("zh-CN.md", "en-US.md"),
        ("ZH.txt", "En.md"),
        ("zh/a.zh.md", "en/a.en.md"), ("zh/a.zh-Hans.md", "en/a.md"), ("zh/a.md", "en/a.en.md"),
    ],
)  # fmt: skip
def test_names_that_differ_in_their_tags_are_two_sides(chinese: str, english: str, tmp_path: Path) -> None:
    raw = write(tmp_path / "raw", {chinese: CHINESE, english: ENGLISH})
    assert sides(raw) == [(chinese, english)]
    assert skipped(raw) == {}
    write_inventory(raw, tmp_path / "CARD.md", take_inventory(raw))
    assert f"English: {english}" in (raw / "sources.toml").read_text(encoding="utf-8")
    assert sides(raw) == [(chinese, english)]


def test_of_several_chinese_files_the_simplified_one_has_the_english_side(tmp_path: Path) -> None:
    raw = write(tmp_path, {"a.zh-TW.md": CHINESE, "a.zh.md": CHINESE, "a.en.md": ENGLISH})
    assert set(sides(raw)) == {("a.zh.md", "a.en.md"), ("a.zh-TW.md", None)}


def test_a_file_without_a_tag_has_the_english_side_before_one_in_traditional_chinese(tmp_path: Path) -> None:
    raw = write(tmp_path, {"a.zh-TW.md": CHINESE, "a.md": CHINESE, "a.en.md": ENGLISH})
    assert set(sides(raw)) == {("a.md", "a.en.md"), ("a.zh-TW.md", None)}
    (raw / "a.md").write_text(ENGLISH, encoding="utf-8")
    assert ("a.zh-TW.md", "a.en.md") in sides(raw)


def test_a_chinese_readme_with_an_english_one_is_an_article_beside_others(tmp_path: Path) -> None:
    files = {"README.md": CHINESE, "README-EN.md": ENGLISH, "README.html": "<p>", "a.md": CHINESE}
    raw = write(tmp_path, {**files, "LICENSE": ENGLISH})
    assert sides(raw) == [("README.md", "README-EN.md"), ("a.md", None)]
    assert skipped(raw) == {}


def test_init_pairs_readmes_and_names_that_are_only_a_tag_below_folders(tmp_path: Path) -> None:
    files = {"b/README.md": CHINESE, "b/README.en.md": ENGLISH, "c/zh.md": CHINESE, "c/en.md": ENGLISH}
    raw = write(tmp_path / "raw", {**files, "c/README.md": CHINESE, "d/en.md": CHINESE})
    found = [("b/README.md", "b/README.en.md"), ("c/zh.md", "c/en.md"), ("d/en.md", None)]
    assert sides(raw, every=True) == found
    write_inventory(raw, tmp_path / "CARD.md", take_inventory(raw))
    assert sides(raw) == found
    assert skipped(raw) == {}


def test_only_a_file_whose_article_has_an_english_side_is_said_to_be_a_second_one(tmp_path: Path) -> None:
    listing = '[[article]]\nfile = "sub/b.md"\n'
    raw = write(tmp_path, {"sub/b.md": CHINESE, "sub/a.en.md": ENGLISH, "sources.toml": listing})
    assert "sources.toml does not name it" in skipped(raw)["sub/a.en.md"]


def test_texts_in_folders_below_are_told_only_where_there_are_some(tmp_path: Path) -> None:
    raw = write(tmp_path, {"a.en.md": ENGLISH, "sources.toml": 'alone = ["a.en.md"]\n'})
    with pytest.raises(DuizhaoError, match="no articles; put files"):
        find_sources(raw)
    write(raw, {"sub/b.md": CHINESE})
    with pytest.raises(DuizhaoError, match="texts in folders below"):
        find_sources(raw)


def test_files_without_a_counterpart_are_articles_as_before(tmp_path: Path) -> None:
    names = {"a.en.md": ENGLISH, "b.zh.md": CHINESE, "c.md": CHINESE, "d.md": CHINESE, "d.zh.md": CHINESE}
    raw = write(tmp_path, {**names, "README.md": CHINESE, "README.zh-TW.md": CHINESE})
    found = sorted(sides(raw))
    assert found == sorted((name, None) for name in [*names, "README.zh-TW.md"])


def test_a_tagged_file_gives_way_to_the_one_in_en_and_is_named(tmp_path: Path) -> None:
    raw = write(tmp_path, {"a.md": CHINESE, "a.en.md": ENGLISH, "en/a.md": ENGLISH})
    assert sides(raw) == [("a.md", "en/a.md")]
    assert "another file is the English side" in skipped(raw)["a.en.md"]


def test_init_pairs_by_tags_below_folders(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw", {"guide/use.zh.md": CHINESE, "guide/use.en.md": ENGLISH})
    assert sides(raw, every=True) == [("guide/use.zh.md", "guide/use.en.md")]
    write_inventory(raw, tmp_path / "CARD.md", take_inventory(raw))
    assert 'en = "guide/use.en.md"' in (raw / "sources.toml").read_text(encoding="utf-8")
    assert sides(raw) == [("guide/use.zh.md", "guide/use.en.md")]


REDIRECT = '<html><head><title>x</title><meta http-equiv="refresh" content="0; url=b.html"></head>{}</html>'
SUMMARY = "# 目录\n\n* [前言](README.md)\n* [第一章](a.md)\n  * [灯](b.md)\n\n## 附录\n\n- [后记](c.md)\n"


def test_pages_that_hold_nothing_are_passed_over_and_named(tmp_path: Path) -> None:
    pages = {
        "b.html": REDIRECT.format(""),
        "c.html": REDIRECT.format('<body><p>正在跳转到<a href="b.html">新的地址</a></p></body>'),
        "d.htm": "<html><head><title>灯塔</title></head><body>\n<!-- 空 --></body></html>",
        "en/e.html": REDIRECT.format(""),
    }
    raw = write(tmp_path, {"a.md": CHINESE, **pages})
    assert sides(raw) == [("a.md", None)]
    assert set(skipped(raw)) == set(pages)
    assert all("page without text" in message for message in skipped(raw).values())


@pytest.mark.parametrize(
    "page",
    [
        REDIRECT.format("<body><p>" + "今天的会议在上海举行，大家都来了。" * 9 + "</p></body>"),
        "<html><body><p>灯</p></body></html>",
        "<html><body><script>write(text)</script></body></html>",
        "",
    ],
)
def test_pages_that_may_hold_something_are_read(page: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    assert why_no_article(tmp_path / "a.html") is None
    assert sides(tmp_path) == [("a.html", None)]


def test_the_contents_of_a_book_are_no_article(tmp_path: Path) -> None:
    raw = write(tmp_path, {"a.md": CHINESE, "SUMMARY.md": SUMMARY, "_sidebar.md": SUMMARY})
    assert sides(raw) == [("a.md", None)]
    assert all("list of links" in message for message in skipped(raw).values())
    assert set(skipped(raw)) == {"SUMMARY.md", "_sidebar.md"}


def test_a_summary_with_sentences_and_a_list_of_links_of_another_name_are_articles(tmp_path: Path) -> None:
    raw = write(tmp_path, {"summary.md": CHINESE + SUMMARY, "links.md": SUMMARY})
    assert sides(raw) == [("links.md", None), ("summary.md", None)]


def test_what_sources_toml_names_is_read_all_the_same(tmp_path: Path) -> None:
    listing = '[[article]]\nfile = "SUMMARY.md"\n\n[[article]]\nfile = "b.html"\n'
    raw = write(tmp_path, {"SUMMARY.md": SUMMARY, "b.html": REDIRECT.format(""), "sources.toml": listing})
    assert sides(raw) == [("SUMMARY.md", None), ("b.html", None)]


@pytest.mark.parametrize(
    "name, text, told",
    [
        ("README.md", CHINESE, "README.md is passed over for its name: rename it"),
        ("b.html", REDIRECT.format(""), "b.html is passed over as a page without text"),
        ("notes.toml", "x = 1", "put files that end in"),
    ],
)
def test_a_folder_without_articles_says_what_was_passed_over(
    name: str, text: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(DuizhaoError, match=told) as error:
        find_sources(write(tmp_path, {name: text}))
    assert error.value.id == "no-articles"
