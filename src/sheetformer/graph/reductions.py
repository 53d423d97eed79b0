"""NumPy's reductions on an `Array`: what makes one number of several, along axes or of all."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from sheetformer.errors import UnsupportedError
from sheetformer.graph import functions
from sheetformer.graph.array import Array
from sheetformer.graph.describe import describe
from sheetformer.graph.functions import elementwise, reduce
from sheetformer.graph.truth import truth


def _reduction(op: str, prepared: Callable[[Any], Any] = lambda x: x) -> Callable[..., Array]:
    def reduced(x: Any, axis: Any = None, *, keepdims: bool = False) -> Array:
        return reduce(op, prepared(x), axis, keepdims)

    return reduced


def _argmax(x: Array, axis: Any = None, *, keepdims: bool = False) -> Array:
    if axis is None:
        found = reduce("argmax", x.ravel(), 0)
        return found.reshape((1,) * x.ndim) if keepdims else found
    return reduce("argmax", x, axis, keepdims)


def _argmin(x: Array, axis: Any = None, *, keepdims: bool = False) -> Array:
    return _argmax(elementwise("negate", x), axis, keepdims=keepdims)


def _var(x: Array, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Array:
    centred = x - reduce("mean", x, axis, keepdims=True)
    axes = functions.reduced_axes("var", x, axis)
    left = math.prod(x.shape[i] for i in axes) - ddof
    if not ddof:
        return reduce("mean", centred * centred, axis, keepdims)
    return reduce("sum", centred * centred, axis, keepdims) / left


def _std(x: Array, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Array:
    return elementwise("sqrt", _var(x, axis, ddof=ddof, keepdims=keepdims))


_NORMS: dict[Any, Callable[..., Array]] = {
    1: _reduction("sum"),
    math.inf: _reduction("max"),
    -math.inf: _reduction("min"),
}
"""Norms of a vector beside the usual one, of its numbers without their signs."""


def _norm(x: Array, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    """The root of the sum of squares: of a vector, or of a matrix (Frobenius)."""
    count = len(functions.reduced_axes("norm", x, axis))
    if count == 1 and ord in _NORMS:
        return _NORMS[ord](abs(x), axis, keepdims=keepdims)
    plain = {1: (None, 2), 2: (None, "fro")}.get(count, (None,) if axis is None else ())
    if ord not in plain:
        raise UnsupportedError(
            f"numpy.linalg.norm with ord={ord} of {count} axes of {describe(x)} has no spreadsheet "
            "form here"
        )
    return elementwise("sqrt", reduce("sum", x * x, axis, keepdims))


REDUCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: _reduction("sum"), np.mean: _reduction("mean"), np.max: _reduction("max"),
    np.min: _reduction("min"), np.amax: _reduction("max"), np.amin: _reduction("min"),
    np.argmax: _argmax, np.argmin: _argmin, np.any: _reduction("max", truth),
    np.all: _reduction("min", truth), np.count_nonzero: _reduction("sum", truth),
    np.var: _var, np.std: _std, np.linalg.norm: _norm,
}  # fmt: skip
