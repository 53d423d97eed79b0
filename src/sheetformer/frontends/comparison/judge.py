"""Where two runs part: which result differs by itself, and which only inherits a difference.

An operation of the first run is done again, in float64, with what the second run gave it. What
then is still off, by more than the type of the numbers explains, differs by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sheetformer.frontends.comparison.measure import Measure, measure, size_of
from sheetformer.frontends.comparison.points import Floats, Operand, Point, Setting, Trace, Type

SLACK = 2
"""Steps of a type by which equal results may differ, in parts of the largest number."""
AGAIN = 2
"""The same for an operation that is done again."""
SPREAD = 4
"""How many times what one step of each operand does to a result is explained by the type."""
WAY, MOST = 256, 0.05
"""Steps of a type that a way explains which cannot be done again, and the most that it explains."""
AMPLIFIED = 100
"""How much a difference may grow on such a way."""


@dataclass(eq=False)
class Pair:
    """A result in both runs.

    Attributes:
        kind: `same`, `within` (what rounding explains), `inherits`, `differs`, `shape`, `nan`.
        measure: how far they are from each other; None where the shapes differ.
        itself: whether the difference begins here.
        reason: why it differs by itself: a key, and what it says.
    """

    a: Point
    b: Point
    kind: str = "same"
    measure: Measure | None = None
    itself: bool = False
    reason: tuple[str, Mapping[str, Any]] = ("", {})

    @property
    def type(self) -> Type:
        """The coarser of both types."""
        return max(self.a.rounding, self.b.rounding, key=lambda kind: kind.eps)

    @property
    def relative(self) -> float:
        """The relative difference; infinite where the shapes differ."""
        return np.inf if self.measure is None else self.measure.relative

    @property
    def is_off(self) -> bool:
        """Whether the numbers differ by more than rounding."""
        return self.kind not in ("same", "within")


@dataclass
class Judge:
    """Goes through the pairs in their order."""

    pairs: Sequence[tuple[Point, Point]]
    of: dict[int, Pair] = field(default_factory=dict[int, Pair])
    """For a point of either run (by its identity) its pair."""

    def all(self) -> list[Pair]:
        """Every pair, judged."""
        return [self._judged(a, b) for a, b in self.pairs]

    def _judged(self, a: Point, b: Point) -> Pair:
        pair = self.of[id(a)] = self.of[id(b)] = Pair(a, b)
        theirs = laid_out(b.value, a.value.shape)
        if theirs is None:
            pair.kind, pair.itself = "shape", not any(x.kind == "shape" for x in self._before(pair))
            pair.reason = ("shape", {"a": a.value.shape, "b": b.value.shape})
            return pair
        found = pair.measure = measure(a.value, theirs, pair.type)
        if found.nan:
            pair.kind, pair.itself = "nan", not any(x.kind == "nan" for x in self._before(pair))
            pair.reason = ("nan", {"number": found.nan})
        elif found.largest <= SLACK * pair.type.eps * found.scale:
            pair.kind = "within" if found.largest else "same"
        else:
            self._explain(pair, found)
        return pair

    def _explain(self, pair: Pair, found: Measure) -> None:
        """Say of a pair that differs whether it does so by itself."""
        turned = any(self._is_turned(pair, *x) for x in self._slots(pair))
        if self._is_aligned(pair) and not turned:
            pair.itself = self._again(pair)
        else:
            worst = max((x.relative for x in self._before(pair) if x.is_off), default=0.0)
            explained = max(min(WAY * pair.type.eps, MOST), AMPLIFIED * worst)
            pair.itself = not found.relative <= explained
        pair.kind = "differs" if pair.itself else "inherits"
        if pair.itself:
            pair.reason = self._reason(pair)

    # The operation again.

    def _slots(self, pair: Pair) -> Iterator[tuple[Operand, Operand]]:
        return zip(pair.a.operands, pair.b.operands, strict=False)

    def _is_aligned(self, pair: Pair) -> bool:
        """Whether both read the same results of before, place by place."""
        if pair.a.replay is None or len(pair.a.operands) != len(pair.b.operands):
            return False
        return all(self._are_one(one, other) for one, other in self._slots(pair))

    def _are_one(self, one: Operand, other: Operand) -> bool:
        if one.point is None or other.point is None:
            return one.point is other.point and one.value.shape == other.value.shape
        same = self.of.get(id(one.point)) is self.of.get(id(other.point), 0)
        return same and one.value.shape == other.value.shape

    def _again(self, pair: Pair) -> bool:
        """Whether the first run's operation gives something else for the second run's operands."""
        numbers = {i: x.value for i, x in enumerate(pair.b.operands) if x.point is not None}
        assert pair.a.replay is not None
        try:
            once = pair.a.replay(numbers)
            theirs = laid_out(pair.b.value, once.shape)
            if theirs is None:
                return True
            spread = max(
                (
                    measure(once, pair.a.replay(_moved(numbers, pair, seed)), pair.type).largest
                    for seed in (1, 2)
                ),
                default=0.0,
            )
        except (RuntimeError, IndexError, ValueError):
            return True  # with these operands it cannot even be done
        found = measure(once, theirs, pair.type)
        scale = max(found.scale, size_of(pair.b.value))
        return not found.largest <= SPREAD * spread + AGAIN * pair.type.eps * scale

    def _is_turned(self, pair: Pair, one: Operand, other: Operand) -> bool:
        """Whether the numbers of an operand stand elsewhere than in the other run.

        Numbers that only change their places are as far from each other as before.
        """
        before = self.of.get(id(one.point)) if one.point is not None else None
        if before is None or before.measure is None or one.value.shape != other.value.shape:
            return False
        now = measure(one.value, other.value, pair.type)
        return now.largest > 2 * before.measure.largest + SLACK * before.type.eps * now.scale

    # Why.

    def _before(self, pair: Pair) -> list[Pair]:
        """The nearest pairs that a result was computed from, in either run."""
        found: dict[int, Pair] = {}
        for start in (pair.a, pair.b):
            stack, seen = [start], {id(start)}
            while stack:
                for operand in stack.pop().operands:
                    point = operand.point
                    if point is None or id(point) in seen:
                        continue
                    seen.add(id(point))
                    other = self.of.get(id(point))
                    if other is None:
                        stack.append(point)
                    else:
                        found[id(other)] = other
        return list(found.values())

    def _reason(self, pair: Pair) -> tuple[str, Mapping[str, Any]]:
        a, b = pair.a, pair.b
        if a.source and pair.measure is not None:
            return a.source, _said(a.name, pair.measure)
        if not self._is_aligned(pair):
            only = {"only_a": self._unmatched(a), "only_b": self._unmatched(b)}
            if a.operation != b.operation and not any(only.values()):
                return "operation", {"a": a.operation, "b": b.operation}
            return "steps", {key: ", ".join(names) for key, names in only.items()}
        for one, other in self._slots(pair):
            if one.point is None and (said := _other_source(one, other, pair.type)):
                return said
        if a.operation != b.operation:
            return "operation", {"a": a.operation, "b": b.operation}
        if told := _told(a.settings, b.settings):
            return "settings", told
        for one, other in self._slots(pair):
            if self._is_turned(pair, one, other) and one.point is not None:
                return "arranged", {"name": one.point.name}
        return "itself", {}

    def _unmatched(self, point: Point) -> list[str]:
        """The operations just before that only this run has."""
        found: list[str] = []
        stack = [point]
        while stack:
            for operand in stack.pop().operands:
                before = operand.point
                if before is not None and id(before) not in self.of:
                    found.insert(0, _step_name(before))
                    stack.append(before)
        return found[-6:]


def laid_out(x: Floats, shape: tuple[int, ...]) -> Floats | None:
    """The same rows under another number of axes, as linear and addmm have; None if they differ.

    >>> laid_out(np.zeros((1, 4, 8)), (4, 8)).shape, laid_out(np.zeros((8, 4)), (4, 8))
    ((4, 8), None)
    """
    if x.shape == shape:
        return x
    rows = x.size == np.prod(shape) and x.shape[-1:] == shape[-1:]
    return x.reshape(shape) if rows else None


def _step_name(point: Point) -> str:
    told = [str(value) for _, value in point.settings]
    kinds = [x.removeprefix("torch.") for x in told if x.startswith("torch.")]
    return f"{point.operation} ({kinds[0]})" if kinds else point.short or point.operation


def _told(a: Sequence[Setting], b: Sequence[Setting]) -> Mapping[str, Any] | None:
    """The first setting that differs."""
    mine, theirs = dict(a), dict(b)
    for name in [*mine, *theirs]:
        one, other = mine.get(name), theirs.get(name)
        if one != other:
            return {"name": name, "a": str(one), "b": str(other)}
    return None


def _moved(numbers: Mapping[int, Floats], pair: Pair, seed: int) -> dict[int, Floats]:
    """Every number by about one step of its type."""
    eps = pair.type.eps or np.finfo(np.float64).eps
    random = np.random.default_rng(seed)
    return {
        i: x * (1.0 + eps * random.choice([-1.0, 1.0], x.shape)) if _is_real(x) else x
        for i, x in numbers.items()
    }


def _is_real(x: Floats) -> bool:
    """Whether these are measured numbers, rather than places and truth values."""
    return not np.array_equal(x, np.round(x))


def _other_source(one: Operand, other: Operand, kind: Type) -> tuple[str, Mapping[str, Any]] | None:
    """Of a weight, an input or a constant that both read: what differs in it."""
    if one.value.shape != other.value.shape:
        return None
    found = measure(one.value, other.value, kind)
    if found.largest <= SLACK * kind.eps * found.scale:
        return None
    return one.source or "constant", _said(other.name or one.name, found)


def _said(name: str, found: Measure) -> Mapping[str, Any]:
    a, b = found.numbers
    return {"name": name, "place": list(found.place), "a": a, "b": b}


def reaching(first: Pair, pairs: Mapping[int, Pair], a: Trace, b: Trace) -> bool:
    """Whether a difference goes on to a result of either run, if the second's are known."""
    if not b.results:
        return True
    dirty = {id(first.a), id(first.b)}
    before = 0
    while before < len(dirty):  # what one run hands on, the other may hand on further
        before = len(dirty)
        for point in (*a.points, *b.points):
            pair = pairs.get(id(point))
            reads = any(id(x.point) in dirty for x in point.operands if x.point is not None)
            if reads and (pair is None or pair.is_off):
                dirty |= {id(point)} if pair is None else {id(pair.a), id(pair.b)}
    return any(id(result.point) in dirty for result in (*a.results, *b.results))
