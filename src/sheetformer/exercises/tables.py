"""Grades as Moodle and Canvas import them, and as a page for each student."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from sheetformer.exercises.grading import Grades
from sheetformer.exercises.judged import CARRIED, RIGHT, BlankGrade, Grade
from sheetformer.exercises.submitters import submitter
from sheetformer.language import Language
from sheetformer.language.phrasebook import problem

_RUNS = ("=", "+", "-", "@", "\t", "\r")
"""What a text may not begin with: a spreadsheet program would take it for a formula."""
_CELLS = 12
"""Cells of a blank that a page lists one by one."""


def moodle_csv(grades: Grades, language: Language) -> str:
    """A row a file, as a grading worksheet of Moodle, which takes its columns by name.

    Without a column for the time of the last grade it is refused; an empty one is of no grade yet.
    """
    rows: list[list[Any]] = [
        ["Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)",
         "Feedback comments", "File", *grades.blocks]
    ]  # fmt: skip
    for grade in grades.grades:
        number = submitter(grade.file).moodle
        points = {blank.block: round(100 * blank.points, 1) for blank in grade.blanks}
        rows.append(
            [f"Participant {number}" if number else "", grade.student, _points(grade), 100, "",
             feedback(grade, language), grade.file,
             *(points.get(block, "") for block in grades.blocks)]
        )  # fmt: skip
    return _written(rows)


def canvas_csv(grades: Grades) -> str:
    """A row a student, in the columns of Canvas; its second row says what can be reached."""
    rows: list[list[Any]] = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", grades.title],
        ["    Points Possible", "", "", "", "", 100],
    ]
    rows += [
        [grade.student, submitter(grade.file).canvas, "", "", "", _points(grade)]
        for grade in grades.grades
    ]
    return _written(rows)


def _points(grade: Grade) -> Any:
    return "" if grade.points is None else grade.points


def _written(rows: Iterable[Sequence[Any]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([list(map(_safe, row)) for row in rows])
    return stream.getvalue()


def _safe(value: Any) -> Any:
    """A text that no program takes for a formula.

    A carriage return ends a row in many readers, and what follows would begin a cell.
    """
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if value.startswith(_RUNS) else text


def feedback(grade: Grade, language: Language) -> str:
    """What a student reads of a file, in one line."""
    if grade.problem:
        return _sentence(grade.problem, language)
    parts = [
        f"{blank.block}: {verdict(blank, language)}"
        for blank in grade.blanks
        if blank.verdict != RIGHT
    ]
    parts += [_sentence(note, language) for note in grade.notes]
    return "; ".join(parts) or language.message("exercise.grade_all_right")


def verdict(blank: BlankGrade, language: Language) -> str:
    """What was found in a blank, in words."""
    said = language.message(f"exercise.grade_{blank.verdict}")
    right = sum(one in (RIGHT, CARRIED) for one in blank.cells.values())
    if 0 < right < len(blank.cells):
        share = language.message(
            "exercise.grade_part", right=language.number(right),
            cells=language.number(len(blank.cells)),
        )  # fmt: skip
        said = f"{said} ({share})"
    return f"{said}: {_sentence(blank.mistake, language)}" if blank.mistake else said


def _sentence(sentence: str, language: Language) -> str:
    return problem(sentence, language)


# -- a page a student ------------------------------------------------------------------------------

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4em .6em;"
    "border-bottom:1px solid #ccc;vertical-align:top}td.n{text-align:right}"
    ".good{color:#0a6640}.bad{color:#a02020}small{color:#555}"
)


def student_page(grades: Grades, grade: Grade, language: Language) -> str:
    """A page of HTML with what was found in each blank of a file; it loads nothing."""

    def say(key: str, **values: Any) -> str:
        return escape(language.message(f"exercise.grade_{key}", **values))

    points = "–" if grade.points is None else language.rounded(grade.points, 2)
    lines = [_line(blank, language) for blank in grade.blanks]
    notes = [grade.problem, *grade.notes] if grade.problem else list(grade.notes)
    told = "".join(f'<p class="bad">{escape(_sentence(note, language))}</p>' for note in notes)
    head = f"<tr><th>{say('block')}</th><th>{say('points')}</th><th>{say('what')}</th></tr>"
    table = f"<table>{head}{''.join(lines)}</table>" if lines else ""
    return (
        f'<!doctype html><html lang="{language.code}"><meta charset="utf-8">'
        f"<title>{escape(grades.title)}: {escape(grade.student)}</title><style>{_STYLE}</style>"
        f"<h1>{escape(grades.title)}</h1><p><b>{escape(grade.student)}</b> "
        f"<small>{escape(grade.file)}</small></p><p>{say('of_100', points=points)}</p>{told}{table}"
        "</html>\n"
    )


def _line(blank: BlankGrade, language: Language) -> str:
    kind = "good" if blank.points == 1 else "bad"
    cells = ""
    if blank.found:
        shown = list(blank.found.items())[:_CELLS]
        listed = ", ".join(f"{cell} = {_shown(value)}" for cell, value in shown)
        more = " …" if len(blank.found) > _CELLS else ""
        cells = f"<br><small>{escape(listed + more)}</small>"
    points = language.rounded(100 * blank.points, 1)
    return (
        f'<tr><td>{escape(blank.block)}</td><td class="n">{points}</td>'
        f'<td class="{kind}">{escape(verdict(blank, language))}{cells}</td></tr>'
    )


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
