"""One table: what each ATen operation is in the graph's vocabulary.

A rule takes what PyTorch gives the operation: Arrays for tensors, plain numbers for single
constants, and the settings as they are. It returns an Array, or one for each result.
Shape-only operations need no rule (`sheetformer.frontends.torch.data_movement`), and what PyTorch
itself writes as a composition of others is taken apart before anybody asks here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from sheetformer.errors import UnsupportedError
from sheetformer.frontends.torch.rules_activations import ACTIVATIONS, channel
from sheetformer.frontends.torch.rules_attention import ATTENTION
from sheetformer.frontends.torch.rules_functions import FUNCTIONS, divide
from sheetformer.frontends.torch.rules_losses import LOSSES
from sheetformer.frontends.torch.rules_places import ORDER, PLACES
from sheetformer.frontends.torch.rules_windows import WINDOWS
from sheetformer.graph import nn
from sheetformer.graph.array import Array
from sheetformer.graph.functions import concatenate, detach, elementwise, embedding, expand, reduce
from sheetformer.graph.storable import LARGEST
from sheetformer.graph.truth import truth

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
        if isinstance(dim, Array | float):
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


def _with_mean(spread: Rule) -> Rule:
    def rule(x: Any, dim: Any = None, correction: Any = 1, keepdim: bool = False) -> Any:
        return spread(x, dim, correction, keepdim), reduce("mean", x, _axes(dim), keepdim)

    return rule


def _cdist(x: Any, y: Any, p: float = 2, *_: Any) -> Any:
    """How far each row is from each of the others: (…, n, d), (…, m, d) → (…, n, m)."""
    apart = x[..., :, None, :] - y[..., None, :, :]
    return _vector_norm(apart, p, -1)


def _cross(x: Any, y: Any, *, dim: int = -1) -> Any:
    a, b = (z.swapaxes(dim, 0) for z in (x, y))
    ahead, behind = [1, 2, 0], [2, 0, 1]
    return (a[ahead] * b[behind] - a[behind] * b[ahead]).swapaxes(0, dim)


def _trilinear(
    x: Any, y: Any, z: Any, new_x: Any, new_y: Any, new_z: Any, summed: Any, _: int = 1
) -> Any:
    """The product of three, each with new axes, summed over some: `nn.Bilinear` is made of it."""
    wide = [expand(a, tuple(new)) if new else a for a, new in ((x, new_x), (y, new_y), (z, new_z))]
    return reduce("sum", wide[0] * wide[1] * wide[2], tuple(summed))


# Look-up and norms.


def _embedding_bag(
    table: Any,
    index: Any,
    offsets: Any,
    _by_frequency: bool = False,
    mode: int = 0,
    _sparse: bool = False,
    weights: Any = None,
    last: bool = False,
    padding: int = -1,
) -> Any:
    """Rows of a table by bags, each their sum (mode 0), mean (1) or largest (2).

    A bag begins where an offset says: (rows, d), (n,), (bags,) → (bags, d).
    """
    if padding >= 0 or not index.size:
        raise UnsupportedError("bags with padding, or with nothing in them, have no rule")
    rows = embedding(table, index)
    rows = rows if weights is None else rows * weights[:, None]
    ends = [int(x) for x in offsets] + ([] if last else [rows.shape[0]])
    if any(a == b for a, b in pairwise(ends)):
        raise UnsupportedError("an empty bag has no rule")
    how = ("sum", "mean", "max")[mode]
    return concatenate([reduce(how, rows[a:b], 0, True) for a, b in pairwise(ends)], 0)


def _embedding(table: Any, index: Any, *_: Any) -> Any:
    return embedding(table, index)


def _index_select(x: Any, dim: int, index: Any) -> Any:
    """Slices of an axis at computed places: (…, n, …), (m,) → (…, m, …)."""
    if x.ndim < 2 or not (dim % x.ndim or x.ndim > 2):
        return embedding(x, index)
    moved = x.swapaxes(dim, 0)
    rows = embedding(moved.reshape(moved.shape[0], -1), index)
    return rows.reshape(-1, *moved.shape[1:]).swapaxes(dim, 0)


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


BAGS = frozenset({"_embedding_bag", "_embedding_bag_forward_only"})
"""Operations whose third argument says where bags begin: taken as recorded, with a guard."""

RULES: dict[str, Rule] = {
    # Arithmetic.
    "add": _add, "sub": _sub, "subtract": _sub, "rsub": _rsub, "mul": _op("multiply"),
    "multiply": _op("multiply"), "div": divide, "divide": divide, "true_divide": divide,
    "neg": _op("negate"), "abs": _op("absolute"), "pow": _pow, "square": lambda x: x * x,
    "reciprocal": lambda x: 1.0 / x, "rsqrt": lambda x: 1.0 / np.sqrt(x),
    "sqrt": _op("sqrt"), "exp": _op("exp"), "log": _op("log"), "maximum": _op("maximum"),
    "minimum": _op("minimum"), "clamp": lambda x, min=None, max=None: np.clip(x, min, max),
    "clamp_min": lambda x, low: np.clip(x, low, None),
    "clamp_max": lambda x, high: np.clip(x, None, high),
    "addcmul": lambda x, a, b, value=1: x + a * b * value,
    "addcdiv": lambda x, a, b, value=1: x + a / b * value,
    "lerp": lambda x, end, weight: x + (end - x) * weight,
    # Comparison and truth.
    "eq": _op("equal"), "ne": _op("not_equal"), "lt": _op("less"), "le": _op("less_equal"),
    "gt": _op("greater"), "ge": _op("greater_equal"), "where": _op("where"),
    "masked_fill": lambda x, mask, value: elementwise("where", mask, value, x),
    "logical_and": np.logical_and, "logical_or": np.logical_or, "logical_not": np.logical_not,
    "bitwise_and": np.bitwise_and, "__and__": np.bitwise_and,
    "bitwise_or": np.bitwise_or, "__or__": np.bitwise_or,
    "bitwise_not": np.invert, "logical_xor": np.logical_xor, "bitwise_xor": np.bitwise_xor,
    "__xor__": np.bitwise_xor,
    "isin": _isin, "any": _any, "all": _all,
    # Reductions.
    "sum": _reduction("sum"), "mean": _reduction("mean"), "amax": _reduction("max"),
    "amin": _reduction("min"), "max": _extreme("max"), "min": _extreme("min"), "argmax": _argmax,
    "argmin": lambda x, *settings, **named: _argmax(-x, *settings, **named),
    "aminmax": lambda x, dim=None, keepdim=False: tuple(
        reduce(name, x, dim, keepdim) for name in ("min", "max")
    ),
    "var": _var, "std": _std, "var_mean": _with_mean(_var), "std_mean": _with_mean(_std),
    "nansum": _reduction("sum"), "logsumexp": _logsumexp,
    "linalg_vector_norm": _vector_norm, "norm": _vector_norm,
    "trace": lambda x: reduce("sum", x.view(lambda ids, _: (ids.diagonal(), (None,)))),
    # Norms and look-up.
    "layer_norm": _layer_norm, "rms_norm": _rms_norm, "batch_norm": _batch_norm,
    "group_norm": _group_norm, "_weight_norm_interface": _weight_norm,
    "embedding": _embedding, "index_select": _index_select,
    **dict.fromkeys(BAGS, _embedding_bag), "_trilinear": _trilinear, "_cdist_forward": _cdist,
    "linalg_cross": _cross,
    **ACTIVATIONS, **ATTENTION, **FUNCTIONS, **LOSSES, **ORDER, **PLACES, **WINDOWS,
}  # fmt: skip
"""ATen operation, without its overload and the underscore of in place → how the graph says it."""
