"""What goes into an operation: sources, constants, and operands of one graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sheetformer.errors import UnsupportedError
from sheetformer.graph.array import Array
from sheetformer.graph.describe import describe
from sheetformer.graph.naming import named
from sheetformer.graph.node import Graph, Labels, Node, Unbounded
from sheetformer.graph.ops import Value
from sheetformer.graph.storable import as_numpy, storable
from sheetformer.graph.turned import in_shape, is_wide, turned


def source(
    graph: Graph,
    op: str,
    value: Any,
    labels: Sequence[Labels] | None = None,
    name: str = "",
) -> Array:
    """An input, parameter or constant of the graph as an Array in its value's shape.

    Raises:
        ShapeError: rows differ in length, or there is nothing.
        UnsupportedError: a cell cannot hold a value (NaN, a complex number, …).
    """
    given = as_numpy(value)
    array = held(graph, op, np.array(storable(given)), labels, name)
    node = array.node
    if given.dtype == np.bool_:
        graph.truths.add(node.base)
    if given.dtype.kind == "f" and np.isinf(given).any():
        true = given.astype(np.float64)
        graph.unbounded[node.base] = Unbounded(turned(true) if is_wide(given.shape) else true)
    return array


def held(
    graph: Graph, op: str, value: Value, labels: Sequence[Labels] | None = None, name: str = ""
) -> Array:
    """A source with numbers (…) or words that a cell can hold, which nobody else writes to.

    What is wider than a sheet stands on its side.
    """
    if value.dtype != object:
        value = np.asarray(value, dtype=np.float64)
    if not is_wide(value.shape):
        return Array.of(graph, graph.window(op, value, labels, name))
    stands = np.ascontiguousarray(turned(value))
    array = in_shape(Array.of(graph, graph.window(op, stands, None, name)), value.ndim)
    return array if labels is None else named(array, name, labels=labels)


def constant(graph: Graph, value: Any) -> Array:
    """A plain number or NumPy array as an Array of its shape; a number () stands inside formulas.

    Infinity becomes 1E+30. The same array twice is one block.
    """
    given = as_numpy(value)
    if given.ndim and given.size:
        stored = given.astype(np.float64) if given.dtype.kind in "biuf" else storable(given)
        for node, known in zip(graph.nodes, graph.values, strict=True):
            unbounded = graph.unbounded.get(node.base)
            true = unbounded.value if unbounded else known
            if _is_plain_constant(node) and _same(stored, true):
                same = Array.of(graph, node)
                if same.is_truth == (given.dtype == np.bool_):
                    return same
    return source(graph, "constant", given)


def _is_plain_constant(node: Node) -> bool:
    return node.is_constant and not node.name and all(axis is None for axis in node.labels)


def _same(one: Value, other: Value) -> bool:
    return one.dtype == other.dtype and np.array_equal(one, other)


def together(*operands: Any) -> list[Array]:
    """The operands as Arrays of one graph, each in its shape; plain values become constants.

    Raises:
        UnsupportedError: they come from two traces.
    """
    graphs = [item.graph for item in operands if isinstance(item, Array)]
    if not graphs:
        raise UnsupportedError("none of the operands is an array being traced; use NumPy for them")
    if any(graph is not graphs[0] for graph in graphs):
        raise UnsupportedError("arrays of two different traces cannot meet in one formula")
    return [x if isinstance(x, Array) else constant(graphs[0], x) for x in operands]


def one_kind(op: str, arrays: Sequence[Array]) -> None:
    """Refuse words beside numbers, of whatever shape."""
    full = [array for array in arrays if array.size]
    if len({array.is_text for array in full}) > 1:
        described = " and ".join(describe(array) for array in full)
        raise UnsupportedError(f"{op}: {described} must all be words or all be numbers")
