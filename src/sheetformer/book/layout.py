"""Where each block stands: stages below each other, the blocks of a stage side by side.

A block is a title, one sentence, a line of column labels, and its cells with a label on every row:

    scores = Q Kᵀ
    How well each question fits each offer.
             I     am   happy
    eu      1.2   0.3    0.1
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sheetformer.book.cells import Matrix
from sheetformer.book.names import safe_name, sheet_name
from sheetformer.book.workbook import Block, heading
from sheetformer.formula.geometry import matrix_shape
from sheetformer.graph.node import Node
from sheetformer.story.caption import Caption, Stage
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
MATRIX_GAP = 2
"""Rows between the matrices of a block, for the next matrix's labels."""
PAGE_HEIGHT = 590.0
"""Points of rows on a landscape A4 page, as wide as PAGE columns."""


@dataclass(frozen=True)
class Placed:
    """A block or figure with the row of its title, its first column, and the columns it spans."""

    row: int
    column: int
    span: int
    note_rows: float
    block: Block | None = None
    figure: Figure | None = None


@dataclass
class StagePlace:
    """A stage's heading and what stands below it."""

    number: int
    sheet: str
    row: int
    lines: list[int] = field(default_factory=list[int])
    """The rows where a line of blocks begins, after the first."""
    items: list[Placed] = field(default_factory=list[Placed])


@dataclass
class _Cursor:
    """The next free row of a sheet."""

    row: int = 3


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


@dataclass
class Layout:
    """What is needed on the way: stages, the next free row of each sheet, names that are taken."""

    stages: Sequence[Stage]
    cursors: dict[str, _Cursor] = field(default_factory=dict[str, _Cursor])
    taken: set[str] = field(default_factory=set[str])


def place(
    items: Sequence[Item],
    stages: Sequence[Stage],
    figures: Sequence[Figure] = (),
    default_sheet: str = "Sheet",
) -> list[StagePlace]:
    """Place all blocks and figures, stage by stage."""
    layout = Layout(stages)
    names = {
        number: sheet_name(stage.group or default_sheet, set())
        for number, stage in enumerate(stages)
    } or {0: default_sheet}
    of_stage: dict[int, list[Item]] = {}
    for item in items:
        of_stage.setdefault(item.placement.stage or 0, []).append(item)
    placed: list[StagePlace] = []
    for number, sheet in names.items():
        cursor = layout.cursors.setdefault(sheet, _Cursor())
        stage = StagePlace(number, sheet, cursor.row)
        mine = in_order(of_stage.get(number, ()))
        columns = stages[number].table if stages else {}
        if columns:
            _table(layout, stage, mine, columns, cursor)
        else:
            both = _with_figures(mine, [f for f in figures if f.stage == number])
            _flow(layout, stage, both, cursor)
        placed.append(stage)
    return placed


def in_order(items: Sequence[Item]) -> list[Item]:
    """The items of a stage by their order, each that names another right before it."""
    ordered = sorted(items, key=lambda item: item.placement.order)
    there = {item.node.base for item in ordered}
    first: dict[int, list[Item]] = {}
    for item in ordered:
        if item.placement.before in there:
            first.setdefault(item.placement.before or 0, []).append(item)
    moved = {item.node.base for some in first.values() for item in some}
    return [
        each
        for item in ordered
        if item.node.base not in moved
        for each in (*first.get(item.node.base, ()), item)
    ]


def _with_figures(items: Sequence[Item], figures: Sequence[Figure]) -> list[Item | Figure]:
    """Each figure before the block it names, or after all blocks."""
    both: list[Item | Figure] = []
    for item in items:
        both += [each for each in figures if each.before_block == item.node.name != ""]
        both.append(item)
    return [*both, *(figure for figure in figures if figure not in both)]


def _flow(
    layout: Layout, stage: StagePlace, items: Sequence[Item | Figure], cursor: _Cursor
) -> None:
    """Blocks side by side while they fit, then on the next line."""
    row = cursor.row + (3 if layout.stages else 0)
    line: list[_Spot] = []
    used = MARGIN
    wide = (layout.stages[stage.number].width if layout.stages else 0) or PAGE
    for item in items:
        span = _span(item)
        if item.direction == "below" and line:
            line.append(_Spot(item, line[-1].column, below=True))
            used = max(used, line[-1].column + span + 1)
            continue
        if line and (used + span > wide + MARGIN or item.direction == "line"):
            row = _line(layout, stage, line, row)
            stage.lines.append(row)
            line, used = [], MARGIN
        line.append(_Spot(item, used))
        used += span + 1
    cursor.row = (_line(layout, stage, line, row) if line else row) + 1


@dataclass(frozen=True)
class _Spot:
    """An item of a line: its column, and whether it stands below the one before."""

    item: Item | Figure
    column: int
    below: bool = False


def _span(item: Item | Figure) -> int:
    """Columns of a block with its row labels, wide enough for its title."""
    if isinstance(item, Figure):
        return item.columns
    _, _, columns = matrix_shape(item.node.shape)
    above = math.ceil(len(heading(item.node, item.caption)) / COLUMN_WIDTH)
    return max(item.caption.label_columns + columns, above, 2)


def text_lines(text: str, columns: int, width: float) -> int:
    """How many lines a text needs in so many columns; a little generous."""
    return max(1, math.ceil(len(text) * 1.05 / (columns * width)))


def _line(layout: Layout, stage: StagePlace, line: Sequence[_Spot], row: int) -> int:
    """Place one line of items; gives the next free row."""
    ends: list[int] = []
    for spot in line:
        top = ends[-1] + 1 if spot.below else row
        span = _span(spot.item)
        if isinstance(spot.item, Figure):
            stage.items.append(Placed(top, spot.column, span, 0, figure=spot.item))
            ends.append(top + spot.item.rows)
            continue
        caption = spot.item.caption
        block = _block(layout, spot.item, stage, top + 3, spot.column + caption.label_columns)
        lines = text_lines(caption.note, span, NOTE_WIDTH)
        stage.items.append(Placed(top, spot.column, span, lines, block=block))
        ends.append(block.matrices[-1].row + block.rows)
    return max(ends) + 1


def _block(
    layout: Layout, item: Item, stage: StagePlace, row: int, column: int, *, named: bool = True
) -> Block:
    """A block whose first cell stands at (row, column); a label line between its matrices."""
    node = item.node
    matrices, rows, columns = matrix_shape(node.shape)
    name = safe_name(node.name or node.op, layout.taken)
    layout.taken.add(name.upper())
    places = tuple(Matrix(row + i * (rows + MATRIX_GAP), column) for i in range(matrices))
    details = (item.caption, stage.number, item.role)
    # A name stands for one area.
    single = named and matrices == 1
    return Block(node, name, stage.sheet, places, rows, columns, *details, single)


def _table(
    layout: Layout,
    stage: StagePlace,
    items: Sequence[Item],
    columns: Mapping[str, int],
    cursor: _Cursor,
) -> None:
    """Single numbers as rows of a table, as many in a row as there are headed columns."""
    spans = list(columns.values())
    row = cursor.row + 4
    for i, item in enumerate(items):
        line, at = divmod(i, len(spans))
        column = MARGIN + TABLE_LABEL + sum(spans[:at])
        block = _block(layout, item, stage, row + line, column, named=False)
        stage.items.append(Placed(row + line, column, spans[at], 1, block=block))
    cursor.row = row + math.ceil(len(items) / max(len(spans), 1)) + 2


TABLE_LABEL = 4
"""Columns of a table's row labels."""
