"""Rules of functions of each number that are written with others: rounding, angles, logarithms."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from sheetformer.graph import nn, rounding
from sheetformer.graph.functions import elementwise
from sheetformer.graph.storable import LARGEST


def divide(x: Any, y: Any, rounding_mode: str | None = None) -> Any:
    """A quotient, perhaps rounded."""
    if rounding_mode == "floor":
        return rounding.floor_divide(x, y)
    return rounding.trunc_divide(x, y) if rounding_mode else elementwise("divide", x, y)


def _round(x: Any, *, decimals: int = 0) -> Any:
    return rounding.round_half_even(x, decimals)


def _logaddexp(x: Any, y: Any) -> Any:
    return np.maximum(x, y) + np.log(1.0 + np.exp(-abs(x - y)))


def _logit(x: Any, eps: float | None = None) -> Any:
    share = x if eps is None else np.clip(x, eps, 1.0 - eps)
    return np.log(share / (1.0 - share))


def _xlogy(x: Any, y: Any) -> Any:
    """0 where the first is 0, whatever the second; the logarithm of 0 is nobody's then."""
    nothing = elementwise("equal", x, 0.0)
    return x * np.log(elementwise("where", nothing, 1.0, y))


def _sinc(x: Any) -> Any:
    angle = x * math.pi
    nothing = elementwise("equal", x, 0.0)
    return elementwise(
        "where", nothing, 1.0, np.sin(angle) / elementwise("where", nothing, 1.0, angle)
    )


def _asinh(x: Any) -> Any:
    """Of the size, with the sign: the root of a large square less the number is lost otherwise."""
    return np.sign(x) * np.log(abs(x) + np.sqrt(x * x + 1.0))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    # Rounding.
    "floor": rounding.floor,
    "ceil": rounding.ceil,
    "trunc": rounding.trunc,
    "fix": rounding.trunc,
    "round": _round,
    "frac": lambda x: x - rounding.trunc(x),
    "remainder": rounding.remainder,
    "fmod": rounding.fmod,
    "floor_divide": rounding.floor_divide,
    # Exponentials and logarithms.
    "expm1": lambda x: np.exp(x) - 1.0,
    "log1p": lambda x: np.log(1.0 + x),
    "exp2": np.exp2,
    "log2": np.log2,
    "log10": np.log10,
    "logaddexp": _logaddexp,
    "logit": _logit,
    "xlogy": _xlogy,
    "special_xlogy": _xlogy,
    # Angles.
    "sin": np.sin,
    "cos": np.cos,
    "tan": lambda x: np.sin(x) / np.cos(x),
    "sinh": lambda x: (np.exp(x) - np.exp(-x)) * 0.5,
    "cosh": lambda x: (np.exp(x) + np.exp(-x)) * 0.5,
    "asinh": _asinh,
    "atanh": lambda x: np.log((1.0 + x) / (1.0 - x)) * 0.5,
    "acosh": lambda x: np.log(x + np.sqrt(x * x - 1.0)),
    "deg2rad": lambda x: x * (math.pi / 180),
    "rad2deg": lambda x: x * (180 / math.pi),
    "sinc": _sinc,
    # Signs, and what is no number.
    "sign": np.sign,
    "sgn": np.sign,
    "signbit": lambda x: elementwise("less", x, 0.0),
    "copysign": lambda x, y: elementwise("where", elementwise("less", y, 0.0), -abs(x), abs(x)),
    "heaviside": lambda x, middle: elementwise(
        "where", elementwise("equal", x, 0.0), middle, elementwise("greater", x, 0.0)
    ),
    "nan_to_num": lambda x, *_, **__: x + 0.0,  # what is NaN is refused where it arises
    "isnan": lambda x: elementwise("not_equal", x, x),
    "isinf": lambda x: elementwise("greater_equal", abs(x), LARGEST),
    "isfinite": lambda x: elementwise("less", abs(x), LARGEST),
    "hypot": lambda x, y: np.sqrt(x * x + y * y),
    "special_ndtr": nn.normal_cdf,
}
"""ATen operation → its rule."""
