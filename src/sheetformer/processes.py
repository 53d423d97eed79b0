"""Processes that this one starts: within limits, and gone when they are ended.

However this process ends, killed or not, they and their helpers end with it, and their folder for
temporary files is removed.

What holds where: on Linux all of it; macOS knows no limit of memory; on Windows only the clock
holds, and a child ends when its input ends.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class Limits:
    """What a child may take; None is as much as it likes.

    Attributes:
        seconds: until an answer is complete, by the clock; on Linux what it waits for a processor
            that others use does not count.
        processor: seconds of the processor's time in all its life (on POSIX systems).
        memory: bytes of address space (where the system can limit it, as Linux does).
        answer: bytes of an answer; a child that runs wild must not fill the memory of this process.
    """

    seconds: float | None = None
    processor: int | None = None
    memory: int | None = None
    answer: int = 1 << 30


FREE = Limits()


class Started(subprocess.Popen[bytes]):
    """A process and its lifeline: the end of a pipe at whose other end its watcher waits."""

    lifeline: IO[bytes] | None = None


def start(
    command: Sequence[str],
    *,
    limits: Limits = FREE,
    environment: Mapping[str, str] | None = None,
    messages: IO[bytes] | None = None,
    folder: Path | None = None,
    talks: bool = False,
) -> Started:
    """Start a program in a process group of its own.

    Ctrl-C in the terminal does not reach it, and `end` ends the helpers that it started, too. So
    does the end of this process, whatever ends it (on POSIX systems).

    Args:
        command: the program and its arguments.
        limits: its memory and processor time.
        environment: all variables that it sees; None: those of this process.
        messages: an open file for what it says on stderr; None: where this process says it.
        folder: what is removed if this process ends without ending the program.
        talks: whether its standard input and output are pipes; they are closed otherwise.

    Raises:
        OSError: there is no such program.
    """
    if shutil.which(command[0]) is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), command[0])
    channel = subprocess.PIPE if talks else subprocess.DEVNULL
    with _lifeline() as (watched, held):
        process = Started(
            [*_guarded(limits, watched, folder), *command],
            stdin=channel,
            stdout=channel,
            stderr=messages,
            env=environment,
            start_new_session=True,
            pass_fds=() if watched is None else (watched,),
        )
    process.lifeline = held
    return process


@contextmanager
def _lifeline() -> Generator[tuple[int | None, IO[bytes] | None]]:
    """The two ends of a pipe: for the child, closed here in the end, and for this process."""
    if sys.platform == "win32":
        yield None, None
        return
    watched, end = os.pipe()
    held = os.fdopen(end, "wb", buffering=0)
    try:
        yield watched, held
    except BaseException:
        held.close()
        raise
    finally:
        os.close(watched)


def end(process: Started, patience: float = 0.0) -> None:
    """End a process and its whole group; may be called again.

    Args:
        process: from `start`.
        patience: seconds that it gets to end by itself, once its input is closed.
    """
    if patience:
        _close(process.stdin)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    kill(process)
    process.wait()
    for pipe in (process.stdin, process.stdout, process.lifeline):
        _close(pipe)


def kill(process: Started) -> None:
    """Kill a process and its group at once; whoever waits for its output wakes."""
    if sys.platform == "win32":
        process.kill()
        return
    # The group may live on after its first process has ended.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _close(pipe: IO[bytes] | None) -> None:
    # What a dead process did not read cannot be delivered.
    with suppress(OSError):
        if pipe is not None:
            pipe.close()


def with_folder(environment: Mapping[str, str] | None, folder: Path) -> dict[str, str]:
    """An environment whose temporary files go into a folder."""
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    return {**(os.environ if environment is None else environment), **places}


def _guarded(limits: Limits, lifeline: int | None, folder: Path | None) -> list[str]:
    """The program that sets limits, leaves a watcher behind and then becomes the command."""
    if lifeline is None:
        return []
    program = Path(__file__).with_name("limited.py")
    numbers = (limits.memory or 0, limits.processor or 0, lifeline)
    # Isolated and without site-packages it starts in a hundredth of a second.
    start_it = (sys.executable, "-I", "-S", str(program))
    return [*start_it, *map(str, numbers), str(folder or "")]
