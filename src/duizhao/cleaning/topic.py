"""Topic: how similar the first and the last blocks of a document are to the article, by sentence vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duizhao.text import NO_TEXT, Block, Document, read

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from duizhao.encoders import Encoder

FOREIGN, DISTANT = 0.12, 0.2
"""Cosine to the article below which a piece is foreign, and below which it is distant.

A high cosine is no evidence: a teaser of another story on the same subject has one too."""

_HEAD, _TAIL, _SAMPLE, _LONGEST = 6, 24, 5, 120


@dataclass(frozen=True, slots=True)
class TopicEvidence:
    """Cosine of blocks to the article, by the place in the raw text where the block starts."""

    nearness: Mapping[int, float]

    def names(self, block: Block) -> tuple[str, ...]:
        """Evidence on a block: ``foreign``, ``distant`` or nothing."""
        value = self.nearness.get(block.start)
        if value is None:
            return ()
        return ("foreign",) if value < FOREIGN else ("distant",) if value < DISTANT else ()


def measure_topic(
    document: Document, blocks: Sequence[Block], encoder: Encoder | None = None
) -> TopicEvidence:
    """Nearness of the first and last blocks of a document to its title and a sample of its body.

    Only these blocks and five blocks of the body are encoded, each cut to 120 characters. The default encoder
    is the package's own, imported when it is needed.
    """
    texts = [
        (block.start, read(document.text, block.spans)[:_LONGEST])
        for block in blocks
        if block.kind not in NO_TEXT
    ]
    texts = [(start, text) for start, text in texts if len(text) >= 12]
    edges = sorted({*range(min(_HEAD, len(texts))), *range(max(0, len(texts) - _TAIL), len(texts))})
    middle = [index for index in range(len(texts) * 2 // 3) if len(texts[index][1]) >= 40] or list(
        range(len(texts))
    )
    body = middle[:: max(1, len(middle) // _SAMPLE)][:_SAMPLE]
    chosen = sorted({*edges, *body})
    if not chosen:
        return TopicEvidence({})
    if encoder is None:
        from duizhao.encoders import default_encoder

        encoder = default_encoder()
    vectors = encoder.encode([texts[index][1] for index in chosen])
    return TopicEvidence(_nearness(vectors, chosen, edges, body, texts))


def _nearness(
    vectors: npt.NDArray[np.float32],
    chosen: list[int],
    edges: list[int],
    body: list[int],
    texts: list[tuple[int, str]],
) -> dict[int, float]:
    """For each first or last block, the mean of its two highest cosines to other blocks of the body."""
    import numpy as np

    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    row = {index: number for number, index in enumerate(chosen)}
    found = {}
    for index in edges:
        others = [row[other] for other in body if other != index]
        if others:
            cosines = np.sort(unit[others] @ unit[row[index]])[::-1]
            found[texts[index][0]] = float(cosines[:2].mean())
    return found
