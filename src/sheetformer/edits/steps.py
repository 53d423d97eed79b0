"""A workbook some steps on: its carried inputs take their next values, and everything follows.

The file is a stranger's, so it is read and worked out in a child with limits. Only inputs change:
formulas stay as they are, with the values that NumPy finds for them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sheetformer.book.carried import values_after
from sheetformer.book.manifest import Manifest, Region, places
from sheetformer.book.manifest_reader import read_manifest
from sheetformer.confined import Confined
from sheetformer.engines.base import CellValue, Position, place
from sheetformer.engines.limits import explained, limits_for
from sheetformer.engines.located import locate
from sheetformer.engines.reader import Contents, read_contents
from sheetformer.engines.stored import write_values
from sheetformer.errors import FileError
from sheetformer.files import replacing
from sheetformer.graph.ops import Value

_SECONDS_A_STEP = 0.2
"""A large step on a slow machine takes a quarter of it."""
_MOST_KEPT = 10_000
"""Steps whose watched numbers are kept."""


@dataclass(frozen=True)
class Advance:
    """What some steps did to a workbook.

    Attributes:
        carried: the names of the inputs that took their next values.
        cells: how many cells they have.
        watched: name of a single number → its value in each step, and after the last one.
    """

    carried: tuple[str, ...]
    cells: int
    watched: dict[str, list[float]]


def step_file(
    file: str | Path, count: int = 1, target: str | Path | None = None, *, limit: float = 1.0
) -> Advance:
    """Write a workbook so many steps on, whole or not at all; formulas stay as they are.

    Args:
        file: an .xlsx file that Sheetformer wrote, whose program says what is carried.
        count: how many steps.
        target: the file to write; the same one if left out.
        limit: how many times the usual time and memory it may take.

    Raises:
        FileError: the file cannot be read or written, holds no such book, or has formulas of its
            own.
        SheetformerError: the count is none, or a number grows beyond every bound.
        EngineError: it takes more time or memory than it may.
    """
    source = Path(file)
    limits = limits_for(source, "", limit)
    extra = _SECONDS_A_STEP * count * limit
    limits = replace(
        limits,
        seconds=(limits.seconds or 0.0) + extra,
        processor=int((limits.processor or 0) + extra),
    )
    with (
        replacing(Path(target or source)) as temporary,
        explained(source),
        Confined(f"{__name__}:answer", f"stepping '{source}'", limits) as child,
    ):
        said = child.call(source=str(source), target=str(temporary), count=count)
    return Advance(tuple(said["carried"]), said["cells"], said["watched"])


def answer(source: str, target: str, count: int) -> dict[str, Any]:
    """What the child of `step_file` answers, once it has written the file."""
    path = Path(source)
    contents = read_contents(path)
    manifest, now = read_program_of(contents, path.name)
    if not manifest.carried:
        raise FileError(f"{path.name}: nothing in this book goes on; no input has a next value")
    series: dict[int, list[float]] = {at: [] for at in manifest.watched}

    def watch(step: int, values: list[Value]) -> None:
        for at, value in zip(series, values, strict=True):
            if step < _MOST_KEPT:
                series[at].append(float(value.item()))

    values = values_after(manifest.graph, manifest.carried, count, manifest.watched, watch)
    for at, kept in series.items():
        kept.append(float(values[at].item()))
    write_values(path, Path(target), changed_cells(manifest, now, values, contents))
    names = {int(region.elements.flat[0]): region.name for region in manifest.regions}
    nodes = manifest.graph.nodes
    return {
        "carried": [names[nodes[at].base] for at in manifest.carried],
        "cells": sum(nodes[at].size for at in manifest.carried),
        "watched": {names[nodes[at].base]: kept for at, kept in series.items()},
    }


def read_program_of(
    contents: Contents, file: str, *, others: bool = False
) -> tuple[Manifest, list[Region]]:
    """The program of a file, and where its regions stand now; what it cannot follow is refused.

    Args:
        contents: of the file.
        file: its name.
        others: let formulas stand that are no part of the book.

    Raises:
        FileError: it holds no book, a block is gone, or a formula is no part of it.
    """
    manifest = read_manifest(contents.cells, file)
    located = locate(manifest.regions, contents, file)
    if located.moved:
        manifest = read_manifest(located.as_written(contents.cells), file)
    now = [region for region in located.places if region is not None]
    if len(now) < len(located.places):
        raise FileError(f"{file}: {located.notes[0]}; write the book again")
    known: dict[str, set[Position]] = {}
    for region in now:
        known.setdefault(region.sheet, set()).update(_formulas_of(region, contents, file))
    for sheet, formulas in contents.formulas.items() if not others else ():
        for at in sorted(formulas.keys() - known.get(sheet, set())):
            raise FileError(
                f"{file}: the formula in {place(sheet, at)} is no part of the book, and NumPy "
                "cannot say what it gives; put its value there, or take it away"
            )
    return manifest, now


def _formulas_of(region: Region, contents: Contents, file: str) -> list[Position]:
    """The cells of a region with formulas, all of it as it was written."""
    formulas, cells = contents.formulas.get(region.sheet, {}), places(region)
    for at in cells if region.formula else ():
        if at not in formulas:
            raise FileError(
                f"{file}: a formula stood in {place(region.sheet, at)} and was typed over; write "
                "the book again"
            )
    return cells if region.formula else []


def changed_cells(
    manifest: Manifest, now: list[Region], values: list[Value], contents: Contents
) -> dict[str, dict[Position, CellValue]]:
    """Sheet → cell → its value, where it is another one than the file has."""
    changed: dict[str, dict[Position, CellValue]] = {}
    for region in now:
        stored = contents.cells.get(region.sheet, {})
        new = manifest.graph.value(region.elements, values).ravel().tolist()
        here = changed.setdefault(region.sheet, {})
        here.update(
            {at: value for at, value in zip(places(region), new, strict=True)
             if stored.get(at, "") != value}
        )  # fmt: skip
    return changed
