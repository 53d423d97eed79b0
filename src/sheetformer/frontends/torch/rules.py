"""One table: what each ATen operation is in the graph's vocabulary.

A rule takes what PyTorch gives the operation: Arrays for tensors, plain numbers for single
constants, and the settings as they are. It returns an Array, or one for each result.
Shape-only operations need no rule (`sheetformer.frontends.torch.data_movement`), and what PyTorch
itself writes as a composition of others is taken apart before anybody asks here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sheetformer.errors import UnsupportedError
from sheetformer.frontends.torch.rules_activations import ACTIVATIONS, channel
from sheetformer.frontends.torch.rules_attention import ATTENTION
from sheetformer.frontends.torch.rules_losses import LOSSES
from sheetformer.frontends.torch.rules_places import PLACES
from sheetformer.frontends.torch.rules_windows import WINDOWS
from sheetformer.graph import nn
from sheetformer.graph.array import Array
from sheetformer.graph.functions import concatenate, detach, elementwise, embedding, reduce
from sheetformer.graph.storable import LARGEST
from sheetformer.graph.truth import truth

Rule = Callable[..., Any]
ROUNDS = (
    "it rounds, and spreadsheet programs do not all round a number such as 2.9999999999999996 alike"
)
NO_RULE: dict[str, str] = dict.fromkeys(
    ("floor", "ceil", "round", "trunc", "fix", "frac", "remainder", "fmod", "floor_divide"), ROUNDS
)
"""Why some operations can have no rule."""


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
        raise UnsupportedError(ROUNDS)
    return elementwise("divide", x, y)


def _pow(x: Any, y: Any) -> Any:
    if isinstance(y, int | float) and y == 2:
        return elementwise("multiply", x, x)
    if isinstance(y, int | float) and y == 0.5:
        return elementwise("sqrt", x)
    return elementwise("power", x, y)


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
    return np.argmax(x, axis=dim, keepdims=keepdim)


def _any(x: Array, dim: Any = None, keepdim: bool = False) -> Any:
    return reduce("max", truth(x), _axes(dim), keepdim)


def _all(x: Array, dim: Any = None, keepdim: bool = False) -> Any:
    return reduce("min", truth(x), _axes(dim), keepdim)


def _var(x: Array, dim: Any = None, correction: Any = 1, keepdim: bool = False) -> Any:
    return np.var(
        x, axis=_axes(dim), ddof=1 if correction is None else correction, keepdims=keepdim
    )


def _std(x: Array, dim: Any = None, correction: Any = 1, keepdim: bool = False) -> Any:
    return np.sqrt(_var(x, dim, correction, keepdim))


def _cumsum(x: Array, dim: int, dtype: Any = None) -> Any:  # noqa: ARG001
    moved = x.swapaxes(dim, -1)
    earlier = np.triu(np.ones((x.shape[dim], x.shape[dim])))
    return (moved @ earlier).swapaxes(dim, -1)


def _cumprod(x: Array, dim: int, dtype: Any = None) -> Any:  # noqa: ARG001
    parts = [x.swapaxes(dim, 0)[:1]]
    for i in range(1, x.shape[dim]):
        parts.append(parts[-1] * x.swapaxes(dim, 0)[i : i + 1])
    return concatenate(parts, 0).swapaxes(dim, 0)


def _prod(x: Array, dim: int | None = None, keepdim: bool = False, dtype: Any = None) -> Any:  # noqa: ARG001
    flat = x.ravel() if dim is None else x.swapaxes(dim, -1)
    found = flat[..., :1]
    for i in range(1, flat.shape[-1]):
        found = found * flat[..., i : i + 1]
    if dim is None:
        return found.reshape(())
    kept = found.swapaxes(dim, -1)
    return kept if keepdim else kept.squeeze(dim)


def _logsumexp(x: Array, dim: Any, keepdim: bool = False) -> Any:
    """The largest is taken out first, so that no exponential is infinite."""
    axes = _axes(dim)
    largest = detach(reduce("max", x, axes, keepdims=True))
    total = np.log(reduce("sum", np.exp(x - largest), axes, keepdims=True)) + largest
    return total if keepdim else total.reshape(reduce("sum", x, axes).shape)


def _vector_norm(
    x: Array,
    ord: float = 2,
    dim: Any = None,
    keepdim: bool = False,
    dtype: Any = None,  # noqa: ARG001
) -> Any:
    axes = tuple(range(x.ndim)) if _axes(dim) is None else _axes(dim)
    if abs(ord) >= LARGEST:
        return reduce("max" if ord > 0 else "min", abs(x), axes, keepdim)
    if ord == 2:
        return np.sqrt(reduce("sum", x * x, axes, keepdim))
    if ord == 0:
        return reduce("sum", elementwise("not_equal", x, 0.0), axes, keepdim)
    total = reduce("sum", abs(x) if ord == 1 else abs(x) ** float(ord), axes, keepdim)
    return total if ord == 1 else total ** (1.0 / ord)


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


def _group_norm(
    x: Any, groups: int, gain: Any = None, bias: Any = None, eps: float = 1e-5, *_: Any
) -> Any:
    """Each group of channels of each item by itself: x (n, channels, …), gain (channels,)."""
    normal = nn.layer_norm(x.reshape(x.shape[0], groups, -1), None, None, eps, "norm")
    return _by_channel(normal.reshape(x.shape), gain, bias)


def _weight_norm(direction: Any, length: Any, dim: int = 0) -> tuple[Any, None]:
    """A weight as its direction, and a length for each index of an axis."""
    axes = tuple(i for i in range(direction.ndim) if i != dim % direction.ndim)
    size = np.sqrt(reduce("sum", direction * direction, axes, keepdims=True))
    return direction * (length / size), None


def _by_channel(x: Any, gain: Any, bias: Any) -> Any:
    scaled = x if gain is None else x * channel(x, gain)
    return scaled if bias is None else scaled + channel(x, bias)


def _batch_norm(
    x: Any, gain: Any, bias: Any, mean: Any, var: Any, training: bool, _: Any, eps: float, *__: Any
) -> Any:
    if training:
        # In evaluation mode that is a norm without running statistics, such as InstanceNorm.
        axes = tuple(i for i in range(x.ndim) if i != 1)
        mean, var = reduce("mean", x, axes), _var(x, axes, correction=0)

    normal = (x - channel(x, mean)) / np.sqrt(channel(x, var) + eps)
    return _by_channel(normal, gain, bias)


RULES: dict[str, Rule] = {
    # Arithmetic.
    "add": _add, "sub": _sub, "subtract": _sub, "rsub": _rsub, "mul": _op("multiply"),
    "multiply": _op("multiply"), "div": _div, "divide": _div, "true_divide": _div,
    "neg": _op("negate"), "abs": _op("absolute"), "pow": _pow, "square": lambda x: x * x,
    "reciprocal": lambda x: 1.0 / x, "rsqrt": lambda x: 1.0 / np.sqrt(x),
    "sqrt": _op("sqrt"), "exp": _op("exp"), "expm1": lambda x: np.exp(x) - 1.0,
    "log": _op("log"), "log1p": lambda x: np.log(1.0 + x), "sin": _op("sin"),
    "cos": _op("cos"), "sign": np.sign, "maximum": _op("maximum"), "minimum": _op("minimum"),
    "clamp": lambda x, min=None, max=None: np.clip(x, min, max),
    "clamp_min": lambda x, low: np.clip(x, low, None),
    "clamp_max": lambda x, high: np.clip(x, None, high),
    "exp2": np.exp2, "log2": np.log2, "log10": np.log10, "tan": lambda x: np.sin(x) / np.cos(x),
    "sinh": lambda x: (np.exp(x) - np.exp(-x)) * 0.5,
    "cosh": lambda x: (np.exp(x) + np.exp(-x)) * 0.5,
    "nan_to_num": lambda x, *_, **__: x + 0.0,  # what is NaN is refused where it arises
    "isnan": lambda x: elementwise("not_equal", x, x),
    "isinf": lambda x: elementwise("greater_equal", abs(x), LARGEST),
    "isfinite": lambda x: elementwise("less", abs(x), LARGEST),
    "addcmul": lambda x, a, b, value=1: x + a * b * value,
    "addcdiv": lambda x, a, b, value=1: x + a / b * value,
    "hypot": lambda x, y: np.sqrt(x * x + y * y),
    "lerp": lambda x, end, weight: x + (end - x) * weight,
    # Comparison and truth.
    "eq": _op("equal"), "ne": _op("not_equal"), "lt": _op("less"), "le": _op("less_equal"),
    "gt": _op("greater"), "ge": _op("greater_equal"), "where": _op("where"),
    "masked_fill": lambda x, mask, value: elementwise("where", mask, value, x),
    "logical_and": np.logical_and, "logical_or": np.logical_or, "logical_not": np.logical_not,
    "bitwise_and": np.bitwise_and, "__and__": np.bitwise_and,
    "bitwise_or": np.bitwise_or, "__or__": np.bitwise_or,
    "bitwise_not": np.invert,
    "isin": _isin, "any": _any, "all": _all,
    # Reductions.
    "sum": _reduction("sum"), "mean": _reduction("mean"), "amax": _reduction("max"),
    "amin": _reduction("min"), "max": _extreme("max"), "min": _extreme("min"), "argmax": _argmax,
    "var": _var, "std": _std, "cumsum": _cumsum, "cumprod": _cumprod, "logsumexp": _logsumexp,
    "linalg_vector_norm": _vector_norm, "norm": _vector_norm, "prod": _prod,
    "trace": lambda x: reduce("sum", x.view(lambda ids, _: (ids.diagonal(), (None,)))),
    # Norms and look-up.
    "layer_norm": _layer_norm, "rms_norm": _rms_norm, "batch_norm": _batch_norm,
    "group_norm": _group_norm, "_weight_norm_interface": _weight_norm,
    "embedding": _embedding, "index_select": _index_select,
    **ACTIVATIONS, **ATTENTION, **LOSSES, **PLACES, **WINDOWS,
}  # fmt: skip
"""ATen operation, without its overload and the underscore of in place → how the graph says it."""
