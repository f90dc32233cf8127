"""Which files a corpus has, and what is read from them."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_rows import article, write_lines
from duizhao.corpus import is_corpus
from duizhao.corpus.inputs import find_inputs
from duizhao.corpus.pieces import cut_pieces, pair_of
from duizhao.corpus.rows import RawRow, parse_line, read_rows
from duizhao.errors import InputError

ROWS = [article(number) for number in range(6)]


def fields(rows: Iterator[RawRow]) -> list[Any]:
    return [json.loads(row.content) if isinstance(row.content, bytes) else row.content for row in rows]


def write_all(folder: Path) -> dict[str, Path]:
    """The same rows in every form."""
    plain = write_lines(folder / "a.jsonl", ROWS)
    data = plain.read_bytes()
    half = data.index(b"\n", len(data) // 2) + 1
    members = [data[:half], data[half:]]  # files of several members are common
    (folder / "b.jsonl.gz").write_bytes(b"".join(gzip.compress(part, mtime=0) for part in members))
    zstd = pa.Codec("zstd")
    frames = (zstd.compress(part, asbytes=True) for part in members)
    (folder / "c.jsonl.zst").write_bytes(b"".join(frames))
    pq.write_table(pa.Table.from_pylist(ROWS), folder / "d.parquet", row_group_size=2)
    return {path.name: path for path in folder.iterdir()}


@pytest.mark.parametrize("name", ["a.jsonl", "b.jsonl.gz", "c.jsonl.zst", "d.parquet"])
def test_every_form_gives_the_same_rows(name: str, tmp_path: Path) -> None:
    path = write_all(tmp_path)[name]
    [file] = find_inputs([str(path)])
    rows = list(read_rows(file))
    assert fields(iter(rows)) == ROWS
    assert [row.number for row in rows] == list(range(1, 7))


def test_a_glob_and_a_folder_give_all_files_in_order_of_names(tmp_path: Path) -> None:
    write_all(tmp_path / "in")
    names = ["a.jsonl", "b.jsonl.gz", "c.jsonl.zst", "d.parquet"]
    assert [file.name for file in find_inputs([str(tmp_path / "in" / "*")])] == names
    assert [file.name for file in find_inputs([str(tmp_path / "in")])] == names
    assert [
        file.name for file in find_inputs([(tmp_path / "in" / n).as_posix() for n in names[::-1]])
    ] == names


def test_a_folder_of_articles_is_no_corpus(small: Path, tmp_path: Path) -> None:
    assert not is_corpus(str(small))
    assert not is_corpus(str(tmp_path / "missing"))
    assert is_corpus("s3://bucket/key")
    assert is_corpus(str(tmp_path / "missing-*.jsonl"))


def test_a_line_that_is_too_long_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as target:
        target.write(b'{"id": "a", "text": "x"}\n')
        for _ in range(200):
            target.write(b"x" * 2**20)
        target.write(b'\n{"id": "b", "text": "x"}\n')
    code = (
        "import resource, sys; from duizhao.corpus.inputs import find_inputs; from duizhao.corpus.rows "
        "import read_rows\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "rows = [(row.number, row.content if isinstance(row.content, int) else 0) for row in "
        "read_rows(find_inputs(sys.argv[1:])[0])]\n"
        "assert rows == [(1, 0), (2, 200 * 2**20), (3, 0)], rows\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 120_000  # kilobytes, pyarrow with it


def test_a_row_of_parquet_with_bytes_that_are_not_text_is_told(tmp_path: Path) -> None:
    bad = pa.array([b"a", b"\xc4\xe3"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"id": ["a", "b"], "text": bad}), tmp_path / "a.parquet")
    [file] = find_inputs([str(tmp_path / "a.parquet")])
    assert [row.content for row in read_rows(file)][1] == {"id": "b", "text": b"\xc4\xe3"}


def test_pages_of_a_warc_file_are_rows(tmp_path: Path) -> None:
    pytest.importorskip("warcio")
    page = "<html><meta charset=gbk><body><p>今天天气很好。</p></body></html>".encode("gbk")

    def record(kind: str, status: str, content: str) -> bytes:
        http = f"HTTP/1.1 {status}\r\nContent-Type: {content}\r\n\r\n".encode() + page
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{status[:3]}-{content[:4]}>\r\n"
            f"WARC-Target-URI: http://example.org/\r\nWARC-Date: 2023-11-20T00:00:00Z\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
        )
        return gzip.compress(head.encode() + http + b"\r\n\r\n", mtime=0)

    path = tmp_path / "a.warc.gz"
    kinds = [("200 OK", "text/html; charset=gbk"), ("404 Not Found", "text/html"), ("200 OK", "image/png")]
    path.write_bytes(b"".join(record("response", *kind) for kind in kinds))
    [row] = read_rows(find_inputs([str(path)])[0])
    assert row.content == {"id": "200-text", "html": page, "url": "http://example.org/"}
    [large] = read_rows(find_inputs([str(path)])[0], 10)
    assert isinstance(large.content, int)


@pytest.mark.parametrize(
    ("line", "id", "told"),
    [
        (b"[" * 100_000, "bad-json", "nested too deeply"),
        (b'{"id": ' + b"1" * 5000 + b"}", "bad-json", "a number with too many digits"),
        (
            b'["id"]',
            "bad-json",
            """not a JSON object in braces, with names and values; it begins with '["id"]'""",
        ),
        (b'{"id"', "bad-json", "not valid JSON (at column 6); it begins with"),
        (b'{"id": "\xff"}', "bad-utf8", "not UTF-8 (byte 0xFF at 8 of the line)"),
    ],
)
def test_a_line_that_is_no_object_says_what_it_is_and_how_it_begins(line: bytes, id: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        parse_line(line)
    assert error.value.id == id
    assert told in str(error.value) and len(str(error.value)) < 200
    assert pair_of(RawRow("a", 1, line, 10)) is None


def test_the_digest_of_a_piece_tells_rows_apart_also_those_with_dates() -> None:
    def digest(content: Any) -> str:
        [piece] = cut_pieces([RawRow("a", 1, content, 10)])
        return piece.digest

    day, next_day = date(2023, 11, 20), date(2023, 11, 21)
    contents = [
        {"id": "a", "published": day},
        {"id": "a", "published": next_day},
        {"id": "a"},
        {"id": "b"},
        b"a",
    ]
    assert len({digest(content) for content in contents}) == 5
    assert digest(contents[0]) == digest({"id": "a", "published": date(2023, 11, 20)})


def test_two_rows_of_a_pair_are_in_one_piece() -> None:
    def row(number: int, pair: str | None) -> RawRow:
        return RawRow("a", number, {"id": str(number), "pair_id": pair}, 10)

    rows = [row(number, f"p{number // 2}") for number in range(10)]
    pieces = list(cut_pieces(rows, 10, 1000))
    assert [[one.number for one in piece.rows] for piece in pieces] == [[n, n + 1] for n in range(0, 10, 2)]
    same = [row(number, "p") for number in range(100)]
    assert max(len(piece.rows) for piece in cut_pieces(same, 10, 1000)) == 2  # a piece stays small


def test_pieces_and_shards_have_the_bytes_that_are_asked_for() -> None:
    rows = [RawRow("a", number, b"x" * 10, 10) for number in range(100)]
    pieces = list(cut_pieces(rows, 100, 300))
    assert [len(piece.rows) for piece in pieces] == [10] * 10
    assert [piece.shard for piece in pieces] == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3]


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """Address of an object store on this machine."""
    pytest.importorskip("moto.server")
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = "import sys; from moto.server import main; main(sys.argv[1:])"
    server = subprocess.Popen(
        [sys.executable, "-c", code, "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            try:
                urlopen(f"http://127.0.0.1:{port}/moto-api/").close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


@pytest.mark.slow
@pytest.mark.skipif(int(pa.__version__.split(".")[0]) < 17, reason="pyarrow ignores AWS_ENDPOINT_URL")
def test_a_corpus_is_read_from_an_object_store(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyarrow import fs

    keys = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in {**keys, "AWS_ENDPOINT_URL": store, "AWS_EC2_METADATA_DISABLED": "true"}.items():
        monkeypatch.setenv(name, value)
    bucket = fs.S3FileSystem(endpoint_override=store, allow_bucket_creation=True, region="us-east-1")
    bucket.create_dir("corpus/part")
    for name, path in write_all(tmp_path).items():
        with bucket.open_output_stream(f"corpus/part/{name}", compression=None) as target:
            target.write(path.read_bytes())
    code = (
        "import sys, json\nfrom duizhao.corpus.inputs import find_inputs; from duizhao.corpus.rows "
        "import read_rows\n"
        "print(json.dumps([[f.name, sum(1 for _ in read_rows(f))] for f in find_inputs(sys.argv[1:])]))"
    )

    def names(place: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-c", code, place], capture_output=True, text=True, check=False, env=os.environ
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    every = ["a.jsonl", "b.jsonl.gz", "c.jsonl.zst", "d.parquet"]
    assert names("s3://corpus/part/*") == [[name, 6] for name in every]
    assert names("s3://corpus/part") == [[name, 6] for name in every]
    assert names("s3://corpus/part/*.jsonl*") == [[name, 6] for name in every[:3]]
    assert names("s3://corpus/part/d.parquet") == [["d.parquet", 6]]
    with pytest.raises(InputError) as error:
        find_inputs(["s3://corpus/none/*.jsonl"])
    assert error.value.id in ("no-corpus", "unreadable-corpus")
