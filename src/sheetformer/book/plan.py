"""Before anything is placed: which nodes become blocks, and which operands need a copy first.

A formula can name a rectangle of cells. A view that is no rectangle (merged heads, joined arrays)
is copied into a block of its own, once, just before it is needed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sheetformer.graph.node import Graph, Ids, Node
from sheetformer.graph.ops import OPS
from sheetformer.language import translate

Formulas = str
"""The formula style: "matrix" (one array formula a block) or "cell" (one formula a cell)."""


def slab_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """How a tensor stands: (slabs, rows, columns).

    >>> slab_shape(()), slab_shape((4,)), slab_shape((2, 3, 4))
    ((1, 1, 1), (1, 1, 4), (2, 3, 4))
    """
    rows, columns = (1, 1, *shape)[-2:]
    return math.prod(shape[:-2]), rows, columns


@dataclass
class Geometry:
    """For each element its node, slab, row and column within the slab; -1 where it has no cell."""

    node: NDArray[np.int64]
    slab: NDArray[np.int64]
    row: NDArray[np.int64]
    column: NDArray[np.int64]

    @staticmethod
    def of(graph: Graph) -> Geometry:
        """The geometry of every node of a graph."""
        every = Geometry(*np.zeros((4, graph.size), dtype=np.int64))
        for place, node in enumerate(graph):
            if node.size == 1:
                # Its one element stands in slab, row and column 0.
                every.node[node.base] = place
                continue
            slabs, rows, columns = shape = slab_shape(node.shape)
            mine = slice(node.base, node.base + node.size)
            every.node[mine] = place
            every.slab[mine].reshape(shape)[...] = np.arange(slabs)[:, None, None]
            every.row[mine].reshape(shape)[...] = np.arange(rows)[:, None]
            every.column[mine].reshape(shape)[...] = np.arange(columns)
        return every

    def one_slab(self, ids: Ids) -> bool:
        """Whether each group of ids (…, k) lies in one slab of one node."""
        node, slab = self.node[ids], self.slab[ids]
        return bool((node == node[..., :1]).all() and (slab == slab[..., :1]).all())

    def runs(self, ids: Ids) -> str:
        """How groups of ids (…, k) lie: "row", "column", "cell" (k = 1), or "" for no run."""
        if ids.shape[-1] == 1:
            return "cell"
        if not self.one_slab(ids):
            return ""
        rows, columns = np.diff(self.row[ids], axis=-1), np.diff(self.column[ids], axis=-1)
        if (rows == 0).all() and (columns == 1).all():
            return "row"
        return "column" if (rows == 1).all() and (columns == 0).all() else ""

    def filled(self, ids: Ids) -> bool:
        """Whether each group of ids (…, k), in any order, fills a rectangle."""
        if ids.shape[-1] == 1:
            return True
        if not self.one_slab(ids):
            return False
        row, column = self.row[ids], self.column[ids]
        height = row.max(-1) - row.min(-1) + 1
        width = column.max(-1) - column.min(-1) + 1
        distinct = np.diff(np.sort(ids, axis=-1), axis=-1) > 0
        return bool((height * width == ids.shape[-1]).all() and distinct.all())

    def rectangle(self, ids: Ids) -> str:
        """How a matrix of ids (n, m) lies: "upright", "turned" (transposed), or ""."""
        return next((t for t, m in (("upright", ids), ("turned", ids.T)) if self._upright(m)), "")

    def _upright(self, matrix: Ids) -> bool:
        """Whether a matrix of ids lies as its cells do: ids count on along the rows of a slab."""
        rows, columns = matrix.shape
        if matrix.size == 1:
            return True
        first, last = matrix[0, 0], matrix[-1, -1]
        if self.node[first] != self.node[last] or self.slab[first] != self.slab[last]:
            return False
        wide = self.column[last] - self.column[first] == columns - 1
        if not wide or self.row[last] - self.row[first] != rows - 1:
            return False
        down = (last - first - columns + 1) // max(rows - 1, 1)
        even = first + down * np.arange(rows)[:, None] + np.arange(columns)
        return np.array_equal(matrix, even)


@dataclass
class Plan:
    """The nodes that become blocks, in order, and the operands of each.

    Attributes:
        graph: with the copies appended.
        formulas: the formula style.
        blocks: places (in `graph.nodes`) of the nodes to show, copies before their first use.
        inputs: place of a node → its operands, views replaced by copies where needed.
        inlined: places of the nodes that stand inside other formulas.
    """

    graph: Graph
    formulas: Formulas
    blocks: list[int] = field(default_factory=list[int])
    inputs: dict[int, tuple[Ids, ...]] = field(default_factory=dict[int, tuple[Ids, ...]])
    inlined: set[int] = field(default_factory=set[int])


def make_plan(graph: Graph, formulas: Formulas) -> Plan:
    """Decide what is shown; appends copy nodes to the graph where a rectangle is needed."""
    geometry = Geometry.of(graph)
    plan = Plan(graph, formulas)
    plan.inlined = _inlined(graph, geometry)
    copies = _Copies(plan)
    for place, node in enumerate(list(graph)):
        plan.inputs[place] = tuple(
            ids if _fits(plan, geometry, node, i) else copies.fitting(node, ids)
            for i, ids in enumerate(node.inputs)
        )
        if place not in plan.inlined:
            plan.blocks.append(place)
    return plan


def _inlined(graph: Graph, geometry: Geometry) -> set[int]:
    """The nodes that ask to stand inside formulas, less those that some user needs as cells."""
    wish = {
        place
        for place, node in enumerate(graph)
        if node.inline
        and (node.op in ("constant", "matmul") or OPS[node.op].kind in ("elementwise", "reduction"))
    }
    for node in graph:
        for ids in node.inputs:
            for place in wish & set(graph.places(ids)):
                if not _can_stand_inside(geometry, graph.nodes[place], node, ids):
                    wish.discard(place)
    return wish - _factors(graph, wish)


def _can_stand_inside(geometry: Geometry, inner: Node, user: Node, ids: Ids) -> bool:
    """Inside an elementwise formula, as a whole or as a single number; or a product in its sum."""
    if user.op == "sum" and inner.op == "multiply" and np.array_equal(ids, inner.ids):
        axis = user.attributes["axis"]
        if any(factor.shape != inner.shape for factor in inner.inputs):
            return False
        lie = [geometry.runs(grouped(factor, axis)) for factor in inner.inputs]
        as_is = all(geometry.rectangle(m) for factor in inner.inputs for m in matrices(factor))
        return as_is and lie[0] == lie[1] != ""
    if OPS[user.op].kind != "elementwise":
        return False
    return np.array_equal(ids, inner.ids) or (inner.size == 1 and bool((ids == inner.base).all()))


def _factors(graph: Graph, wish: set[int]) -> set[int]:
    """The nodes inside a product that a sum takes in: SUMPRODUCT needs them as cells."""
    products = {
        graph.place(int(ids.flat[0])) for node in graph if node.op == "sum" for ids in node.inputs
    }
    return {
        factor
        for place in products & wish
        for ids in graph.nodes[place].inputs
        for factor in graph.places(ids)
    }


def _fits(plan: Plan, geometry: Geometry, node: Node, i: int) -> bool:
    """Whether operand i of a node can be written as it lies."""
    ids = node.inputs[i]
    if int(geometry.node[ids.flat[0]]) in plan.inlined:
        return True
    kind = OPS[node.op].kind
    if kind == "elementwise":
        return plan.formulas == "cell" or all(geometry.rectangle(m) for m in matrices(ids))
    if kind == "reduction":
        groups = grouped(ids, node.attributes["axis"])
        ordered = node.op == "argmax"
        return bool(geometry.runs(groups)) if ordered else geometry.filled(groups)
    if node.op == "matmul" and plan.formulas == "matrix":
        return all(geometry.rectangle(m) for m in matrices(ids))
    if node.op == "matmul":
        return bool(geometry.runs(ids if i == 0 else ids.swapaxes(-1, -2)))
    if node.op == "deviation":
        return all(geometry.rectangle(m) == "upright" for m in matrices(ids))
    if node.op == "lookup" and i > 0:
        # Keys and numbers are multiplied pair by pair, so both must lie the same way.
        lie = [geometry.runs(operand) for operand in node.inputs[1:]]
        return lie[0] == lie[1] != "" or lie[i - 1] == "row"
    if node.op == "embedding" and i > 0:
        return bool(geometry.runs(ids.T))
    return True


@dataclass
class _Copies:
    """The copy blocks of views that are no rectangle; one copy serves every user."""

    plan: Plan
    made: dict[tuple[bytes, tuple[int, ...]], Ids] = field(
        default_factory=dict[tuple[bytes, tuple[int, ...]], Ids]
    )

    def fitting(self, user: Node, ids: Ids) -> Ids:
        """The same operand in cells that lie as the user's formula needs them."""
        if user.op == "matmul":
            turned = ids.swapaxes(-1, -2)
            if (turned.tobytes(), turned.shape) in self.made:
                return self.copy(user, turned).swapaxes(-1, -2)
        if OPS[user.op].kind != "reduction":
            return self.copy(user, ids)
        # A group that reaches over several slabs needs them in one line, and only for this formula
        # the line has the operand's shape again.
        axes = _axes(user.attributes["axis"])
        order = [*(i for i in range(ids.ndim) if i not in axes), *axes]
        lines = self.copy(user, grouped(ids, axes))
        return lines.reshape([ids.shape[i] for i in order]).transpose(np.argsort(order))

    def copy(self, user: Node, ids: Ids) -> Ids:
        """The ids of a block with the same elements."""
        key = (ids.tobytes(), ids.shape)
        if key not in self.made:
            graph = self.plan.graph
            node = graph.add("copy", [ids])
            owner = graph.owner(int(ids.flat[0]))
            # A table has lines for single values only.
            in_table = bool(graph.stages and graph.stages[user.stage].table)
            node.stage = owner.stage if in_table else user.stage
            node.look = owner.look
            node.name = f"{owner.name or owner.op}_side_by_side"
            node.note = translate(
                "The same cells, side by side, so that one formula can read them."
            )
            place = len(graph.nodes) - 1
            self.plan.inputs[place] = (ids,)
            self.plan.blocks.append(place)
            self.made[key] = node.ids
        return self.made[key]


def matrices(ids: Ids) -> list[Ids]:
    """The 2-D slabs of a tensor of ids; one axis is a row."""
    _, rows, columns = slab_shape(ids.shape)
    return list(ids.reshape(-1, rows, columns))


def grouped(ids: Ids, axis: int | tuple[int, ...]) -> Ids:
    """For a reduction: the ids of each group along the last axis, one group a result."""
    axes = _axes(axis)
    kept = [i for i in range(ids.ndim) if i not in axes]
    moved = ids.transpose(*kept, *axes)
    return moved.reshape(-1, math.prod(ids.shape[i] for i in axes))


def _axes(axis: int | tuple[int, ...]) -> tuple[int, ...]:
    return axis if isinstance(axis, tuple) else (axis,)
