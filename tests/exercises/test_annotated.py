"""The annotated copy of a student's file: marks at the cells, and nothing else changed."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sheetformer.cli import main
from sheetformer.exercises.annotated import annotated
from sheetformer.exercises.grading import grade

from ..support import assert_excel_would_open
from .solutions import at, exercise_files, sheet
from .submissions import cheats, write, wrong_cases

GOOD, HALF, BAD = "FFC6EFCE", "FFFFEB9C", "FFFFC7CE"


def copies(folder: Path, target: Path) -> dict[str, Path]:
    """The annotated copies of all files that have a grade."""
    grades = grade(folder, exercise_files()[1])
    found: dict[str, Path] = {}
    for one, suffix, data, failed in annotated(folder, exercise_files()[1], grades):
        assert not failed
        found[one.file] = target / f"{Path(one.file).stem}-copy{suffix}"
        found[one.file].write_bytes(data)
    return found


def test_marks_and_notes_stand_at_the_cells(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    slip = next(case for case in wrong_cases() if case.name == "no exponential")
    write(slip, folder / "slip.xlsx")
    write(cheats()[10], folder / "typed.xlsx")
    (folder / "empty.xlsx").write_bytes(exercise_files()[0].read_bytes())
    found = copies(folder, tmp_path)
    book: Any = openpyxl.load_workbook(found["slip.xlsx"])
    here = book[sheet()]
    first = here[at("weights_exp", 0, 0)]
    assert first.comment.text.startswith("weights_exp: 0 / 100\nwrong: the exponential is missing")
    assert "Equation: weights_exp" in first.comment.text, "the hint is still there"
    assert here[at("weights_exp", 0, 1)].comment is None
    assert {here[at("weights_exp", r, c)].fill.fgColor.rgb for r in range(3) for c in range(3)} == {
        BAD
    }
    assert here[at("blend", 0, 0)].fill.fgColor.rgb == GOOD
    assert first.number_format == openpyxl.load_workbook(folder / "slip.xlsx")[sheet()][
        at("weights_exp", 0, 0)
    ].number_format  # fmt: skip
    assert book.worksheets[0]["B1"].comment.text == "83.33 of 100 points"
    typed: Any = openpyxl.load_workbook(found["typed.xlsx"])[sheet()]
    assert typed[at("scores", 0, 0)].fill.fgColor.rgb == HALF
    empty: Any = openpyxl.load_workbook(found["empty.xlsx"])[sheet()]
    assert empty[at("blend", 2, 3)].fill.fgColor.rgb == BAD
    # What openpyxl writes does not keep to the schemas itself.
    assert_excel_would_open(found["empty.xlsx"])
    with zipfile.ZipFile(found["empty.xlsx"]) as copy:
        assert {part.date_time[0] for part in copy.infolist()} == {1980}, "the same file each time"
    again = {one.file: one.blanks for one in grade(folder, exercise_files()[1]).grades}
    for name, path in found.items():
        assert grade(path, exercise_files()[1]).grades[0].blanks == again[name]


def test_a_file_that_cannot_be_marked_says_why(tmp_path: Path) -> None:
    """What no formula needs may be broken all the same: the rest goes on."""
    path = write(wrong_cases()[0], tmp_path / "a.xlsx")
    grades = grade(path, exercise_files()[1])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/styles.xml"] = (
        b'<!DOCTYPE x [<!ENTITY a "a">]>' + parts["xl/styles.xml"].partition(b"?>")[2].lstrip()
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    ((_, _, data, failed),) = annotated(path, exercise_files()[1], grades)
    assert data == b""
    assert "DOCTYPE" in failed


def test_the_command_writes_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    write(wrong_cases()[0], Path("in/a.xlsx"))
    Path("in/b.xlsx").write_text("no workbook")
    with pytest.raises(SystemExit) as end:
        main(["grade", "in", "--key", str(exercise_files()[1]), "--annotated", "back"])
    assert end.value.code == 1
    with pytest.raises(SystemExit) as end:
        main(["grade", "in", "--key", str(exercise_files()[1]), "--annotated", "in/back"])
    assert end.value.code == 2
    assert [each.name for each in Path("back").iterdir()] == ["001-a.xlsx"]
    assert "no .xlsx workbook" in capfd.readouterr().out
