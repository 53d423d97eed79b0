"""Grades on the disk, a line a file, so that a run that was broken off goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sheetformer.exercises.judged import VERDICTS, BlankGrade, Grade


class Journal:
    """What was graded before.

    Args:
        path: the file; None keeps nothing.
        key: what tells one key and engine from another.
    """

    def __init__(self, path: Path | None, key: str) -> None:
        self._path = path
        self._key = key
        self._known = dict(_lines(path, key)) if path else {}
        self._is_broken = path is not None and _is_broken(path)

    def known(self, shown: str, digest: str) -> Grade | None:
        """The grade of a file that has not changed since."""
        return self._known.get((shown, digest))

    def add(self, digest: str, done: Grade) -> None:
        """Keep a grade."""
        if self._path:
            line = json.dumps({"key": self._key, "digest": digest, "grade": asdict(done)})
            with self._path.open("a", encoding="ascii") as stream:
                # A run that was broken off may have left half a line: it ends here.
                stream.write("\n" * self._is_broken + line + "\n")
            self._is_broken = False


def _lines(path: Path, key: str) -> Iterator[tuple[tuple[str, str], Grade]]:
    if not path.exists():
        return
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        try:
            data = json.loads(line)
            if data["key"] == key:
                yield (data["grade"]["file"], str(data["digest"])), _read_grade(data["grade"])
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            continue  # the line that was being written when the run was broken off


def _is_broken(path: Path) -> bool:
    """Whether a file does not end with its line."""
    if not path.exists() or not path.stat().st_size:
        return False
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read() != b"\n"


def _read_grade(data: Mapping[str, Any]) -> Grade:
    """A grade as it was kept.

    Raises:
        ValueError, LookupError, TypeError, AttributeError: it is none.
    """
    blanks = tuple(_read_blank(blank) for blank in data["blanks"])
    texts = [data["file"], data["student"], data["problem"], *data["notes"]]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("what is said of a file is text")
    return Grade(data["file"], data["student"], blanks, tuple(data["notes"]), data["problem"])


def _read_blank(data: Mapping[str, Any]) -> BlankGrade:
    texts = isinstance(data["block"], str) and isinstance(data["mistake"], str)
    known = data["cells"] and all(verdict in VERDICTS for verdict in data["cells"].values())
    if not (known and texts and isinstance(data["found"], dict | None)):
        raise ValueError("a blank has a name, and a verdict for each of its cells")
    return BlankGrade(**data)
