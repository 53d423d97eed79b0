"""The annotated copy of a student's file: what was found, at the cells where it was found."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sheetformer.confined import Confined
from sheetformer.engines.opendocument import is_opendocument
from sheetformer.errors import SheetformerError
from sheetformer.exercises.grading import LIMITS, Grades, why_not
from sheetformer.exercises.judged import CARRIED, FIXED, RIGHT, TYPED, BlankGrade, Grade
from sheetformer.exercises.key import Key, read_key
from sheetformer.exercises.plan import Plan, make_plan
from sheetformer.exercises.tables import verdict
from sheetformer.language import Language
from sheetformer.language.phrasebook import problem

_ANSWER = "sheetformer.exercises.annotating:answer"
_COLOUR = {RIGHT: "good", CARRIED: "good", TYPED: "half", FIXED: "half"}
_TITLE = (0, 1)
"""The cell of the first sheet where the points stand."""


def annotated(
    submissions: str | Path, key: str | Path, grades: Grades
) -> Iterator[tuple[Grade, str, bytes, str]]:
    """For each file with a grade: the grade, the ending of its copy, the copy, and what failed.

    Args:
        submissions: the folder or the file that was graded.
        key: of the exercise.
        grades: what was found.
    """
    plan, place = make_plan(read_key(key)), Path(submissions)
    language = Language(grades.language)

    def one(grade: Grade) -> tuple[Grade, str, bytes, str]:
        file = place / grade.file if place.is_dir() else place
        suffix = ".xlsx" if is_opendocument(file) else file.suffix.lower()
        try:
            return grade, suffix, _copy(plan, file, grade, language), ""
        except SheetformerError as error:
            return grade, suffix, b"", why_not(error, file)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(one, [grade for grade in grades.grades if grade.points is not None])


def _copy(plan: Plan, file: Path, grade: Grade, language: Language) -> bytes:
    with Confined(_ANSWER, "annotating it", LIMITS) as child:
        marks = list(_marks(plan.key, grade, language))
        text = child.call(path=str(file), regions=plan.given(), marks=marks)
    return base64.b64decode(text)


def _marks(key: Key, grade: Grade, language: Language) -> Iterator[list[Any]]:
    """Sheet, row, column, colour, text."""
    front = _front(key)
    lines = [
        language.message("exercise.grade_of_100", points=language.rounded(grade.points or 0.0, 2))
    ]
    lines += [problem(note, language) for note in grade.notes]
    if front:
        yield [front, *_TITLE, "", "\n".join(lines)]
    for blank, found in zip(key.blanks, grade.blanks, strict=True):
        yield from _blank_marks(key.cells(blank), found, language)


def _front(key: Key) -> str:
    """The first sheet of what was handed out, which no block stands on."""
    return Language(key.language).message("exercise.sheet")


def _blank_marks(
    cells: Sequence[tuple[str, int, int]], found: BlankGrade, language: Language
) -> Iterator[list[Any]]:
    """The whole verdict at the first cell of a blank; that of other cells where it differs."""
    mixed = len(set(found.cells.values())) > 1
    for number, (cell, how) in enumerate(zip(cells, found.cells.values(), strict=True)):
        colour = _COLOUR.get(how, "bad")
        text = language.message(f"exercise.grade_{how}") if mixed and colour != "good" else ""
        if number == 0:
            points = language.rounded(100 * found.points, 1)
            text = f"{found.block}: {points} / 100\n{verdict(found, language)}"
        yield [*cell, colour, text]
