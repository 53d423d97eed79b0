"""Worker processes with a limit on time: few of them, each for one job at a time."""

from __future__ import annotations

import queue
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from sheetformer.child import Child, ChildError, TooLargeError, TooSlowError
from sheetformer.confined import own_environment, own_program
from sheetformer.errors import SheetformerError
from sheetformer.processes import Limits
from sheetformer.server.refusals import (
    BrokenError,
    BusyError,
    RefusedError,
    TooLongError,
    TooMuchError,
)

WORKERS = 2
"""Jobs done at the same time."""
JOB_SECONDS = 20.0
"""So long a job may take; then its process is ended."""
MEMORY = 4 << 30
"""Bytes of address space that a worker may take, on systems that can limit it."""
PATIENCE = 30.0
"""Seconds that a job waits for a free worker."""


class Worker:
    """One process; it is started for its first job, and again after it was ended."""

    def __init__(self, seconds: float = JOB_SECONDS) -> None:
        self._seconds = seconds
        self._limits = Limits(seconds=seconds, memory=MEMORY)
        self._child: Child | None = None

    def start(self) -> Child:
        """The process, started where it is not running."""
        if self._child is not None and not self._child.alive:
            self.end()
        if self._child is None:
            self._child = Child(
                own_program("sheetformer.server.worker"),
                "a worker",
                limits=self._limits,
                environment=own_environment(),
            )
        return self._child

    def do(self, job: Mapping[str, Any]) -> bytes:
        """The bytes that a job gives.

        Raises:
            SheetformerError: what the worker refused.
            TooLongError: the job took too long.
            BrokenError: the worker failed.
        """
        try:
            reply, content = self.start().ask_for_bytes(job)
        except TooSlowError:
            raise TooLongError(self._seconds) from None
        except TooLargeError:
            raise TooMuchError from None
        except (ChildError, OSError) as error:
            # No process can be started, for one, where all numbers of files are taken.
            raise BrokenError(str(error)) from None
        if "bug" in reply:
            raise BrokenError(reply["bug"])
        if reply.get("refused") == TooMuchError.KEY:
            raise TooMuchError
        if "refused" in reply:
            raise RefusedError(reply["refused"], **reply["values"])
        if "error" in reply:
            raise SheetformerError(reply["error"])
        return content

    def end(self) -> None:
        """End the process, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.close()


class Pool:
    """The workers of a server; leaving the `with` block ends them."""

    def __init__(
        self, workers: int = WORKERS, seconds: float = JOB_SECONDS, patience: float = PATIENCE
    ) -> None:
        self._all = [Worker(seconds) for _ in range(workers)]
        self.size = workers
        self.patience = patience
        self._free: queue.LifoQueue[Worker] = queue.LifoQueue()
        for worker in self._all:
            self._free.put(worker)

    def __enter__(self) -> Pool:
        for worker in self._all:
            worker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._all:
            worker.end()

    def do(self, job: Mapping[str, Any]) -> bytes:
        """The bytes that a job gives, from the first worker that is free.

        Raises:
            BusyError: no worker was free for a while.
            SheetformerError: as `Worker.do`.
        """
        try:
            worker = self._free.get(timeout=self.patience)
        except queue.Empty:
            raise BusyError from None
        try:
            return worker.do(job)
        finally:
            self._free.put(worker)
