"""Rules of activations: functions of each number, some with a weight a channel."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from sheetformer.graph import nn
from sheetformer.graph.functions import elementwise


def channel(x: Any, row: Any) -> Any:
    """A number for each channel (c,), so that it meets x (n, c, …) at its second axis."""
    return row.reshape(-1, *[1] * (x.ndim - 2)) if x.ndim > 1 else row


def _gelu(x: Any, approximate: str = "none") -> Any:
    if approximate == "none":
        return nn.gelu(x)
    cubic = x + x * x * x * 0.044715
    return x * 0.5 * (1.0 + np.tanh(cubic * math.sqrt(2 / math.pi)))


def _leaky_relu(x: Any, slope: float = 0.01) -> Any:
    return np.where(x > 0.0, x, x * slope)


def _prelu(x: Any, weight: Any) -> Any:
    """The slope below 0 is learned: one for all, or one a channel."""
    slope = weight.reshape(()) if weight.size == 1 else channel(x, weight)
    return np.where(x > 0.0, x, x * slope)


def _elu(x: Any, alpha: float = 1.0, scale: float = 1.0, input_scale: float = 1.0) -> Any:
    # The exponential is taken of what is not positive only: that of a large number is infinite.
    curved = (np.exp(np.minimum(x, 0.0) * input_scale) - 1.0) * (alpha * scale)
    return np.where(x > 0.0, x * scale, curved)


def _softplus(x: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    scaled = x if beta == 1 else x * beta
    curved = nn.softplus(scaled)
    return np.where(scaled > threshold, x, curved if beta == 1 else curved / beta)


def _erf(x: Any) -> Any:
    return nn.normal_cdf(x * math.sqrt(2.0)) * 2.0 - 1.0


def _glu(x: Any, dim: int = -1) -> Any:
    """One half opens and closes the other."""
    middle = x.shape[dim] // 2
    moved = x.swapaxes(dim, -1)
    gated = moved[..., :middle] * nn.sigmoid(moved[..., middle:])
    return gated.swapaxes(dim, -1)


def _ramp(x: Any) -> Any:
    """From 0 at −3 to 1 at 3, in a straight line."""
    return np.clip(x + 3.0, 0.0, 6.0) / 6.0


def _threshold(x: Any, threshold: float, value: float) -> Any:
    return np.where(x > threshold, x, value)


def _softshrink(x: Any, width: float = 0.5) -> Any:
    return np.where(x > width, x - width, np.where(x < -width, x + width, 0.0))


ACTIVATIONS: dict[str, Callable[..., Any]] = {
    "relu": nn.relu,
    "gelu": _gelu,
    "silu": nn.silu,
    "sigmoid": nn.sigmoid,
    "tanh": lambda x: elementwise("tanh", x),
    "leaky_relu": _leaky_relu,
    "prelu": _prelu,
    "_prelu_kernel": _prelu,
    "elu": _elu,
    "celu": lambda x, alpha=1.0: _elu(x, alpha, 1.0, 1.0 / alpha),
    "softplus": _softplus,
    "log_sigmoid": lambda x: -nn.softplus(-x),
    "mish": lambda x: x * np.tanh(_softplus(x)),
    "erf": _erf,
    "erfc": lambda x: nn.normal_cdf(x * -math.sqrt(2.0)) * 2.0,
    "glu": _glu,
    "hardtanh": lambda x, low=-1.0, high=1.0: np.clip(x, low, high),
    "relu6": lambda x: np.clip(x, 0.0, 6.0),
    "hardsigmoid": _ramp,
    "hardswish": lambda x: x * _ramp(x),
    "hardshrink": lambda x, width=0.5: np.where(abs(x) > width, x, 0.0),
    "softshrink": _softshrink,
    "threshold": _threshold,
}
