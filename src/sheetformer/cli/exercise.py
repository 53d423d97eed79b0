"""`sheetformer exercise`: a lesson, function or model with blanks to fill in, and its key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sheetformer.cli.completion import lesson_names
from sheetformer.cli.console import (
    FormulasOption,
    JsonOption,
    LangOption,
    choose_language,
    console,
    counted,
    show_written,
    text,
    write_json,
)

if TYPE_CHECKING:
    from sheetformer.exercises.make import Exercise
    from sheetformer.lessons.story import Lesson

EXAMPLES = """Examples:

  sheetformer exercise cross-attention --blank scores,softmax -o homework.xlsx --key key.xlsx
  sheetformer exercise softmax --lang pt
  sheetformer exercise softmax --blank "shares[0], exponentials"
  sheetformer exercise cross-attention --blank scores --students class.csv -o homework.xlsx
  sheetformer exercise cross-attention --blank scores,softmax --paper worksheet.html --whole-numbers
  sheetformer exercise cross-attention --blank blend.operands --source "I am | happy"
  sheetformer exercise mine:attention --input q=2x3 --input k=4x3 --blank softmax
  sheetformer exercise gpt2 --text "The cat sat" --layer 0 --head 3 --blank softmax

mine:attention is a function of yours, in mine.py in this folder: of arrays, whose sizes --input
says, or one that gives a model or a function and what to call it with, as for sheetformer record.
A blank is a block, a row of it such as scores[0], a cell such as scores[1,2], the blocks that its
formula reads (scores.operands), or softmax: all of its steps. Keep the key to yourself."""


def write_exercise(
    name: Annotated[
        str,
        typer.Argument(
            help="A lesson (see: sheetformer lessons), module:function, or a model.",
            metavar="NAME",
            autocompletion=lesson_names,
        ),
    ],
    blank: Annotated[
        list[str] | None,
        typer.Option(
            "--blank",
            "-b",
            help="What is to be filled in; also repeated. A lesson knows some of its own.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="What students get, .xlsx or .html; else NAME-exercise.xlsx."
        ),
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="The solved book; else NAME-key.xlsx.")
    ] = None,
    students: Annotated[
        Path | None,
        typer.Option(
            help="A CSV file, a student a line: each gets a file and numbers of their own."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Mixes the marks, and draws the numbers.")] = 0,
    paper: Annotated[
        Path | None,
        typer.Option(
            help="A worksheet for A4, .html; a solved one with a lesson plan is written beside it."
        ),
    ] = None,
    whole_numbers: Annotated[
        bool,
        typer.Option("--whole-numbers", help="Small whole numbers, to be worked out by pencil."),
    ] = False,
    source: Annotated[
        str | None, typer.Option("--source", "-s", help="The English words, which are looked at.")
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", "-t", help="The Portuguese words, which look.")
    ] = None,
    sentence: Annotated[
        str | None, typer.Option(help="The words, in lessons with one sentence.")
    ] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            metavar="NAME=SIZE",
            help="How large an input of the function is, such as q=3x4; once for each.",
        ),
    ] = None,
    reads: Annotated[str, typer.Option("--text", help="What the model reads.")] = "",
    layers: Annotated[
        list[int] | None, typer.Option("--layer", help="Only this layer, from 0; also repeated.")
    ] = None,
    heads: Annotated[
        list[int] | None, typer.Option("--head", help="Only this head, from 0; also repeated.")
    ] = None,
    lang: LangOption = None,
    formulas: FormulasOption = "matrix",
    as_json: JsonOption = False,
) -> None:
    """Write a lesson, function or model with blanks that mark themselves, and its key."""
    from sheetformer.cli.exercise_book import Asked, book_of, sizes
    from sheetformer.exercises.blanks import split
    from sheetformer.exercises.make import exercise
    from sheetformer.exercises.students import read_students
    from sheetformer.files import check_target, write_whole
    from sheetformer.lessons import LESSONS

    given = {"source": source, "target": target, "sentence": sentence}
    options = {option: value for option, value in given.items() if value is not None}
    stem = Path(name.rpartition(":")[2]).name or name
    handed_out = output or Path(f"{stem}-exercise.xlsx")
    solved = key or Path(f"{stem}-key.xlsx")
    names = [] if students is None else read_students(students)
    files = [_file(handed_out, student) for student in names or [""]]
    sheets = _papers(paper)
    _check_names(files, solved, sheets)
    for written in (*files, solved, *sheets):
        check_target(written)
    given_sizes = sizes(inputs or ())
    chosen = {"layers": layers, "heads": heads}
    asked_for = Asked(name, formulas, choose_language(lang), options, given_sizes, reads, chosen)
    made_of, book = book_of(asked_for, seed)
    asked = [one for given_ in blank or [_own_blanks(made_of, name)] for one in split(given_)]
    made = exercise(book, asked, students=names, seed=seed, whole_numbers=whole_numbers)
    lesson = LESSONS[name] if made_of == "lesson" else None
    pages = _pages(made, lesson) if sheets else []
    for student, file in zip(made.students, files, strict=True):
        made.of(student).save(file)
    # Last: saving says which names of files cannot be, and a key alone would be half of it.
    made.key.save(solved)
    for sheet, page in zip(sheets, pages, strict=True):
        write_whole(sheet, page.encode())
    if as_json:
        write_json({made_of: name, "files": [str(file) for file in files], "key": str(solved),
                    "paper": [str(sheet) for sheet in sheets],
                    "blanks": [{"block": one.block, "cells": int(one.elements.size)}
                               for one in made.blanks]})  # fmt: skip
        return
    cells = sum(one.elements.size for one in made.blanks)
    named = ", ".join(one.block for one in made.blanks)
    for file in files:
        show_written(file, f"{counted(cells, 'blank')} ({named})")
    show_written(solved, text("key_stays"))
    if sheets:
        _show_papers(made, sheets)
    console().print(text("prove"), f" sheetformer verify {solved}", soft_wrap=True)


def _own_blanks(made_of: str, name: str) -> str:
    """What the ready exercise of a lesson leaves to fill in; nothing of anything else."""
    from sheetformer.lessons import LESSONS

    return LESSONS[name].blanks if made_of == "lesson" else ""


def _papers(paper: Path | None) -> list[Path]:
    """Where the worksheet and the solved one are written; nowhere without an option.

    Raises:
        FileError: it would be no page.
    """
    from sheetformer.errors import FileError

    if paper is None:
        return []
    if paper.suffix.lower() != ".html":
        raise FileError(f"{paper}: a worksheet is a page to print; end its name in .html")
    return [paper, paper.with_name(f"{paper.stem}-solved{paper.suffix}")]


def _pages(made: Exercise, lesson: Lesson | None) -> list[str]:
    """The worksheet and the solved one, before anything is written: not all fits on paper."""
    from sheetformer.exercises.lesson_plan import lesson_plan
    from sheetformer.exercises.paper import solved_worksheet, worksheet

    blank = worksheet(made)
    return [blank, solved_worksheet(made, lesson_plan(made, lesson))]


def _show_papers(made: Exercise, sheets: Sequence[Path]) -> None:
    """Say what was written, and which numbers no pencil finds exactly."""
    from sheetformer.exercises.paper import not_short

    show_written(sheets[0], text("paper_blank"))
    show_written(sheets[1], text("paper_solved"))
    if rounded := not_short(made):
        console().print(text("paper_not_short", blocks=", ".join(rounded)), soft_wrap=True)


def _file(path: Path, student: str) -> Path:
    """Where the file of a student is written: beside the others, with the name in its own."""
    from sheetformer.exercises.students import file_part

    return path.with_name(f"{path.stem}-{file_part(student)}{path.suffix}") if student else path


def _check_names(files: Sequence[Path], solved: Path, sheets: Sequence[Path]) -> None:
    """What is handed out, the key and the worksheets are different files; the key is a workbook.

    Raises:
        FileError: they are not.
    """
    from sheetformer.errors import FileError

    if solved.resolve() in {file.resolve() for file in files}:
        raise FileError(
            f"{solved} would be the exercise and its key; choose another name with --key"
        )
    pages = {file.resolve() for file in files} & {sheet.resolve() for sheet in sheets}
    if pages:
        raise FileError(f"{min(pages)} would be written twice; choose another name for --paper")
    if solved.suffix.lower() != ".xlsx":
        raise FileError(f"{solved}: a key is a workbook; end its name in .xlsx")
