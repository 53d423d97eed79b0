"""What an .xlsx file says itself: stored values and places of formulas; nothing is worked out.

Numbers keep every digit of the file. The values of formula cells are the *cached* ones, which the
program that wrote the file put there; only an engine can say whether they are right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from itertools import product
from pathlib import Path

from sheetformer.engines.base import CellError, Cells, CellValue, Position, place
from sheetformer.engines.package import Package, open_package, parse, parse_stream
from sheetformer.engines.plain_rows import StrangeError, read_rows, text_of
from sheetformer.errors import FileError
from sheetformer.formula.address import LAST_COLUMN, LAST_ROW, position
from sheetformer.formula.allowed import formula_fault

_LARGEST_AREA = 2_000_000
"""Cells of a sheet's array formulas; a file could claim a whole sheet with a few bytes."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

_SHEET_AREA = re.compile(
    r"(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^'!]+))!"
    r"(?P<area>\$[A-Z]{1,3}\$[1-9][0-9]{0,6}(?::\$[A-Z]{1,3}\$[1-9][0-9]{0,6})?)"
)
"""What most defined names stand for."""

Area = tuple[Position, Position]
"""The first and the last cell of a rectangle."""


@dataclass(frozen=True)
class Contents:
    """What a workbook says itself.

    Attributes:
        cells: the stored value of each cell, formulas by their cached value.
        formulas: the text at each place of a formula; cells of an array formula and copies of a
            shared one have the text of its first.
        names: defined name → its sheet and rectangle, where it stands for one.
    """

    cells: Cells
    formulas: dict[str, dict[Position, str]]
    names: dict[str, tuple[str, Area]] = field(default_factory=dict[str, tuple[str, Area]])


def read_contents(path: Path) -> Contents:
    """All that `verify` needs to know, from one walk through the file.

    Raises:
        FileError: as `read_cells`; also a formula that is deeper or longer than Excel allows.
    """
    with open_package(path) as package:
        strings = _shared_strings(package)
        sheets = {name: _read_sheet(package, name, strings) for name in package.sheets}
        names = _defined_names(package)
    return Contents(
        {name: sheet.values for name, sheet in sheets.items()},
        {name: sheet.formulas for name, sheet in sheets.items()},
        names,
    )


def read_cells(path: Path) -> Cells:
    """The stored value of each cell, formulas by their cached value; nothing is calculated.

    Raises:
        FileError: The file is missing, a folder, no workbook, damaged or encrypted.
    """
    with open_package(path) as package:
        strings = _shared_strings(package)
        return {name: _read_sheet(package, name, strings).values for name in package.sheets}


def formula_cells(path: Path) -> Mapping[str, set[Position]]:
    """The positions of the formula cells of each sheet, all cells of an array formula included.

    A sheet is read when it is asked for, since an edit is of one of many.

    Raises:
        FileError: As `read_cells`; for what is wrong with a sheet, when that is asked for.
    """
    return _FormulaCells(path)


class _FormulaCells(Mapping[str, set[Position]]):
    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[str, set[Position]] = {}
        with open_package(path) as package:
            self._sheets = tuple(package.sheets)

    def __getitem__(self, sheet: str) -> set[Position]:
        if sheet not in self._places:
            with open_package(self._path) as package:
                self._places[sheet] = set(_read_sheet(package, sheet, None).formulas)
        return self._places[sheet]

    def __contains__(self, sheet: object) -> bool:
        return sheet in self._sheets

    def __iter__(self) -> Iterator[str]:
        return iter(self._sheets)

    def __len__(self) -> int:
        return len(self._sheets)


def corners(area: str) -> Area:
    """The first and the last cell of an address or area.

    Raises:
        ValueError: it is none, or lies outside every sheet.

    >>> corners("$A$1:B2"), corners("C7")
    (((0, 0), (1, 1)), ((6, 2), (6, 2)))
    """
    first, _, last = area.partition(":")
    (top, left), (bottom, right) = position(first), position(last or first)
    if not (0 <= top <= bottom < LAST_ROW and 0 <= left <= right < LAST_COLUMN):
        raise ValueError(f"the area {area} lies outside the sheet")
    return (top, left), (bottom, right)


def _places(area: Area) -> Iterator[Position]:
    (top, left), (bottom, right) = area
    return product(range(top, bottom + 1), range(left, right + 1))


class _FormulaError(Exception):
    """What is wrong with a formula, and its cell."""


