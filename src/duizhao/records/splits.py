"""Splits: which articles are for training, validation and testing. A document and
its near-duplicates stay together.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from duizhao.cleaning import find_near_duplicates
from duizhao.errors import InputError, counted
from duizhao.packed import PackedRows
from duizhao.schema import SPLITS, Record, Records
from duizhao.text import Document

ALIKE = 0.8
"""Similarity from which two articles are near-duplicates: Jaccard similarity of their 5-character shingles.
"""


def read_shares(text: str) -> dict[str, Fraction]:
    """Read ``train=0.9,validation=0.05,test=0.05``. Returns the share of each split, in the order of
    ``SPLITS``.

    Raises InputError ``unknown-split`` for other names and ``bad-splits`` for shares that are not numbers
    above 0 with the sum 1. Every mistake is reported.
    """
    shares: dict[str, Fraction] = {}
    unknown, wrong = [], []
    for part in text.split(","):
        name, _, number = (piece.strip() for piece in part.partition("="))
        share = _read_number(number)
        if name not in SPLITS:
            unknown.append(f"--splits: {name or part!r}: no such split; known: {', '.join(SPLITS)}")
        elif name in shares:
            wrong.append(f"--splits: {name} stands twice")
        elif share is None or not 0 < share <= 1:
            wrong.append(
                f"--splits: {part.strip()}: the share must be a number above 0 and at most 1, like 0.9"
            )
        else:
            shares[name] = share
    total = sum(shares.values())
    if not unknown and not wrong and total != 1:
        wrong.append(f"--splits: the shares sum up to {float(total):g}; they must sum up to 1")
    if unknown:
        raise InputError("unknown-split", "\n".join([*unknown, *wrong]))
    if wrong:
        raise InputError("bad-splits", "\n".join(wrong))
    return {name: shares[name] for name in SPLITS if name in shares}


def assign_splits(records: Records, shares: Mapping[str, Fraction]) -> dict[str, str]:
    """Return the split of each article.

    Articles that are near-duplicates, and articles that one event, claim or question is about, are one
    group. A group is never divided. Each split gets its share of the articles, rounded by largest
    remainder, and at least one group. Large groups are placed first, then all in the order of the SHA-256
    of an id; each goes to the split that lacks most. So the same articles always give the same splits, but
    adding an article can move others. Raises InputError ``empty-split`` if there are fewer groups than
    splits, and MissingExtra without ``datasketch``.
    """
    ids = [row["id"] for row in records["articles"]]
    groups = _group(ids, [*_alike(records["articles"]), *_tied(records)])
    if len(groups) < len(shares):
        told = (
            f"{counted(len(ids), 'articles')}, {len(groups)} apart from near-duplicates and articles that "
            "belong together"
        )
        raise InputError(
            "empty-split",
            f"--splits: {told}, cannot fill {counted(len(shares), 'splits')}; give fewer splits or more "
            "articles",
        )
    lacking = _round(shares, len(ids))
    homes: dict[str, str] = {}
    empty = list(shares)
    for place, group in enumerate(sorted(groups, key=lambda group: (-len(group), _hash(group[0])))):
        open_splits = empty if len(groups) - place <= len(empty) else list(shares)
        split = max(open_splits, key=lambda name: lacking[name])  # the first of those that lack equally
        lacking[split] -= len(group)
        empty = [name for name in empty if name != split]
        homes.update(dict.fromkeys(group, split))
    return homes


def part_records(
    records: Records, splits: Sequence[str], homes: Mapping[str, str]
) -> dict[str, dict[str, Sequence[Record]]]:
    """Return the rows of each split by config, in their order. Every split has every config.

    A row belongs to the split of its article. A row of entities is in every split that names it, and in the
    first one if no split does.
    """
    if len(splits) == 1:
        return {splits[0]: dict(records)}
    parts = {split: {config: PackedRows() for config in records} for split in splits}
    named: dict[str, set[str]] = {split: set() for split in splits}
    for config, rows in records.items():
        for row in rows if config != "entities" else ():
            articles = articles_of(config, row)
            split = homes.get(articles[0], splits[0]) if articles else splits[0]
            parts[split][config].append(row)
            named[split].update(_entities_of(config, row))
    for row in records.get("entities", ()):
        chosen = [split for split in splits if row["id"] in named[split]] or splits[:1]
        for split in chosen:
            parts[split]["entities"].append(row)
    return {split: dict(part) for split, part in parts.items()}


def articles_of(config: str, row: Record) -> list[str]:
    """Return the ids of the articles that a row is about. An entity is about none."""
    if config == "articles":
        return [row["id"]]
    if "article_id" in row:
        return [row["article_id"]]
    if "article_ids" in row:
        return list(row["article_ids"])
    named = [row[field] for field in ("sentence_id", "premise_id", "hypothesis_id") if field in row]
    named += [part["sentence_id"] for part in row.get("evidence", ())]
    return list(dict.fromkeys(id.partition(":")[0] for id in named))


def _entities_of(config: str, row: Record) -> list[str]:
    if config == "mentions":
        return [row["entity_id"]]
    return list(row["participants"]) if config == "events" else []


def _alike(articles: Sequence[Record]) -> list[tuple[str, str]]:
    """Pairs of near-duplicate articles, by their kept text in Simplified Chinese."""
    if len(articles) < 2:
        return []
    documents = [Document(row["id"], "zh", row["raw_path"], row["text"]["zh_hans"], "") for row in articles]
    return [(one, two) for one, two, _ in find_near_duplicates(documents, ALIKE)]


def _tied(records: Records) -> Iterable[tuple[str, str]]:
    """Pairs of articles that one row is about."""
    for config in ("events", "claims", "questions"):
        for row in records.get(config, ()):
            first, *others = articles_of(config, row) or [""]
            yield from ((first, other) for other in others)


def _group(ids: Sequence[str], pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Ids in groups, so that the ids of each pair are in the same group; in order."""
    heads = {id: id for id in ids}

    def head(id: str) -> str:
        while heads[id] != id:
            heads[id] = heads[heads[id]]
            id = heads[id]
        return id

    for one, two in pairs:
        first, second = sorted((head(one), head(two)))
        heads[second] = first
    groups: dict[str, list[str]] = {}
    for id in sorted(ids):
        groups.setdefault(head(id), []).append(id)
    return list(groups.values())


def _round(shares: Mapping[str, Fraction], total: int) -> dict[str, int]:
    """Whole numbers with the sum ``total``: each share rounded down, the rest by largest remainder."""
    counts = {name: int(share * total) for name, share in shares.items()}
    order = sorted(shares, key=lambda name: counts[name] - shares[name] * total)
    for name in order[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def _hash(id: str) -> str:
    return hashlib.sha256(id.encode()).hexdigest()


def _read_number(text: str) -> Fraction | None:
    return Fraction(text) if re.fullmatch(r"-?[0-9]{0,9}\.?[0-9]{1,9}", text) else None
