"""The grade of one student as Gradescope, CodeRunner and VPL (both in Moodle) read it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from sheetformer.exercises.grading import Grades
from sheetformer.exercises.judged import BlankGrade, Grade
from sheetformer.exercises.tables import student_page, verdict
from sheetformer.language import Language
from sheetformer.language.phrasebook import problem


def best(grades: Sequence[Grade]) -> Grade:
    """The grade that counts where a student handed in several files: the one with most points."""
    return max(grades, key=lambda one: -1.0 if one.points is None else one.points)


def gradescope(grades: Grades) -> str:
    """`results.json` of a Gradescope autograder: a test for each blank, and the score of all."""
    one, language = best(grades.grades), Language(grades.language)
    most = round(100 / max(len(one.blanks), 1), 2)
    tests: list[dict[str, Any]] = [
        {
            "name": blank.block,
            "score": round(most * blank.points, 2),
            "max_score": most,
            "output": _said(blank, language),
            "visibility": "visible",
        }
        for blank in one.blanks
    ]
    if one.notes:
        notes = "\n".join(problem(note, language) for note in one.notes)
        tests.append(
            {"name": "notes", "score": 0, "max_score": 0, "output": notes, "visibility": "hidden"}
        )
    return _json({"score": one.points or 0.0, "output": _summary(one, language), "tests": tests})


def coderunner(grades: Grades) -> str:
    """What a combinator template grader of CodeRunner prints: a fraction, and a page below it."""
    one = best(grades.grades)
    page = student_page(grades, one, Language(grades.language))
    return _json({"fraction": (one.points or 0.0) / 100, "epiloguehtml": page})


def vpl(grades: Grades) -> str:
    """What `vpl_execution` prints for VPL: comments, and the grade."""
    one, language = best(grades.grades), Language(grades.language)
    said = [_summary(one, language)]
    said += [f"{blank.block}: {_said(blank, language)}" for blank in one.blanks]
    # A name that a student gave must not begin a line: the next one could be a grade.
    lines = [f"Comment :=>> {' '.join(line.split())}" for line in said]
    return "\n".join([*lines, f"Grade :=>> {one.points or 0.0:g}"]) + "\n"


PLATFORMS: dict[str, Callable[[Grades], str]] = {
    "gradescope": gradescope,
    "coderunner": coderunner,
    "vpl": vpl,
}


def _summary(one: Grade, language: Language) -> str:
    if one.points is None:
        return problem(one.problem, language)
    return language.message("exercise.grade_of_100", points=language.rounded(one.points, 2))


def _said(blank: BlankGrade, language: Language) -> str:
    """What was found in a blank, with the cells that are not right."""
    said = verdict(blank, language)
    where = ", ".join(list(blank.found or ())[:12])
    return f"{said} ({where})" if where else said


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=2) + "\n"
