"""Checks of the rows of ``articles`` against blocks and sentences (level 3): texts, titles, script."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from itertools import chain
from operator import le, lt, sub

import numpy as np

from duizhao.errors import Finding
from duizhao.packed import Part
from duizhao.records.files import File, Files
from duizhao.records.runs import Run, make_runs
from duizhao.records.sentence_checks import places_of_spans, same_spans
from duizhao.schema import Record
from duizhao.text import Span, find_script, has_values, read, read_pieces

_CHINESE = ("zh_hans", "zh_hant")
_FIELDS = ("paragraph", "role", "raw_spans", *_CHINESE)


def check_articles(
    articles: Iterable[Record], sentences: Mapping[str, Part], files: Files
) -> Iterator[Finding]:
    """The texts of an article are its kept paragraphs. Its titles are the rows with the role title.

    ``sentences`` are the rows of each article.
    """
    for article in articles:
        file = files.get(article["id"], "zh")
        told = _Told(file.text)
        for run in make_runs(sentences.get(article["id"], ()), ("article_id",), _FIELDS):
            told.add(run)
        both = told.texts(file)
        yield from _check_script(article, file.text, both["zh_hans"], both["zh_hant"])
        for column, text in both.items():
            if text is not None:
                paragraphs = file.paragraphs(merged=not has_values(text))
                title = [span for number in told.titles for span in paragraphs.get(number, ())]
                whole = "\n\n".join([read(text, spans) for spans in paragraphs.values()])
                yield from _check_text(article, f"text.{column}", whole)
                yield from _check_text(article, f"title.{column}", read(text, title))
        english = files.get(article["id"], "en")
        yield from _check_english(article, english.text, english.paragraphs())


class _Told:
    """The text of a Chinese file with the characters that the rows have in each Chinese column, and the
    paragraphs of the rows with the role title.
    """

    def __init__(self, raw: str) -> None:
        self.titles: dict[int, None] = {}
        self._spans = array("q")
        self._in_order = True
        self._columns = {column: StringIO() for column in _CHINESE}
        self._raw, self._last = raw, 0

    def add(self, run: Run) -> None:
        """Add rows. They are in order."""
        if "title" in run["role"]:
            self.titles |= {row["paragraph"]: None for row in run.rows
                            if row["role"] == "title" and row["raw_spans"]}  # fmt: skip
        places = places_of_spans(run["raw_spans"])
        self._spans.extend(places)
        if not self._in_order:
            return
        starts, ends, last, raw = places[::2], places[1::2], self._last, self._raw
        inside = all(map(lt, starts, ends)) and all(map(le, [last, *ends], [*starts, len(raw)]))
        sizes = list(map(sub, ends, starts))
        texts = [run[column] for column in self._columns]
        single = set(map(len, run["raw_spans"])) == {1} and not has_values(raw)
        if inside and single and all(None not in own and list(map(len, own)) == sizes for own in texts):
            gaps = [raw[end:start] for end, start in zip([last, *ends], starts, strict=False)]
            for whole, own in zip(self._columns.values(), texts, strict=True):
                whole.write("".join(chain.from_iterable(zip(gaps, own, strict=True))))
            self._last = ends[-1]
        else:
            self._in_order = all(self._add_row(row) for row in run.rows)

    def _add_row(self, row: Record) -> bool:
        """Add the texts of a row. Return whether its spans are in order and inside the file."""
        raw, reached = self._raw, 0
        for start, end, before, length in read_pieces(raw, row["raw_spans"]):
            if not self._last <= start < end <= len(raw):
                return False
            reached += before
            for column, whole in self._columns.items():
                whole.write(raw[self._last : start])
                text = row[column] or ""
                whole.write(text[reached : reached + length] if length == end - start else raw[start:end])
            reached += length
            self._last = end
        for column in list(self._columns):
            if len(row[column] or "") != reached:
                del self._columns[column]
        return True

    def texts(self, file: File) -> dict[str, str | None]:
        """Return the text in each column. ``file`` has the blocks.

        None if the rows do not cover the kept text in order, or one has another length than its spans; other
        checks report that. A character reference such as ``&#8212;`` stays: it is longer than the character
        that it stands for.
        """
        nothing: dict[str, str | None] = dict.fromkeys(_CHINESE)
        if not self._in_order or not same_spans(file.kept(in_paragraphs=True), self._spans):
            return nothing
        for whole in self._columns.values():
            whole.write(self._raw[self._last :])
        return {**nothing, **{column: whole.getvalue() for column, whole in self._columns.items()}}


def _check_script(article: Record, raw: str, hans: str | None, hant: str | None) -> Iterator[Finding]:
    """Where the columns differ, the file has mostly the characters of the column that was written."""
    written = {"zh-Hans": hans, "mixed": None}.get(article["source_script"], hant)
    if written is None or hans is None or hant is None or hans == hant or written == raw:
        return
    differ = agree = 0
    for start in range(0, len(raw), _AT_ONCE):
        one, other, own, file = (
            np.frombuffer(text[start : start + _AT_ONCE].encode("utf-32-le", "surrogatepass"), np.uint32)
            for text in (hans, hant, written, raw)
        )
        places = one != other
        differ += int(places.sum())
        agree += int((places & (own == file)).sum())
    # A place that was repaired is the same in both columns, so the columns alone do not decide.
    if 2 * agree < differ and find_script(raw).written != ("zh-Hans" if written is hans else "zh-Hant"):
        message = f"is {article['source_script']}, and the file has mostly the characters of the other script"
        yield Finding("article-text", 3, article["id"], "source_script", message)


_AT_ONCE = 1 << 20
"""Characters that are compared at once."""


def _check_english(article: Record, raw: str, paragraphs: Mapping[int, Sequence[Span]]) -> Iterator[Finding]:
    """The English text is that of the kept paragraphs, and the title begins and ends as one of them does."""
    title = article["title"]["en"]
    if article["en_path"] is None:
        for field, value in (
            ("en_sha256", article["en_sha256"]),
            ("text.en", article["text"]["en"]),
            ("title.en", title),
        ):
            if value is not None:
                yield Finding("article-text", 3, article["id"], field, "the article has no English file")
        return
    texts = [read(raw, spans) for spans in paragraphs.values()]
    yield from _check_text(article, "text.en", "\n\n".join(texts))
    if title is not None and not (any(map(title.startswith, texts)) and any(map(title.endswith, texts))):
        yield Finding("article-text", 3, article["id"], "title.en", "is no paragraph of the English file")


def _check_text(article: Record, field: str, expected: str) -> Iterator[Finding]:
    what, column = field.split(".")
    if (article[what][column] or "") != expected:
        told = "is not the kept text of the file"
        if what == "title":
            told = f"the rows with the role title read {expected!r}"
        yield Finding("article-text", 3, article["id"], field, told)
