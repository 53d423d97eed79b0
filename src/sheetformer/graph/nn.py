"""The functions of the Transformer, written once over NumPy style arrays.

Each takes `Array` (and writes a graph) or plain NumPy arrays (and gives numbers). Shapes stand
beside the lines: n words that ask, m words that answer, d_k and d_v features.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.functions import detach, elementwise, named, rule
from sheetformer.graph.number_formats import NumberFormat
from sheetformer.graph.ops import OPS
from sheetformer.graph.storable import LARGEST


@dataclass(frozen=True)
class Form:
    """The facts of a format as numbers or cells, each of a shape that broadcasts.

    Attributes:
        significant: bits of a number's digits.
        least: the least exponent.
        largest: the largest number.
        beyond: what larger ones become.
    """

    significant: Any
    least: Any
    largest: Any
    beyond: Any

    @staticmethod
    def of(known: NumberFormat) -> Form:
        """The facts of a format."""
        beyond = LARGEST if known.infinite else known.largest
        facts = float(known.significant), float(known.least), known.largest, beyond
        return Form(*facts)


HIDDEN = -LARGEST
"""The score of a position that may not be looked at: its exponential is exactly 0."""


@rule
def softmax(x: Any, axis: int = -1, name: str = "softmax") -> Any:
    """Shares that are positive and add to 1 along an axis, largest where x is largest.

    The maximum is subtracted first; that changes nothing but keeps the exponentials finite, so
    no gradient goes through it.

    >>> softmax(np.array([0.0, np.log(3.0)])).round(3)
    array([0.25, 0.75])
    """
    largest = named(detach(x.max(axis=axis, keepdims=True)), f"{name}_max", "softmax max")
    exponentials = named(np.exp(x - largest), f"{name}_exp", "softmax exponentials")
    total = named(exponentials.sum(axis=axis, keepdims=True), f"{name}_sum", "softmax sum")
    return named(exponentials / total, name, "softmax")


@rule
def log_softmax(x: Any, axis: int = -1, name: str = "log_softmax") -> Any:
    """The logarithm of softmax, computed without taking the logarithm of a tiny share."""
    largest = named(detach(x.max(axis=axis, keepdims=True)), f"{name}_max", "softmax max")
    shifted = named(x - largest, f"{name}_shifted", "below the largest")
    exponentials = named(np.exp(shifted), f"{name}_exp", "softmax exponentials")
    total = named(exponentials.sum(axis=axis, keepdims=True), f"{name}_sum", "softmax sum")
    return named(shifted - np.log(total), name, "log softmax")


def linear(x: Any, weight: Any, bias: Any = None) -> Any:
    """As PyTorch has it, x @ weightᵀ + bias: (…, d_in), (d_out, d_in), (d_out,) → (…, d_out)."""
    product = x @ weight.T
    return product if bias is None else product + bias


@rule
def relu(x: Any) -> Any:
    """The number where it is positive, else 0; its slope at 0 is 0, as in PyTorch."""
    return np.where(x > 0.0, x, 0.0)


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(−x)): a number between 0 and 1."""
    return _of_each("sigmoid", x)


def softplus(x: Any) -> Any:
    """log(1 + exp(x)): never below 0, and nearly x where x is large."""
    return _of_each("softplus", x)


def silu(x: Any) -> Any:
    """The SiLU or swish, x · sigmoid(x) (Elfwing et al. 2017, equation 5)."""
    return x * sigmoid(x)


def normal_cdf(x: Any) -> Any:
    """Φ(x): the share of a standard normal distribution below x."""
    return _of_each("normal_cdf", x)


def _of_each(op: str, x: Any, *others: Any) -> Any:
    """An operation that NumPy has no function for; a NumPy array gives its value."""
    traced = isinstance(x, Array)
    return elementwise(op, x, *others) if traced else OPS[op].value(x, *map(np.asarray, others))


def gelu(x: Any) -> Any:
    """The exact form, x · Φ(x) (Hendrycks and Gimpel 2016, section 2)."""
    return x * normal_cdf(x)


def cast(x: Any, form: NumberFormat | Form, name: str = "cast") -> Any:
    """Each number as the nearest one of a format, ties to even; gradients go straight through.

    It is PyTorch's cast from float32; PyTorch's from float64 goes through float32 first. Infinity
    is ±1E+30. A format without infinity ends at its largest number, where PyTorch has no number.

    x: (…) → (…).
    """
    to = form if isinstance(form, Form) else Form.of(form)
    step = named(_of_each("spacing", x, to.significant, to.least), f"{name}_step", "spacing")
    nearest = named(quantize(x, step), f"{name}_nearest", "nearest")
    return named(within(nearest, to.largest, to.beyond), name, "cast")


def quantize(x: Any, step: Any) -> Any:
    """The nearest multiple of a step, ties to the even one; the shapes broadcast."""
    return _of_each("quantize", x, step)


