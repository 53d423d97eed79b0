"""Rules of losses: how far a model's results are from what they should be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sheetformer.errors import UnsupportedError
from sheetformer.graph import nn
from sheetformer.graph.array import Array
from sheetformer.graph.functions import elementwise, reduce

MEAN = 1
"""What PyTorch calls the reductions: 0 none, 1 mean, 2 sum."""


def _reduced(each: Any, reduction: int) -> Any:
    return reduce({0: "none", 1: "mean", 2: "sum"}[reduction], each) if reduction else each


def _mse(x: Any, target: Any, reduction: int = MEAN) -> Any:
    off = x - target
    return _reduced(off * off, reduction)


def _l1(x: Any, target: Any, reduction: int = MEAN) -> Any:
    return _reduced(abs(x - target), reduction)


def _huber(x: Any, target: Any, reduction: int = MEAN, delta: float = 1.0) -> Any:
    """A square near 0, a straight line beyond."""
    off = abs(x - target)
    return _reduced(np.where(off < delta, off * off * 0.5, (off - 0.5 * delta) * delta), reduction)


def _smooth_l1(x: Any, target: Any, reduction: int = MEAN, beta: float = 1.0) -> Any:
    return _huber(x, target, reduction, beta) / beta if beta else _l1(x, target, reduction)


def _binary_cross_entropy(
    x: Any, target: Any, weight: Any = None, pos_weight: Any = None, reduction: int = MEAN
) -> Any:
    """Of logits, without the logarithm of a tiny share."""
    if weight is not None or pos_weight is not None:
        raise UnsupportedError("binary cross entropy with weights has no rule")
    return _reduced(nn.softplus(x) - x * target, reduction)


def _cross_entropy(
    logits: Any,
    target: Any,
    weight: Any = None,
    reduction: int = MEAN,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> Any:
    """−log of the share of the right class: logits (c,), (n, c) or (n, c, …), targets without c.

    The classes are compared with each target, so that another target may be typed. One that is
    ignored is none of them.
    """
    if weight is not None or label_smoothing:
        raise UnsupportedError("cross entropy with class weights or label smoothing has no rule")
    if 0 <= ignore_index < logits.shape[min(1, logits.ndim - 1)]:
        raise UnsupportedError(f"cross entropy that leaves class {ignore_index} out has no rule")
    scores = np.moveaxis(logits, 1, -1) if logits.ndim > 1 else logits
    logs = nn.log_softmax(scores)
    if np.shape(target) == logits.shape:  # a share of each class
        shares = np.moveaxis(target, 1, -1) if logits.ndim > 1 else target
        each = -reduce("sum", shares * logs, -1)
        return _reduced(each, reduction) if each.ndim else each
    classes = np.arange(scores.shape[-1], dtype=np.float64)
    column = target[..., None] if isinstance(target, Array) else float(target)
    right = elementwise("equal", column, classes)
    each = -reduce("sum", right * logs, -1)
    if reduction != MEAN:
        return _reduced(each, reduction) if each.ndim else each
    return reduce("sum", each) / reduce("sum", right)


LOSSES: dict[str, Callable[..., Any]] = {
    "mse_loss": _mse,
    "l1_loss": _l1,
    "huber_loss": _huber,
    "smooth_l1_loss": _smooth_l1,
    "binary_cross_entropy_with_logits": _binary_cross_entropy,
    "cross_entropy_loss": _cross_entropy,
}
