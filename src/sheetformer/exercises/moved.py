"""Where the blocks of an exercise stand in a file whose sheets or rows were moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sheetformer.book.manifest import Region, places
from sheetformer.engines.located import locate
from sheetformer.engines.reader import Contents
from sheetformer.errors import FileError

Cell = tuple[str, int, int]


def moved(
    regions: Sequence[Sequence[Any]], contents: Contents, file: str
) -> tuple[Callable[[Cell], Cell], list[str]]:
    """From a cell as it was handed out to where it stands now, and what to say.

    Raises:
        FileError: a sheet is gone, or a row was put into a block.
    """
    known = [
        Region(name, sheet, row, column, np.empty((rows, columns), dtype=np.int64), bool(formula))
        for name, sheet, row, column, rows, columns, formula in regions
    ]
    located = locate(known, contents, file)
    if located.gone:
        raise FileError(f"the sheet {sorted(located.gone)[0]!r} of the exercise is missing")
    shifted: dict[Cell, Cell] = {}
    for region, now in zip(located.regions, located.places, strict=True):
        assert now is not None
        for before, after in zip(places(region), places(now), strict=True):
            shifted[region.sheet, before[0], before[1]] = (now.sheet, *after)
    return (lambda cell: shifted.get(cell, cell)), list(located.notes)
