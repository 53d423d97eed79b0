"""NumPy's functions on an `Array` that are written with other ones: orders, borders, averages."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from sheetformer.errors import UnsupportedError
from sheetformer.graph import rounding, running
from sheetformer.graph.array import Array
from sheetformer.graph.describe import describe
from sheetformer.graph.functions import concatenate, elementwise, reduced_axes, stack, together
from sheetformer.graph.operands import constant
from sheetformer.graph.views import View

NUMBERS: dict[str, Callable[..., Any]] = {
    "floor": rounding.floor, "ceil": rounding.ceil, "trunc": rounding.trunc,
    "rint": rounding.round_half_even, "floor_divide": rounding.floor_divide,
    "remainder": rounding.remainder, "fmod": rounding.fmod,
    "divmod": lambda x, y: (rounding.floor_divide(x, y), rounding.remainder(x, y)),
    "modf": lambda x: (elementwise("subtract", x, rounding.trunc(x)), rounding.trunc(x)),
    "tan": lambda x: np.sin(x) / np.cos(x),
    "sinh": lambda x: (np.exp(x) - np.exp(-x)) * 0.5,
    "cosh": lambda x: (np.exp(x) + np.exp(-x)) * 0.5,
    "hypot": lambda x, y: np.sqrt(x * x + y * y),
    "deg2rad": lambda x: x * (math.pi / 180), "radians": lambda x: x * (math.pi / 180),
    "rad2deg": lambda x: x * (180 / math.pi), "degrees": lambda x: x * (180 / math.pi),
    "logaddexp": lambda x, y: np.maximum(x, y) + np.log(1.0 + np.exp(-abs(x - y))),
    "isnan": lambda x: x != x,  # a cell holds none
    "heaviside": lambda x, middle: np.where(x == 0.0, middle, x > 0.0),
}  # fmt: skip
"""Of each number, by the names of NumPy's own."""


def _along(name: str, x: Array, axis: Any) -> int:
    """The one axis of it."""
    axes = reduced_axes(name, x, axis)
    if len(axes) != 1:
        raise UnsupportedError(f"numpy.{name} goes along one axis; {describe(x)} has {x.ndim}")
    return axes[0]


def _running(name: str, function: Callable[..., Array]) -> Callable[..., Array]:
    def written(a: Array, axis: Any = None) -> Array:
        flat = a.ravel() if axis is None else a
        return function(flat, 0 if axis is None else _along(name, a, axis))

    return written


def _prod(a: Array, axis: Any = None, *, keepdims: bool = False) -> Array:
    if not isinstance(axis, int) and axis is not None:
        raise UnsupportedError("numpy.prod goes along one axis, or over all numbers")
    return running.prod(a, axis, keepdims)


def _sort(a: Array, axis: Any = -1) -> Array:
    flat = a.ravel() if axis is None else a
    return running.in_order(flat, _along("sort", flat, -1 if axis is None else axis))[0]


def _argsort(a: Array, axis: Any = -1) -> Array:
    flat = a.ravel() if axis is None else a
    line = _along("argsort", flat, -1 if axis is None else axis)
    places = running.in_order(flat, line)[1]
    if not np.array_equal(places.value, np.argsort(flat.value, line, kind="stable")):
        raise UnsupportedError(
            f"numpy.argsort of {describe(a)}: some numbers are equal, and a formula gives the "
            "first place for all of them"
        )
    return places


def _median(a: Array, axis: Any = None, *, keepdims: bool = False) -> Array:
    line = 0 if axis is None else _along("median", a, axis)
    flat = a.ravel() if axis is None else a
    half = flat.shape[line] // 2
    ordered = running.ranked(flat, half + 1, line)[0].swapaxes(line, 0)
    middle = ordered[half] if flat.shape[line] % 2 else (ordered[half - 1] + ordered[half]) * 0.5
    if axis is None:
        return middle.reshape((1,) * a.ndim) if keepdims else middle
    kept = middle[None].swapaxes(line, 0)
    return kept if keepdims else kept.squeeze(line)


