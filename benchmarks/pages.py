"""Main text of labelled HTML pages: ours, and three extractors on the same text of the page, in one run.

    python benchmarks/pages.py DIR

``DIR`` holds ``NAME.html`` and ``NAME.gold.txt``. The measure is that of ``benchmarks/cleaning.py``:
characters of the longest common subsequence. A page whose gold is empty has no article: right is to say so.
The rivals get the page decoded as we decode it; the title that the page's ``title`` element gives is put
before their text.
"""

from __future__ import annotations

import argparse
import logging
import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rapidfuzz.distance import LCSseq

from cleaning import bare
from duizhao import DuizhaoError
from duizhao.cleaning import judge, kept
from duizhao.sources import read_bytes
from duizhao.sources.decode import decode_html
from duizhao.sources.facts import page_title
from duizhao.sources.page import read_page
from duizhao.text import find_blocks, site_suffix

LOST = 0.5


def ours(data: bytes, name: str) -> str:
    """What ``duizhao clean --no-topic`` prints; nothing where it says that there is no article."""
    try:
        document = read_bytes(data, name)
    except DuizhaoError:
        return ""
    return "\n\n".join(kept(document, judge(document, find_blocks(document))))


def readability(raw: str) -> str:
    from lxml import html
    from readability import Document

    summary = Document(raw).summary(html_partial=True)
    return "\n".join(html.fromstring(summary).itertext()) if summary.strip() else ""


def justext(raw: str) -> str:
    import justext as library

    paragraphs = library.justext(
        raw.encode(), frozenset(), 20, 60, stopwords_low=0, stopwords_high=0, encoding="utf-8"
    )
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


def trafilatura(raw: str) -> str:
    import trafilatura as library

    return library.extract(raw, include_comments=False, favor_recall=True) or ""


def titled(extract: Callable[[str], str], data: bytes, name: str) -> str:
    """A rival's text with the page's title before it; nothing where the rival fails."""
    raw = re.sub(r"^\s*<\?xml[^>]*>", "", decode_html(data, name).text)
    title = page_title(read_page(raw))
    try:
        text = extract(raw)
    except Exception:  # a rival's own errors count as no text
        return ""
    return f"{title[: site_suffix(title)]}\n{text}" if text.strip() else ""


def measure(folder: Path, extract: Callable[[bytes, str], str]) -> str:
    """One row: mean precision, recall and F1, pages that lose their article, pages without one that stay
    empty, seconds.
    """
    rows, lost, empty, right, start = [], [], 0, 0, time.perf_counter()
    for page in sorted(folder.glob("*.html")):
        gold = bare(page.with_suffix(".gold.txt").read_text(encoding="utf-8"))
        text = bare(extract(page.read_bytes(), page.name))
        if not gold:
            empty, right = empty + 1, right + (not text)
            continue
        same = LCSseq.similarity(text, gold)
        precision, recall = same / max(len(text), 1), same / len(gold)
        rows.append((precision, recall, 2 * precision * recall / (precision + recall) if same else 0.0))
        if recall < LOST:
            lost.append(page.stem)
    means = " ".join(f"{sum(column) / len(rows):9.3f}" for column in zip(*rows, strict=True))
    return (
        f"{means}  {len(lost):2d} {' '.join(lost):24s} {right} of {empty}  {time.perf_counter() - start:6.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="NAME.html with NAME.gold.txt")
    folder = parser.parse_args().folder
    logging.disable(logging.CRITICAL)
    print(
        f"{'':12s} {'precision':>9s} {'recall':>9s} {'F1':>9s}  lost pages               no article  seconds"
    )
    print(f"{'duizhao':12s} {measure(folder, ours)}")
    for rival in (readability, justext, trafilatura):
        try:
            __import__(rival.__name__)
        except ImportError:
            print(f"{rival.__name__:12s} not installed")
            continue
        print(f"{rival.__name__:12s} {measure(folder, partial(titled, rival))}")


if __name__ == "__main__":
    main()
