"""How far two arrays are from each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.book.workbook import HUGE
from sheetformer.frontends.comparison.points import Floats, Type


@dataclass(frozen=True)
class Measure:
    """What differs between two arrays of one shape.

    Attributes:
        largest: the largest difference.
        relative: the same in parts of the largest number of the first array.
        ulps: the same in units in the last place of that number.
        cosine: the cosine of the angle between them; 1 where both are zero.
        place: where the largest difference is.
        numbers: both numbers there.
        nan: how many numbers are none in one of them only.
        scale: the largest number of the first array.
    """

    largest: float
    relative: float
    ulps: float
    cosine: float
    place: tuple[int, ...]
    numbers: tuple[float, float]
    nan: int = 0
    scale: float = 0.0


def measure(a: Floats, b: Floats, kind: Type) -> Measure:
    """Compare two arrays (…) of one shape; units in the last place are those of a type.

    >>> from sheetformer.frontends.comparison.points import TYPES
    >>> found = measure(np.array([1.0, 4.0]), np.array([1.0, 5.0]), TYPES["float32"])
    >>> found.largest, found.relative, found.place, found.numbers
    (1.0, 0.25, (1,), (4.0, 5.0))
    """
    nan = np.isnan(a) != np.isnan(b)
    x, y = (np.clip(np.nan_to_num(each, nan=0.0), -HUGE, HUGE) for each in (a, b))
    if nan.any():
        place = _index(np.flatnonzero(nan)[0], a.shape)
        both = float(a[place]), float(b[place])
        return Measure(np.inf, np.inf, np.inf, _cosine(x, y), place, both, int(nan.sum()))
    if not a.size:
        return Measure(0.0, 0.0, 0.0, 1.0, (), (0.0, 0.0))
    far = np.abs(x - y)
    place = _index(int(far.argmax()), a.shape)
    largest = float(far[place])
    scale = size_of(x)
    relative = largest / scale if scale else (np.inf if largest else 0.0)
    both = float(a[place]), float(b[place])
    ulps = largest / kind.ulp(scale)
    return Measure(largest, relative, ulps, _cosine(x, y), place, both, 0, scale)


def size_of(x: Floats) -> float:
    """The largest number, but for those that hide a score."""
    shown = np.abs(x[np.abs(x) < HUGE])
    return float(shown.max()) if shown.size else 0.0


def _cosine(x: Floats, y: Floats) -> float:
    shown = (np.abs(x) < HUGE) & (np.abs(y) < HUGE)
    x, y = x[shown], y[shown]
    lengths = float(np.linalg.norm(x) * np.linalg.norm(y))
    if not lengths:
        return 1.0 if np.array_equal(x, y) else 0.0
    return min(1.0, float(x @ y) / lengths)


def _index(flat: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(flat, shape))


def axes_of(count: int, short: str) -> tuple[str, ...]:
    """What the axes of a result are, as keys of the language files.

    >>> axes_of(3, ""), axes_of(4, "weights")
    (('text', 'token', 'column'), ('text', 'head', 'token', 'looks_at'))
    """
    last = "looks_at" if short in ("scores", "scaled", "masked", "weights") else "column"
    if count < 4:
        return ("text", "token", last)[3 - count :]
    return (*("axis",) * (count - 4), "text", "head", "token", last)
