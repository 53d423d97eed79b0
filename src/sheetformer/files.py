"""Files that are written whole or not at all, and the header of a safetensors file."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import stat
import sys
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sheetformer.errors import FileError

METADATA_KEY = "sheetformer"
"""Our own key among the texts in the header of a safetensors file."""

_FULL = 1 << 20
"""Bytes: with less than that a disk is full."""
_NAME = 60
"""Letters of a file's name in that of its part; a name must not grow past what a system allows."""


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """A temporary path beside `path`, renamed to it when all went well and removed otherwise.

    Whoever looks sees the old file or the new one, never a part.

    Raises:
        FileError: it cannot be written, or something stands there that must not be replaced.
    """
    check_target(path)
    target = _real(path)  # a link stays a link, and what it leads to is written
    temporary: Path | None = None
    try:
        temporary = _part(target)
        yield temporary
        _like(target, temporary)
        temporary.replace(target)
    except FileError:
        raise
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def check_target(path: Path) -> None:
    """See to it that a file can be written, before the work whose result it will hold.

    Raises:
        FileError: the target is a folder, a device, read-only, open in LibreOffice, a link that
            leads nowhere, or in a folder that is not there or takes no file.
    """
    what = _kind(path)
    if path == Path():
        raise FileError("an output needs the name of a file, such as attention.xlsx")
    if what is not None and stat.S_ISDIR(what):
        raise FileError(f"{path} is a folder; name a file in it, such as {path / 'attention.xlsx'}")
    if what is not None and not stat.S_ISREG(what):
        raise FileError(f"{path} is no regular file; choose another name with -o")
    target = _real(path)
    if not target.parent.is_dir():
        raise FileError(f"the folder {path.parent} does not exist; make it first")
    if what is not None and not what & stat.S_IWUSR:
        raise FileError(f"{path} is read-only; choose another name with -o, or allow writing")
    if (target.parent / f".~lock.{target.name}#").exists():
        raise FileError(
            f"{path} is open in LibreOffice; close it there first, or choose another name with -o"
        )
    try:
        remove_parts(target)
        _part(target).unlink()
    except OSError as error:
        raise _unwritable(path, error) from error


def check_output(path: Path) -> None:
    """As `check_target`, for a file whose folder will be made: nothing is made yet.

    Raises:
        FileError: the file could not be written, or the folder not be made.
    """
    _kind(path)
    folder = next(each for each in _real(path).parents if each.exists())
    if not folder.is_dir():
        raise FileError(f"{path} cannot be written: {folder} is no folder")
    if path.parent.is_dir():
        check_target(path)


def _kind(path: Path) -> int | None:
    """The mode of what stands there, links followed; None where there is nothing."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise FileError(f"{path} is a link that leads back to itself; remove it") from error
        raise _unwritable(path, error) from error
    except ValueError as error:
        raise FileError(f"{str(path)!r} is no name that a file can have: {error}") from error


def _real(path: Path) -> Path:
    """Where links lead; one that leads back to itself stays as it is."""
    return Path(os.path.realpath(path))


def _unwritable(path: Path, error: OSError) -> FileError:
    """What is wrong, said of what it is about: a folder for temporary files may be full, too."""
    target = _real(path)
    where = Path(os.fsdecode(error.filename)) if error.filename else _full(target.parent)
    if where is None or target.parent in (where, where.parent) or where.name == target.name:
        return FileError(f"{path} cannot be written: {error.strerror or error}")
    return FileError(f"{path} cannot be written, because of {where}: {error.strerror or error}")


def _full(folder: Path) -> Path | None:
    """The folder for temporary files where it is full, and the file's own is not."""
    with suppress(OSError):
        temporary = Path(tempfile.gettempdir())
        free = [shutil.disk_usage(each).free for each in (temporary, folder)]
        if free[0] < _FULL <= free[1]:
            return temporary
    return None


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
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FileError(f"{path} cannot be written: {reason}") from error


def read_whole(path: Path, most: int) -> bytes:
    """The bytes of a file of at most so many; a device or a pipe could go on for ever.

    Raises:
        FileError: there is none, it is no regular file, too large, or cannot be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileError(f"{path} is no regular file; name one with such content")
        with path.open("rb") as file:
            content = file.read(most + 1)
    except FileError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FileError(f"{path} cannot be read: {reason}") from error
    if len(content) > most:
        raise FileError(f"{path} is larger than {most // 1_000_000:,} MB; no such file is")
    return content


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


# -- parts -----------------------------------------------------------------------------------------


def remove_parts(path: Path) -> None:
    """Remove what writers of this file left behind that were killed; not what others write now."""
    target = _real(path)
    ours = f"{_prefix(target)}{_host()}-"
    for part in target.parent.iterdir() if target.parent.is_dir() else ():
        if part.name.startswith(ours) and part.name.endswith(".part") and not _is_written(part):
            part.unlink(missing_ok=True)


def _part(target: Path) -> Path:
    """A new empty file beside the target, whose name says who writes it."""
    handle, name = tempfile.mkstemp(
        ".part", f"{_prefix(target)}{_host()}-{os.getpid()}-", target.parent
    )
    os.close(handle)
    return Path(name)


def _prefix(target: Path) -> str:
    return f".{target.name[:_NAME]}."


def _host() -> str:
    """This machine's name: a folder may be shared by several, each with its own processes."""
    return "".join(letter for letter in socket.gethostname() if letter.isalnum())[:24]


def _is_written(part: Path) -> bool:
    """Whether the process that began a part still runs."""
    number = part.name.rsplit("-", 2)[-2]
    # On Windows there is no question to a process, only its end.
    if sys.platform == "win32" or not number.isdecimal():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _like(target: Path, temporary: Path) -> None:
    """Give the new file mode and owner of the old one, or what the user's umask gives new files."""
    if not target.exists():
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        return
    old = target.stat()
    if sys.platform != "win32" and (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        # Only root gives files away; whoever may not keeps the new one.
        with suppress(OSError):
            os.chown(temporary, old.st_uid, old.st_gid)
    temporary.chmod(stat.S_IMODE(old.st_mode))


# -- safetensors -----------------------------------------------------------------------------------


def read_metadata(content: bytes) -> Any:
    """What the header of a safetensors file says under our key.

    Raises:
        ValueError: it is no such file.
        KeyError: it is one, but not of ours.
    """
    # The format: eight bytes of length, then a JSON header whose __metadata__ holds text.
    length = int.from_bytes(content[:8], "little")
    try:
        header = json.loads(content[8 : 8 + length])
        return json.loads(header["__metadata__"][METADATA_KEY])
    except (TypeError, RecursionError) as error:
        raise ValueError("the header is no table of texts") from error
