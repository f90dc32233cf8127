"""The rows of each task, made from the release inside the package or from a user's own release.

Every function returns a list of plain dicts. All harnesses and ``benchmarks/baselines.py`` use the same rows.
The ``lm_eval_…`` functions return them in the form that lm-evaluation-harness needs: ``{"test": Dataset}``.
These functions read the release that the environment variable ``DUIZHAO_RELEASE`` names, if it is set.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from duizhao.errors import InputError
from duizhao.languages import KEYS
from duizhao.release import ALL, load, read_layout, read_manifest
from duizhao.schema import SPLIT, home

if TYPE_CHECKING:
    import datasets

CLAIM_LABELS = ("entailment", "neutral", "contradiction")
"""Labels of the contradiction task. The ``label`` of a row is an index into this tuple."""
BLOCK_LABELS = ("keep", "drop")
"""Labels of the boilerplate task. The ``label`` of a row is an index into this tuple."""
CONTEXTS = ("article", "evidence", "none")
"""What a reader gets with a question: whole articles, only the evidence sentences, or nothing."""

Row = dict[str, Any]
Release: TypeAlias = "str | Path | None"
"""The folder of a release. None means the release inside the package."""

VARIABLE = "DUIZHAO_RELEASE"
"""The environment variable that names the release for the harnesses to read. Of its splits, ``test``
is read, or all.
"""


def translation(source: str, target: str, release: Release = None) -> list[Row]:
    """Return a row for each bead that has both sides: ``id``, ``article_id``, ``source``, ``target``."""
    _check("column", source, KEYS)
    _check("column", target, KEYS)
    return [
        {"id": row["id"], "article_id": row["article_id"], "source": row[source], "target": row[target]}
        for row in _rows("sentences", release)
        if row[source] and row[target]
    ]


def bitext(source: str, target: str, release: Release = None) -> list[Row]:
    """Return the rows of `translation` whose texts occur only once in their column.

    A text that occurs twice would have two right matches.
    """
    rows: list[Row] = []
    seen: dict[str, set[str]] = {"source": set(), "target": set()}
    for row in translation(source, target, release):
        if all(row[side] not in texts for side, texts in seen.items()):
            rows.append(row)
        for side, texts in seen.items():
            texts.add(row[side])
    return rows


def reading(column: str, context: str = "article", release: Release = None) -> list[Row]:
    """Return a row for each question.

    Fields: ``id``, ``article_ids``, ``type``, ``source_error``, ``closed_book``, ``question``, four
    ``choices``, ``answer`` (index of the right one), ``passage``. ``type``, ``source_error`` and
    ``closed_book`` are those of the config ``questions``. With them, a score can be given for each level, or
    only for questions that were not answered right without the text.
    """
    _check("column", column, KEYS)
    _check("context", context, CONTEXTS)
    texts = (
        {row["id"]: row["text"][column] for row in _rows("articles", release)} if context == "article" else {}
    )
    passages: dict[str, Callable[[Row], Iterable[str]]] = {
        "article": lambda row: (texts[article] for article in row["article_ids"]),
        "evidence": lambda row: (sentence[column] for sentence in row["evidence"] if sentence[column]),
        "none": lambda row: (),
    }
    return [
        {
            "id": row["id"],
            "article_ids": row["article_ids"],
            "type": row["type"],
            "source_error": row["source_error"],
            "closed_book": row["closed_book"],
            "question": row["question"][column],
            "choices": row["choices"][column],
            "answer": row["answer"],
            "passage": "\n\n".join(passages[context](row)),
        }
        for row in _rows("questions", release)
    ]


def contradiction(column: str, release: Release = None) -> list[Row]:
    """Return a row for each pair of statements.

    Fields: ``id``, ``topic``, ``article_ids``, ``context``, ``premise``, ``hypothesis``, ``label``
    (index). ``context`` states what a reader may assume besides the two statements. The label is
    right under this context.
    """
    _check("column", column, KEYS)
    return [
        {
            "id": row["id"],
            "topic": row["topic"],
            "article_ids": sorted({row[side].rpartition(":")[0] for side in ("premise_id", "hypothesis_id")}),
            "context": _context(row["context"], column),
            "premise": row["premise"][column],
            "hypothesis": row["hypothesis"][column],
            "label": CLAIM_LABELS.index(row["label"]),
        }
        for row in _rows("claims", release)
    ]


def boilerplate(release: Release = None) -> list[Row]:
    """Return a row for each Chinese piece, kept or removed.

    Fields: ``id``, ``article_id``, ``before``, ``text``, ``after``, ``label`` (index). ``before`` and
    ``after`` are the neighbouring pieces. They are empty at the ends of a file. Markup is left out. English
    files are left out too: they translate only what was kept, so nothing was removed from them.
    """
    rows: list[Row] = []
    for row in _rows("blocks", release):
        if row["language"] != "zh" or row["label"] not in BLOCK_LABELS:
            continue
        previous = rows[-1] if rows and rows[-1]["article_id"] == row["article_id"] else None
        rows.append(
            {
                "id": row["id"],
                "article_id": row["article_id"],
                "before": previous["text"] if previous else "",
                "text": row["text"],
                "after": "",
                "label": BLOCK_LABELS.index(row["label"]),
            }
        )
        if previous:
            previous["after"] = row["text"]
    return rows


def _rows(config: str, release: Release) -> list[Row]:
    rows: list[Row] = load(config, choose_split(release), as_="arrow", path=release).to_pylist()
    return rows


def choose_split(release: Release) -> str:
    """Return the split that the tasks run on: ``test`` if the release has it, or else all rows."""
    folder = Path(release) if release is not None else home("dataset")
    return SPLIT if SPLIT in read_layout(read_manifest(folder)).splits else ALL


def _context(context: Row, column: str) -> str:
    if column != "zh_hant":
        return str(context[column])
    from duizhao.text import convert  # load OpenCC only if a context is needed in Traditional

    return convert(context["zh_hans"], "zh-Hant")


def _check(what: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise InputError(f"unknown-{what}", f"{name}: no such {what}; known: {', '.join(known)}")


def named_release() -> str | None:
    """Return the release that `VARIABLE` names, or None if the variable is empty or not set."""
    return os.environ.get(VARIABLE) or None


def lm_eval_translation(source: str, target: str, **_: Any) -> dict[str, datasets.Dataset]:
    """Return `translation` for the harness.

    The harness also passes the metadata of the task; ``_`` ignores it.
    """
    return _split(translation(source, target, named_release()))


def lm_eval_reading(column: str, context: str, **_: Any) -> dict[str, datasets.Dataset]:
    """Return `reading` for the harness."""
    return _split(reading(column, context, named_release()))


def lm_eval_contradiction(column: str, **_: Any) -> dict[str, datasets.Dataset]:
    """Return `contradiction` for the harness."""
    return _split(contradiction(column, named_release()))


def lm_eval_boilerplate(**_: Any) -> dict[str, datasets.Dataset]:
    """Return `boilerplate` for the harness."""
    return _split(boilerplate(named_release()))


def _split(rows: list[Row]) -> dict[str, datasets.Dataset]:
    import datasets

    return {SPLIT: datasets.Dataset.from_list(rows)}
