"""Rules of operations that slide a window over their last axes: convolution and pooling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sheetformer.errors import UnsupportedError
from sheetformer.graph.functions import concatenate, inline, matmul, reduce
from sheetformer.graph.operands import constant
from sheetformer.graph.storable import LARGEST


def windows(
    x: Any,
    size: Sequence[int],
    step: Sequence[int],
    gap: Sequence[int],
    around: Sequence[int],
    filling: float,
) -> Any:
    """What each window sees: (n, c, …) → (n, c, …places, …size), nothing computed."""  # fmt: skip
    axes = len(size)
    for i, width in enumerate(around):
        if width:
            axis = x.ndim - axes + i
            shape = [width if k == axis else length for k, length in enumerate(x.shape)]
            border = constant(x.graph, np.full(shape, filling))
            x = concatenate([border, x, border], axis)
    for i in range(axes):
        axis = 2 + i
        count = (x.shape[axis] - gap[i] * (size[i] - 1) - 1) // step[i] + 1
        starts = np.arange(count)[:, None] * step[i]
        x = _picked(x, starts + np.arange(size[i]) * gap[i], axis)
    return x


def _picked(x: Any, places: Any, axis: int) -> Any:
    """Replace an axis by one of windows, and put the places in each window at the end."""

    def moved(ids: Any, _labels: Any) -> Any:
        taken = np.moveaxis(np.take(ids, places, axis=axis), axis + 1, -1)
        return taken, (None,) * taken.ndim

    return x.view(moved)


def _several(setting: Any, count: int, default: Any = 1) -> list[int]:
    given = [default] if setting is None else np.atleast_1d(setting).tolist()
    return list(given) * count if len(given) == 1 else list(given)


def _convolution(
    x: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    transposed: bool,
    _: Any,
    groups: int,
    *__: Any,
) -> Any:
    """Each output channel sees a window of the channels of its group, as one product.

    x (n, c, …), weight (c_out, c / groups, …size) → (n, c_out, …).
    """  # fmt: skip
    if transposed:
        raise UnsupportedError("transposed convolution has no rule")
    size = weight.shape[2:]
    step, gap, around = (_several(s, len(size)) for s in (stride, dilation, padding))
    seen = windows(x, size, step, gap, around, 0.0)  # (n, c, …places, …size)
    axes = len(size)
    places = seen.shape[2 : 2 + axes]
    order = (0, *range(2, 2 + axes), 1, *range(2 + axes, 2 + 2 * axes))
    rows = seen.transpose(order)  # (n, …places, c, …size)
    parts: list[Any] = []
    channels, made = x.shape[1] // groups, weight.shape[0] // groups
    for g in range(groups):
        mine = rows[(slice(None),) * (1 + axes) + (slice(g * channels, (g + 1) * channels),)]
        mine = mine.reshape(int(np.prod((x.shape[0], *places))), -1)
        part = weight[g * made : (g + 1) * made]
        product = matmul(mine, part.reshape(made, -1).T)
        parts.append(product if bias is None else inline(product) + bias[g * made : (g + 1) * made])
    out = parts[0] if groups == 1 else concatenate(parts, -1)
    out = out.reshape(x.shape[0], *places, weight.shape[0])
    return out.transpose((0, out.ndim - 1, *range(1, out.ndim - 1)))


def _pool(op: str, axes: int, filling: float) -> Callable[..., Any]:
    """The largest or the mean of each window: (…, c, …) → (…, c, …)."""

    def rule(x: Any, size: Any, stride: Any = None, padding: Any = 0, *rest: Any) -> Any:
        dilation = rest[0] if op == "max" and rest else 1
        if any(rest[1 if op == "max" else 0 :][:1]):
            raise UnsupportedError("pooling that rounds the number of windows up has no rule")
        around = _several(padding, axes)
        if op == "mean" and any(around) and len(rest) > 1 and not rest[1]:
            raise UnsupportedError("pooling that leaves the border out of its mean has no rule")
        sizes = _several(size, axes)
        steps = sizes if stride is None or np.size(stride) == 0 else _several(stride, axes)
        lead = x.shape[: x.ndim - axes]
        whole = x.reshape(1, -1, *x.shape[x.ndim - axes :])
        seen = windows(whole, sizes, steps, _several(dilation, axes), around, filling)
        seen = seen.reshape(*seen.shape[: 2 + axes], -1)
        found = reduce(op, seen, -1)
        return found.reshape(*lead, *found.shape[2:])

    return rule


WINDOWS: dict[str, Callable[..., Any]] = {
    "convolution": _convolution,
    "max_pool1d": _pool("max", 1, -LARGEST),
    "max_pool2d": _pool("max", 2, -LARGEST),
    "avg_pool1d": _pool("mean", 1, 0.0),
    "avg_pool2d": _pool("mean", 2, 0.0),
}
