"""The aligner on small texts written for it, and properties that hold for any."""

from __future__ import annotations

import random
from itertools import chain

import numpy as np
import pytest

from duizhao import DuizhaoError
from duizhao.alignment.aligner import Bead, align, belongs_together
from duizhao.alignment.anchors import corridor, find_anchors
from duizhao.alignment.band import Band
from duizhao.alignment.features import KINDS
from duizhao.alignment.search import Lattice, Logarithms, Ratios, best_path, posteriors

# A report in the manner of a newspaper, bead by bead.
NEWS: list[tuple[list[str], list[str]]] = [
    (["青川市新图书馆周六开放"], ["Qingchuan's New Library Opens Saturday"]),
    (["经过四年施工，青川市图书馆新馆将于6月14日正式对公众开放。"],
     ["After four years of construction, the new Qingchuan city library opens to the public on June 14."]),
    (["新馆位于河西区，总面积3.2万平方米，藏书约180万册。"],
     ["The new building stands in the Hexi district and covers 32,000 square meters.",
      "It holds about 1.8 million volumes."]),
    (["工程原计划2022年完工。", "由于疫情和两次设计变更，工期推迟了近一年半。"],
     ["The project was to be finished in 2022, but the pandemic and two changes of design delayed it by "
      "almost a year and a half."]),
    (["“我们希望它成为市民的客厅，”馆长林若兰说。"],
     ['"We want it to be the living room of the city," said Lin Ruolan, the director.']),
    (["她还表示，儿童阅览区将免费开放到晚上九点。"],
     ["She added that the children's reading area will be open free of charge until nine in the evening."]),
    (["项目总投资为7.6亿元，其中六成来自市财政。"],
     ["The total investment was 760 million yuan, of which 60 percent came from the city budget."]),
    (["其余资金由当地企业和个人捐赠。"], ["Local companies and individuals donated the rest."]),
    (["并非所有人都满意。"], ["Not everyone is pleased."]),
    (["住在旧馆附近的退休教师周明远说，新馆离市中心太远，坐公交车要四十分钟，老人不方便。"],
     ["Zhou Mingyuan, a retired teacher who lives near the old library, says the new one is "
      "too far from downtown.",
      "It takes forty minutes by bus, he says, which is hard on the elderly."]),
    (["市交通局回应说，7月起将增开两条公交线路。"],
     ["The city's transport bureau replied that two more bus lines will be added in July."]),
    (["旧馆将如何使用，目前尚未决定。"], ["What will become of the old building has not been decided."]),
    (["有人建议改建为地方历史博物馆。", "也有人希望保留原样。"],
     ["Some suggest turning it into a museum of local history; others want it left as it is."]),
    (["开馆首周，读者须在网上预约，每天限5000人。"],
     ["In the first week visitors must book online, with a limit of 5,000 a day."]),
    (["预约系统本周三上午十点上线。"], ["The booking system goes live at ten on Wednesday morning."]),
    (["截至记者发稿时，首日名额已经全部约满。"],
     ["By the time this report was filed, every place for the first day had been taken."]),
]  # fmt: skip
OTHER = [
    "Fold the egg whites gently into the batter.",
    "Bake for thirty-five minutes, until a skewer comes out clean.",
    "Let the cake cool in the tin before you turn it out.",
    "Meanwhile whip the cream with a spoonful of sugar.",
    "Slice the strawberries and set a few aside.",
    "Spread half of the cream over the lower layer.",
    "Serve it the same day.",
    "A pinch of salt brings out the flavor of the chocolate.",
    "Never open the oven door in the first twenty minutes.",
    "Leftovers keep for two days under a glass dome.",
]


def news() -> tuple[list[str], list[str], list[tuple[tuple[int, ...], tuple[int, ...]]]]:
    gold, i, j = [], 0, 0
    for left, right in NEWS:
        gold.append((tuple(range(i, i + len(left))), tuple(range(j, j + len(right)))))
        i, j = i + len(left), j + len(right)
    return list(chain(*(zh for zh, _ in NEWS))), list(chain(*(en for _, en in NEWS))), gold


