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

from sheetformer.book.address import safe_name, sheet_name
from sheetformer.book.plan import Plan, slab_shape
from sheetformer.book.workbook import Block, Slab
from sheetformer.graph.node import Graph, Node

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
PAGE_HEIGHT = 590.0
"""Points of rows on a landscape A4 page, as wide as PAGE columns."""


@dataclass(frozen=True)
class Figure:
    """Something that is drawn, not computed; the story says what, `book.figures` how.

    Attributes:
        stage: the number of its stage.
        rows: how many rows it takes.
        columns: how many columns it takes.
        drawing: what to draw; see `sheetformer.book.figures`.
        before: the name of the block that it stands before; empty for the end.
        flow: as a node's.
    """

    stage: int
    rows: int
    columns: int
    drawing: object
    before: str = ""
    flow: str = "right"


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


def place(
    plan: Plan,
    figures: Sequence[Figure] = (),
    default_sheet: str = "Sheet",
) -> list[StagePlace]:
    """Place all blocks and figures of a plan, stage by stage."""
    graph = plan.graph
    cursors: dict[str, _Cursor] = {}
    taken: set[str] = set()
    names = {
        number: sheet_name(stage.group or default_sheet, set())
        for number, stage in enumerate(graph.stages)
    } or {0: default_sheet}
    nodes_of: dict[int, list[Node]] = {}
    for node in (graph.nodes[i] for i in plan.blocks):
        nodes_of.setdefault(node.stage, []).append(node)
    placed: list[StagePlace] = []
    for number in names:
        sheet = names[number]
        cursor = cursors.setdefault(sheet, _Cursor())
        stage = StagePlace(number, sheet, cursor.row)
        nodes = sorted(nodes_of.get(number, ()), key=lambda node: node.rank)
        items = _with_figures(nodes, [f for f in figures if f.stage == number])
        columns = graph.stages[number].table if graph.stages else ()
        if columns:
            _table(stage, nodes, columns, cursor, taken)
        else:
            _flow(graph, stage, items, cursor, taken)
        placed.append(stage)
    return placed


def _with_figures(nodes: Sequence[Node], figures: Sequence[Figure]) -> list[Node | Figure]:
    """Each figure before the block it names, or after all blocks."""
    items: list[Node | Figure] = []
    for node in nodes:
        items += [figure for figure in figures if figure.before and figure.before == node.name]
        items.append(node)
    return [*items, *(figure for figure in figures if figure not in items)]


def _flow(
    graph: Graph,
    stage: StagePlace,
    items: Sequence[Node | Figure],
    cursor: _Cursor,
    taken: set[str],
) -> None:
    """Blocks side by side while they fit, then on the next line."""
    row = cursor.row + (3 if graph.stages else 0)
    line: list[_Spot] = []
    used = MARGIN
    wide = (graph.stages[stage.number].width if graph.stages else 0) or PAGE
    for item in items:
        span = _span(item)
        if item.flow == "below" and line:
            line.append(_Spot(item, line[-1].column, below=True))
            used = max(used, line[-1].column + span + 1)
            continue
        if line and (used + span > wide + MARGIN or item.flow == "line"):
            row = _line(stage, line, row, taken)
            stage.lines.append(row)
            line, used = [], MARGIN
        line.append(_Spot(item, used))
        used += span + 1
    cursor.row = (_line(stage, line, row, taken) if line else row) + 1


@dataclass(frozen=True)
class _Spot:
    """An item of a line: its column, and whether it stands below the one before."""

    item: Node | Figure
    column: int
    below: bool = False


def _span(item: Node | Figure) -> int:
    """Columns of a block with its row labels, wide enough for its title."""
    if isinstance(item, Figure):
        return item.columns
    _, _, columns = slab_shape(item.shape)
    return max(item.label_columns + columns, math.ceil(len(title(item)) / COLUMN_WIDTH), 2)


def title(node: Node) -> str:
    """The heading of a block: its name and its equation."""
    if node.look == "message":
        return ""
    shown = node.name.rstrip("_") or node.op
    return f"{shown} = {node.equation}" if node.equation else shown


def text_lines(text: str, columns: int, width: float) -> int:
    """How many lines a text needs in so many columns; a little generous."""
    return max(1, math.ceil(len(text) * 1.05 / (columns * width)))


def _line(stage: StagePlace, line: Sequence[_Spot], row: int, taken: set[str]) -> int:
    """Place one line of items; gives the next free row."""
    ends: list[int] = []
    for spot in line:
        top = ends[-1] + 1 if spot.below else row
        span = _span(spot.item)
        if isinstance(spot.item, Figure):
            stage.items.append(Placed(top, spot.column, span, 0, figure=spot.item))
            ends.append(top + spot.item.rows)
            continue
        block = _block(
            spot.item, stage.sheet, top + 3, spot.column + spot.item.label_columns, taken
        )
        lines = text_lines(spot.item.note, span, NOTE_WIDTH)
        stage.items.append(Placed(top, spot.column, span, lines, block=block))
        ends.append(block.slabs[-1].row + block.rows)
    return max(ends) + 1


def _block(
    node: Node, sheet: str, row: int, column: int, taken: set[str], *, named: bool = True
) -> Block:
    """A block whose first cell stands at (row, column); slabs follow with a label line between."""
    slabs, rows, columns = slab_shape(node.shape)
    name = safe_name(node.name or node.op, taken)
    taken.add(name.upper())
    places = tuple(Slab(row + i * (rows + 2), column) for i in range(slabs))
    return Block(node, name, sheet, places, rows, columns, named)


def _table(
    stage: StagePlace,
    nodes: Sequence[Node],
    columns: Mapping[str, int],
    cursor: _Cursor,
    taken: set[str],
) -> None:
    """Single numbers as rows of a table, as many in a row as there are headed columns."""
    spans = list(columns.values())
    row = cursor.row + 4
    for i, node in enumerate(nodes):
        line, at = divmod(i, len(spans))
        column = MARGIN + TABLE_LABEL + sum(spans[:at])
        block = _block(node, stage.sheet, row + line, column, taken, named=False)
        stage.items.append(Placed(row + line, column, spans[at], 1, block=block))
    cursor.row = row + math.ceil(len(nodes) / max(len(spans), 1)) + 2


TABLE_LABEL = 4
"""Columns of a table's row labels."""
