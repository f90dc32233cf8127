from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from conftest import ROOT
from duizhao.text.conversion import Decisions, agree, codes, decide, load_model, make_fold, pack, unpack


def test_every_decided_place_has_a_form_of_its_class_and_probabilities_that_sum_to_one() -> None:
    model = load_model()
    source = codes("他发现后面的干部只有一个" * 30)
    decided = decide(model, source, source)
    assert decided.places.size > 30
    assert np.allclose(decided.probabilities.sum(axis=1), 1)
    for place, number, choice in zip(decided.places, decided.classes, decided.choices, strict=True):
        assert chr(source[place]) == model.classes[number][0]
        assert model.forms[number, choice] > 0


def test_a_long_text_is_decided_as_its_parts_are() -> None:
    model = load_model()
    part = codes("他发现后面的干部只有一个。\n\n\n")
    once, often = decide(model, part, part), decide(model, np.tile(part, 40_000), np.tile(part, 40_000))
    assert np.array_equal(np.tile(once.choices, 40_000), often.choices)


def test_letters_figures_and_white_space_are_one_each_for_the_context() -> None:
    fold = make_fold({"後": "后"})
    assert fold[ord("b")] == fold[ord("Z")] == fold[ord("é")]
    assert fold[ord("7")] == fold[ord("７")]
    assert fold[ord(" ")] == fold[ord("\n")] == fold[0x3000]
    assert fold[ord("後")] == ord("后")


def test_a_model_is_read_as_it_was_written() -> None:
    head = {"bits": 4, "classes": ["后後后"], "back": ["着着著"], "shared": "后", "asked": ["人参"], "scale": 0.5,
            "traditional": "後", "simplified": "后"}  # fmt: skip
    prints, weights = np.arange(16, dtype=np.uint8), np.arange(-8, 8, dtype=np.int8)
    model = unpack(pack(head, [prints, weights]))
    assert model.classes == ("后後后", "着着著")
    assert np.array_equal(model.cells >> 8, prints)
    assert np.array_equal((model.cells & 0xFF).astype(np.uint8).view(np.int8), weights)
    assert model.asked == ("人参",)
    assert (model.bits, model.index[ord("后")], model.back[ord("着")]) == (4, 0, 1)


def test_the_model_is_small_and_its_fit_is_one_command(tmp_path: Path) -> None:
    assert (ROOT / "src/duizhao/text/_data/script.bin").stat().st_size < 3_000_000
    rows = ["他發現頭髮白了，頭髮很長，發現了三隻貓，只有一隻。" * 30, "皇后在後面，以後只有皇后。" * 30]
    (tmp_path / "a.jsonl").write_text("".join(f'{{"text": "{row}"}}\n' for row in rows), encoding="utf-8")
    names = tmp_path / "names.txt"
    names.write_text(
        "\n".join(f"陳{one}{two}" for one in "志美雅俊" for two in "明玲豪芬") + "\n", encoding="utf-8"
    )
    out = tmp_path / "script.bin"
    done = subprocess.run(
        [sys.executable, str(ROOT / "training/fit_script.py"), str(tmp_path), "--out", str(out), "--bits",
        "12", "--names", str(names)],
        capture_output=True, encoding="utf-8", check=True, cwd=ROOT,
    )  # fmt: skip
    model = unpack(out.read_bytes())
    assert "发發髮" in model.classes, done.stdout
    source = codes("头发很长")
    decided = decide(model, source, codes("頭發很長"))
    assert [chr(model.forms[n, c]) for n, c in zip(decided.classes, decided.choices, strict=True)] == ["髮"]


def test_a_name_of_the_list_stands_where_a_text_has_another_one() -> None:
    sys.path.insert(0, str(ROOT / "training"))
    try:
        import fit_script
    finally:
        sys.path.remove(str(ROOT / "training"))
    fold = make_fold({"鐘": "钟", "傑": "杰", "陳": "陈"})
    text = codes("昨天中午在大街上，记者问陈美玲先生，他说今天会来这里看一看")
    corpus = fit_script.Corpus(text, text, np.zeros_like(text), np.zeros(text.size, np.uint32))
    named = fit_script.put_names(["陳美玲", "陳文傑"], corpus, fold, {"杰"})
    written = "".join(map(chr, named.folded.tolist()))
    assert "记者问陈文杰先生，" in written and "美玲" not in written
    labelled = {written[place]: chr(named.label[place]) for place in np.flatnonzero(named.label)}
    assert labelled["杰"] == "傑" and set(labelled) <= set("陈文杰")


