"""Views: a tensor is an array of element ids, so a shape-only operation computes nothing.

Each function applies the NumPy operation of the same name to the ids, and to the labels of the
axes. `Ids` in, `Ids` out; `Labels` in, `Labels` out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sheetformer.errors import ShapeError
from sheetformer.graph.node import Ids, Labels
from sheetformer.graph.span import Span, row_major

View = tuple[Ids | Span, tuple[Labels, ...]]
"""Ids of shape (a, b, …) and the labels of each axis."""


def transpose(ids: Ids | Span, labels: tuple[Labels, ...], axes: Sequence[int]) -> View:
    """Reorder the axes: (n, m) → (m, n)."""
    turned = ids.transpose(axes)
    return turned, tuple(labels[axis] for axis in axes)


def reshape(ids: Ids | Span, labels: tuple[Labels, ...], shape: Sequence[int]) -> View:
    """Read the elements in row-major order into another shape.

    An axis is the same before and after if it has as many places and steps as far, so splitting
    (words, d_model) into (words, heads, d_k) still knows its words.
    """
    new = ids.reshape(shape)
    known = list(zip(_spans(ids.shape), labels, strict=True))
    carried: list[Labels] = []
    for span in _spans(new.shape):
        same = next((i for i, (other, _) in enumerate(known) if other == span), None)
        carried.append(None if same is None else known.pop(same)[1])
    return new, tuple(carried)


def _spans(shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """For each axis its length and how many elements one step along it passes."""
    return list(zip(shape, row_major(shape), strict=True))


def index(ids: Ids | Span, labels: tuple[Labels, ...], key: Any) -> View:
    """Pick elements by slices, integers, None, Ellipsis and arrays of integers or of truth.

    The shape is the one that NumPy gives: (n, d) → (d,) for an integer.
    """
    parts = _expand(key if isinstance(key, tuple) else (key,), ids.ndim)
    kept: list[Labels] = []
    picked: list[tuple[int, Any, Labels]] = []
    """Where in `parts` an array or an integer stands, that index, and the labels of its axis."""
    remaining = iter(labels)
    where = 0
    for at, part in enumerate(parts):
        if part is Ellipsis:
            continue
        label = None if part is None else next(remaining, None)
        if part is None or isinstance(part, slice):
            kept.append(None if label is None else label[part])
            continue
        where = len(kept) if not picked else where
        picked.append((at, part, label))
    arrays = [(np.asarray(part), label) for _, part, label in picked if np.ndim(part)]
    if arrays:
        # NumPy puts the picked axes where the first index stood, or first if others stand between.
        separated = picked[-1][0] - picked[0][0] + 1 > len(picked)
        where = 0 if separated else where
        kept[where:where] = _picked(arrays)
    seen = ids[tuple(parts)]
    return seen if isinstance(seen, Span) else np.asarray(seen), tuple(kept)


def _picked(arrays: Sequence[tuple[Any, Labels]]) -> list[Labels]:
    """The labels of the axes that index arrays make together; one array keeps its labels."""
    if len(arrays) == 1 and arrays[0][0].ndim == 1:
        places, label = arrays[0]
        return [None if label is None else label[places]]
    return [None] * len(np.broadcast_shapes(*(places.shape for places, _ in arrays)))


def _expand(parts: tuple[Any, ...], ndim: int) -> list[Any]:
    """The same index with Ellipsis, truth arrays and the axes not named written out.

    An Ellipsis that stands for no axis stays: NumPy takes the indices around it as separated.
    """
    written: list[Any] = []
    for part in parts:
        written += np.nonzero(np.asarray(part)) if _is_truth(part) else [part]
    used = sum(part is not None and part is not Ellipsis for part in written)
    everything: list[Any] = [slice(None)] * (ndim - used) or [...]
    at = next((i for i, part in enumerate(written) if part is Ellipsis), len(written))
    return [*written[:at], *everything, *written[at + 1 :]]


def _is_truth(part: Any) -> bool:
    array = np.asarray(part) if isinstance(part, list) else part
    return getattr(array, "dtype", None) == np.bool_ and np.ndim(array) > 0


def axes(op: str, shape: tuple[int, ...], axis: Any, called: str) -> tuple[int, ...]:
    """The axes of a shape that an axis, several, or None for all stand for: from 0, in order.

    Raises:
        ShapeError: there is no such axis, or one stands twice; the message says what of.
    """
    some = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    try:
        found = tuple(sorted(range(len(shape))[i] for i in some))
    except (IndexError, TypeError) as error:
        raise ShapeError(f"{op}: {called} has no axis {axis}") from error
    if len(set(found)) < len(found):
        raise ShapeError(f"{op}: an axis stands twice in {axis}")
    return found


def broadcast(ids: Ids | Span, labels: tuple[Labels, ...], shape: Sequence[int]) -> View:
    """Repeat along axes of length 1, and add leading axes: (n, 1) → (k, n, m)."""
    if ids.shape == tuple(shape):
        return ids, labels
    span = isinstance(ids, Span)
    new = ids.broadcast(shape) if span else np.broadcast_to(ids, tuple(shape))
    carried: list[Labels] = [None] * (new.ndim - ids.ndim)
    for label, old, length in zip(labels, ids.shape, new.shape[-ids.ndim :], strict=False):
        carried.append(label if old == length else None)
    return new, tuple(carried)


def concatenate(views: Sequence[View], axis: int) -> View:
    """Join along an axis: (n, d), (m, d) → (n + m, d); its labels follow each other."""
    ids = np.concatenate([np.asarray(view[0]) for view in views], axis=axis)
    axis %= ids.ndim
    carried = list(merge([view[1] for view in views]))
    joined = [view[1][axis] for view in views]
    carried[axis] = None
    if all(label is not None for label in joined):
        carried[axis] = np.concatenate([np.asarray(label, dtype=object) for label in joined])
    return ids, tuple(carried)


def merge(labels: Sequence[tuple[Labels, ...]]) -> tuple[Labels, ...]:
    """For each axis, counted from the last, the first labels that are there."""
    axes = max(len(some) for some in labels)
    merged: list[Labels] = []
    for axis in range(-axes, 0):
        here = (some[axis] for some in labels if len(some) >= -axis)
        merged.append(next((label for label in here if label is not None), None))
    return tuple(merged)


def merge_broadcast(views: Sequence[View], shape: Sequence[int]) -> tuple[Labels, ...]:
    """The labels of an elementwise result: each axis is labelled by an operand as long as it."""
    fitted = [broadcast(ids, labels, shape)[1] for ids, labels in views]
    return merge(fitted)
