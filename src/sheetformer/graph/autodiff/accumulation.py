"""The way back: from one number, through every node, to what it depends on.

A gradient is an `Array`, so it is an arrangement of ids as any view is. An operand says which
elements were read; to bring its gradient home is to turn that around. For each element of a node,
list the numbers that arrive for it: if one does, the gradient of the node is a view of the
operand's gradient (transposed back, heads merged, slices joined), and nothing is computed; if
several do, they are added; if none does, there is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.graph import views
from sheetformer.graph.array import Array
from sheetformer.graph.autodiff.derivatives import DERIVATIVES, Rule
from sheetformer.graph.autodiff.steps import FEW, BackwardStep, Part, hide, once
from sheetformer.graph.describe import describe
from sheetformer.graph.functions import copy, inline_steps, named, reduce, source, stack
from sheetformer.graph.node import Graph, Ids, Node
from sheetformer.graph.ops import OPS

NO_GRADIENT = "no gradient"
"""The role of the one cell with 0 that stands wherever nothing arrives."""
NOTHING = -1
"""Where an element has no gradient yet."""
LONGEST_SUM = 40
"""So many gradients are added in one formula; of a weight that is used more often, as a block."""


def gradients(result: Array, of: Sequence[Array], since: int = 0) -> list[Array]:
    """How one number changes with each element of some arrays.

    Every node on the way that has a name gets a block `d_name`; captions name the others.

    Args:
        result: a single number.
        of: arrays that it was computed from; each element stands in them once.
        since: how many nodes, from the first, are taken as given: no gradient goes through them.

    Returns:
        For each array of `of` one of its shape, 0 where the result does not depend on it.

    Raises:
        ShapeError: the result is not a single number.
        UnsupportedError: it depends on an operation without a derivative.

    Source: reverse accumulation (Linnainmaa 1970); Baydin et al. 2018, section 3.2.
    """
    if result.size != 1:
        raise ShapeError(
            f"a gradient needs a single number, not {describe(result)} of shape {result.shape}; "
            "add up or average with .sum() or .mean()"
        )
    return _Backward(result.graph, since, list(of)).run(result)


def changes_with(graph: Graph, ids: Sequence[Ids], since: int = 0) -> NDArray[np.bool_]:
    """For each element of the graph whether it moves when some elements move a little."""
    moves = np.zeros(graph.size, dtype=np.bool_)
    for some in ids:
        moves[some] = True
    for node in graph.nodes[since:]:
        operands = zip(node.inputs, _rules(graph, node), strict=False)
        if any(rule is not None and moves[read].any() for read, rule in operands):
            moves[node.base : node.base + node.size] = True
    return moves


def _rules(graph: Graph, node: Node) -> tuple[Rule, ...]:
    if node.base in graph.detached:
        return ()
    if OPS[node.op].refuses_gradient:
        return (_refuse,) * len(node.operands)
    return DERIVATIVES.get(node.op, ())


def _refuse(step: BackwardStep) -> Array:
    raise UnsupportedError(
        f"{describe(step.result)} has no derivative: {step.node.op} {OPS[step.node.op].no_gradient}"
    )


@dataclass
class _Layer:
    """At most one gradient for each element of a node, in a row; NOTHING where there is none."""

    ids: Ids
    via: Node | None
    """The node that it comes through, if it is only one."""

    def take(self, places: Ids, ids: Ids) -> bool:
        """Put more gradients in, if their places are free."""
        if (self.ids[places] != NOTHING).any():
            return False
        self.ids[places] = ids
        self.via = None
        return True


@dataclass
class _Backward:
    """One pass from a result back to what it depends on."""

    graph: Graph
    since: int
    of: list[Array]
    parts: dict[int, list[tuple[Part, Node | None]]] = field(
        default_factory=dict[int, list[tuple[Part, "Node | None"]]]
    )
    """The gradients that arrive at a node (by its place), each with the node it comes through."""
    found: dict[int, Array] = field(default_factory=dict[int, Array])

    def run(self, result: Array) -> list[Array]:
        """The gradients of all arrays that are wanted."""
        self.first = len(self.graph.nodes)
        self.moves = changes_with(self.graph, [array.ids for array in self.of], self.since)
        self.wanted = {
            self.graph.node_index(int(array.ids.flat[0])) for array in self.of if array.is_whole
        }
        seed = source(self.graph, "constant", np.ones(result.shape))
        self.graph.gradient_of[seed.node.base] = (result.node.base,)
        self.graph.roles[seed.node.base] = "gradient of the result"
        self._send(Part(result.ids, seed), None)
        for place in range(self.graph.node_index(int(result.ids.flat[0])), -1, -1):
            if place in self.parts:
                self._visit(place)
        return [self._of(array) for array in self.of]

    def _send(self, part: Part, via: Node | None) -> None:
        """Hand a gradient to the nodes that own its elements."""
        moved = part.ids[self.moves[part.ids]]
        for place in self.graph.node_indices(moved):
            self.parts.setdefault(place, []).append((part, via))

    def _visit(self, place: int) -> None:
        """Settle the gradient of a node and send it on to the node's operands."""
        node = self.graph.nodes[place]
        parts = self.parts.pop(place)
        gradient = self._settle(place, self._total(node, parts))
        self.found[place] = gradient
        for part, via in parts:
            if via is not None and not self._is_inner(node):
                self._call(part.gradient, node.base, via.base)
        if place < self.since:
            return
        operands = tuple(Array(self.graph, ids, (None,) * ids.ndim) for ids in node.inputs)
        step = BackwardStep(
            node, Array(self.graph, node.ids, node.labels), operands, once(gradient)
        )
        for i, rule in enumerate(_rules(self.graph, node)):
            if rule is None or not self.moves[node.inputs[i]].any():
                continue
            since = len(self.graph.nodes)
            given = rule(step)
            if given is not None:
                result = given.gradient if isinstance(given, Part) else given
                inline_steps(self.graph, since, result)
                self._send(given if isinstance(given, Part) else step.part(i, given), node)

    # What arrives at a node.

    def _total(self, node: Node, parts: Sequence[tuple[Part, Node | None]]) -> Array:
        """The sum of all that arrives, in the node's shape."""
        layers: list[_Layer] = []
        for part, via in parts:
            for places, ids in _occurrences(node, part):
                if not any(layer.take(places, ids) for layer in layers):
                    layers.append(_Layer(np.full(node.size, NOTHING), via))
                    layers[-1].ids[places] = ids
        # More than one: the steps of the sum.
        several = len(layers) > 1
        arrays = [self._array(node, layer, several=several) for layer in layers]
        if len(arrays) > min(max(FEW, len(parts)), LONGEST_SUM):
            return reduce("sum", stack(arrays, -1), -1)
        total = arrays[0]
        for array in arrays[1:]:
            total = hide(once(total)) + hide(once(array))
        return total.view(views.broadcast, node.shape)

    def _array(self, node: Node, layer: _Layer, *, several: bool) -> Array:
        """A layer in the node's shape; with zeros beside it, it becomes a block."""
        empty = layer.ids == NOTHING
        if empty.any():
            layer.ids[empty] = self._zero()
        array = Array(self.graph, layer.ids.reshape(node.shape), node.labels)
        if empty.any():
            array = copy(array)
        hide(array)
        is_step = not self._is_fresh(array) or self._is_inner(array.node)
        if several and layer.via is not None and not is_step:
            self.graph.gradient_of[array.node.base] = (node.base, layer.via.base)
        return array

    def _zero(self) -> int:
        """The id of one cell with 0."""
        for base, role in self.graph.roles.items():
            if role == NO_GRADIENT:
                return base
        zero = named(source(self.graph, "constant", 0.0), "zero", NO_GRADIENT)
        return zero.node.base

    # Which gradients are blocks of their own.

    def _settle(self, place: int, gradient: Array) -> Array:
        """Make the gradient of a node that has a name, or is wanted, a block of that name."""
        node = self.graph.nodes[place]
        if self._is_inner(node) and place not in self.wanted:
            return hide(gradient) if self._is_fresh(gradient) else gradient
        if not self._is_fresh(gradient):
            if self._is_seed(gradient, node):
                return gradient
            if not (node.name or place in self.wanted):
                self._call(gradient, node.base)
                return gradient
            gradient = copy(gradient)
        made = gradient.node
        self.graph.gradient_of[made.base] = (node.base,)
        self.graph.inner.discard(made.base)
        extra = len(made.shape) - len(node.shape)
        if made.shape == (1,) * extra + node.shape:
            self.graph.relabel(made, labels=(*(None,) * extra, *node.labels))
        return Array(self.graph, gradient.ids, node.labels)

    def _call(self, gradient: Array, *belongs: int) -> None:
        """Say whose gradient the block is that this is a view of, if nobody has yet."""
        seen = Array(self.graph, np.unique(gradient.ids), (None,))
        if self._is_fresh(seen) and not self._is_inner(seen.node):
            self.graph.gradient_of[seen.node.base] = belongs

    def _is_fresh(self, array: Array) -> bool:
        """Whether it is a node that this pass has computed and not yet called a gradient."""
        node = array.node
        return (
            self.graph.node_index(node.base) >= self.first
            and not node.is_source
            and node.base not in self.graph.gradient_of
            and array.is_whole
        )

    def _is_inner(self, node: Node) -> bool:
        return node.base in self.graph.inner

    def _is_seed(self, gradient: Array, node: Node) -> bool:
        owner = gradient.node
        return owner.is_source and self.graph.gradient_of.get(owner.base) == (node.base,)

    def _of(self, array: Array) -> Array:
        """The gradient of a wanted array, in its shape."""
        ids = np.full(array.shape, NOTHING)
        for place, gradient in self.found.items():
            node = self.graph.nodes[place]
            mine = (array.ids >= node.base) & (array.ids < node.base + node.size)
            ids[mine] = gradient.ids.ravel()[array.ids[mine] - node.base]
        if (ids == NOTHING).any():
            ids[ids == NOTHING] = self._zero()
        return Array(self.graph, ids, array.labels)


def _occurrences(node: Node, part: Part) -> list[tuple[Ids, Ids]]:
    """What arrives for the elements of a node: one for each, one more for each, and so on.

    Returns:
        Pairs of places within the node and ids of gradients; a place stands once in a pair.
    """
    read = part.ids.ravel()
    mine = (read >= node.base) & (read < node.base + node.size)
    places, ids = read[mine] - node.base, part.gradient.ids.ravel()[mine]
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    counts: NDArray[Any] = np.empty_like(order)
    counts[order] = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    return [(places[counts == count], ids[counts == count]) for count in range(counts.max() + 1)]
