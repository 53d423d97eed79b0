"""Rules of operations that slide a window over their last axes: convolution and pooling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

from sheetformer.graph.functions import concatenate, inline, matmul, reduce
from sheetformer.graph.numpy_more import moved
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

    def picked(ids: Any, _labels: Any) -> Any:
        taken = np.moveaxis(np.take(ids, places, axis=axis), axis + 1, -1)
        return taken, (None,) * taken.ndim

    return x.view(picked)


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
    output_padding: Any,
    groups: int,
    *_: Any,
) -> Any:
    """Each output channel sees a window of the channels of its group, as one product.

    x (n, c, …), weight (c_out, c / groups, …size) → (n, c_out, …); transposed, each input number
    spreads over a window: weight (c, c_out / groups, …size).
    """  # fmt: skip
    size = weight.shape[2:]
    axes = len(size)
    step, gap, around = (_several(s, axes) for s in (stride, dilation, padding))
    if transposed:
        x = _spread(x, size, step, gap, around, _several(output_padding, axes, 0))
        weight, step, around = _turned(weight, groups), [1] * axes, [0] * axes
    seen = windows(x, size, step, gap, around, 0.0)  # (n, c, …places, …size)
    places = seen.shape[2 : 2 + axes]
    order = (0, *range(2, 2 + axes), 1, *range(2 + axes, 2 + 2 * axes))
    rows = seen.transpose(order)  # (n, …places, c, …size)
    parts: list[Any] = []
    channels, made = x.shape[1] // groups, weight.shape[0] // groups
    for g in range(groups):
        mine = rows[(slice(None),) * (1 + axes) + (slice(g * channels, (g + 1) * channels),)]
        mine = mine.reshape(int(np.prod((x.shape[0], *places))), -1)
        part = weight[g * made : (g + 1) * made]
        made_of = matmul(mine, part.reshape(made, -1).T)
        parts.append(made_of if bias is None else inline(made_of) + bias[g * made : (g + 1) * made])
    out = parts[0] if groups == 1 else concatenate(parts, -1)
    out = out.reshape(x.shape[0], *places, weight.shape[0])
    return out.transpose((0, out.ndim - 1, *range(1, out.ndim - 1)))


def _spread(
    x: Any,
    size: Sequence[int],
    step: Sequence[int],
    gap: Sequence[int],
    around: Sequence[int],
    more: Sequence[int],
) -> Any:
    """The numbers with zeros between and around them, over which a plain window slides."""
    nothing = int(constant(x.graph, np.zeros(())).ids)
    before = [g * (k - 1) - p for k, g, p in zip(size, gap, around, strict=True)]

    def spread_out(ids: Any, _labels: Any) -> Any:
        lengths = ids.shape[2:]
        wide = [(n - 1) * s + 1 for n, s in zip(lengths, step, strict=True)]
        spread = np.full((*ids.shape[:2], *wide), nothing)
        spread[(..., *(slice(None, None, s) for s in step))] = ids
        ends = [(max(b, 0), max(b + m, 0)) for b, m in zip(before, more, strict=True)]
        spread = np.pad(spread, [(0, 0), (0, 0), *ends], constant_values=nothing)
        for i, (b, m) in enumerate(zip(before, more, strict=True)):
            kept = np.arange(max(-b, 0), spread.shape[2 + i] - max(-(b + m), 0))
            spread = np.take(spread, kept, axis=2 + i)
        return spread, (None,) * spread.ndim

    return x.view(spread_out)


def _turned(weight: Any, groups: int) -> Any:
    """The weight of a transposed convolution as that of a plain one, each window turned round."""
    channels = weight.shape[0] // groups
    turn = (slice(None), slice(None), *(slice(None, None, -1) for _ in weight.shape[2:]))
    parts = [weight[g * channels : (g + 1) * channels].swapaxes(0, 1)[turn] for g in range(groups)]
    return parts[0] if groups == 1 else concatenate(parts, 0)


# Pooling.


def _pool(op: str, axes: int, filling: float) -> Callable[..., Any]:
    """The largest or the mean of each window: (…, c, …) → (…, c, …)."""

    def rule(x: Any, size: Any, stride: Any = None, padding: Any = 0, *rest: Any) -> Any:
        gap = _several(rest[0] if op == "max" and rest else 1, axes)
        up, inside, divisor = (*rest[1 if op == "max" else 0 :], None, None, None)[:3]
        sizes, around = _several(size, axes), _several(padding, axes)
        steps = sizes if stride is None or np.size(stride) == 0 else _several(stride, axes)
        lead, lengths = x.shape[: x.ndim - axes], x.shape[x.ndim - axes :]
        whole = x.reshape(1, -1, *lengths)
        if up:
            whole = _filled_up(whole, sizes, steps, gap, around, filling)
        seen = windows(whole, sizes, steps, gap, around, filling)
        places = seen.shape[2 : 2 + axes]
        seen = seen.reshape(*seen.shape[: 2 + axes], -1)
        counted = inside is not False
        counts = _counts(lengths, places, sizes, steps, around, counted)
        counts = np.full_like(counts, divisor) if divisor else counts
        if op == "max" or (counts == np.prod(sizes)).all():
            found = reduce(op, seen, -1)
        else:
            found = reduce("sum", seen, -1) / constant(x.graph, counts)
        return found.reshape(*lead, *places)

    return rule


def _filled_up(
    x: Any,
    size: Sequence[int],
    step: Sequence[int],
    gap: Sequence[int],
    around: Sequence[int],
    filling: float,
) -> Any:
    """With as much behind it as the last window needs that begins within it (`ceil_mode`)."""
    for i, width in enumerate(around):
        axis = 2 + i
        span, length = gap[i] * (size[i] - 1) + 1, x.shape[axis]
        count = -(-(length + 2 * width - span) // step[i]) + 1
        count -= (count - 1) * step[i] >= length + width
        missing = (count - 1) * step[i] + span - length - 2 * width
        if missing > 0:
            shape = [missing if k == axis else n for k, n in enumerate(x.shape)]
            x = concatenate([x, constant(x.graph, np.full(shape, filling))], axis)
    return x


def _counts(
    lengths: Sequence[int],
    places: Sequence[int],
    size: Sequence[int],
    step: Sequence[int],
    around: Sequence[int],
    border: bool,
) -> Any:
    """Over how many numbers each window takes its mean: (…places)."""
    counts = np.ones(())
    for n, count, k, s, p in zip(lengths, places, size, step, around, strict=True):
        start = np.arange(count) * s - p
        end = np.minimum(start + k, n + p)
        inner = np.minimum(end, n) - np.maximum(start, 0)
        counts = np.multiply.outer(counts, (end - start if border else inner).astype(np.float64))
    return counts


def _adaptive(op: str, axes: int) -> Callable[..., Any]:
    """The largest or the mean of as many windows as are wanted: (…, c, …) → (…, c, …out)."""

    def rule(x: Any, out: Any) -> Any:
        first = x.ndim - axes
        wanted = [n or x.shape[first + i] for i, n in enumerate(_several(out, axes))]
        cuts = [
            [(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]
            for n, m in zip(x.shape[first:], wanted, strict=True)
        ]
        parts: list[Any] = []
        for window in product(*cuts):
            part = x[(..., *(slice(a, b) for a, b in window))]
            parts.append(reduce(op, part, tuple(range(first, x.ndim)))[..., None])
        return concatenate(parts, -1).reshape(*x.shape[:first], *wanted)

    return rule


def _border(mode: str) -> Callable[..., Any]:
    """What is beyond the border is a copy of what is within: (…, n) → (…, before + n + after)."""

    def rule(x: Any, padding: Sequence[int]) -> Any:
        ends = [(0, 0)] * (x.ndim - len(padding) // 2)
        ends += [(padding[i], padding[i + 1]) for i in range(len(padding) - 2, -1, -2)]
        return moved(np.pad)(x, ends, mode=mode)

    return rule


def _unfold(x: Any, size: Any, dilation: Any, padding: Any, stride: Any) -> Any:
    """Each window as a column: (n, c, h, w) → (n, c · size, windows)."""
    around, step, gap = (_several(s, 2) for s in (padding, stride, dilation))
    seen = windows(x, _several(size, 2), step, gap, around, 0.0)
    return seen.transpose((0, 1, 4, 5, 2, 3)).reshape(x.shape[0], x.shape[1] * np.prod(size), -1)


WINDOWS: dict[str, Callable[..., Any]] = {
    "convolution": _convolution,
    "max_pool1d": _pool("max", 1, -LARGEST),
    "max_pool2d": _pool("max", 2, -LARGEST),
    "max_pool3d": _pool("max", 3, -LARGEST),
    "max_pool2d_with_indices": _pool("max", 2, -LARGEST),
    "avg_pool1d": _pool("mean", 1, 0.0),
    "avg_pool2d": _pool("mean", 2, 0.0),
    "avg_pool3d": _pool("mean", 3, 0.0),
    "adaptive_avg_pool1d": _adaptive("mean", 1),
    "adaptive_avg_pool2d": _adaptive("mean", 2),
    "_adaptive_avg_pool2d": _adaptive("mean", 2),
    "adaptive_max_pool1d": _adaptive("max", 1),
    "adaptive_max_pool2d": _adaptive("max", 2),
    "reflection_pad1d": _border("reflect"),
    "reflection_pad2d": _border("reflect"),
    "replication_pad1d": _border("edge"),
    "replication_pad2d": _border("edge"),
    "im2col": _unfold,
}
