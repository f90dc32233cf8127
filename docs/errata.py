"""What changed between two releases, row by row, as the Markdown of ``ERRATA.md``.

    python docs/errata.py OLD NEW [--write ERRATA.md]

OLD and NEW are folders of releases (``OLD/sentences/test.jsonl`` and so on);
``git archive TAG dataset`` gives an old one. Without ``--write`` the tables go to standard output;
with it they replace all that stands after the marker line of that file. Needs sacrebleu
(``pip install "duizhao[test]"``) for the chrF of the old English against the new (Popović 2015).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Annotated, Any

import typer

Row = Mapping[str, Any]
MARKER = "<!-- Made by docs/errata.py from here on: run it again, do not edit. -->\n"
NAMED = ("sentences", "claims", "events", "entities", "questions")
"""Configs whose rows are named one by one. Rows of the others move with every edit and are only counted."""
COUNTED = ("articles", "blocks", "mentions")
DERIVED = {"en_spans", "raw_spans", "position", "paragraph", "context"}
"""Fields that follow from others or from where a row stands."""
EFFECTS = {
    "zh_hans": "translation, conversion",
    "zh_hant": "conversion, translation into Traditional",
    "bead": "alignment",
    "label": "another answer is right",
    "answer": "another answer is right",
    "choices": "other answers to choose from",
    "question": "the question is put differently",
    "premise": "the input differs",
    "hypothesis": "the input differs",
    "evidence": "evidence: other sentences count",
}
"""What a change of a field moves; ``en`` has a number instead, and every other field moves no score."""
_TOKEN = re.compile(r"(?:[A-Za-z]\.){2,}|[\w'’-]+|[^\w\s]")


def compare(old: Path, new: Path) -> str:
    """Markdown of everything that changed from one release folder to the other."""
    parts = [_summary(read(old, "sentences"), read(new, "sentences"))]
    for config in NAMED:
        parts.append(_table(config, read(old, config), read(new, config)))
    counts = [f"{config} {_changed(read(old, config), read(new, config))}" for config in COUNTED]
    parts.append(
        f"Rows that differ, are new or are gone in the configs made from the texts: {', '.join(counts)}.\n"
    )
    return "\n".join(part for part in parts if part)


def read(release: Path, config: str) -> dict[str, Row]:
    """Rows of a config by id, in the order of the file; none where the release has no such config."""
    path = release / config / "test.jsonl"
    if not path.is_file():
        return {}
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    return {row.get("id", f"{position:05d}"): row for position, row in enumerate(rows)}


def describe(old: str, new: str, most: int = 8) -> str:
    """The words that changed, as ``old → new``; only how many where there are more than ``most``."""
    a, b = _TOKEN.findall(old), _TOKEN.findall(new)
    steps = _steps(a, b)
    size = sum(max(i2 - i1, j2 - j1) for i1, i2, j1, j2 in steps)
    if size > most or len(steps) > 3:
        return f"reworded ({min(size, len(a))} of {len(a)} words)"
    return "; ".join(_change(_join(a[i1:i2]), _join(b[j1:j2])) for i1, i2, j1, j2 in steps) or "white space"


def describe_characters(old: str, new: str) -> str:
    """The Chinese characters that changed, each with the one before and the one after it."""
    around = [
        (old[max(0, i - 1) : j + 1].strip(), new[max(0, k - 1) : m + 1].strip())
        for i, j, k, m in _steps(old, new)
    ]
    return "; ".join(dict.fromkeys(_change(before, after) for before, after in around))


def _steps(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Ranges of the old that are other ranges of the new."""
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(i1, i2, j1, j2) for name, i1, i2, j1, j2 in codes if name != "equal"]


def _change(old: str, new: str) -> str:
    if old and new:
        return f"{old} → {new}"
    return f"drops {old}" if old else f"adds {new}"


def _join(words: Sequence[str]) -> str:
    return re.sub(r" (?=[,.;:!?)])", "", " ".join(words))


