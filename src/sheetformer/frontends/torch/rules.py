"""One table: what each ATen operation is in the graph's vocabulary.

A rule takes what PyTorch gives the operation: Arrays for tensors, plain numbers for single
constants, and the settings as they are. It returns an Array, or one for each result.
Shape-only operations need no rule (`sheetformer.frontends.torch.data_movement`), and what PyTorch
itself writes as a composition of others is taken apart before anybody asks here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sheetformer.errors import UnsupportedError
from sheetformer.frontends.torch.rules_attention import ATTENTION, Truth
from sheetformer.graph import nn
from sheetformer.graph.array import Array
from sheetformer.graph.functions import elementwise, embedding, reduce

Rule = Callable[..., Any]


def _op(name: str) -> Rule:
    """The elementwise operation of that name, with as many operands as it takes."""
    return lambda *operands: elementwise(name, *operands)


def _add(x: Any, y: Any, alpha: float = 1) -> Any:
    return elementwise("add", x, y if alpha == 1 else y * alpha)


def _sub(x: Any, y: Any, alpha: float = 1) -> Any:
    return elementwise("subtract", x, y if alpha == 1 else y * alpha)


def _rsub(x: Any, y: Any, alpha: float = 1) -> Any:
    return elementwise("subtract", y, x if alpha == 1 else x * alpha)


def _div(x: Any, y: Any, rounding_mode: str | None = None) -> Any:
    if rounding_mode is not None:
        raise UnsupportedError(f"division that rounds ({rounding_mode}) has no rule")
    return elementwise("divide", x, y)


def _pow(x: Any, y: Any) -> Any:
    if isinstance(y, int | float) and y == 2:
        return elementwise("multiply", x, x)
    if isinstance(y, int | float) and y == 0.5:
        return elementwise("sqrt", x)
    return elementwise("power", x, y)


def _clamp(x: Any, min: Any = None, max: Any = None) -> Any:
    if min is None:
        return elementwise("minimum", x, max)
    bounded = elementwise("maximum", x, min)
    return bounded if max is None else elementwise("minimum", bounded, max)


def _truth(x: Any) -> Any:
    """1 where a number is not 0."""
    return x if _is_truth(x) else elementwise("not_equal", x, 0.0)


def _is_truth(x: Any) -> bool:
    return isinstance(x, bool | Truth)


def _both(x: Any, y: Any) -> Any:
    return elementwise("multiply", _truth(x), _truth(y))


def _either(x: Any, y: Any) -> Any:
    return elementwise("maximum", _truth(x), _truth(y))


def _not(x: Any) -> Any:
    return elementwise("equal", x, 0.0)


def _only_truth(rule: Rule) -> Rule:
    """Bitwise operations mean and, or, not on truth values; on numbers no formula says them."""

    def checked(*operands: Any) -> Any:
        if not all(map(_is_truth, operands)):
            raise UnsupportedError("bits of numbers have no formula, only truth values")
        return rule(*operands)

    return checked


def _gelu(x: Any, approximate: str = "none") -> Any:
    if approximate == "none":
        return x * nn.normal_cdf(x)
    cubic = x + x * x * x * 0.044715
    return x * 0.5 * (1.0 + np.tanh(cubic * math.sqrt(2 / math.pi)))


def _leaky_relu(x: Any, slope: float = 0.01) -> Any:
    return np.where(x > 0.0, x, x * slope)


def _elu(x: Any, alpha: float = 1.0, scale: float = 1.0, input_scale: float = 1.0) -> Any:
    curved = (np.exp(x * input_scale) - 1.0) * (alpha * scale)
    return np.where(x > 0.0, x * scale, curved)


def _softplus(x: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    scaled = x * beta
    curved = np.log(1.0 + np.exp(scaled)) / beta
    return np.where(x * beta > threshold, x, curved)


def _erf(x: Any) -> Any:
    return nn.normal_cdf(x * math.sqrt(2.0)) * 2.0 - 1.0


def _sign(x: Any) -> Any:
    return elementwise("subtract", x > 0.0, x < 0.0)


# Reductions.


def _axes(dim: Any) -> Any:
    if dim is None or (isinstance(dim, Sequence) and not dim):
        return None
    return tuple(dim) if isinstance(dim, Sequence) else dim


def _reduction(name: str) -> Rule:
    def rule(x: Array, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:  # noqa: ARG001
        return reduce(name, x, _axes(dim), keepdim)

    return rule


def _extreme(name: str) -> Rule:
    """`max` of two arrays, of all, or along an axis with the places."""

    def rule(x: Array, dim: Any = None, keepdim: bool = False) -> Any:
        if isinstance(dim, Array):
            return elementwise(f"{name}imum", x, dim)
        if dim is None:
            return reduce(name, x, None, keepdim)
        sought = x if name == "max" else -x
        return reduce(name, x, dim, keepdim), reduce("argmax", sought, dim, keepdim)

    return rule


def _argmax(x: Array, dim: Any = None, keepdim: bool = False) -> Any:
    return reduce("argmax", x.ravel() if dim is None else x, 0 if dim is None else dim, keepdim)


def _any(x: Array, dim: Any = None, keepdim: bool = False) -> Any:
    return reduce("max", _truth(x), _axes(dim), keepdim)


def _all(x: Array, dim: Any = None, keepdim: bool = False) -> Any:
    return reduce("min", _truth(x), _axes(dim), keepdim)


def _var(x: Array, dim: Any = None, correction: Any = 1, keepdim: bool = False) -> Any:
    axes = range(x.ndim) if _axes(dim) is None else np.atleast_1d(_axes(dim)).tolist()
    lengths = math.prod(x.shape[i] for i in axes)
    centred = x - reduce("mean", x, tuple(axes), keepdims=True)
    total = reduce("sum", centred * centred, tuple(axes), keepdim)
    return total / float(lengths - (1 if correction is None else correction))


def _std(x: Array, dim: Any = None, correction: Any = 1, keepdim: bool = False) -> Any:
    return np.sqrt(_var(x, dim, correction, keepdim))


def _cumsum(x: Array, dim: int, dtype: Any = None) -> Any:  # noqa: ARG001
    moved = x.swapaxes(dim, -1)
    earlier = np.triu(np.ones((x.shape[dim], x.shape[dim])))
    return (moved @ earlier).swapaxes(dim, -1)


def _isin(x: Any, sought: Any, *, invert: bool = False, **_: Any) -> Any:
    row = sought.ravel() if isinstance(sought, Array) else sought
    column = x[..., None] if isinstance(x, Array) else x
    found = elementwise("equal", column, row)
    found = found if found.ndim else found.reshape(1)
    hit = reduce("max", found, -1)
    return elementwise("equal", hit, 0.0) if invert else hit


# Look-up and norms.


def _embedding(table: Any, index: Any, *_: Any) -> Any:
    return embedding(table, index)


def _index_select(x: Any, dim: int, index: Any) -> Any:
    if dim % x.ndim or x.ndim > 2:
        raise UnsupportedError("picking by a computed index works along the first of two axes")
    return embedding(x, index)


def _rows(x: Any, shape: Sequence[int]) -> Any:
    """The axes that a norm goes over as one axis."""
    if x is None or len(shape) == 1:
        return x
    return x.reshape(*x.shape[: x.ndim - len(shape)], -1)


def _layer_norm(
    x: Any, shape: Any, gain: Any = None, bias: Any = None, eps: float = 1e-5, *_: Any
) -> Any:
    normal = nn.layer_norm(_rows(x, shape), _rows(gain, shape), _rows(bias, shape), eps, "norm")
    return normal.reshape(x.shape)


def _rms_norm(x: Any, shape: Any, gain: Any = None, eps: float | None = None) -> Any:
    small = np.finfo(np.float64).eps if eps is None else eps
    return nn.rms_norm(_rows(x, shape), _rows(gain, shape), float(small), "norm").reshape(x.shape)


def _batch_norm(
    x: Any, gain: Any, bias: Any, mean: Any, var: Any, training: bool, _: Any, eps: float, *__: Any
) -> Any:
    if training:
        # In evaluation mode that is a norm without running statistics, such as InstanceNorm.
        axes = tuple(i for i in range(x.ndim) if i != 1)
        mean, var = reduce("mean", x, axes), _var(x, axes, correction=0)

    def fit(row: Any) -> Any:
        return row.reshape(-1, *[1] * (x.ndim - 2))

    normal = (x - fit(mean)) / np.sqrt(fit(var) + eps)
    scaled = normal if gain is None else normal * fit(gain)
    return scaled if bias is None else scaled + fit(bias)


RULES: dict[str, Rule] = {
    # Arithmetic.
    "add": _add, "sub": _sub, "subtract": _sub, "rsub": _rsub, "mul": _op("multiply"),
    "multiply": _op("multiply"), "div": _div, "divide": _div, "true_divide": _div,
    "neg": _op("negate"), "abs": _op("absolute"), "pow": _pow, "square": lambda x: x * x,
    "reciprocal": lambda x: 1.0 / x, "rsqrt": lambda x: 1.0 / np.sqrt(x),
    "sqrt": _op("sqrt"), "exp": _op("exp"), "expm1": lambda x: np.exp(x) - 1.0,
    "log": _op("log"), "log1p": lambda x: np.log(1.0 + x), "sin": _op("sin"),
    "cos": _op("cos"), "sign": _sign, "maximum": _op("maximum"), "minimum": _op("minimum"),
    "clamp": _clamp, "clamp_min": lambda x, low: _clamp(x, low),
    "clamp_max": lambda x, high: _clamp(x, None, high),
    "addcmul": lambda x, a, b, value=1: x + a * b * value,
    "lerp": lambda x, end, weight: x + (end - x) * weight,
    # Comparison and truth.
    "eq": _op("equal"), "ne": _op("not_equal"), "lt": _op("less"), "le": _op("less_equal"),
    "gt": _op("greater"), "ge": _op("greater_equal"), "where": _op("where"),
    "masked_fill": lambda x, mask, value: elementwise("where", mask, value, x),
    "logical_and": _both, "logical_or": _either, "logical_not": _not,
    "bitwise_and": _only_truth(_both), "__and__": _only_truth(_both),
    "bitwise_or": _only_truth(_either), "__or__": _only_truth(_either),
    "bitwise_not": _only_truth(_not),
    "isin": _isin, "any": _any, "all": _all,
    # Activations.
    "relu": nn.relu, "gelu": _gelu, "silu": nn.silu, "sigmoid": nn.sigmoid, "tanh": _op("tanh"),
    "leaky_relu": _leaky_relu, "elu": _elu, "softplus": _softplus, "erf": _erf,
    # Reductions.
    "sum": _reduction("sum"), "mean": _reduction("mean"), "amax": _reduction("max"),
    "amin": _reduction("min"), "max": _extreme("max"), "min": _extreme("min"), "argmax": _argmax,
    "var": _var, "std": _std, "cumsum": _cumsum,
    # Norms and look-up.
    "layer_norm": _layer_norm, "rms_norm": _rms_norm, "batch_norm": _batch_norm,
    "embedding": _embedding, "index_select": _index_select,
    **ATTENTION,
}  # fmt: skip
"""ATen operation, without its overload and the underscore of in place → how the graph says it."""
