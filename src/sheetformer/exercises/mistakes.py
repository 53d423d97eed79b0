"""What a wrong block was computed by instead: each step behind it with one slip, tried in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from sheetformer.exercises.operation_slips import NOT_SUBTRACTED, operation_slips
from sheetformer.exercises.plan import Plan, Values, compute
from sheetformer.exercises.slips import agree, close
from sheetformer.graph.node import Graph
from sheetformer.graph.ops import Value

TURNED = "rows and columns are exchanged: it is transposed"
DOLLAR = "the first cells are right and the copies are not: a $ is missing in the formula"
OFF_ROW = "it is off by one row"
OFF_COLUMN = "it is off by one column"
ROUNDED = "the results are rounded"

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
    for said, op in operation_slips(graph, graph.nodes[place]):
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
