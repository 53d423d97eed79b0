"""Where each block stands: stages below each other, the blocks of a stage side by side.

A block is a title, one sentence, a line of column labels, and its cells with a label on every row:

    Scores
    scores = Q Kᵀ · How well each question fits each offer.
             I     am   happy
    eu      1.2   0.3    0.1

In a line of blocks some may have another over them: a product stands where the rows of the block
at its left meet the columns of the block over it. What only prepares the story comes last in its
stage, as rows that are folded away.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheetformer.book.cells import Matrix
from sheetformer.book.names import safe_name, sheet_name
from sheetformer.book.spots import (
    HEAD,
    MARGIN,
    MATRIX_GAP,
    NOTE_WIDTH,
    PAGE,
    Item,
    Spot,
    rows_over,
    text_lines,
    with_over,
)
from sheetformer.book.workbook import Block, heading, note_line
from sheetformer.formula.geometry import matrix_shape
from sheetformer.story.caption import Stage
from sheetformer.story.placement import Figure


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
    workings: range = range(0)
    """The rows that are folded away; their heading stands right above."""


@dataclass
class _Cursor:
    """The next free row of a sheet."""

    row: int = 3


@dataclass
class Layout:
    """What is needed on the way: stages, the next free row of each sheet, names that are taken.

    Reserved names, in capital letters, are those of functions.
    """

    stages: Sequence[Stage]
    cursors: dict[str, _Cursor] = field(default_factory=dict[str, _Cursor])
    taken: set[str] = field(default_factory=set[str])
    reserved: Collection[str] = ()


def place(
    items: Sequence[Item],
    stages: Sequence[Stage],
    figures: Sequence[Figure] = (),
    default_sheet: str = "Sheet",
    reserved: Collection[str] = (),
) -> list[StagePlace]:
    """Place all blocks and figures, stage by stage; no block gets a reserved name."""
    layout = Layout(stages, taken=set(reserved), reserved=reserved)
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
            _stage(layout, stage, both, cursor)
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

    def with_those_before(item: Item) -> list[Item]:
        before = first.get(item.node.base, ())
        return [*(each for other in before for each in with_those_before(other)), item]

    unmoved = (item for item in ordered if item.node.base not in moved)
    return [each for item in unmoved for each in with_those_before(item)]


def _with_figures(items: Sequence[Item], figures: Sequence[Figure]) -> list[Item | Figure]:
    """Each figure before the block it names, or after all blocks."""
    both: list[Item | Figure] = []
    for item in items:
        both += [each for each in figures if each.before_block == item.node.name != ""]
        both.append(item)
    return [*both, *(figure for figure in figures if figure not in both)]


def _stage(
    layout: Layout, stage: StagePlace, items: Sequence[Item | Figure], cursor: _Cursor
) -> None:
    """The blocks that tell the story, then its workings under a heading of their own."""
    told = [one for one in items if not _is_folded(one)]
    workings = [one for one in items if _is_folded(one)]
    row = cursor.row + (3 if layout.stages else 0)
    row = _flow(layout, stage, told, row) if told else row
    if workings:
        end = _flow(layout, stage, workings, row + 1)
        stage.workings = range(row + 1, end)
        row = end
    cursor.row = row + 1


def _is_folded(item: Item | Figure) -> bool:
    return isinstance(item, Item) and item.placement.workings


def _flow(layout: Layout, stage: StagePlace, items: Sequence[Item | Figure], row: int) -> int:
    """Blocks side by side while they fit, then on the next line; gives the next free row."""
    line: list[Spot] = []
    used = MARGIN
    wide = (layout.stages[stage.number].width if layout.stages else 0) or PAGE
    for item, over in with_over(items):
        span = Spot(item, 0, over=over).span
        if item.direction == "below" and line:
            line.append(Spot(item, line[-1].column, below=True, over=over))
            used = max(used, line[-1].column + span + 1)
            continue
        if line and (used + span > wide + MARGIN or item.direction == "line"):
            row = _line(layout, stage, line, row)
            stage.lines.append(row)
            line, used = [], MARGIN
        line.append(Spot(item, used, over=over))
        used += span + 1
    return _line(layout, stage, line, row)


def _line(layout: Layout, stage: StagePlace, line: Sequence[Spot], row: int) -> int:
    """Place one line of items, and over them what stands there; gives the next free row."""
    base = row + max(rows_over(spot) for spot in line if not spot.below)
    ends: list[int] = []
    for spot in line:
        top = ends[-1] + _rows_between(spot) if spot.below else base
        if spot.over is not None:
            _put(layout, stage, spot.over, top - rows_over(spot), spot)
        if isinstance(spot.item, Figure):
            stage.items.append(Placed(top, spot.column, spot.span, 0, figure=spot.item))
            ends.append(top + spot.item.rows)
            continue
        block = _put(layout, stage, spot.item, top, spot)
        ends.append(block.matrices[-1].row + block.rows)
    return max(ends) + 1


def _rows_between(spot: Spot) -> int:
    """Rows from what stands above to the title; a mere message has none, it stands right below."""
    bare = isinstance(spot.item, Item) and not heading(spot.item.node, spot.item.caption)
    return -HEAD if bare else 1 + rows_over(spot)


def _put(layout: Layout, stage: StagePlace, item: Item, top: int, spot: Spot) -> Block:
    """A block with its title in row `top`, its first cell in the column of its spot."""
    block = _block(layout, item, stage, top + HEAD, spot.first)
    if item is spot.over and isinstance(spot.item, Item):
        block = replace(block, over=spot.item.node.base)
    span = min(spot.span, PAGE)  # captions are no wider than a page
    lines = text_lines(note_line(item.node, item.caption), span, NOTE_WIDTH)
    stage.items.append(Placed(top, spot.column, spot.span, lines, block=block))
    return block


def _block(
    layout: Layout, item: Item, stage: StagePlace, row: int, column: int, *, named: bool = True
) -> Block:
    """A block whose first cell stands at (row, column); a label line between its matrices."""
    node = item.node
    matrices, rows, columns = matrix_shape(node.shape)
    wish = node.name or node.op
    # A page writes relu for relu_, as Q for Q_.
    name = safe_name(f"{wish}_" if wish.upper() in layout.reserved else wish, layout.taken)
    layout.taken.add(name.upper())
    places = tuple(Matrix(row + i * (rows + MATRIX_GAP), column) for i in range(matrices))
    details = (item.caption, stage.number, item.role)
    # A name stands for one area.
    single = named and matrices == 1
    folded = item.placement.workings
    return Block(node, name, stage.sheet, places, rows, columns, *details, single, workings=folded)


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
