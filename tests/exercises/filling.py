"""Filling in an exercise as a student does, and reading what its marks say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.formula import ArrayFormula

from sheetformer.engines.base import Cells
from sheetformer.engines.programs.ironcalc import IronCalc
from sheetformer.exercises.handout import MARK
from sheetformer.exercises.key import Key
from sheetformer.formula.address import a1


def fill(homework: Path, key_file: Path, key: Key, target: Path) -> Path:
    """The homework with the key's own formulas in its blanks."""
    solved, book = openpyxl.load_workbook(key_file), openpyxl.load_workbook(homework)
    for blank in key.blanks:
        cells = key.cells(blank)
        formulas = {
            a1(row, column): solved[sheet][a1(row, column)].value for sheet, row, column in cells
        }
        sheet = book[cells[0][0]]
        for cell, formula in formulas.items():
            if formula is not None and not isinstance(formula, float | int):
                sheet[cell] = formula
    book.save(target)
    return target


def write(homework: Path, values: Mapping[tuple[str, int, int], Any], target: Path) -> Path:
    """The homework with these contents in its cells."""
    book = openpyxl.load_workbook(homework)
    for (sheet, row, column), value in values.items():
        book[sheet][a1(row, column)] = value
    book.save(target)
    return target


def array(area: str, formula: str) -> ArrayFormula:
    return ArrayFormula(area, formula)


def recalculated(file: Path) -> Cells:
    return IronCalc().recalculate(file)


def marks(cells: Cells) -> list[str]:
    """What the first sheet says of each blank, by the first sign."""
    first = next(iter(cells.values()))
    return [str(value)[0] for (row, column), value in sorted(first.items())
            if column == MARK and row > 4][1:]  # fmt: skip