def check_cover(beads: list[Bead], zh: int, en: int) -> None:
    assert [i for bead in beads for i in bead.zh] == list(range(zh))
    assert [j for bead in beads for j in bead.en] == list(range(en))
    assert all(bead.zh or bead.en for bead in beads)
    assert all(0 <= bead.score <= 1 and round(bead.score, 3) == bead.score for bead in beads)


def test_news_is_aligned_exactly() -> None:
    zh, en, gold = news()
    beads = align(zh, en)
    assert [(bead.zh, bead.en) for bead in beads] == gold
    assert beads[2].kind == "1-2"
    assert belongs_together(beads) > 0.8


def test_the_same_twice() -> None:
    zh, en, _ = news()
    assert align(zh, en) == align(zh, en)


@pytest.mark.parametrize("seed", range(8))
def test_any_input_is_covered_in_order(seed: int) -> None:
    rng = random.Random(seed)
    zh, en, _ = news()
    zh = [rng.choice([*zh, "", "。"]) for _ in range(rng.randrange(1, 40))]
    en = [rng.choice([*en, "", "…", "12"]) for _ in range(rng.randrange(1, 40))]
    check_cover(align(zh, en), len(zh), len(en))


def test_empty_sides() -> None:
    assert align([], []) == []
    assert [bead.kind for bead in align(["好。"], [])] == ["1-0"]
    assert [bead.kind for bead in align([], ["Good.", "Bye."])] == ["0-1", "0-1"]
    assert belongs_together([]) == 0
    assert belongs_together(align(["好。"], [])) == 0


def test_one_sentence_each() -> None:
    (bead,) = align(["我们明天早上坐火车去北京。"], ["We are taking the train to Beijing tomorrow morning."])
    assert bead.kind == "1-1"
    assert bead.score > 0.8


def test_what_was_left_out_has_no_counterpart() -> None:
    zh, en, gold = news()
    passage = OTHER[:6]
    found = align(zh, en[:9] + passage + en[9:])
    unpaired = {j for bead in found if not bead.zh for j in bead.en}
    assert len(unpaired & set(range(9, 15))) >= 5
    assert len(unpaired - set(range(9, 15))) <= 1
    kept = {(bead.zh, bead.en) for bead in found}
    moved = {(left, tuple(j if j < 9 else j + 6 for j in right)) for left, right in gold}
    assert len(kept & moved) >= len(gold) - 2


def test_unrelated_texts_score_low() -> None:
    zh, _, _ = news()
    beads = align(zh, OTHER * 2)
    check_cover(beads, len(zh), 20)
    assert belongs_together(beads) < 0.2
    assert max(bead.score for bead in beads if bead.zh and bead.en) < 0.5


@pytest.mark.slow
def test_a_sentence_of_one_megabyte() -> None:
    zh, en, _ = news()
    zh[3] *= 1_000_000 // len(zh[3])
    en[5] *= 1_000_000 // len(en[5])
    check_cover(align(zh, en), len(zh), len(en))


@pytest.mark.slow
def test_very_unequal_sides() -> None:
    zh, en, _ = news()
    check_cover(align(zh[:1], en * 10), 1, len(en) * 10)
    check_cover(align(zh * 20, en[:1]), len(zh) * 20, 1)


@pytest.mark.slow
def test_windows_join_without_a_seam() -> None:
    zh, en, gold = news()
    years = [str(1700 + k) for k in range(24)]
    long_zh = [f"{year}年，{sentence}" for year in years for sentence in zh]
    long_en = [f"In {year}, {sentence}" for year in years for sentence in en]
    beads = align(long_zh, long_en)
    check_cover(beads, len(long_zh), len(long_en))
    wanted = {
        (tuple(i + k * len(zh) for i in left), tuple(j + k * len(en) for j in right))
        for k in range(24)
        for left, right in gold
    }
    assert len(wanted & {(bead.zh, bead.en) for bead in beads}) > 0.97 * len(wanted)


