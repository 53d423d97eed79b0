"""Grades on the disk, a line a file, so that a run that was broken off goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sheetformer.exercises.judged import BlankGrade, Grade


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

    def known(self, shown: str, digest: str) -> Grade | None:
        """The grade of a file that has not changed since."""
        return self._known.get((shown, digest))

    def add(self, digest: str, done: Grade) -> None:
        """Keep a grade."""
        if self._path:
            line = json.dumps({"key": self._key, "digest": digest, "grade": asdict(done)})
            with self._path.open("a", encoding="ascii") as stream:
                stream.write(line + "\n")


def _lines(path: Path, key: str) -> Iterator[tuple[tuple[str, str], Grade]]:
    if not path.exists():
        return
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        try:
            data = json.loads(line)
            if data["key"] == key:
                yield (data["grade"]["file"], data["digest"]), _read_grade(data["grade"])
        except (ValueError, LookupError, TypeError):
            continue  # the line that was being written when the run was broken off


def _read_grade(data: Mapping[str, Any]) -> Grade:
    blanks = tuple(BlankGrade(**blank) for blank in data["blanks"])
    notes = tuple(data["notes"])
    return Grade(data["file"], data["student"], blanks, notes, data["problem"])
