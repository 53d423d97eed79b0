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
from sheetformer.graph.span import Span, row_major

Box = tuple[NDArray[np.int64], ...]
"""For each axis the indices that are kept."""
Marks = list[NDArray[np.bool_]]
"""For each axis of a node which of its indices are needed."""


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
    now: Renumbered


def narrow(graph: Graph, wanted: Sequence[Ids]) -> Narrowed:
    """Keep what the wanted elements are computed from.

    >>> graph = Graph()
    >>> x = graph.source("parameter", np.arange(6.0).reshape(2, 3), name="x")
    >>> y = graph.add("exp", [x.ids])
    >>> narrow(graph, [y.ids[:, :1]]).graph.nodes[0].shape
    (2, 1)
    """
    needed: dict[int, Marks] = {}
    for ids in wanted:
        _mark(graph, needed, ids)
    found: list[_Part] = []
    for place in range(len(graph.nodes) - 1, -1, -1):
        if place not in needed:
            continue
        node = graph.nodes[place]
        box = _box(node, needed[place])
        inputs = _inputs(node, box)
        for operand in inputs:
            _mark(graph, needed, operand)
        found.append(_Part(place, node, box, inputs))
    return _rebuilt(graph, found[::-1])


@dataclass(frozen=True)
class _Part:
    """What is left of a node: its place in the old graph, its box, and what that is made of."""

    place: int
    node: Node
    box: Box
    inputs: tuple[Ids | Span, ...]


def _mark(graph: Graph, needed: dict[int, Marks], operand: Ids | Span) -> None:
    """Mark on each axis of each node which indices an operand (…) reads."""
    for place in graph.owners(operand):
        node = graph.nodes[place]
        marks = needed.setdefault(place, [np.zeros(n, dtype=bool) for n in node.shape])
        if _reads_all(node, operand):
            for mark in marks:
                mark[:] = True
            continue
        ids = operand.ids if isinstance(operand, Span) else operand
        mine = ids[(ids >= node.base) & (ids < node.base + node.size)] - node.base
        for mark, indices in zip(marks, _indices(mine, node.shape), strict=True):
            mark[indices] = True


