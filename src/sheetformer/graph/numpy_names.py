"""NumPy's own function names on an `Array`, so that a function written for NumPy traces as it is."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

import numpy as np

from sheetformer.errors import UnsupportedError
from sheetformer.graph import array as arrays
from sheetformer.graph.array import Array, elementwise

_UFUNCS: dict[str, str] = {
    "add": "add", "subtract": "subtract", "multiply": "multiply", "divide": "divide",
    "true_divide": "divide", "power": "power", "float_power": "power", "negative": "negate",
    "absolute": "absolute", "fabs": "absolute", "maximum": "maximum", "equal": "equal",
    "not_equal": "not_equal", "less": "less", "less_equal": "less_equal", "greater": "greater",
    "greater_equal": "greater_equal", "exp": "exp", "log": "log", "sqrt": "sqrt", "tanh": "tanh",
}  # fmt: skip


def _minimum(left: Any, right: Any) -> Array:
    return -elementwise("maximum", -left, -right)


_COMPOSED: dict[str, Callable[..., Any]] = {
    "matmul": arrays.matmul,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1.0 / x,
    "positive": lambda x: x,
    "minimum": _minimum,
}


def _split(array: Array, sections: int | list[int], axis: int = 0) -> list[Array]:
    places = np.split(np.arange(array.shape[axis]), sections)
    lead = (slice(None),) * (axis % array.ndim)
    return [array[(*lead, slice(int(p[0]), int(p[-1]) + 1))] for p in places]


_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: Array.sum,
    np.mean: Array.mean,
    np.max: Array.max,
    np.min: Array.min,
    np.argmax: Array.argmax,
    np.where: lambda condition, x, y: elementwise("where", condition, x, y),
    np.concatenate: arrays.concatenate,
    np.stack: arrays.stack,
    np.split: _split,
    np.array_split: _split,
    np.transpose: lambda x, axes=None: x.transpose(axes or ()),
    np.matrix_transpose: lambda x: x.swapaxes(-1, -2),
    np.swapaxes: Array.swapaxes,
    np.reshape: lambda x, shape: x.reshape(shape),
    np.ravel: Array.ravel,
    np.squeeze: Array.squeeze,
    np.expand_dims: lambda x, axis: x[(*[slice(None)] * (axis % (x.ndim + 1)), None)],
    np.broadcast_to: lambda x, shape: x._view(arrays.views.broadcast, shape),
    np.take: lambda x, index, axis=0: x[(*[slice(None)] * axis, index)] if axis else x[index],
    np.dot: arrays.matmul,
    np.shape: lambda x: x.shape,
    np.ndim: lambda x: x.ndim,
    np.size: lambda x: x.size,
}


def call_ufunc(ufunc: Any, method: str, inputs: Any, settings: Any) -> Any:
    """Write `numpy.exp(x)` and the like into the graph.

    Raises:
        UnsupportedError: the function has no spreadsheet form; the message names near ones.
    """
    name = ufunc.__name__
    if method != "__call__" or settings:
        asked = ", ".join(settings) or method
        raise UnsupportedError(f"numpy.{name} with {asked} has no spreadsheet form; use it plainly")
    if name in _COMPOSED:
        return _COMPOSED[name](*inputs)
    if name in _UFUNCS:
        return elementwise(_UFUNCS[name], *inputs)
    raise _unknown(name)


def call_function(function: Any, inputs: Any, settings: Any) -> Any:
    """Write `numpy.concatenate(…)` and the like into the graph.

    Raises:
        UnsupportedError: the function has no spreadsheet form; the message names near ones.
    """
    if function not in _FUNCTIONS:
        raise _unknown(function.__name__)
    try:
        return _FUNCTIONS[function](*inputs, **settings)
    except TypeError as error:
        raise UnsupportedError(
            f"numpy.{function.__name__} is known, but not with these arguments: {error}"
        ) from error


def _unknown(name: str) -> UnsupportedError:
    known = sorted({*_UFUNCS, *_COMPOSED, *(f.__name__ for f in _FUNCTIONS)})
    near = difflib.get_close_matches(name, known, 3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(known)}"
    return UnsupportedError(f"numpy.{name} has no spreadsheet form here; {hint}")
