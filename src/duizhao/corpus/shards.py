"""Put finished pieces together to the files of one shard, and count what is in them."""

from __future__ import annotations

import json
import os
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duizhao.corpus.duplicates import NEAR, Near, cluster_line, tell_near
from duizhao.corpus.progress import piece_file, shard_folder, whole, write_proof
from duizhao.corpus.tally import COUNTED, Tally
from duizhao.corpus.work import CONFIGS, PieceRecords
from duizhao.errors import Finding, Rejection
from duizhao.files import hash_file, to_json_line
from duizhao.release import hash_id
from duizhao.schema import arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa

GROUP = 4
"""Pieces in a row group of Parquet."""

REJECTED, IDS, PROOF = "rejected.jsonl", "ids.bin", "proof.json"
DUPLICATES, SKETCHES = "duplicates.jsonl", "sketches.jsonl"
"""Of a build without near-duplicates: what was left out, and the sketches of the articles that are kept."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard to put together: its pieces and their digests, and of each the places of articles whose id an
    earlier piece has.

    ``near`` has the places of near-duplicates, None if they are not looked for.
    """

    number: int
    digests: tuple[str, ...]
    pieces: tuple[int, ...]
    twice: Mapping[int, tuple[int, ...]]
    near: Mapping[int, Mapping[int, Near]] | None = None


def write_piece(path: Path, made: PieceRecords) -> None:
    """Write the tables of a piece, then one table of what became of its rows, to a file of Arrow streams."""
    import pyarrow as pa

    tables = [*made.tables().values(), _about(made)]
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with whole(path) as part, pa.OSFile(str(part), "wb") as sink:
        for table in tables:
            with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
                writer.write_table(table)


def write_shard(folder: Path, shard: Shard, formats: Sequence[str]) -> dict[str, Any]:
    """Write the files of a shard and their proof, and return the proof.

    The files are ``CONFIG.parquet`` and, on demand, ``CONFIG.jsonl``, ``rejected.jsonl`` and ``ids.bin``;
    ``duplicates.jsonl`` and ``sketches.jsonl`` if near-duplicates are left out.
    """
    import pyarrow.parquet as pq

    home = shard_folder(folder, shard.number)
    home.mkdir(exist_ok=True)
    tally, counts = Tally(), dict.fromkeys(CONFIGS, 0)
    names = [f"{config}.{format}" for format in formats for config in CONFIGS] + [REJECTED, IDS]
    names += [] if shard.near is None else [DUPLICATES, SKETCHES]
    parts = {name: home / f"{name}.{os.getpid()}.part" for name in names}
    try:
        files = {name: parts[name].open("wb") for name in names}
        writers = {
            config: pq.ParquetWriter(
                files[f"{config}.parquet"], arrow_schema(config), compression="zstd", store_schema=False
            )
            for config in CONFIGS
            if "parquet" in formats
        }
        try:
            with ThreadPoolExecutor(len(CONFIGS)) as pool:  # other workers may have nothing left to do
                for tables in _groups(folder, shard, files, tally):
                    for config in CONFIGS:
                        counts[config] += tables[config].num_rows
                    list(pool.map(_write_group, writers.values(), [tables[config] for config in writers]))
                    if "jsonl" in formats:
                        for config in CONFIGS:
                            lines = (to_json_line(row) + "\n" for row in tables[config].to_pylist())
                            files[f"{config}.jsonl"].writelines(line.encode() for line in lines)
            for writer in writers.values():
                writer.close()
            for file in files.values():
                file.flush()
                os.fsync(file.fileno())
        finally:
            for file in files.values():
                file.close()
        for name, part in parts.items():
            part.replace(home / name)
    except BaseException:
        for part in parts.values():
            part.unlink(missing_ok=True)
        raise
    proof = {
        "pieces": list(shard.digests),
        "files": {name: hash_file(home / name) for name in names},
        "rows": counts,
        "tally": tally.as_json(),
    }
    write_proof(home / PROOF, proof)
    return proof


def _write_group(writer: Any, table: pa.Table) -> None:
    """Write a table as one row group."""
    writer.write_table(table, row_group_size=1 << 30)


