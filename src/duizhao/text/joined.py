"""Several texts as one, so that numpy and OpenCC work on all of them in one call.

A gap of line feeds stands between two texts. It is as long as the reach of the model of ambiguous
characters, and no phrase has a line feed. So each place has the same evidence as in its text alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duizhao.text.conversion import REACH

GAP = REACH
"""Line feeds between two texts."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Texts with gaps between them. ``starts`` and ``lengths`` [texts] are in code points."""

    text: str
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]

    def part(self, text: str) -> list[str]:
        """Return the parts of a text as long as this one that stand in the places of the texts."""
        bounds = zip(self.starts.tolist(), (self.starts + self.lengths).tolist(), strict=True)
        return [text[start:end] for start, end in bounds]

    def number(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of the text of each place."""
        return np.searchsorted(self.starts, places, side="right") - 1


def join_texts(texts: Sequence[str]) -> Joined:
    """Join texts."""
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    starts = np.cumsum(lengths + GAP) - lengths - GAP
    return Joined(("\n" * GAP).join(texts), starts, lengths)
