"""Speakers that a person named: whose turn a paragraph is where the source has no label, or a wrong one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from duizhao.annotations import Line, check_speakers
from duizhao.cleaning import Verdict
from duizhao.errors import InputError
from duizhao.text import Document


def name_speakers(document: Document, verdicts: Sequence[Verdict], lines: Sequence[Line]) -> list[Verdict]:
    """Return the verdicts. Each paragraph that holds a line's span has the speaker and the role of that line.

    ``verdicts`` are in the order of the text. The text of a paragraph does not change. A span outside the
    kept text changes nothing here; the check of all anchors reports it. Raises InputError
    ``stale-correction`` if the text at a span is not its surface, and ``bad-speaker`` if a line has a role
    without a speaker or a speaker without a role, or if two lines name one paragraph.
    """
    if not lines:
        return list(verdicts)
    check_speakers(document, lines)
    found = list(verdicts)
    starts = [verdict.block.start for verdict in found]
    places: dict[int, str] = {}
    wrong = []
    for line in lines:
        row = line.row
        index = bisect_right(starts, row["start"]) - 1
        if index < 0 or row["start"] >= found[index].block.end or not found[index].block.spans:
            continue
        if index in places:
            wrong.append(
                f"{line.place}: {document.name}[{row['start']}:{row['end']}] is in the same paragraph as "
                f"{places[index]}; one line is enough for a paragraph, take the other out"
            )
        places.setdefault(index, line.place)
        block = found[index].block._replace(speaker=row["speaker"], asks=row["role"] == "question")
        found[index] = found[index]._replace(block=block)
    if wrong:
        raise InputError("bad-speaker", "\n".join(wrong))
    return found
