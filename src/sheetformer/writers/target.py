"""Where a file goes: written beside its place and renamed, so that no half file is ever seen."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sheetformer.errors import FileError


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """A temporary path beside `path`, renamed to it when all went well and removed otherwise.

    Raises:
        FileError: the target is a folder, is read-only, is open, or cannot be written.
    """
    _refuse(path)
    path = path.resolve()  # a link stays a link, and what it leads to is written
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent
        )
    except OSError as error:
        raise FileError(f"{path}: cannot write there ({error.strerror})") from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(_mode(path))
        temporary.replace(path)
    except OSError as error:
        raise FileError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        temporary.unlink(missing_ok=True)


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


def _mode(path: Path) -> int:
    """As the file had it, or as the user's umask gives new files."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
