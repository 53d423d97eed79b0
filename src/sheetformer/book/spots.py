"""How much room a block takes: its columns, its rows, and those of what stands over it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sheetformer.book.workbook import heading
from sheetformer.formula.geometry import matrix_shape
from sheetformer.graph.node import Node
from sheetformer.story.caption import Caption
from sheetformer.story.placement import Figure, Placement

MARGIN = 1
"""Empty columns at the left of a sheet."""
PAGE = 17
"""Columns that a page is wide; blocks that do not fit go below."""
COLUMN_WIDTH = 9.0
"""Width of every other column, in characters."""
TEXT_COLUMNS = 12
"""Columns that running text is wide; the equation stands beside it."""
TEXT_WIDTH = 10.5
"""Characters of running text in one column."""
NOTE_WIDTH = 12.5
"""Characters of a block's sentence, which is set smaller, in one column."""
ROW = 16.5
"""Height of a row, in points."""
HEAD = 3
"""Rows above the cells of a block: its title, its sentence, the labels of its columns."""
MATRIX_GAP = 2
"""Rows between the matrices of a block, for the next matrix's labels."""


@dataclass(frozen=True)
class Item:
    """A node that becomes a block, with its caption and where it stands."""

    node: Node
    caption: Caption
    placement: Placement
    role: str = ""

    @property
    def direction(self) -> str:
        """As a placement's."""
        return self.placement.direction


@dataclass(frozen=True)
class Spot:
    """An item of a line: its column, whether it stands below the one before, and what is over it.

    The cells of both begin in one column.
    """

    item: Item | Figure
    column: int
    below: bool = False
    over: Item | None = None

    @property
    def _items(self) -> list[Item]:
        return [one for one in (self.item, self.over) if isinstance(one, Item)]

    @property
    def first(self) -> int:
        """The column of the first cell."""
        return self.column + max(one.caption.label_columns for one in self._items)

    @property
    def span(self) -> int:
        """Columns with the row labels, wide enough for the titles."""
        if isinstance(self.item, Figure):
            return self.item.columns
        return max(self.first - self.column + columns_of(one) for one in self._items)


def columns_of(item: Item) -> int:
    """Columns of the cells of a block, and more where its title needs them."""
    _, _, columns = matrix_shape(item.node.shape)
    above = math.ceil(len(heading(item.node, item.caption)) / COLUMN_WIDTH)
    labels = item.caption.label_columns
    return max(columns, above - labels, 2 - labels)


def rows_over(spot: Spot) -> int:
    """Rows of what stands over an item, with its heading and an empty one."""
    if spot.over is None:
        return 0
    matrices, rows, _ = matrix_shape(spot.over.node.shape)
    return HEAD + matrices * (rows + MATRIX_GAP) - MATRIX_GAP + 1


def with_over(items: Sequence[Item | Figure]) -> list[tuple[Item | Figure, Item | None]]:
    """Each item of a line with the one that stands over it."""
    there = {one.node.base for one in items if isinstance(one, Item)}
    over = {
        one.placement.over: one
        for one in items
        if isinstance(one, Item) and one.placement.over in there
    }
    raised = {one.node.base for one in over.values()}
    return [
        (one, over.get(one.node.base) if isinstance(one, Item) else None)
        for one in items
        if not (isinstance(one, Item) and one.node.base in raised)
    ]


def text_lines(text: str, columns: int, width: float) -> int:
    """How many lines a text needs in so many columns; a little generous."""
    return max(1, math.ceil(len(text) * 1.05 / (columns * width)))
