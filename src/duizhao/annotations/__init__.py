"""Annotations: what people decided. They are read, checked, and linked to sentences."""

from __future__ import annotations

from duizhao.annotations.lines import (
    Annotations,
    Line,
    check_articles,
    check_corrections,
    check_speakers,
    read_annotations,
    read_decisions,
    reads_as_told,
    resolve_beads,
)
from duizhao.annotations.resolution import Resolver, check_annotations, resolve

__all__ = [
    "Annotations",
    "Line",
    "Resolver",
    "check_annotations",
    "check_articles",
    "check_corrections",
    "check_speakers",
    "read_annotations",
    "read_decisions",
    "reads_as_told",
    "resolve",
    "resolve_beads",
]
