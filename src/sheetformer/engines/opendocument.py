"""An .ods file as LibreOffice saves it, written again as the .xlsx file that engines read.

Only what is calculated is taken over: numbers, words, formulas and names. How cells look is not.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sheetformer.engines.base import Position, place
from sheetformer.engines.package import Archive, local, open_archive, parse
from sheetformer.errors import FileError, SheetformerError
from sheetformer.formula.address import LAST_COLUMN, LAST_ROW
from sheetformer.formula.allowed import formula_fault
from sheetformer.formula.openformula import UnknownFormulaError, from_openformula, reference_area
from sheetformer.scratch import Scratch

_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_MOST_CELLS = 300_000
"""Cells of a file; one cell may say that it stands there a billion times."""
_UNKNOWN = "#NAME?"
"""What stands where a formula cannot be said in an .xlsx file."""
_PASSED_OVER = {"tracked-changes", "annotation", "dde-links", "table-source", "shapes"}
"""Elements that hold cells or words which stand in no cell."""


@contextmanager
def as_workbook(path: Path) -> Generator[Path]:
    """The file itself, or where it is an .ods file, an .xlsx file with the same cells for a while.

    Raises:
        FileError: it is an .ods file that is damaged, encrypted or far too large.
    """
    if not is_opendocument(path):
        yield path
        return
    with Scratch() as folder:
        target = folder.path / "book.xlsx"
        _write(read_opendocument(path), target, path)
        try:
            yield target
        except SheetformerError as error:
            # Whoever reads it knows nothing of the file in between.
            raise type(error)(str(error).replace(str(target), str(path))) from error


def is_opendocument(path: Path) -> bool:
    """Whether a file says that it is an OpenDocument spreadsheet, whatever its name ends in."""
    try:
        with path.open("rb") as stream:
            head = stream.read(200)
    except OSError:
        return False
    return head.startswith(b"PK") and b"mimetype" + _TYPE in head


@dataclass
class Table:
    """A sheet of an .ods file.

    Attributes:
        name: of the sheet.
        values: number, text or truth value at each place without a formula.
        formulas: the formula at each place, as an .xlsx file holds it, and the rows and columns
            over which it goes as one array; (0, 0) for a plain one.
    """

    name: str
    values: dict[Position, float | str | bool] = field(default_factory=dict[Position, Any])
    formulas: dict[Position, tuple[str, int, int]] = field(default_factory=dict[Position, Any])


@dataclass
class Document:
    """What an .ods file holds: its sheets, and defined name → sheet and cells."""

    tables: list[Table] = field(default_factory=list[Table])
    names: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])


def read_opendocument(path: Path) -> Document:
    """The cells, formulas and names of an .ods file; nothing is worked out.

    Raises:
        FileError: it is damaged, encrypted or far too large.
    """
    with open_archive(path) as archive:
        _refuse_encrypted(archive, path)
        reader = _Reader(str(path))
        try:
            parse(archive, "content.xml", reader.start, reader.end, reader.characters)
        except (ValueError, OverflowError):
            raise FileError(f"'{path}' is damaged: it has an unreadable cell") from None
    return reader.document


def _refuse_encrypted(archive: Archive, path: Path) -> None:
    found: list[str] = []

    def start(tag: str, _: dict[str, str]) -> None:
        if tag == "encryption-data":
            found.append(tag)

    if "META-INF/manifest.xml" in archive.archive.namelist():
        parse(archive, "META-INF/manifest.xml", start)
    if found:
        raise FileError(f"'{path}' is encrypted; save it without a password")


class _Reader:
    """Collects the cells of all sheets from the XML events."""

    def __init__(self, file: str) -> None:
        self.document = Document()
        self._file = file
        self._passed = 0
        self._row = self._column = 0
        self._rows = self._columns = 1
        self._claimed = 0
        self._covered: set[Position] = set()
        self._cell: dict[str, str] | None = None
        self._line: list[tuple[int, int, dict[str, str], str]] = []
        self._text: list[str] = []
        self._words = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if self._passed or tag in _PASSED_OVER:
            self._passed += 1
            return
        plain = {local(name): value for name, value in attributes.items()}
        if tag == "table":
            self.document.tables.append(Table(plain["name"]))
            self._row, self._covered = 0, set()
        elif tag == "table-row":
            self._rows, self._column, self._line = _count(plain, "number-rows-repeated"), 0, []
        elif tag in ("table-cell", "covered-table-cell"):
            self._columns = _count(plain, "number-columns-repeated")
            self._cell, self._text, self._words = plain, [], 0
        elif self._cell is not None:
            self._start_text(tag, plain)
        elif tag == "named-range":
            with suppress(UnknownFormulaError):
                self.document.names[plain["name"]] = reference_area(plain["cell-range-address"])

    def _start_text(self, tag: str, plain: dict[str, str]) -> None:
        if tag == "p":
            if self._words:
                self._text.append("\n")
            self._words += 1
        elif tag == "s":
            self._text.append(" " * min(_count(plain, "c"), 1000))
        elif tag in ("tab", "line-break"):
            self._text.append("\t" if tag == "tab" else "\n")

    def characters(self, text: str) -> None:
        """Take text between tags."""
        if self._cell is not None and self._words and not self._passed:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """End an element."""
        if self._passed:
            self._passed -= 1
        elif tag in ("table-cell", "covered-table-cell") and self._cell is not None:
            if "value-type" in self._cell or "formula" in self._cell:
                self._line.append((self._column, self._columns, self._cell, "".join(self._text)))
            self._column += self._columns
            self._cell = None
        elif tag == "table-row":
            self._end_row()
            self._row += self._rows

    def _end_row(self) -> None:
        for column, columns, cell, text in self._line:
            self._claim(columns * self._rows)
            if self._row + self._rows > LAST_ROW or column + columns > LAST_COLUMN:
                raise ValueError("a cell lies outside the sheet")
            for row in range(self._row, self._row + self._rows):
                for at in range(column, column + columns):
                    self._put((row, at), cell, text)

    def _claim(self, cells: int) -> None:
        self._claimed += cells
        if self._claimed > _MOST_CELLS:
            raise FileError(
                f"'{self._file}' claims more than {_MOST_CELLS:,} cells; it is not opened"
            )

    def _put(self, where: Position, cell: dict[str, str], text: str) -> None:
        table = self.document.tables[-1]
        if "formula" in cell:
            rows = _count(cell, "number-matrix-rows-spanned", 0)
            columns = _count(cell, "number-matrix-columns-spanned", 0)
            self._claim(rows * columns)
            table.formulas[where] = (self._formula(table.name, where, cell), rows, columns)
            self._covered.update(
                (where[0] + r, where[1] + c) for r in range(rows) for c in range(columns)
            )
        elif where not in self._covered:
            table.values[where] = _value(cell, text)

    def _formula(self, sheet: str, where: Position, cell: dict[str, str]) -> str:
        try:
            formula = from_openformula(cell["formula"])
        except UnknownFormulaError:
            return _UNKNOWN
        if fault := formula_fault(formula):
            raise FileError(
                f"'{self._file}': the formula in {place(sheet, where)} is {fault}, more than Excel "
                "allows; it is not opened"
            )
        return formula


def _count(attributes: dict[str, str], name: str, otherwise: int = 1) -> int:
    count = int(attributes.get(name, otherwise))
    if count < otherwise:
        raise ValueError(f"{name} is {count}")
    return count


def _value(cell: dict[str, str], text: str) -> float | str | bool:
    kind = cell.get("value-type", "string")
    if kind in ("float", "percentage", "currency"):
        return float(cell["value"])
    if kind == "boolean":
        return cell.get("boolean-value") == "true"
    return cell.get("string-value", text)


# -- the .xlsx file --------------------------------------------------------------------------------


def _write(document: Document, target: Path, path: Path) -> None:
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    plain = {"strings_to_formulas": False, "strings_to_urls": False, "use_future_functions": True}
    with xlsxwriter.Workbook(str(target), {**plain, "nan_inf_to_errors": True}) as book:
        for table in document.tables:
            try:
                sheet = book.add_worksheet(table.name)
            except XlsxWriterException:
                raise FileError(
                    f"'{path}' has a sheet {table.name[:40]!r}, which no .xlsx file can have; "
                    "rename it"
                ) from None
            _write_table(table, sheet)
        for name, (sheet, cells) in document.names.items():
            if not name.startswith("_xlnm"):
                quoted = sheet.replace("'", "''")
                book.define_name(name, f"='{quoted}'!{cells}")


def _write_table(table: Table, sheet: Any) -> None:
    for (row, column), value in table.values.items():
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, str):
            sheet.write_string(row, column, value)
        else:
            sheet.write_number(row, column, value)
    for (row, column), (formula, rows, columns) in table.formulas.items():
        if rows * columns:
            end = row + rows - 1, column + columns - 1
            # In braces: of a constant such as {1,2} the writer would take off the last one.
            sheet.write_array_formula(row, column, *end, f"{{={formula}}}")
        else:
            sheet.write_formula(row, column, f"={formula}")
