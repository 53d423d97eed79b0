"""Small whole numbers for an exercise that is done by pencil, chosen so that results stay short."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence

import numpy as np

from sheetformer.book.workbook import HUGE
from sheetformer.graph.node import Graph
from sheetformer.graph.ops import Value

Source = tuple[int, float, float]
"""What is moved: the base of an input or of learned numbers, and the bounds that they keep."""

SHORT = 2
"""Decimals of a number that is still short."""
_TRIES = 60
"""So many drawings are compared."""
_SPREADS = (1, 1, 1, 2, 3)
"""The largest number of a block is one of these."""
_LARGE, _TINY = 9.0, 0.005
"""Beyond these a number is hard to work with, or is lost when it is rounded."""


def decimals(values: Value) -> int | None:
    """How many decimals numbers have, at most `SHORT`; None where they have more.

    >>> decimals(np.array([1.0, 2.5])), decimals(np.array([1 / 3]))
    (1, None)
    """
    known = values[np.isfinite(values) & (np.abs(values) < HUGE)]
    return next(
        (d for d in range(SHORT + 1) if np.allclose(known, known.round(d), atol=1e-9)), None
    )


def whole_numbers(
    graph: Graph, sources: Sequence[Source], wanted: Collection[int], seed: str
) -> dict[int, Value]:
    """The place of each input → small whole numbers, the best of many drawings.

    Best is where what is worked out is neither large nor lost in rounding, and where few numbers
    are the same or long.

    Args:
        graph: of the book.
        sources: what may be changed, with its bounds.
        wanted: the places of the steps that are worked out by pencil.
        seed: of the random numbers.
    """
    drawings = (
        _drawn(graph, sources, random.Random(f"{seed} {attempt}")) for attempt in range(_TRIES)
    )
    return min(drawings, key=lambda drawing: _cost(graph.evaluate(drawing), wanted))


def _drawn(graph: Graph, sources: Sequence[Source], chance: random.Random) -> dict[int, Value]:
    found: dict[int, Value] = {}
    for base, least, most in sources:
        place, spread = graph.node_index(base), chance.choice(_SPREADS)
        shape = graph.values[place].shape
        lowest, highest = int(np.ceil(least)), int(np.floor(most))
        low, high = max(-spread, lowest), min(spread, highest)
        low, high = (low, high) if low < high else (lowest, highest)
        numbers = [chance.randint(low, high) for _ in range(int(np.prod(shape)))]
        found[place] = np.array(numbers, dtype=float).reshape(shape)
    return found


def _cost(values: Sequence[Value], wanted: Collection[int]) -> float:
    """How hard the numbers are to work with, and how little they tell apart."""
    cost = 0.0
    for number in (np.asarray(values[place], dtype=float) for place in wanted):
        sizes = np.abs(number[np.abs(number) < HUGE])
        if not np.isfinite(number).all() or not sizes.any():
            return np.inf
        cost += 3.0 * max(float(sizes.max()) - _LARGE, 0.0)
        cost += 2.0 * int(((sizes > 0) & (sizes < _TINY)).sum())
        cost += 0.5 * (number.size - np.unique(number).size)
        cost += 0.2 * number.size * (decimals(number) is None)
    return cost


def moved_whole(value: Value, least: float, most: float, chance: random.Random) -> Value:
    """Other whole numbers near these: each one more, one less, or the same."""
    steps = np.array([chance.randint(-1, 1) for _ in range(value.size)]).reshape(value.shape)
    return np.clip(value + steps, np.ceil(least), np.floor(most))
