"""Rules of the operations that attention is made of: products, softmax, and all of it in one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sheetformer.errors import UnsupportedError
from sheetformer.frontends.torch.refusals import NAN
from sheetformer.graph import nn
from sheetformer.graph.array import Array
from sheetformer.graph.functions import inline, matmul, named


class Hiding(Array):
    """An Array in which something was −∞ when it was recorded: nobody may look there."""

    __slots__ = ()


def linear(x: Any, weight: Any, bias: Any = None) -> Any:
    """(…, d_in), (d_out, d_in), (d_out,) → (…, d_out); the weight may be one row (d_in,)."""
    product = matmul(x, weight.T)
    return product if bias is None else inline(product) + bias


def _addmm(bias: Any, x: Any, y: Any, beta: float = 1, alpha: float = 1) -> Any:
    product = matmul(x, y)
    product = product if alpha == 1 else inline(product) * alpha
    return inline(product) + (bias if beta == 1 else bias * beta)


def _softmax(x: Any, dim: int, dtype: Any = None, *_: Any) -> Any:  # noqa: ARG001
    return nn.softmax(x, axis=dim, name="softmax")


def _log_softmax(x: Any, dim: int, dtype: Any = None, *_: Any) -> Any:  # noqa: ARG001
    return nn.log_softmax(x, axis=dim)


def attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,  # noqa: ARG001 - a model in evaluation drops nothing
    is_causal: bool = False,
    *,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    """Scaled dot-product attention, step by step: (…, n, d_k), (…, m, d_k), (…, m, d_v).

    A row that may look nowhere is all 0, as in PyTorch.
    """
    if enable_gqa:
        key, value = (_shared(x, query.shape[-3]) for x in (key, value))
    factor = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = named(matmul(query, key.swapaxes(-1, -2)), "scores", "scores")
    role = "scaled scores" if scale is None else "scores by a factor"
    scaled = named(scores * factor, "scaled", role)
    if is_causal:
        attn_mask = np.tril(np.ones(scores.shape[-2:], dtype=bool))
    weights = _weights(scaled, attn_mask)
    return named(matmul(weights, value), "context", "blend")


def _shared(x: Any, heads: int) -> Any:
    """Grouped-query attention: each head of keys or values serves several of queries."""
    times = heads // x.shape[-3]
    return x.view(lambda ids, labels: (np.repeat(ids, times, axis=-3), (None, *labels[1:])))


def _shares(scores: Any) -> Any:
    return named(nn.softmax(scores, name="weights"), "weights", "attention weights")


def _weights(scaled: Any, mask: Any) -> Any:
    """Softmax over what may be looked at."""
    if mask is None:
        return _shares(scaled)
    if isinstance(mask, Array) and mask.is_truth:
        return _hidden(scaled, mask, everywhere=False)
    if isinstance(mask, Hiding):
        return _or_nothing(named(scaled + mask, "masked", "scores plus mask"))
    if isinstance(mask, Array):
        return _shares(named(scaled + mask, "masked", "scores plus mask"))
    if mask.dtype != np.bool_:
        return _with_added(scaled, mask)
    if mask.all():
        return _shares(scaled)
    return _hidden(scaled, mask, bool(mask.any(-1).all()))


def _with_added(scaled: Any, mask: Any) -> Any:
    """A constant mask of numbers is added; −∞ in it means that nobody may look there."""
    closed = mask == -np.inf
    if closed.any():
        open_rest = np.where(closed, 0.0, mask)
        moved = scaled + open_rest if open_rest.any() else scaled
        return _hidden(moved, ~closed, bool((~closed).any(-1).all()))
    added = np.clip(mask, nn.HIDDEN, -nn.HIDDEN)
    return _shares(named(scaled + added, "masked", "scores plus mask"))


def _hidden(scaled: Any, mask: Any, everywhere: bool) -> Any:
    """Attention where the mask is true; `everywhere` if each row may look somewhere."""
    truth = mask if isinstance(mask, Array) else mask.astype(np.float64)
    if not everywhere:
        return nn.masked_softmax(scaled, truth)
    return _shares(named(np.where(truth, scaled, nn.HIDDEN), "masked", "masked scores"))


def _or_nothing(scores: Any, axis: int = -1) -> Any:
    """Softmax (…, n), but 0 in a row that may look nowhere."""
    shares = nn.softmax(scores, axis=axis, name="shares")
    return named(
        np.where(open_rows(scores, axis), shares, 0.0), "weights", "masked attention weights"
    )


def open_rows(scores: Any, axis: int) -> Any:
    """1 for each row of scores that has a place to look at: (…, n) → (…, 1)."""
    return scores.max(axis=axis, keepdims=True) > nn.HIDDEN / 2


def scores_of(operands: Sequence[Any], settings: dict[str, Any]) -> tuple[Any, int]:
    """What a softmax is taken of, and along which axis."""
    return operands[0], operands[1] if len(operands) > 1 else settings["dim"]


def refuse_empty_rows(scores: Any, axis: int) -> None:
    """Refuse a softmax of nothing.

    Raises:
        UnsupportedError: a row is −∞ everywhere; PyTorch's softmax gives NaN there.
    """
    if not isinstance(scores, Hiding):
        return
    empty = np.argwhere(scores.value.max(axis=axis) <= nn.HIDDEN)
    if empty.size:
        row = ", ".join(map(str, empty[0]))
        raise UnsupportedError(f"its row {row} may look nowhere (−∞ everywhere): {NAN}")


def _safe_softmax(x: Any, dim: int, dtype: Any = None) -> Any:  # noqa: ARG001
    return _or_nothing(x, dim)


SOFTMAX = frozenset({"softmax", "_softmax", "log_softmax", "_log_softmax"})
"""Operations that PyTorch answers with NaN in a row that may look nowhere."""

ATTENTION: dict[str, Callable[..., Any]] = {
    "matmul": matmul,
    "mm": matmul,
    "bmm": matmul,
    "mv": matmul,
    "dot": matmul,
    "vdot": matmul,
    "linear": linear,
    "addmm": _addmm,
    "baddbmm": _addmm,
    "softmax": _softmax,
    "_softmax": _softmax,
    "log_softmax": _log_softmax,
    "_log_softmax": _log_softmax,
    "_safe_softmax": _safe_softmax,
    "scaled_dot_product_attention": attention,
}

RAW = frozenset({"scaled_dot_product_attention"})
"""Rules that look at constants (a mask) themselves, as NumPy arrays."""
