"""What a wrong block was computed by instead: each step behind it with one slip, tried in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from sheetformer.exercises.plan import Plan, Values, compute
from sheetformer.exercises.slips import agree, close
from sheetformer.graph.node import Graph, Node
from sheetformer.graph.ops import Value

NOT_SUBTRACTED = "the largest number is not subtracted first"
"""No mistake: the shares are the same."""
TURNED = "rows and columns are exchanged: it is transposed"
DOLLAR = "the first cells are right and the copies are not: a $ is missing in the formula"
OFF_ROW = "it is off by one row"
OFF_COLUMN = "it is off by one column"
ROUNDED = "the results are rounded"

Slip = tuple[str, Callable[..., Any]]
"""What is said, and what is computed instead of a step, from its operands."""
Instead = Callable[[Values], Value]
"""What is computed instead of a step, from the values of all others."""

_ROUNDINGS = range(1, 7)


def mistake(plan: Plan, place: int, runs: Sequence[Values], found: Sequence[Value]) -> str | None:
    """The slip that gives what was found in every run, or None.

    Args:
        plan: of the key.
        place: of the blank's step.
        runs: all values in each run, blanks as the student's own file has them.
        found: what stands in the blank in each run.
    """
    inner = _inner(plan, place)
    if not any(np.isfinite(values).all() and values.any() for values in found):
        return None
    # What an operation does wrong is more likely than that another block is read.
    tried = [(step, *slip) for step in inner for slip in _slips(plan.graph, step)]
    tried += [(step, *slip) for step in inner for slip in _other_blocks(plan, place, step)]
    for step, said, instead in tried:
        if _fits(plan, inner, step, instead, runs, found):
            return said
    right = [_again(plan, inner, None, None, values) for values in runs]
    return _by_places(right, found)


def typical(graph: Graph, places: Iterable[int]) -> list[str]:
    """The slips that may happen in some steps, a sentence each, none of them twice."""
    said = (said for place in sorted(places, reverse=True) for said, _ in _slips(graph, place))
    return [one for one in dict.fromkeys(said) if one != NOT_SUBTRACTED]


def _inner(plan: Plan, place: int) -> list[int]:
    """The step of a blank, and those behind it that a student may have computed in its formula.

    One step that stands in a cell of its own counts too: it may have been passed over.
    """
    graph, found = plan.graph, {place}
    waiting = [(place, True)]
    while waiting:
        step, more = waiting.pop()
        for owner in (o for ids in graph.nodes[step].operands for o in graph.owners(ids)):
            node = graph.nodes[owner]
            if node.is_source or owner in plan.blanks or owner in found:
                continue
            stands = owner in plan.standing and node.op != "copy"
            if stands and not more:
                continue
            found.add(owner)
            waiting.append((owner, more and not stands))
    return sorted(found, reverse=True)


def _fits(
    plan: Plan,
    inner: Sequence[int],
    step: int,
    instead: Instead,
    runs: Sequence[Values],
    found: Sequence[Value],
) -> bool:
    changed = False
    for values, here in zip(runs, found, strict=True):
        given = _again(plan, inner, step, instead, values)
        if given is None or given.shape != here.shape or not close(given, here):
            return False
        changed = changed or bool(np.isfinite(here).any())
    return changed


def _again(
    plan: Plan, inner: Sequence[int], step: int | None, instead: Any, values: Values
) -> Value | None:
    """The blank once more, one of its steps computed in another way."""
    own = dict(values)
    for place in reversed(inner):
        try:
            own[place] = instead(own) if place == step else compute(plan.graph, place, own)
        except (ValueError, IndexError, ArithmeticError, TypeError):
            return None
        if own[place].shape != plan.graph.nodes[place].shape:
            return None
    return own[inner[0]]


# -- slips of a step -------------------------------------------------------------------------------


def _slips(graph: Graph, place: int) -> Iterator[tuple[str, Instead]]:
    """The slips of its operation."""
    node = graph.nodes[place]
    for said, op in _SLIPS.get(node.op, lambda *_: ())(graph, node):
        yield said, partial(compute, graph, place, op=op)


def _other_blocks(plan: Plan, blank: int, place: int) -> Iterator[tuple[str, Instead]]:
    """Another block of the same size read in the place of one: V for K."""
    graph = plan.graph
    read = {o for ids in graph.nodes[place].operands for o in graph.owners(ids)} & set(
        plan.standing
    )
    for one in sorted(read):
        for other in plan.needed:
            same = graph.nodes[other].shape == graph.nodes[one].shape
            if same and other < blank and other not in read and other in plan.standing:
                names = (plan.standing[at][0].name for at in (other, one))
                yield (
                    "it reads {!r} where {!r} belongs".format(*names),
                    partial(_swapped, graph, place, one, other),
                )


def _swapped(graph: Graph, place: int, one: int, other: int, values: Values) -> Value:
    """A step with another block in the place of one."""
    return compute(graph, place, {**values, one: values[other]})


def _owner(graph: Graph, node: Node, operand: int) -> str:
    """The operation whose result an operand is."""
    return graph.owner(int(node.inputs[operand].flat[0])).op


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

# -- slips of place --------------------------------------------------------------------------------


def _by_places(right: Sequence[Value | None], found: Sequence[Value]) -> str | None:
    """What can be told from the places of the numbers alone."""
    pairs = [(a, b) for a, b in zip(right, found, strict=True) if a is not None and a.any()]
    if not pairs:
        return None
    flat = pairs[0][0]
    if (
        flat.ndim >= 2
        and flat.shape[-1] == flat.shape[-2] > 1
        and all(close(np.swapaxes(a, -1, -2), b) for a, b in pairs)
    ):
        return TURNED
    for said, axis in ((OFF_ROW, -2), (OFF_COLUMN, -1)):
        if flat.ndim >= 2 and flat.shape[axis] > 2 and _shifted(pairs, axis):
            return said
    if any(all(close(np.round(a, n), b) for a, b in pairs) for n in _ROUNDINGS):
        return ROUNDED
    return DOLLAR if _first_only(pairs) else None


def _shifted(pairs: Sequence[tuple[Value, Value]], axis: int) -> bool:
    """Whether all but one row are those of the row before or after."""
    length = pairs[0][0].shape[axis]
    later, earlier = range(1, length), range(length - 1)
    return any(
        all(close(a.take(one, axis), b.take(other, axis)) for a, b in pairs)
        for one, other in ((later, earlier), (earlier, later))
    )


def _first_only(pairs: Sequence[tuple[Value, Value]]) -> bool:
    """Whether the first row, column or cell is right and nearly all the rest is not."""
    shape = pairs[0][0].shape
    if len(shape) < 2 or pairs[0][0].size < 3:
        return False
    good = np.logical_and.reduce([agree(a, b) for a, b in pairs])
    first = [np.s_[..., 0, :], np.s_[..., :, 0], np.s_[..., 0, 0]]
    for part, rows in zip(first, (shape[-2], shape[-1], 2), strict=True):
        rest = np.ones(shape, dtype=bool)
        rest[part] = False
        if rows > 1 and good[part].all() and not good[rest].any():
            return True
    return False
