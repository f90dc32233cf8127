"""Engines: where the work on pieces and shards is done. Each does the same work and gives the same bytes.

An engine takes tasks and gives back their results in any order. The order of the release
is the caller's business.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from duizhao.corpus.duplicates import sketch_articles
from duizhao.corpus.pieces import Piece
from duizhao.corpus.progress import piece_file, write_proof
from duizhao.corpus.shards import Shard, write_piece, write_shard
from duizhao.corpus.work import process_piece
from duizhao.errors import DuizhaoError, InputError, ReleaseError, one_line
from duizhao.files import hash_file
from duizhao.records import Options
from duizhao.release import hash_id

if TYPE_CHECKING:  # the ends of a pipe are of another class on Windows
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection as Connection
    else:
        from multiprocessing.connection import Connection

Task = Piece | Shard
Proof = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """What all tasks of a build share: the folder of its progress, and how articles are made and written.

    ``sketch`` says that near-duplicates will be left out. ``names`` are the fields of a row that have other
    names, in pairs.
    """

    folder: Path
    options: Options
    strict: bool = False
    formats: tuple[str, ...] = ("parquet",)
    sketch: bool = False
    names: tuple[tuple[str, str], ...] = ()


class Engine(Protocol):
    """Does tasks. ``next`` waits for a result; it may be called only while ``open`` is above 0."""

    @property
    def open(self) -> int:
        """Tasks that were submitted and whose result was not given back."""

    @property
    def room(self) -> bool:
        """Whether a further task should be submitted before a result is taken."""

    def submit(self, task: Task) -> None:
        """Take a task."""

    def next(self) -> tuple[Task, Proof]:
        """Return a finished task and its proof. Raises the DuizhaoError of a task that failed."""


def do_task(task: Task, context: Context, at: Any = lambda place: None, *, row_by_row: bool = False) -> Proof:
    """Do a task: write its files and their proof, and return the proof. See `process_piece`."""
    if isinstance(task, Shard):
        return write_shard(context.folder, task, context.formats)
    path = piece_file(context.folder, task.number)
    with _no_collector():
        made = process_piece(
            task,
            context.options,
            strict=context.strict,
            names=dict(context.names),
            at=at,
            row_by_row=row_by_row,
        )
        if context.sketch:
            made.sketches = sketch_articles(made.records["articles"])
        write_piece(path, made)
    proof: Proof = {
        "input": task.digest,
        "files": {path.name: hash_file(path)},
        "ids": b"".join(hash_id(one.id) for one in made.made).hex(),
        "rows": len(task.rows),
    }
    if made.sketches is not None:
        proof["sketches"] = [[one.id, sketch] for one, sketch in zip(made.made, made.sketches, strict=True)]
    write_proof(path.with_suffix(".json"), proof)
    return proof


@contextmanager
def _no_collector() -> Iterator[None]:
    """Stop the search for cyclic garbage: records have no cycles, and a piece has a
    hundred thousand of them.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class SerialEngine:
    """Does each task at once, in this process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._done: deque[tuple[Task, Proof]] = deque()

    @property
    def open(self) -> int:
        return len(self._done)

    @property
    def room(self) -> bool:
        return not self._done

    def submit(self, task: Task) -> None:
        self._done.append((task, do_task(task, self._context)))

    def next(self) -> tuple[Task, Proof]:
        return self._done.popleft()


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: Connection
    number: int
    task: Task | None = None


class ProcessEngine:
    """Does tasks in processes of its own. A task whose process dies is given to a new process, once."""

    def __init__(self, context: Context, workers: int) -> None:
        self._context, self._count = context, workers
        self._spawn = multiprocessing.get_context("spawn")
        self._places = self._spawn.RawArray("q", workers)
        self._workers: list[_Worker] = []
        self._waiting: deque[Task] = deque()
        self._done: deque[tuple[Task, Proof]] = deque()
        self._tried: set[tuple[str, int]] = set()

    @property
    def open(self) -> int:
        busy = sum(worker.task is not None for worker in self._workers)
        return len(self._waiting) + len(self._done) + busy

    @property
    def room(self) -> bool:
        return self.open < self._count + 2

    def submit(self, task: Task) -> None:
        if isinstance(task, Shard):
            self._waiting.appendleft(task)  # its pieces can be removed sooner
        else:
            self._waiting.append(task)
        self._hand_out()

    def next(self) -> tuple[Task, Proof]:
        while not self._done:
            self._hand_out()
            busy = [worker for worker in self._workers if worker.task is not None]
            ready = wait([part for worker in busy for part in (worker.pipe, worker.process.sentinel)])
            for worker in busy:
                if worker.pipe in ready or worker.process.sentinel in ready:
                    self._receive(worker)
        return self._done.popleft()

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.pipe.close()
        self._workers = []

    def _hand_out(self) -> None:
        while self._waiting:
            worker = next((one for one in self._workers if one.task is None), None)
            if worker is None:
                if len(self._workers) >= self._count:
                    return
                worker = self._start(len(self._workers))
                self._workers.append(worker)
            worker.task = self._waiting.popleft()
            self._places[worker.number] = 0
            with contextlib.suppress(OSError):  # the process has died: `next` sees it
                worker.pipe.send((worker.task, _key(worker.task) in self._tried))

    def _start(self, number: int) -> _Worker:
        ours, theirs = self._spawn.Pipe()
        process = self._spawn.Process(
            target=_work, args=(theirs, self._context, self._places, number), daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, ours, number)

    def _receive(self, worker: _Worker) -> None:
        task = worker.task
        assert task is not None
        try:
            result = worker.pipe.recv()
        except (EOFError, OSError):
            self._replace(worker, task)
            return
        worker.task = None
        if isinstance(result, BaseException):
            raise result
        self._done.append((task, result))

    def _replace(self, worker: _Worker, task: Task) -> None:
        """Give the task of a dead process to a new one, which does it row by row, so that a second death has
        its row. The second time, raise InputError ``worker-died``.
        """
        worker.process.join()
        key = _key(task)
        if key in self._tried:
            raise InputError("worker-died", self._told(worker, task))
        self._tried.add(key)
        new = self._start(worker.number)
        worker.pipe.close()
        worker.process, worker.pipe, worker.task = new.process, new.pipe, None
        self._waiting.appendleft(task)

    def _told(self, worker: _Worker, task: Task) -> str:
        code = worker.process.exitcode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        if isinstance(task, Shard):
            return (
                f"shard {task.number}: a worker died twice while it wrote it ({how}); is there enough memory?"
            )
        row = task.rows[self._places[worker.number]]
        return (
            f"{row.file}: row {row.number}: a worker died twice there ({how}, perhaps for want of memory); "
            "remove the row, or build with fewer --workers; what is finished is kept"
        )


def _key(task: Task) -> tuple[str, int]:
    return type(task).__name__, task.number


@contextmanager
def start_engine(
    context: Context, workers: int, name: str = "local", address: str | None = None
) -> Iterator[Engine]:
    """Start the engine ``local`` or ``ray`` for a number of workers: one local worker
    works in this process.
    """
    if name == "local" and workers == 1:
        yield SerialEngine(context)
        return
    engine: Any
    if name == "ray":
        from duizhao.corpus.cluster import RayEngine

        engine = RayEngine(context, workers, address)
    else:
        engine = ProcessEngine(context, workers)
    try:
        yield engine
    finally:
        engine.close()


def _work(pipe: Connection, context: Context, places: Any, number: int) -> None:
    """Do tasks until the pipe is closed: the main function of a worker process."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def at(place: int) -> None:
        places[number] = place

    while True:
        try:
            task, again = pipe.recv()
        except (EOFError, OSError):
            return
        result: Any
        try:
            result = do_task(task, context, at, row_by_row=again)
        except DuizhaoError as error:
            result = error
        except OSError as error:
            told = error.strerror or one_line(error)
            result = ReleaseError(
                "cannot-write", f"{context.folder}: the system refused ({told}); what is finished is kept"
            )
        with contextlib.suppress(OSError):
            pipe.send(result)


def _end_with_parent() -> None:
    """End this process when its parent ends, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
