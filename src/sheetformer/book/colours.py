"""How the numbers of a block are coloured, by the format that they are shown in."""

from __future__ import annotations

import numpy as np

from sheetformer.book.cells import Scale
from sheetformer.book.workbook import HUGE, Block
from sheetformer.graph.node import Graph, Node
from sheetformer.graph.ops import OPS
from sheetformer.graph.storable import TOLERANCE

SCALES = {
    "share": "share",
    "share_or_none": "share",
    "slope": "share",
    "mask": "share",
    "number": "signed",
    "count": "signed",
    "gradient": "signed",
}
"""How the numbers of a format are coloured."""

LIMITS = {"share": 1.0, "share_or_none": 1.0, "mask": 2.0, "slope": 0.25}
"""Where the colours of a format end, whatever its numbers are."""


def scales_of(graph: Graph, block: Block) -> list[Scale]:
    """The colour scales of a block, one a matrix; none where nothing is coloured."""
    number_format = block.caption.number_format
    kind = SCALES.get(number_format)
    # What can be typed keeps the fill that says so.
    if kind is None or OPS[block.node.op].typed:
        return []
    hides = _can_hide(graph, block.node)
    if block.columns == 1 and not hides:
        return []
    size = np.abs(graph.values[graph.node_index(block.node.base)])
    limit = float(size[size < HUGE].max(initial=0.0))
    # What is 0 but for rounding stays white.
    limit = LIMITS.get(number_format, limit if limit > TOLERANCE else 1.0)
    return [
        Scale(matrix.row, matrix.column, block.rows, block.columns, kind, limit, hides)
        for matrix in block.matrices
    ]


def _can_hide(graph: Graph, node: Node) -> bool:
    """Whether a number of it stands for minus infinity, or can after something was typed."""
    while OPS[node.op].keeps_hidden:
        node = graph.owner_of(node.operands[0])
    arrays = [graph.values[graph.node_index(node.base)]]
    arrays += [graph.value(x) for x in (node.operands if OPS[node.op].chooses else ())]
    return any(bool((array <= -HUGE).any()) for array in arrays if array.dtype != object)
