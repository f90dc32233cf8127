"""Findings as a person reads them: by kind, with a count, one example and what to do about it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from duizhao.errors import Finding, counted

SHOWN = 3
"""How many findings of one kind are shown one by one, if they make a release invalid."""

WARNING = 4
"""The level that warns only; one finding of any other level makes a release invalid."""

DERIVED = 6
"""The level of values that differ from those derived from the raw files."""

_NUMBER = re.compile(r"\.\d+")

EXPLANATION = (
    "Level 4 is a warning: a program cannot tell whether these are mistakes, so look at them. "
    "They do not stop a build, unless it has --strict."
)

ACKNOWLEDGE = (
    "A finding that is right as it is gets a line in annotations/acknowledged.jsonl:",
    '{"finding": "KIND", "record": "RECORD", "reason": "WHY"}',
)

FIXES = {
    "bilingual-file": "Put the English part into a file of the same name in en/, or align both: "
    "duizhao align --interleaved FILE.",
    "broken-characters": "Get the file again, or set its encoding in sources.toml.",
    "control-character": "Take the character out of the source file.",
    "damaged-script": "Read the repaired places; a line in annotations/script.jsonl overrules one.",
    "detected-encoding": "Set the encoding in sources.toml, as the message says it.",
    "doubtful-script": (
        "Read the words around it. Add the line that the finding shows to annotations/script.jsonl, beside "
        "the folder of raw files, with the right form as right and the reason as reason."
    ),
    "front-matter-doubt": "Close the head of the file with a line ---, or take its other lines out of it.",
    "length-ratio": "See whether a part of the sentence is not translated, or stands in another row.",
    "little-left": "Read duizhao clean --explain FILE. "
    "A line of duizhao clean --explain --as-annotations FILE, put into "
    "annotations/cleaning.jsonl, decides otherwise.",
    "made-id": "Set the id in sources.toml; duizhao init writes it.",
    "mixed-script": (
        "Read the lines named; if they are not the author's, annotations/cleaning.jsonl removes them."
    ),
    "much-dropped": "Read duizhao clean --explain FILE. If the article goes on there, a line of duizhao "
    "clean --explain --as-annotations FILE in annotations/cleaning.jsonl keeps a block.",
    "name-missing": "Look whether the English should have it; add it, or acknowledge this.",
    "needless-acknowledgement": "Take its line out of annotations/acknowledged.jsonl.",
    "nothing-kept": "See why with duizhao clean --explain FILE.",
    "number-mismatch": "Look whether both sides should have it; correct it, or acknowledge this.",
    "other-language": "Put the text into the folder of its language, zh/ or en/, or take it out.",
    "script-impure": "Give the right form of the character in annotations/script.jsonl.",
    "skipped-file": "Move the file, save it as the message says, or take it out of the raw folder.",
    "unread-date": "Write the date in the corpus as 2023-11-20 or 2023-11-20T11:33:36+08:00.",
    "untranslated": "Translate these characters in the English file.",
}
"""What fixes each kind of level 4, in one sentence."""

OTHER_FIX = "See the message."


def group_findings(findings: Iterable[Finding]) -> dict[tuple[int, str], list[Finding]]:
    """Findings by level and id, in the order in which each kind comes first."""
    groups: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.level, finding.id), []).append(finding)
    return groups


def list_findings(findings: Iterable[Finding]) -> list[str]:
    """One line for each finding."""
    return [str(finding).replace("\n", "\\n") for finding in findings]


def list_fatal(findings: Iterable[Finding], most: int | None = SHOWN) -> list[str]:
    """Lines for the findings that make a release invalid: of each kind the first ``most``, None for all, and
    how many more there are.

    A kind of level 6 is one field of one file.
    """
    lines = []
    for (level, id), group in group_findings(findings).items():
        if level == DERIVED:
            for place, part in _by_field(group).items():
                lines += _first(part, f"level {level} {id}: {place}", most)
        elif level != WARNING:
            lines += _first(group, f"level {level} {id}", most)
    return lines


def _first(group: Sequence[Finding], kind: str, most: int | None) -> list[str]:
    rest = 0 if most is None else len(group) - most
    more = [f"{kind}: … and {rest} more; --verbose shows each"] if rest > 0 else []
    return [*list_findings(group[:most]), *more]


def _by_field(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings by their file and field; entries of a list are one field."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        file = finding.message.partition(":")[0]
        place = f"{file}: " if file.endswith((".jsonl", ".json")) else ""
        groups.setdefault(place + _NUMBER.sub(".N", finding.field), []).append(finding)
    return groups


def list_warnings(findings: Iterable[Finding]) -> list[str]:
    """Lines for the findings of level 4: what the level means, each kind with count, example and
    fix, how to acknowledge.
    """
    groups = [(id, group) for (level, id), group in group_findings(findings).items() if level == WARNING]
    if not groups:
        return []
    lines = [EXPLANATION]
    for id, group in groups:
        first = group[0]
        lines += [
            f"{id}: {_times(group)}",
            *([f"  By character: {_by_character(group)}"] if id == "doubtful-script" and group[1:] else []),
            f"  Example: {list_findings([first])[0].partition(f'{id}: ')[2]}",
            f"  Fix: {FIXES.get(id, OTHER_FIX)}",
        ]
    if any(id != "needless-acknowledgement" for id, _ in groups):
        lines += ACKNOWLEDGE
    return lines


def _by_character(group: Iterable[Finding]) -> str:
    """How often each character is doubtful, the most frequent first."""
    counts = Counter(finding.message[:1] for finding in group)
    told = ", ".join(f"{character} {count:,}" for character, count in counts.most_common(_CHARACTERS))
    rest = len(counts) - _CHARACTERS
    return f"{told}, and {counted(rest, 'others')}" if rest > 0 else told


_CHARACTERS = 20
"""How many characters the line on doubtful ones names."""


def _times(group: Sequence[Finding]) -> str:
    return f"{len(group):,} finding{'s' * (len(group) > 1)}"
