"""NumPy's own function names on an `Array`: a function written for NumPy traces as it is."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.graph import functions, views
from sheetformer.graph.array import Array
from sheetformer.graph.contraction import CONTRACTIONS
from sheetformer.graph.describe import describe
from sheetformer.graph.functions import elementwise
from sheetformer.graph.numpy_more import MORE, NUMBERS, moved
from sheetformer.graph.ops import OPS
from sheetformer.graph.reductions import REDUCTIONS
from sheetformer.graph.selection import select
from sheetformer.graph.truth import (
    both,
    either,
    is_truth,
    negated,
    no_difference,
    of_truth,
    one_of,
    only_truth,
    product,
)
from sheetformer.suggest import did_you_mean, nearest

_UFUNCS: dict[str, str] = {name: op.name for op in OPS.values() for name in op.numpy}


_COMPOSED: dict[str, Callable[..., Any]] = {
    "add": of_truth(either, partial(elementwise, "add")),
    "subtract": of_truth(no_difference, partial(elementwise, "subtract")),
    "negative": of_truth(no_difference, partial(elementwise, "negate")),
    "matmul": of_truth(product, functions.matmul),
    "absolute": of_truth(lambda x: x, partial(elementwise, "absolute")),
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1.0 / x,
    "positive": lambda x: x,
    "log2": lambda x: np.log(x) / math.log(2.0),
    "log10": lambda x: np.log(x) / math.log(10.0),
    "log1p": lambda x: np.log(1.0 + x),
    "exp2": lambda x: 2.0**x,
    "expm1": lambda x: np.exp(x) - 1.0,
    "sign": lambda x: elementwise("subtract", x > 0, x < 0),
    "logical_and": both,
    "logical_or": either,
    "logical_xor": one_of,
    "logical_not": negated,
    "bitwise_and": only_truth(both),
    "bitwise_or": only_truth(either),
    "bitwise_xor": only_truth(one_of),
    "invert": only_truth(negated),
    **NUMBERS,
}

_SHIFTS = "works on bits of whole numbers; write x * 2**n"
_NO_FORM = {
    "left_shift": _SHIFTS, "right_shift": _SHIFTS,
}  # fmt: skip
"""Why some functions have no form, where another name would not help."""


def _clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    least, most = a_min if min is None else min, a_max if max is None else max
    bounded_below = a if least is None else elementwise("maximum", a, least)
    return bounded_below if most is None else elementwise("minimum", bounded_below, most)


def _where(condition: Any, x: Any, y: Any) -> Array:
    return elementwise("where", condition, x, y)


def _triangle(keep: Callable[..., Any]) -> Callable[..., Array]:
    def kept(m: Array, k: int = 0) -> Array:
        return elementwise("where", keep(np.ones(m.shape[-2:]), k), m, m.dtype.type(0))

    return kept


def _split(ary: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    try:
        places = np.split(np.arange(ary.shape[axis]), indices_or_sections)
    except (ValueError, IndexError, TypeError) as error:
        raise ShapeError(f"split {describe(ary)} along axis {axis}: {error}") from error
    lead = (slice(None),) * (axis % ary.ndim)
    return [ary[(*lead, part)] for part in places]


def _picked(array: Array, key: Array) -> Any:
    """`array[key]` with a computed key: a mask, or places of rows."""
    return select(array, key) if is_truth(key) else functions.embedding(array, key)


def _take(a: Array, indices: Any, axis: int | None = None) -> Array:
    """Elements by their places along an axis; truth values are the places 0 and 1 here."""
    (line,) = (0,) if axis is None else functions.reduced_axes("take", a, axis)
    if isinstance(indices, Array):
        if line or (axis is None and a.ndim > 1):
            raise UnsupportedError("numpy.take with a computed index picks along axis 0")
        return functions.embedding(a, indices)
    flat = a.ravel() if axis is None else a
    places = np.asarray(indices)
    return flat[(*[slice(None)] * line, places.astype(int) if places.dtype == bool else places)]


def _dot(a: Any, b: Any) -> Array:
    if not np.ndim(a) or not np.ndim(b):
        return elementwise("multiply", a, b)
    if np.ndim(b) > 2:
        raise UnsupportedError("numpy.dot with more than two axes on the right; use @")
    return np.matmul(a, b)


def _outer(a: Any, b: Any) -> Array:
    left, right = functions.together(a, b)
    return np.matmul(left.reshape(-1, 1), right.reshape(1, -1))


def _moveaxis(a: Array, source: Any, destination: Any) -> Array:
    try:
        order = np.moveaxis(np.empty(range(a.ndim)), source, destination).shape
    except (ValueError, TypeError) as error:
        raise ShapeError(f"moveaxis: {describe(a)}: {error}") from error
    return a.transpose(order)


def _flip(m: Array, axis: Any = None) -> Array:
    axes = functions.reduced_axes("flip", m, axis)
    return m[tuple(slice(None, None, -1 if i in axes else 1) for i in range(m.ndim))]


def _like(value: float) -> Callable[..., Any]:
    """As NumPy's own: of the kind of the array, truth values if it holds these."""

    def made(a: Any, dtype: Any = None, *, shape: Any = None) -> Any:
        return _full_like(a, value, dtype, shape=shape)

    return made


