"""A program that runs another one with less: python limited.py MEMORY SECONDS COMMAND ….

It is a program of its own because limits must be set after the fork and before the command, where
a process with threads may run no Python; it imports nothing of Sheetformer, so that it starts at
once. 0 stands for no limit.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def main() -> None:
    """Set the limits and become the command."""
    import resource

    memory, seconds = map(int, sys.argv[1:3])
    limits = {resource.RLIMIT_CORE: (0, 0)}
    if memory:
        limits[resource.RLIMIT_AS] = (memory, memory)
    if seconds:
        # At the first number comes a signal that says why, at the second one nothing but the end.
        limits[resource.RLIMIT_CPU] = (seconds, seconds + 1)
    for what, limit in limits.items():
        # Some systems know a limit but do not let anybody set it.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, limit)
    os.execvp(sys.argv[3], sys.argv[3:])


if __name__ == "__main__":
    main()
