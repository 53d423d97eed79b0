"""Only what is asked for: a graph without the elements that cannot reach the wanted ones.

Backwards from what is wanted, each node keeps the smallest box of its elements (a set of indices
on each axis) that holds all that is needed. So one head of a projection needs some columns of its
weight only, and one word of the last layer needs all words of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetformer.graph.node import Graph, Ids, Labels, Node
from sheetformer.graph.ops import OPS

Box = tuple[NDArray[np.int64], ...]
"""For each axis the indices that are kept."""


@dataclass(frozen=True)
class Narrowed:
    """The smaller graph.

    Attributes:
        graph: with the same values.
        kept: for each of its nodes the node that it was, and the box that is left of it.
        now: the id of each element of the old graph in the new one; −1 where it is gone.
    """

    graph: Graph
    kept: tuple[tuple[Node, Box], ...]
    now: Ids


def narrow(graph: Graph, wanted: Sequence[Ids]) -> Narrowed:
    """Keep what the wanted elements are computed from.

    >>> graph = Graph()
    >>> x = graph.source("parameter", np.arange(6.0).reshape(2, 3), name="x")
    >>> y = graph.add("exp", [x.ids])
    >>> narrow(graph, [y.ids[:, :1]]).graph.nodes[0].shape
    (2, 1)
    """
    needed = np.zeros(graph.size, dtype=bool)
    for ids in wanted:
        needed[ids] = True
    found: list[tuple[Node, Box, tuple[Ids, ...], int]] = []
    for place in range(len(graph.nodes) - 1, -1, -1):
        node = graph.nodes[place]
        mine = needed[node.base : node.base + node.size].reshape(node.shape)
        if not mine.any():
            continue
        box = _box(node, mine)
        inputs = _inputs(node, box)
        for ids in inputs:
            needed[ids] = True
        found.append((node, box, inputs, place))
    return _rebuilt(graph, found[::-1])


def _box(node: Node, needed: NDArray[np.bool_]) -> Box:
    """The indices that are kept on each axis; what a reader types stays whole."""
    whole = not OPS[node.op].shrinks
    return tuple(
        np.arange(length)
        if whole
        else np.flatnonzero(needed.any(axis=tuple(i for i in range(needed.ndim) if i != axis)))
        for axis, length in enumerate(node.shape)
    )


def _inputs(node: Node, box: Box) -> tuple[Ids, ...]:
    """The part of each operand that a box of the result is computed from."""
    if node.op == "matmul":
        left, right = node.inputs
        *lead, rows, columns = box
        inner = np.arange(left.shape[-1])
        return _pick(left, (*lead, rows, inner)), _pick(right, (*lead, inner, columns))
    if node.op == "embedding":
        index, table = node.inputs
        if table.ndim == 1:
            return _pick(index, box), table
        return _pick(index, box[:-1]), table[:, box[-1]]
    if not OPS[node.op].shrinks:
        return node.inputs
    return tuple(_fitted(ids, node.shape, box) for ids in node.inputs)


def _fitted(ids: Ids, shape: tuple[int, ...], box: Box) -> Ids:
    """The part of an operand; an axis that is repeated or reduced stays whole."""
    axes = list(
        zip(ids.shape, shape[len(shape) - ids.ndim :], box[len(box) - ids.ndim :], strict=True)
    )
    return _pick(ids, tuple(kept if n == m else np.arange(n) for n, m, kept in axes))


def _pick(array: NDArray[Any], box: Box) -> NDArray[Any]:
    """The elements of a box; the array itself where the box is all of it."""
    return array if array.shape == tuple(map(len, box)) else array[np.ix_(*box)]


def _rebuilt(graph: Graph, found: Sequence[tuple[Node, Box, tuple[Ids, ...], int]]) -> Narrowed:
    smaller = Graph()
    now = np.full(graph.size, -1, dtype=np.int64)
    for node, box, _, _ in found:
        old = _pick(node.ids, box)
        now[old] = np.arange(smaller.size, smaller.size + old.size).reshape(old.shape)
        smaller.size += old.size
    for node, box, inputs, place in found:
        value = _pick(graph.values[place], box)
        labels = tuple(map(_kept_labels, node.labels, box))
        base = int(now[_pick(node.ids, box)].flat[0])
        new = replace(
            node,
            operands=tuple(now[ids] for ids in inputs),
            shape=value.shape,
            base=base,
            labels=tuple(_now_labels(label, now) for label in labels),
        )
        smaller.nodes.append(new)
        smaller.bases.append(base)
        smaller.values.append(value)
        if node.base in graph.inner:
            smaller.inner.add(base)
        if node.base in graph.roles:
            smaller.roles[base] = graph.roles[node.base]
    return Narrowed(smaller, tuple((node, box) for node, box, *_ in found), now)


def _kept_labels(label: Labels, kept: NDArray[np.int64]) -> Labels:
    return None if label is None else np.asarray(label, dtype=object)[kept]


def _now_labels(label: Labels, now: Ids) -> Labels:
    """Words keep; a label that follows a cell follows it to its new id."""
    if label is None or all(isinstance(item, str) for item in label):
        return label
    mapped = [item if isinstance(item, str) else int(now[item]) for item in label]
    known = all(isinstance(item, str) or item >= 0 for item in mapped)
    return np.array(mapped, dtype=object) if known else None
