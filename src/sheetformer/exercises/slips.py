"""Which known slips explain what was found in a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from sheetformer.engines.compare import difference
from sheetformer.graph.storable import TOLERANCE, apart

Found = Sequence[Any]
"""What stands in the cells of a rectangle, row by row: numbers, None, or the word of an error."""


def explains(expected: Any, found: Found, tolerance: float = TOLERANCE) -> bool:
    """Whether numbers are what was found.

    >>> explains(np.array([1.0, 2.0]), [1.0, 2.0]), explains(np.array([1.0]), ["#NUM!"])
    (True, False)
    """
    pairs = zip(np.ravel(expected).tolist(), found, strict=True)
    return all(
        isinstance(value, float) and difference(number, value) <= tolerance
        for number, value in pairs
    )


def has_errors(found: Found) -> bool:
    """Whether a cell shows an error or a text."""
    return any(isinstance(value, str) for value in found)


def reasons(
    slips: Iterable[tuple[tuple[str, ...], Callable[[int], Any]]], found: Sequence[Found]
) -> tuple[str, ...]:
    """What was done instead: the first slip that gives what was found in every trial.

    Args:
        slips: sentences, and a function from the number of a trial to what the slip gives there.
        found: what was found, trial by trial.

    Returns:
        its sentences; none where no slip fits, or the slip could be any.
    """
    for said, instead in slips:
        if all(_holds(instead, trial, values) for trial, values in enumerate(found)):
            return said
    return ()


def _holds(instead: Callable[[int], Any], trial: int, values: Found) -> bool:
    try:
        with np.errstate(all="ignore"):
            given = np.asarray(instead(trial), dtype=float)
    except (ValueError, IndexError, ArithmeticError):
        # Such as K that is not transposed where it does not fit.
        return False
    return given.size == len(values) and explains(given, values)


def agree(expected: Any, found: Any, tolerance: float = TOLERANCE) -> Any:
    """Where two arrays are equal but for rounding; what no cell can hold equals an error (nan).

    >>> agree(np.array([1.0, np.inf, 2.0]), np.array([1.0, np.nan, np.nan])).tolist()
    [True, True, False]
    """
    expected, found = np.broadcast_arrays(expected, found)
    near = apart(expected, found) <= tolerance
    return np.where(np.isfinite(expected), near, ~np.isfinite(found))


def close(expected: Any, found: Any) -> bool:
    """Whether two arrays agree everywhere."""
    return bool(agree(expected, found).all())
