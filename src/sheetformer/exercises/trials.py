"""A workbook tried: its inputs changed again and again, and what its formulas give each time.

`answer` works in a child with limits, since the file is a stranger's. It is loaded once, and holds
nothing against anything: the function that it is compared with never meets the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sheetformer.engines import get_engine
from sheetformer.engines.base import CellError, Cells, CellValue, place
from sheetformer.engines.opendocument import as_workbook
from sheetformer.engines.reader import Contents, read_contents
from sheetformer.errors import FileError
from sheetformer.exercises.areas import Area, find_area
from sheetformer.exercises.draws import STANDING, draw, edge_of

_LONGEST = 100
"""Characters of a text that is found in an output."""


def answer(
    path: str,
    engine: str,
    inputs: Mapping[str, Sequence[str]],
    outputs: Mapping[str, str],
    trials: int,
    seed: int,
    largest: float,
) -> dict[str, Any]:
    """What the child of `check` answers.

    Args:
        path: the workbook.
        engine: what works out its formulas.
        inputs: name → (cells, what they may hold, one of `draws.KINDS`).
        outputs: name → cells.
        trials: how many.
        seed: of the random numbers.
        largest: the largest number that is tried.

    Raises:
        FileError: the file cannot be read, lacks such cells, or holds a formula in an input.
        EngineError: the engine is missing or failed.
    """
    with as_workbook(Path(path)) as file:
        return _answer(file, Path(path).name, engine, inputs, outputs, trials, seed, largest)


def _answer(
    file: Path,
    shown: str,
    engine: str,
    inputs: Mapping[str, Sequence[str]],
    outputs: Mapping[str, str],
    trials: int,
    seed: int,
    largest: float,
) -> dict[str, Any]:
    contents = read_contents(file)
    into = {name: find_area(cells, contents, shown) for name, (cells, _) in inputs.items()}
    out = {name: find_area(cells, contents, shown) for name, cells in outputs.items()}
    _refuse(into, out, contents, shown)
    runs: list[dict[str, Any]] = []
    with get_engine(engine).open(file) as live:
        for trial in range(trials):
            edge = edge_of(trial)
            given: dict[str, Any] = {}
            for name, area in into.items():
                own = f"{seed} {name} {trial}"
                given[name] = _given(contents, area, inputs[name][1], own, edge, largest)
            if edge == STANDING and not all(given.values()):
                continue
            edits = {
                (area.sheet, *cell): value
                for name, area in into.items()
                for cell, value in zip(area.cells(), given[name], strict=True)
            }
            cells = live.edit(edits)
            found = {name: read_area(cells, area) for name, area in out.items()}
            runs.append({"edge": edge, "inputs": given, "outputs": found})
    return {
        "inputs": {name: area.plain() for name, area in into.items()},
        "outputs": {name: area.plain() for name, area in out.items()},
        "formulas": {name: _formulas(contents, area) for name, area in out.items()},
        "runs": runs,
    }


def read_area(cells: Cells, area: Area) -> list[Any]:
    """What stands in a rectangle, row by row: numbers, None where nothing is, texts for the rest.

    An error is its word ('#NUM!'), a text stands in quotes; a truth value counts as a number.
    """
    here = cells.get(area.sheet, {})
    return [plain_value(here.get(cell)) for cell in area.cells()]


def plain_value(value: CellValue | None) -> Any:
    """A value as JSON carries it, as `read_area` says."""
    if isinstance(value, CellError):
        return value.code[:_LONGEST]
    if isinstance(value, str):
        return f'"{value[:_LONGEST]}"' if value else None
    return value if value is None else float(value)


def _refuse(
    inputs: Mapping[str, Area], outputs: Mapping[str, Area], contents: Contents, file: str
) -> None:
    """Refuse inputs that cannot be changed."""
    taken: dict[tuple[str, int, int], str] = {}
    for name, area in inputs.items():
        formulas = contents.formulas.get(area.sheet, {})
        for cell in area.cells():
            where = place(area.sheet, cell)
            if cell in formulas:
                raise FileError(
                    f"{file}: {where}, a cell of the input {name!r}, holds a formula; name the "
                    "cells where its numbers are typed"
                )
            other = taken.setdefault((area.sheet, *cell), name)
            if other != name:
                raise FileError(f"{file}: {where} is a cell of two inputs, {other!r} and {name!r}")
    for area in outputs.values():
        both = [cell for cell in area.cells() if (area.sheet, *cell) in taken]
        if both:
            raise FileError(
                f"{file}: {place(area.sheet, both[0])} is an input and an output; name the cells "
                "where the result stands"
            )


def _given(
    contents: Contents, area: Area, kind: str, seed: str, edge: str, largest: float
) -> list[float] | None:
    """The numbers of an input in a trial; None where what stands there is no number."""
    if edge != STANDING:
        return draw(seed, kind, edge, area.rows, area.columns, largest)
    here = contents.cells.get(area.sheet, {})
    standing = [here.get(cell) for cell in area.cells()]
    numbers = [value for value in standing if isinstance(value, float)]
    return numbers if len(numbers) == len(standing) else None


def _formulas(contents: Contents, area: Area) -> int:
    formulas = contents.formulas.get(area.sheet, {})
    return sum(cell in formulas for cell in area.cells())
