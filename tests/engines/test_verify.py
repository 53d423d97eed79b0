"""`verify` finds whatever is wrong in a file, and only that."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

import sheetformer as sf
from sheetformer.engines.base import Engine
from sheetformer.engines.reader import read_cells
from sheetformer.errors import FileError

from ..workbook_edit import edit_cells


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = sf.trace(lambda x, w: sf.softmax(x @ w), np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]]))
    return book.save(tmp_path / "book.xlsx")


def _replace(file: Path, pattern: bytes, replacement: bytes) -> Path:
    """The same workbook with its first sheet's XML changed."""
    changed = file.with_name("changed.xlsx")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "xl/worksheets/sheet1.xml":
                data, count = re.subn(pattern, replacement, data, count=1)
                assert count == 1, "the planted fault must be there"
            new.writestr(item, data)
    return changed


def test_right_as_written(workbook: Path, engine: Engine) -> None:
    report = sf.verify(workbook, engine)
    assert report.ok
    assert report.largest < 1e-12
    assert {"matmul", "softmax"} <= {row.name for row in report.rows}


def test_a_planted_wrong_formula_is_found(workbook: Path, engine: Engine) -> None:
    wrong = _replace(workbook, rb"MMULT\(x\+0,w_\+0\)", b"MMULT(w_,x)*2")
    report = sf.verify(wrong, engine)
    assert not report.ok
    assert "matmul" in {row.name for row in report.rows if row.off}


def test_a_formula_typed_over_with_its_own_value_is_found(workbook: Path, ironcalc: Engine) -> None:
    dead = _replace(workbook, rb"<f>MAX\([^<]*</f>", b"")
    report = sf.verify(dead, ironcalc)
    assert [str(cell.found) for cell in report.off] == ["a typed value where a formula stood"]


def test_right_again_after_an_input_is_changed(workbook: Path, engine: Engine) -> None:
    changed = workbook.with_name("edited.xlsx")
    block = sf.trace(lambda x: x, np.eye(2))["x"].block
    place = (block.matrices[0].row, block.matrices[0].column)
    sheet = next(iter(read_cells(workbook)))
    edit_cells(workbook, changed, {(sheet, *place): 5.0})
    report = sf.verify(changed, engine)
    assert report.ok


def test_text_in_a_number_cell_is_told_in_one_sentence(workbook: Path) -> None:
    changed = workbook.with_name("edited.xlsx")
    block = sf.trace(lambda x: x, np.eye(2))["x"].block
    sheet = next(iter(read_cells(workbook)))
    edit_cells(
        workbook, changed, {(sheet, block.matrices[0].row, block.matrices[0].column): "many"}
    )
    with pytest.raises(FileError, match="holds 'many' where a number belongs"):
        sf.verify(changed)


def test_a_damaged_manifest_is_told_in_one_sentence(workbook: Path) -> None:
    damaged = workbook.with_name("damaged.xlsx")
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(damaged, "w") as new:
        for item in old.infolist():
            new.writestr(item, old.read(item).replace(b'{"title"', b'{"tit'))
    with pytest.raises(FileError, match="damaged"):
        sf.verify(damaged)


def test_another_workbook_is_no_book_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "other.xlsx"
    with xlsxwriter.Workbook(file) as other:
        other.add_worksheet().write(0, 0, 1)
    with pytest.raises(FileError, match="holds no Sheetformer book"):
        sf.verify(file)


@pytest.mark.parametrize(
    ("name", "value"), [("d_k", 1.0), ("ref_scores", 9.0), ("english_words", "other")]
)
def test_a_changed_constant_is_found(tmp_path: Path, name: str, value: float | str) -> None:
    """Only inputs and learned numbers are for changing."""
    book = sf.lesson()
    plain, changed = tmp_path / "plain.xlsx", tmp_path / "changed.xlsx"
    book.save(plain)
    block = book[name].block
    edit_cells(plain, changed, {(block.sheet, *block.cells[0]): value})
    report = sf.verify(changed)
    assert not report.ok
    assert name in {row.name for row in report.rows if row.off}
