"""Build a release from a corpus: read, cut, hand out, put together, and go on after a kill."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duizhao
from duizhao.cleaning import add_cues, choose_bands
from duizhao.corpus.duplicates import NEAR, KeptArticles
from duizhao.corpus.engines import Context, Engine, start_engine
from duizhao.corpus.inputs import Input, find_inputs
from duizhao.corpus.pieces import PIECE, SHARD, Piece, cut_pieces
from duizhao.corpus.progress import IDS, open_progress, piece_file, read_proof, shard_folder, whole
from duizhao.corpus.rows import LARGEST_ROW, RawRow, read_rows
from duizhao.corpus.shards import IDS as SHARD_IDS
from duizhao.corpus.shards import PROOF, REJECTED, SKETCHES, Shard
from duizhao.corpus.tally import Tally
from duizhao.corpus.work import CONFIGS
from duizhao.errors import InputError, counted
from duizhao.files import show
from duizhao.records import Options, choose_roles
from duizhao.release import (
    Attachments,
    SeenIds,
    claim_target,
    read_attachments,
    system_errors,
    write_sharded_release,
)
from duizhao.text import engine as script_engine

Tick = Callable[[str, int, int], None]

FORMATS = ("parquet", "jsonl")
"""Formats of the shards."""

ENGINES = ("local", "ray")
"""Where the work is done: processes of this machine, or Ray."""

MOST_REJECTED = 0.001
"""The share of rows that may be rejected."""

_SMALL = 4 << 20
"""Bytes of input for each worker: with fewer, the start of a worker takes longer than it saves."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of rows in a piece and in a shard, and the most bytes of a row."""

    piece: int = PIECE
    shard: int = SHARD
    row: int = LARGEST_ROW


DEFAULTS, STANDARD = Options(), Sizes()


@dataclass(slots=True)
class _OpenShard:
    """A shard that is not settled: numbers and digests of its pieces, and its proof if an
    earlier build finished it.
    """

    number: int
    known: dict[str, Any] | None
    pieces: list[tuple[int, str]] = field(default_factory=list)
    closed: bool = False


@dataclass(slots=True)
class _State:
    """What a build knows so far. ``kept`` finds near-duplicates, if they are left out. ``shards`` are proofs
    by number, ``pieces`` proofs of pieces of open shards.
    """

    folder: Path
    seen: SeenIds
    kept: KeptArticles | None = None
    shards: dict[int, dict[str, Any]] = field(default_factory=dict)
    pieces: dict[int, dict[str, Any]] = field(default_factory=dict)
    waiting: deque[_OpenShard] = field(default_factory=deque)
    rows: int = 0


class _Changed(Exception):
    """The rows are not those of the earlier build, although the files have the same sizes."""


def make_options(threshold: float, topic: bool, roles: str | None, hant: str, cues: Path | None) -> Options:
    """Return the options of a build from what a user gives: ``hant`` is ``tw`` or ``hk``, ``cues`` a file."""
    script = "zh-Hant-HK" if hant == "hk" else "zh-Hant"
    return Options(threshold, topic, None, choose_roles(roles), script, add_cues(cues) if cues else None)


