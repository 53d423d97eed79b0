"""Which numbers may be typed into a cell: any, or only the rows that a table has."""

from __future__ import annotations

import numpy as np

from sheetformer.book.cells import Bounds
from sheetformer.book.workbook import Block
from sheetformer.graph.node import Graph
from sheetformer.graph.ops import OPS
from sheetformer.language import translate
from sheetformer.story.caption import Allowed

LARGE = 10**15
"""No number that is typed is larger."""


def bounds_of(block: Block, rows: dict[int, int]) -> list[Bounds]:
    """The bounds of a block, a rectangle a matrix; none where no number is typed.

    A word where a number must stand would spoil all that follows. And where the number says which
    row of a table is taken, spreadsheets take the first row for −1 without a word.

    Args:
        block: any block.
        rows: what `rows_read` tells of its graph.
    """
    node = block.node
    if not OPS[node.op].typed or block.caption.number_format in ("word", "switch"):
        return []
    tables = [length for i, length in rows.items() if node.base <= i < node.base + node.size]
    allowed = Allowed(0, min(tables) - 1, whole=True) if tables else block.caption.allowed
    error = allowed.sentence if allowed else translate("Type a number: no word and no date.")
    allowed = allowed or Allowed(-LARGE, LARGE)
    size = (block.rows, block.columns)
    return [
        Bounds(s.row, s.column, *size, allowed.least, allowed.most, allowed.whole, error)
        for s in block.matrices
    ]


def rows_read(graph: Graph) -> dict[int, int]:
    """For each typed number that says which row of a table is taken, how many rows it has."""
    rows: dict[int, int] = {}
    for node in graph:
        if node.op == "embedding":
            length = node.operands[1].shape[0]
            for i in np.unique(np.asarray(node.operands[0])).tolist():
                if graph.owner(i).op == "input":
                    rows[i] = min(rows.get(i, length), length)
    return rows
