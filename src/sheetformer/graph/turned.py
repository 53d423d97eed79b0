"""What is wider than a sheet stands on its side: in its cells the last two axes are exchanged.

So the logits of a vocabulary of 50,257 pieces have a row a piece and a column a token. Whoever
computes with them sees the shape that they have in the function.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

WIDEST = 16_000
"""Columns of the widest block that stands upright; a sheet has 16,384 with labels and margins."""


def is_wide(shape: Sequence[int]) -> bool:
    """Whether a block of this shape fits on a sheet only when it stands on its side."""
    rows, columns = (1, 1, *shape)[-2:]
    return columns > WIDEST >= rows


def turned(array: Any) -> Any:
    """An array on its side, or upright again: (…, n, m) → (…, m, n), (m,) → (m, 1), () → ()."""
    if array.ndim == 1:
        return array[:, None]
    return array.swapaxes(-1, -2) if array.ndim else array


def in_shape(array: Any, ndim: int) -> Any:
    """What stands on its side as an Array (…) of `ndim` axes that everybody else sees."""
    array.graph.turned.add(array.node.base)
    return array[..., 0] if ndim == 1 else array.swapaxes(-1, -2)


def other_labels(labels: Sequence[Any]) -> tuple[Any, ...]:
    """The labels of the axes (n, m) of an array on its side: those of (m, n)."""
    *lead, rows, columns = (None, *labels) if len(labels) == 1 else labels
    return (*lead, columns, rows)


def other_axes(axes: Sequence[int], ndim: int) -> tuple[int, ...]:
    """The same axes of an array on its side, in order."""
    exchanged = {ndim - 1: ndim - 2, ndim - 2: ndim - 1}
    return tuple(sorted(exchanged.get(axis, axis) for axis in axes))
