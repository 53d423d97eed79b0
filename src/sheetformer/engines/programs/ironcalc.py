"""IronCalc: a spreadsheet engine that installs with this package; quick, and the default."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sheetformer.collector import no_collection
from sheetformer.engines.base import CellError, Cells, Edits, Position, check_edits
from sheetformer.engines.package import check_workbook, open_package
from sheetformer.engines.reader import formula_cells
from sheetformer.errors import EngineError
from sheetformer.formula.address import position
from sheetformer.scratch import Scratch

if TYPE_CHECKING:
    from ironcalc import Model


_EMPTY = re.compile(
    rb"<(?P<tag>(?:\w+:)?c)(?P<attributes>(?:\s[^<>/]*)?)"
    rb"(?:/>|>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?P=tag)>)"
)
"""A cell without content."""
_MAY_BE_EMPTY = re.compile(rb' t="[^"]*"[^<>]*(?:/>|>\s*<(?:/c|v\s*/|v>\s*<))')
_SPELLED = (b":c ", b":c>", b"='", b"= ", b" =", b"\tt", b"\nt")
"""Where XML is written in another way than most programs do, every cell is looked at."""
_TYPE = re.compile(rb"""\st\s*=\s*("[^"]*"|'[^']*')""")

_TAKES_ARRAYS = re.compile(r"\b(?:SUMPRODUCT|MMULT|SUMXMY2|SUMX2MY2|SUMX2PY2)\(")
"""Functions that every spreadsheet program gives whole arrays, in plain formulas too."""
_ADDRESS = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"')
_SHARED = b't="shared"'
"""A formula that says its text in one cell for many."""
_PART = re.compile(r"\"[^\"]*\"|'[^']*'|[()@]")
"""What matters where one cell of a range is taken (@), besides texts and names of sheets."""


class IronCalc:
    """Recalculates with IronCalc, in this process.

    Its normal distribution and error functions are right to about 1e-10 only.
    """

    name = "ironcalc"
    title = "IronCalc"

    def recalculate(self, path: Path, edits: Edits | None = None) -> Cells:
        """The value of each cell, every formula worked out anew; the file stays as it is.

        Raises:
            FileError: The file is missing, no workbook, damaged or encrypted.
            EngineError: IronCalc cannot work with it, or an edit is not possible.
        """
        with self.open(path) as live:
            return live.edit(edits) if edits else live.cells()

    @contextmanager
    def open(self, path: Path) -> Generator[LiveIronCalc]:
        """The workbook, loaded until the `with` block ends.

        Raises:
            FileError: The file is missing, no workbook, damaged or encrypted.
            EngineError: IronCalc cannot work with it.
        """
        check_workbook(path)
        with readable(path) as file, _errors_explained(path):
            from ironcalc import load_from_xlsx

            model = load_from_xlsx(str(file))
            _give_arrays(model, file)
        yield LiveIronCalc(path, model)


class LiveIronCalc:
    """A workbook that stays loaded in IronCalc."""

    def __init__(self, path: Path, model: Model) -> None:
        self._path = path
        self._model = model
        self._sheets = [sheet.get("name", "") for sheet in model.get_worksheets_properties()]

    def cells(self) -> Cells:
        """The values of all cells, every formula worked out anew."""
        with _errors_explained(self._path):
            self._model.evaluate()
            return self._read()

    def edit(self, edits: Edits) -> Cells:
        """The values of all cells after these input cells were changed as well.

        Raises:
            EngineError: A sheet is missing or a cell holds a formula.
        """
        # IronCalc itself would let a cell inside an array formula be overwritten.
        check_edits(edits, self._formulas)
        with _errors_explained(self._path):
            for (sheet, row, column), value in edits.items():
                index = self._sheets.index(sheet)
                if isinstance(value, str):
                    self._model.update_cell_with_text(index, row + 1, column + 1, value)
                else:
                    self._model.update_cell_with_number(index, row + 1, column + 1, float(value))
        return self.cells()

    @cached_property
    def _formulas(self) -> Mapping[str, set[Position]]:
        return formula_cells(self._path)

    @no_collection()
    def _read(self) -> Cells:
        from ironcalc import CellType

        cells: Cells = {name: {} for name in self._sheets}
        sheets = list(cells.values())
        value_of, type_of = self._model.get_cell_value, self._model.get_cell_type
        for sheet, row, column in self._model.get_all_cells():
            value = value_of(sheet, row, column)
            if value is None:
                continue
            # The text '#N/A' and the error #N/A have the same value; only the type tells.
            if isinstance(value, str) and type_of(sheet, row, column) == CellType.ErrorValue:
                value = CellError(value)
            sheets[sheet][row - 1, column - 1] = value
        return cells


