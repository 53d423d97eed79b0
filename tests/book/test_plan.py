"""Where a view of elements is a rectangle of cells: the quick test beside the plain one."""

from __future__ import annotations

from random import Random

import numpy as np

from sheetformer.formula.geometry import Geometry
from sheetformer.graph.node import Graph, Ids

SHAPES = ((3, 4), (2, 3, 4), (1, 5), (5, 1), (4,), (), (2, 2, 3, 2), (1, 1), (3, 3))


def looked_at(geometry: Geometry, ids: Ids) -> str:
    """The same as `Geometry.rectangle`, cell by cell."""
    for turn, matrix in (("upright", ids), ("turned", ids.T)):
        cells = geometry.locate(matrix)
        rows = np.arange(matrix.shape[0])[:, None] + cells.row[0, 0]
        columns = np.arange(matrix.shape[1])[None, :] + cells.column[0, 0]
        own = cells.node == cells.node[0, 0], cells.matrix == cells.matrix[0, 0]
        there = cells.row == rows, cells.column == columns
        if np.all(there) and np.all(own):
            return turn
    return ""


def some_view(rng: Random, graph: Graph) -> Ids:
    """A part of a block, or ids that step evenly through several."""
    node = rng.choice(graph.nodes)
    if rng.random() < 0.5 and node.ids.ndim > 1:
        matrix = rng.choice(list(node.ids.reshape(-1, *node.shape[-2:])))
        (top, bottom), (left, right) = (
            sorted(rng.choices(range(length + 1), k=2)) for length in matrix.shape
        )
        return matrix[top : bottom : rng.choice((1, 1, 2)), left : right : rng.choice((1, 1, 2))]
    height, width = rng.randint(1, 4), rng.randint(1, 4)
    down, across = rng.choice((0, 1, 2, 3, 4, 5)), rng.choice((0, 1, 1, 2, 4))
    first = rng.randrange(graph.size - 3 * (down + across))
    return first + down * np.arange(height)[:, None] + across * np.arange(width)


def test_rectangles() -> None:
    rng, graph = Random(0), Graph()
    for shape in SHAPES:
        graph.source("input", np.zeros(shape))
    geometry = Geometry.of(graph)
    found: dict[str, int] = {}
    for _ in range(5000):
        ids = some_view(rng, graph)
        ids = ids.T if rng.random() < 0.3 else ids
        ids = np.broadcast_to(ids[:1], ids.shape) if rng.random() < 0.1 else ids
        if ids.size:
            lies = looked_at(geometry, ids)
            assert geometry.rectangle(ids) == lies, ids
            found[lies] = found.get(lies, 0) + 1
    assert min(found.values()) > 100
    assert found.keys() == {"", "upright", "turned"}
