"""Count what a corpus build kept, removed and rejected: by category, reason and source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from duizhao.errors import Finding

COUNTED = ("language", "label", "category", "reason", "raw_start", "raw_end")
"""Fields of a row of ``blocks`` that are counted."""

MOST = 1000
"""How many reasons and sources are counted by name. The others are counted together, as ``(others)``."""

OTHERS = "(others)"

SHOWN = 3
"""Examples of a kind of finding, and of a reason to reject."""


class Tally:
    """Counts. Two tallies can be added; the order of the additions decides which names
    are counted as others. ``most`` names are counted each by itself.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self.characters: Counter[str] = Counter()
        self.categories: dict[str, Counter[str]] = {}
        self.reasons: dict[str, Counter[str]] = {}
        self.sources: dict[str, Counter[str]] = {}
        self.rejected: dict[str, Counter[str]] = {}
        self.findings: dict[str, Counter[str]] = {}
        self.unread: dict[str, Counter[str]] = {}
        self.examples: dict[str, list[Any]] = {}

    def add(
        self, made: Sequence[Mapping[str, Any]], blocks: Iterable[Sequence[Any]], findings: Iterable[Finding]
    ) -> None:
        """Count articles. ``made`` says of each its source and how many rows of ``blocks`` it has, in order;
        ``blocks`` are the values of the fields COUNTED.
        """
        rows = iter(blocks)
        for one in made:
            source = self._named(self.sources, one["source"])
            source["articles"] += 1
            source["sentences"] += one["sentences"]
            sizes: Counter[str] = Counter()
            for language, label, category, reason, start, end in islice(rows, one["blocks"]):
                if language != "zh":
                    continue
                size = end - start
                sizes[label] += size
                if label == "drop":
                    self._count(self.categories, category, size)
                    self._count(self.reasons, (reason or "").partition(" · ")[0], size)
            self.characters.update(sizes)
            source.update(sizes)
        for finding in findings:
            self._named(self.findings, finding.id)["count"] += 1
            self._show(f"finding {finding.id}", [finding.record, finding.field, finding.message])

    def reject(self, source: str, line: Mapping[str, Any]) -> None:
        """Count a rejected row by its reason and its source; ``line`` is that of rejected.jsonl."""
        self._named(self.rejected, line["reason"])["count"] += 1
        self._named(self.sources, source)["rejected"] += 1
        self._show(f"rejected {line['reason']}", dict(line))

    def leave_unread(self, rows: Mapping[str, int]) -> None:
        """Count fields that are not read: the number of rows that have each."""
        for name, count in rows.items():
            self._named(self.unread, name)["rows"] += count

    def _named(self, table: dict[str, Counter[str]], name: str) -> Counter[str]:
        if name not in table and len(table) >= self._most:
            name = OTHERS
        return table.setdefault(name, Counter())

    def _count(self, table: dict[str, Counter[str]], name: str | None, size: int) -> None:
        found = self._named(table, name or "(none)")
        found["blocks"] += 1
        found["characters"] += size

    def _show(self, kind: str, example: Any) -> None:
        shown = self.examples.setdefault(kind, [])
        if len(shown) < SHOWN:
            shown.append(example)

    def as_json(self) -> dict[str, Any]:
        """Return the counts as plain values; `merge` reads them."""
        return {
            "characters": dict(self.characters),
            **{name: {key: dict(value) for key, value in table.items()} for name, table in self._tables()},
            "examples": self.examples,
        }

    def merge(self, told: Mapping[str, Any]) -> None:
        """Add the counts of another tally, as `as_json` gave them."""
        self.characters.update(told["characters"])
        for name, table in self._tables():
            for key, value in told[name].items():
                self._named(table, key).update(value)
        for kind, examples in told["examples"].items():
            for example in examples:
                self._show(kind, example)

    def _tables(self) -> list[tuple[str, dict[str, Counter[str]]]]:
        return [
            (name, getattr(self, name))
            for name in ("categories", "reasons", "sources", "rejected", "findings", "unread")
        ]

    @property
    def rejections(self) -> int:
        """The number of rejected rows."""
        return sum(found["count"] for found in self.rejected.values())

    def report(self, counts: Mapping[str, int]) -> dict[str, Any]:
        """Return the value of report.json: ``counts`` are the rows of each config."""
        return {
            "rows": dict(counts),
            "characters": {
                "kept": self.characters["keep"],
                "removed": self.characters["drop"],
                "markup": self.characters["markup"],
            },
            "removed": {
                "by_category": _sorted(self.categories, "characters"),
                "by_reason": _sorted(self.reasons, "characters"),
            },
            "rejected": {
                "rows": self.rejections,
                "by_reason": {
                    reason: {
                        "rows": found["count"],
                        "examples": self.examples.get(f"rejected {reason}", []),
                    }
                    for reason, found in _sorted(self.rejected, "count").items()
                },
            },
            "sources": {
                name: {
                    "articles": found.get("articles", 0),
                    "sentences": found.get("sentences", 0),
                    "kept": found.get("keep", 0),
                    "removed": found.get("drop", 0),
                    "markup": found.get("markup", 0),
                    "rejected": found.get("rejected", 0),
                }
                for name, found in _sorted(self.sources, "articles").items()
            },
            "findings": {
                id: {
                    "count": found["count"],
                    "examples": [
                        dict(zip(("record", "field", "message"), told, strict=True))
                        for told in self.examples.get(f"finding {id}", [])
                    ],
                }
                for id, found in _sorted(self.findings, "count").items()
            },
            "unread": {name: found["rows"] for name, found in _sorted(self.unread, "rows").items()},
        }


def _sorted(table: Mapping[str, Mapping[str, int]], by: str) -> dict[str, dict[str, int]]:
    """Return a table with the largest entries first."""
    return {
        name: dict(found)
        for name, found in sorted(table.items(), key=lambda one: (-one[1].get(by, 0), one[0]))
    }