def paragraphs(sizes: list[int]) -> list[int]:
    return [k for k, size in enumerate(sizes) for _ in range(size)]


@pytest.mark.slow
def test_paragraphs_that_agree_raise_scores_and_wrong_ones_do_no_harm() -> None:
    zh, en, gold = news()
    zh_right, en_right = (paragraphs([len(pair[side]) for pair in NEWS]) for side in (0, 1))
    right = align(zh, en, zh_paragraphs=zh_right, en_paragraphs=en_right)
    assert [(bead.zh, bead.en) for bead in right] == gold
    assert np.mean([bead.score for bead in right]) >= np.mean([bead.score for bead in align(zh, en)])
    rng = random.Random(5)
    zh_wrong, en_wrong = (np.cumsum([rng.random() < 0.4 for _ in side]).tolist() for side in (zh, en))
    wrong = align(zh, en, zh_paragraphs=zh_wrong, en_paragraphs=en_wrong)
    assert len({(bead.zh, bead.en) for bead in wrong} & set(gold)) >= len(gold) - 1


def test_paragraphs_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DuizhaoError, match="one side only"):
        align(["好。"], ["Good."], zh_paragraphs=[0])
    with pytest.raises(DuizhaoError, match="one side only"):
        align(["好。"], ["Good."], en_paragraphs=[0])
    with pytest.raises(DuizhaoError, match="en_paragraphs has 2 entries for 1"):
        align(["好。"], ["Good."], zh_paragraphs=[0], en_paragraphs=[0, 1])


def test_sums_over_paths_agree_with_all_paths_written_out() -> None:
    rng = np.random.default_rng(3)
    kinds = [(1, 1), (2, 1), (1, 2), (1, 0), (0, 1)]
    band = Band.of(np.zeros(4, dtype=np.int64), np.full(4, 3), 3)
    scores = {kind: rng.normal(size=band.size) for kind in kinds}

    def paths(i: int, j: int) -> list[list[tuple[int, int, tuple[int, int]]]]:
        if (i, j) == (3, 3):
            return [[]]
        return [
            [(i, j, kind), *rest]
            for kind in kinds
            if i + kind[0] <= 3 and j + kind[1] <= 3
            for rest in paths(i + kind[0], j + kind[1])
        ]

    every = paths(0, 0)
    weights = np.exp([sum(scores[kind][band.cell(i, j)] for i, j, kind in path) for path in every])
    chances, total = posteriors(scores, band)
    assert np.isclose(total, np.log(weights.sum()))
    for kind in kinds:
        share = sum(w for w, path in zip(weights, every, strict=True) if (1, 1, kind) in path) / weights.sum()
        assert np.isclose(chances[kind][band.cell(1, 1)], share)
    gains = [sum(chances[kind][band.cell(i, j)] for i, j, kind in path) for path in every]
    assert best_path(chances, band) == every[int(np.argmax(gains))]


def test_a_band_numbers_its_cells_row_by_row_and_has_both_corners() -> None:
    band = Band.of(np.array([1, 1, 3, 5]), np.array([1, 2, 4, 5]), 6)
    assert (band.low[0], band.high[-1]) == (0, 6)
    assert (band.high[:-1] >= band.low[1:]).all()
    assert [band.cell(i, j) for i, j in zip(band.row, band.column, strict=True)] == list(range(band.size))
    there = band.moved(1, 1)
    for cell, to in enumerate(there):
        row, column = band.row[cell] + 1, band.column[cell] + 1
        inside = row < band.rows and band.low[row] <= column <= band.high[row]
        assert to == (band.cell(row, column) if inside else band.size)


