"""Code points of a text as an array."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.uint32]


def points_of(text: str) -> Points:
    """The code points of a text. The array cannot be written to."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def text_of(points: Points) -> str:
    """The text of code points."""
    return points.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")
