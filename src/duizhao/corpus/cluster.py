"""The engine of Ray: tasks on this machine or on a cluster. It schedules nothing itself."""

from __future__ import annotations

import logging
import os
from importlib import import_module
from typing import Any

from duizhao.corpus.engines import Context, Proof, Task, do_task
from duizhao.corpus.shards import Shard
from duizhao.errors import DuizhaoError, InputError, MissingExtra, ReleaseError, one_line


class RayEngine:
    """Does each task as a task of Ray, which starts it again, once, if its process dies.

    All nodes must see the folder of the progress under the same path: it lies beside the release.
    """

    def __init__(self, context: Context, workers: int | None, address: str | None) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            ray: Any = import_module("ray")
        except ImportError:
            raise MissingExtra(
                "missing-extra", "--engine ray needs ray; run: pip install 'duizhao[ray]'"
            ) from None
        self._ray = ray
        told: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
        own = {"num_cpus": workers, "include_dashboard": False}
        try:
            ray.init(address=address or "local", **told, **({} if address else own))
        except Exception as error:  # Ray raises many kinds of errors
            raise InputError(
                "no-cluster", f"{address or 'local'}: Ray cannot be reached ({one_line(error)[:200]})"
            ) from None
        cores = int(ray.cluster_resources().get("CPU", 1))
        self._count = workers or cores
        self._context = ray.put(context)
        self._do = ray.remote(max_retries=1, num_cpus=1)(do_task)
        self._running: dict[Any, Task] = {}

    @property
    def open(self) -> int:
        return len(self._running)

    @property
    def room(self) -> bool:
        return self.open < self._count + 2

    def submit(self, task: Task) -> None:
        self._running[self._do.remote(task, self._context)] = task

    def next(self) -> tuple[Task, Proof]:
        [done], _ = self._ray.wait(list(self._running), num_returns=1)
        task = self._running.pop(done)
        try:
            return task, self._ray.get(done)
        except self._ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, DuizhaoError):
                raise error.cause from None
            if isinstance(error.cause, OSError):
                raise ReleaseError(
                    "cannot-write", f"the system refused ({one_line(error.cause)}); what is finished is kept"
                ) from None
            raise
        except (self._ray.exceptions.WorkerCrashedError, self._ray.exceptions.OutOfMemoryError):
            raise InputError("worker-died", _told(task)) from None

    def close(self) -> None:
        """End the tasks, and Ray if it runs only for this build."""
        self._ray.shutdown()


def _told(task: Task) -> str:
    if isinstance(task, Shard):
        return f"shard {task.number}: a worker died twice while it wrote it; is there enough memory?"
    first, last = task.rows[0], task.rows[-1]
    return (
        f"{first.file}: row {first.number} to {last.file}: row {last.number}: a worker died twice there, "
        "perhaps for want of memory; --engine local names the row; what is finished is kept"
    )