def test_kinds_tell_surnames_and_given_names_from_other_characters() -> None:
    kinds = load_model().kinds
    surname, given, other = (kinds[codes(text)] for text in ("陈黄郑", "婷娟豪", "的吃但"))
    assert (surname > 8).all()  # often a surname
    assert (given % 4 == 0).all() and (given > 0).all()  # often in a given name
    assert (other == 1).all()
    assert (kinds[codes("，a1\n")] == 0).all()


def test_what_stands_in_another_line_is_no_evidence() -> None:
    model = load_model()
    lines = ["他在厨房里和面，加一只蛋。", "后来的系主任姓范。"]
    alone = [decide(model, codes(line), codes(line)).probabilities for line in lines]
    together = codes("\n\n\n".join(lines))
    assert np.allclose(decide(model, together, together).probabilities, np.concatenate(alone), atol=1e-6)


def test_a_far_character_of_the_line_is_evidence_where_the_engine_is_asked() -> None:
    model = load_model()
    near, far = codes("吃了三碗……就是那种面"), codes("看见三张……就是那种面")
    asked = [decide(model, source, source).probabilities[-1] for source in (near, far)]
    assert not np.allclose(*asked)
    unasked = [decide(model, source).probabilities[-1] for source in (near, far)]
    assert np.allclose(*unasked)


def _decided(places: list[int], choices: list[int], best: list[float]) -> Decisions:
    likely = np.array([[p, 1 - p] if choice == 0 else [1 - p, p]
                       for p, choice in zip(best, choices, strict=True)], dtype=np.float32)  # fmt: skip
    return Decisions(np.array(places), np.zeros(len(places), np.int16), np.array(choices, np.int8), likely)


def test_an_open_place_follows_a_decided_one_of_the_same_word_in_the_text() -> None:
    source = codes("一只，二只，一只。只好")
    decided = _decided([1, 4, 7, 9], [0, 0, 1, 0], [0.6, 0.6, 0.99, 0.99])
    assert agree(source, decided).choices.tolist() == [1, 0, 1, 0]
    assert agree(source, decided).probabilities is decided.probabilities


def test_an_open_place_follows_no_decided_one_of_another_text() -> None:
    source = codes("一只，一只")
    decided = _decided([1, 4], [0, 1], [0.6, 0.99])
    assert agree(source, decided, np.array([0, 0])).choices.tolist() == [1, 1]
    assert agree(source, decided, np.array([0, 1])).choices.tolist() == [0, 1]


def test_places_that_contradict_each_other_decide_nothing() -> None:
    source = codes("一只，一只，一只")
    decided = _decided([1, 4, 7], [0, 1, 0], [0.6, 0.99, 0.99])
    assert agree(source, decided).choices.tolist() == [0, 1, 0]


def test_open_places_of_one_word_get_the_form_that_is_most_probable_for_all_of_them() -> None:
    source = codes("定制，定制，定制")
    decided = _decided([1, 4, 7], [0, 0, 1], [0.55, 0.55, 0.8])
    assert agree(source, decided).choices.tolist() == [1, 1, 1]
    assert agree(source, decided).probabilities is decided.probabilities
    assert agree(source, decided, np.array([0, 0, 1])).choices.tolist() == [0, 0, 1]


def test_a_place_that_is_nearly_decided_counts_with_the_open_ones_and_keeps_its_form() -> None:
    source = codes("定制，定制，定制")
    decided = _decided([1, 4, 7], [0, 0, 1], [0.6, 0.6, 0.94])
    assert agree(source, decided).choices.tolist() == [1, 1, 1]
    decided = _decided([1, 4, 7], [0, 0, 1], [0.85, 0.85, 0.94])
    assert agree(source, decided).choices.tolist() == [0, 0, 1]


def test_an_open_place_alone_keeps_its_form() -> None:
    source = codes("定制，编制")
    assert agree(source, _decided([1, 4], [0, 1], [0.55, 0.8])).choices.tolist() == [0, 1]


def test_punctuation_beside_a_place_makes_no_word() -> None:
    source = codes("，只，，只，")
    assert agree(source, _decided([1, 4], [0, 1], [0.6, 0.99])).choices.tolist() == [0, 1]
