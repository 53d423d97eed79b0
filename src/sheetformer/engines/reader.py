"""What an .xlsx file says itself: stored values and places of formulas; nothing is worked out.

Numbers keep every digit of the file. The values of formula cells are the *cached* ones, which the
program that wrote the file put there; only an engine can say whether they are right.
"""

from __future__ import annotations

import re
from pathlib import Path

from sheetformer.engines.base import CellError, Cells, CellValue, Position
from sheetformer.engines.package import Package, open_package, parse
from sheetformer.errors import FileError
from sheetformer.formula.address import position

_LARGEST_AREA = 10_000_000
"""Cells of one array formula; a file could claim a whole sheet with a few bytes."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_cells(path: Path) -> Cells:
    """The stored value of each cell, formulas by their cached value; nothing is calculated.

    Raises:
        FileError: The file is missing, a folder, no workbook, damaged or encrypted.
    """
    with open_package(path) as package:
        strings = _shared_strings(package)
        return {name: _read_sheet(package, name, strings).values for name in package.sheets}


def formula_cells(path: Path) -> dict[str, set[Position]]:
    """The positions of the formula cells of each sheet, all cells of an array formula included.

    Raises:
        FileError: As `read_cells`.
    """
    with open_package(path) as package:
        return {name: _read_sheet(package, name, None).formulas for name in package.sheets}


def positions(area: str) -> set[Position]:
    """All positions of an address or area.

    >>> sorted(positions("A1:B2"))
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    first, _, last = area.partition(":")
    (top, left), (bottom, right) = position(first), position(last or first)
    if (bottom - top + 1) * (right - left + 1) > _LARGEST_AREA:
        raise ValueError(f"the area {area} is too large")
    return {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}


class SheetReader:
    """Collects the cells of one sheet from its XML events."""

    def __init__(self, strings: list[str] | None) -> None:
        self.values: dict[Position, CellValue] = {}
        self.formulas: set[Position] = set()
        self._strings = strings
        self._cell: Position = (0, -1)
        self._row = -1
        self._kind = "n"
        self._text: list[str] = []
        self._collecting = False
        self._phonetic = False
        self._filled = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if tag == "c":
            self._start_cell(attributes)
        elif tag in ("v", "t"):
            self._collecting, self._filled = not self._phonetic, True
        elif tag == "f":
            self._start_formula(attributes)
        elif tag == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._cell = (self._row, -1)
        elif tag == "rPh":
            self._phonetic = True

    def end(self, tag: str) -> None:
        """End an element."""
        if tag in ("v", "t"):
            self._collecting = False
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "c" and self._filled and self._strings is not None:
            value = self._value("".join(self._text))
            if value is not None:
                self.values[self._cell] = value

    def characters(self, text: str) -> None:
        """Take text between tags."""
        if self._collecting:
            self._text.append(text)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        row, column = self._cell
        # The address may be left out: then the cell is the next of its row.
        self._cell = position(attributes["r"]) if "r" in attributes else (row, column + 1)
        self._kind = attributes.get("t", "n")
        self._text = []
        self._filled = False

    def _start_formula(self, attributes: dict[str, str]) -> None:
        self.formulas.add(self._cell)
        if attributes.get("t") == "array" and "ref" in attributes:
            self.formulas |= positions(attributes["ref"])

    def _value(self, text: str) -> CellValue | None:
        if self._kind == "s":
            return (self._strings or [])[int(text)]
        if self._kind in ("str", "inlineStr", "d"):
            return unescape(text)
        if self._kind == "e":
            return CellError(text)
        if not text:
            # Some writers leave the empty text of a formula like this.
            return "" if self._cell in self.formulas else None
        return text in ("1", "true") if self._kind == "b" else float(text)


def _read_sheet(package: Package, name: str, strings: list[str] | None) -> SheetReader:
    """Read a sheet; without shared strings only the places of its formulas."""
    sheet = SheetReader(strings)
    try:
        parse(package, package.sheets[name], sheet.start, sheet.end, sheet.characters)
    except (ValueError, IndexError):
        file = package.archive.filename
        raise FileError(f"'{file}' is damaged: sheet '{name}' has an unreadable cell") from None
    return sheet


def _shared_strings(package: Package) -> list[str]:
    strings: list[str] = []
    if package.strings is None:
        return strings
    parts: list[str] = []
    collecting = phonetic = False

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal collecting, phonetic
        phonetic = phonetic or tag == "rPh"
        collecting = tag == "t" and not phonetic
        if tag == "si":
            parts.clear()

    def end(tag: str) -> None:
        nonlocal collecting, phonetic
        collecting = False
        phonetic = phonetic and tag != "rPh"
        if tag == "si":
            strings.append(unescape("".join(parts)))

    def characters(text: str) -> None:
        if collecting:
            parts.append(text)

    parse(package, package.strings, start, end, characters)
    return strings


def unescape(text: str) -> str:
    """Text with the file format's own escapes undone.

    >>> unescape("a_x0041_b")
    'aAb'
    """
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
