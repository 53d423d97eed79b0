"""How an array is called in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetformer.graph.node import label_text
from sheetformer.graph.ops import OPS

if TYPE_CHECKING:
    from sheetformer.graph.array import Array


def describe(array: Array) -> str:
    """An array in a user's words: its name, labels and shape."""
    if not array.size:
        return f"an array of shape {array.shape}"
    name = array.node.name or OPS[array.node.op].name
    axes = [_axis(array, i) for i in range(array.ndim)]
    return f"{name} ({' × '.join(axes) or 'a single number'})"


def _axis(array: Array, axis: int) -> str:
    label = array.labels[axis]
    if label is None or not len(label):
        return str(array.shape[axis])
    ends = [label_text(array.graph, item) for item in (label[0], label[-1])]
    span = ends[0] if len(label) == 1 else f"{ends[0]} … {ends[1]}"
    return f"{array.shape[axis]} [{span}]"