@contextmanager
def readable(path: Path) -> Generator[Path]:
    """The file itself, or a copy where it has what IronCalc would take for something else.

    Other programs write an empty cell with a format as `<c t="n"></c>`, which it takes for a zero,
    and the place of a note from the root of the file (/xl/comments), where it finds none.
    """
    with open_package(path) as package:
        changed: dict[str, bytes] = {}
        for part in package.sheets.values():
            data = package.archive.read(part)
            if _may_have_empty_types(data):
                plain = _EMPTY.sub(_without_type, data)
                if plain != data:
                    changed[part] = plain
            related = "/_rels/".join(part.rsplit("/", 1)) + ".rels"
            if related in package.archive.namelist():
                links = package.archive.read(related)
                if b'Target="/xl/' in links:
                    changed[related] = links.replace(b'Target="/xl/', b'Target="../')
        if not changed:
            yield path
            return
        with Scratch() as folder:
            copy = folder.path / "book.xlsx"
            with zipfile.ZipFile(copy, "w") as target:
                for info in package.archive.infolist():
                    name = info.filename
                    target.writestr(name, changed.get(name) or package.archive.read(info))
            yield copy


def _give_arrays(model: Model, file: Path) -> None:
    """Let SUMPRODUCT(EXP(A1:C1)) read all of its range, where IronCalc would take one cell of it.

    A formula of one cell becomes an array formula of that cell: what stands outside such a function
    keeps the mark (@) with which IronCalc takes one cell.
    """
    nesting = _nesting(file)
    if not nesting:
        return
    sheets = model.get_worksheets_properties()
    numbers = {sheet.get("name", ""): number for number, sheet in enumerate(sheets)}
    for name, above, left in nesting:
        sheet, row, column = numbers[name], above + 1, left + 1
        text = model.get_cell_content(sheet, row, column)
        if text.startswith("=") and "@" in text and _TAKES_ARRAYS.search(text):
            whole = with_arrays(text)
            if whole != text:
                model.set_user_array_formula(sheet, row, column, 1, 1, whole)


def _nesting(file: Path) -> list[tuple[str, int, int]]:
    """Sheet and place of the formulas with one of these functions and another one inside it."""
    inside = re.compile(_TAKES_ARRAYS.pattern.removeprefix(r"\b").encode() + rb"[^<]*[A-Z]\(")
    found: list[tuple[str, int, int]] = []
    with open_package(file) as package:
        for name, part in package.sheets.items():
            data = package.archive.read(part)
            starts = [match.start() for match in inside.finditer(data)]
            cells = [_ADDRESS.match(data, data.rfind(b"<c ", 0, start)) for start in starts]
            if all(cells) and not (starts and _SHARED in data):
                places = {position(cell[1].decode()) for cell in cells if cell}
            else:
                # Not where it stands: what other programs write has more shapes than one.
                places = formula_cells(file)[name]
            found += ((name, *at) for at in sorted(places))
    return found


def with_arrays(formula: str) -> str:
    """A formula without the marks @ inside functions that take whole arrays.

    >>> with_arrays("=@A1:A3/SUMPRODUCT(EXP(@B1:D1),@B2:D2)+@A1:A3")
    '=@A1:A3/SUMPRODUCT(EXP(B1:D1),B2:D2)+@A1:A3'
    """
    opened = {match.end() - 1 for match in _TAKES_ARRAYS.finditer(formula)}
    levels: list[bool] = []
    shown = list(formula)
    for found in _PART.finditer(formula):
        if found[0] == "(":
            levels.append(found.start() in opened or any(levels[-1:]))
        elif found[0] == ")":
            del levels[-1:]
        elif found[0] == "@" and any(levels[-1:]):
            shown[found.start()] = ""
    return "".join(shown)


def _may_have_empty_types(sheet: bytes) -> bool:
    """Whether a typed cell may be empty; this is told sooner than where it stands."""
    odd = any(sign in sheet for sign in _SPELLED)
    return odd or _MAY_BE_EMPTY.search(sheet) is not None


def _without_type(found: re.Match[bytes]) -> bytes:
    return b"<" + found["tag"] + _TYPE.sub(b"", found["attributes"]) + b"/>"


@contextmanager
def _errors_explained(path: Path) -> Generator[None]:
    """Whatever IronCalc says, as one sentence that names the file and the next step."""
    try:
        yield
    except ImportError:
        raise EngineError("IronCalc is not installed; run: pip install ironcalc") from None
    except BaseException as error:
        # A panic inside IronCalc is no Exception in Python, and its class cannot be imported.
        if type(error).__name__ not in ("WorkbookError", "PanicException"):
            raise
        reason = str(error).rstrip(".")
        raise EngineError(
            f"IronCalc cannot work with '{path}' ({reason}); try the engine 'libreoffice'"
        ) from None


ENGINE = IronCalc
