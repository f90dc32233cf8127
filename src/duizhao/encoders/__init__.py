"""Encoders turn sentences into vectors. The default encoder needs no download."""

from __future__ import annotations

from duizhao.encoders.encoder import (
    ENCODERS,
    Encoder,
    checked_vectors,
    default_encoder,
    labse_encoder,
    load_encoder,
    span_vectors,
)
from duizhao.encoders.threads import one_thread
from duizhao.encoders.vectors import SpanVectors, Vectors

__all__ = [
    "ENCODERS",
    "Encoder",
    "SpanVectors",
    "Vectors",
    "checked_vectors",
    "default_encoder",
    "labse_encoder",
    "load_encoder",
    "one_thread",
    "span_vectors",
]
