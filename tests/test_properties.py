"""What the design promises of every text, tried on texts that hypothesis makes: tiling, spans, determinism.

The strategies mix Chinese, Latin, marks, Markdown, header lines and front matter. The budget is fixed and the choice
of texts too (``derandomize``), so that a run in CI is the same as here.
"""

from __future__ import annotations

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from duizhao.annotations import Annotations
from duizhao.records import make_records, validate
from duizhao.schema import Record
from duizhao.text import find_blocks, make_document, read, split_block

PIECES = (
    "灯塔", "灯塔重新亮起。", "王立说：“等了太久。”", "問：何時？", "答：明天！", "他说", "，", "。", "：", "、", "“", "”", "……", "——", "《灯》", "（注）",
    "OpenAI", "GPT-4", " CEO ", "3.14", "13 亿", "95%", "Mr. Li said.", "a", " ", "\u3000", "\t", "\n", "\n\n", "\r\n", "\r", "\ufeff", "\u200b", "\u2028",
    "# ", "## ", "- ", "* ", "1. ", "> ", "**", "*", "_", "`", "```\n", "~~~\n", "![](", "![图](a.png)", "[灯](b)", "](", "<p>", "</p>", "<br>", "<!--", "-->",
    "&amp;", "&#8212;", "&nbsp;", "|灯|塔|\n|-|-|\n", "---\n", "...\n", "***\n", "=====\n", "title: 灯塔\n", "作者：王立\n", "来源: 灯塔报\n", "标题：",
    "欢迎点赞、在看", "扫码关注", "相关阅读：", "责任编辑：李", "隻用瞭三個月", "發佈", "𠮷", "é", "e\u0301", "\\", "\\*", "[^1]", "[^1]: 注\n", "    ", "\u00a0",
)  # fmt: skip
WORDS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map("".join)
ANY = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60
)
HEAD = st.lists(st.sampled_from(PIECES), max_size=8).map(lambda parts: "---\n" + "".join(parts) + "\n---\n")
MIXED = st.tuples(WORDS, ANY, WORDS).map("".join)
TEXTS = (st.one_of(WORDS, ANY, MIXED, st.tuples(HEAD, WORDS).map("".join))).filter(
    lambda text: bool(text.strip())
)

fixed = settings(max_examples=150, derandomize=True, deadline=None, database=None)


def records_of(text: str, english: str | None = None) -> dict[str, list[Record]]:
    zh = make_document("a", text, name="a.md", sha256=hashlib.sha256(text.encode()).hexdigest())
    en = english and make_document("a", english, "en", "b.md", hashlib.sha256(english.encode()).hexdigest())
    return make_records(zh, en or None, Annotations())


@fixed
@given(TEXTS)
def test_the_ledger_tiles_every_text(text: str) -> None:
    blocks = records_of(text)["blocks"]
    assert "".join(row["text"] for row in blocks) == text
    end = 0
    for row in blocks:
        assert row["raw_start"] == end < row["raw_end"]
        end = row["raw_end"]
    assert end == len(text)


@fixed
@given(TEXTS)
def test_blocks_and_sentences_have_spans_in_order_inside_the_text(text: str) -> None:
    document = make_document("a", text, name="a.md")
    end = 0
    for block in find_blocks(document):
        assert end <= block.start <= block.end <= len(text)
        end = block.end
        inside = block.start
        for start, stop in block.spans:
            assert inside <= start < stop <= block.end
            inside = stop
        covered = [span for spans in split_block(text, block, "zh") for span in spans] if block.spans else []
        assert covered == sorted(covered)
        assert all(block.start <= start < stop <= block.end for start, stop in covered)


@fixed
@given(TEXTS)
def test_a_row_reads_as_its_spans(text: str) -> None:
    for row in records_of(text)["sentences"]:
        spans = [(start, end) for start, end in row["raw_spans"]]
        assert len(read(text, spans)) == len(row["zh_hans"]) == len(row["zh_hant"])


@fixed
@given(TEXTS)
def test_what_is_made_of_any_text_passes_the_checks_that_stop_a_release(text: str) -> None:
    assert [finding for finding in validate(records_of(text)) if finding.level != 4] == []


@fixed
@given(TEXTS)
def test_the_same_text_gives_the_same_records(text: str) -> None:
    assert records_of(text) == records_of(text)


@settings(fixed, max_examples=30)
@given(TEXTS, st.lists(st.sampled_from(("The lighthouse is lit.", "Wang Li said: \"Too long.\"", "\n\n", "# Light\n", "3.14", " ")), min_size=1, max_size=12).map("".join).filter(lambda text: bool(text.strip())))  # fmt: skip
def test_a_pair_of_texts_tiles_both_and_aligns_in_order(text: str, english: str) -> None:
    records = records_of(text, english)
    assert [finding for finding in validate(records) if finding.level != 4] == []
    for language, whole in (("zh", text), ("en", english)):
        assert "".join(row["text"] for row in records["blocks"] if row["language"] == language) == whole
