"""Two readings of the same workbook, held against each other cell by cell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from sheetformer.engines.base import CellError, Cells, CellValue, Position
from sheetformer.formula.address import a1
from sheetformer.graph.storable import TOLERANCE


@dataclass(frozen=True)
class BlockRange:
    """Cells that belong together and carry a name, as `scores`; positions count from 0."""

    name: str
    sheet: str
    cells: Sequence[Position]


@dataclass(frozen=True)
class OffCell:
    """A cell that is not what it should be; `found` is None where there is nothing."""

    sheet: str
    address: str
    expected: CellValue | None
    found: CellValue | None

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
    """What was found in all blocks; each cell is counted once."""

    rows: tuple[Row, ...]
    tolerance: float

    @property
    def ok(self) -> bool:
        """Whether there were cells and none was off."""
        return self.cells > 0 and not self.off

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
        return [cell for row in self.rows for cell in row.off]

    def __str__(self) -> str:
        off = self.off
        if not self.cells:
            return "no cells to compare"
        if not off:
            return f"all {self.cells} cells agree (largest difference {self.largest:.2g})"
        lines = [f"{len(off)} of {self.cells} cells are off:"]
        for row in self.rows:
            lines += [f"  {row.name}: {cell}" for cell in row.off[:3]]
            if len(row.off) > 3:
                lines.append(f"  {row.name}: and {len(row.off) - 3} more")
        return "\n".join(lines)


def compare(
    expected: Cells, actual: Cells, blocks: Sequence[BlockRange], tolerance: float = TOLERANCE
) -> Report:
    """Hold the cells of all blocks against what they should be.

    A number is off unless |found − expected| ≤ tolerance · max(1, |expected|); text and truth
    values must be equal (the number 1 equals true: some engines know no truth values). An error, a
    missing cell and a number that is not finite are always off, on either side.

    Args:
        expected: What should stand there.
        actual: What an engine made of the file.
        blocks: The cells to look at; one that stands in two blocks is counted in the first.
        tolerance: Largest difference, in the number's own unit below 1, relative above.
    """
    seen: set[tuple[str, Position]] = set()
    rows: list[Row] = []
    for block in blocks:
        fresh = [cell for cell in dict.fromkeys(block.cells) if (block.sheet, cell) not in seen]
        seen |= {(block.sheet, cell) for cell in fresh}
        wanted, found = expected.get(block.sheet, {}), actual.get(block.sheet, {})
        pairs = [(cell, wanted.get(cell), found.get(cell)) for cell in fresh]
        off = tuple(
            OffCell(block.sheet, a1(*cell), a, b)
            for cell, a, b in pairs
            if not _agree(a, b, tolerance)
        )
        largest = max(_differences(pairs), default=0.0)
        rows.append(Row(block.name, block.sheet, len(fresh), largest, off))
    return Report(tuple(rows), tolerance)


def _agree(expected: CellValue | None, found: CellValue | None, tolerance: float) -> bool:
    if _is_number(expected) and _is_number(found):
        return difference(expected, found) <= tolerance
    if isinstance(expected, CellError) or expected is None:
        return False
    return expected == found


def difference(expected: float, found: float) -> float:
    """The difference of two numbers: |found − expected| / max(1, |expected|).

    >>> difference(200.0, 201.0), difference(0.5, 0.25), difference(1.0, float("nan"))
    (0.005, 0.25, inf)
    """
    if not (math.isfinite(expected) and math.isfinite(found)):
        return math.inf
    return abs(found - expected) / max(1.0, abs(expected))


def _differences(
    pairs: Sequence[tuple[Position, CellValue | None, CellValue | None]],
) -> Iterator[float]:
    return (difference(a, b) for _, a, b in pairs if _is_number(a) and _is_number(b))


def _is_number(value: CellValue | None) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _shown(value: CellValue | None) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return repr(value) if isinstance(value, str) else str(value)
