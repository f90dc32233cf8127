"""Files: the blocks of each file of a release and its text, read in one pass for all checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import groupby

from duizhao.packed import Part
from duizhao.schema import Record

File = tuple[str, str]
"""An article's id and a language: ``zh`` or ``en``."""


@dataclass(frozen=True, slots=True)
class Files:
    """The blocks and the raw text of each file. The text is that of all its blocks in order."""

    blocks: Mapping[File, Part]
    texts: Mapping[File, str]


def read_files(blocks: Sequence[Record]) -> Files:
    """Return the files of a release, in the order of the first block of each."""
    parts: dict[File, Part] = {}
    texts: dict[File, StringIO] = {}
    place = 0
    for file, run in groupby(blocks, lambda row: (row["article_id"], row["language"])):
        if file not in parts:
            parts[file], texts[file] = Part(blocks), StringIO()
        count, write = 0, texts[file].write
        for row in run:
            count += 1
            write(row["text"])
        parts[file].add(place, count)
        place += count
    return Files(parts, {file: whole.getvalue() for file, whole in texts.items()})


def file_texts(blocks: Sequence[Record]) -> Mapping[File, str]:
    """Return the raw text of every file, by (article id, language)."""
    return read_files(blocks).texts