def _full_like(a: Any, fill_value: Any, dtype: Any = None, *, shape: Any = None) -> Any:
    wanted = np.shape(a) if shape is None else shape
    if isinstance(fill_value, Array):
        return fill_value.view(views.broadcast, wanted)
    kind = (a if isinstance(a, Array) else np.asarray(a)).dtype if dtype is None else dtype
    return np.full(wanted, fill_value, kind)


def _row_stack(tup: Any) -> Array:
    parts = functions.together(*tup)
    return functions.concatenate([p if p.ndim > 1 else p.reshape(1, -1) for p in parts], 0)


def _side_by_side(tup: Any) -> Array:
    parts = [part if part.ndim else part.reshape(1) for part in functions.together(*tup)]
    return functions.concatenate(parts, min(max(part.ndim for part in parts), 2) - 1)


_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    **REDUCTIONS, **CONTRACTIONS, **MORE,
    np.clip: _clip, np.where: _where,
    np.tril: _triangle(np.tril), np.triu: _triangle(np.triu),
    np.concatenate: functions.concatenate, np.stack: functions.stack,
    np.vstack: _row_stack, np.hstack: _side_by_side,
    np.split: _split, np.take: _take, np.dot: _dot,
    np.outer: _outer,
    np.transpose: lambda a, axes=None: a.transpose(axes or ()),
    np.swapaxes: Array.swapaxes, np.moveaxis: _moveaxis,
    np.reshape: lambda a, shape: a.reshape(shape), np.ravel: Array.ravel,
    np.squeeze: Array.squeeze, np.expand_dims: functions.expand,
    np.broadcast_to: lambda array, shape: array.view(views.broadcast, shape),
    np.flip: _flip, np.roll: moved(np.roll), np.repeat: moved(np.repeat),
    np.tile: moved(np.tile), np.diagonal: moved(np.diagonal), np.copy: Array.copy,
    np.zeros_like: _like(0.0), np.ones_like: _like(1.0), np.full_like: _full_like,
    np.shape: lambda a: a.shape, np.ndim: lambda a: a.ndim, np.size: lambda a: a.size,
}  # fmt: skip


def call_ufunc(ufunc: Any, method: str, inputs: Any, settings: Any) -> Any:
    """Write `numpy.exp(x)` and the like into the graph.

    Raises:
        UnsupportedError: the function has no spreadsheet form; the message names near ones.
    """
    name = ufunc.__name__
    if method != "__call__" or settings:
        requested = ", ".join(settings) or f".{method}"
        raise UnsupportedError(
            f"numpy.{name} with {requested} has no spreadsheet form; use it plainly"
        )
    if name in _COMPOSED:
        return _COMPOSED[name](*inputs)
    if name in _UFUNCS:
        return elementwise(_UFUNCS[name], *inputs)
    raise _unknown(ufunc)


def call_function(function: Any, inputs: Any, settings: Any) -> Any:
    """Write `numpy.concatenate(…)` and the like into the graph.

    Raises:
        UnsupportedError: the function has no spreadsheet form; the message names near ones.
    """
    if function not in _FUNCTIONS:
        raise _unknown(function)
    written = _FUNCTIONS[function]
    try:
        inspect.signature(written).bind(*inputs, **settings)
    except TypeError as error:
        raise UnsupportedError(
            f"numpy.{function.__name__} is known, but not with these arguments: {error}"
        ) from error
    return written(*inputs, **settings)


def _unknown(function: Any) -> UnsupportedError:
    name, module = function.__name__, getattr(function, "__module__", None) or "numpy"
    full = f"{module}.{name}"
    if reason := _NO_FORM.get(name):
        return UnsupportedError(f"{full} has no spreadsheet form here: it {reason}")
    known = sorted({*_UFUNCS, *_COMPOSED, *(f.__name__ for f in _FUNCTIONS)})
    # Three letters are soon like others; what stands in a module of its own is like nothing here.
    near = nearest(name, known, 3, 0.6 if len(name) > 3 else 0.75) if module == "numpy" else []
    beside = [f.__name__ for f in _FUNCTIONS if f.__module__ == module != "numpy"]
    hint = did_you_mean(near) if near else f"known are {', '.join(beside or known)}"
    return UnsupportedError(f"{full} has no spreadsheet form here; {hint}")


Array.ufunc = call_ufunc
Array.function = call_function
Array.picked = _picked
