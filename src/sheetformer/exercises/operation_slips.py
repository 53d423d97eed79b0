"""The slips of each operation: what is said of one, and what is computed instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from sheetformer.graph.node import Graph, Node
from sheetformer.graph.ops import Value

NOT_SUBTRACTED = "the largest number is not subtracted first"
"""No mistake: the shares are the same."""

Slip = tuple[str, Callable[..., Any]]
"""What is said, and what is computed instead of a step, from its operands."""


def operation_slips(graph: Graph, node: Node) -> Iterable[Slip]:
    """The slips that may happen in a step; none where none is known of its operation."""
    return _SLIPS.get(node.op, lambda *_: ())(graph, node)


def _owner(graph: Graph, node: Node, operand: int) -> str:
    """The operation whose result an operand is."""
    return graph.owner_of(node.operands[operand]).op


def _matmul(_graph: Graph, node: Node) -> Iterator[Slip]:
    yield (
        "the second matrix is not transposed as it must be",
        lambda a, b: a @ np.swapaxes(b, -1, -2),
    )
    yield "the first matrix is transposed", lambda a, b: np.swapaxes(a, -1, -2) @ b
    yield "the two matrices are exchanged", lambda a, b: b @ a
    for turned in (False, True):
        yield (
            "cells are multiplied one by one, not rows by columns",
            partial(_one_by_one, shape=node.shape, turned=turned),
        )
    yield "a row of the first matrix is off by one", lambda a, b: np.roll(a, -1, -2) @ b
    yield "a column of the second matrix is off by one", lambda a, b: a @ np.roll(b, -1, -1)
    yield "the last product of each sum is missing", lambda a, b: a[..., :-1] @ b[..., :-1, :]
    yield "the first product of each sum is missing", lambda a, b: a[..., 1:] @ b[..., 1:, :]


def _one_by_one(a: Value, b: Value, shape: tuple[int, ...], turned: bool) -> Value:
    """The products of the cells that stand in the same place; the second matrix may be turned."""
    rows, columns = shape[-2:]
    b = np.swapaxes(b, -1, -2) if turned else b
    return a[..., :rows, :columns] * b[..., :rows, :columns]


def _divide(graph: Graph, node: Node) -> Iterator[Slip]:
    if _owner(graph, node, 1) == "sum":
        yield "it is not divided by the sum", lambda a, b: a + 0 * b
        yield "it is divided by the sum of the column, not of the row", _by_column
        yield "it is divided by the sum of the whole table", lambda a, b: a / a.sum() + 0 * b
        yield "it is divided by the sum of the row below", lambda a, b: a / np.roll(b, -1, 0)
        yield "it is divided by the sum of the row above", lambda a, b: a / np.roll(b, 1, 0)
        yield "every row is divided by the sum of the first one", lambda a, b: a / b[:1]
        yield (
            "it is divided by the largest number, not by the sum",
            lambda a, b: a / a.max(axis=-1, keepdims=True) + 0 * b,
        )
    else:
        yield "it is not scaled: the division is missing", lambda a, b: a + 0 * b
        yield "it is divided by d, not by √d", lambda a, b: a / b**2
        yield "it is multiplied where it must be divided", lambda a, b: a * b
        yield "it is divided by n − 1, not by n (sample variance)", lambda a, b: a / (b - 1)
    yield "numerator and denominator are exchanged", lambda a, b: b / a


def _by_column(a: Value, b: Value) -> Value:
    return a / a.sum(axis=-2, keepdims=True) + 0 * b


def _multiply(_graph: Graph, _node: Node) -> Iterator[Slip]:
    yield "it is not scaled: a factor is missing", lambda a, b: a + 0 * b
    yield "it is not scaled: a factor is missing", lambda a, b: b + 0 * a
    yield "it is divided where it must be multiplied", lambda a, b: a / b
    yield "it is added where it must be multiplied", lambda a, b: a + b


def _subtract(graph: Graph, node: Node) -> Iterator[Slip]:
    if _owner(graph, node, 1) == "max":
        yield NOT_SUBTRACTED, lambda a, b: a + 0 * b
        yield (
            "the largest number of the column is subtracted",
            lambda a, b: a - a.max(axis=-2, keepdims=True) + 0 * b,
        )
    else:
        yield "nothing is subtracted", lambda a, b: a + 0 * b
    yield "it is added where it must be subtracted", lambda a, b: a + b
    yield "the sign is wrong: it is subtracted the other way round", lambda a, b: b - a


def _add(_graph: Graph, _node: Node) -> Iterator[Slip]:
    yield "what must be added is missing", lambda a, b: a + 0 * b
    yield "only what must be added is there", lambda a, b: b + 0 * a
    yield "it is subtracted where it must be added", lambda a, b: a - b


def _exp(_graph: Graph, _node: Node) -> Iterator[Slip]:
    yield "the exponential is missing", lambda x: x
    yield "it is a power of 2, not of e", lambda x: 2.0**x
    yield "it is a power of 10, not of e", lambda x: 10.0**x
    yield "the exponent has the wrong sign", lambda x: np.exp(-x)


_ANOTHER = {
    "sum": "it is a mean, not a sum",
    "mean": "it is a sum, not a mean",
    "max": "it is the smallest, not the largest",
    "min": "it is the largest, not the smallest",
}


def _reduced(_graph: Graph, node: Node) -> Iterator[Slip]:
    how = {"sum": np.sum, "mean": np.mean, "max": np.max, "min": np.min}[node.op]
    axis = tuple(node.attributes["axis"])
    yield "it goes over the whole table, not along each row", lambda x: np.full(node.shape, how(x))
    yield "it goes over the columns, not over the rows", lambda x: _across(how, x, node)
    yield "it is that of the row below", lambda x: np.roll(how(x, axis=axis, keepdims=True), -1, 0)
    yield "it is that of the row above", lambda x: np.roll(how(x, axis=axis, keepdims=True), 1, 0)
    yield (
        "every row takes that of the first one",
        lambda x: np.broadcast_to(how(x, axis=axis, keepdims=True)[:1], node.shape).copy(),
    )
    yield (
        "the last cell of each row is left out",
        lambda x: how(x[..., :-1], axis=axis, keepdims=True),
    )
    yield (
        "the first cell of each row is left out",
        lambda x: how(x[..., 1:], axis=axis, keepdims=True),
    )
    others = {"sum": np.mean, "mean": np.sum, "max": np.min, "min": np.max}
    yield _ANOTHER[node.op], lambda x: others[node.op](x, axis=axis, keepdims=True)
    if node.op == "mean":
        yield "it is divided by n − 1, not by n (sample variance)", _over_fewer


def _over_fewer(x: Value) -> Value:
    return x.sum(axis=-1, keepdims=True) / (x.shape[-1] - 1)


def _across(how: Any, x: Value, node: Node) -> Value:
    """Over the other axis, in the cells where the result of each row belongs."""
    return how(x, axis=-2).reshape(node.shape)


def _sqrt(_graph: Graph, _node: Node) -> Iterator[Slip]:
    yield "the square root is missing", lambda x: x


def _where(_graph: Graph, _node: Node) -> Iterator[Slip]:
    yield "the mask is left out", lambda c, a, b: a + 0 * b + 0 * c
    yield "the mask hides what may be seen", lambda c, a, b: np.where(c, b + 0 * a, a)


def _power(_graph: Graph, _node: Node) -> Iterator[Slip]:
    yield "the power is missing", lambda a, b: a + 0 * b


_SLIPS: dict[str, Callable[[Graph, Node], Any]] = {
    "add": _add,
    "divide": _divide,
    "exp": _exp,
    "matmul": _matmul,
    "max": _reduced,
    "mean": _reduced,
    "min": _reduced,
    "multiply": _multiply,
    "power": _power,
    "sqrt": _sqrt,
    "subtract": _subtract,
    "sum": _reduced,
    "where": _where,
}
