"""Encoders turn sentences into vectors. The default encoder needs no download."""

from __future__ import annotations

from duizhao.encoders.encoder import Encoder, default_encoder, span_vectors
from duizhao.encoders.vectors import SpanVectors, Vectors

__all__ = ["Encoder", "SpanVectors", "Vectors", "default_encoder", "span_vectors"]
