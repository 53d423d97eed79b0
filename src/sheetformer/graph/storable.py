"""What a cell can hold, finite numbers and words, and how exactly its number can be checked."""

from __future__ import annotations

import numbers
import re
from collections.abc import Mapping, Set
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


def apart(expected: Value, found: Value) -> Value:
    """How far numbers (…) are from expected ones: in their own unit below 1, relative above.

    >>> apart(np.array([0.0, 200.0]), np.array([0.5, 201.0])).tolist()
    [0.5, 0.005]
    """
    with np.errstate(all="ignore"):
        return np.abs(found - expected) / np.maximum(1.0, np.abs(expected))


def as_numpy(value: Any) -> Value:
    """What was given as a NumPy array of numbers, truth values or words (objects).

    A PyTorch tensor is read without its gradient, and of any float type, without PyTorch here.

    Raises:
        ShapeError: rows differ in length.
        UnsupportedError: it is no array, or holds more than numbers, such as a mask.
    """
    if _is_masked(value):
        raise UnsupportedError(
            "a masked array would lose its mask; give value.filled(0) and the mask as two arrays"
        )
    if isinstance(value, np.matrix):
        raise UnsupportedError(
            "a numpy.matrix multiplies otherwise than arrays do; give numpy.asarray(value)"
        )
    if isinstance(value, Mapping | Set):
        raise _no_array(value)
    try:
        array = np.asarray(_detached(value))
    except ValueError as error:
        raise ShapeError(f"this is no table of numbers or words: {error}") from error
    except (TypeError, RuntimeError, NotImplementedError) as error:
        raise UnsupportedError(
            f"a {type(value).__name__} is no plain array of numbers: {error}"
        ) from error
    return _plain(array) if array.dtype == object else array


def _is_masked(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return any(map(_is_masked, value))
    return isinstance(value, np.ma.MaskedArray) and bool(np.ma.is_masked(value))


def _detached(value: Any) -> Any:
    """A tensor without its gradient, in a float type that NumPy has; else the value itself."""
    if isinstance(value, tuple | list):
        return [_detached(part) for part in value] if any(map(_is_tensor, value)) else value
    if not _is_tensor(value):
        return value
    tensor = value.detach().cpu()
    return tensor.double() if tensor.is_floating_point() else tensor


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "detach") and hasattr(value, "is_floating_point")


def _plain(array: Value) -> Value:
    """Python numbers of any size as float64; all else, such as words, as it is."""
    if all(isinstance(item, numbers.Real) for item in array.flat):
        try:
            return array.astype(np.float64)
        except OverflowError as error:
            raise UnsupportedError(f"a cell cannot hold a number beyond 1E+308: {error}") from error
    if not array.ndim and array.item() is not None and not isinstance(array.item(), str):
        raise _no_array(array.item())
    return array


def _no_array(value: Any) -> UnsupportedError:
    return UnsupportedError(
        f"what is of type {type(value).__name__} is no array of numbers or words, so a cell cannot "
        "hold it; give each of the arrays in it by itself"
    )


def storable(value: Any) -> Value:
    """A value as float64 numbers or as words (objects), in its shape; infinity becomes ±1E+30.

    Args:
        value: a NumPy array, a list, a number or a word.

    Raises:
        ShapeError: rows differ in length, or there is nothing.
        UnsupportedError: a cell cannot hold it; the message says what.
    """
    array = as_numpy(value)
    if not array.size:
        raise ShapeError(f"an array of shape {array.shape} holds nothing to write into cells")
    if array.dtype.kind in "UOT":
        return _words(array.astype(object))
    if array.dtype.kind not in "biuf":
        raise UnsupportedError(f"a cell cannot hold {array.dtype}; give numbers or words")
    found = array.astype(np.float64)
    if np.isnan(found).any():
        raise UnsupportedError("a cell cannot hold NaN; replace it before tracing")
    finite = np.clip(found, -FARTHEST, FARTHEST)
    return np.where(np.isinf(found), np.sign(found) * LARGEST, finite)


def _words(array: Value) -> Value:
    for item in array.flat:
        if not isinstance(item, str):
            raise UnsupportedError(f"a cell cannot hold {item!r}; give words only, or numbers only")
        if found := NOT_XML.search(item):
            raise UnsupportedError(f"a cell cannot hold the character U+{ord(found[0]):04X}")
        if len(item) > LONGEST:
            raise UnsupportedError(f"a cell cannot hold {len(item)} characters, only {LONGEST}")
    return array
