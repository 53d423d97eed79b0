"""Where somebody wants a file: what cannot be replaced is refused in their words."""

from __future__ import annotations

import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sheetformer import files
from sheetformer.errors import FileError


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """A temporary path beside `path`, renamed to it when all went well and removed otherwise.

    Raises:
        FileError: the target is a folder, is read-only, is open, or cannot be written.
    """
    _refuse(path)
    with files.replacing(path) as temporary:
        yield temporary


def _refuse(path: Path) -> None:
    if path.is_dir():
        raise FileError(f"{path} is a folder; name a file in it, such as {path / 'attention.xlsx'}")
    if path.exists() and not path.is_file():
        raise FileError(f"{path} is no regular file; choose another name with -o")
    if not path.parent.is_dir():
        raise FileError(f"the folder {path.parent} does not exist; make it first")
    if path.exists() and not path.stat().st_mode & stat.S_IWUSR:
        raise FileError(f"{path} is read-only; choose another name with -o, or allow writing")
    lock = path.parent / f".~lock.{path.name}#"
    if lock.exists():
        raise FileError(
            f"{path} is open in LibreOffice; close it there first, or choose another name with -o"
        )
