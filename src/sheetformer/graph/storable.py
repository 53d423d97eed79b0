"""What a cell can hold, finite numbers and words, and how exactly its number can be checked."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.graph.ops import Value

LARGEST = 1e30
"""What stands for infinity: a cell cannot hold it, and exp(−1E+30) is 0 all the same."""
FARTHEST = 1.79769313486231e308
"""The largest number that every program reads: the last digits of np.finfo(float).max overflow
where a program keeps 15 of them."""
TOLERANCE = 1e-9
"""Two ways to compute one number may differ by so much: rounding, in any spreadsheet program."""
LONGEST = 32_767
"""Characters that a cell holds."""
NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""Characters that no workbook can hold, not even escaped."""


def storable(value: Any, *, infinite: bool) -> Value:
    """A value as float64 numbers or as words (objects), in its shape.

    Args:
        value: a NumPy array, a list, a number or a word.
        infinite: whether infinity may stand there; it becomes ±1E+30.

    Raises:
        ShapeError: rows differ in length, or there is nothing.
        UnsupportedError: a cell cannot hold it; the message says what.
    """
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ShapeError(f"this is no table of numbers or words: {error}") from error
    if not array.size:
        raise ShapeError(f"an array of shape {array.shape} holds nothing to write into cells")
    if array.dtype.kind in "UO":
        return _words(array.astype(object))
    if array.dtype.kind not in "biuf":
        raise UnsupportedError(f"a cell cannot hold {array.dtype}; give numbers or words")
    return _numbers(array.astype(np.float64), infinite=infinite)


def _words(array: Value) -> Value:
    for item in array.flat:
        if not isinstance(item, str):
            raise UnsupportedError(f"a cell cannot hold {item!r} beside words; give words only")
        if found := NOT_XML.search(item):
            raise UnsupportedError(f"a cell cannot hold the character U+{ord(found[0]):04X}")
        if len(item) > LONGEST:
            raise UnsupportedError(f"a cell cannot hold {len(item)} characters, only {LONGEST}")
    return array


def _numbers(array: Value, *, infinite: bool) -> Value:
    if np.isnan(array).any():
        raise UnsupportedError("a cell cannot hold NaN; replace it before tracing")
    if not np.isinf(array).any():
        return np.asarray(np.clip(array, -FARTHEST, FARTHEST))
    if not infinite:
        raise UnsupportedError("a cell cannot hold infinity; use 1e30 in its place before tracing")
    return np.nan_to_num(array, copy=False, posinf=LARGEST, neginf=-LARGEST)
