"""What the child of `edit` does: the file is read, followed with other inputs, and written."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sheetformer.book.manifest import Manifest, Region, places
from sheetformer.edits.saved_inputs import typed_values
from sheetformer.edits.steps import changed_cells, read_program_of
from sheetformer.engines import get_engine
from sheetformer.engines.base import Cells, CellValue, Position
from sheetformer.engines.reader import Contents, read_contents
from sheetformer.engines.stored import write_values
from sheetformer.errors import SheetformerError
from sheetformer.graph.ops import OPS, Value

NUMPY = "numpy"
_TURNED = "✗"
"""How a sentence of a book begins that says that something does not hold any more."""
_CHECKS = ("check_", "ref_")


def answer(source: str, changes: dict[str, Any], engine: str, target: str) -> dict[str, Any]:
    """What the child of `edit` answers, once it has written the file."""
    path, following = Path(source), engine == NUMPY
    contents = read_contents(path)
    manifest, now = read_program_of(contents, path.name, others=not following)
    typed = typed_values(manifest, now, changes, path.name)
    values = _followed(manifest, typed)
    cells = changed_cells(manifest, now, values, contents)
    written = Path(target) if target else None
    if not following:
        values, cells = _by_engine(path, engine, contents, manifest, now, values)
    if written is not None:
        write_values(path, written, cells)
    return {
        "cells": sum(map(len, cells.values())),
        "notes": [*_notes(manifest, now, values)],
        "values": dict(_named(manifest, now, values)),
    }


def _followed(manifest: Manifest, typed: Mapping[int, Value]) -> list[Value]:
    """Every value of the program with other inputs."""
    graph = manifest.graph
    values = graph.evaluate(typed)
    if (node := graph.beyond(values)) is not None:
        raise SheetformerError(
            f"with these inputs the block {node.name or node.op!r} is beyond what a cell can "
            "hold; give others"
        )
    return values


def _by_engine(
    path: Path,
    engine: str,
    contents: Contents,
    manifest: Manifest,
    now: Sequence[Region],
    values: list[Value],
) -> tuple[list[Value], dict[str, dict[Position, CellValue]]]:
    """The values that an engine finds for the formulas, the book's and others, and what changed."""
    graph = manifest.graph
    typed = [r for r in now if not r.formula and OPS[graph.owner(int(r.elements.flat[0])).op].typed]
    given = changed_cells(manifest, typed, values, contents)
    edits = {(sheet, *at): v for sheet, here in given.items() for at, v in here.items()}
    found = get_engine(engine).recalculate(path, edits)  # type: ignore[arg-type]
    cells = {sheet: dict(here) for sheet, here in given.items()}
    for sheet, formulas in contents.formulas.items():
        for at in formulas:
            value = found.get(sheet, {}).get(at, "")
            if contents.cells.get(sheet, {}).get(at, "") != value:
                cells.setdefault(sheet, {})[at] = value
    return _read_values(manifest, now, values, found), cells


def _read_values(
    manifest: Manifest, now: Sequence[Region], values: list[Value], found: Cells
) -> list[Value]:
    """The graph's values as an engine has them; an error is none (nan)."""
    made = [value.copy() for value in values]
    for region in now:
        at = manifest.graph.node_index(int(region.elements.flat[0]))
        flat, text = made[at].reshape(-1), made[at].dtype == object
        ids = region.elements.ravel() - manifest.graph.nodes[at].base
        for i, cell in zip(ids, places(region), strict=True):
            value = found.get(region.sheet, {}).get(cell, "" if text else 0.0)
            if text:
                flat[i] = str(value)
            else:
                flat[i] = float(value) if isinstance(value, int | float) else math.nan
    return made


def _named(
    manifest: Manifest, now: Sequence[Region], values: Sequence[Value]
) -> Iterator[tuple[str, Any]]:
    """The blocks of the book, without those of its own check."""
    for region in now:
        if region.name and not region.name.startswith(_CHECKS):
            value = values[manifest.graph.node_index(int(region.elements.flat[0]))]
            said = (value.ravel().tolist(), list(value.shape), value.dtype == object)
            yield region.name, said
            if region.name == manifest.result:
                yield "result", said


def _notes(manifest: Manifest, now: Sequence[Region], values: Sequence[Value]) -> Iterator[str]:
    for region in now:
        value = values[manifest.graph.node_index(int(region.elements.flat[0]))]
        if region.name and not region.name.startswith(_CHECKS) and value.dtype == object:
            yield from (text for text in value.ravel() if str(text).startswith(_TURNED))
