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
    each = nn.softplus(x) - x * target
    if pos_weight is not None:
        each = (1.0 - target) * x + ((pos_weight - 1.0) * target + 1.0) * nn.softplus(-x)
    return _reduced(each if weight is None else each * weight, reduction)


def _of_shares(x: Any, target: Any, weight: Any = None, reduction: int = MEAN) -> Any:
    """Binary cross entropy of shares; a logarithm is −100 at least, as in PyTorch."""

    def log(share: Any) -> Any:
        return np.maximum(np.log(np.maximum(share, 1e-300)), -100.0)

    each = -(target * log(x) + (1.0 - target) * log(1.0 - x))
    return _reduced(each if weight is None else each * weight, reduction)


def _cross_entropy(
    logits: Any,
    target: Any,
    weight: Any = None,
    reduction: int = MEAN,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> Any:
    """−log of the share of the right class: logits (c,), (n, c) or (n, c, …), targets without c."""
    axis = min(1, logits.ndim - 1)
    return _likelihood(
        nn.log_softmax(np.moveaxis(logits, axis, -1)),
        np.moveaxis(target, axis, -1) if np.shape(target) == logits.shape else target,
        weight, reduction, ignore_index, label_smoothing,
    )  # fmt: skip


def _nll(
    logs: Any, target: Any, weight: Any = None, reduction: int = MEAN, ignore_index: int = -100
) -> Any:
    """−log of the share of the right class, of logarithms: (c,), (n, c) or (n, c, …)."""
    logs = np.moveaxis(logs, min(1, logs.ndim - 1), -1)
    return _likelihood(logs, target, weight, reduction, ignore_index, 0.0)


def _likelihood(
    logs: Any, target: Any, weight: Any, reduction: int, ignored: int, smoothing: float
) -> Any:
    """Logarithms of shares (…, c), the right class (…) or its shares (…, c) → (…), or one number.

    The classes are compared with each target, so that another target may be typed. One that is
    ignored is none of them.
    """
    count = logs.shape[-1]
    if 0 <= ignored < count:
        raise UnsupportedError(f"a loss that leaves class {ignored} out has no rule")
    if np.shape(target) == logs.shape:  # a share of each class
        shares = target * (1.0 - smoothing) + smoothing / count if smoothing else target
        each = -reduce("sum", (shares if weight is None else shares * weight) * logs, -1)
        # Its mean is that of the texts, whatever the shares add up to.
        return _reduced(each, reduction) if each.ndim else each
    column = target[..., None] if isinstance(target, Array) else float(target)
    right = elementwise("equal", column, np.arange(count, dtype=np.float64))
    counted = right if weight is None else right * weight
    each = -reduce("sum", counted * logs, -1)
    if smoothing:
        known = reduce("sum", right, -1)
        every = logs if weight is None else logs * weight
        spread = -reduce("sum", every, -1) * known * (smoothing / count)
        each = each * (1.0 - smoothing) + spread
    if reduction != MEAN:
        return _reduced(each, reduction) if each.ndim else each
    return reduce("sum", each) / reduce("sum", counted)


LOSSES: dict[str, Callable[..., Any]] = {
    "mse_loss": _mse,
    "l1_loss": _l1,
    "huber_loss": _huber,
    "smooth_l1_loss": _smooth_l1,
    "binary_cross_entropy_with_logits": _binary_cross_entropy,
    "binary_cross_entropy": _of_shares,
    "cross_entropy_loss": _cross_entropy,
    "nll_loss_nd": _nll,
    "soft_margin_loss": lambda x, y, reduction=MEAN: _reduced(nn.softplus(-(x * y)), reduction),
}
