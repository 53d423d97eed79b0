"""A gradient on its way through one node: which elements it belongs to, and how it is summed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheetformer.graph import views
from sheetformer.graph.array import Array
from sheetformer.graph.functions import reduce
from sheetformer.graph.node import Ids, Node
from sheetformer.graph.ops import OPS

FEW = 4
"""So many matrices of a stack are added up; more are summed as one block."""


@dataclass(frozen=True)
class Part:
    """A gradient on its way: one number for each element of `ids`, in the same shape."""

    ids: Ids
    gradient: Array


@dataclass(frozen=True)
class BackwardStep:
    """A node on the way back.

    Attributes:
        node: the node.
        result: its value.
        operands: its inputs.
        upstream: the gradient of its result; an axis along which it repeats has length 1.
    """

    node: Node
    result: Array
    operands: tuple[Array, ...]
    upstream: Array

    @property
    def whole(self) -> Array:
        """The gradient of its result in the result's shape."""
        return self.upstream.view(views.broadcast, self.result.shape)

    def part(self, i: int, gradient: Array) -> Part:
        """A gradient as the node sees operand i, summed where it sees an element again."""
        ids = self.operands[i].ids
        if OPS[self.node.op].kind == "elementwise":
            ids = np.broadcast_to(ids, self.node.shape)
        return gather(ids, gradient)


def repeats(ids: Ids) -> list[bool]:
    """For each axis whether the same elements stand along it again and again."""
    return [
        ids.shape[axis] > 1 and bool((ids == ids.take([0], axis=axis)).all())
        for axis in range(ids.ndim)
    ]


def once(array: Array) -> Array:
    """The array with length 1 along the axes on which it repeats.

    >>> from sheetformer.graph.node import Graph
    >>> row = Array(Graph(), np.array([[0, 1, 2]]), (None, None))
    >>> once(row.view(views.broadcast, (4, 3))).shape
    (1, 3)
    """
    return _cut(array, [axis for axis, again in enumerate(repeats(array.ids)) if again])


def _cut(array: Array, axes: Sequence[int]) -> Array:
    return array[tuple(slice(0, 1) if i in axes else slice(None) for i in range(array.ndim))]


def gather(ids: Ids, gradient: Array) -> Part:
    """Sum a gradient along the axes on which the elements repeat.

    Args:
        ids: which elements were read.
        gradient: broadcasts to the shape of ids.
    """
    gradient = gradient.reshape((1,) * (ids.ndim - gradient.ndim) + gradient.shape)
    axes = [axis for axis, again in enumerate(repeats(ids)) if again]
    # A short stack of matrices is added up later, without a copy side by side.
    axes = [i for i in axes if i >= ids.ndim - 2 or ids.shape[i] > FEW or gradient.shape[i] == 1]
    times = math.prod(ids.shape[i] for i in axes if gradient.shape[i] == 1)
    summed = tuple(i for i in axes if gradient.shape[i] > 1)
    if times > 1:
        gradient = hide(gradient) * float(times)
    if summed:
        gradient = reduce("sum", hide(gradient), summed, keepdims=True)
    read = _cut(Array(gradient.graph, ids, (None,) * ids.ndim), axes).ids
    return Part(read, gradient.view(views.broadcast, read.shape))


def hide(array: Array) -> Array:
    """Write a mere step of a gradient into the formulas that use it."""
    graph, node = array.graph, array.node
    is_mere = OPS[node.op].kind == "elementwise" and node.base not in graph.gradient_of
    if is_mere and array.is_whole:
        graph.inner.add(node.base)
    return array
