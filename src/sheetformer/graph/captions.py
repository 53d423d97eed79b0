"""What unnamed steps of a traced function are called, and their equations, in words of its own."""

from __future__ import annotations

import numpy as np

from sheetformer.graph.node import Graph, Ids, Node
from sheetformer.graph.ops import OPS


def caption(graph: Graph) -> None:
    """Give every node without a name one (its operation), and every one an equation.

    >>> graph = Graph()
    >>> x = graph.source("input", np.eye(2), name="x")
    >>> product = graph.add("matmul", [x.ids, x.ids.T])
    >>> caption(graph)
    >>> product.name, product.equation
    ('matmul', 'x · xᵀ')
    """
    taken = {node.name for node in graph}
    for node in graph:
        if not node.name:
            node.name = free(_stem(graph, node), taken)
            taken.add(node.name)
        if not node.equation and not node.is_source:
            operands = [_operand(graph, ids) for ids in node.inputs]
            node.equation = OPS[node.op].sign.format(*operands)


def _stem(graph: Graph, node: Node) -> str:
    """What it does, or whose gradient it is: `d_scores`, or the part `d_x_from_scores`."""
    names = [graph.owner(base).name.rstrip("_") for base in node.gradient]
    return f"d_{'_from_'.join(names)}" if names else node.op


def free(stem: str, taken: set[str]) -> str:
    """The name itself, or with a number behind it if others have it."""
    count = 1
    while (name := stem if count == 1 else f"{stem}_{count}") in taken:
        count += 1
    return name


def _operand(graph: Graph, ids: Ids) -> str:
    """An operand as a person writes it: a name, a transpose, a part, or a number."""
    owners = graph.places(ids)
    if len(owners) > 1:
        return f"[{', '.join(graph.nodes[place].name.rstrip('_') for place in owners)}]"
    node = graph.nodes[owners[0]]
    if node.op == "constant" and node.inline:
        return _literal(graph, node)
    if node.inline and node.equation:
        return f"({node.equation})"
    shown = node.name.rstrip("_")
    if ids.size == node.size and np.array_equal(ids.ravel(), node.ids.ravel()):
        return shown
    turned = node.ids.swapaxes(-1, -2) if len(node.shape) > 1 else node.ids
    return f"{shown}ᵀ" if np.array_equal(ids, turned) else f"{shown}[…]"


def _literal(graph: Graph, node: Node) -> str:
    value = graph.value(node.ids).item()
    return f"{value:.4g}" if isinstance(value, float) else f"'{value}'"
