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

Ids = NDArray[np.int64]
"""Which elements: every element of every node has one number, its id."""

Labels = NDArray[Any] | None
"""What each index along an axis means: a string, or the id of the text element that says it."""


@dataclass(eq=False)
class Node:
    """One step of the computation.

    Attributes:
        op: a name in `sheetformer.graph.ops.OPS`.
        inputs: for each operand the ids of its elements, in the operand's shape; a view such as a
            transpose is just another arrangement of ids.
        attributes: the operation's own settings, such as `axis`.
        shape: the shape of its value.
        base: the id of its first element; element i (row-major) has id base + i.
        labels: for each axis what its indices mean, or None.
        name: what a person and a formula call it; empty until somebody names it.
        equation: how it is written in mathematics.
        note: one plain sentence.
        inline: write it inside the formulas that use it, not as a block of its own.
        look: how its numbers should look: "number", "share" (percent), "integer" or "word".
        choices: the ids of the words that a reader may pick from.
        stage: the number of the stage it belongs to.
        flow: where it stands: "right" of the block before while it fits, in a new "line", or
            "below" the block before.
        label_columns: columns that the words at its rows may take.
        rank: blocks of a lower rank stand first in their stage.
        detached: no gradient goes through it.
        gradient: of a gradient, the first id of the node that it belongs to; if it is only a part,
            then also that of the node that it comes through.
    """

    op: str
    inputs: tuple[Ids, ...]
    attributes: Mapping[str, Any]
    shape: tuple[int, ...]
    base: int
    labels: tuple[Labels, ...]
    name: str = ""
    equation: str = ""
    note: str = ""
    inline: bool = False
    look: str = "number"
    choices: Ids | None = None
    stage: int = 0
    flow: str = "right"
    rank: int = 0
    label_columns: int = 1
    detached: bool = False
    gradient: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """The number of its elements."""
        return math.prod(self.shape)

    @property
    def ids(self) -> Ids:
        """The ids of its elements, in its shape."""
        return np.arange(self.base, self.base + self.size).reshape(self.shape)

    @property
    def is_source(self) -> bool:
        """Whether it holds a value of its own."""
        return OPS[self.op].kind == "source"


@dataclass(frozen=True)
class Stage:
    """One step of the story.

    Attributes:
        title: a few words.
        text: one or two plain sentences.
        equation: how it is written in mathematics.
        group: which stages belong on one page; the same word for all of them.
        width: columns that its lines of blocks may take; 0 for a page.
        table: where its nodes are single values that stand as rows of a table: heading → width.
    """

    title: str
    text: str = ""
    equation: str = ""
    group: str = ""
    width: int = 0
    table: Mapping[str, int] = field(default_factory=dict[str, int])


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
    stages: list[Stage] = field(default_factory=list[Stage])
    bases: list[int] = field(default_factory=list[int])
    """The first id of each node."""
    size: int = 0
    """How many elements there are."""

    def source(
        self, op: str, value: Value, labels: Sequence[Labels] | None = None, **caption: Any
    ) -> Node:
        """Add an input, a parameter or a constant with its value."""
        value = value if value.dtype == object else value.astype(np.float64)
        return self._append(op, (), {}, value, labels, caption)

    def add(
        self,
        op: str,
        inputs: Sequence[Ids],
        labels: Sequence[Labels] | None = None,
        **attributes: Any,
    ) -> Node:
        """Add a computed node; its value is known at once."""
        # What is infinite or no number is refused later, by its name; here NumPy would only warn.
        with np.errstate(all="ignore"):
            value = OPS[op].value(*(self.value(ids) for ids in inputs), **attributes)
        return self._append(op, tuple(inputs), attributes, value, labels, {})

    def _append(
        self,
        op: str,
        inputs: tuple[Ids, ...],
        attributes: Mapping[str, Any],
        value: Value,
        labels: Sequence[Labels] | None,
        caption: Mapping[str, Any],
    ) -> Node:
        axes = tuple(labels) if labels is not None else (None,) * value.ndim
        stage = max(len(self.stages) - 1, 0)
        node = Node(op, inputs, attributes, value.shape, self.size, axes, stage=stage, **caption)
        if value.dtype == object:
            node.look = "word"
        self.nodes.append(node)
        self.bases.append(node.base)
        self.values.append(value)
        self.size += node.size
        return node

    def place(self, identity: int) -> int:
        """The place, in `nodes`, of the node that an id belongs to."""
        return bisect_right(self.bases, identity) - 1

    def places(self, ids: Ids) -> list[int]:
        """The places of the nodes that ids belong to, each once, as they first appear."""
        if not ids.size:
            return []
        if ids.size == 1:
            return [self.place(int(ids.flat[0]))]
        if (place := self.place(int(ids.min()))) == self.place(int(ids.max())):
            return [place]
        every = np.searchsorted(self.bases, ids.ravel(), side="right") - 1
        _, first = np.unique(every, return_index=True)
        return every[np.sort(first)].tolist()

    def owner(self, identity: int) -> Node:
        """The node that an id belongs to."""
        return self.nodes[self.place(identity)]

    def value(self, ids: Ids, values: Sequence[Value] | None = None) -> Value:
        """The values of elements, in the shape of their ids."""
        values = self.values if values is None else values
        if ids.size == 0:
            return np.zeros(ids.shape)
        first = self.place(int(ids.min() if ids.size > 1 else ids.flat[0]))
        last = self.place(int(ids.max())) if ids.size > 1 else first
        if first == last:
            flat = values[first].reshape(-1)
            picked = np.empty(ids.shape, dtype=flat.dtype)
            picked[...] = flat[ids - self.nodes[first].base]
            return picked
        which = np.searchsorted(self.bases, ids.ravel(), side="right") - 1
        text = any(values[k].dtype == object for k in np.unique(which))
        gathered = np.empty(ids.size, dtype=object if text else np.float64)
        for k in np.unique(which):
            mine = which == k
            gathered[mine] = values[k].reshape(-1)[ids.ravel()[mine] - self.nodes[k].base]
        return gathered.reshape(ids.shape)

    def evaluate(self, changes: Mapping[int, Value]) -> list[Value]:
        """The value of every node again, after some sources (by their place) were changed."""
        values: list[Value] = []
        for place, node in enumerate(self.nodes):
            if node.is_source:
                values.append(changes.get(place, self.values[place]))
                continue
            operands = [self.value(ids, values) for ids in node.inputs]
            with np.errstate(all="ignore"):
                values.append(OPS[node.op].value(*operands, **node.attributes))
        return values

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __str__(self) -> str:
        """The program, a line a node."""
        return "\n".join(_line(self, node) for node in self.nodes)


def _line(graph: Graph, node: Node) -> str:
    operands = [graph.owner(int(ids.flat[0])) for ids in node.inputs if ids.size]
    names = ", ".join(owner.name or f"%{owner.base}" for owner in operands)
    settings = "".join(f" {key}={value}" for key, value in node.attributes.items())
    return f"{node.name or f'%{node.base}'}: {node.shape} = {node.op}({names}){settings}"


def label_text(graph: Graph, item: Any) -> str:
    """What a label says now: a string says itself, an id the word in its cell."""
    return item if isinstance(item, str) else str(graph.value(np.array([item]))[0])