@rule
def within(x: Any, largest: Any, beyond: Any) -> Any:
    """Numbers above a largest one become another, those below its negative that one's negative."""
    return np.where(abs(x) > largest, np.where(x < 0.0, -beyond, beyond), x)


@rule
def layer_norm(
    x: Any, gain: Any = None, bias: Any = None, epsilon: float = 1e-5, name: str = "norm"
) -> Any:
    """Each row with mean 0 and variance 1, then scaled and moved (Ba et al. 2016, equation 4).

    x: (…, d), gain and bias: (d,) → (…, d). The variance divides by d, as in PyTorch.
    """
    mean = named(x.mean(axis=-1, keepdims=True), f"{name}_mean", "norm mean")
    centred = named(x - mean, f"{name}_centred", "norm centred")
    variance = named(_mean_square(centred), f"{name}_variance", "norm variance")
    normal = centred / np.sqrt(variance + epsilon)
    scaled = normal if gain is None else normal * gain
    role = _NORMS[gain is not None, bias is not None]
    return named(scaled if bias is None else scaled + bias, name, role)


_NORMS = {
    (True, True): "norm",
    (True, False): "norm without bias",
    (False, True): "norm without gain",
    (False, False): "plain norm",
}
"""The roles of a norm, by whether it has a gain and a bias: each has an equation of its own."""


def _mean_square(x: Any) -> Any:
    """(…, d) → (…, 1), as one formula a row."""
    return (x * x).sum(axis=-1, keepdims=True) / float(x.shape[-1])


@rule
def rms_norm(x: Any, gain: Any = None, epsilon: float = 1e-6, name: str = "norm") -> Any:
    """Each row over its root mean square (Zhang and Sennrich 2019, equation 4)."""
    square = named(_mean_square(x), f"{name}_square", "norm square")
    normal = x / np.sqrt(square + epsilon)
    if gain is None:
        return named(normal, name, "plain root mean square norm")
    return named(normal * gain, name, "root mean square norm")


@rule
def attention(query: Any, key: Any, value: Any, mask: Any = None) -> Any:
    """softmax(Q Kᵀ / √d_k) V (Vaswani et al. 2017, section 3.2.1, equation 1).

    Args:
        query: (…, n, d_k).
        key: (…, m, d_k).
        value: (…, m, d_v).
        mask: (n, m) or broadcast to it, true (1) where a position may be looked at.

    Returns:
        (…, n, d_v). A row that may look nowhere is all 0, as in PyTorch.
    """
    scores = named(query @ key.swapaxes(-1, -2), "scores", "scores")  # (…, n, m)
    scaled = named(scores / math.sqrt(query.shape[-1]), "scaled", "scaled scores")
    if mask is None:
        weights = named(softmax(scaled, name="weights"), "weights", "attention weights")
        return named(weights @ value, "blend", "blend")
    return named(masked_softmax(scaled, mask) @ value, "blend", "blend")


@rule
def masked_softmax(scores: Any, mask: Any) -> Any:
    """Softmax of each row (…, m) over the positions where the mask is true (1).

    A row that may look nowhere is all 0, as in PyTorch's attention.
    """
    hidden = named(np.where(mask, scores, HIDDEN), "masked", "masked scores")
    shares = softmax(hidden, name="shares")
    return named(np.where(mask, shares, 0.0), "weights", "masked attention weights")


def split_heads(x: Any, heads: int) -> Any:
    """(…, n, heads · d_k) → (…, heads, n, d_k): a view, nothing is computed."""
    *lead, words, width = x.shape
    return x.reshape(*lead, words, heads, width // heads).swapaxes(-2, -3)


def merge_heads(x: Any) -> Any:
    """(…, heads, n, d_k) → (…, n, heads · d_k): the way back."""
    *lead, heads, words, width = x.shape
    return x.swapaxes(-2, -3).reshape(*lead, words, heads * width)


def multi_head_attention(
    query: Any, memory: Any, w_q: Any, w_k: Any, w_v: Any, w_o: Any, heads: int, mask: Any = None
) -> Any:
    """Several attentions side by side (Vaswani et al. 2017, section 3.2.2).

    Args:
        query: (n, d_model), the words that ask.
        memory: (m, d_model), the words that answer.
        w_q: (d_model, d_model), as are w_k, w_v and w_o; a word is multiplied from the left.
        w_k: the same for keys.
        w_v: the same for values.
        w_o: (d_model, d_model), mixes the heads.
        heads: how many; d_model must be a multiple of it.
        mask: as in `attention`.

    Returns:
        (n, d_model).
    """
    q = split_heads(named(query @ w_q, "Q_", "query"), heads)
    k = split_heads(named(memory @ w_k, "K_", "key"), heads)
    v = split_heads(named(memory @ w_v, "V_", "value"), heads)
    return named(merge_heads(attention(q, k, v, mask)) @ w_o, "output", "attention output")