def _summary(old: Mapping[str, Row], new: Mapping[str, Row]) -> str:
    from sacrebleu import corpus_chrf

    both = [(old[key]["en"] or "", new[key]["en"] or "") for key in old if key in new]
    changed = [pair for pair in both if pair[0] != pair[1]]
    if not changed:
        return ""
    scores = [corpus_chrf([a for a, _ in pairs], [[b for _, b in pairs]]).score for pairs in (both, changed)]
    return (
        f"English: {len(changed)} of {len(both)} rows changed. The old English, scored against the new, "
        f"has chrF {scores[0]:.1f} over all rows and {scores[1]:.1f} over the changed ones: scores of "
        "translation do not compare across these versions. `chrF` in the table is that of one row's old "
        "English against its new.\n"
    )


def _table(config: str, old: Mapping[str, Row], new: Mapping[str, Row]) -> str:
    had, has = _fields(old), _fields(new)
    lines = list(_lines(old, new, [field for field in had if field in has]))
    fields = [f"New fields: {', '.join(f'`{field}`' for field in has if field not in had)}."] if had else []
    fields += (
        [f"Fields that are gone: {', '.join(f'`{field}`' for field in had if field not in has)}."]
        if has
        else []
    )
    told = [line for line in fields if "`" in line]
    table = ["| id | field | what changed | effect on scores |", "|---|---|---|---|", *lines] if lines else []
    return "\n\n".join([f"## {config}", *told, "\n".join(table)]).rstrip() + "\n" if told or table else ""


def _fields(rows: Mapping[str, Row]) -> list[str]:
    return list(dict.fromkeys(field for row in rows.values() for field in row))


def _lines(old: Mapping[str, Row], new: Mapping[str, Row], fields: Sequence[str]) -> Iterator[str]:
    for key, row in old.items():
        if key not in new:
            yield f"| {key} | | removed; the id is not given again | not asked any more |"
            continue
        for field in fields:
            before, after = row.get(field), new[key].get(field)
            if field == "evidence":
                before, after = _sentence_ids(before), _sentence_ids(after)
            if before != after and field not in DERIVED:
                what, effect = _escape(_what(field, before, after)), _effect(field, before, after)
                yield f"| {key} | {field} | {what} | {effect} |"
    yield from (f"| {key} | | new | asked for the first time |" for key in new if key not in old)


def _sentence_ids(evidence: Any) -> Any:
    """Evidence as ids of sentences, without order: the text of a sentence is a matter of its own row."""
    return sorted({part["sentence_id"] for part in evidence}) if isinstance(evidence, list) else evidence


def _what(field: str, before: Any, after: Any) -> str:
    if isinstance(before, str) and isinstance(after, str):
        if field in ("zh_hans", "zh_hant"):
            return describe_characters(before, after)
        return (
            describe(before, after)
            if max(len(before), len(after)) > 40 or field == "en"
            else f"{before} → {after}"
        )
    if isinstance(before, list) and isinstance(after, list):
        gone, come = [x for x in before if x not in after], [x for x in after if x not in before]
        return (
            _change(", ".join(map(str, gone)), ", ".join(map(str, come))) if gone or come else "another order"
        )
    if isinstance(before, dict) and isinstance(after, dict):
        return "other text: " + ", ".join(
            key for key in {**before, **after} if before.get(key) != after.get(key)
        )
    return f"{_name(before)} → {_name(after)}"


def _name(value: Any) -> str:
    """A value in a table: long ones by kind alone."""
    text = "none" if value is None else str(value)
    return text if len(text) <= 40 else "a text" if isinstance(value, str) else "a value"


def _effect(field: str, before: Any, after: Any) -> str:
    if field == "en" and isinstance(before, str) and isinstance(after, str):
        from sacrebleu import sentence_chrf

        return f"translation: chrF {sentence_chrf(before, [after]).score:.0f}"
    return EFFECTS.get(field, "none")


def _changed(old: Mapping[str, Row], new: Mapping[str, Row]) -> int:
    return sum(old.get(key) != new.get(key) for key in {**old, **new})


def _escape(text: str) -> str:
    return re.sub(r"([|*<>\[\]`])", r"\\\1", text).replace("\n", " ")


def main(
    old: Path,
    new: Path,
    write: Annotated[Path | None, typer.Option(help="The file to put the tables into.")] = None,
) -> None:
    tables = compare(old, new)
    if write is None:
        print(tables)
        return
    prose = write.read_text(encoding="utf-8").partition(MARKER)[0] if write.is_file() else ""
    write.write_text(f"{prose}{MARKER}\n{tables}", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