class SheetReader:
    """Collects the cells of one sheet from its XML events."""

    def __init__(self, strings: list[str] | None) -> None:
        self.values: dict[Position, CellValue] = {}
        self.formulas: dict[Position, str] = {}
        self._arrays: list[tuple[Area, Position]] = []
        self._shared: dict[str, Position] = {}
        self._claimed = 0
        self._strings = strings
        self._cell: Position = (0, -1)
        self._row = -1
        self._row_name = ""
        self._columns: dict[str, int] = {}
        self._plain_columns: dict[bytes, int] = {}
        self._kind = "n"
        self._text: list[str] = []
        self._formula: list[str] = []
        self._into: list[str] | None = None
        self._phonetic = False
        self._filled = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if tag == "c":
            self._start_cell(attributes)
        elif tag in ("v", "t"):
            self._into, self._filled = None if self._phonetic else self._text, True
        elif tag == "f":
            self._start_formula(attributes)
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "rPh":
            self._phonetic = True

    def end(self, tag: str) -> None:
        """End an element."""
        if tag in ("v", "t"):
            self._into = None
        elif tag == "f":
            self._end_formula()
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "c" and self._filled and self._strings is not None:
            value = self._value("".join(self._text))
            if value is not None:
                self.values[self._cell] = value

    def characters(self, text: str) -> None:
        """Take text between tags."""
        if self._into is not None:
            self._into.append(text)

    def finish(self) -> None:
        """Give every cell of an array formula the text of its first."""
        for area, first in self._arrays:
            text = self.formulas[first]
            for cell in _places(area):
                self.formulas.setdefault(cell, text)

    def take(
        self, row: int, letters: bytes, kind: bytes, area: bytes, formula: str, value: bytes
    ) -> None:
        """Take a cell that has a value, as `plain_rows` gives it."""
        self._cell = row, self._plain_column(row, letters)
        if formula:
            self._formula = [formula]
            if area:
                self._claim(area.decode())
            self._end_formula()
        if self._strings is None:
            return
        self._kind = kind.decode() or "n"
        found = self._value(text_of(value))
        if found is not None:
            self.values[self._cell] = found

    def take_number(self, row: int, letters: bytes, value: bytes) -> None:
        """Take a cell that holds a number and no formula, as `plain_rows` gives it."""
        if self._strings is not None:
            self.values[row, self._plain_column(row, letters)] = float(value)

    def _plain_column(self, row: int, letters: bytes) -> int:
        column = self._plain_columns.get(letters)
        if column is None or row >= LAST_ROW:
            column = self._plain_columns[letters] = corners(f"{letters.decode()}{row + 1}")[0][1]
        return column

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        self._row_name = str(self._row + 1) if 0 <= self._row < LAST_ROW else ""
        self._cell = (self._row, -1)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        row, column = self._cell
        # The address may be left out: then the cell is the next of its row.
        self._cell = self._at(attributes["r"]) if "r" in attributes else (row, column + 1)
        self._kind = attributes.get("t", "n")
        self._text = []
        self._filled = False

    def _at(self, address: str) -> Position:
        """The place of a cell; the letters of a column are read once a sheet."""
        letters = address.removesuffix(self._row_name)
        column = self._columns.get(letters)
        if column is not None and letters != address:
            return self._row, column
        row, column = corners(address)[0]
        if row == self._row and letters.isalpha():
            self._columns[letters] = column
        return row, column

    def _start_formula(self, attributes: dict[str, str]) -> None:
        self._formula = []
        self._into = self._formula
        if attributes.get("t") == "array" and "ref" in attributes:
            self._claim(attributes["ref"])
        elif attributes.get("t") == "shared" and "si" in attributes:
            first = self._shared.setdefault(attributes["si"], self._cell)
            self._formula += [self.formulas.get(first, "")]

    def _claim(self, where: str) -> None:
        """Note the cells of an array formula."""
        area = corners(where)
        (top, left), (bottom, right) = area
        self._claimed += (bottom - top + 1) * (right - left + 1)
        if self._claimed > _LARGEST_AREA:
            raise ValueError("its array formulas claim too many cells")
        self._arrays.append((area, self._cell))

    def _end_formula(self) -> None:
        self._into = None
        text = "".join(self._formula)
        if fault := formula_fault(text):
            raise _FormulaError(f"the formula in {{}} is {fault}", self._cell)
        self.formulas[self._cell] = text

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
    try:
        sheet = _read_plainly(package, name, strings)
        if sheet is None:
            sheet = SheetReader(strings)
            parse(package, package.sheets[name], sheet.start, sheet.end, sheet.characters)
        sheet.finish()
    except _FormulaError as error:
        said, cell = error.args
        file = package.archive.filename
        raise FileError(
            f"'{file}': {said.format(place(name, cell))}, more than Excel allows; it is not opened"
        ) from None
    except (ValueError, IndexError):
        file = package.archive.filename
        raise FileError(f"'{file}' is damaged: sheet '{name}' has an unreadable cell") from None
    return sheet


def _read_plainly(package: Package, name: str, strings: list[str] | None) -> SheetReader | None:
    """Read a sheet whose rows fit a pattern; None where only the parser can read it, or refuse."""
    sheet = SheetReader(strings)
    try:
        with package.archive.open(package.sheets[name]) as stream:
            around = read_rows(stream, sheet)
    except (StrangeError, ValueError, IndexError, _FormulaError):
        return None
    parse_stream(BytesIO(around), sheet.start, sheet.end, sheet.characters)
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


def _defined_names(package: Package) -> dict[str, tuple[str, Area]]:
    """The names that stand for one rectangle."""
    found: dict[str, tuple[str, Area]] = {}
    name = [""]
    parts: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        parts.clear()
        name[0] = attributes.get("name", "") if tag == "definedName" else ""

    def end(tag: str) -> None:
        if tag == "definedName":
            where = _SHEET_AREA.fullmatch("".join(parts))
            if where:
                sheet = where["quoted"].replace("''", "'") if where["quoted"] else where["plain"]
                found[name[0]] = (sheet, corners(where["area"]))

    def characters(text: str) -> None:
        if name[0]:
            parts.append(text)

    try:
        parse(package, package.workbook, start, end, characters)
    except ValueError:
        raise FileError(f"'{package.archive.filename}' is damaged: a name stands nowhere") from None
    return found


def unescape(text: str) -> str:
    """Text with the file format's own escapes undone.

    >>> unescape("a_x0041_b")
    'aAb'
    """
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
