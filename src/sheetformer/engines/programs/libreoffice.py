"""LibreOffice: the real program, run without a window and kept warm between files."""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from sheetformer.collector import no_collection
from sheetformer.engines import office
from sheetformer.engines.base import CellError, Cells, CellValue, Edits, Position, check_edits
from sheetformer.engines.canary import CANARY_CELLS, write_canary
from sheetformer.engines.office import Office
from sheetformer.engines.package import check_workbook, open_package
from sheetformer.engines.reader import formula_cells
from sheetformer.errors import EngineError

# LibreOffice's error numbers that Excel has a word for; the rest read Err:508 in LibreOffice too.
_WORDS = {
    503: "#NUM!",
    519: "#VALUE!",
    521: "#NULL!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}


class LibreOffice:
    """Recalculates with LibreOffice; the first file starts it, later ones find it warm.

    Truth values come back as the numbers 1 and 0: LibreOffice knows no others.

    Args:
        timeout: Seconds that LibreOffice may take to load, change or read one file.
        recalculation: Only for tests of the canary: what LibreOffice does with stored values.
    """

    name = "libreoffice"
    title = "LibreOffice"

    def __init__(self, *, timeout: float = 120.0, recalculation: int = office.ALWAYS) -> None:
        self._timeout = timeout
        self._recalculation = recalculation
        self._office: Office | None = None
        self._lock = threading.Lock()

    @staticmethod
    def missing() -> str | None:
        """Why LibreOffice cannot be used here, with the next step; None if it can."""
        return office.missing()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End LibreOffice; another call would start it again."""
        if self._office:
            self._office.close()
            self._office = None

    def recalculate(self, path: Path, edits: Edits | None = None) -> Cells:
        """The value of each cell, every formula worked out anew; the file stays as it is.

        Raises:
            FileError: The file is missing, no workbook, damaged or encrypted.
            EngineError: LibreOffice is missing, fails, takes too long, or did not recalculate.
        """
        with self.open(path) as live:
            return live.edit(edits) if edits else live.cells()

    @contextmanager
    def open(self, path: Path) -> Generator[LiveLibreOffice]:
        """The workbook, loaded until the `with` block ends; LibreOffice sees a private copy.

        Raises:
            FileError: The file is missing, no workbook, damaged or encrypted.
            EngineError: LibreOffice is missing, fails, takes too long, or did not recalculate.
        """
        check_workbook(path)
        _refuse_lambda(path)
        running = self._running()
        with tempfile.TemporaryDirectory(prefix="book-", dir=running.folder) as folder:
            _prove_recalculation(running, Path(folder) / "canary.xlsx")
            # A plain name: the user's may hold '#', and a lock file may stand beside it.
            copy = Path(folder) / "book.xlsx"
            shutil.copyfile(path, copy)
            with _loaded(running, copy) as number:
                yield LiveLibreOffice(running, number, path)

    def _running(self) -> Office:
        with self._lock:
            if self._office is None or not self._office.alive:
                self.close()
                self._office = Office(self._recalculation, self._timeout)
                weakref.finalize(self, self._office.close)
            return self._office


class LiveLibreOffice:
    """A workbook that stays loaded in LibreOffice."""

    def __init__(self, running: Office, number: int, path: Path) -> None:
        self._office = running
        self._number = number
        self._path = path

    def cells(self) -> Cells:
        """The values of all cells as they stand now."""
        return _cells(self._office.ask("read", self._number))

    def edit(self, edits: Edits) -> Cells:
        """The values of all cells after these input cells were changed as well.

        Raises:
            EngineError: A sheet is missing, a cell holds a formula, or LibreOffice fails.
        """
        check_edits(edits, self._formulas)
        self._office.ask("edit", self._number, [[*cell, value] for cell, value in edits.items()])
        return self.cells()

    @cached_property
    def _formulas(self) -> Mapping[str, set[Position]]:
        return formula_cells(self._path)


def _refuse_lambda(path: Path) -> None:
    """LibreOffice would say #NAME? in every cell that calls such a function.

    Raises:
        EngineError: a name of the book is made with LAMBDA.
    """
    with open_package(path) as package:
        if b"_xlfn.LAMBDA(" in package.archive.read(package.workbook):
            raise EngineError(
                f"'{path}' calls functions made with LAMBDA, which LibreOffice does not know; use "
                "the engine 'ironcalc' or Excel 365, or write the book with --formulas matrix"
            )


@contextmanager
def _loaded(running: Office, path: Path) -> Generator[int]:
    number: int = running.ask("open", str(path))
    try:
        yield number
    finally:
        # If LibreOffice has ended meanwhile, that was said already.
        with suppress(EngineError):
            running.ask("close", number)


@no_collection()
def _cells(sheets: list[Any]) -> Cells:
    cells: Cells = {}
    for name, blocks, errors in sheets:
        values: dict[Position, CellValue] = {
            (top + row, left + column): value
            for top, left, rows in blocks
            for row, line in enumerate(rows)
            for column, value in enumerate(line)
        }
        for row, column, number in errors:
            values[row, column] = CellError(_WORDS.get(number, f"Err:{number}"))
        cells[name] = values
    return cells


def _prove_recalculation(running: Office, path: Path) -> None:
    """Load a small workbook whose stored values are wrong on purpose, and see them mended."""
    write_canary(path)
    with _loaded(running, path) as number:
        if _cells(running.ask("read", number)) != CANARY_CELLS:
            raise EngineError(
                "LibreOffice did not recalculate: wrong stored values of a test workbook stayed; "
                "a setting of this installation seems to forbid it"
            )


ENGINE = LibreOffice
