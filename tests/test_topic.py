from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from duizhao.cleaning import judge, measure_topic
from duizhao.cleaning.topic import TopicEvidence
from duizhao.records import Options
from duizhao.records.pipeline import judge_documents
from duizhao.text import Block, find_blocks, make_document

BODY = "祖母把竹竿找了出来，靠在墙边，等着一个晴天，好去打院子里那棵树上的柿子，今年的柿子又大又红。"
OTHER = "昨夜的球赛在加时赛里分出了胜负，"
LAST = "门将扑出了最后一个点球。"


class Subjects:
    """An encoder that knows two subjects: persimmons, and everything else."""

    dimension = 2

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        self.texts += sentences
        rows = [[3.0, 0.0] if "柿" in text else [0.0, 2.0] for text in sentences]
        return np.asarray(rows, dtype=np.float32)


def test_a_block_on_another_subject_is_far_from_the_article_and_a_short_one_is_not_measured() -> None:
    document = make_document("a", "\n\n".join([BODY, BODY, BODY * 4, BODY, OTHER + LAST, "全文完"]))
    blocks, encoder = find_blocks(document), Subjects()
    evidence = measure_topic(document, blocks, encoder)
    assert list(evidence.nearness.values()) == [1.0, 1.0, 1.0, 1.0, 0.0]
    assert [evidence.names(block) for block in blocks] == [(), (), (), (), ("foreign",), ()]
    assert max(map(len, encoder.texts)) == 120 and len(encoder.texts) == 5


def test_only_the_first_and_last_blocks_and_a_sample_of_the_body_are_encoded() -> None:
    texts = [f"第{number}天，{BODY}" for number in range(90)]
    document, encoder = make_document("a", "\n\n".join(texts)), Subjects()
    evidence = measure_topic(document, find_blocks(document), encoder)
    assert len(evidence.nearness) == 6 + 24
    assert 30 < len(encoder.texts) <= 35


def test_a_text_without_blocks_or_with_one_has_no_nearness() -> None:
    for text in ("", "短。", BODY):
        document = make_document("a", text)
        assert measure_topic(document, find_blocks(document), Subjects()).nearness == {}


def test_the_bounds_of_what_is_foreign_and_distant() -> None:
    evidence = TopicEvidence({0: 0.119, 1: 0.12, 2: 0.199, 3: 0.2})
    names = [evidence.names(Block("paragraph", start, start + 1, ())) for start in range(5)]
    assert names == [("foreign",), ("distant",), ("distant",), (), ()]


def test_the_topic_is_evidence_only_if_it_is_asked_for() -> None:
    document = make_document("a", "\n\n".join([BODY, BODY, BODY, f"{OTHER}\n\n{LAST}"]))
    blocks = find_blocks(document)
    plain = judge(document, blocks)
    told = judge(document, blocks, topic=measure_topic(document, blocks, Subjects()))
    assert told[-1].score > plain[-1].score


@pytest.mark.slow
def test_a_build_measures_the_topic_with_the_encoder_of_the_package() -> None:
    document = make_document("a", "\n\n".join([BODY, BODY, BODY, f"{OTHER}\n\n{LAST}"]))
    plain = judge(document, find_blocks(document))
    [measured] = judge_documents([document], [Options(topic=True)])
    assert [verdict.block for verdict in measured] == [verdict.block for verdict in plain]
