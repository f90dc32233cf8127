"""What is fuzzed: each target takes bytes, and may raise nothing but DuizhaoError.

A target checks what the design promises of any input: pieces tile the file, beads cover both sides, a
conversion keeps the length, the checks of a release end in findings.
"""

import contextlib
import copy
import json
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duizhao.alignment import align, split_text
from duizhao.annotations import Annotations, read_annotations
from duizhao.cleaning import add_cues, clean, judge
from duizhao.errors import DuizhaoError
from duizhao.files import read_json
from duizhao.records import make_records, validate
from duizhao.release import read_attachments, read_records
from duizhao.sources import find_sources, read_bytes
from duizhao.text import NO_TEXT, Block, convert, find_blocks, make_document, read, split_sentences
from duizhao.text.spans import BLANKS

RELEASE = Path(__file__).parents[2] / "dataset"


class Letters:
    """A small encoder for the tests: counts of code points, folded into 16 places."""

    dimension = 16

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.full((len(sentences), self.dimension), 0.01, dtype=np.float32)
        for row, sentence in enumerate(sentences):
            for character in sentence[:200]:
                vectors[row, ord(character) % self.dimension] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def _records(data: bytes, name: str) -> None:
    """A file of any kind: its pieces tile it, and its records pass the checks that stop a release."""
    document = read_bytes(data, name, id="a")
    records = make_records(document, None, Annotations())
    assert "".join(row["text"] for row in records["blocks"]) == document.text, (
        "the pieces do not tile the text"
    )
    wrong = [finding for finding in validate(records) if finding.level != 4 and finding.id != "raw-hash"]
    assert not wrong, wrong[0]


def text(data: bytes) -> None:
    _records(data, "a.md")


def html(data: bytes) -> None:
    _records(data, "a.html")


def subtitles(data: bytes) -> None:
    _records(data, "a.vtt" if data[:1] == b"W" else "a.srt")


def blocks(data: bytes) -> None:
    raw = data.decode("utf-8", "replace")
    end = 0
    for block in find_blocks(make_document("a", raw)):
        assert end <= block.start <= block.end <= len(raw), "blocks overlap"
        end = block.end


def cleaning(data: bytes) -> None:
    raw = data.decode("utf-8", "replace")
    clean(raw)
    document = make_document("a", raw)
    end = 0
    for verdict in judge(document, find_blocks(document)):
        assert end <= verdict.block.start <= verdict.block.end <= len(raw), "verdicts overlap"
        end = verdict.block.end


def sentences(data: bytes) -> None:
    raw = data.decode("utf-8", "replace")
    for language in ("zh", "en"):
        texts = [
            read(raw, block.spans) for block in _with_text(find_blocks(make_document("a", raw, language)))
        ]
        parts = split_sentences(raw, language)
        assert _seen(parts) == _seen(texts), "a sentence is lost"


def _seen(texts: Iterable[str]) -> str:
    """What can be seen of texts: between two sentences, white space and characters that show nothing go."""
    return "".join(character for text in texts for character in text if character not in BLANKS)


def _with_text(blocks: Iterable[Block]) -> list[Block]:
    return [block for block in blocks if block.spans and block.kind not in NO_TEXT]


def script(data: bytes) -> None:
    raw = data.decode("utf-8", "replace")
    for to in ("zh-Hans", "zh-Hant", "zh-Hant-HK"):
        assert len(convert(raw, to)) == len(raw), "a conversion changes the length"


def alignment(data: bytes) -> None:
    left, _, right = data.decode("utf-8", "replace").partition("\0")
    zh, en = split_text(left[:2000], "zh", "a"), split_text(right[:2000], "en", "b")
    beads = align(
        zh.sentences,
        en.sentences,
        zh_paragraphs=zh.paragraphs,
        en_paragraphs=en.paragraphs,
        encoder=Letters(),
    )
    assert list(chain.from_iterable(bead.zh for bead in beads)) == list(range(len(zh.sentences)))
    assert list(chain.from_iterable(bead.en for bead in beads)) == list(range(len(en.sentences)))


def annotations(data: bytes) -> None:
    kinds = (
        "entities",
        "mentions",
        "events",
        "claims",
        "questions",
        "script",
        "cleaning",
        "beads",
        "acknowledged",
    )
    with _folder() as folder:
        (folder / f"{kinds[data[0] % len(kinds) if data else 0]}.jsonl").write_bytes(data[1:])
        read_annotations(folder)


def listing(data: bytes) -> None:
    with _folder() as folder:
        (folder / "zh").mkdir()
        (folder / "zh" / "a.txt").write_bytes(b"a")
        (folder / "sources.toml").write_bytes(data)
        find_sources(folder)


def cues(data: bytes) -> None:
    with _folder() as folder:
        (folder / "cues.toml").write_bytes(data)
        add_cues(folder / "cues.toml")


def card(data: bytes) -> None:
    with _folder() as folder:
        (folder / "DATASET_CARD.md").write_bytes(data)
        (folder / "CITATION.cff").write_bytes(data)
        read_attachments(folder / "DATASET_CARD.md")


def checks(data: bytes) -> None:
    """``validate`` on a release of which one row has other values: ``{"config": …, "row": n, field: value,
    …}``.
    """
    with _folder() as folder:
        (folder / "a.json").write_bytes(data)
        changes = read_json(folder / "a.json", "bad-json")
    if not isinstance(changes, dict):
        return
    records = copy.deepcopy(_few())
    rows = records.get(str(changes.pop("config", "sentences")), records["sentences"])
    number = changes.pop("row", 0)
    rows[number % len(rows) if isinstance(number, int) else 0].update(changes)
    validate(records)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        text, html, subtitles, blocks, cleaning, sentences, script, alignment, annotations, listing, cues,
            card, checks,
    )
}  # fmt: skip


def run_one(target: Callable[[bytes], None], data: bytes) -> None:
    """Run a target on an input. Raises what the target raises, except DuizhaoError."""
    with contextlib.suppress(DuizhaoError):
        target(data)


def mutate(corpus: Sequence[bytes], generator: random.Random) -> bytes:
    """A new input: a part of one of the corpus is removed, replaced, doubled or exchanged for a part of
    another.
    """
    data = bytearray(generator.choice(corpus))
    other = generator.choice(corpus)
    for _ in range(generator.randint(1, 4)):
        start, cut, at = (
            generator.randint(0, len(data)),
            generator.randint(0, 12),
            generator.randint(0, len(other)),
        )
        part = bytes(data[start : start + cut])
        new = (b"", bytes([generator.randrange(256)]), other[at : at + 40], part * 2, part * 20)
        data[start : start + cut] = generator.choice(new)
    return bytes(data[:3000])


@cache
def _few() -> dict[str, list[dict[str, Any]]]:
    """The rows of the release that belong to its smallest article."""
    records = read_records(RELEASE)
    article = min(records["articles"], key=lambda row: row["chars"]["raw"])["id"]
    few = {
        config: [row for row in rows if article in json.dumps(row)][:60] for config, rows in records.items()
    }
    few["entities"] = records["entities"][:20]
    return few


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        yield Path(name)
