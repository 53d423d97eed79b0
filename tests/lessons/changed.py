"""A lesson's file after somebody typed in it, and what an engine then makes of a block."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sheetformer import Book, verify
from sheetformer.engines.base import CellValue, Engine

from ..workbook_edit import edit_cells
from .books import save_spoiled


def after_typing(
    book: Book, folder: Path, engine: Engine, typed: Mapping[tuple[str, int, int], CellValue]
) -> Typed:
    """Type into cells, each (block, row, column) from 0; every cell must still be right."""
    file = folder / "typed.xlsx"
    save_spoiled(book, file)
    edit_cells(file, file, {_place(book, *at): value for at, value in typed.items()})
    report = verify(file, engine)
    assert report.ok, str(report)
    return Typed(book, engine.recalculate(file))


class Typed:
    """The recalculated cells, by the names of blocks."""

    def __init__(self, book: Book, cells: Mapping[str, Mapping[tuple[int, int], Any]]) -> None:
        self.book, self.cells = book, cells

    def __getitem__(self, name: str) -> np.ndarray:
        """The values of a block, in its shape; a formula that gives empty text is empty text."""
        block = self.book[name].block
        found = [self.cells[block.sheet].get(place, "") for place in block.cells]
        return np.array(found).reshape(block.node.shape)


def _place(book: Book, name: str, row: int, column: int) -> tuple[str, int, int]:
    block = book[name].block
    return block.sheet, block.matrices[0].row + row, block.matrices[0].column + column