def _average(a: Any, axis: Any = None, weights: Any = None) -> Array:
    if weights is None:
        return np.mean(a, axis=axis)
    array, weight = together(a, weights)
    if weight.shape != array.shape:
        line = _along("average", array, axis)
        weight = weight.reshape(*(-1 if i == line else 1 for i in range(array.ndim)))
    total: Any = np.sum(weight * array, axis=axis)
    return total / np.sum(weight, axis=axis if weight.shape == array.shape else None)


def _diff(a: Array, n: int = 1, axis: int = -1) -> Array:
    moved = a.swapaxes(axis, 0)
    for _ in range(n):
        moved = moved[1:] - moved[:-1]
    return moved.swapaxes(axis, 0)


def moved(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that only moves elements, applied to the ids; labels are lost."""

    def viewed(x: Array, *arguments: Any, **settings: Any) -> Array:
        def seen(ids: Any, _labels: Any) -> View:
            new = function(ids, *arguments, **settings)
            return new, (None,) * new.ndim

        seen.__name__ = function.__name__
        return x.view(seen)

    return viewed


_BORDERS = ("reflect", "symmetric", "edge", "wrap")


def _pad(
    array: Array, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0
) -> Array:
    if mode in _BORDERS:
        return moved(np.pad)(array, pad_width, mode=mode)
    if mode != "constant" or np.ndim(constant_values):
        raise UnsupportedError(
            f"numpy.pad with mode={mode!r} and these values has no form here; known are constant "
            f"with one number, {', '.join(_BORDERS)}"
        )
    filling = constant(array.graph, np.asarray(float(constant_values)))
    edge = int(filling.ids.flat[0])
    return moved(np.pad)(array, pad_width, mode="constant", constant_values=edge)


def _columns(tup: Any) -> Array:
    parts = together(*tup)
    return concatenate([p.reshape(-1, 1) if p.ndim < 2 else p for p in parts], 1)


def _array_split(ary: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    places = np.array_split(np.arange(ary.shape[axis]), indices_or_sections)
    lead = (slice(None),) * (axis % ary.ndim)
    return [ary[(*lead, part)] for part in places]


def _take_along(arr: Array, indices: Any, axis: int | None = -1) -> Array:
    if isinstance(indices, Array):
        raise UnsupportedError("numpy.take_along_axis takes places that are given, not computed")
    return moved(np.take_along_axis)(arr, np.asarray(indices), axis)


def _meshgrid(*xi: Any, indexing: str = "xy") -> list[Array]:
    arrays = together(*xi)
    order = [1, 0, *range(2, len(arrays))] if indexing == "xy" and len(arrays) > 1 else None
    shape = tuple(x.size for x in arrays)
    found: list[Array] = []
    for i, x in enumerate(arrays):
        wide = x.reshape(*(-1 if i == k else 1 for k in range(len(arrays))))
        whole = moved(np.broadcast_to)(wide, shape)
        found.append(whole if order is None else whole.transpose(order))
    return found


def _select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    found = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        found = elementwise("where", condition, choice, found)
    return found


MORE: dict[Any, Callable[..., Any]] = {
    np.cumsum: _running("cumsum", running.cumsum),
    np.cumprod: _running("cumprod", running.cumprod),
    np.prod: _prod, np.sort: _sort, np.argsort: _argsort, np.median: _median,
    np.average: _average, np.diff: _diff, np.pad: _pad, np.select: _select,
    np.round: lambda a, decimals=0: rounding.round_half_even(a, decimals),
    np.ptp: lambda a, axis=None: np.max(a, axis=axis) - np.min(a, axis=axis),
    np.fix: rounding.trunc,
    np.column_stack: _columns, np.array_split: _array_split,
    np.append: lambda arr, values, axis=None: concatenate((arr, values), axis),
    np.atleast_1d: lambda x: x if x.ndim else x.reshape(1),
    np.atleast_2d: lambda x: x if x.ndim > 1 else x.reshape(1, -1),
    np.take_along_axis: _take_along,
    np.dstack: lambda tup: stack([x.reshape(1, -1) if x.ndim < 2 else x for x in tup], 2),
    np.trace: lambda a: np.sum(np.diagonal(a)),
    np.nan_to_num: lambda x: x, np.meshgrid: _meshgrid,
    **{f: moved(f) for f in (np.fliplr, np.flipud, np.rot90, np.rollaxis)},
}  # fmt: skip
"""NumPy's functions → how they are written."""
