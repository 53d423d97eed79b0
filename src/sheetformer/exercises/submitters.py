"""Who handed a file in, by how Moodle and Canvas name what a teacher downloads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

_MOODLE = re.compile(r"(?P<name>[^/\\]+?)_(?P<number>\d+)_assignsubmission_file")
_CANVAS = re.compile(r"(?P<name>[^/\\_]+?)_(?:LATE_)?(?P<number>\d+)_\d+_[^/\\]+")


@dataclass(frozen=True)
class Submitter:
    """Whom a file's name names.

    Attributes:
        name: as the file says it.
        moodle: the number of a participant in Moodle; empty otherwise.
        canvas: the number of a student in Canvas; empty otherwise.
    """

    name: str
    moodle: str = ""
    canvas: str = ""


def submitter(file: str) -> Submitter:
    """Who handed a file in.

    >>> submitter("Ana Silva_4711_assignsubmission_file_/homework.xlsx")
    Submitter(name='Ana Silva', moodle='4711', canvas='')
    >>> submitter("silvaana_123_4567_homework.xlsx")
    Submitter(name='silvaana', moodle='', canvas='123')
    >>> submitter("homework-ana.xlsx").name
    'homework-ana'
    """
    if found := _MOODLE.search(file):
        return Submitter(found["name"], moodle=found["number"])
    if found := _CANVAS.fullmatch(PurePath(file).name):
        return Submitter(found["name"], canvas=found["number"])
    return Submitter(PurePath(file).stem)
