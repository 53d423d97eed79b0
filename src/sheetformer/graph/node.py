"""What is computed: nodes in the order of their making, and the values that they have."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetformer.graph.ops import OPS, Value
from sheetformer.graph.span import LARGE, Span
from sheetformer.graph.span import Ids as Ids

Labels = NDArray[Any] | None
"""What each index along an axis means: a string, or the id of the text element that says it."""


@dataclass(frozen=True, eq=False)
class Node:
    """One step of the computation; its caption and where it stands is the story's.

    Attributes:
        op: a name in `sheetformer.graph.ops.OPS`.
        operands: for each operand the ids of its elements, in the operand's shape; a view such as
            a transpose is just another arrangement of ids. Of a large one only a span.
        attributes: the operation's own settings, such as `axis`.
        shape: the shape of its value.
        base: the id of its first element; element i (row-major) has id base + i.
        labels: for each axis what its indices mean, or None.
        name: what a person and a formula call it; a step without a name is written inside the
            formulas that use it, where these can hold it.
    """

    op: str
    operands: tuple[Ids | Span, ...]
    attributes: Mapping[str, Any]
    shape: tuple[int, ...]
    base: int
    labels: tuple[Labels, ...]
    name: str = ""

    @property
    def inputs(self) -> tuple[Ids, ...]:
        """For each operand the ids of its elements, in the operand's shape."""
        return tuple(x.ids if isinstance(x, Span) else x for x in self.operands)

    @property
    def size(self) -> int:
        """The number of its elements."""
        return math.prod(self.shape)

    @property
    def ids(self) -> Ids:
        """The ids of its elements, in its shape."""
        return np.arange(self.base, self.base + self.size).reshape(self.shape)

    @property
    def span(self) -> Span:
        """All of its elements, in its shape."""
        return Span.of(self.base, self.shape)

    def is_whole(self, ids: Ids | Span) -> bool:
        """Whether ids, in whatever shape, are all of its elements in their order."""
        if isinstance(ids, Span):
            return ids.base == self.base and ids.size == self.size and ids.counts_on
        return ids.size == self.size and np.array_equal(ids.ravel(), self.ids.ravel())

    @property
    def is_source(self) -> bool:
        """Whether it holds a value of its own."""
        return OPS[self.op].kind == "source"

    @property
    def is_constant(self) -> bool:
        """Whether its value is simply given: a source that nobody types."""
        return self.is_source and not OPS[self.op].typed


@dataclass(frozen=True)
class Unbounded:
    """A value with its infinities, and, once cells say something else, where that began."""

    value: Value
    began: str = ""


