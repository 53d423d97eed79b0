"""Workbooks for the tests of the engines; every stored value of a formula is wrong on purpose."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from sheetformer.engines.base import CellError, Cells

WRONG = -999


def write_book(path: Path) -> Path:
    """Inputs, plain formulas, array formulas over several cells and one, text, truth, errors."""
    with xlsxwriter.Workbook(str(path)) as book:
        data = book.add_worksheet("Data")
        for row, values in enumerate([(1, 2.5), (-3, 0.1)]):
            data.write_row(row, 0, values)
        data.write_column(0, 3, ["happy", "sou", "café"])
        data.write_string(4, 3, "#N/A")
        data.write_string(5, 3, "=1+1")
        data.write_boolean(6, 3, True)
        out = book.add_worksheet("My sheet, é")
        out.write_formula("A1", "=Data!A1+Data!B1", None, WRONG)
        out.write_formula("A2", '=Data!D1&" "&Data!D3', None, "wrong")
        out.write_formula("A3", "=Data!A1>0", None, False)
        out.write_formula("A4", "=1/0", None, WRONG)
        out.write_formula("A5", "=NA()", None, WRONG)
        out.write_formula("A6", '=""', None, WRONG)
        out.write_formula("A7", "=1/3", None, WRONG)
        out.write_array_formula("C1:D2", "{=Data!A1:B2*10}", None, WRONG)
        for row, column in ((0, 3), (1, 2), (1, 3)):
            out.write_number(row, column, WRONG)
        out.write_array_formula("C4", "{=MAX(ABS(Data!A1:B2))}", None, WRONG)
        book.add_worksheet("Empty")
    return path


RIGHT: Cells = {
    "Data": {
        (0, 0): 1.0,
        (0, 1): 2.5,
        (1, 0): -3.0,
        (1, 1): 0.1,
        (0, 3): "happy",
        (1, 3): "sou",
        (2, 3): "café",
        (4, 3): "#N/A",
        (5, 3): "=1+1",
        (6, 3): True,
    },
    "My sheet, é": {
        (0, 0): 3.5,
        (1, 0): "happy café",
        (2, 0): True,
        (3, 0): CellError("#DIV/0!"),
        (4, 0): CellError("#N/A"),
        (5, 0): "",
        (6, 0): 1 / 3,
        (0, 2): 10.0,
        (0, 3): 25.0,
        (1, 2): -30.0,
        (1, 3): 1.0,
        (3, 2): 3.0,
    },
    "Empty": {},
}
