"""Check that facts which a release states twice agree (levels 2 and 3).

These are: order and positions, ids that name their place, beads, the fields of a block by its label and
reason, roles and speakers of a paragraph, evidence, statements, dates, and the texts of articles. To find
other changes of a field, compare with the raw files (``verify``).
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from io import StringIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duizhao.cleaning import PERSON, SPARED, is_reason, settled_category
from duizhao.dates import is_real_date
from duizhao.errors import Finding
from duizhao.packed import group_rows
from duizhao.records.files import Files
from duizhao.schema import Record, Records
from duizhao.text import Span, read, read_pieces

_BY_LABEL = {"keep": ("paragraph", "score"), "drop": ("category", "reason", "score"), "markup": ()}
_KEPT_BECAUSE = (PERSON, SPARED)  # how the reason of a kept block begins, if it has one
_SOMETIMES = ("paragraph", "category", "reason", "score")
_TURNS = ("question", "answer")
_PRECISION = {4: "year", 7: "month", 10: "day", 16: "minute"}
"""How exactly a time of so many characters is known."""


def check_consistency(records: Records, files: Files) -> Iterator[Finding]:
    """Return the findings of levels 2 and 3, in a fixed order.

    The records must be valid under their schemas.
    """
    blocks, sentences = records.get("blocks", ()), records.get("sentences", ())
    yield from _check_places("blocks", blocks, lambda row: (row["article_id"], row["language"]), _block_id)
    yield from _check_places("sentences", sentences, lambda row: row["article_id"], _sentence_id)
    yield from _check_labels(blocks)
    yield from _check_reasons(blocks)
    yield from _check_order(sentences)
    yield from _check_beads(records)
    yield from _check_paragraphs(sentences, blocks)
    yield from _check_roles(sentences)
    yield from _check_mention_ids(records.get("mentions", ()))
    yield from _check_evidence(records)
    yield from _check_statements(records)
    yield from _check_dates(records)
    yield from _check_articles(records, files)


def _block_id(row: Record) -> str:
    return f"{row['article_id']}:{row['language']}:{row['raw_start']:05d}"


def _sentence_id(row: Record) -> str:
    """Return the id that follows from a row's first span.

    A row without spans keeps its id; other checks report it.
    """
    for letter, field in (("s", "raw_spans"), ("e", "en_spans")):
        if row[field]:
            return f"{row['article_id']}:{letter}{row[field][0][0]:05d}"
    return str(row["id"])


def _check_places(
    config: str, rows: Sequence[Record], group: Callable[[Record], Any], make_id: Callable[[Record], str]
) -> Iterator[Finding]:
    """Positions count up from 0 in each article or file. An id names the place where its row starts."""
    counts: dict[Any, int] = defaultdict(int)
    for row in rows:
        key = group(row)
        if row["position"] != counts[key]:
            message = f"is {row['position']}, the {config} before it make it {counts[key]}"
            yield Finding("wrong-position", 2, row["id"], "position", message)
        counts[key] += 1
        if row["id"] != make_id(row):
            yield Finding("wrong-id", 2, row["id"], "id", f"its place makes it {make_id(row)}")


def _check_labels(blocks: Sequence[Record]) -> Iterator[Finding]:
    """The label of a block determines which fields it has."""
    for row in blocks:
        for field in _SOMETIMES:
            has, should = row[field] is not None, field in _BY_LABEL[row["label"]]
            if field == "reason" and row["label"] == "keep" and has and row[field].startswith(_KEPT_BECAUSE):
                continue
            if has != should:
                message = f"is {'missing' if should else 'set'}, and the label is {row['label']}"
                yield Finding("label-fields", 3, row["id"], field, message)


def _check_reasons(blocks: Sequence[Record]) -> Iterator[Finding]:
    """A reason is one that a build gives. Some state the category too, and then the score is 1."""
    for row in blocks:
        reason = row["reason"]
        if row["label"] != "drop" or reason is None:
            continue
        category, person = settled_category(reason), reason.startswith(PERSON)
        if not person and not is_reason(reason):
            yield Finding("label-fields", 3, row["id"], "reason", f"is {reason!r}, which no build gives")
        if category is not None and row["category"] != category:
            message = f"is {row['category']}, and the reason {reason!r} makes it {category}"
            yield Finding("label-fields", 3, row["id"], "category", message)
        if (category is not None or person) and row["score"] != 1:
            message = f"is {row['score']}, and the reason {reason!r} makes it 1"
            yield Finding("label-fields", 3, row["id"], "score", message)


def _check_roles(sentences: Sequence[Record]) -> Iterator[Finding]:
    """Turns of an interview have a speaker, and no other rows. The rows of a paragraph have
    one role and speaker.
    """
    # Of each paragraph only a number is held: that of its role and speaker. A text can have a million.
    numbers: dict[tuple[str, str | None], int] = {}
    first: dict[tuple[str, bool], dict[int, int]] = defaultdict(dict)
    for row in sentences:
        if (row["speaker"] is not None) != (row["role"] in _TURNS):
            message = f"is {'missing' if row['speaker'] is None else 'set'}, and the role is {row['role']}"
            yield Finding("label-fields", 3, row["id"], "speaker", message)
        number = numbers.setdefault((row["role"], row["speaker"]), len(numbers))
        side = row["article_id"], bool(row["raw_spans"])
        if first[side].setdefault(row["paragraph"], number) == number:
            continue
        before = next(
            one
            for one in sentences
            if (one["article_id"], bool(one["raw_spans"])) == side and one["paragraph"] == row["paragraph"]
        )
        for field in ("role", "speaker"):
            if row[field] != before[field]:
                message = f"is {row[field]}, in {before['id']} of the same paragraph {before[field]}"
                yield Finding("label-fields", 3, row["id"], field, message)


def _check_order(sentences: Sequence[Record]) -> Iterator[Finding]:
    """Rows are in the order of both files."""
    for field in ("raw_spans", "en_spans"):
        ends: dict[str, int] = defaultdict(int)
        for row in sentences:
            for start, end in row[field]:
                if start < ends[row["article_id"]]:
                    message = (
                        f"starts at {start}, before the end of the row before it, {ends[row['article_id']]}"
                    )
                    yield Finding("wrong-order", 3, row["id"], field, message)
                    break
                ends[row["article_id"]] = end


def _check_beads(records: Records) -> Iterator[Finding]:
    """A side has sentences only if it has spans, and not more sentences than spans.

    Without an English file, a row has no English and no score. A row has a quality if it has both sides.
    """
    files = {row["id"]: row["en_path"] for row in records.get("articles", ())}
    for row in records.get("sentences", ()):
        counts = _sizes(row["bead"])
        for count, field in zip(counts, ("raw_spans", "en_spans"), strict=True):
            if (count > 0) != (len(row[field]) > 0) or count > len(row[field]):
                message = f"{row['bead']} with {len(row[field])} {field}"
                yield Finding("impossible-bead", 3, row["id"], "bead", message)
        if (row["zh_hans"] is None) != (row["zh_hant"] is None):
            yield Finding(
                "impossible-bead",
                3,
                row["id"],
                "zh_hant",
                "one of zh_hans and zh_hant is null, and the other is not",
            )
        if (row["quality"] is None) != (not (row["zh_hans"] and row["en"])):
            yield Finding(
                "impossible-bead",
                3,
                row["id"],
                "quality",
                "is for rows with both sides, and for all of them",
            )
        english = files.get(row["article_id"], row["en"])
        if english is None and (row["en"] is not None or row["score"] is not None):
            yield Finding("impossible-bead", 3, row["id"], "en", "the article has no English file")
        if english is not None and row["score"] is None:
            yield Finding(
                "impossible-bead", 3, row["id"], "score", "is null, and the article has an English file"
            )


@lru_cache
def _sizes(bead: str) -> tuple[int, ...]:
    """Return the numbers of sentences of a bead like ``1-2``."""
    return tuple(map(int, bead.split("-")))


def _check_paragraphs(sentences: Sequence[Record], blocks: Sequence[Record]) -> Iterator[Finding]:
    """The paragraph of a row is the paragraph of the block where the row starts."""
    told: dict[tuple[str, str], array[int]] = defaultdict(lambda: array("q"))
    for row in blocks:
        if row["paragraph"] is not None:
            told[row["article_id"], row["language"]].extend((row["raw_start"], row["paragraph"]))
    known = {file: _by_start(pairs) for file, pairs in told.items()}
    for row in sentences:
        for language, field in (("zh", "raw_spans"), ("en", "en_spans")):
            if row[field]:
                starts, paragraphs = known.get((row["article_id"], language), _NO_BLOCKS)
                start = row[field][0][0]
                place = bisect_right(starts, start) - 1
                if place >= 0 and starts[place] == start and row["paragraph"] != paragraphs[place]:
                    message = f"is {row['paragraph']}, its block says {paragraphs[place]}"
                    yield Finding("wrong-paragraph", 3, row["id"], "paragraph", message)
                break


_NO_BLOCKS = array("q"), array("q")


def _by_start(pairs: array[int]) -> tuple[array[int], array[int]]:
    """Return the starts of blocks in order, and their paragraphs, from a list of both in turn."""
    table = np.frombuffer(pairs, np.int64).reshape(-1, 2)
    table = table[np.argsort(table[:, 0], kind="stable")]
    return array("q", table[:, 0].tobytes()), array("q", table[:, 1].tobytes())


def _check_mention_ids(mentions: Sequence[Record]) -> Iterator[Finding]:
    for row in mentions:
        expected = f"{row['sentence_id']}:{row['language'].replace('-', '_').lower()}:{row['start']:04d}"
        if row["id"] != expected:
            yield Finding("wrong-id", 2, row["id"], "id", f"its place makes it {expected}")


def _check_evidence(records: Records) -> Iterator[Finding]:
    """Evidence names existing sentences and repeats their text exactly."""
    named = {
        part["sentence_id"]
        for config in ("events", "questions")
        for row in records.get(config, ())
        for part in row["evidence"]
    }
    sentences = _named_rows(records, named)
    for config in ("events", "questions"):
        for row in records.get(config, ()):
            for part in row["evidence"]:
                sentence = sentences.get(part["sentence_id"])
                if sentence is None:
                    message = f"no record {part['sentence_id']!r} in sentences"
                    yield Finding("dangling-reference", 2, row["id"], "evidence", message)
                    continue
                wrong = [field for field in part if field in sentence and part[field] != sentence[field]]
                if wrong:
                    message = f"{part['sentence_id']}: not what the sentence says in {', '.join(wrong)}"
                    yield Finding("evidence-text", 3, row["id"], "evidence", message)
                if part["article_id"] not in row.get("article_ids", (part["article_id"],)):
                    message = f"{part['sentence_id']}: article_ids does not name its article"
                    yield Finding("evidence-text", 3, row["id"], "article_ids", message)


def _named_rows(records: Records, ids: Collection[str]) -> dict[str, Record]:
    """Return the sentences of some ids. Most rows of a large release are not named anywhere,
    and are not held.
    """
    if not ids:
        return {}
    return {row["id"]: row for row in records.get("sentences", ()) if row["id"] in ids}


def _check_statements(records: Records) -> Iterator[Finding]:
    """The Chinese text of a statement is part of its sentence."""
    named = {row[f"{part}_id"] for row in records.get("claims", ()) for part in ("premise", "hypothesis")}
    sentences = _named_rows(records, named)
    for row in records.get("claims", ()):
        for part in ("premise", "hypothesis"):
            sentence: Mapping[str, Any] = sentences.get(row[f"{part}_id"], {})
            for column in ("zh_hans", "zh_hant"):
                if sentence and row[part][column] not in (sentence[column] or ""):
                    message = f"{column}: does not stand in {row[f'{part}_id']}"
                    yield Finding("statement-text", 3, row["id"], part, message)


def _check_dates(records: Records) -> Iterator[Finding]:
    for config, fields in (("articles", ("published",)), ("events", ("start", "end"))):
        for row in records.get(config, ()):
            for field in fields:
                if row[field] is not None and not is_real_date(row[field]):
                    yield Finding("impossible-date", 3, row["id"], field, f"no calendar has {row[field]}")
    for row in records.get("events", ()):
        end = row["end"]
        if _PRECISION[len(row["start"])] != row["precision"]:
            message = f"is {row['precision']}, and the start is {row['start']}"
            yield Finding("impossible-date", 3, row["id"], "precision", message)
        if end is not None and end < row["start"][: len(end)]:
            message = f"ends {end}, before it starts {row['start']}"
            yield Finding("event-ends-first", 3, row["id"], "end", message)


def _check_articles(records: Records, files: Files) -> Iterator[Finding]:
    """The texts of an article are its kept paragraphs. Its titles are the rows with the role title."""
    groups = group_rows(records.get("sentences", ()), lambda row: row["article_id"])
    for article in records.get("articles", ()):
        id = article["id"]
        rows: Iterable[Record] = groups.get(id, ())
        raw, zh = files.texts.get((id, "zh"), ""), _paragraphs_of(files.blocks.get((id, "zh"), ()))
        titles = dict.fromkeys(
            row["paragraph"] for row in rows if row["role"] == "title" and row["raw_spans"]
        )
        title = [span for number in titles for span in zh.get(number, ())]
        both = _as_rows_say(raw, rows, zh)
        yield from _check_script(article, raw, both["zh_hans"], both["zh_hant"])
        for column, text in both.items():
            if text is not None:
                yield from _check_text(article, f"text.{column}", _joined(text, zh))
                yield from _check_text(article, f"title.{column}", read(text, title))
        en = _paragraphs_of(files.blocks.get((id, "en"), ()))
        yield from _check_english(article, files.texts.get((id, "en"), ""), en)


def _paragraphs_of(blocks: Iterable[Record]) -> dict[int, list[Span]]:
    """Return the spans of the kept paragraphs of a file by their numbers."""
    paragraphs: dict[int, list[Span]] = {}
    for row in blocks:
        if row["label"] == "keep" and row["paragraph"] is not None:
            paragraphs.setdefault(row["paragraph"], []).append((row["raw_start"], row["raw_end"]))
    return paragraphs


def _check_english(article: Record, raw: str, paragraphs: Mapping[int, Sequence[Span]]) -> Iterator[Finding]:
    """The English text is that of the kept paragraphs, and the title begins and ends as one of them does."""
    title = article["title"]["en"]
    if article["en_path"] is None:
        for field, value in (
            ("en_sha256", article["en_sha256"]),
            ("text.en", article["text"]["en"]),
            ("title.en", title),
        ):
            if value is not None:
                yield Finding("article-text", 3, article["id"], field, "the article has no English file")
        return
    texts = [read(raw, spans) for spans in paragraphs.values()]
    yield from _check_text(article, "text.en", "\n\n".join(texts))
    if title is not None and not (any(map(title.startswith, texts)) and any(map(title.endswith, texts))):
        yield Finding("article-text", 3, article["id"], "title.en", "is no paragraph of the English file")


def _check_script(article: Record, raw: str, hans: str | None, hant: str | None) -> Iterator[Finding]:
    """Where the columns differ, the file has mostly the characters of the column that was written."""
    written = {"zh-Hans": hans, "mixed": None}.get(article["source_script"], hant)
    if written is None or hans is None or hant is None or hans == hant:
        return
    differ = agree = 0
    for start in range(0, len(raw), _AT_ONCE):
        one, other, own, file = (
            np.frombuffer(text[start : start + _AT_ONCE].encode("utf-32-le", "surrogatepass"), np.uint32)
            for text in (hans, hant, written, raw)
        )
        places = one != other
        differ += int(places.sum())
        agree += int((places & (own == file)).sum())
    if 2 * agree < differ:
        message = f"is {article['source_script']}, and the file has mostly the characters of the other script"
        yield Finding("article-text", 3, article["id"], "source_script", message)


_AT_ONCE = 1 << 20
"""Characters that are compared at once."""


def _joined(text: str, paragraphs: Mapping[int, Sequence[Span]]) -> str:
    return "\n\n".join(read(text, spans) for spans in paragraphs.values())


def _check_text(article: Record, field: str, expected: str) -> Iterator[Finding]:
    what, column = field.split(".")
    if (article[what][column] or "") != expected:
        told = "is not the kept text of the file"
        if what == "title":
            told = f"the rows with the role title read {expected!r}"
        yield Finding("article-text", 3, article["id"], field, told)


def _as_rows_say(
    raw: str, rows: Iterable[Record], paragraphs: Mapping[int, Sequence[Span]]
) -> dict[str, str | None]:
    """Return the text of a file with the characters that its rows have in each Chinese column.

    None if the rows do not cover the kept text in order, or one has another length than its spans; other
    checks report that. A character reference such as ``&#8212;`` stays: it is longer than the character that
    it stands for.
    """
    nothing: dict[str, str | None] = dict.fromkeys(_CHINESE)
    kept = array("q", (place for spans in paragraphs.values() for span in spans for place in span))
    told = array("q", (place for row in rows for span in row["raw_spans"] for place in span))
    if not np.array_equal(sort_spans(kept), sort_spans(told)):
        return nothing
    whole = {column: StringIO() for column in _CHINESE}
    last = 0
    for row in rows:
        reached = 0
        for start, end, before, length in read_pieces(raw, row["raw_spans"]):
            if not last <= start < end <= len(raw):
                return nothing
            reached += before
            for column, told_text in whole.items():
                if start > last:
                    told_text.write(raw[last:start])
                told_text.write(
                    (row[column] or "")[reached : reached + length]
                    if length == end - start
                    else raw[start:end]
                )
            reached += length
            last = end
        for column in list(whole):
            if reached != len(row[column] or ""):
                del whole[column]
    for told_text in whole.values():
        told_text.write(raw[last:])
    return {**nothing, **{column: told_text.getvalue() for column, told_text in whole.items()}}


_CHINESE = ("zh_hans", "zh_hant")


def sort_spans(places: array[int]) -> NDArray[np.int64]:
    """Return spans [count, 2] in order, from a list of their starts and ends in turn."""
    table = np.array(places, dtype=np.int64).reshape(-1, 2)
    return table[np.lexsort((table[:, 1], table[:, 0]))]
