"""Truth values: in the graph they are 1 and 0, and what NumPy does with them it does here.

NumPy's truth values are no numbers yet: `+` of two is or, their product is and, an index of them
is a mask. `.astype(int)` makes them numbers, which add up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sheetformer.errors import UnsupportedError
from sheetformer.graph import functions
from sheetformer.graph.array import Array
from sheetformer.graph.describe import describe
from sheetformer.graph.functions import elementwise

Operation = Callable[..., Array]
"""An operation of arrays (…) that broadcast."""


def truth(value: Any) -> Any:
    """Numbers as 1 and 0, (…) → (…); what only is 1 or 0 stays as it is."""
    if not isinstance(value, Array):
        return np.asarray(value) != 0
    return value if is_truth(value) else elementwise("not_equal", value, 0.0)


def is_truth(value: Any) -> bool:
    """Whether NumPy would hold it as truth values: a comparison, comparisons joined, a mask."""
    return value.is_truth if isinstance(value, Array) else np.asarray(value).dtype == np.bool_


def both(one: Any, other: Any) -> Array:
    """And: (…), (…) → the shape that they broadcast to."""
    return elementwise("multiply", truth(one), truth(other))


def either(one: Any, other: Any) -> Array:
    """Or: (…), (…) → the shape that they broadcast to."""
    return elementwise("maximum", truth(one), truth(other))


def one_of(one: Any, other: Any) -> Array:
    """Either, and not both: (…), (…) → the shape that they broadcast to."""
    return elementwise("not_equal", truth(one), truth(other))


def negated(value: Any) -> Array:
    """Not: (…) → (…)."""
    return elementwise("equal", value, 0.0)


def only_truth(function: Operation) -> Operation:
    """`&`, `|`, `^` and `~` work on bits; on comparisons they mean and, or, not."""

    def checked(*inputs: Any) -> Array:
        for value in inputs:
            if not is_truth(value):
                text = describe(value) if isinstance(value, Array) else repr(value)
                raise UnsupportedError(
                    f"&, |, ^ and ~ join comparisons, and {text} is none; write (x != 0) first, or "
                    "use np.logical_and, np.logical_or, np.logical_not"
                )
        return function(*inputs)

    return checked


def of_truth(on_truth: Operation, on_numbers: Operation) -> Operation:
    """An operation that means something else where all its operands are truth values."""

    def chosen(*inputs: Any) -> Array:
        return (on_truth if all(map(is_truth, inputs)) else on_numbers)(*inputs)

    return chosen


def no_difference(*inputs: Any) -> Array:
    """`-` of truth values, which NumPy refuses too."""
    text = " and ".join(describe(x) if isinstance(x, Array) else repr(x) for x in inputs)
    raise UnsupportedError(
        f"{text}: truth values have no difference, in NumPy neither; write x.astype(float) first, "
        "or a & ~b, or ~a"
    )


def product(one: Any, other: Any) -> Array:
    """Rows times columns of truth values, again truth: (…, n, k), (…, k, m) → (…, n, m)."""
    return elementwise("greater", functions.matmul(one, other), 0.0)