@dataclass
class Graph:
    """Nodes in order, and the float64 (or text) value of each: the referee of every cell.

    >>> graph = Graph()
    >>> x = graph.source("input", np.array([1.0, 4.0]))
    >>> y = graph.add("sqrt", [x.ids])
    >>> graph.value(y.ids)
    array([1., 2.])
    >>> graph.evaluate({0: np.array([9.0, 16.0])})[1]
    array([3., 4.])
    """

    nodes: list[Node] = field(default_factory=list[Node])
    values: list[Value] = field(default_factory=list[Value])
    bases: list[int] = field(default_factory=list[int])
    """The first id of each node."""
    size: int = 0
    """How many elements there are."""
    roles: dict[int, str] = field(default_factory=dict[int, str])
    """What some nodes (by base) are in the field's terms, such as "attention weights"."""
    inner: set[int] = field(default_factory=set[int])
    """The steps (by base) that a function takes on its way, of no interest by themselves."""
    detached: set[int] = field(default_factory=set[int])
    """The nodes (by base) that no gradient goes through."""
    truths: set[int] = field(default_factory=set[int])
    """The nodes (by base) that NumPy holds as truth values; here they are 1 and 0."""
    turned: set[int] = field(default_factory=set[int])
    """The nodes (by base) that stand on their side, as `sheetformer.graph.turned` says."""
    unbounded: dict[int, Unbounded] = field(default_factory=dict[int, "Unbounded"])
    """What some nodes (by base) would be with infinity where cells hold ±1E+30."""
    gradient_of: dict[int, tuple[int, ...]] = field(default_factory=dict[int, tuple[int, ...]])
    """Of a gradient (by base) the base of the node that it belongs to; if it is only a part, then
    also that of the node that it comes through."""

    def source(
        self, op: str, value: Value, labels: Sequence[Labels] | None = None, name: str = ""
    ) -> Node:
        """Add an input, a parameter or a constant with its value, whose shape is the node's."""
        value = value if value.dtype == object else value.astype(np.float64)
        return self.window(op, value, labels, name)

    def window(
        self, op: str, value: Value, labels: Sequence[Labels] | None = None, name: str = ""
    ) -> Node:
        """Add a source whose value (…) is memory of somebody else, who does not write there."""
        return self._append(op, (), {}, value, labels, name)

    def add(
        self,
        op: str,
        inputs: Sequence[Ids | Span],
        labels: Sequence[Labels] | None = None,
        **attributes: Any,
    ) -> Node:
        """Add a computed node; its value, which gives the node its shape, is known at once."""
        # What is infinite or no number is refused later, by its name; here NumPy would only warn.
        with np.errstate(all="ignore"):
            value = OPS[op].value(*(self.value(ids) for ids in inputs), **attributes)
        return self._append(op, tuple(map(self.operand, inputs)), attributes, value, labels)

    def _append(
        self,
        op: str,
        operands: tuple[Ids | Span, ...],
        attributes: Mapping[str, Any],
        value: Value,
        labels: Sequence[Labels] | None,
        name: str = "",
    ) -> Node:
        axes = tuple(labels) if labels is not None else (None,) * value.ndim
        node = Node(op, operands, attributes, value.shape, self.size, axes, name)
        self.nodes.append(node)
        self.bases.append(node.base)
        self.values.append(value)
        self.size += node.size
        return node

    def operand(self, ids: Ids | Span) -> Ids | Span:
        """Ids (any shape) as a node keeps them: of a large view of one node a span, if it steps."""
        if isinstance(ids, Span) or ids.size < LARGE:
            return ids
        span = Span.found(ids)
        if span is None or len({self.node_index(end) for end in span.ends}) > 1:
            return ids
        return span

    def relabel(
        self, node: Node, name: str | None = None, labels: Sequence[Labels] | None = None
    ) -> Node:
        """The node under another name or with other labels, in its old place."""
        named = node.name if name is None else name
        axes = node.labels if labels is None else tuple(labels)
        new = Node(node.op, node.operands, node.attributes, node.shape, node.base, axes, named)
        self.nodes[self.node_index(node.base)] = new
        return new

    def copy(self) -> Graph:
        """The same nodes in a graph that may go on by itself."""
        return Graph(
            list(self.nodes), list(self.values), list(self.bases), self.size,
            dict(self.roles), set(self.inner), set(self.detached), set(self.truths),
            set(self.turned), dict(self.unbounded), dict(self.gradient_of),
        )  # fmt: skip

    def node_index(self, element_id: int) -> int:
        """The place, in `nodes`, of the node that an id belongs to."""
        return bisect_right(self.bases, element_id) - 1

    def node_indices(self, ids: Ids) -> list[int]:
        """The places of the nodes that ids (any shape) belong to, each once, in that order."""
        if not ids.size:
            return []
        if ids.size == 1:
            return [self.node_index(int(ids.flat[0]))]
        if (place := self.node_index(int(ids.min()))) == self.node_index(int(ids.max())):
            return [place]
        every = np.searchsorted(self.bases, ids.ravel(), side="right") - 1
        _, first = np.unique(every, return_index=True)
        return every[np.sort(first)].tolist()

    def owners(self, operand: Ids | Span) -> list[int]:
        """The places of the nodes that an operand (any shape) reads, each once, in that order."""
        if isinstance(operand, Span):
            return [self.node_index(operand.base)]
        return self.node_indices(operand)

    def owner_of(self, operand: Ids | Span) -> Node:
        """The node of the first element of an operand (any shape)."""
        return self.owner(operand.base if isinstance(operand, Span) else int(operand.flat[0]))

    def owner(self, element_id: int) -> Node:
        """The node that an id belongs to."""
        return self.nodes[self.node_index(element_id)]

    def value(
        self, ids: Ids | Span, values: Sequence[Value] | Mapping[int, Value] | None = None
    ) -> Value:
        """The values of elements, in the shape of their ids; of a span a window to read through.

        Args:
            ids: which elements (…).
            values: of the nodes by place, other ones than the graph's own.
        """
        values = self.values if values is None else values
        if isinstance(ids, Span):
            place = self.node_index(ids.base)
            return ids.window(values[place], self.bases[place])
        places = self.node_indices(ids)
        if not places:
            return np.zeros(ids.shape)
        text = any(values[place].dtype == object for place in places)
        gathered = np.empty(ids.shape, dtype=object if text else np.float64)
        if len(places) == 1:
            gathered[...] = values[places[0]].reshape(-1)[ids - self.bases[places[0]]]
            return gathered
        for place in places:
            node = self.nodes[place]
            mine = (ids >= node.base) & (ids < node.base + node.size)
            gathered[mine] = values[place].reshape(-1)[ids[mine] - node.base]
        return gathered

    def evaluate(self, changes: Mapping[int, Value]) -> list[Value]:
        """The value of every node again, each in its shape, after sources (by place) changed."""
        values: list[Value] = []
        for place, node in enumerate(self.nodes):
            if node.is_source:
                values.append(changes.get(place, self.values[place]))
                continue
            operands = [self.value(operand, values) for operand in node.operands]
            with np.errstate(all="ignore"):
                values.append(OPS[node.op].value(*operands, **node.attributes))
        return values

    def beyond(self, values: Sequence[Value]) -> Node | None:
        """The first node with a number among its values (by place) that no cell can hold."""
        pairs = zip(self.nodes, values, strict=True)
        return next((node for node, x in pairs if not _is_finite(x)), None)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __str__(self) -> str:
        """The program, a line a node."""
        return "\n".join(_line(self, node) for node in self.nodes)


def _is_finite(value: Value) -> bool:
    return value.dtype == object or bool(np.isfinite(value).all())


def _line(graph: Graph, node: Node) -> str:
    operands = [graph.owner_of(operand) for operand in node.operands if operand.size]
    names = ", ".join(owner.name or f"%{owner.base}" for owner in operands)
    settings = "".join(f" {key}={value}" for key, value in node.attributes.items())
    return f"{node.name or f'%{node.base}'}: {node.shape} = {node.op}({names}){settings}"


def label_text(graph: Graph, item: Any) -> str:
    """What a label says now: a string says itself, an id the word in its cell."""
    return item if isinstance(item, str) else str(graph.value(np.array([item]))[0])
