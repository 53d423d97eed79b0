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
PAGE = 25
"""Columns that a page is wide; blocks that do not fit go below."""
COLUMN_WIDTH = 9.0
"""Width of every other column, in characters."""
TEXT_COLUMNS = 17
"""Columns that running text is wide."""
ROW = 16.5
"""Height of a row, in points."""


@dataclass(frozen=True)
class Figure:
    """Something that is drawn, not computed; the story says what, `book.figures` how.

    Attributes:
        stage: the number of its stage.
        rows: how many rows it takes.
        columns: how many columns it takes.
        drawing: what to draw; see `sheetformer.book.figures`.
    """

    stage: int
    rows: int
    columns: int
    drawing: object


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
    items: list[Placed] = field(default_factory=list[Placed])


@dataclass
class _Cursor:
    """The next free row of a sheet."""

    row: int = 2


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
    placed: list[StagePlace] = []
    for number in names:
        sheet = names[number]
        cursor = cursors.setdefault(sheet, _Cursor())
        stage = StagePlace(number, sheet, cursor.row)
        nodes = [graph.nodes[i] for i in plan.blocks if graph.nodes[i].stage == number]
        drawn = [figure for figure in figures if figure.stage == number]
        columns = graph.stages[number].table if graph.stages else ()
        if columns:
            _table(graph, stage, nodes, columns, cursor, taken)
        else:
            _flow(graph, stage, nodes, drawn, cursor, taken)
        placed.append(stage)
    return placed


def _flow(
    graph: Graph,
    stage: StagePlace,
    nodes: Sequence[Node],
    figures: Sequence[Figure],
    cursor: _Cursor,
    taken: set[str],
) -> None:
    """Blocks side by side while they fit, then in the next band."""
    items: list[Node | Figure] = [*nodes, *figures]
    band: list[tuple[Node | Figure, int]] = []
    row = cursor.row + (4 if graph.stages else 0)
    used = MARGIN
    for item in items:
        span = _span(item)
        if band and (used + span > PAGE + MARGIN or (isinstance(item, Node) and item.new_row)):
            row = _band(stage, band, row, taken)
            band, used = [], MARGIN
        band.append((item, used))
        used += span + 1
    cursor.row = (_band(stage, band, row, taken) if band else row) + 1


def _span(item: Node | Figure) -> int:
    """Columns of a block with its row labels, wide enough for its title."""
    if isinstance(item, Figure):
        return item.columns
    _, _, columns = slab_shape(item.shape)
    return max(1 + columns, math.ceil(len(title(item)) / COLUMN_WIDTH), 3)


def title(node: Node) -> str:
    """The heading of a block: its name and its equation."""
    shown = node.name.rstrip("_") or node.op
    return f"{shown} = {node.equation}" if node.equation else shown


def text_lines(text: str, columns: int, width: float = COLUMN_WIDTH) -> int:
    """How many lines a text needs in so many columns; a little generous."""
    return max(1, math.ceil(len(text) * 1.12 / (columns * width)))


def _band(
    stage: StagePlace, band: Sequence[tuple[Node | Figure, int]], row: int, taken: set[str]
) -> int:
    """Place one band of items; gives the next free row."""
    lines = max(
        (text_lines(item.note, _span(item)) for item, _ in band if isinstance(item, Node)),
        default=0,
    )
    end = row
    for item, column in band:
        if isinstance(item, Figure):
            stage.items.append(Placed(row, column, item.columns, lines, figure=item))
            end = max(end, row + item.rows)
            continue
        block = _block(item, stage.sheet, row + 3, column + 1, taken)
        stage.items.append(Placed(row, column, _span(item), lines, block=block))
        end = max(end, block.slabs[-1].row + block.rows)
    return end + 1


def _block(node: Node, sheet: str, row: int, column: int, taken: set[str]) -> Block:
    """A block whose first cell stands at (row, column); slabs follow with a label line between."""
    slabs, rows, columns = slab_shape(node.shape)
    name = safe_name(node.name or node.op, taken)
    taken.add(name)
    places = tuple(Slab(row + i * (rows + 2), column) for i in range(slabs))
    return Block(node, name, sheet, places, rows, columns)


def _table(
    graph: Graph,
    stage: StagePlace,
    nodes: Sequence[Node],
    columns: Mapping[str, int],
    cursor: _Cursor,
    taken: set[str],
) -> None:
    """Single numbers as rows of a table, as many in a row as there are headed columns."""
    spans = list(columns.values())
    row = cursor.row + 5
    for i, node in enumerate(nodes):
        line, at = divmod(i, len(spans))
        column = MARGIN + TABLE_LABEL + sum(spans[:at])
        block = _block(node, stage.sheet, row + line, column, taken)
        stage.items.append(Placed(row + line, column, spans[at], 1, block=block))
    cursor.row = row + math.ceil(len(nodes) / max(len(spans), 1)) + 2


TABLE_LABEL = 5
"""Columns of a table's row labels."""
