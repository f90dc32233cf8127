"""The viewer: a release as one web page."""

from __future__ import annotations

from duizhao.report.viewer.page import render, serve

__all__ = ["render", "serve"]
