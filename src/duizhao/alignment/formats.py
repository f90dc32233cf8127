"""Write beads as JSON Lines, TSV, Moses, TMX, XLIFF, or lists of indices."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duizhao.alignment.aligner import Bead
from duizhao.alignment.exchange import Unit, tsv, write_tmx, write_xliff
from duizhao.alignment.quality import Quality, assess
from duizhao.alignment.texts import Text, Times
from duizhao.errors import InputError, counted
from duizhao.text import detect_script, join

FORMATS = ("jsonl", "tsv", "moses", "tmx", "xliff", "align")
LANGUAGES = ("zh-CN", "zh-TW", "zh-HK", "zh-Hans", "zh-Hant")
"""Codes of Chinese that TMX and XLIFF can have."""


@dataclass(frozen=True, slots=True)
class Row:
    """One bead with its texts. ``numbers`` are those of its sentences, or of their lines.

    ``quality`` is None if a side is empty. ``times`` are those of subtitles, on each side. ``id`` is that of
    a row of a release. Such a row has no numbers and no coverage, and no score if its article has no English.
    """

    bead: Bead
    numbers: tuple[list[int], list[int]]
    zh: str
    en: str
    quality: Quality | None
    times: tuple[Times | None, Times | None] = (None, None)
    id: str | None = None
    scored: bool = True

    @property
    def score(self) -> float | None:
        """The score of the bead. None for a row of a release whose article has no English."""
        return self.bead.score if self.scored else None

    def fields(self) -> dict[str, Any]:
        """Return the row as JSON Lines have it."""
        content = {
            "zh_text": self.zh,
            "en_text": self.en,
            "bead": self.bead.kind,
            "score": self.score,
            "quality": self.quality.value if self.quality else None,
        }
        if self.id is not None:
            return {"id": self.id, **content}
        return {
            "zh": self.numbers[0],
            "en": self.numbers[1],
            **content,
            "zh_coverage": list(self.bead.zh_coverage),
            "en_coverage": list(self.bead.en_coverage),
            **{
                f"{side}_time": list(time)
                for side, time in zip(("zh", "en"), self.times, strict=True)
                if time is not None
            },
        }

    def notes(self) -> tuple[tuple[str, str], ...]:
        """Return what TMX and XLIFF note beside the texts."""
        notes = [] if self.id is None else [("id", self.id)]
        if self.score is not None:
            notes.append(("score", str(self.score)))
        if self.quality:
            notes.append(("quality", str(self.quality.value)))
        for side, time in zip(("zh", "en"), self.times, strict=True):
            if time is not None:
                notes.append((f"{side}-time", " --> ".join(time)))
        return tuple(notes)


def make_rows(beads: Sequence[Bead], zh: Text, en: Text) -> list[Row]:
    """Return the beads with their texts, times and quality."""
    texts = [(_joined(zh.sentences, bead.zh), _joined(en.sentences, bead.en)) for bead in beads]
    judged = iter(assess([pair for pair in texts if all(pair)]))
    return [
        Row(
            bead,
            (_numbers(zh, bead.zh), _numbers(en, bead.en)),
            *pair,
            next(judged) if all(pair) else None,
            (_time(zh, bead.zh), _time(en, bead.en)),
        )
        for bead, pair in zip(beads, texts, strict=True)
    ]


def released_rows(sentences: Sequence[Mapping[str, Any]], column: str = "zh_hans") -> list[Row]:
    """Return the rows of ``sentences`` of a release as beads, with the scores and the quality that they have.

    ``column`` is the Chinese column that is taken.
    """
    rows = []
    for row in sentences:
        zh, en = (tuple(range(int(size))) for size in row["bead"].split("-"))
        quality = None if row["quality"] is None else Quality(row["quality"], "")
        rows.append(
            Row(
                Bead(zh, en, row["score"] or 0.0),
                ([], []),
                row[column] or "",
                row["en"] or "",
                quality,
                id=row["id"],
                scored=row["score"] is not None,
            )
        )
    return rows


def summarize_rows(rows: Sequence[Row]) -> str:
    """Count the kinds of beads of the rows of a release."""
    kinds = Counter(row.bead.kind for row in rows)
    kinds_told = ", ".join(
        f"{kind}: {n}" for kind, n in sorted(kinds.items(), key=lambda one: (-one[1], one[0]))
    )
    how = "as it is released" if len(rows) == 1 else "as they are released"
    return f"{counted(len(rows), 'beads')} {how} ({kinds_told})"


def format_rows(
    rows: Sequence[Row], format: str, *, language: str | None = None, name: str = "text"
) -> dict[str, str]:
    """Return the files of a format by suffix. Moses has two, ``.zh`` and ``.en``; others have one, ``""``.

    Moses and TMX cannot hold an empty side. Their files have only the beads with two sides. XLIFF has no unit
    without Chinese. ``language`` is the code of the Chinese in TMX and XLIFF, by default zh-CN or zh-TW, as
    the text is written. ``name`` is the name of the original in XLIFF.
    """
    if format == "align":
        return {"": "".join(f"{row.numbers[0]}:{row.numbers[1]}\n" for row in rows)}
    if format == "jsonl":
        return {"": "".join(json.dumps(row.fields(), ensure_ascii=False) + "\n" for row in rows)}
    if format == "tsv":
        return {"": _tsv(rows)}
    paired = [row for row in rows if row.zh and row.en]
    if format == "moses":
        return {
            ".zh": "".join(f"{_cell(row.zh)}\n" for row in paired),
            ".en": "".join(f"{_cell(row.en)}\n" for row in paired),
        }
    code = language or _code("".join(row.zh for row in rows))
    if format == "tmx":
        return {"": write_tmx([Unit(row.zh, row.en, row.notes()) for row in paired], code)}
    if format == "xliff":
        return {"": write_xliff([Unit(row.zh, row.en, row.notes()) for row in rows], code, name)}
    raise InputError("unknown-format", f"{format}: unknown format; allowed: {', '.join(FORMATS)}")


def format_rejected(rows: Sequence[Row], least: float, zh: str) -> str:
    """Return the rows with a quality below ``least`` as lines of ``rejected.jsonl``, with
    the reason of each.
    """
    return "".join(
        json.dumps(
            {
                "article_id": row.id and row.id.rpartition(":")[0],
                "record_id": row.id,
                "source": zh,
                "row": None,
                "reason": "min-quality",
                "message": low_quality(row.quality, least),
                "record": row.fields(),
            },
            ensure_ascii=False,
        )
        + "\n"
        for row in rows
        if row.quality is not None
    )


def is_rejected(text: str) -> bool:
    """Return whether a text begins like one of `format_rejected`, or is empty."""
    return not text or text.startswith('{"article_id": ')


def low_quality(quality: Quality, least: float) -> str:
    """Say that a quality is below the least one, and why."""
    return f"quality {quality.value} is below --min-quality {least:g}" + (
        f": {quality.reason}" if quality.reason else ""
    )


def _code(chinese: str) -> str:
    return "zh-TW" if detect_script(chinese).startswith("zh-Hant") else "zh-CN"


def _joined(sentences: Sequence[str], indices: Sequence[int]) -> str:
    return join(sentences[index] for index in indices)


def _numbers(text: Text, indices: Sequence[int]) -> list[int]:
    return [text.lines[index] for index in indices] if text.lines is not None else list(indices)


def _time(text: Text, indices: Sequence[int]) -> Times | None:
    """Return when the first sentence begins and when the last one ends."""
    if text.times is None or not indices:
        return None
    return text.times[indices[0]][0], text.times[indices[-1]][1]


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _tsv(rows: Sequence[Row]) -> str:
    """Write a table. The columns with times are there only if a side has times, ids only for a release."""
    named = any(row.id is not None for row in rows)
    timed = [at for at in (0, 1) if any(row.times[at] for row in rows)]
    header = ["zh", "en", "bead", "score", "quality"]
    header += [f"{('zh', 'en')[at]}_{end}" for at in timed for end in ("start", "end")]
    header += ["id"] * named
    return tsv(
        header,
        (
            (
                _cell(row.zh),
                _cell(row.en),
                row.bead.kind,
                "" if row.score is None else row.score,
                row.quality.value if row.quality else "",
                *(time for at in timed for time in (row.times[at] or ("", ""))),
                *([row.id] * named),
            )
            for row in rows
        ),
    )
