"""Worker processes with a limit on time: few of them, each for one job at a time."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any

from sheetformer.errors import SheetformerError
from sheetformer.server.refusals import BrokenError, BusyError, RefusedError, TooLongError

WORKERS = 2
"""Jobs done at the same time."""
SECONDS = 20.0
"""So long a job may take; then its process is ended."""
PATIENCE = 10.0
"""Seconds that a job waits for a free worker."""

_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
"""One thread of arithmetic a worker: books are small, and threads take address space."""


class Worker:
    """One process; it is started for its first job, and again after it was ended."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """The process, started where it is not running."""
        if self._process is not None and self._process.poll() is not None:
            self.end()
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sheetformer.server.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=os.environ | _ENVIRONMENT,
                # Ctrl-C in the terminal is for the server, which then ends its workers.
                start_new_session=True,
            )
        return self._process

    def do(self, job: Mapping[str, Any]) -> bytes:
        """The bytes that a job gives.

        Raises:
            SheetformerError: what the worker refused.
            TooLongError: the job took too long.
            BrokenError: the worker failed.
        """
        process = self.start()
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._seconds, end)
        timer.start()
        try:
            told, content = _ask(process, job)
        except (OSError, ValueError):
            self.end()
            if late.is_set():
                raise TooLongError(self._seconds) from None
            raise BrokenError("a worker ended without an answer") from None
        finally:
            timer.cancel()
        if "bug" in told:
            raise BrokenError(told["bug"])
        if "refused" in told:
            raise RefusedError(told["refused"], **told["values"])
        if "error" in told:
            raise SheetformerError(told["error"])
        return content

    def end(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            # What a dead process did not read cannot be delivered.
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()


def _ask(process: subprocess.Popen[bytes], job: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(job).encode() + b"\n")
    process.stdin.flush()
    told = json.loads(process.stdout.readline())
    content = process.stdout.read(told.get("length", 0))
    if len(content) < told.get("length", 0):
        raise ValueError("the answer broke off")
    return told, content


class Pool:
    """The workers of a server; leaving the `with` block ends them."""

    def __init__(
        self, workers: int = WORKERS, seconds: float = SECONDS, patience: float = PATIENCE
    ) -> None:
        self._all = [Worker(seconds) for _ in range(workers)]
        self._patience = patience
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
            worker = self._free.get(timeout=self._patience)
        except queue.Empty:
            raise BusyError from None
        try:
            return worker.do(job)
        finally:
            self._free.put(worker)
