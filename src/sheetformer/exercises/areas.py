"""Rectangles of cells as a person names them: 'Sheet1!B3:D5', or a defined name of the workbook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sheetformer.engines.base import Position
from sheetformer.engines.reader import Contents, corners
from sheetformer.errors import FileError
from sheetformer.formula.address import area
from sheetformer.suggest import suggestion

_AREA = re.compile(
    r"(?:(?P<sheet>'(?:[^']|'')+'|[^'!]+)!)?"
    r"(?P<cells>\$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Za-z]{1,3}\$?[0-9]{1,7})?)"
)
MOST = 10_000
"""Cells of one rectangle; more would take too long to change again and again."""


@dataclass(frozen=True)
class Area:
    """A rectangle of cells on a sheet; rows and columns count from 0."""

    sheet: str
    row: int
    column: int
    rows: int
    columns: int

    def __str__(self) -> str:
        return f"{self.sheet}!{area(self.row, self.column, self.rows, self.columns)}"

    def cells(self) -> list[Position]:
        """Its cells, row by row."""
        return [
            (self.row + r, self.column + c) for r in range(self.rows) for c in range(self.columns)
        ]

    def plain(self) -> list[object]:
        """As JSON can carry it; `Area(*plain)` is the same again."""
        return [self.sheet, self.row, self.column, self.rows, self.columns]


def find_area(text: str, contents: Contents, file: str) -> Area:
    """The rectangle that a text names; without a sheet it lies on the first one.

    Raises:
        FileError: there is no such sheet or name, or the rectangle lies outside or is too large.
    """
    if text in contents.names:
        sheet, ends = contents.names[text]
        return _bounded(text, sheet, ends, file)
    found = _AREA.fullmatch(text.strip())
    if not found:
        hint = suggestion(text, contents.names, "write it as Sheet1!B3:D5")
        raise FileError(f"{file} has no cells {text!r}; {hint}")
    sheet = _sheet(found["sheet"], list(contents.cells), file)
    try:
        ends = corners(found["cells"].upper())
    except ValueError:
        raise FileError(
            f"{file} has no cells {text!r}; write the first and the last cell, as in Sheet1!B3:D5"
        ) from None
    return _bounded(text, sheet, ends, file)


def _sheet(named: str | None, sheets: Sequence[str], file: str) -> str:
    if not sheets:
        raise FileError(f"{file} has no sheet with cells")
    if named is None:
        return sheets[0]
    plain = named[1:-1].replace("''", "'") if named.startswith("'") else named
    for sheet in sheets:
        if sheet.casefold() == plain.casefold():
            return sheet
    raise FileError(f"{file} has no sheet {plain!r}; {suggestion(plain, sheets)}")


def _bounded(text: str, sheet: str, ends: tuple[Position, Position], file: str) -> Area:
    (top, left), (bottom, right) = ends
    rows, columns = bottom - top + 1, right - left + 1
    if rows * columns > MOST:
        raise FileError(f"{file}: {text} has {rows * columns:,} cells; at most {MOST:,} can be one")
    return Area(sheet, top, left, rows, columns)
