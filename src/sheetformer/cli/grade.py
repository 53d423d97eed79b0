"""`sheetformer grade`: the files of an exercise held against its key, by value and by method."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheetformer.cli.console import (
    EngineOption,
    JsonOption,
    console,
    grouped,
    terminal_language,
    text,
    write_json,
)
from sheetformer.cli.error_reporting import printable
from sheetformer.cli.grade_outputs import Outputs
from sheetformer.errors import FileError, SheetformerError
from sheetformer.language.phrasebook import problem

if TYPE_CHECKING:
    from rich.console import Console

    from sheetformer.exercises.grading import Grades

EXAMPLES = """Examples:

  sheetformer grade submissions --key key.xlsx -o grades.csv
  sheetformer grade submissions --key key.xlsx --pages feedback --canvas canvas.csv
  sheetformer grade homework.xlsx --key key.xlsx --json
  sheetformer grade submission --key key.xlsx --for gradescope

Exit code: 0 when every file has a grade, 1 when one has none, 2 when nothing could be graded."""

_FEW = 3
"""So many mistakes of a blank stand in the summary."""


def grade_files(
    submissions: Annotated[Path, typer.Argument(help="A folder with what students handed in.")],
    key: Annotated[
        Path, typer.Option(help="The solved book that sheetformer exercise wrote with --key.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The table of grades, as Moodle imports it.")
    ] = Path("grades.csv"),
    canvas: Annotated[
        Path | None, typer.Option(help="The same as Canvas imports it, in another .csv file.")
    ] = None,
    pages: Annotated[
        Path | None, typer.Option(help="A folder for a page of feedback for each file.")
    ] = None,
    annotated: Annotated[
        Path | None,
        typer.Option(help="A folder for a copy of each file with marks and notes at its cells."),
    ] = None,
    engine: EngineOption = "ironcalc",
    jobs: Annotated[int | None, typer.Option(min=1, help="How many files at once.")] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(help="A Dask cluster whose workers grade, such as tcp://10.0.0.5:8786."),
    ] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Grade again what was graded before.")
    ] = False,
    platform: Annotated[
        str | None,
        typer.Option(
            "--for", help="Print one student's grade for gradescope, coderunner or vpl; no table."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Grade what students filled in: the values, and whether their formulas follow the inputs.

    Each file is read in a process of its own that may take 10 s and 512 MB; a bad one gets a line
    that says why, and never stops the rest. A run that was broken off goes on where it ended.
    """
    from sheetformer.exercises.grading import grade

    if platform:
        _print_for(platform, submissions, key, engine)
        return
    outputs = Outputs(output, canvas, pages, annotated)
    outputs.check(key, submissions)
    if anew:
        outputs.journal.unlink(missing_ok=True)
    with _progress() as progress:
        grades = grade(submissions, key, engine=engine, jobs=jobs, known=outputs.journal,
                       progress=progress, scheduler=scheduler)  # fmt: skip
    failed = outputs.write(grades, submissions, key)
    for said in failed:
        typer.echo(printable(said), err=True)
    if as_json:
        write_json(_facts(grades, output))
    else:
        _show(grades, console(), output)
    if grades.problems:
        raise typer.Exit(1 if len(grades.problems) < len(grades.grades) else 2)


def _print_for(platform: str, submissions: Path, key: Path, engine: str) -> None:
    """One student's grade as a platform reads it; a student without a file gets 0 and a word.

    Raises:
        SheetformerError: there is no such platform, or the key is none.
    """
    from sheetformer.exercises.folder import find_files
    from sheetformer.exercises.grading import Grades, grade
    from sheetformer.exercises.judged import Grade
    from sheetformer.exercises.key import read_key
    from sheetformer.exercises.platforms import PLATFORMS
    from sheetformer.suggest import suggestion

    if platform not in PLATFORMS:
        hint = suggestion(platform, PLATFORMS)
        raise SheetformerError(f"there is no platform {platform!r} to print for; {hint}")
    solved = read_key(key)
    try:
        list(find_files(submissions))
        grades = grade(submissions, key, engine=engine)
    except FileError as error:
        nothing = (Grade("", "", problem=str(error)),)
        grades = Grades(solved.manifest.title, solved.language, (), nothing)
    typer.echo(PLATFORMS[platform](grades), nl=False)


@contextmanager
def _progress() -> Generator[Callable[[int, int], object]]:
    """A bar on stderr, where there is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    screen = Console(stderr=True)
    bar = Progress(
        BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=screen, transient=True, disable=not screen.is_terminal,
    )  # fmt: skip
    with bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _facts(grades: Grades, output: Path) -> dict[str, Any]:
    return {
        "file": str(output),
        "title": grades.title,
        "mean": grades.mean,
        "notes": list(grades.notes),
        "blocks": {
            block: {
                "verdicts": dict(grades.verdicts(block)),
                "mistakes": dict(grades.mistakes(block)),
            }
            for block in grades.blocks
        },
        "grades": [
            {**asdict(grade), "points": grade.points} for grade in grades.grades
        ],
    }  # fmt: skip


def _show(grades: Grades, screen: Console, output: Path) -> None:
    _show_blocks(grades, screen)
    screen.print()
    language = terminal_language()
    for note in grades.notes:
        screen.print(printable(problem(note, language)), style="yellow", soft_wrap=True)
    for grade in grades.grades:
        for note in (*([grade.problem] if grade.problem else []), *grade.notes):
            said = printable(f"{grade.file}: {problem(note, language)}")
            screen.print(said, style="yellow", soft_wrap=True)
    graded = len(grades.grades) - len(grades.problems)
    mean = "–" if grades.mean is None else f"{grades.mean:g}"
    if graded:
        told = text("graded", number=grouped(graded), mean=mean)
        screen.print(told, style="bold green")
    if grades.problems:
        screen.print(text("ungraded", number=grouped(len(grades.problems))), style="bold red")
    screen.print(text("wrote", path=printable(str(output))), soft_wrap=True)


def _show_blocks(grades: Grades, screen: Console) -> None:
    """Which blank, how many right, and which mistakes how often."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from sheetformer.exercises.judged import VERDICTS

    language = terminal_language()
    shown = [
        verdict for verdict in VERDICTS if any(grades.verdicts(b)[verdict] for b in grades.blocks)
    ]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(text("block"), overflow="fold")
    for verdict in shown:
        table.add_column(language.message(f"exercise.grade_{verdict}"), justify="right")
    table.add_column(text("grade_mistakes"), overflow="fold")
    for block in grades.blocks:
        counts = grades.verdicts(block)
        common = grades.mistakes(block).most_common(_FEW)
        said = "\n".join(f"{number} × {problem(what, language)}" for what, number in common)
        table.add_row(printable(block), *(grouped(counts[v]) for v in shown), printable_lines(said))
    screen.print(table)


def printable_lines(lines: str) -> str:
    """Lines of text, each as it may be printed."""
    return "\n".join(map(printable, lines.split("\n")))
