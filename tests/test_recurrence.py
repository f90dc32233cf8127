"""Near-duplicates and repeated paragraphs, on texts written for these tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from duizhao.cleaning import choose_bands, count_paragraphs, find_near_duplicates, sketch_text
from duizhao.cleaning.recurrence import source_of
from duizhao.errors import DuizhaoError
from duizhao.text.document import Document, make_document

STORY = "".join(
    f"第{number}天，船长在日志里写道：风向{'东南西北'[number % 4]}，航程{number * 17}海里，淡水还够{90 - number}日。"
    for number in range(40)
)
OTHER = "".join(
    f"{number}号房的客人昨夜没有回来，桌上留着{number + 2}只杯子和一张写了一半的明信片。"
    for number in range(40)
)


def documents(*texts: str) -> list[Document]:
    return [make_document(f"d{number}", text) for number, text in enumerate(texts)]


def test_republished_article_is_named() -> None:
    found = find_near_duplicates(documents(STORY, OTHER, "转载：航海日志\n" + STORY + "\n责任编辑：某人"))
    assert [(left, right) for left, right, _ in found] == [("d0", "d2")]
    assert 0.8 <= found[0][2] <= 1


def test_different_articles_are_not() -> None:
    assert find_near_duplicates(documents(STORY, OTHER)) == []


def test_same_documents_give_the_same_pairs() -> None:
    assert (
        find_near_duplicates(documents(STORY, STORY))
        == find_near_duplicates(documents(STORY, STORY))
        == [("d0", "d1", 1.0)]
    )


def test_paragraphs_are_counted_once_an_article() -> None:
    statistics = count_paragraphs(
        documents("甲\n\n同一句话在这里", "乙\n\n同一句话在这里\n\n同一句话在这里", "丙\n\n另一句话在那里")
    )
    assert statistics.articles == 3
    assert sorted(statistics.counts.values()) == [2, 3]  # the line, and the articles of the source


def test_few_articles_prove_nothing() -> None:
    statistics = count_paragraphs(documents(*[f"{number}\n\n同一句话在这里" for number in range(4)]))
    assert not statistics.repeated("", "同一句话在这里")


def test_five_articles_do_also_where_dates_and_figures_differ() -> None:
    statistics = count_paragraphs(
        documents(
            *[f"{number}号\n\n本文于2024年5月{number}日发布，阅读 {number}00 次" for number in range(5)]
        )
    )
    assert statistics.repeated("", "本文于2023年12月31日发布，阅读1次")
    assert not statistics.repeated("", "只出现一次的话")


def test_lines_of_one_source_say_nothing_of_another() -> None:
    statistics = count_paragraphs(
        make_document(
            f"d{number}", f"{number}号\n\n同一句话在这里", name=f"{'甲乙'[number < 5]}/{number}.txt"
        )
        for number in range(9)
    )
    assert statistics.repeated("乙", "同一句话在这里") and not statistics.repeated("甲", "同一句话在这里")


def test_a_first_pass_remembers_no_more_lines_than_it_may_and_still_finds_what_recurs() -> None:
    texts = [f"题{number}\n\n同一句话在这里\n\n" + "\n\n".join(_words(number, 40)) for number in range(60)]
    statistics = count_paragraphs(documents(*texts), capacity=200)
    assert len(statistics.counts) <= 200
    assert statistics.repeated("", "同一句话在这里")


def _words(seed: int, count: int) -> list[str]:
    return [
        f"柿子{chr(0x4E00 + seed * 41 + step)}和{chr(0x5E00 + seed * 43 + step)}" for step in range(count)
    ]


def test_a_pair_that_just_reaches_the_threshold_is_named() -> None:
    [(_, _, similarity)] = find_near_duplicates(documents(STORY, STORY + OTHER[:400]), threshold=0.5)
    assert 0.5 < similarity < 1
    for threshold, found in ((similarity, 1), (similarity + 0.0001, 0)):
        assert len(find_near_duplicates(documents(STORY, STORY + OTHER[:400]), threshold)) == found


def test_threshold_out_of_range() -> None:
    with pytest.raises(DuizhaoError, match="allowed: above 0"):
        find_near_duplicates([], threshold=0)


def test_the_bands_of_a_sketch_fit_into_it_and_grow_with_the_threshold() -> None:
    pytest.importorskip("datasketch", reason="needs the extra [corpus]")
    (loose, few), (strict, many) = choose_bands(0.5), choose_bands(0.8)
    assert max(loose * few, strict * many) <= 128
    assert loose > strict
    assert few < many


def test_the_estimate_is_near_the_share_of_common_shingles() -> None:
    pytest.importorskip("datasketch", reason="needs the extra [corpus]")

    def shingles(text: str) -> set[str]:
        return {text[place : place + 5] for place in range(len(text) - 4)}

    for cut in (0, 60, 150, 300, 600):
        changed = STORY[cut:] + OTHER[:cut]
        share = len(shingles(STORY) & shingles(changed)) / len(shingles(STORY) | shingles(changed))
        sketches = [np.frombuffer(sketch_text(text), dtype="<u4") for text in (STORY, changed)]
        assert float((sketches[0] == sketches[1]).mean()) == pytest.approx(share, abs=0.12)
    assert (len(sketch_text(STORY)), sketch_text(" \n")) == (512, b"")


def test_the_bands_for_the_usual_threshold_are_those_that_the_manual_names() -> None:
    pytest.importorskip("datasketch", reason="needs the extra [corpus]")
    assert choose_bands(0.8) == (14, 9)


def test_a_line_in_two_of_five_articles_is_an_authors_and_in_three_the_sources() -> None:
    def repeated(times: int) -> bool:
        texts = [f"{number}号\n\n正文{'甲乙丙丁戊'[number]}" for number in range(5)]
        texts = [text + "\n\n同一句话在这里" * (number < times) for number, text in enumerate(texts)]
        return count_paragraphs(documents(*texts)).repeated("", "同一句话在这里")

    assert not repeated(2)
    assert repeated(3)


@pytest.mark.parametrize(("articles", "copies", "repeated"), [
    (5, 2, False), (5, 3, True), (79, 3, True), (80, 3, False), (80, 4, True),
])  # fmt: skip
def test_a_line_recurs_in_three_articles_or_in_one_of_twenty(
    articles: int, copies: int, repeated: bool
) -> None:
    texts = [
        f"{'同一句话' if number < copies else '各不相同'}\n\n" + "甲" * number for number in range(articles)
    ]
    assert count_paragraphs(documents(*texts)).repeated("", "同一句话") == repeated


def test_a_line_of_one_character_never_recurs() -> None:
    statistics = count_paragraphs(documents(*["好\n\n好的"] * 5))
    assert statistics.repeated("", "好的")
    assert not statistics.repeated("", "好")


def test_the_source_of_a_document_is_its_publisher_or_its_site_or_its_folder() -> None:
    document = Document("a", "zh", "zh/news/a.txt", "text", "")
    assert source_of(document) == "zh/news"
    site = replace(document, facts={"url": "https://example.org/2024/a.html"})
    assert "example.org" in source_of(site) and "2024" not in source_of(site)
    assert source_of(replace(site, facts={**site.facts, "publisher": "灯塔报"})) == "灯塔报"


def test_two_documents_of_one_id_are_refused() -> None:
    with pytest.raises(DuizhaoError, match="two documents have the id 'd0'; ids must differ") as error:
        find_near_duplicates([*documents(STORY), *documents(OTHER)])
    assert error.value.id == "duplicate-article"


def test_the_sketch_of_a_text_depends_on_its_runs_of_five_characters_alone() -> None:
    pytest.importorskip("datasketch", reason="needs the extra [corpus]")
    assert (
        sketch_text("一二三四五六" * 3) == sketch_text("三四五六一二" * 3) == sketch_text("一二三四五六" * 9)
    )
    assert sketch_text("一二三四五六" * 3) == sketch_text("一二三 四五六\n" * 3)
    assert sketch_text("一二三四五六" * 3) != sketch_text("一二三四五七" * 3)
    assert sketch_text("一二") != sketch_text("一二三") != sketch_text("三")
    assert (sketch_text(" \n"), len(sketch_text("一"))) == (b"", 512)
