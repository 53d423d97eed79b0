"""What a comparison found: rows of blocks, and the cells that are off; it needs no NumPy."""

from __future__ import annotations

from dataclasses import dataclass

from sheetformer.engines.base import CellValue

LABELS = "labels"
"""What the words that follow other cells are called in the report."""


@dataclass(frozen=True)
class OffCell:
    """A cell that is not what it should be; `found` is None where there is nothing.

    It may stand for several `cells` that are off for one reason; `address` is their rectangle.
    """

    sheet: str
    address: str
    expected: CellValue | None
    found: CellValue | None
    cells: int = 1

    def __str__(self) -> str:
        where = f"{self.sheet}!{self.address}"
        return f"{where} should be {_shown(self.expected)}, is {_shown(self.found)}"


@dataclass(frozen=True)
class Row:
    """What was found in one block.

    `largest` is the largest |found − expected| / max(1, |expected|) of its numbers, infinite where
    one of the two is not finite.
    """

    name: str
    sheet: str
    cells: int
    largest: float
    off: tuple[OffCell, ...]


@dataclass(frozen=True)
class Report:
    """What was found in all blocks; each cell is counted once.

    Attributes:
        unknown: formula cells that are no part of the program, so that nobody checked them.
        notes: what is worth knowing, a sentence each, such as where a block stands now.
        compared: what else was held against a book that was written again, a row a kind.
    """

    rows: tuple[Row, ...]
    tolerance: float
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    compared: tuple[Row, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there were cells, none was off, and there was no formula besides."""
        return self.cells > 0 and not self.off and not self.unknown

    @property
    def cells(self) -> int:
        """How many cells were held against each other."""
        return sum(row.cells for row in self.rows)

    @property
    def largest(self) -> float:
        """The largest difference of all numbers, as in `Row`."""
        return max((row.largest for row in self.rows), default=0.0)

    @property
    def off(self) -> list[OffCell]:
        """All cells that are not what they should be."""
        return [cell for row in (*self.rows, *self.compared) for cell in row.off]

    @property
    def off_cells(self) -> int:
        """How many cells are not what they should be."""
        return sum(cell.cells for cell in self.off)

    def __str__(self) -> str:
        off = self.off
        if not self.cells:
            return "no cells to compare"
        if not off:
            agree = f"all {self.cells} cells agree (largest difference {self.largest:.2g})"
            others = f"; {len(self.unknown)} formula cells are no part of the program"
            return agree + (others if self.unknown else "")
        lines = [f"{self.off_cells} of {self.cells} cells are off:"]
        for row in self.rows:
            lines += [f"  {row.name}: {cell}" for cell in row.off[:3]]
            if len(row.off) > 3:
                lines.append(f"  {row.name}: and {len(row.off) - 3} more")
        return "\n".join(lines)


def _shown(value: CellValue | None) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return repr(value) if isinstance(value, str) else str(value)
