"""What a raw folder holds, as a ``sources.toml`` and a card to fill: the first step of a new dataset."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from duizhao.annotations import Annotations
from duizhao.errors import DuizhaoError, Finding, InputError
from duizhao.files import read_text, show, write_file
from duizhao.records import Options, make_records, validate
from duizhao.release import make_skeleton
from duizhao.sources import (
    KEYS,
    Source,
    find_alone,
    find_skipped,
    find_sources,
    known_encoding,
    read_document,
    read_listing,
)
from duizhao.text import is_date

Tick = Callable[[str, int, int], None]

FACTS = ("publisher", "byline", "published", "url")
"""Facts that are looked for in each file."""

_TOLD = frozenset(("other-language", "bilingual-file", "nothing-kept", "broken-characters"))
"""Findings that concern the choice of the files."""

_BESIDE = re.compile("en/[^/]+")
"""The name of a file in ``en``: a build finds it by its name."""

_HEAD = """# What each file is. duizhao init wrote what it found out; correct what is wrong, fill in what you know.
# Run again, init adds new files at the end and changes nothing else.
# Keys of an [[article]]: {keys}.
"""


@dataclass(frozen=True, slots=True)
class Article:
    """What was found out about an article. ``listed`` is true where ``sources.toml`` named it before."""

    source: Source
    english: Source | None
    listed: bool
    encoding: str
    title: str
    script: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Inventory:
    """The articles of a raw folder, in the order of their ids, files that cannot be read, and findings."""

    articles: Sequence[Article]
    errors: Sequence[DuizhaoError] = ()
    findings: Sequence[Finding] = ()
    new: Sequence[Article] = field(default=())


def take_inventory(raw: Path, tick: Tick = lambda what, done, total: None) -> Inventory:
    """Find out what the files of a raw folder are: encoding, script, title, date, publisher, English side.

    Nothing is written. Raises DuizhaoError for a folder that a build cannot use.
    """
    sources = find_sources(raw, every=True)
    listing = raw / "sources.toml"
    named = {entry.values["file"] for entry in read_listing(listing).entries} if listing.is_file() else set()
    articles: list[Article] = []
    errors: list[DuizhaoError] = []
    alone = find_alone(raw)
    findings = [one for one in find_skipped(raw, sources) if (one.id, one.record) not in alone]
    for done, (zh, en) in enumerate(sources):
        tick(zh.id, done, len(sources))
        try:
            document = read_document(zh)
            records = make_records(document, None, Annotations(), Options(topic=False))
        except DuizhaoError as error:
            errors.append(error)
            continue
        row = records["articles"][0]
        facts = {key: row[key] for key in FACTS if row[key]}
        title = row["title"]["zh_hans" if row["source_script"] == "zh-Hans" else "zh_hant"] or ""
        listed = zh.name in named
        articles.append(Article(zh, en, listed, document.encoding, title, row["source_script"], facts))
        findings += [finding for finding in validate(records) if finding.id in _TOLD]
    new = [article for article in articles if not article.listed]
    return Inventory(articles, errors, findings, new)


def write_inventory(raw: Path, card: Path, inventory: Inventory) -> bool:
    """Write the new articles at the end of ``sources.toml``, and ``card`` if it is not there. Returns whether
    it was not.

    What is in ``sources.toml`` already stays as it is, comments included. Raises InputError ``cannot-write``.
    """
    listing = raw / "sources.toml"
    old = read_text(listing, "bad-sources") if listing.is_file() else _HEAD.format(keys=", ".join(KEYS))
    if inventory.new:
        gap = "" if not old or old.endswith("\n") else "\n"
        write_file(listing, old + gap + "".join(_entry(article) for article in inventory.new))
    if card.exists():
        return False
    english = any(article.english for article in inventory.articles)
    title = raw.resolve().name if raw.resolve().name != "raw" else raw.resolve().parent.name
    write_file(card, make_skeleton(title, english=english))
    return True


def check_writable(*paths: Path) -> None:
    """Raise InputError ``cannot-write`` for a file that cannot be written where it is to be, before
    any work is done.
    """
    for path in paths:
        place = path if path.exists() else path.parent
        if not os.access(place, os.W_OK):
            raise InputError(
                "cannot-write",
                f"{show(path)}: cannot be written (no permission); change the permissions of {show(place)}, "
                "or copy the articles to a folder of your own",
            )


def missing_facts(articles: Sequence[Article]) -> dict[str, int]:
    """How many of the articles lack each fact, only those that some lack."""
    counts = {fact: sum(fact not in article.facts for article in articles) for fact in FACTS}
    return {fact: count for fact, count in counts.items() if count}


def _entry(article: Article) -> str:
    """An [[article]] of ``sources.toml``, with what is no key of it in a comment."""
    source = article.source
    about = f"{article.script}; English: {article.english.name}" if article.english else article.script
    values = {"id": source.id, "file": source.name}
    other = article.english and article.english.path != source.path
    if (
        article.english and other and not _BESIDE.fullmatch(article.english.name)
    ):  # a build may look nowhere else
        values["en"] = article.english.name
    if article.encoding != "utf-8" and known_encoding(article.encoding):
        values["encoding"] = article.encoding
    facts = {key: value for key, value in article.facts.items() if key != "published" or is_date(value)}
    missing = [key for key in FACTS if key not in facts]
    lines = ["", f"# {_one_line(article.title or '(no title found)')}", f"# {about}", "[[article]]"]
    lines += [
        f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in {**values, **facts}.items()
    ]
    if missing:
        lines.append(f"# not found: {', '.join(missing)}")
    return "\n".join([*lines, ""])


def _one_line(text: str) -> str:
    """A text that can stand in a comment."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
