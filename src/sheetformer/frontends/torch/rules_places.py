"""Rules of operations that sort, choose the largest, or add at places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sheetformer.graph import functions
from sheetformer.graph.functions import concatenate
from sheetformer.graph.operands import constant


def _topk(
    x: Any,
    k: int,
    dim: int = -1,
    largest: bool = True,
    sorted: bool = True,  # noqa: ARG001 - any order is one of them
) -> tuple[Any, Any]:
    """The k largest, or smallest, and their places: (…, n) → (…, k) and (…, k)."""
    values, places = _ranked(x if largest else -x, k, dim)
    return values if largest else -values, places


def _ranked(x: Any, k: int, dim: int) -> tuple[Any, Any]:
    ranked = [functions.largest(x, i + 1, dim) for i in range(k)]
    values, places = ([pair[i] for pair in ranked] for i in (0, 1))
    return concatenate(values, dim), concatenate(places, dim)


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


PLACES: dict[str, Callable[..., Any]] = {
    "topk": _topk,
    "sort": _sort,
    "argsort": _argsort,
    "index_add": _index_add,
    "scatter_add": _scatter_add,
}

BY_PLACE = frozenset({"index_add", "scatter_add"})
"""Operations whose index is taken as it was recorded, with a guard."""