def build_corpus(
    places: Sequence[str],
    out: Path,
    card: Path | None = None,
    *,
    options: Options = DEFAULTS,
    cues: Path | None = None,
    strict: bool = False,
    workers: int | None = None,
    engine: str = "local",
    address: str | None = None,
    formats: Sequence[str] = ("parquet",),
    most_rejected: float = MOST_REJECTED,
    similarity: float | None = None,
    sizes: Sizes = STANDARD,
    names: Mapping[str, str] = MappingProxyType({}),
    tick: Tick = lambda what, done, total: None,
) -> dict[str, Any]:
    """Build a release in shards at ``out`` from the rows of a corpus, and return its report.

    ``places`` are paths, globs and addresses (see `find_inputs`). ``workers`` are processes; None means one
    for each core that is worth it. ``engine`` is one of ENGINES; ``address`` is that of a running Ray
    cluster. No byte of the release depends on them. ``most_rejected`` is the share of rows that may be
    rejected; unless it is 0, one row always may. ``similarity`` leaves out near-duplicates that are at least
    so similar to an earlier article that is kept (see `KeptArticles`); None keeps all. ``names`` are the
    fields that have other names in the corpus, like ``{"text": "content"}``. ``cues`` is the file
    that the lexicon of ``options`` was read from. A build that was killed goes on where it was, if the input
    and all settings are the same. Raises DuizhaoError; ``out`` is then as it was.
    """
    inputs = find_inputs(places)
    own = read_attachments(card) if card else Attachments()
    local = {f"the corpus ({file.name})": Path(file.address) for file in inputs if "://" not in file.address}
    named = {**local, **({"the card": card} if card else {}), **({"the file of cues": cues} if cues else {})}
    told = {
        "threshold": options.threshold,
        "topic": options.topic,
        "roles": sorted(options.roles),
        "strict": strict,
        "largest_row": sizes.row,
    }
    if similarity is not None:
        told["deduplicate"] = {"keep": "first", "similarity": similarity}
        choose_bands(similarity)  # a wrong similarity is told before any work
    if names:
        told["fields"] = dict(names)
    made_by = _provenance(inputs, told, options.hant, cues)
    if similarity is not None:
        made_by["made_by"]["datasketch"] = metadata.version("datasketch")
    fingerprint = {**made_by, "formats": list(formats), "sizes": [sizes.piece, sizes.shard, sizes.row]}
    with claim_target(out, named, resume=True) as claim, system_errors(out):
        folder = claim.progress
        context = Context(
            folder, options, strict, tuple(formats), similarity is not None, tuple(names.items())
        )
        count = workers or count_workers(inputs)
        start = partial(start_engine, context, count, engine, address)
        unread: Counter[str] = Counter()  # columns of tables; the lines of JSON are read by the workers
        rows = partial(_rows, inputs, sizes, names, unread, tick)
        try:
            state = _make(folder, start, rows, fingerprint, sizes, similarity)
        except _Changed:
            shutil.rmtree(folder)
            state = _make(folder, start, rows, fingerprint, sizes, similarity)
        tally, counts = _sum(state)
        tally.leave_unread(dict(sorted(unread.items())))
        name = _write_rejected(folder, state).name
        rejected = out.parent / claim.work.name / folder.name / name  # as the user wrote it
        _stop_if_rejected(tally, counts, state.rows, most_rejected, places, rejected)
        report = tally.report(counts)
        tick("writing", 1, 1)
        shards = [
            (shard_folder(folder, number), state.shards[number]["files"]) for number in sorted(state.shards)
        ]
        write_sharded_release(claim, shards, report, formats, own.card, made_by, own.files, own.citation)
        shutil.rmtree(folder, ignore_errors=True)
    return report


def _make(
    folder: Path,
    start: Callable[[], AbstractContextManager[Engine]],
    rows: Callable[[], Iterator[RawRow]],
    fingerprint: Mapping[str, Any],
    sizes: Sizes,
    similarity: float | None,
) -> _State:
    open_progress(folder, fingerprint)
    kept = None if similarity is None else KeptArticles(similarity)
    state = _State(folder, SeenIds(folder / IDS), kept)
    with start() as engine:
        _run(engine, state, rows(), sizes)
    return state


