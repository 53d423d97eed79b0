"""What every engine offers: a file goes in, the value of each cell comes out."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

from sheetformer.errors import EngineError
from sheetformer.formula.address import a1


@dataclass(frozen=True)
class CellError:
    """What a cell shows when its formula fails: '#N/A', '#VALUE!', 'Err:508'."""

    code: str

    def __str__(self) -> str:
        return self.code


CellValue = float | str | bool | CellError
"""What stands in a cell; a number is always a float."""

Position = tuple[int, int]
"""(row, column), both counted from 0."""

Cells = dict[str, dict[Position, CellValue]]
"""Sheet name → position → value, in the workbook's order of sheets; empty cells are absent."""

Edits = Mapping[tuple[str, int, int], float | str]
"""(sheet name, row, column) → the new content of an input cell."""


class Live(Protocol):
    """A workbook that stays loaded, so that it can be changed again and again."""

    def cells(self) -> Cells:
        """The values of all cells as they stand now."""
        ...

    def edit(self, edits: Edits) -> Cells:
        """The values of all cells after these input cells were changed as well."""
        ...


class Engine(Protocol):
    """A program that works out the formulas of an .xlsx file anew."""

    @property
    def name(self) -> str:
        """The engine's name as a user types it."""
        ...

    def recalculate(self, path: Path, edits: Edits | None = None) -> Cells:
        """The value of each cell, every formula worked out anew; the file stays as it is."""
        ...

    def recalculate_many(self, paths: Sequence[Path]) -> list[Cells]:
        """The same for several files, each on its own."""
        ...

    def open(self, path: Path) -> AbstractContextManager[Live]:
        """The workbook, loaded until the `with` block ends."""
        ...


def place(sheet: str, position: Position) -> str:
    """A cell as a person names it.

    >>> place("Words", (4, 1))
    'Words!B5'
    """
    return f"{sheet}!{a1(*position)}"


def nearest(word: str, names: Collection[str]) -> str:
    """Words for the end of an error message: a near name, or all of them.

    >>> nearest("iron", ["ironcalc", "libreoffice"])
    "did you mean 'ironcalc'?"
    >>> nearest("excel", ["ironcalc", "libreoffice"])
    'there are: ironcalc, libreoffice'
    """
    close = get_close_matches(word.casefold(), names, n=1, cutoff=0.5)
    return f"did you mean '{close[0]}'?" if close else f"there are: {', '.join(names)}"


def check_edits(edits: Edits, formulas: Mapping[str, Collection[Position]]) -> None:
    """Refuse edits that no engine should carry out.

    Args:
        edits: What is to be changed.
        formulas: All sheets of the workbook, each with the positions of its formula cells.

    Raises:
        EngineError: A sheet is missing, a cell holds a formula, or a number is not finite.
    """
    for (sheet, row, column), value in edits.items():
        if sheet not in formulas:
            raise EngineError(f"the workbook has no sheet '{sheet}'; {nearest(sheet, formulas)}")
        cell = place(sheet, (row, column))
        if (row, column) in formulas[sheet]:
            raise EngineError(f"{cell} holds a formula; change an input cell instead")
        if not isinstance(value, str) and not math.isfinite(value):
            raise EngineError(f"{cell} cannot hold {value}; a cell holds finite numbers or text")
