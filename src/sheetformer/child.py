"""A child process that answers lines of JSON, within limits.

It reads requests as lines of its standard input and writes an answer for each, as a line of JSON.
An answer that is an object with a `length` is followed by so many bytes. When its input ends, so
should the child.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Self, TypeVar

from sheetformer.errors import SheetformerError
from sheetformer.processes import FREE, Limits, end, kill, start, with_folder
from sheetformer.scratch import Scratch

_Answer = TypeVar("_Answer")

_OUT_OF_MEMORY = ("memoryerror", "bad_alloc", "memory allocation of", "cannot allocate memory")
"""What Python, C++, Rust and the system say on stderr when they get no more."""
_LONGEST_MESSAGE = 300
_BUSIEST = 10
"""So many times longer it may take on a machine that lets it wait for a processor."""


class ChildError(SheetformerError):
    """A child gave no answer; the text says why in one sentence, and the child is gone."""


class TooSlowError(ChildError):
    """A child took too long, by the clock or of the processor's time, and was ended."""


class TooLargeError(ChildError):
    """A child needed more memory than it may have, and ended."""


class Child:
    """A process that answers one request at a time; leaving the `with` block ends it.

    Args:
        command: the program and its arguments.
        name: what it is called in messages, such as "LibreOffice".
        limits: what it may take.
        environment: all variables that it sees; None: those of this process.
        messages: an open file for what it says on stderr; None: one that goes with the child.
        folder: where it puts temporary files; None: a folder that goes with the child.

    Raises:
        OSError: there is no such program.
    """

    def __init__(
        self,
        command: Sequence[str],
        name: str = "the process",
        *,
        limits: Limits = FREE,
        environment: Mapping[str, str] | None = None,
        messages: IO[bytes] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.name = name
        self._limits = limits
        self._own = None if messages else tempfile.TemporaryFile()  # noqa: SIM115 (`close` does)
        self._messages = messages or self._own
        self._scratch = None if folder else Scratch()
        self.folder = folder or self._scratch.path  # type: ignore[union-attr]
        try:
            self.process = start(
                command,
                limits=limits,
                environment=with_folder(environment, self.folder),
                messages=self._messages,
                folder=None if folder else self.folder,
                talks=True,
            )
        except BaseException:
            self._close_own()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def ask(self, request: object) -> Any:
        """The answer to a request.

        Raises:
            ChildError: there is none; the child is gone, and the text says why.
        """
        return self._exchange(request, _read_line)

    def ask_for_bytes(self, request: object) -> tuple[dict[str, Any], bytes]:
        """The answer to a request and the bytes that follow it.

        Raises:
            ChildError: as `ask`.
        """
        return self._exchange(request, _read_content)

    def close(self, patience: float = 0.0) -> None:
        """End the child and its whole group; `patience` as in `end`. May be called again."""
        # The number of a process that is gone may be somebody else's by now.
        if self.process.stdout and not self.process.stdout.closed:
            end(self.process, patience)
        self._close_own()

    def _exchange(self, request: object, read: Callable[[IO[bytes], int], _Answer]) -> _Answer:
        line = json.dumps(request).encode() + b"\n"
        with self._time_limit() as late:
            try:
                answer = self._talk(line, read)
            except (OSError, ValueError):
                pass
            except BaseException:
                # An interrupted request leaves an answer behind that would be taken for the next.
                self.close()
                raise
            else:
                self._forget()
                return answer
        problem = self._problem(late.is_set())
        self.close()
        raise problem

    def _talk(self, line: bytes, read: Callable[[IO[bytes], int], _Answer]) -> _Answer:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(line)
        self.process.stdin.flush()
        return read(self.process.stdout, self._limits.answer)

    @contextmanager
    def _time_limit(self) -> Generator[threading.Event]:
        """Kill the group when time is up: then whoever waits for an answer wakes."""
        late = threading.Event()
        if self._limits.seconds is None:
            yield late
            return

        answered = threading.Event()
        watch = threading.Thread(target=self._watch, args=(answered, late), daemon=True)
        watch.start()
        try:
            yield late
        finally:
            answered.set()
            watch.join()

    def _watch(self, answered: threading.Event, late: threading.Event) -> None:
        """Kill the group when its time is up; what it waits for a processor does not count."""
        seconds = self._limits.seconds or 0.0
        begun, queued = time.monotonic(), _queued(self.process.pid)
        left = seconds
        while left > 0:
            if answered.wait(max(left, 0.05)):
                return
            passed = time.monotonic() - begun
            left = min(
                seconds - passed + _queued(self.process.pid) - queued, seconds * _BUSIEST - passed
            )
        late.set()
        kill(self.process)

    def _problem(self, late: bool) -> ChildError:
        """Why there was no answer."""
        limits = self._limits
        if late:
            return TooSlowError(f"{self.name} took longer than {limits.seconds:g} s and was ended")
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1.0)
        if limits.processor and _was_too_busy(self.process.returncode):
            return TooSlowError(
                f"{self.name} used more than {limits.processor} s of the processor's time and was "
                "ended"
            )
        message = self._message()
        if limits.memory and any(words in message.lower() for words in _OUT_OF_MEMORY):
            return TooLargeError(
                f"{self.name} needed more than {limits.memory / 1e6:,.0f} MB of memory and was "
                "ended"
            )
        last = message.strip().splitlines()[-1:]
        detail = f": {last[0][:_LONGEST_MESSAGE]}" if last else ""
        return ChildError(f"{self.name} ended unexpectedly{detail}")

    def _forget(self) -> None:
        """Drop what was said before a good answer, so that the file does not grow."""
        if self._own:
            self._own.seek(0)
            self._own.truncate()

    def _close_own(self) -> None:
        if self._own:
            self._own.close()
        if self._scratch:
            self._scratch.close()

    def _message(self) -> str:
        """The end of what it said on stderr."""
        messages = self._messages
        if messages is None or messages.closed:
            return ""
        size = messages.seek(0, os.SEEK_END)
        messages.seek(max(0, size - 10_000))
        return messages.read().decode(errors="replace")


def _queued(process: int) -> float:
    """Seconds that a process has waited for a processor, in all its life; 0 where nobody says."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def _was_too_busy(code: int | None) -> bool:
    return sys.platform != "win32" and code == -signal.SIGXCPU


def _read_line(answers: IO[bytes], longest: int) -> Any:
    line = answers.readline(longest)
    if not line.endswith(b"\n"):
        raise ValueError("the answer broke off")
    return json.loads(line)


def _read_content(answers: IO[bytes], longest: int) -> tuple[dict[str, Any], bytes]:
    header = _read_line(answers, longest)
    length = header.get("length", 0)
    content = answers.read(min(length, longest))
    if len(content) < length:
        raise ValueError("the answer broke off")
    return header, content