def _indices(places: Ids, shape: tuple[int, ...]) -> list[Ids]:
    """On each axis of a node of this shape the index of its elements (n,), counted from 0."""
    return [places // step % n for n, step in zip(shape, row_major(shape), strict=True)]


def _reads_all(node: Node, operand: Ids | Span) -> bool:
    """Whether an operand reads all elements of a node, in whatever order."""
    if not isinstance(operand, Span):
        return node.is_whole(operand)
    own, read = (
        sorted((n, step) for n, step in zip(view.shape, view.steps, strict=True) if n > 1 and step)
        for view in (node.span, operand)
    )
    return own == read


def _box(node: Node, marks: Marks) -> Box:
    """The indices that are kept on each axis; what a reader types stays whole."""
    if not OPS[node.op].shrinks:
        return tuple(map(np.arange, node.shape))
    return tuple(map(np.flatnonzero, marks))


def _inputs(node: Node, box: Box) -> tuple[Ids | Span, ...]:
    """The part of each operand that a box of the result is computed from."""
    if node.op == "matmul":
        left, right = node.operands
        *lead, rows, columns = box
        inner = np.arange(left.shape[-1])
        return _pick(left, (*lead, rows, inner)), _pick(right, (*lead, inner, columns))
    if node.op == "embedding":
        index, table = node.operands
        if table.ndim == 1:
            return _pick(index, box), table
        return _pick(index, box[:-1]), _pick(table, (np.arange(table.shape[0]), box[-1]))
    if not OPS[node.op].shrinks:
        return node.operands
    return tuple(_fitted(operand, node.shape, box) for operand in node.operands)


def _fitted(operand: Ids | Span, shape: tuple[int, ...], box: Box) -> Ids | Span:
    """The part of an operand; an axis that is repeated or reduced stays whole."""
    own = (operand.shape, shape[len(shape) - operand.ndim :], box[len(box) - operand.ndim :])
    axes = zip(*own, strict=True)
    return _pick(operand, tuple(kept if n == m else np.arange(n) for n, m, kept in axes))


def _pick(array: Any, box: Box) -> Any:
    """The elements of a box; the array itself where the box is all of it."""
    if array.shape == tuple(map(len, box)):
        return array
    return array.pick(box) if isinstance(array, Span) else array[np.ix_(*box)]


class Renumbered:
    """The ids of a graph's elements in the one that is left of it."""

    def __init__(self, graph: Graph, parts: Sequence[_Part]) -> None:
        self.graph = graph
        self.boxes: dict[int, tuple[int, Box]] = {}
        """For the place of each node that is left its new first id, and its box."""
        self.size = 0
        for part in parts:
            self.boxes[part.place] = (self.size, part.box)
            self.size += int(np.prod([len(kept) for kept in part.box], dtype=np.int64))

    def __getitem__(self, ids: Ids) -> Ids:
        now = np.full(ids.shape, -1, dtype=np.int64)
        for place in self.graph.node_indices(ids):
            node = self.graph.nodes[place]
            mine = (ids >= node.base) & (ids < node.base + node.size)
            if place in self.boxes:
                now[mine] = self._within(place, ids[mine] - node.base)
        return now

    def _within(self, place: int, places: Ids) -> Ids:
        """The new ids of elements of a node that is left (n,) → (n,)."""
        base, box = self.boxes[place]
        shape = self.graph.nodes[place].shape
        found, gone = np.full(places.shape, base), np.zeros(places.shape, dtype=bool)
        steps = row_major([len(kept) for kept in box])
        for kept, step, old in zip(box, steps, _indices(places, shape), strict=True):
            at = np.minimum(np.searchsorted(kept, old), len(kept) - 1)
            gone |= kept[at] != old
            found += at * step
        return np.where(gone, -1, found)

    def operand(self, operand: Ids | Span) -> Ids | Span:
        """An operand (…) in the new graph; a large view of a whole node stays a span."""
        if isinstance(operand, Span):
            place = self.graph.node_index(operand.base)
            base, box = self.boxes[place]
            node = self.graph.nodes[place]
            if node.shape == tuple(map(len, box)):
                return Span(base + operand.base - node.base, operand.shape, operand.steps)
            operand = operand.ids
        return self[operand]


def _rebuilt(graph: Graph, parts: Sequence[_Part]) -> Narrowed:
    smaller, now = Graph(), Renumbered(graph, parts)
    for part in parts:
        node, value = part.node, _pick(graph.values[part.place], part.box)
        labels = tuple(map(_kept_labels, node.labels, part.box))
        base = smaller.size
        new = replace(
            node,
            operands=tuple(map(now.operand, part.inputs)),
            shape=value.shape,
            base=base,
            labels=tuple(_now_labels(label, now) for label in labels),
        )
        smaller.nodes.append(new)
        smaller.bases.append(base)
        smaller.values.append(value)
        smaller.size += new.size
        if node.base in graph.inner:
            smaller.inner.add(base)
        if node.base in graph.turned:
            smaller.turned.add(base)
        if node.base in graph.roles:
            smaller.roles[base] = graph.roles[node.base]
    return Narrowed(smaller, tuple((part.node, part.box) for part in parts), now)


def _kept_labels(label: Labels, kept: NDArray[np.int64]) -> Labels:
    return None if label is None else np.asarray(label, dtype=object)[kept]


def _now_labels(label: Labels, now: Renumbered) -> Labels:
    """Words keep; a label that follows a cell follows it to its new id."""
    if label is None or all(isinstance(item, str) for item in label):
        return label
    ids = [item for item in label if not isinstance(item, str)]
    found = now[np.array(ids, dtype=np.int64)]
    if (found < 0).any():
        return None
    new = iter(found.tolist())
    items = [item if isinstance(item, str) else next(new) for item in label]
    return np.array(items, dtype=object)
