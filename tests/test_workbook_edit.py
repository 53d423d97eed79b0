from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from sheetformer.engines.base import Engine
from sheetformer.engines.reader import formula_cells, read_cells
from sheetformer.errors import EngineError, FileError

from .engines.books import RIGHT, WRONG, write_book
from .workbook_edit import edit_cells, spoil_cached_values

OUT = "My sheet, é"


def test_an_edited_file_recalculates_to_new_values(engine: Engine, tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    edit_cells(
        path, path, {("Data", 0, 0): 4, ("Data", 0, 3): "très <&> =1\r\n", ("Data", 6, 3): "x"}
    )
    spoil_cached_values(path, path)
    cells = engine.recalculate(path)
    assert cells["Data"][6, 3] == "x"
    assert cells[OUT][0, 0] == 6.5
    assert cells[OUT][0, 2] == 40.0
    assert read_cells(path)["Data"][0, 3] == "très <&> =1\r\n"


def test_edits_leave_all_other_bytes_as_they_are(tmp_path: Path) -> None:
    source, target = write_book(tmp_path / "book.xlsx"), tmp_path / "edited.xlsx"
    edit_cells(source, target, {("Data", 1, 1): 0.30000000000000004})
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target) as after:
        assert before.namelist() == after.namelist()
        changed = [n for n in before.namelist() if before.read(n) != after.read(n)]
        assert changed == ["xl/worksheets/sheet1.xml"]
        old, new = before.read(changed[0]), after.read(changed[0])
    assert new == old.replace(b"<v>0.1</v>", b"<v>0.30000000000000004</v>")
    assert read_cells(target)["Data"] == {**RIGHT["Data"], (1, 1): 0.1 + 0.2}
    assert sorted(file.name for file in tmp_path.iterdir()) == ["book.xlsx", "edited.xlsx"]


@pytest.mark.parametrize("text", ["", " x ", "_x0041_", "a\x01b", "é😀", "]]>", '"quoted"', "=1+1"])
def test_text_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    path = write_book(tmp_path / "book.xlsx")
    edit_cells(path, path, {("Data", 0, 0): text})
    assert read_cells(path)["Data"][0, 0] == text


def test_spoiled_values_are_in_every_formula_cell_and_no_other(tmp_path: Path) -> None:
    source, target = write_book(tmp_path / "book.xlsx"), tmp_path / "spoiled.xlsx"
    spoil_cached_values(source, target, -1.5)
    cells = read_cells(target)
    assert cells["Data"] == RIGHT["Data"]
    assert cells[OUT] == dict.fromkeys(RIGHT[OUT], -1.5)
    assert formula_cells(target) == formula_cells(source)


def test_formulas_and_missing_cells_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    source, target = write_book(tmp_path / "book.xlsx"), tmp_path / "edited.xlsx"
    for cell in ((0, 0), (1, 3)):
        with pytest.raises(EngineError, match="holds a formula"):
            edit_cells(source, target, {(OUT, *cell): 1.0})
    with pytest.raises(FileError, match="no cell Data!Z100 to change"):
        edit_cells(source, target, {("Data", 0, 0): 2.0, ("Data", 99, 25): 1.0})
    with pytest.raises(FileError, match="cannot be written"):
        edit_cells(source, tmp_path / "none" / "edited.xlsx", {("Data", 0, 0): 2.0})
    assert [file.name for file in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_stored_value_survives_when_only_inputs_change(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    edit_cells(path, path, {("Data", 0, 0): 2.0})
    assert read_cells(path)[OUT][0, 0] == WRONG
