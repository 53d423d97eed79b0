"""Folders for what is needed for a while: gone with their owner, or on the next run at last."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Self

_PREFIX = "sheetformer-of-"
_YOUNG = 60.0
"""Seconds in which a folder may not have its lock yet."""


class Scratch:
    """A folder in the system's place for temporary files; leaving the `with` block removes it.

    Its owner holds a lock on it, which the system releases however the owner ends; a folder that
    nobody holds is removed by the next who makes one.
    """

    def __init__(self) -> None:
        _sweep(tempfile.gettempdir())
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = _locked(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder and all in it; may be called again."""
        shutil.rmtree(self.path, ignore_errors=True)
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)


def is_free(path: Path) -> bool:
    """Whether the owner of a folder or file has ended; where nothing can be locked, never."""
    try:
        lock = _locked(path)
    except OSError:
        return False
    if lock is None:
        return False
    os.close(lock)
    return True


@cache
def _sweep(temporary: str) -> None:
    """Remove, once a run, what owners left behind that were killed."""
    for folder in Path(temporary).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            old = time.time() - folder.lstat().st_mtime > _YOUNG
            if old and not folder.is_symlink() and is_free(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _locked(path: Path) -> int | None:
    """A lock on a folder or file as an open descriptor; None on systems without such locks.

    Raises:
        OSError: somebody else holds it, or there is no such path.
    """
    if sys.platform == "win32":
        return None
    import fcntl

    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
