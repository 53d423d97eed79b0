"""What runs along an axis: sums and products so far, and numbers in their order."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.graph import functions
from sheetformer.graph.array import Array
from sheetformer.graph.functions import concatenate


def cumsum(x: Array, axis: int) -> Array:
    """The sums so far: (…, n, …) → (…, n, …)."""
    moved = x.swapaxes(axis, -1)
    earlier = np.triu(np.ones((x.shape[axis], x.shape[axis])))
    return (moved @ earlier).swapaxes(axis, -1)


def cumprod(x: Array, axis: int) -> Array:
    """The products so far: (…, n, …) → (…, n, …)."""
    return _so_far(x, axis, lambda before, now: before * now)


def cummax(x: Array, axis: int) -> Array:
    """The largest so far: (…, n, …) → (…, n, …)."""
    return _so_far(x, axis, np.maximum)


def _so_far(x: Array, axis: int, step: Any) -> Array:
    along = x.swapaxes(axis, 0)
    parts = [along[:1]]
    for i in range(1, len(along)):
        parts.append(step(parts[-1], along[i : i + 1]))
    return concatenate(parts, 0).swapaxes(axis, 0)


def prod(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    """The product along an axis, or of all: (…, n, …) → (…)."""
    flat = x.ravel() if axis is None else x.swapaxes(axis, -1)
    found = flat[..., :1]
    for i in range(1, flat.shape[-1]):
        found = found * flat[..., i : i + 1]
    if axis is None:
        return found.reshape((1,) * x.ndim if keepdims else ())
    kept = found.swapaxes(axis, -1)
    return kept if keepdims else kept.squeeze(axis)


def ranked(x: Array, k: int, axis: int) -> tuple[Array, Array]:
    """The k largest, the largest first, and their places: (…, n, …) → (…, k, …), twice."""
    each = [functions.largest(x, i + 1, axis) for i in range(k)]
    values, places = ([pair[i] for pair in each] for i in (0, 1))
    return concatenate(values, axis), concatenate(places, axis)


def in_order(x: Array, axis: int) -> tuple[Array, Array]:
    """The numbers, the smallest first, and where each stood: (…, n, …), twice."""
    values, places = ranked(-x, x.shape[axis], axis)
    return -values, places