def count_workers(inputs: Sequence[Input]) -> int:
    """Return how many processes a build uses unless it is told: one for each core, fewer
    for a small corpus.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    size = sum(file.size * (4 if file.compression else 1) for file in inputs)
    return max(1, min(cores, size // _SMALL))


def _run(engine: Engine, state: _State, rows: Iterator[RawRow], sizes: Sizes) -> None:
    """Read the corpus once, and finish all its pieces and shards. Raises _Changed."""
    current: _OpenShard | None = None
    for piece in cut_pieces(rows, sizes.piece, sizes.shard):
        if current is None or piece.shard != current.number:
            if current is not None:
                current.closed = True
                _settle(engine, state)
            known = _read_shard(state.folder, piece.shard)
            current = _OpenShard(piece.shard, known)
            state.waiting.append(current)
        current.pieces.append((piece.number, piece.digest))
        state.rows += len(piece.rows)
        if current.known is None:
            file = piece_file(state.folder, piece.number).with_suffix(".json")
            proof = read_proof(file, piece.digest)
            if proof is None:
                engine.submit(piece)
            else:
                state.pieces[piece.number] = proof
        while not engine.room:
            _take(engine, state)
    if current is not None:
        current.closed = True
    _settle(engine, state)
    while engine.open:
        _take(engine, state)


def _take(engine: Engine, state: _State) -> None:
    """Take one result, and settle the shards that it completes."""
    task, proof = engine.next()
    if isinstance(task, Piece):
        state.pieces[task.number] = proof
        _settle(engine, state)
    else:
        state.shards[task.number] = proof
        for number in task.pieces:
            _drop_piece(state.folder, number)


def _settle(engine: Engine, state: _State) -> None:
    """Submit the shards, in order, of which all pieces are finished. Here it is decided which row of
    an id is kept.
    """
    while state.waiting and state.waiting[0].closed:
        shard = state.waiting[0]
        if shard.known is not None:
            if shard.known["pieces"] != [digest for _, digest in shard.pieces]:
                raise _Changed
            home = shard_folder(state.folder, shard.number)
            state.seen.add((home / SHARD_IDS).read_bytes())
            if state.kept is not None:
                with (home / SKETCHES).open(encoding="utf-8") as lines:
                    for line in lines:
                        told = json.loads(line)
                        state.kept.add(told["id"], bytes.fromhex(told["sketch"]))
            state.shards[shard.number] = shard.known
            for number, _ in shard.pieces:
                _drop_piece(state.folder, number)
        elif all(number in state.pieces for number, _ in shard.pieces):
            twice, near = {}, {}
            for number, _ in shard.pieces:
                proof = state.pieces.pop(number)
                found = state.seen.add(bytes.fromhex(proof["ids"]))
                if found:
                    twice[number] = tuple(found)
                if state.kept is not None:
                    near[number] = state.kept.decide(proof["sketches"], found)
            digests = tuple(digest for _, digest in shard.pieces)
            numbers = tuple(number for number, _ in shard.pieces)
            engine.submit(Shard(shard.number, digests, numbers, twice, None if state.kept is None else near))
        else:
            return
        state.waiting.popleft()


def _read_shard(folder: Path, number: int) -> dict[str, Any] | None:
    """Return the proof of a shard that an earlier build finished; None if it is not there or not whole."""
    return read_proof(shard_folder(folder, number) / PROOF)


def _drop_piece(folder: Path, number: int) -> None:
    path = piece_file(folder, number)
    path.with_suffix(".json").unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _rows(
    inputs: Sequence[Input], sizes: Sizes, names: Mapping[str, str], unread: Counter[str], tick: Tick
) -> Iterator[RawRow]:
    """Yield the rows of all files, in order. ``unread`` becomes the columns of tables that are not read."""
    unread.clear()
    total, before = sum(file.size for file in inputs), 0
    for file in inputs:
        done = 0
        for row in read_rows(file, sizes.row, names, unread):
            yield row
            done += row.size
            tick(f"{row.file} row {row.number:,}", before + min(done, file.size), total)
        before += file.size


def _sum(state: _State) -> tuple[Tally, dict[str, int]]:
    """Return the counts of all shards together, in their order, and the rows of each config."""
    tally, counts = Tally(), dict.fromkeys(CONFIGS, 0)
    for number in sorted(state.shards):
        proof = state.shards[number]
        tally.merge(proof["tally"])
        for config in CONFIGS:
            counts[config] += proof["rows"][config]
    return tally, counts


def _share(count: int, rows: int) -> float:
    """The least share, in thousandths, at which ``count`` of ``rows`` may be rejected."""
    thousandths = 1000 * count // rows
    while int(thousandths / 1000 * rows) < count:
        thousandths += 1
    return thousandths / 1000


def _stop_if_rejected(
    tally: Tally, counts: Mapping[str, int], rows: int, most: float, places: Sequence[str], rejected: Path
) -> None:
    """Raise InputError ``too-many-rejected`` or ``no-articles``."""
    name = places[0] if len(places) == 1 else counted(len(places), "places")
    if not rows:
        raise InputError("no-articles", f"{name}: no rows; give a corpus that is not empty")
    allowed = max(1, int(most * rows)) if most > 0 else 0
    count = tally.rejections - (tally.rejected[NEAR]["count"] if NEAR in tally.rejected else 0)  # asked for
    if counts["articles"] and count <= allowed:
        return
    reasons = ", ".join(
        f"{found['count']:,} {reason}"
        for reason, found in sorted(tally.rejected.items(), key=lambda one: (-one[1]["count"], one[0]))
        if reason != NEAR
    )
    first = next(tally.examples[f"rejected {reason}"][0] for reason in tally.rejected if reason != NEAR)
    what = f"{name}: {count:,} of {counted(rows, 'rows')} {'is' if rows == 1 else 'are'} rejected ({reasons})"
    shown = f"the first: {first['source']}: row {first['row']}: {first['message']}"
    if not counts["articles"]:
        raise InputError("no-articles", f"{what}, and no article is left; {shown}")
    raise InputError(
        "too-many-rejected",
        f"{what}, and --max-rejected allows {allowed:,}; {shown}; all are in {show(rejected)}; fix "
        f"them, or build again with --max-rejected {_share(count, rows):g}: what is finished is kept",
    )


def _write_rejected(folder: Path, state: _State) -> Path:
    """Write the rejected rows of all shards to one file in the folder of the progress."""
    path = folder / REJECTED
    with whole(path) as part, part.open("wb") as target:
        for number in sorted(state.shards):
            with (shard_folder(folder, number) / REJECTED).open("rb") as source:
                shutil.copyfileobj(source, target)
    return path


def _provenance(
    inputs: Sequence[Input], settings: Mapping[str, Any], hant: str, cues: Path | None
) -> dict[str, Any]:
    """Return what shaped the bytes of a release: versions, input files, options."""
    return {
        "made_by": {
            "duizhao": duizhao.__version__,
            "pyarrow": metadata.version("pyarrow"),
            "numpy": metadata.version("numpy"),
        },
        "script_conversion": {**script_engine(), "traditional": hant},
        **({"cues": {cues.name: hashlib.sha256(cues.read_bytes()).hexdigest()}} if cues else {}),
        "inputs": {file.name: file.size for file in inputs},
        "settings": dict(settings),
    }
