"""The files that students handed in: which are graded, and what to say of those that cannot be."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sheetformer.errors import FileError

WORKBOOKS = (".xlsx", ".xlsm", ".ods")
_PACKED = (".zip", ".7z", ".rar", ".tar", ".gz")
_OTHERS = (".xls", ".xlsb", ".numbers", ".fods", ".gsheet")
"""What a student may have handed in instead."""

LARGEST = 20_000_000
"""Bytes of a file; an exercise has some hundred thousand."""


def find_files(submissions: str | Path | Sequence[str | Path]) -> Iterator[Path]:
    """All that may be a submission, sorted in each folder.

    Hidden files and those that a program keeps open (~$homework.xlsx) are passed over.

    Raises:
        FileError: there is no such place, or no workbook in it.
    """
    several = [submissions] if isinstance(submissions, str | Path) else list(submissions)
    found: list[Path] = []
    for place in map(Path, several):
        if place.is_dir():
            found += [each for each in sorted(place.rglob("*")) if _is_submission(each)]
        elif place.exists():
            found.append(place)
        else:
            raise FileError(f"there is no file or folder '{place}' with submissions")
    if not found:
        raise FileError(f"there is no .xlsx file in '{several[0] if several else ''}'")
    yield from found


def _is_submission(file: Path) -> bool:
    kinds = (*WORKBOOKS, *_PACKED, *_OTHERS)
    return file.suffix.lower() in kinds and not file.name.startswith((".", "~$")) and file.is_file()


def refuse_unreadable(file: Path) -> None:
    """Refuse what is no workbook by its name, or too large.

    Raises:
        FileError: the sentence that the table says of it.
        OSError: it cannot be looked at.
    """
    suffix = file.suffix.lower()
    if suffix in _PACKED:
        raise FileError(f"it is packed ({suffix}); unpack it, and grade the folder again")
    if suffix in _OTHERS:
        raise FileError(f"it is a {suffix} file; it must be saved as .xlsx or .ods")
    if file.stat().st_size > LARGEST:
        raise FileError(f"it is larger than {LARGEST // 1_000_000} MB; it is not opened")


def digest(file: Path) -> str:
    """What tells whether a file has changed."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return "unreadable"


def same_files(files: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name of a file → another one that is the same to the last byte.

    Args:
        files: name and digest of each.

    >>> same_files([("a", "1"), ("b", "2"), ("c", "1")])
    {'a': 'c', 'c': 'a'}
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name, content in files:
        groups[content].append(name)
    return {
        name: names[0] if name != names[0] else names[1]
        for names in groups.values()
        for name in names
        if len(names) > 1
    }
