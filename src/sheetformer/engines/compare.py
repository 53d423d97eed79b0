"""Two readings of the same workbook, held against each other cell by cell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from sheetformer.engines.base import CellError, Cells, CellValue, Position
from sheetformer.engines.report import OffCell, Report, Row
from sheetformer.formula.address import a1
from sheetformer.graph.storable import TOLERANCE, apart


@dataclass(frozen=True)
class BlockRange:
    """Cells that belong together and carry a name, as `scores`; positions count from 0."""

    name: str
    sheet: str
    cells: Sequence[Position]


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
    seen: dict[str, set[Position]] = {}
    rows: list[Row] = []
    for block in blocks:
        known = seen.setdefault(block.sheet, set())
        fresh = [cell for cell in dict.fromkeys(block.cells) if cell not in known]
        known.update(fresh)
        wanted, found = expected.get(block.sheet, {}), actual.get(block.sheet, {})
        pairs = [(cell, wanted.get(cell), found.get(cell)) for cell in fresh]
        largest = _largest_of_numbers(pairs)
        if largest is None or largest > tolerance:
            largest = max(_differences(pairs), default=0.0)
            off = tuple(
                OffCell(block.sheet, a1(*cell), a, b)
                for cell, a, b in pairs
                if not _agree(a, b, tolerance)
            )
        else:
            off = ()
        rows.append(Row(block.name, block.sheet, len(fresh), largest, off))
    return Report(tuple(rows), tolerance)


def _largest_of_numbers(
    pairs: Sequence[tuple[Position, CellValue | None, CellValue | None]],
) -> float | None:
    """The largest difference, all at once; None unless all are numbers, as in most blocks."""
    kinds = {type(a) for _, a, _ in pairs} | {type(b) for _, _, b in pairs}
    if kinds != {float}:
        return None
    wanted = np.array([a for _, a, _ in pairs])
    found = np.array([b for _, _, b in pairs])
    if not (np.isfinite(wanted).all() and np.isfinite(found).all()):
        return math.inf
    return float(apart(wanted, found).max())


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
