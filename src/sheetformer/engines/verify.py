"""Is a workbook right? Its formulas worked out by an engine, against NumPy on the file's inputs."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from pathlib import Path

from sheetformer.book.manifest import Manifest, Region, read_manifest
from sheetformer.engines import get_engine
from sheetformer.engines.base import CellError, Cells, CellValue, Engine, Position
from sheetformer.engines.compare import BlockRange, OffCell, Report, Row, compare
from sheetformer.engines.reader import formula_cells, read_cells
from sheetformer.formula.address import area

LABELS = "labels"
"""What the words that follow other cells are called in the report."""
TYPED_OVER = CellError("a typed value where a formula stood")
"""What is found in a cell whose formula somebody replaced; never right, whatever its value."""


def verify(path: str | Path, engine: str | Engine = "ironcalc") -> Report:
    """Recalculate a Sheetformer workbook and hold every formula cell against NumPy.

    What the file says its cells are worth counts for nothing: the engine works every formula out
    anew, and NumPy computes the expected number from the inputs that stand in the file now. So a
    workbook whose words or weights were changed is still right, and one changed formula is found,
    as is a changed constant (such as a reference value or the number of a word).

    Args:
        path: an .xlsx file that Sheetformer wrote.
        engine: "ironcalc", "libreoffice", or an engine.

    Raises:
        FileError: the file cannot be read, or holds no Sheetformer book.
        EngineError: the engine is missing or failed.
    """
    file = Path(path)
    working = get_engine(engine) if isinstance(engine, str) else engine
    manifest = read_manifest(read_cells(file), file.name)
    actual = working.recalculate(file)
    regions = [region for region in manifest.regions if region.formula]
    expected = expected_cells(manifest, regions)
    blocks = [BlockRange(r.name or LABELS, r.sheet, list(_places(r))) for r in regions]
    live = formula_cells(file)
    found = {
        name: _found(cells, actual.get(name, {}), live.get(name, set()))
        for name, cells in expected.items()
    }
    report = _gathered(compare(expected, found, blocks))
    return Report((*report.rows, *map(_changed_constant, manifest.changed)), report.tolerance)


def expected_cells(manifest: Manifest, regions: list[Region]) -> Cells:
    """What NumPy says each cell of the regions is worth."""
    cells: Cells = {}
    for region in regions:
        values: list[CellValue] = manifest.graph.value(region.elements).ravel().tolist()
        here = cells.setdefault(region.sheet, {})
        here.update(zip(_places(region), values, strict=True))
    return cells


def _changed_constant(region: Region) -> Row:
    """A row for a given number or word that somebody changed: such cells are no inputs."""
    rows, columns = region.elements.shape
    where = area(region.row, region.column, rows, columns)
    off = OffCell(region.sheet, where, "as it was written", "changed, though it is no input")
    return Row(region.name, region.sheet, rows * columns, math.inf, (off,))


def _places(region: Region) -> list[Position]:
    rows, columns = region.elements.shape
    return [(region.row + r, region.column + c) for r in range(rows) for c in range(columns)]


def _found(
    expected: Mapping[Position, CellValue],
    actual: Mapping[Position, CellValue],
    live: Collection[Position],
) -> dict[Position, CellValue]:
    """What stands in the expected cells: an engine's value, empty text, or something typed over."""
    found: dict[Position, CellValue] = {}
    for place, value in expected.items():
        if place not in live:
            found[place] = TYPED_OVER
        elif place in actual:
            found[place] = actual[place]
        elif value == "":
            found[place] = ""  # engines leave out a formula that gives empty text
    return found


def _gathered(report: Report) -> Report:
    """One row a block: the matrices of a stack together, and all labels together."""
    rows: dict[tuple[str, str], Row] = {}
    for row in report.rows:
        key = (row.name, row.sheet)
        if key in rows:
            old = rows[key]
            largest = max(old.largest, row.largest)
            row = Row(row.name, row.sheet, old.cells + row.cells, largest, old.off + row.off)
        rows[key] = row
    return Report(tuple(rows.values()), report.tolerance)
