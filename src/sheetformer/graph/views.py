"""Views: a tensor is an array of element ids, so a shape-only operation computes nothing.

Each function applies the NumPy operation of the same name to the ids, and to the labels of the
axes. `Ids` in, `Ids` out; `Labels` in, `Labels` out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sheetformer.graph.node import Ids, Labels

View = tuple[Ids, tuple[Labels, ...]]
"""Ids of shape (a, b, …) and the labels of each axis."""


def transpose(ids: Ids, labels: tuple[Labels, ...], axes: Sequence[int]) -> View:
    """Reorder the axes."""
    order = [axis % ids.ndim for axis in axes]
    return ids.transpose(order), tuple(labels[axis] for axis in order)


def reshape(ids: Ids, labels: tuple[Labels, ...], shape: Sequence[int]) -> View:
    """Read the elements in row-major order into another shape.

    Labels stay on the leading and trailing axes that keep their length, so that splitting
    (words, d_model) into (words, heads, d_k) still knows its words.
    """
    new = ids.reshape(tuple(shape))
    carried: list[Labels] = [None] * new.ndim
    for axis in range(min(ids.ndim, new.ndim)):
        if ids.shape[axis] != new.shape[axis]:
            break
        carried[axis] = labels[axis]
    for axis in range(1, min(ids.ndim, new.ndim) + 1):
        if ids.shape[-axis] != new.shape[-axis]:
            break
        carried[-axis] = labels[-axis]
    return new, tuple(carried)


def index(ids: Ids, labels: tuple[Labels, ...], key: Any) -> View:
    """Pick elements by slices, integers, None, Ellipsis or one array of integers."""
    parts = _expand(key if isinstance(key, tuple) else (key,), ids.ndim)
    carried: list[Labels] = []
    axis = 0
    for part in parts:
        if part is None:
            carried.append(None)
            continue
        label = labels[axis]
        axis += 1
        if isinstance(part, int | np.integer):
            continue
        if isinstance(part, slice) or np.ndim(part) == 1:
            carried.append(None if label is None else label[part])
        else:
            carried += [None] * np.ndim(part)
    picked = np.asarray(ids[tuple(parts)])
    return picked, tuple(carried) if len(carried) == picked.ndim else (None,) * picked.ndim


def _expand(parts: tuple[Any, ...], ndim: int) -> list[Any]:
    """The same index with Ellipsis and the axes not named written out."""
    used = sum(part is not None and part is not Ellipsis for part in parts)
    everything = [slice(None)] * (ndim - used)
    at = next((i for i, part in enumerate(parts) if part is Ellipsis), len(parts))
    rest = [part for part in parts[at + 1 :]]
    return [*parts[:at], *everything, *rest]


def broadcast(ids: Ids, labels: tuple[Labels, ...], shape: Sequence[int]) -> View:
    """Repeat along axes of length 1, and add leading axes."""
    new = np.broadcast_to(ids, tuple(shape))
    carried: list[Labels] = [None] * (new.ndim - ids.ndim)
    for label, old, length in zip(labels, ids.shape, new.shape[-ids.ndim :], strict=False):
        carried.append(label if old == length else None)
    return new, tuple(carried)


def concatenate(views: Sequence[View], axis: int) -> View:
    """Join along an axis; labels of the joined axis follow each other."""
    ids = np.concatenate([view[0] for view in views], axis=axis)
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