def _groups(
    folder: Path, shard: Shard, files: Mapping[str, Any], tally: Tally
) -> Iterator[dict[str, pa.Table]]:
    """Yield the tables of each row group by config, and write what was rejected."""
    import pyarrow as pa

    pieces = iter(shard.pieces)
    while group := list(islice(pieces, GROUP)):
        parts: dict[str, list[Any]] = {config: [] for config in CONFIGS}
        for number in group:
            tables, about = _read_piece(piece_file(folder, number))
            near = (shard.near or {}).get(number, {})
            told = {
                place: ("duplicate-id", f"an earlier row has the id {about['made'][place]['id']!r}")
                for place in shard.twice.get(number, ())
            } | {place: (NEAR, tell_near(one)) for place, one in near.items()}
            kept = [one for place, one in enumerate(about["made"]) if place not in told]
            rejected = about["rejected"] + [
                line for place in sorted(told) for line in _leave_out(about["made"][place], *told[place])
            ]
            if told:
                tables = _without(tables, about["made"], told)
            if shard.near is not None:
                _write_lines(
                    files[DUPLICATES],
                    (cluster_line(near[place], about["made"][place]) for place in sorted(near)),
                )
                _write_lines(files[SKETCHES], ({"id": one["id"], "sketch": one["sketch"]} for one in kept))
            ids = {one["id"] for one in kept}
            if told:
                counted = (tables["blocks"][name].to_pylist() for name in COUNTED)
                findings = (Finding(*parts) for parts in about["findings"])
                tally.add(
                    kept,
                    zip(*counted, strict=True),
                    [finding for finding in findings if finding.record.partition(":")[0] in ids],
                )
            else:
                tally.merge(about["tally"])
            tally.leave_unread(about["unread"])
            for row in sorted(rejected, key=lambda row: row["place"]):
                line = row["line"]
                tally.reject(row["source"], line)
                files[REJECTED].write((json.dumps(line, ensure_ascii=False) + "\n").encode())
            files[IDS].write(b"".join(bytes.fromhex(one["hash"]) for one in kept))
            for config in CONFIGS:
                parts[config].append(tables[config])
        yield {config: pa.concat_tables(found).combine_chunks() for config, found in parts.items()}


def _write_lines(file: Any, lines: Iterable[Mapping[str, Any]]) -> None:
    file.writelines((json.dumps(line, ensure_ascii=False) + "\n").encode() for line in lines)


def _leave_out(made: Mapping[str, Any], reason: str, message: str) -> Iterator[dict[str, Any]]:
    """Yield what is rejected of an article that was made: its row, and that of its English side."""
    for row in filter(None, (made["row"], made["english"])):
        line = Rejection(made["id"], None, made["file"], row, reason, message)
        yield {"place": made["place"], "source": made["source"], "line": asdict(line)}


def _without(
    tables: dict[str, Any], made: Sequence[Mapping[str, Any]], left_out: Container[int]
) -> dict[str, Any]:
    """Return tables without the rows of some articles."""
    import pyarrow as pa

    out = {}
    for config, table in tables.items():
        start, parts = 0, [table.slice(0, 0)]
        for place, one in enumerate(made):
            count = 1 if config == "articles" else one[config]
            if place not in left_out:
                parts.append(table.slice(start, count))
            start += count
        out[config] = pa.concat_tables(parts)
    return out


def _about(made: PieceRecords) -> pa.Table:
    """Return a table of one value: what became of the rows, and their counts, as JSON."""
    import pyarrow as pa

    articles = [
        {
            "place": one.place,
            "source": one.source,
            "file": one.file,
            "row": one.row,
            "id": one.id,
            "english": one.english,
            "hash": hash_id(one.id).hex(),
            "sentences": one.sentences,
            "blocks": one.blocks,
            **({"sketch": made.sketches[place]} if made.sketches is not None else {}),
        }
        for place, one in enumerate(made.made)
    ]
    tally = Tally(most=len(made.records["blocks"]) + len(made.findings) + 1)  # each name by itself
    tally.add(articles, map(itemgetter(*COUNTED), made.records["blocks"]), made.findings)
    told = {
        "made": articles,
        "rejected": [
            {"place": one.place, "source": one.source, "line": asdict(one.line())} for one in made.rejected
        ],
        "unread": dict(sorted(made.unread.items())),
        "findings": [[f.id, f.level, f.record, f.field, f.message] for f in made.findings],
        "tally": tally.as_json(),
    }
    return pa.table({"about": [json.dumps(told, ensure_ascii=False)]})


def _read_piece(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    import pyarrow as pa

    with pa.OSFile(str(path), "rb") as source:
        tables = [pa.ipc.open_stream(source).read_all() for _ in (*CONFIGS, "about")]
    about = json.loads(tables[-1]["about"][0].as_py())
    return dict(zip(CONFIGS, tables[:-1], strict=True)), about