def test_fast_and_exact_sums_over_paths_agree_also_where_sums_are_very_large() -> None:
    rng = np.random.default_rng(1)
    at = np.arange(401)
    band = Band.of(at - 3, at + rng.integers(2, 7, size=401), 400)
    lattice = Lattice.of(band, KINDS)
    scores = {kind: rng.normal(size=band.size) * 2 + 4 * (kind == (1, 1)) for kind in KINDS}
    table, every = lattice.table(scores), range(len(lattice.kinds))
    fast = Ratios(lattice, table, scores[0, 1]).chances((0.4, -0.3), every)
    exact, total = Logarithms(lattice, table, scores[0, 1]).chances((0.4, -0.3), every)
    assert fast is not None
    assert np.isclose(fast[1], total)
    assert total > 1000
    assert all(np.allclose(fast[0][kind], exact[kind], atol=1e-9) for kind in KINDS)


def test_two_parts_that_changed_places_are_summed_exactly() -> None:
    half, kinds = 80, [(1, 1), (1, 0), (0, 1)]
    band = Band.of(np.zeros(2 * half + 1, dtype=np.int64), np.full(2 * half + 1, 2 * half), 2 * half)
    scores = {kind: np.full(band.size, -5.0) for kind in kinds}
    scores[1, 1] -= 20
    scores[1, 1][np.abs(band.row - band.column) == half] = 3.0
    lattice = Lattice.of(band, kinds)
    assert Ratios(lattice, lattice.table(scores), scores[0, 1]).chances((0.0, 0.0), range(2)) is None
    chances, _ = posteriors(scores, band)
    assert np.isclose(chances[1, 1].sum(), half)
    assert np.isclose(chances[1, 0].sum(), half)


def test_anchors_survive_a_passage_that_one_side_lacks() -> None:
    vectors = np.linalg.qr(np.random.default_rng(0).normal(size=(60, 60)))[0].astype(np.float32)
    zh = vectors[np.r_[0:10, 40:60]]
    anchors = find_anchors(zh, vectors)
    assert anchors.rows.tolist() == list(range(30))
    assert anchors.columns.tolist() == [*range(10), *range(40, 60)]
    found = corridor(zh, vectors)
    assert (np.diff(found.low) >= 0).all()
    assert found.low[10] <= 10
    assert found.high[10] >= 40


def test_two_wrong_anchors_that_are_doubtful_leave_the_right_path_in_the_corridor() -> None:
    basis = np.eye(64, dtype=np.float32)
    zh, en = basis[:40], basis[:40].copy()
    en[14:30] = basis[48:] * 0.9  # free translations; two sentences are a little like others, by chance
    en[24:26] += zh[18:20] * 0.42
    en[26:28] += zh[18:20] * 0.45
    anchors = find_anchors(zh, en)
    pairs = zip(anchors.rows.tolist(), anchors.columns.tolist(), strict=True)
    assert [(i, j) for i, j in pairs if i != j] == [(18, 26), (19, 27)]
    found = corridor(zh, en)
    at = np.arange(41)
    assert (found.low <= at).all()
    assert (found.high >= at).all()


def test_a_long_text_has_the_anchors_that_a_comparison_of_all_sentences_gives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(2)
    zh = rng.normal(size=(900, 32)).astype(np.float32)
    zh /= np.linalg.norm(zh, axis=1, keepdims=True)
    en = np.delete(zh, range(300, 420), axis=0)
    whole = find_anchors(zh, en)
    monkeypatch.setattr("duizhao.alignment.anchors._SAMPLE", 100)
    some = find_anchors(zh, en)
    assert some.rows.tolist() == whole.rows.tolist()
    assert some.columns.tolist() == whole.columns.tolist()
    assert len(some.rows) == len(en)


def test_more_sentences_than_can_be_aligned_at_once_are_refused_with_the_limit() -> None:
    with pytest.raises(DuizhaoError, match="60,000 a side at most"):
        align(["句。"] * 200_000, ["A sentence."])


def test_two_texts_instead_of_two_lists_of_sentences_are_refused_with_advice() -> None:
    with pytest.raises(TypeError, match=r"duizhao\.split"):
        align("你好。", "Hello.")
