"""The viewer: a release as one web page, or as a page with files that it loads on demand."""

from __future__ import annotations

from duizhao.report.viewer.page import Page, list_findings, make_page, render
from duizhao.report.viewer.place import serve, write_page

__all__ = ["Page", "list_findings", "make_page", "render", "serve", "write_page"]
