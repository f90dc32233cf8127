"""Which sentences of a bead carry the link, and what has none."""

from __future__ import annotations

import pytest

from duizhao.alignment import coverage
from duizhao.alignment.aligner import align
from test_alignment import NEWS, news

LAW_ZH = [
    "第一百二十六条　国家监察机关对大会负责。",
    "监察机关依照法律规定独立行使监察权，不受行政机关、社会团体和个人的干涉。",
    "第一百二十七条　法院是国家的审判机关。",
    "法院依照法律规定独立行使审判权。",
    "第一百二十八条　各级法院的任期为五年。",
]
LAW_EN = [
    "Article 126 The supervisory organs of the state are responsible to the congress.",
    "Supervisory organs exercise the power of supervision independently in accordance with the law, and "
    "are not subject "
    "to interference by administrative organs, social organizations or individuals.",
    "Article 127 The courts are the judicial organs of the state.",
    "The courts exercise judicial power independently in accordance with the law.",
    "Article 128 The term of the courts at all levels is five years.",
]


def test_coverage_stands_beside_every_sentence() -> None:
    zh, en, _ = news()
    for bead in align(zh[:8], en):
        assert len(bead.zh_coverage) == len(bead.zh)
        assert len(bead.en_coverage) == len(bead.en)
        if not (bead.zh and bead.en):
            assert set(bead.zh_coverage + bead.en_coverage) == {0.0}
        assert all(0 <= value <= 1 for value in bead.zh_coverage + bead.en_coverage)
        if len(bead.zh) == len(bead.en) == 1:
            assert bead.zh_coverage == bead.en_coverage == (1.0,)


@pytest.mark.parametrize("gone", range(len(LAW_ZH)))
def test_a_single_omission_is_unpaired_or_lowers_the_score_of_the_bead_that_takes_it(gone: int) -> None:
    beads = align(LAW_ZH, LAW_EN[:gone] + LAW_EN[gone + 1 :])
    (holder,) = [bead for bead in beads if gone in bead.zh]
    assert not holder.en or holder.score < 0.9


def test_sentences_that_belong_together_stay_together() -> None:
    zh, en, gold = news()
    assert [(bead.zh, bead.en) for bead in align(zh, en)] == gold
    assert any(len(left) > 1 or len(right) > 1 for left, right in NEWS)


def test_a_stranger_at_an_end_is_taken_off_and_the_rest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    zh, en, gold = news()
    some = dict.fromkeys(coverage.load_weights(), 0.0)
    monkeypatch.setattr(coverage, "load_weights", lambda: some | {"constant": -9.0, "last": 20.0})
    beads = align(zh, en)
    found = [(bead.zh, bead.en) for bead in beads]
    for left, right in gold:
        assert (left[:1], right[:1]) in found
    for bead in beads:
        assert (bead.zh and bead.en) or {*bead.zh_coverage, *bead.en_coverage} == {0.0}
    assert sorted(i for left, _ in found for i in left) == list(range(len(zh)))
    assert sorted(j for _, right in found for j in right) == list(range(len(en)))
