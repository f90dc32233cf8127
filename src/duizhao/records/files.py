"""Files: what the blocks of each file of a release say, read in one pass for all checks."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import StringIO
from itertools import groupby
from operator import eq, sub

import numpy as np
from numpy.typing import NDArray

from duizhao.errors import Finding, counted
from duizhao.records.runs import Run
from duizhao.schema import Record
from duizhao.text import Span

FileKey = tuple[str, str]
"""An article's id and a language: ``zh`` or ``en``."""

_NO_PARAGRAPH = -1


@dataclass(slots=True)
class File:
    """What the blocks of one file say: their number, where the last one ends, the characters by label, and
    what is wrong with their places.

    ``places`` has four numbers of each block that is kept or has a paragraph: its start, its end, its
    paragraph (-1 if there is none), and 1 if it is kept, else 0.
    """

    blocks: int = 0
    end: int = 0
    sizes: Counter[str] = field(default_factory=Counter)
    gaps: list[Finding] = field(default_factory=list)
    places: array[int] = field(default_factory=lambda: array("q"))
    _parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The raw text: that of all blocks in order."""
        if len(self._parts) > 1:
            self._parts[:] = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    def add(self, run: Run) -> None:
        """Add the blocks of a run, which follow those before."""
        starts, ends, texts = run["raw_start"], run["raw_end"], run["text"]
        self.blocks += len(run)
        expected = [self.end, *ends[:-1]]
        sizes = list(map(sub, ends, starts))
        if not (all(map(eq, starts, expected)) and all(map(eq, sizes, map(len, texts)))):
            self.gaps += [gap for row, end in zip(run.rows, expected, strict=True) for gap in _gaps(row, end)]
        self.end = ends[-1]
        for label, size in zip(run["label"], sizes, strict=True):
            self.sizes[label] += size
        self.places.extend(
            value
            for start, end, paragraph, label in zip(starts, ends, run["paragraph"], run["label"], strict=True)
            if paragraph is not None or label == "keep"
            for value in (start, end, _NO_PARAGRAPH if paragraph is None else paragraph, label == "keep")
        )
        self._parts.append("".join(texts))

    def kept(self, in_paragraphs: bool = False) -> NDArray[np.int64]:
        """Start and end [blocks, 2] of the kept blocks, in the order of the rows; of all of them, or of those
        that have a paragraph.
        """
        table = self._table()
        return table[(table[:, 3] == 1) & ((table[:, 2] >= 0) | (not in_paragraphs)), :2]

    def paragraphs(self, merged: bool = False) -> dict[int, list[Span]]:
        """Return the spans of the kept paragraphs by their numbers.

        ``merged`` makes one span of those that follow one another without a gap.
        """
        table = self._table()
        table = table[(table[:, 3] == 1) & (table[:, 2] >= 0), :3]
        if merged and len(table):
            apart = (table[1:, 0] != table[:-1, 1]) | (table[1:, 2] != table[:-1, 2])
            first, last = np.append(True, apart), np.append(apart, True)
            table = np.column_stack([table[first, 0], table[last, 1], table[first, 2]])
        found: dict[int, list[Span]] = {}
        for start, end, paragraph in table.tolist():
            found.setdefault(paragraph, []).append((start, end))
        return found

    def by_start(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the starts of the blocks that have a paragraph, in order, and their paragraphs."""
        table = self._table()
        table = table[table[:, 2] >= 0]
        table = table[np.argsort(table[:, 0], kind="stable")]
        return table[:, 0], table[:, 2]

    def _table(self) -> NDArray[np.int64]:
        return np.array(self.places, dtype=np.int64).reshape(-1, 4)


def _gaps(row: Record, end: int) -> Iterable[Finding]:
    """Yield a finding if a block does not begin at ``end``, or is not as long as its text."""
    if row["raw_start"] != end or row["raw_end"] - row["raw_start"] != len(row["text"]):
        expected = f"expected {end} and {counted(len(row['text']), 'characters')}"
        yield Finding("ledger-gap", 3, row["id"], "raw_start", f"starts at {row['raw_start']}, {expected}")


@dataclass(slots=True)
class Files:
    """The files of a release, in the order of the first block of each."""

    known: dict[FileKey, File] = field(default_factory=dict)

    def add(self, run: Run) -> Iterable[Finding]:
        """Add the blocks of a run to their file."""
        file = self.known.get(run.key)
        if file is None:
            file = self.known[run.key] = File()
        file.add(run)
        return ()

    def get(self, article: str, language: str) -> File:
        """Return a file; one without blocks if it is not known."""
        return self.known.get((article, language)) or File()


def file_texts(blocks: Sequence[Record]) -> dict[FileKey, str]:
    """Return the raw text of every file, by (article id, language)."""
    texts: dict[FileKey, StringIO] = {}
    for key, run in groupby(blocks, lambda row: (row["article_id"], row["language"])):
        texts.setdefault(key, StringIO()).writelines(row["text"] for row in run)
    return {key: whole.getvalue() for key, whole in texts.items()}
