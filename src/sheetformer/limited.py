"""A program that runs another one with less, and ends it when nobody is left to ask it.

    python limited.py MEMORY SECONDS LIFELINE FOLDER COMMAND …

It is a program of its own because limits must be set after the fork and before the command, where
a process with threads may run no Python; it imports nothing of Sheetformer, so that it starts at
once. 0 stands for no limit. LIFELINE is the number of a pipe that whoever started it holds at the
other end: the system closes that end however its owner ends, killed or not. Then a watcher kills
the whole process group and removes FOLDER.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

_ATTEMPTS = 60
"""Tenths of a second in which a folder may still fill up while those who fill it die."""


def main() -> None:
    """Set the limits, leave a watcher behind, and become the command."""
    memory, seconds, lifeline = map(int, sys.argv[1:4])
    _watch(lifeline, sys.argv[4])
    os.set_inheritable(lifeline, False)
    _limit(memory, seconds)
    os.execvp(sys.argv[5], sys.argv[5:])


def _limit(memory: int, seconds: int) -> None:
    import resource

    # A program that this one starts with limits of its own may get more than this one.
    for what, limit in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        most = resource.getrlimit(what)[1]
        # Some systems know a limit but do not let anybody set it.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (limit or most, most))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _watch(lifeline: int, folder: str) -> None:
    """Leave a process behind that waits for the end of the lifeline, in the same group."""
    group = os.getpgrp()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    # The command must not be its parent: it would find a child that it never had.
    if os.fork():
        os._exit(0)
    # Whoever reads what the command says waits until nobody holds the other end.
    os.closerange(0, lifeline)
    os.closerange(lifeline + 1, 256)
    os.read(lifeline, 1)
    _clear(group, folder)
    os._exit(0)


def _clear(group: int, folder: str) -> None:
    import shutil
    import signal
    import time

    # Out of the group, or the signal would end the watcher before it has tidied up.
    os.setsid()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    for _ in range(_ATTEMPTS):
        if not folder or not os.path.exists(folder):  # noqa: PTH110 (pathlib costs time)
            return
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.1)


if __name__ == "__main__":
    main()
