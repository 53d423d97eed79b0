"""What a Python package finds in one cell of a workbook; runs in any Python that has the package.

    python packages.py PACKAGE WORKBOOK SHEET ROW COLUMN

Rows and columns count from 0. Writes JSON: the package's version, and what stands in the cell.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any


def _openpyxl(path: str, sheet: str, row: int, column: int) -> Any:
    import openpyxl

    return openpyxl.load_workbook(path, data_only=True)[sheet].cell(row + 1, column + 1).value


def _calamine(path: str, sheet: str, row: int, column: int) -> Any:
    from python_calamine import CalamineWorkbook

    found = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet)
    return found.to_python(skip_empty_area=False)[row][column]


def _pandas(path: str, sheet: str, row: int, column: int) -> Any:
    import pandas as pd

    return pd.read_excel(path, sheet_name=sheet, header=None, engine="openpyxl").iloc[row, column]


def _polars(path: str, sheet: str, *_: int) -> Any:
    import polars as pl

    table = pl.read_excel(path, sheet_name=sheet, has_header=False)
    # Empty columns at the left are left out, and rows above.
    texts = [value for line in table.iter_rows() for value in line if isinstance(value, str)]
    return next(text for text in texts if text[:1] in ("✓", "✗", "→"))


def _cellrune(path: str, sheet: str, row: int, column: int) -> Any:
    from cellrune import Workbook

    workbook = Workbook.open_path(path)
    workbook.calculate()
    place = f"{chr(ord('A') + column)}{row + 1}"
    return workbook.read_values(sheet, place, place)[0][0]["value"]


def _formulon(path: str, sheet: str, row: int, column: int) -> Any:
    from formulon import Workbook

    with Workbook.load(Path(path).read_bytes()) as workbook:
        workbook.recalc()
        names = [workbook.sheet_name(i) for i in range(workbook.sheet_count())]
        return workbook.get_value(names.index(sheet), row, column).to_python()


PACKAGES: dict[str, tuple[str, Callable[..., Any]]] = {
    "openpyxl": ("openpyxl", _openpyxl),
    "calamine": ("python-calamine", _calamine),
    "pandas": ("pandas", _pandas),
    "polars": ("polars", _polars),
    "cellrune": ("cellrune", _cellrune),
    "formulon": ("formulon", _formulon),
}
"""The name of the distribution, and what reads."""

if __name__ == "__main__":
    package, path, sheet, row, column = sys.argv[1:]
    distribution, read = PACKAGES[package]
    found = read(path, sheet, int(row), int(column))
    sys.stdout.write(json.dumps({"version": version(distribution), "found": str(found)}))
