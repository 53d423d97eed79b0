"""Rules of operations that sort, choose the largest, or add at places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sheetformer.errors import UnsupportedError
from sheetformer.graph import running
from sheetformer.graph.functions import reduce
from sheetformer.graph.operands import constant


def _topk(
    x: Any,
    k: int,
    dim: int = -1,
    largest: bool = True,
    sorted: bool = True,  # noqa: ARG001 - any order is one of them
) -> tuple[Any, Any]:
    """The k largest, or smallest, and their places: (…, n) → (…, k) and (…, k)."""
    values, places = running.ranked(x if largest else -x, k, dim)
    return values if largest else -values, places


def _sort(x: Any, *settings: Any, dim: int = -1, descending: bool = False, **_: Any) -> Any:
    """In order, and where each number stood: (…, n) → (…, n) and (…, n)."""
    numbers = [item for item in settings if not isinstance(item, bool) and item is not None]
    truths = [item for item in settings if isinstance(item, bool)]
    dim = numbers[0] if numbers else dim
    descending = truths[-1] if truths else descending
    return _topk(x, x.shape[dim], dim, largest=descending)


def _argsort(x: Any, *settings: Any, **named: Any) -> Any:
    return _sort(x, *settings, **named)[1]


def _index_add(x: Any, dim: int, index: Any, source: Any, *, alpha: float = 1) -> Any:
    """X (…, n, …) plus rows (…, m, …) at the places of an index (m,), which may repeat."""
    if not index.size:
        return x + 0.0
    places = np.equal.outer(np.arange(x.shape[dim]), index).astype(np.float64) * alpha
    rows = source.swapaxes(dim, 0)
    added = constant(source.graph, places) @ rows.reshape(rows.shape[0], -1)
    return x + added.reshape(-1, *rows.shape[1:]).swapaxes(dim, 0)


def _scatter_add(x: Any, dim: int, index: Any, source: Any) -> Any:
    """X plus numbers (…), each at its own place along an axis: index (…)."""
    if not index.size:
        return x + 0.0
    read = source[tuple(slice(length) for length in index.shape)]
    found = x.swapaxes(dim, -1)
    places, numbers = np.swapaxes(index, dim, -1), read.swapaxes(dim, -1)
    columns = np.arange(found.shape[-1])
    for i in range(places.shape[-1]):
        there = (places[..., i : i + 1] == columns).astype(np.float64)
        found = found + numbers[..., i : i + 1] * there
    return found.swapaxes(dim, -1)


def _kth(x: Any, k: int, dim: int = -1, keepdim: bool = False) -> tuple[Any, Any]:
    """The k-th smallest and its place: (…, n) → (…), twice."""
    values, places = running.ranked(-x, k, dim)
    last = [part.swapaxes(dim, 0)[k - 1 : k].swapaxes(0, dim) for part in (-values, places)]
    kept = last if keepdim else [part.squeeze(dim) for part in last]
    return kept[0], kept[1]


def _median(x: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower one of two in the middle, as PyTorch has it."""
    if dim is None:
        return _kth(x.ravel(), (x.size + 1) // 2, 0)[0]
    return _kth(x, (x.shape[dim] + 1) // 2, dim, keepdim)


def _so_far(name: str) -> Callable[..., Any]:
    """The largest or smallest so far; where it stood is a way back's."""

    def rule(x: Any, dim: int) -> Any:
        return running.cummax(x, dim) if name == "max" else -running.cummax(-x, dim)

    return rule


def _logcumsumexp(x: Any, dim: int) -> Any:
    largest = reduce("max", x, dim, keepdims=True)
    return np.log(running.cumsum(np.exp(x - largest), dim)) + largest


def _scatter_reduce(
    x: Any, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True
) -> Any:
    if reduce != "sum" or not include_self:
        raise UnsupportedError(f"scatter_reduce with {reduce} has no rule")
    return _scatter_add(x, dim, index, source)


def _index_put(x: Any, indices: Any, values: Any, accumulate: bool = True, *_: Any) -> Any:
    """X plus numbers at places that may repeat; that they replace others is a move."""
    if not accumulate:
        raise UnsupportedError("it puts numbers at places that are computed")
    given = [slice(None) if place is None else place for place in indices]
    cells = np.arange(x.size).reshape(x.shape)[tuple(given)]
    wide = values.view(lambda ids, _: (np.broadcast_to(ids, cells.shape), (None,) * cells.ndim))
    return _index_add(x.ravel(), 0, cells.ravel(), wide.ravel()).reshape(x.shape)


ORDER: dict[str, Callable[..., Any]] = {
    "topk": _topk,
    "sort": _sort,
    "argsort": _argsort,
    "kthvalue": _kth,
    "median": _median,
    "cumsum": lambda x, dim, **_: running.cumsum(x, dim),
    "cumprod": lambda x, dim, **_: running.cumprod(x, dim),
    "cummax": _so_far("max"),
    "cummin": _so_far("min"),
    "logcumsumexp": _logcumsumexp,
    "prod": lambda x, dim=None, keepdim=False, **_: running.prod(x, dim, keepdim),
}
"""What goes by the order of numbers, or runs along an axis."""

PLACES: dict[str, Callable[..., Any]] = {
    "index_add": _index_add,
    "scatter_add": _scatter_add,
    "scatter_reduce": _scatter_reduce,
    "index_put": _index_put,
}
"""What adds at places."""

BY_PLACE = frozenset(PLACES)
"""Operations whose index is taken as it was recorded, with a guard."""
