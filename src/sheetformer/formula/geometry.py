"""Where elements lie within their own blocks, computed from the bases of the nodes.

Nothing here is as long as the book: a table of 50,257 × 768 numbers has one line in `Geometry`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sheetformer.graph.node import Graph, Ids
from sheetformer.graph.span import Span


def matrix_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """How a tensor stands: (matrices, rows, columns).

    >>> matrix_shape(()), matrix_shape((4,)), matrix_shape((2, 3, 4))
    ((1, 1, 1), (1, 1, 4), (2, 3, 4))
    """
    rows, columns = (1, 1, *shape)[-2:]
    return math.prod(shape[:-2]), rows, columns


def each_matrix(ids: Ids | Span) -> list[Any]:
    """The matrices (n, m) of a tensor of ids (…, n, m); one axis (m,) is a row (1, m)."""
    matrices, rows, columns = matrix_shape(ids.shape)
    if isinstance(ids, Span) and matrices == 1:
        return [ids.reshape((rows, columns))]
    return list(np.asarray(ids).reshape(-1, rows, columns))


def axes_of(axis: int | tuple[int, ...]) -> tuple[int, ...]:
    """One axis or several as a tuple."""
    return axis if isinstance(axis, tuple) else (axis,)


def grouped(ids: Ids, axis: int | tuple[int, ...]) -> Ids:
    """For a reduction: ids (n, d) → (n, d) groups along axis 1, one line for each result."""
    axes = axes_of(axis)
    kept = [i for i in range(ids.ndim) if i not in axes]
    moved = ids.transpose(*kept, *axes)
    return moved.reshape(-1, math.prod(ids.shape[i] for i in axes))


class Cells(NamedTuple):
    """For each of some elements the place of its node, matrix, row and column in it."""

    node: NDArray[np.int64]
    matrix: NDArray[np.int64]
    row: NDArray[np.int64]
    column: NDArray[np.int64]


@dataclass(frozen=True)
class Geometry:
    """For each node of a graph its first id, and the rows and columns of its matrices."""

    bases: NDArray[np.int64]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]

    @staticmethod
    def of(graph: Graph) -> Geometry:
        """The geometry of every node of a graph."""
        shapes = np.array([matrix_shape(node.shape)[1:] for node in graph], dtype=np.int64)
        rows, columns = shapes.reshape(-1, 2).T
        return Geometry(np.array(graph.bases, dtype=np.int64), rows, columns)

    @cached_property
    def _starts(self) -> list[int]:
        # Two numbers are found sooner in a list than in an array.
        return self.bases.tolist()

    def locate(self, ids: Ids) -> Cells:
        """Where each element lies, in the shape of the ids."""
        if ids.size and (only := self.only_node(ids)) is not None:
            line, column = np.divmod(ids - self._starts[only], self.columns[only])
            matrix, row = np.divmod(line, self.rows[only])
            return Cells(np.broadcast_to(np.int64(only), ids.shape), matrix, row, column)
        node = np.searchsorted(self.bases, ids, side="right") - 1
        line, column = np.divmod(ids - self.bases[node], self.columns[node])
        matrix, row = np.divmod(line, self.rows[node])
        return Cells(node, matrix, row, column)

    def only_node(self, ids: Ids) -> int | None:
        """The number of the node that has all of these elements; None if several have them."""
        first = bisect_right(self._starts, int(ids.min())) - 1
        return first if first == bisect_right(self._starts, int(ids.max())) - 1 else None

    def runs(self, ids: Ids | Span) -> str:
        """How groups of ids (…, k) lie: "row", "column", "cell" (k = 1), or "" for no run."""
        if ids.shape[-1] == 1:
            return "cell"
        if isinstance(ids, Span):
            return self._runs_on(ids)
        cells = self.locate(ids)
        if not _same_matrix(cells):
            return ""
        rows, columns = np.diff(cells.row, axis=-1), np.diff(cells.column, axis=-1)
        if (rows == 0).all() and (columns == 1).all():
            return "row"
        return "column" if (rows == 1).all() and (columns == 0).all() else ""

    def _runs_on(self, span: Span) -> str:
        """How the lines (…, k) of a span lie, by where they begin and how they step."""
        length, step = span.shape[-1], span.steps[-1]
        first = self.locate(np.asarray(span[..., 0]))
        width, height = self.columns[first.node], self.rows[first.node]
        if step == 1 and (first.column + length <= width).all():
            return "row"
        down = (step == width) & (first.row + length <= height)
        return "column" if bool(down.all()) else ""

    def filled(self, ids: Ids) -> bool:
        """Whether each group of ids (…, k), in any order, fills a rectangle."""
        if ids.shape[-1] == 1:
            return True
        cells = self.locate(ids)
        if not _same_matrix(cells):
            return False
        height, width = (x.max(-1) - x.min(-1) + 1 for x in (cells.row, cells.column))
        distinct = np.diff(np.sort(ids, axis=-1), axis=-1) > 0
        return bool((height * width == ids.shape[-1]).all() and distinct.all())

    def rectangle(self, ids: Ids | Span) -> str:
        """How a matrix of ids (n, m) lies: "upright", "turned" (transposed), or ""."""
        if isinstance(ids, Span):
            upright, turned = self.runs(ids), self.runs(ids.T)
            return {("row", "column"): "upright", ("column", "row"): "turned"}.get(
                (upright, turned), ""
            )
        return next((t for t, m in (("upright", ids), ("turned", ids.T)) if self._upright(m)), "")

    def _upright(self, matrix: Ids) -> bool:
        """Whether a matrix of ids lies as its cells do: ids count on along the rows of a matrix."""
        rows, columns = matrix.shape
        if matrix.size == 1:
            return True
        first, last = int(matrix[0, 0]), int(matrix[-1, -1])
        node = bisect_right(self._starts, first) - 1
        if node != bisect_right(self._starts, last) - 1:
            return False
        base, height, width = self._starts[node], int(self.rows[node]), int(self.columns[node])
        (top, left), (bottom, right) = divmod(first - base, width), divmod(last - base, width)
        if top // height != bottom // height:
            return False
        if bottom - top != rows - 1 or right - left != columns - 1:
            return False
        down = (last - first - columns + 1) // max(rows - 1, 1)
        even = first + down * np.arange(rows)[:, None] + np.arange(columns)
        return np.array_equal(matrix, even)


def _same_matrix(cells: Cells) -> bool:
    return all(bool((x == x[..., :1]).all()) for x in (cells.node, cells.matrix))
