"""What `sheetformer grade` writes: tables, pages and annotated copies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sheetformer.cli.console import terminal_language
from sheetformer.errors import FileError
from sheetformer.language.phrasebook import problem

if TYPE_CHECKING:
    from sheetformer.exercises.grading import Grades


@dataclass(frozen=True)
class Outputs:
    """Which files are written.

    Attributes:
        table: for Moodle.
        canvas: the same for Canvas, or None.
        pages: the folder for a page for each student, or None.
        annotated: the folder for an annotated copy of each file, or None.
    """

    table: Path
    canvas: Path | None
    pages: Path | None
    annotated: Path | None

    @property
    def journal(self) -> Path:
        """Where grades are kept as they come."""
        return self.table.with_suffix(".jsonl")

    def check(self, key: Path, submissions: Path) -> None:
        """See to it that all of them can be written, before the work.

        Raises:
            FileError: one cannot, or would take the place of another or of what is read.
        """
        from sheetformer.files import check_output, check_target

        self._check_names(key, submissions)
        for target in (self.table, self.canvas, self.journal):
            if target is not None:
                check_target(target)
        for folder, first in ((self.pages, "page.html"), (self.annotated, "copy.xlsx")):
            # The folder is made with its first file.
            if folder:
                check_output(folder / first)

    def _check_names(self, key: Path, submissions: Path) -> None:
        for table in (self.table, self.canvas):
            if table is not None and table.suffix.lower() != ".csv":
                raise FileError(f"{table}: grades are written as a table; end the name in .csv")
        if self.canvas is not None and self.canvas.resolve() == self.table.resolve():
            raise FileError(
                f"{self.canvas} would be written twice; choose another name for --canvas"
            )
        if submissions.resolve() == key.resolve():
            raise FileError(f"{key} is the key; name the folder with what students handed in")
        if self.annotated and self.annotated.resolve().is_relative_to(submissions.resolve()):
            raise FileError(
                f"{self.annotated} lies among the submissions, where the copies would be graded; "
                "choose another folder for --annotated"
            )

    def write(self, grades: Grades, submissions: Path, key: Path) -> list[str]:
        """Write all of them, and say of which file there is no annotated copy, and why."""
        from sheetformer.exercises.tables import canvas_csv, moodle_csv
        from sheetformer.files import write_whole
        from sheetformer.language import Language

        write_whole(self.table, moodle_csv(grades, Language(grades.language)).encode())
        if self.canvas:
            write_whole(self.canvas, canvas_csv(grades).encode())
        names = _names(grades)
        if self.pages:
            _write_pages(grades, names, self.pages)
        return _write_copies(grades, names, self.annotated, submissions, key)


def _names(grades: Grades) -> dict[str, str]:
    """What the files for a student are called: the number in the table, and the own file's name."""
    plain = (
        "".join(c if c.isalnum() or c in "-_" else "_" for c in Path(grade.file).stem)
        for grade in grades.grades
    )
    pairs = zip(grades.grades, plain, strict=True)
    return {grade.file: f"{at:03}-{stem[:60]}" for at, (grade, stem) in enumerate(pairs, start=1)}


def _write_pages(grades: Grades, names: dict[str, str], folder: Path) -> None:
    from sheetformer.exercises.tables import student_page
    from sheetformer.files import write_whole
    from sheetformer.language import Language

    language = Language(grades.language)
    for grade in grades.grades:
        page = folder / f"{names[grade.file]}.html"
        write_whole(page, student_page(grades, grade, language).encode())


def _write_copies(
    grades: Grades, names: dict[str, str], folder: Path | None, submissions: Path, key: Path
) -> list[str]:
    if folder is None:
        return []
    from sheetformer.exercises.annotated import annotated
    from sheetformer.files import write_whole

    failed: list[str] = []
    for grade, suffix, copy, why in annotated(submissions, key, grades):
        if why:
            failed.append(f"{grade.file}: {problem(why, terminal_language())}")
        else:
            write_whole(folder / f"{names[grade.file]}{suffix}", copy)
    return failed
