"""Infinity: a cell holds ±1E+30 in its place, and what NumPy would make of it is followed beside.

Nearly always both ways agree: exp(−1E+30) is 0 as exp(−∞) is. Where they do not, a book would
show a number that the function does not have, so such a result is refused: a row that is masked
wholly is −∞ − −∞, no number, and in cells 0, of which softmax makes equal shares. On the way it
may be so, where a function chooses something else in the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetformer.errors import UnsupportedError
from sheetformer.graph.node import Graph, Ids, Node, Unbounded
from sheetformer.graph.ops import OPS, Value
from sheetformer.graph.storable import LARGEST, TOLERANCE, apart

HUGE = LARGEST / 1e15
"""A number in place of infinity is at least so large, whatever it was multiplied with."""


def follow(graph: Graph, node: Node, called: str) -> None:
    """Keep what a node would be with infinities in place of ±1E+30, if one comes into it.

    Args:
        graph: of the node.
        node: the newest.
        called: the node in a user's words, with its shape (…).
    """
    places = {place for operand in node.operands for place in graph.owners(operand)}
    known = {place: graph.unbounded.get(graph.bases[place]) for place in places}
    if not any(known.values()):
        return
    true = _computed(graph, node, {i: u.value if u else graph.values[i] for i, u in known.items()})
    found = graph.values[-1]
    if true.dtype == object or np.array_equal(true, found, equal_nan=True):
        return
    began = ""
    if (wrong := _is_other(true, found)).any():
        at = np.argwhere(wrong)[0]
        here = (
            f"{called}, {_place(at)}: with infinity it is {_said(true[tuple(at)])}, with the "
            f"{LARGEST:.0e} that a cell holds instead {found[tuple(at)]:.4g}"
        )
        began = next((u.began for u in known.values() if u and u.began), here)
    graph.unbounded[node.base] = Unbounded(true, began)


def refuse_other(graph: Graph, ids: Ids) -> None:
    """Refuse a result (…) of which cells say another number than NumPy with its infinities.

    Raises:
        UnsupportedError: it is so; the message names the place where it began.
    """
    for place in graph.node_indices(ids):
        node = graph.nodes[place]
        unbounded = graph.unbounded.get(node.base)
        if unbounded is None or not unbounded.began:
            continue
        mine = ids[(ids >= node.base) & (ids < node.base + node.size)] - node.base
        wrong = _is_other(unbounded.value, graph.values[place]).ravel()[mine]
        if wrong.any():
            raise UnsupportedError(
                f"{unbounded.began}; leave no row masked wholly, or write np.where around the "
                "result (sheetformer.graph.nn.attention(…, mask) makes such a row 0)"
            )


def _computed(graph: Graph, node: Node, values: Mapping[int, Value]) -> Value:
    with np.errstate(all="ignore"):
        numbers = (graph.value(operand, values) for operand in node.operands)
        return OPS[node.op].value(*numbers, **node.attributes)


def _is_other(true: Value, found: Value) -> NDArray[np.bool_]:
    """Where a cell would say something else: (…), (…) → (…)."""
    with np.errstate(all="ignore"):
        off = apart(true, found) > TOLERANCE
        lost = np.isinf(true) & ~(np.sign(true) * found >= HUGE)
    return np.isnan(true) & ~np.isnan(found) | np.isfinite(true) & off | lost


def _said(number: Any) -> str:
    return "no number (NaN)" if np.isnan(number) else f"{number:.4g}"


def _place(at: NDArray[np.int64]) -> str:
    """The place as a person counts, from 1: its row, and before it the matrix of a stack."""
    counted = (at + 1).tolist()
    if len(counted) < 2:
        return f"place {counted[0]}" if counted else "its only place"
    *stack, row, column = counted
    lead = f"matrix {', '.join(map(str, stack))}, " if stack else ""
    return f"{lead}row {row}, column {column}"
