"""Rectangles written as XML must hold what XlsxWriter's own single cells would hold."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.formula import ArrayFormula

import sheetformer as sf
from sheetformer.book.cells import CellBlock
from sheetformer.book.workbook import Book
from sheetformer.engines.reader import read_cells
from sheetformer.errors import UnsupportedError
from sheetformer.writers.bulk import BulkSheet

from ..support import assert_excel_would_open


def written(path: Path, *cell_blocks: CellBlock, beside: str = "") -> Path:
    """A file with one sheet that holds these cell blocks, and a word right of the first."""
    workbook = xlsxwriter.Workbook(path)
    sheet: Any = workbook.add_worksheet("Sheet", BulkSheet)
    for cell_block in cell_blocks:
        sheet.write_rectangle(cell_block, workbook.add_format({"bold": True}))
    if beside:
        first = cell_blocks[0]
        sheet.write_string(first.row, first.column + first.values.shape[1], beside)
        sheet.write_string(first.row, first.column - 1, beside)
    workbook.close()
    return path


def test_numbers_come_back_bit_by_bit(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**64, size=4000, dtype=np.uint64).view(np.float64)
    odd = [0.1, 1 / 3, 1e16, 123456789012345680.0, 5e-324, 1.7976931348623157e308, -2.0, 1e-7]
    values = np.append(bits[np.isfinite(bits)][:1992], odd).reshape(-1, 8)
    path = written(tmp_path / "n.xlsx", CellBlock(2, 3, values, "plain"))
    cells = read_cells(path)["Sheet"]
    found = [[cells[r + 2, c + 3] for c in range(8)] for r in range(len(values))]
    np.testing.assert_array_equal(np.array(found).view(np.uint64), values.view(np.uint64))


def cells_of(book: Book) -> dict[tuple[str, int, int], str]:
    """The formula of each formula cell, as a spreadsheet program shows it."""
    formulas: dict[tuple[str, int, int], str] = {}
    for sheet in book.sheets:
        for cell_block in sheet.cell_blocks:
            if cell_block.array_formula is not None:
                formulas[sheet.name, cell_block.row, cell_block.column] = (
                    f"={cell_block.array_formula}"
                )
            for i, formula in enumerate(cell_block.formulas or ()):
                row, column = divmod(i, cell_block.values.shape[1])
                formulas[sheet.name, cell_block.row + row, cell_block.column + column] = (
                    f"={formula}"
                )
    return formulas


def formulas_in(path: Path) -> dict[tuple[str, int, int], str]:
    """What another reader finds."""
    return {
        (sheet.title, cell.row - 1, cell.column - 1): getattr(cell.value, "text", cell.value)
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def with_another_formula(book: Book) -> Book:
    """The book with another formula in one cell."""
    sheets = list(book.sheets)
    number = next(i for i, sheet in enumerate(sheets) if any(p.formulas for p in sheet.cell_blocks))
    cell_blocks = list(sheets[number].cell_blocks)
    place = next(i for i, cell_block in enumerate(cell_blocks) if cell_block.formulas)
    formulas = ["0", *(cell_blocks[place].formulas or [])[1:]]
    cell_blocks[place] = replace(cell_blocks[place], formulas=formulas)
    sheets[number] = replace(sheets[number], cell_blocks=cell_blocks)
    return replace(book, sheets=sheets)


@pytest.mark.parametrize("style", ["matrix", "cell"])
def test_every_formula_stands_as_in_the_book(style: str, tmp_path: Path) -> None:
    book = sf.lesson(formulas=style)
    found = formulas_in(book.save(tmp_path / "lesson.xlsx"))
    assert found == cells_of(book)
    assert found != cells_of(with_another_formula(book))  # the comparison sees one


def test_xlsxwriter_would_write_the_same_formulas() -> None:
    """It prefixes functions newer than 2010; none of ours is."""
    prepare = BulkSheet()._prepare_formula
    for style in ("matrix", "cell"):
        for formula in cells_of(sf.lesson(formulas=style)).values():
            assert f"={prepare(formula, expand_future_functions=True)}" == formula
    assert prepare("=STDEV.S(A1)", expand_future_functions=True) != "STDEV.S(A1)"


def test_an_array_formula_covers_its_rectangle(tmp_path: Path) -> None:
    values = np.arange(6.0).reshape(2, 3)
    cell_block = CellBlock(1, 1, values, "plain", array_formula="TRANSPOSE(A1:B3)*(A1<9)")
    sheet = openpyxl.load_workbook(written(tmp_path / "a.xlsx", cell_block))["Sheet"]
    formula = sheet["B2"].value
    assert isinstance(formula, ArrayFormula)
    assert (formula.ref, formula.text) == ("B2:D3", "=TRANSPOSE(A1:B3)*(A1<9)")
    assert [cell.value for cell in sheet[3][1:]] == [3, 4, 5]


WORDS = ["a & b", "<b>", "two\nlines", "bell\x07", "_x0041_", "1.0", " spaced ", "é 😀", ""]


def test_words_that_formulas_give_come_back(tmp_path: Path) -> None:
    values = np.array(WORDS, dtype=object)[:, None]
    formulas = [f'IF(A{i}<>"<&>","1.0</v>",B{i})' for i in range(1, len(WORDS) + 1)]
    path = written(tmp_path / "w.xlsx", CellBlock(0, 2, values, "plain", formulas), beside="x")
    assert_excel_would_open(path)
    cells = read_cells(path)["Sheet"]
    assert [cells[i, 2] for i in range(len(WORDS))] == WORDS
    sheet = openpyxl.load_workbook(path)["Sheet"]
    assert [cell.value for cell in sheet["C"]] == [f"={formula}" for formula in formulas]


def test_cells_of_a_row_stand_in_the_order_of_columns(tmp_path: Path) -> None:
    path = sf.lesson().save(tmp_path / "lesson.xlsx")
    seen = 0
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            xml = archive.read(name).decode() if name.startswith("xl/worksheets/sheet") else ""
            rows = re.findall(r'<row r="(\d+)".*?</row>|<row r="(\d+)"[^>]*/>', xml)
            numbers = [int(a or b) for a, b in rows]
            assert numbers == sorted(set(numbers))
            for row in re.findall(r"<row .*?</row>", xml):
                cells = re.findall(r'<c r="([A-Z]+)\d+"', row)
                assert cells == sorted(set(cells), key=lambda c: (len(c), c))
                seen += len(cells)
    assert seen > 1000


def test_a_chart_knows_numbers_and_words_of_rectangles(tmp_path: Path) -> None:
    """Programs that do not calculate draw what is stored in the chart itself."""
    book = sf.lesson()
    points = book["X_source"].value[:, :2].astype(str)
    with zipfile.ZipFile(book.save(tmp_path / "lesson.xlsx")) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    for word, (x, y) in zip(["I", "am", "happy"], points, strict=True):
        assert all(f"<c:v>{text}</c:v>" in chart for text in (word, x, y))
    # Its words stand among the workings: folded away they are drawn all the same.
    assert '<c:plotVisOnly val="1"/>' not in chart


def test_what_no_cell_can_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="B2:C2"):
        written(tmp_path / "n.xlsx", CellBlock(1, 1, np.array([[1.0, np.nan]]), "plain"))


def test_numbers_side_by_side_may_leave_out_their_names(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=(3, 40))
    texts = CellBlock(0, 60, np.array([["a"], ["b"], ["c"]], dtype=object), "label")
    workbook = xlsxwriter.Workbook(tmp_path / "bare.xlsx")
    sheet: Any = workbook.add_worksheet("Sheet", BulkSheet)
    sheet.is_bare = True
    for cell_block in (CellBlock(0, 2, values, "number"), CellBlock(1, 50, values[:2], "number")):
        sheet.write_rectangle(cell_block, workbook.add_format())
    sheet.write_string(2, 45, texts.values[0, 0])
    workbook.close()
    path = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(path) as package:
        assert package.read("xl/worksheets/sheet1.xml").count(b"<c r=") == 3 + 2 + 1
    read = openpyxl.load_workbook(path).active
    assert read is not None
    cells = read_cells(path)["Sheet"]
    for row, line in enumerate(values):
        for column, number in enumerate(line, start=2):
            assert read.cell(row + 1, column + 1).value == cells[row, column] == number
    assert [cells[2, c] for c in (45, 50, 51)] == ["a", values[1, 0], values[1, 1]]
