"""A workbook's formulas worked out by an engine, against NumPy on the file's inputs.

`engines.verify` calls this in a child with limits: here a stranger's file is read and worked out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sheetformer.book.manifest import Manifest, Region, places
from sheetformer.book.manifest_reader import read_manifest, read_regions
from sheetformer.collector import no_collection
from sheetformer.engines import get_engine, wire
from sheetformer.engines.base import CellError, Cells, CellValue, Engine, Position, place
from sheetformer.engines.compare import BlockRange, compare
from sheetformer.engines.located import Located, locate
from sheetformer.engines.reader import Contents, read_contents
from sheetformer.engines.report import LABELS, OffCell, Report, Row
from sheetformer.errors import FileError
from sheetformer.formula.address import area

TYPED_OVER = "a typed value where a formula stood"
"""What is found in a cell whose formula somebody replaced; never right, whatever its value."""
_FEW = 10
"""So many cells of a block that were typed over are listed one by one."""


def answer(path: str, engine: str) -> dict[str, Any]:
    """What the child of `verify` answers."""
    return wire.written(examine(Path(path), get_engine(engine)))


@no_collection()
def examine(file: Path, engine: Engine) -> Report:
    """Hold every formula cell of a workbook against NumPy, in this process and without limits.

    Raises:
        FileError: the file cannot be read, or holds no Sheetformer book.
        EngineError: the engine is missing or failed.
    """
    contents = read_contents(file)
    manifest, located = _program(contents, file.name)
    _refuse_missing(manifest, located, file.name)
    actual = engine.recalculate(file)
    typed = _formulas_in_inputs(located, contents)
    notes = located.notes
    if typed:
        # A stored value may be anything: what the formula gives is what the others work with.
        manifest = read_manifest(
            located.as_written(_with_values(contents, typed, actual)), file.name
        )
        notes += (_said_inputs(typed),)
    report = _compared(manifest, located, contents, actual)
    changed = [region for region in manifest.changed if region.sheet not in located.gone]
    rows = (*report.rows, *map(_changed_constant, changed))
    return Report(rows, report.tolerance, _unknown(located, contents), notes)


def _program(contents: Contents, file: str) -> tuple[Manifest, Located]:
    """The program of a file, and where its blocks stand now."""
    try:
        manifest = read_manifest(contents.cells, file)
    except FileError:
        # What was moved away is missed by the program, and something else is found in its place.
        regions = read_regions(contents.cells)
        located = locate(regions, contents, file)
        if not located.moved:
            raise
        return read_manifest(located.as_written(contents.cells), file), located
    located = locate(manifest.regions, contents, file)
    if located.moved:
        manifest = read_manifest(located.as_written(contents.cells), file)
    return manifest, located


def _refuse_missing(manifest: Manifest, located: Located, file: str) -> None:
    """Refuse a file that lacks a sheet with numbers or words on which formulas elsewhere depend."""
    pairs = list(zip(located.regions, located.places, strict=True))
    graph = manifest.graph
    missing = {
        step: region.sheet
        for region, now in pairs
        if now is None
        for step in graph.node_indices(region.elements)
        if graph.nodes[step].is_source
    }
    if not missing:
        return
    for step, node in enumerate(graph):
        owners = (owner for operand in node.operands for owner in graph.owners(operand))
        lacked = next((missing[owner] for owner in owners if owner in missing), None)
        if lacked is not None:
            missing.setdefault(step, lacked)
    for now in (now for _, now in pairs if now and now.formula):
        for step in graph.node_indices(now.elements):
            if step in missing:
                raise FileError(
                    f"{file}: the sheet '{missing[step]}' is gone, and formulas on the sheet "
                    f"'{now.sheet}' need what stood there; write the book again"
                )


def _compared(manifest: Manifest, located: Located, contents: Contents, actual: Cells) -> Report:
    """The formula cells of the program against what an engine made of them."""
    standing = [region for region in located.places if region and region.formula]
    expected: Cells = {}
    found: Cells = {}
    blocks: list[BlockRange] = []
    dead: list[Row] = []
    for region in standing:
        values: list[CellValue] = manifest.graph.value(region.elements).ravel().tolist()
        wanted = dict(zip(places(region), values, strict=True))
        formulas = contents.formulas.get(region.sheet, {})
        live = {place: value for place, value in wanted.items() if place in formulas}
        expected.setdefault(region.sheet, {}).update(live)
        found.setdefault(region.sheet, {}).update(_found(live, actual.get(region.sheet, {})))
        blocks.append(BlockRange(region.name or LABELS, region.sheet, list(live)))
        if len(live) < len(wanted):
            dead.append(_typed_over(region, [place for place in wanted if place not in live]))
    report = compare(expected, found, blocks)
    return _gathered(Report((*report.rows, *dead), report.tolerance))


def _typed_over(region: Region, dead: Sequence[Position]) -> Row:
    """A row for the cells of a block that hold no formula any more."""
    name = region.name or LABELS
    if len(dead) <= _FEW and len(dead) < region.elements.size:
        off = tuple(_dead_cell(region.sheet, area(*at, 1, 1), 1) for at in dead)
    else:
        where = area(region.row, region.column, *region.elements.shape)
        off = (_dead_cell(region.sheet, where, len(dead)),)
    return Row(name, region.sheet, len(dead), math.inf, off)


def _dead_cell(sheet: str, where: str, cells: int) -> OffCell:
    said = TYPED_OVER if cells == 1 else f"{cells} typed values where formulas stood"
    return OffCell(sheet, where, "formula" if cells == 1 else "formulas", CellError(said), cells)


def _changed_constant(region: Region) -> Row:
    """A row for a given number or word that somebody changed: such cells are no inputs."""
    rows, columns = region.elements.shape
    where = area(region.row, region.column, rows, columns)
    off = OffCell(region.sheet, where, "as it was written", "changed, though it is no input")
    return Row(region.name, region.sheet, rows * columns, math.inf, (off,))


def _found(
    expected: Mapping[Position, CellValue], actual: Mapping[Position, CellValue]
) -> dict[Position, CellValue]:
    """What an engine made of some formula cells; it leaves out those that give empty text."""
    return {
        place: actual.get(place, "")
        for place, value in expected.items()
        if place in actual or value == ""
    }


# -- formulas where none was written ---------------------------------------------------------------


def _formulas_in_inputs(located: Located, contents: Contents) -> list[tuple[str, Position]]:
    """The cells of inputs and constants in which a formula stands."""
    given = (region for region in located.places if region and not region.formula)
    return [
        (region.sheet, at)
        for region in given
        for at in places(region)
        if at in contents.formulas.get(region.sheet, {})
    ]


def _with_values(contents: Contents, typed: Sequence[tuple[str, Position]], actual: Cells) -> Cells:
    """The stored cells, with an engine's values where formulas stand in inputs."""
    cells = {name: dict(here) for name, here in contents.cells.items()}
    for sheet, at in typed:
        value = actual.get(sheet, {}).get(at)
        cells[sheet].pop(at, None)
        if value is not None:
            cells[sheet][at] = str(value) if isinstance(value, CellError) else value
    return cells


def _said_inputs(typed: Sequence[tuple[str, Position]]) -> str:
    shown = ", ".join(place(*at) for at in typed[:_FEW]) + (", …" if len(typed) > _FEW else "")
    return f"formulas stand in {len(typed)} input cells, and what they give was taken: {shown}"


def _unknown(located: Located, contents: Contents) -> tuple[str, ...]:
    """The formula cells that are no part of the program, by name."""
    known: dict[str, set[Position]] = {}
    for region in located.places:
        if region:
            known.setdefault(region.sheet, set()).update(places(region))
    strangers: Iterator[tuple[str, Position]] = (
        (sheet, at)
        for sheet, formulas in contents.formulas.items()
        for at in sorted(formulas.keys() - known.get(sheet, set()))
    )
    return tuple(place(*stranger) for stranger in strangers)


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
