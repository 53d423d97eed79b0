"""NumPy's own function names on an `Array`: a function written for NumPy traces as it is."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.graph import functions, views
from sheetformer.graph.array import Array
from sheetformer.graph.describe import describe
from sheetformer.graph.functions import elementwise, reduce
from sheetformer.graph.ops import OPS
from sheetformer.suggest import did_you_mean, nearest

_UFUNCS: dict[str, str] = {name: op.name for op in OPS.values() for name in op.numpy}


def _truth(value: Any) -> Any:
    """Numbers as 1 and 0; what only is 1 or 0 stays as it is."""
    if not isinstance(value, Array):
        return np.asarray(value) != 0
    return value if _is_truth(value) else elementwise("not_equal", value, 0.0)


def _is_truth(value: Any) -> bool:
    """Whether it can only be 1 or 0: a comparison, or comparisons joined."""
    if not isinstance(value, Array):
        return np.asarray(value).dtype == np.bool_
    node = value.node
    joined = node.op in ("multiply", "maximum") and all(
        _is_truth(Array(value.graph, ids, ())) for ids in node.inputs
    )
    return OPS[node.op].truth or joined


def _both(one: Any, other: Any) -> Array:
    return elementwise("multiply", _truth(one), _truth(other))


def _either(one: Any, other: Any) -> Array:
    return elementwise("maximum", _truth(one), _truth(other))


def _not(value: Any) -> Array:
    return elementwise("equal", value, 0.0)


def _only_truth(function: Callable[..., Array]) -> Callable[..., Array]:
    """`&`, `|` and `~` work on bits; on comparisons they mean and, or, not."""

    def checked(*inputs: Any) -> Array:
        for value in inputs:
            if not _is_truth(value):
                text = describe(value) if isinstance(value, Array) else repr(value)
                raise UnsupportedError(
                    f"&, | and ~ join comparisons, and {text} is none; write (x != 0) first, or "
                    "use np.logical_and, np.logical_or, np.logical_not"
                )
        return function(*inputs)

    return checked


_COMPOSED: dict[str, Callable[..., Any]] = {
    "matmul": functions.matmul,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1.0 / x,
    "positive": lambda x: x,
    "log2": lambda x: np.log(x) / math.log(2.0),
    "log10": lambda x: np.log(x) / math.log(10.0),
    "log1p": lambda x: np.log(1.0 + x),
    "exp2": lambda x: 2.0**x,
    "expm1": lambda x: np.exp(x) - 1.0,
    "sign": lambda x: np.subtract(x > 0, x < 0),
    "logical_and": _both,
    "logical_or": _either,
    "logical_not": _not,
    "bitwise_and": _only_truth(_both),
    "bitwise_or": _only_truth(_either),
    "invert": _only_truth(_not),
}


def _reduction(op: str) -> Callable[..., Array]:
    def reduced(x: Any, axis: Any = None, keepdims: bool = False) -> Array:
        return reduce(op, x, axis, keepdims)

    return reduced


def _argmax(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    if axis is None:
        return reduce("argmax", x.ravel(), 0, keepdims=False)
    return reduce("argmax", x, axis, keepdims)


def _var(x: Array, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Array:
    centred = x - reduce("mean", x, axis, keepdims=True)
    axes = functions.reduced_axes("var", x, axis)
    left = math.prod(x.shape[i] for i in axes) - ddof
    if not ddof:
        return reduce("mean", centred * centred, axis, keepdims)
    return reduce("sum", centred * centred, axis, keepdims) / left


def _std(x: Array, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Array:
    return elementwise("sqrt", _var(x, axis, ddof, keepdims))


def _norm(x: Array, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    if ord not in (None, 2) or (ord == 2 and axis is None and x.ndim > 1):
        raise UnsupportedError(f"numpy.linalg.norm with ord={ord} has no spreadsheet form here")
    return elementwise("sqrt", reduce("sum", x * x, axis, keepdims))


def _clip(x: Any, a_min: Any = None, a_max: Any = None, **bounds: Any) -> Any:
    least, most = bounds.get("min", a_min), bounds.get("max", a_max)
    bounded_below = x if least is None else elementwise("maximum", x, least)
    return bounded_below if most is None else elementwise("minimum", bounded_below, most)


def _where(condition: Any, x: Any, y: Any) -> Array:
    return elementwise("where", condition, x, y)


def _triangle(keep: Callable[..., Any]) -> Callable[..., Array]:
    def kept(m: Array, k: int = 0) -> Array:
        return elementwise("where", keep(np.ones(m.shape[-2:]), k), m, 0.0)

    return kept


def _split(ary: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    try:
        places = np.split(np.arange(ary.shape[axis]), indices_or_sections)
    except (ValueError, IndexError) as error:
        raise ShapeError(f"split {describe(ary)} along axis {axis}: {error}") from error
    lead = (slice(None),) * (axis % ary.ndim)
    return [ary[(*lead, part)] for part in places]


def _take(a: Any, indices: Any, axis: int | None = None) -> Array:
    if isinstance(indices, Array):
        if axis != 0 and a.ndim > 1:
            raise UnsupportedError("numpy.take with a computed index picks along axis 0")
        return functions.embedding(a, indices)
    if axis is None:
        return a.ravel()[indices]
    return a[(*[slice(None)] * (axis % a.ndim), indices)]


def _dot(a: Any, b: Any) -> Array:
    if not np.ndim(a) or not np.ndim(b):
        return elementwise("multiply", a, b)
    if np.ndim(b) > 2:
        raise UnsupportedError("numpy.dot with more than two axes on the right; use @")
    return functions.matmul(a, b)


def _moveaxis(a: Array, source: Any, destination: Any) -> Array:
    return a.transpose(np.moveaxis(np.empty(range(a.ndim)), source, destination).shape)


def _view(function: Callable[..., Any]) -> Callable[..., Array]:
    """A NumPy function that only moves elements, applied to the ids; labels are lost."""

    def viewed(x: Array, *arguments: Any, **settings: Any) -> Array:
        def moved(ids: Any, _labels: Any) -> views.View:
            new = function(ids, *arguments, **settings)
            return new, (None,) * new.ndim

        return x.view(moved)

    return viewed


def _flip(m: Array, axis: Any = None) -> Array:
    axes = functions.reduced_axes("flip", m, axis)
    return m[tuple(slice(None, None, -1 if i in axes else 1) for i in range(m.ndim))]


def _like(make: Callable[..., Any]) -> Callable[..., Any]:
    return lambda a, *rest, dtype=None, shape=None: make(shape or a.shape, *rest)  # noqa: ARG005


def _row_stack(tup: Any) -> Array:
    parts = functions.together(*tup)
    return functions.concatenate([p if p.ndim > 1 else p.reshape(1, -1) for p in parts], 0)


def _side_by_side(tup: Any) -> Array:
    parts = functions.together(*tup)
    return functions.concatenate(parts, min(max(part.ndim for part in parts), 2) - 1)


_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: _reduction("sum"), np.mean: _reduction("mean"), np.max: _reduction("max"),
    np.min: _reduction("min"),
    np.amax: _reduction("max"), np.amin: _reduction("min"), np.argmax: _argmax,
    np.argmin: lambda a, axis=None, keepdims=False: _argmax(-a, axis, keepdims),
    np.var: _var, np.std: _std,
    np.linalg.norm: _norm, np.clip: _clip, np.where: _where,
    np.tril: _triangle(np.tril), np.triu: _triangle(np.triu),
    np.concatenate: functions.concatenate, np.stack: functions.stack,
    np.vstack: _row_stack, np.hstack: _side_by_side,
    np.split: _split, np.take: _take, np.dot: _dot,
    np.outer: lambda a, b: functions.matmul(a.reshape(-1, 1), np.reshape(b, (1, -1))),
    np.transpose: lambda a, axes=None: a.transpose(axes or ()),
    np.swapaxes: Array.swapaxes, np.moveaxis: _moveaxis,
    np.reshape: lambda a, shape: a.reshape(shape), np.ravel: Array.ravel,
    np.squeeze: Array.squeeze, np.expand_dims: functions.expand,
    np.broadcast_to: lambda array, shape: array.view(views.broadcast, shape),
    np.flip: _flip, np.roll: _view(np.roll), np.repeat: _view(np.repeat),
    np.tile: _view(np.tile), np.diagonal: _view(np.diagonal), np.copy: Array.copy,
    np.zeros_like: _like(np.zeros), np.ones_like: _like(np.ones), np.full_like: _like(np.full),
    np.shape: lambda a: a.shape, np.ndim: lambda a: a.ndim, np.size: lambda a: a.size,
}  # fmt: skip


def call_ufunc(ufunc: Any, method: str, inputs: Any, settings: Any) -> Any:
    """Write `numpy.exp(x)` and the like into the graph.

    Raises:
        UnsupportedError: the function has no spreadsheet form; the message names near ones.
    """
    name = ufunc.__name__
    if method != "__call__" or settings:
        requested = ", ".join(settings) or method
        raise UnsupportedError(
            f"numpy.{name} with {requested} has no spreadsheet form; use it plainly"
        )
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
    written = _FUNCTIONS[function]
    try:
        inspect.signature(written).bind(*inputs, **settings)
    except TypeError as error:
        raise UnsupportedError(
            f"numpy.{function.__name__} is known, but not with these arguments: {error}"
        ) from error
    return written(*inputs, **settings)


def _unknown(name: str) -> UnsupportedError:
    known = sorted({*_UFUNCS, *_COMPOSED, *(f.__name__ for f in _FUNCTIONS)})
    near = nearest(name, known, 3)
    hint = did_you_mean(near) if near else f"known are {', '.join(known)}"
    return UnsupportedError(f"numpy.{name} has no spreadsheet form here; {hint}")


Array.ufunc = call_ufunc
Array.function = call_function
