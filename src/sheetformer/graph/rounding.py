"""Rounding on Arrays: floor, ceil, trunc, round half to even, and what divisions leave.

Where a number lies so close to a jump that programs would not agree, it is refused.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.errors import UnsupportedError
from sheetformer.graph.array import Array
from sheetformer.graph.functions import elementwise, named, rule
from sheetformer.graph.storable import TOLERANCE

NEAR = (
    "it rounds a number that lies within 1E-9 of where it jumps, such as 2.9999999999999996, and "
    "spreadsheet programs do not all take that for the same whole number"
)


def _agrees(found: Array, expected: Any) -> Array:
    """What was found, if it is what NumPy says.

    Raises:
        UnsupportedError: it is not, since a number lies too close to a jump.
    """
    if not np.allclose(found.value, expected, rtol=TOLERANCE, atol=TOLERANCE):
        raise UnsupportedError(NEAR)
    return found


def _value(x: Any) -> Any:
    return x.value if isinstance(x, Array) else x


def _floor(x: Any) -> Array:
    return _agrees(elementwise("floor", x), np.floor(_value(x)))


@rule
def floor(x: Any) -> Array:
    """The whole number below: (…) → (…)."""
    return _floor(x)


@rule
def ceil(x: Any) -> Array:
    """The whole number above: (…) → (…)."""
    return -_floor(-x)


@rule
def trunc(x: Any) -> Array:
    """The whole number on the way to 0: (…) → (…)."""
    return np.sign(x) * _floor(abs(x))


@rule
def round_half_even(x: Any, decimals: int = 0) -> Array:
    """The nearest number of so many decimals, an even one in the middle of two: (…) → (…)."""
    scaled = x * 10.0**decimals if decimals else x
    up = named(_floor(scaled + 0.5), "nearest")
    in_the_middle = abs(up - scaled - 0.5) < TOLERANCE
    odd = up - elementwise("floor", up * 0.5) * 2.0
    found = _agrees(up - in_the_middle * odd, np.rint(_value(scaled)))
    return found / 10.0**decimals if decimals else found


@rule
def floor_divide(x: Any, y: Any) -> Array:
    """How often the second goes into the first, rounded down: the shapes broadcast."""
    return _agrees(_floor(elementwise("divide", x, y)), np.floor_divide(_value(x), _value(y)))


@rule
def trunc_divide(x: Any, y: Any) -> Array:
    """How often the second goes into the first, rounded to 0: the shapes broadcast."""
    return trunc(elementwise("divide", x, y))


@rule
def remainder(x: Any, y: Any) -> Array:
    """What a division rounded down leaves, with the sign of the second: the shapes broadcast."""
    left = elementwise("subtract", x, floor_divide(x, y) * y)
    return _agrees(left, np.remainder(_value(x), _value(y)))


@rule
def fmod(x: Any, y: Any) -> Array:
    """What a division rounded to 0 leaves, with the sign of the first: the shapes broadcast."""
    left = elementwise("subtract", x, trunc_divide(x, y) * y)
    return _agrees(left, np.fmod(_value(x), _value(y)))
