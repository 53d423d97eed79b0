"""Cells of a handout: what stands in the place of an answer, marks, and axes that tell nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sheetformer.book.cells import CellBlock, text_block
from sheetformer.book.charts import AnyChart, Chart
from sheetformer.graph.node import Ids


def given(cells: CellBlock, values: np.ndarray, style: str, ids: Ids) -> CellBlock:
    """Cells of a block with other values, and no formula."""
    return CellBlock(cells.row, cells.column, values, style, elements=ids, span=cells.span)


def said(cells: CellBlock, text: str) -> CellBlock:
    """A text in place of each cell."""
    values = np.full(cells.values.shape, text, dtype=object)
    return CellBlock(cells.row, cells.column, values, "constant.word", span=cells.span)


def uncomputed(cells: CellBlock) -> CellBlock:
    """The same formulas; their values are left out."""
    values = np.full(cells.values.shape, "", dtype=object)
    return replace(cells, values=values, stored=False, waits=True)


def mark_cell(row: int, column: int, formula: str, span: int) -> CellBlock:
    """The cell of a mark."""
    return replace(formula_cell(row, column, formula), style="computed.verdict", span=span)


def formula_cell(row: int, column: int, formula: str) -> CellBlock:
    """A cell with a formula and no stored value."""
    values = np.array([[""]], dtype=object)
    return CellBlock(row, column, values, "plain", array_formula=formula, stored=False, waits=True)


def words_cell(row: int, column: int, text: str) -> CellBlock:
    """A label."""
    return text_block(row, column, text, "table_label", 2)


def is_note(cells: CellBlock, row: int, column: int) -> bool:
    """Whether it is the note that stands at a place."""
    return cells.style == "note" and (cells.row, cells.column) == (row, column)


def covers(cells: CellBlock, row: int, column: int) -> bool:
    """Whether it is a note that reaches over a place."""
    end = cells.column + cells.values.shape[1]
    return cells.style == "note" and cells.row == row and cells.column <= column < end


def rounded(chart: AnyChart) -> AnyChart:
    """A chart whose axes say nothing of the numbers that it will show."""
    if isinstance(chart, Chart):
        return replace(chart, axis_limit=round_up(chart.axis_limit))
    return chart


def round_up(limit: float) -> float:
    """The next round number: 1, 2, 5, 10, 20 and so on."""
    power = 10.0 ** np.floor(np.log10(limit))
    return float(next(power * step for step in (1, 2, 5, 10) if power * step >= limit))
