"""What a step of a graph is made of, and what a formula can read of it as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sheetformer.formula.geometry import Geometry, axes_of, each_matrix, matrix_shape
from sheetformer.formula.tree import Range
from sheetformer.graph.node import Graph, Ids, Node


@dataclass(frozen=True)
class Reader:
    """Looks at the steps of a graph; copies are seen through.

    Attributes:
        graph: what is computed.
        geometry: where its elements lie.
    """

    graph: Graph
    geometry: Geometry

    def node(self, ids: Ids, op: str = "") -> Node | None:
        """The step whose matrices these are, all of them, if it is of that kind."""
        ids = self.source(ids)
        owner = self.graph.owner(int(ids.flat[0]))
        return owner if _is_all(owner, ids) and op in ("", owner.op) else None

    def source(self, ids: Ids) -> Ids:
        """The elements that are shown again in copies; others as they are."""
        while len(places := self.graph.node_indices(ids)) == 1:
            node = self.graph.nodes[places[0]]
            if node.op != "copy":
                break
            ids = node.inputs[0].ravel()[ids - node.base]
        return ids

    def constant(self, ids: Ids) -> float | None:
        """A single number that is simply given."""
        if ids.size > 1 or not self.graph.owner(int(ids.flat[0])).is_constant:
            return None
        value = self.graph.value(ids).item()
        return value if isinstance(value, float) else None

    def same(self, ids: Ids, other: Ids) -> bool:
        """Whether two operands are the same elements."""
        left, right = self.source(ids), self.source(other)
        alike = matrix_shape(left.shape) == matrix_shape(right.shape)
        return alike and np.array_equal(left.ravel(), right.ravel())

    def along_rows(self, ids: Ids, op: str) -> Ids | None:
        """What is reduced by this step along its last axis."""
        node = self.node(ids, op)
        if node is None or node.attributes.get("k", 1) != 1:
            return None
        (read,) = node.inputs
        return read if axes_of(node.attributes["axis"]) == (read.ndim - 1,) else None

    def split(self, node: Node | None, op: str) -> Iterator[tuple[Ids, Ids]]:
        """The operands of a sum or product in both orders; of others as they stand."""
        if node is None or node.op != op:
            return
        left, right = node.inputs
        yield left, right
        if op in ("add", "multiply"):
            yield right, left

    # Operands as a call reads them.

    def can_be_read(self, ids: Ids) -> bool:
        """Whether a formula can read it: a step as it is, a single number, or rectangles."""
        if ids.size == 1 or _is_all(self.graph.owner(int(ids.flat[0])), ids):
            return True
        return all(self.geometry.rectangle(matrix) for matrix in each_matrix(ids))

    def operand(self, ids: Ids) -> Range:
        """An operand; the block itself where only a copy of it was read."""
        seen = self.source(ids)
        return Range(seen if self.can_be_read(seen) else ids)


def _is_all(node: Node, ids: Ids) -> bool:
    """Whether ids are the matrices of a node, however many axes there are to count them."""
    return matrix_shape(node.shape) == matrix_shape(ids.shape) and node.is_whole(ids)
