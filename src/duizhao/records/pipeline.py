"""From documents to records: pure functions, no files, no clock, no global state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from operator import attrgetter

from duizhao.alignment import Bead, NameTable, Quality, Text, align_texts, assess, low_quality
from duizhao.annotations import Annotations, Line, check_corrections, read_decisions, resolve_beads
from duizhao.cleaning import (
    THRESHOLD,
    CorpusStatistics,
    Decision,
    Lexicon,
    Verdict,
    decide,
    judge_together,
    measure_topic,
)
from duizhao.encoders import Encoder
from duizhao.errors import Finding, Rejection
from duizhao.packed import PackedRows
from duizhao.records.roles import (
    ROLES,
    VERBATIM,
    role_of,
)
from duizhao.records.scripts import ScriptPair, script_findings, write_both_together
from duizhao.records.speakers import name_speakers
from duizhao.schema import Record
from duizhao.text import (
    NO_TEXT,
    Block,
    Document,
    Sentence,
    Span,
    find_blocks,
    find_credits,
    find_lines,
    read,
    read_all,
    split_block,
)


@dataclass(frozen=True, slots=True)
class CleanedDocument:
    """One file of an article after cleaning: its blocks with verdicts, its kept sentences in order."""

    document: Document
    verdicts: tuple[Verdict, ...]
    sentences: tuple[Sentence, ...]
    left_out: tuple[tuple[Sentence, str], ...] = ()
    """Sentences that were kept by the cleaner and are not released, each with the reason."""


@dataclass(frozen=True, slots=True)
class Options:
    """How documents are cleaned: from which probability a block goes, and which further evidence counts.

    ``roles`` are those of the sentences that are kept. ``hant`` is the script that a converted Traditional
    column is in: zh-Hant (Taiwan's forms) or zh-Hant-HK. ``lexicon`` has the cues, those of the package if it
    is None. ``encoder`` gives the vectors by which sentences are aligned: an object, or a name (see
    `load_encoder`). ``min_score`` is the score from which a bead is released, where the article has an
    English side, and ``min_quality`` the quality, where a row has one.
    """

    threshold: float = THRESHOLD
    topic: bool = False
    corpus: CorpusStatistics | None = None
    roles: frozenset[str] = frozenset(ROLES)
    hant: str = "zh-Hant"
    lexicon: Lexicon | None = None
    min_score: float = 0.0
    min_quality: float = 0.0
    encoder: Encoder | str | None = None


@dataclass(frozen=True, slots=True)
class ArticleRecords:
    """Records of one article by config, level 4 findings on its script, and rows that are not released."""

    records: dict[str, Sequence[Record]]
    findings: list[Finding]
    rejected: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """The Chinese side of an article: cleaned, and in both scripts."""

    side: CleanedDocument
    both: ScriptPair


def clean_document(
    document: Document,
    options: Options = Options(),
    decisions: Sequence[Decision] = (),
    speakers: Sequence[Line] = (),
    judged: Sequence[Verdict] | None = None,
) -> CleanedDocument:
    """Clean and split a document. An English side is written by hand: all of it is kept.

    ``decisions`` are a person's, in order of the text. They override the model. ``speakers`` are a person's
    too. They override the labels of the source (see `name_speakers`). ``judged`` are the model's verdicts on
    a Chinese document, if they are known (see `judge_documents`).
    """
    if document.language == "zh":
        if judged is None:
            [judged] = judge_documents([document], [options])
        verdicts = name_speakers(document, decide(document, judged, decisions), speakers)
    else:
        verdicts = [_kept(block) for block in find_blocks(document)]
    verdicts = _with_lines(document, verdicts)
    if len(options.roles) < len(ROLES):
        verdicts = [_chosen(document, verdict, options.roles) for verdict in verdicts]
    sentences: list[Sentence] = []
    for paragraph, block in enumerate(verdict.block for verdict in _paragraph_verdicts(verdicts)):
        role = role_of(document.text, block)
        for spans in split_block(document.text, block, document.language):
            text = read(document.text, spans)
            sentences.append(Sentence(text, spans, paragraph, role, block.speaker))
    return CleanedDocument(document, tuple(verdicts), tuple(sentences))


def judge_documents(documents: Sequence[Document], options: Sequence[Options]) -> list[list[Verdict]]:
    """The model's verdicts on each of several Chinese documents, which have one entry in ``options`` each.

    A document gets the same verdicts by itself; many together take less time. Threshold and cues are
    those of the first.
    """
    if not documents:
        return []
    blocks = [find_blocks(document) for document in documents]
    return judge_together(
        documents,
        blocks,
        threshold=options[0].threshold,
        topics=[
            measure_topic(document, own) if told.topic else None
            for document, own, told in zip(documents, blocks, options, strict=True)
        ],
        corpora=[told.corpus for told in options],
        lexicon=options[0].lexicon,
    )


def prepare_documents(
    documents: Sequence[Document], options: Sequence[Options], annotations: Annotations
) -> list[Prepared]:
    """Clean several Chinese documents, and write them in both scripts.

    ``options`` has one entry for each. Threshold, cues and script are those of the first. A document becomes
    the same by itself; many together take less time. Raises InputError if an annotation does not fit.
    """
    sides = []
    for document, own, judged in zip(documents, options, judge_documents(documents, options), strict=True):
        check_corrections(document, annotations.of("script", document.id))
        decisions = read_decisions(document, annotations.of("cleaning", document.id))
        speakers = annotations.of("speakers", document.id)
        sides.append(clean_document(document, own, decisions, speakers, judged))
    if not sides:
        return []
    pairs = write_both_together(documents, [_prose(side) for side in sides], annotations, options[0].hant)
    return [Prepared(side, both) for side, both in zip(sides, pairs, strict=True)]


def make_records(
    zh: Document,
    en: Document | None,
    annotations: Annotations,
    options: Options = Options(),
) -> dict[str, list[Record]]:
    """Records of one article, by config: its ``articles`` row, its ``sentences``, its ``blocks``."""
    made = make_article(zh, en, annotations, options)
    return {config: list(rows) for config, rows in made.records.items()}


def make_article(
    zh: Document,
    en: Document | None,
    annotations: Annotations,
    options: Options = Options(),
    prepared: Prepared | None = None,
) -> ArticleRecords:
    """What `make_records` gives, with the findings on the script that the article is written in. ``prepared``
    is the Chinese side, if it was made together with others.
    """
    if prepared is None:
        [prepared] = prepare_documents([zh], [options], annotations)
    chinese, both = prepared.side, prepared.both
    english = clean_document(en, options) if en else None
    if english is None:  # then nothing is rejected
        rows: Sequence[Record] = PackedRows(_chinese_records(chinese, both))
        rejected: tuple[Rejection, ...] = ()
    else:
        beads = pair(chinese, english, annotations, options.encoder)
        rows = [_sentence_record(at, bead, chinese, english, both) for at, bead in enumerate(beads)]
        qualities = _add_quality(rows, name_table(annotations))
        reasons = {
            place: reason
            for place, row in enumerate(rows)
            if (reason := why_rejected(row, options, qualities.get(row["id"])))
        }
        rejected = tuple(
            Rejection(zh.id, rows[place]["id"], zh.name, None, *reason, rows[place])
            for place, reason in reasons.items()
        )
        if rejected:
            kept = (row for place, row in enumerate(rows) if place not in reasons)
            rows = PackedRows({**row, "position": position} for position, row in enumerate(kept))
            weak = {place: f"{id}: {message}" for place, (id, message) in reasons.items()}
            chinese = _without(chinese, {n: why for place, why in weak.items() for n in beads[place].zh})
            english = _without(english, {n: why for place, why in weak.items() for n in beads[place].en})
    blocks = PackedRows(_ledger_rows(chinese))
    if english:
        blocks.extend(_ledger_rows(english))
    article = _article_record(chinese, english, both, blocks)
    records: dict[str, Sequence[Record]] = {"sentences": rows, "articles": [article], "blocks": blocks}
    return ArticleRecords(records, script_findings(zh.id, both, rows), rejected)


def why_rejected(row: Record, options: Options, quality: Quality | None = None) -> tuple[str, str] | None:
    """Why a row is not released: the kind of the reason and a sentence; None for a row that is.

    ``quality`` is the row's quality with its reason.
    """
    score = row["score"]
    if score is not None and score < options.min_score:
        return "min-score", f"score {score:.3f} is below --min-score {options.min_score:g}"
    if quality is not None and quality.value < options.min_quality:
        return "min-quality", low_quality(quality, options.min_quality)
    return None


def _without(side: CleanedDocument, left_out: Mapping[int, str]) -> CleanedDocument:
    """A side without the sentences of some numbers, which are left out for the reasons given."""
    kept = tuple(sentence for number, sentence in enumerate(side.sentences) if number not in left_out)
    gone = tuple((side.sentences[number], why) for number, why in sorted(left_out.items()))
    return replace(side, sentences=kept, left_out=gone)


def pair(
    zh: CleanedDocument,
    en: CleanedDocument | None,
    annotations: Annotations,
    encoder: Encoder | str | None = None,
) -> list[Bead]:
    """Beads of an article: by hand where annotations fix them, else aligned; one
    a sentence without English.
    """
    if en is None:
        return [Bead((index,), (), 1.0) for index in range(len(zh.sentences))]
    hand = annotations.of("beads", zh.document.id)
    if hand:
        return resolve_beads(hand, zh.sentences, en.sentences)
    return align_texts(_side(zh), _side(en), encoder=encoder)


def _side(side: CleanedDocument) -> Text:
    """The sentences of a side as `align_texts` takes them."""
    return Text(
        tuple(sentence.text for sentence in side.sentences),
        tuple(sentence.paragraph for sentence in side.sentences),
        kinds=tuple(sentence.role for sentence in side.sentences),
    )


def ledger(side: CleanedDocument) -> list[Record]:
    """``blocks`` records of one file: kept sentences, removed blocks, and markup for all
    the rest, without gaps.
    """
    return list(_ledger_rows(side))


def _ledger_rows(side: CleanedDocument) -> Iterator[Record]:
    """Yield what `ledger` gives, one record at a time."""
    document, position, end = side.document, 0, 0
    head = f"{document.id}:{document.language}:"
    for start, stop, label, verdict, paragraph in _pieces(side):
        if start > end:
            yield _block_record(document, head, position, end, start, "markup", None, None)
            position += 1
        yield _block_record(document, head, position, start, stop, label, verdict, paragraph)
        position += 1
        end = stop
    if end < len(document.text):
        yield _block_record(document, head, position, end, len(document.text), "markup", None, None)


def _pieces(side: CleanedDocument) -> list[tuple[int, int, str, Verdict, int | None]]:
    """Start, end, label, verdict and paragraph of all that is kept or removed, in the order of the text."""
    pieces: list[tuple[int, int, str, Verdict, int | None]] = [
        (verdict.block.start, verdict.block.end, "drop", verdict, None)
        for verdict in side.verdicts
        if verdict.label == "drop"
    ]
    judged = _paragraph_verdicts(side.verdicts)
    for sentence in side.sentences:
        pieces += [
            (start, end, "keep", judged[sentence.paragraph], sentence.paragraph)
            for start, end in sentence.spans
        ]
    for sentence, why in side.left_out:
        verdict = judged[sentence.paragraph]._replace(label="drop", category="left_out", reason=why)
        pieces += [(start, end, "drop", verdict, None) for start, end in sentence.spans]
    pieces.sort(key=lambda piece: piece[:2])
    return pieces


def _kept(block: Block) -> Verdict:
    if block.kind in NO_TEXT:
        told = {"navigation": "page: outside the article", "left_out": "form: line in the other language"}
        where = told.get(block.kind, f"form: {block.kind}")
        return Verdict(block, "drop", block.kind, where, 1.0)
    return Verdict(block, "keep", None, None, 0.0)


def _with_lines(document: Document, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts, with lines of the text as paragraphs that cleaning knows as headings."""
    lines = find_lines(document, [verdict.block for verdict in verdicts])
    return [
        verdict._replace(block=verdict.block._replace(kind="paragraph")) if index in lines else verdict
        for index, verdict in enumerate(verdicts)
    ]


def _chosen(document: Document, verdict: Verdict, roles: frozenset[str]) -> Verdict:
    """A verdict, or one that leaves the block out because its role is not wanted."""
    if verdict.label == "drop" or not verdict.block.spans:
        return verdict
    role = role_of(document.text, verdict.block)
    if role in roles:
        return verdict
    return verdict._replace(label="drop", category="left_out", reason=f"role: {role} is left out (--roles)")


def _paragraph_verdicts(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Verdicts on the kept blocks: a sentence's paragraph is its block's rank among them."""
    return [verdict for verdict in verdicts if verdict.label == "keep" and verdict.block.spans]


def _block_record(
    document: Document,
    head: str,
    position: int,
    start: int,
    end: int,
    label: str,
    verdict: Verdict | None,
    paragraph: int | None,
) -> Record:
    return {
        "id": f"{head}{start:05d}",
        "article_id": document.id,
        "language": document.language,
        "position": position,
        "paragraph": paragraph,
        "raw_start": start,
        "raw_end": end,
        "text": document.text[start:end],
        "label": label,
        "category": verdict.category if verdict else None,
        "reason": verdict.reason if verdict else None,
        "score": round(verdict.score, 3) if verdict else None,
    }


def _columns(both: ScriptPair, spans: Sequence[Span]) -> tuple[str | None, str | None]:
    """Simplified and Traditional text of spans of the Chinese file; both None where there are none."""
    if not spans:
        return None, None
    return read(both.zh_hans, spans), read(both.zh_hant, spans)


def _spans(side: CleanedDocument | None, indices: Sequence[int]) -> list[Span]:
    return [span for index in indices for span in side.sentences[index].spans] if side else []


def _chinese_records(zh: CleanedDocument, both: ScriptPair) -> Iterator[Record]:
    """Yield the ``sentences`` records of an article without English: one for each sentence."""
    document = zh.document
    head, as_written = f"{document.id}:s", both.zh_hans == document.text
    kind = Bead((0,), (), 1.0).kind
    for position, (text, spans, paragraph, role, speaker) in enumerate(zh.sentences):
        yield {
            "id": f"{head}{spans[0][0]:05d}",
            "article_id": document.id,
            "position": position,
            "paragraph": paragraph,
            "role": role,
            "speaker": speaker,
            "zh_hans": text if as_written else read(both.zh_hans, spans),
            "zh_hant": read(both.zh_hant, spans),
            "en": None,
            "bead": kind,
            "score": None,
            "quality": None,
            "raw_spans": [list(span) for span in spans],
            "en_spans": [],
        }


def _sentence_record(
    position: int,
    bead: Bead,
    zh: CleanedDocument,
    en: CleanedDocument | None,
    both: ScriptPair,
) -> Record:
    zh_spans, en_spans = _spans(zh, bead.zh), _spans(en, bead.en)
    first = zh.sentences[bead.zh[0]] if bead.zh else (en or zh).sentences[bead.en[0]]
    start = f"s{zh_spans[0][0]:05d}" if zh_spans else f"e{en_spans[0][0]:05d}"
    zh_hans, zh_hant = _columns(both, zh_spans)
    return {
        "id": f"{zh.document.id}:{start}",
        "article_id": zh.document.id,
        "position": position,
        "paragraph": first.paragraph,
        "role": first.role,
        "speaker": first.speaker,
        "zh_hans": zh_hans,
        "zh_hant": zh_hant,
        "en": read(en.document.text, en_spans) if en and en_spans else None,
        "bead": bead.kind,
        "score": round(bead.score, 3) if en else None,
        "quality": None,
        "raw_spans": [list(span) for span in zh_spans],
        "en_spans": [list(span) for span in en_spans],
    }


def _add_quality(rows: Sequence[Record], names: NameTable) -> dict[str, Quality]:
    """Set the quality of the rows of one article that have both sides, and return it by the row's id."""
    both = [row for row in rows if row["zh_hans"] and row["en"]]
    found = assess([(row["zh_hans"], row["en"]) for row in both], names=names)
    for row, quality in zip(both, found, strict=True):
        row["quality"] = quality.value
    return {row["id"]: quality for row, quality in zip(both, found, strict=True)}


def name_table(annotations: Annotations) -> NameTable:
    """Return the Chinese and the English names of each annotated entity."""
    return [
        ((*names["zh_hans"], *names["zh_hant"]), tuple(names["en"]))
        for names in (line.row["names"] for line in annotations.configs.get("entities", ()))
    ]


def _prose(side: CleanedDocument) -> list[tuple[Span, ...]]:
    """Paragraphs that are converted: tables and code are the same in both scripts."""
    return [spans for role, spans in _paragraphs(side) if role not in VERBATIM]


def _paragraphs(side: CleanedDocument) -> Iterator[tuple[str, tuple[Span, ...]]]:
    """Role and spans of each paragraph."""
    for _, group in groupby(side.sentences, key=attrgetter("paragraph")):
        first, *others = group
        spans = first.spans
        if others:
            spans = (*spans, *chain.from_iterable([sentence.spans for sentence in others]))
        yield first.role, spans


def _article_record(
    zh: CleanedDocument,
    en: CleanedDocument | None,
    both: ScriptPair,
    blocks: Sequence[Record],
) -> Record:
    titles = [index for index, sentence in enumerate(zh.sentences) if sentence.role == "title"]
    zh_title = _columns(both, _spans(zh, titles))
    paragraphs = [spans for _, spans in _paragraphs(zh)]
    counts = dict.fromkeys(("keep", "drop", "markup"), 0)
    for block in blocks:
        if block["language"] == "zh":
            counts[block["label"]] += block["raw_end"] - block["raw_start"]
    facts = {**_credits(zh), **zh.document.facts}
    return {
        "id": zh.document.id,
        "title": {"zh_hans": zh_title[0], "zh_hant": zh_title[1], "en": _english_title(en)},
        "text": {
            "zh_hans": read_all(both.zh_hans, paragraphs),
            "zh_hant": read_all(both.zh_hant, paragraphs),
            "en": read_all(en.document.text, [own for _, own in _paragraphs(en)]) if en else None,
        },
        **{
            field: facts.get(field)
            for field in ("byline", "publisher", "published", "url", "translated_from")
        },
        "source_script": both.script.tag,
        "genre": facts.get("genre"),
        "raw_path": zh.document.name,
        "raw_sha256": zh.document.sha256,
        "extraction": zh.document.extraction,
        "en_path": en.document.name if en else None,
        "en_sha256": en.document.sha256 if en else None,
        "chars": {
            "raw": len(zh.document.text),
            "kept": counts["keep"],
            "removed": counts["drop"],
            "markup": counts["markup"],
        },
        "rights": facts.get("rights"),
    }


def _credits(side: CleanedDocument) -> dict[str, str]:
    """Facts that removed lines near the text tell, and the dateline of its first paragraph."""
    kept = [index for index, verdict in enumerate(side.verdicts) if verdict.label == "keep"]
    if not kept:
        return {}
    raw, first, last = side.document.text, kept[0], kept[-1]
    removed = (
        verdict.block for verdict in side.verdicts[max(0, first - 3) : last + 6] if verdict.label == "drop"
    )
    opening = next(
        (sentence for sentence in side.sentences if sentence.role not in ("title", "heading")), None
    )
    paragraph = [s.text for s in side.sentences if opening is not None and s.paragraph == opening.paragraph]
    lines = (line for block in removed for line in read(raw, block.spans).split("\n"))
    return find_credits(lines, "".join(paragraph))


def _english_title(en: CleanedDocument | None) -> str | None:
    if en is None:
        return None
    spans = _spans(en, [index for index, sentence in enumerate(en.sentences) if sentence.role == "title"])
    return read(en.document.text, spans) or None
