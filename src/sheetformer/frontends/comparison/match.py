"""Which result of one run is which of the other: by module path and role, then by order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from sheetformer.frontends.comparison.points import Point, Trace

ROLES = frozenset({"Q", "K", "V", "scores", "scaled", "masked", "weights", "context", "output", ""})
"""What says by itself which result of a module it is; other names only say the operation."""
_LONGEST = 3000
"""Results that are laid side by side at once; longer runs of strange names are cut there."""


def matched(a: Trace, b: Trace) -> list[tuple[Point, Point]]:
    """Pairs of results, in the order of the second run."""
    pairs = _Pairs()
    pairs.add(_by_key(a.points, b.points))
    pairs.add(_by_module(pairs.left(a), pairs.left(b)))
    groups_a, groups_b = _groups(pairs.left(a)), _groups(pairs.left(b))
    for place, points in groups_b.items():
        pairs.add(_aligned(groups_a.get(place, []), points, _operation))
    pairs.add(_results(a, b))
    pairs.add(_aligned(pairs.left(a), pairs.left(b), lambda point: point.role))
    order = {id(point): i for i, point in enumerate(b.points)}
    return sorted(pairs.found, key=lambda pair: order[id(pair[1])])


class _Pairs:
    """What was found so far; nobody is taken twice."""

    def __init__(self) -> None:
        self.found: list[tuple[Point, Point]] = []
        self.taken: set[int] = set()

    def add(self, pairs: Iterator[tuple[Point, Point]]) -> None:
        for one, other in pairs:
            if not {id(one), id(other)} & self.taken:
                self.found.append((one, other))
                self.taken |= {id(one), id(other)}

    def left(self, trace: Trace) -> list[Point]:
        return [point for point in trace.points if id(point) not in self.taken]


def _by_key(a: Sequence[Point], b: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """Modules' own results and the steps of attention: the same place and name."""
    first, other = (_keyed(points) for points in (a, b))
    for key, points in other.items():
        yield from zip(first.get(key, ()), points, strict=False)


def _keyed(points: Sequence[Point]) -> dict[Any, list[Point]]:
    found: dict[Any, list[Point]] = {}
    for point in points:
        if point.short in ROLES:
            found.setdefault((point.place, point.short), []).append(point)
    return found


def _by_module(a: Sequence[Point], b: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """What a module gives, whatever operation it ends with."""
    known = {path: point for point in a for path in reversed(point.modules)}
    for point in b:
        mine = next((known[path] for path in point.modules if path in known), None)
        if mine is not None:
            yield mine, point


def _groups(points: Sequence[Point]) -> dict[Any, list[Point]]:
    found: dict[Any, list[Point]] = {}
    for point in points:
        found.setdefault(point.place, []).append(point)
    return found


def _operation(point: Point) -> Any:
    return point.operation


def _aligned(
    a: Sequence[Point], b: Sequence[Point], token: Callable[[Point], Any]
) -> Iterator[tuple[Point, Point]]:
    """The longest runs that both have in the same order."""
    one, other = (list(map(token, points[:_LONGEST])) for points in (a, b))
    for i, j, size in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        yield from zip(a[i : i + size], b[j : j + size], strict=True)


def _results(a: Trace, b: Trace) -> Iterator[tuple[Point, Point]]:
    """What both models give, by its name or its place."""
    names = {result.name: result for result in a.results}
    for i, other in enumerate(b.results):
        mine = names.get(other.name) or next(iter(a.results[i : i + 1]), None)
        if mine is not None and mine.point is not None and other.point is not None:
            yield mine.point, other.point
