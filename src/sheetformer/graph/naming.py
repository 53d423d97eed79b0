"""What is known of steps beside their values: names, roles, and which are of no interest alone."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar, cast

from sheetformer.graph.array import Array
from sheetformer.graph.node import Graph, Labels, Node
from sheetformer.graph.ops import OPS
from sheetformer.graph.turned import other_labels

_Function = TypeVar("_Function", bound=Callable[..., Any])


def named(array: Any, name: str, role: str = "", *, labels: Sequence[Labels] | None = None) -> Any:
    """Name a step, so that it becomes a block; a NumPy array passes unchanged.

    Args:
        array: the step, whole or a view of it.
        name: what people and formulas call it.
        role: what it is in the field's terms, such as "scores"; the story tells more by it.
        labels: what the indices along each axis mean; as they are if left out.
    """
    if not isinstance(array, Array):
        return array
    graph = array.graph
    if labels is not None and array.node.base in graph.turned:
        labels = other_labels(labels)
    node = graph.relabel(array.node, name, labels)
    graph.inner.discard(node.base)
    if role:
        graph.roles[node.base] = role
    return (
        array if labels is None else Array(graph, array.operand, node.labels, is_cast=array.is_cast)
    )


def inline(array: Any) -> Any:
    """Keep this step inside the formulas that use it, without a name; NumPy passes unchanged.

    >>> from sheetformer.graph.functions import source
    >>> graph = Graph()
    >>> x = source(graph, "input", [1.0, 2.0], name="x")
    >>> root = inline(x + 1.0) ** 0.5
    >>> [graph.owner(base).op for base in graph.inner]
    ['add']
    """
    if isinstance(array, Array):
        array.graph.inner.add(array.node.base)
    return array


def inline_steps(graph: Graph, since: int, *results: Any) -> None:
    """Keep the unnamed elementwise steps and sums of a rule inside the formulas that use them.

    Args:
        graph: that the rule has written.
        since: how many nodes there were before.
        results: what the rule gives: these are no mere steps.
    """
    shown = {result.node.base for result in results if isinstance(result, Array) and result.size}
    steps = graph.nodes[since:]
    shown |= {base for node in steps for base in _needed_as_cells(graph, node)}
    for node in steps:
        is_step = OPS[node.op].kind == "elementwise" or node.op == "sum"
        if is_step and not node.name and node.base not in shown:
            graph.inner.add(node.base)


def _needed_as_cells(graph: Graph, user: Node) -> Iterator[int]:
    """The operands (by base) that cannot stand in a node's formula; a sum can hold a product."""
    if OPS[user.op].kind == "elementwise":
        return
    for operand in user.operands:
        for place in graph.owners(operand):
            if (user.op, graph.nodes[place].op) != ("sum", "multiply"):
                yield graph.bases[place]


def rule(function: _Function) -> _Function:
    """A function whose unnamed steps are of no interest by themselves: see `inline_steps`."""

    @functools.wraps(function)
    def traced(*inputs: Any, **settings: Any) -> Any:
        graph = next((x.graph for x in (*inputs, *settings.values()) if isinstance(x, Array)), None)
        since = 0 if graph is None else len(graph.nodes)
        result = function(*inputs, **settings)
        if graph is not None:
            results = result if isinstance(result, tuple) else (result,)
            inline_steps(graph, since, *results)
        return result

    return cast(_Function, traced)


def detach(array: Any) -> Any:
    """Let no gradient go through this, as if it were given; NumPy passes unchanged."""
    if isinstance(array, Array):
        array.graph.detached.add(array.node.base)
    return array
