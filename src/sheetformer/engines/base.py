"""What every engine offers: a file goes in, the value of each cell comes out."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sheetformer.errors import EngineError
from sheetformer.formula.address import a1
from sheetformer.suggest import suggestion


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

    @property
    def title(self) -> str:
        """The program's own name."""
        ...

    def recalculate(self, path: Path, edits: Edits | None = None) -> Cells:
        """The value of each cell, every formula worked out anew; the file stays as it is."""
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
            hint = suggestion(sheet, formulas)
            raise EngineError(f"the workbook has no sheet '{sheet}'; {hint}")
        cell = place(sheet, (row, column))
        if (row, column) in formulas[sheet]:
            raise EngineError(f"{cell} holds a formula; change an input cell instead")
        if not isinstance(value, str) and not math.isfinite(value):
            raise EngineError(f"{cell} cannot hold {value}; a cell holds finite numbers or text")
