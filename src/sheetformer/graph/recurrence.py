"""Steps of a graph whose results are its next inputs, such as the weights of a training.

What a step needs is found once: the nodes between the carried sources and their next values, and
for each operand how its elements are taken from the values of others. A step is then a walk along
a list; nodes that nothing carried reaches keep the value that they have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.errors import SheetformerError
from sheetformer.graph.node import Graph, Ids
from sheetformer.graph.ops import OPS, Value

Take = Callable[[list[Value]], Value]
"""Gives the value of an operand from those of all nodes, by place."""


@dataclass(frozen=True)
class Line:
    """One node of a step: its place, its function, how its operands are taken, its settings."""

    place: int
    function: Callable[..., Value]
    takes: tuple[Take, ...]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Recurrence:
    """A graph, and for some of its sources the node that is its next value.

    >>> graph = Graph()
    >>> x = graph.source("input", np.array([1.0, 4.0]))
    >>> root = graph.add("sqrt", [x.ids])
    >>> Recurrence(graph, {0: 1}).advanced(2)
    {0: array([1.        , 1.41421356])}

    Attributes:
        graph: what is computed.
        carried: place of a source → place of the node that is its next value, in its shape.
        watched: places of further nodes whose values are wanted at each step.
    """

    graph: Graph
    carried: Mapping[int, int]
    watched: Sequence[int] = ()

    def advanced(
        self, steps: int, watch: Callable[[int, list[Value]], None] | None = None
    ) -> dict[int, Value]:
        """The values of the carried sources (by place) after so many steps.

        Args:
            steps: how many.
            watch: called in each step, once it is worked out, with its number from 0 and the values
                of the watched nodes.

        Raises:
            SheetformerError: a number grows beyond every bound; the message names block and step.
        """
        lines, values = self._lines(), list(self.graph.values)
        with np.errstate(all="ignore"):
            for step in range(steps):
                for line in lines:
                    operands = [take(values) for take in line.takes]
                    values[line.place] = line.function(*operands, **line.settings)
                if watch is not None:
                    watch(step, [values[place] for place in self.watched])
                following = {place: values[after] for place, after in self.carried.items()}
                self._refuse_infinite(following, step, steps)
                for place, value in following.items():
                    values[place] = value
        return {place: values[place] for place in self.carried}

    def _refuse_infinite(self, following: Mapping[int, Value], step: int, steps: int) -> None:
        for place, value in following.items():
            # A sum of finite numbers that is none can only be one that is too large.
            if not np.isfinite(value).all():
                name = self.graph.nodes[self.carried[place]].name
                raise SheetformerError(
                    f"in step {step + 1} of {steps} the block {name!r} grows beyond what a cell "
                    "can hold; take fewer steps, or smaller ones"
                )

    def _lines(self) -> list[Line]:
        """The nodes that a step works out anew, in order."""
        nodes = self.graph.nodes
        moving, needed = set(self.carried), {*self.carried.values(), *self.watched}
        owners = [{at for x in node.operands for at in self.graph.owners(x)} for node in nodes]
        for place in range(len(nodes)):
            if owners[place] & moving:
                moving.add(place)
        for place in range(len(nodes) - 1, -1, -1):
            if place in needed:
                needed |= owners[place]
        wanted = sorted((moving & needed) - set(self.carried))
        return [self._line(place, moving) for place in wanted]

    def _line(self, place: int, moving: set[int]) -> Line:
        node = self.graph.nodes[place]
        takes = tuple(_take(self.graph, ids, moving) for ids in node.inputs)
        return Line(place, OPS[node.op].value, takes, node.attributes)


def _take(graph: Graph, ids: Ids, moving: set[int]) -> Take:
    """How an operand is taken: as a whole node, as a part of one, or from several."""
    places = graph.node_indices(ids)
    if not moving.intersection(places):
        fixed = graph.value(ids)
        return lambda _: fixed
    if len(places) > 1:
        return _gathered(graph, ids, places)
    place, shape = places[0], ids.shape
    if graph.nodes[place].is_whole(ids):
        return lambda values: values[place].reshape(shape)
    at = ids - graph.bases[place]
    return lambda values: values[place].ravel().take(at)


def _gathered(graph: Graph, ids: Ids, places: Sequence[int]) -> Take:
    """Elements of several nodes, side by side, then in their order."""
    text = any(graph.values[place].dtype == object for place in places)
    parts: list[tuple[int, Ids, Ids]] = []
    for place in places:
        node = graph.nodes[place]
        mine = np.flatnonzero((ids >= node.base) & (ids < node.base + node.size))
        parts.append((place, mine, ids.ravel()[mine] - node.base))

    def take(values: list[Value]) -> Value:
        gathered = np.empty(ids.size, dtype=object if text else np.float64)
        for place, mine, at in parts:
            gathered[mine] = values[place].ravel().take(at)
        return gathered.reshape(ids.shape)

    return take
