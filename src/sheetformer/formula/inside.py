"""Which steps stand inside the formulas of others, and which formulas need one a cell for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from sheetformer.formula.geometry import Geometry, each_matrix, grouped, matrix_shape
from sheetformer.formula.recognise import named_calls, operands_of
from sheetformer.formula.tree import Formula
from sheetformer.graph.node import Graph, Ids, Node
from sheetformer.graph.ops import OPS

Calls = Mapping[int, Formula]
"""For the places of some steps the call of a named function that gives them."""


def is_step(graph: Graph, node: Node) -> bool:
    """Whether a node is no block of its own where a formula can hold it.

    So it is with what has no name, and with the steps that a function takes on its way.

    >>> from sheetformer.graph.functions import source
    >>> double = source(Graph(), "input", np.eye(2), name="x") * 2.0
    >>> [is_step(double.graph, node) for node in double.graph]
    [False, True, True]
    """
    if node.name and node.base not in graph.inner:
        return False
    kind = OPS[node.op].kind
    if kind == "source":
        return not node.shape and not OPS[node.op].typed
    return OPS[node.op].lies_of(0) == "factor" or kind in ("elementwise", "reduction")


@dataclass(frozen=True)
class Steps:
    """Which steps are no blocks, and why.

    Attributes:
        inlined: places of the steps that stand inside formulas, and of those that nobody reads.
        calls: for the places of steps that have a name the call of it.
        unread: places of the steps that only served what a named function does itself.
    """

    inlined: set[int]
    calls: dict[int, Formula] = field(default_factory=dict[int, Formula])
    unread: set[int] = field(default_factory=set[int])

    @property
    def made(self) -> dict[int, Formula]:
        """The calls that stand in a formula."""
        return {place: made for place, made in self.calls.items() if place not in self.unread}


def find_steps(graph: Graph, geometry: Geometry, *, by_name: bool) -> Steps:
    """The steps that stand inside formulas: those that no user needs as cells.

    Args:
        graph: what is computed.
        geometry: where its elements lie.
        by_name: whether steps that have a name are called by it.
    """
    if not by_name:
        return Steps(_inlined(graph, geometry, {}, range(len(graph.nodes))))
    calls = named_calls(graph, geometry)
    while True:
        read = _read(graph, calls, {i for i, node in enumerate(graph) if is_step(graph, node)})
        inlined = _inlined(graph, geometry, calls, read)
        misplaced = {*_misplaced(graph, calls, inlined, read)}
        if not misplaced:
            return Steps(inlined, calls, inlined - read)
        calls = {place: made for place, made in calls.items() if place not in misplaced}


def folded(graph: Graph) -> set[int]:
    """The steps (by base) that nobody reads any more where named functions are called.

    Attention weights are for looking at, and what a graph gives is read by nobody either.
    """
    calls = named_calls(graph, Geometry.of(graph))
    calls = {place: made for place, made in calls.items() if graph.nodes[place].op != "matmul"}
    owners = {i for node in graph for operand in node.operands for i in graph.owners(operand)}
    inner = {place for place in owners if not graph.nodes[place].is_source}
    return {graph.bases[place] for place in inner - _read(graph, calls, inner)}


def _owners(graph: Graph, calls: Calls, place: int) -> list[int]:
    """The places of what the formula of a step reads."""
    if place in calls:
        return [at for ids in operands_of(calls[place]) for at in graph.node_indices(ids)]
    return [at for operand in graph.nodes[place].operands for at in graph.owners(operand)]


def _read(graph: Graph, calls: Calls, steps: Collection[int]) -> set[int]:
    """The places of all that is no step, and of what their formulas read, however deep."""
    read = set(range(len(graph.nodes))) - set(steps)
    for place in range(len(graph.nodes) - 1, -1, -1):
        if place in read:
            read.update(_owners(graph, calls, place))
    return read


def _inlined(graph: Graph, geometry: Geometry, calls: Calls, read: Collection[int]) -> set[int]:
    wish = {place for place, node in enumerate(graph) if is_step(graph, node)}
    for place in sorted(read):
        node = graph.nodes[place]
        if place in calls:
            wish -= {*_no_arguments(graph, wish, calls[place])}
            continue
        for i, operand in enumerate(node.operands):
            for inner in wish & set(graph.owners(operand)):
                step = graph.nodes[inner]
                if not _can_stand_inside(geometry, step, node, np.asarray(node.operands[i])):
                    wish.discard(inner)
    return wish - _factors(graph, wish, set(read) - calls.keys())


def _no_arguments(graph: Graph, wish: Collection[int], made: Formula) -> Iterator[int]:
    """The steps that a call reads and that cannot be written out in it."""
    for ids in operands_of(made):
        for place in graph.node_indices(ids):
            inner = graph.nodes[place]
            whole = np.array_equal(ids, inner.ids) or (inner.size == 1 == ids.size)
            if place in wish and not (whole and OPS[inner.op].kind != "reduction"):
                yield place


def _misplaced(
    graph: Graph, calls: Calls, inlined: Collection[int], read: Collection[int]
) -> Iterator[int]:
    """The calls that would stand in a formula of single cells, or hold one."""
    for place in read:
        if place in calls:
            if needs_scalars(graph, calls, inlined, place):
                yield place
        elif place not in inlined:
            node = graph.nodes[place]
            whole = OPS[node.op].kind == "elementwise" and node.size > 1
            if not whole or needs_scalars(graph, calls, inlined, place):
                yield from calls.keys() & set(_within(graph, calls, inlined, place))


def _within(graph: Graph, calls: Calls, inlined: Collection[int], place: int) -> Iterator[int]:
    """The steps inside the formula of a node, however deep."""
    for inner in _owners(graph, calls, place):
        if inner in inlined:
            yield inner
            yield from _within(graph, calls, inlined, inner)


def needs_scalars(graph: Graph, calls: Calls, inlined: Collection[int], place: int) -> bool:
    """Whether something that refuses arrays stands in the formula of a node, however deep."""
    node = graph.nodes[place]
    inside = {owner for owner in _owners(graph, calls, place) if owner in inlined}
    refuses = place not in calls and (
        # Words in an array formula are not cached in the same way everywhere.
        graph.values[place].dtype == object
        or OPS[node.op].kind == "reduction"
        or _chooses_broadcast(node)
    )
    return refuses or any(needs_scalars(graph, calls, inlined, inner) for inner in inside)


def _chooses_broadcast(node: Node) -> bool:
    """Whether a condition is smaller than what it chooses from: not every program repeats it."""
    at = OPS[node.op].condition
    if at is None or node.operands[at].size == node.size:
        return False
    shapes = [matrix_shape(operand.shape)[1:] for operand in node.operands]
    whole = matrix_shape(node.shape)[1:]
    if shapes[at] != (1, 1):
        return shapes[at] != whole
    # One condition: IF gives the chosen one as it is.
    return any(shape not in ((1, 1), whole) for shape in shapes)


def _can_stand_inside(geometry: Geometry, inner: Node, user: Node, ids: Ids) -> bool:
    """Inside an elementwise formula, as a whole or as a single number; or a product in its sum."""
    if user.op == "sum" and inner.op == "multiply" and np.array_equal(ids, inner.ids):
        axis = user.attributes["axis"]
        if any(factor.shape != inner.shape for factor in inner.inputs):
            return False
        lie = [geometry.runs(grouped(factor, axis)) for factor in inner.inputs]
        as_is = all(geometry.rectangle(m) for factor in inner.inputs for m in each_matrix(factor))
        return as_is and lie[0] == lie[1] != ""
    if OPS[user.op].kind != "elementwise":
        return False
    if OPS[user.op].reads_often and not inner.is_source:
        return False
    return np.array_equal(ids, inner.ids) or (inner.size == 1 and bool((ids == inner.base).all()))


def _factors(graph: Graph, wish: set[int], read: Collection[int]) -> set[int]:
    """The nodes inside a product that a sum takes in: SUMPRODUCT needs them as cells."""
    sums = (node for place, node in enumerate(graph) if node.op == "sum" and place in read)
    products = {graph.owners(node.operands[0])[0] for node in sums}
    return {
        factor
        for place in products & wish
        for operand in graph.nodes[place].operands
        for factor in graph.owners(operand)
    }
