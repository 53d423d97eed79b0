"""Files that are written whole or not at all, and the header of a safetensors file."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sheetformer.errors import FileError

METADATA_KEY = "sheetformer"
"""Our own key among the texts in the header of a safetensors file."""


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """A temporary path beside `path`, renamed to it when all went well and removed otherwise.

    Whoever looks sees the old file or the new one, never a part.

    Raises:
        FileError: it cannot be written.
    """
    target = path.resolve()  # a link stays a link, and what it leads to is written
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(".part", f".{target.name}.", target.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        temporary.chmod(_mode(target))
        temporary.replace(target)
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one go, and its folder where there is none; a power cut leaves no part.

    Raises:
        FileError: the folder or the file cannot be written.
    """
    make_folder(path)
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def make_folder(path: Path) -> None:
    """Make the folder of a file where there is none.

    Raises:
        FileError: it cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror or error}") from error


def refuse_overwriting(output: Path, read: Iterable[str | Path]) -> None:
    """See to it that what is written does not take the place of what is read.

    Args:
        output: the file to write.
        read: the files that are read; those that do not exist are passed over.

    Raises:
        FileError: it is one of them, whatever links and spellings lead there.
    """
    if output.exists() and any(path.exists() and path.samefile(output) for path in map(Path, read)):
        raise FileError(f"{output} is read here, so it is not written; choose another name with -o")


def remove_parts(path: Path) -> None:
    """Remove what writers of this file left behind that were killed."""
    for part in path.parent.glob(f".{path.name}.*.part"):
        part.unlink(missing_ok=True)


def read_metadata(content: bytes) -> Any:
    """What the header of a safetensors file says under our key.

    Raises:
        ValueError: it is no such file.
        KeyError: it is one, but not of ours.
    """
    # The format: eight bytes of length, then a JSON header whose __metadata__ holds text.
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    return json.loads(header["__metadata__"][METADATA_KEY])


def _mode(path: Path) -> int:
    """As the file had it, or as the user's umask gives new files."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
