"""The functions that a workbook is held against by name, each with the slips that people make.

A function takes its inputs as arrays and its choices as words; each choice but the first is a slip,
and the sentence beside it says what was done instead. So a slip is computed by the same lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from sheetformer.graph import nn

Slips = Mapping[str, Mapping[str, str]]
"""Choice → word → what was done instead."""


@dataclass(frozen=True)
class Known:
    """A function by name.

    Attributes:
        function: of the inputs, and of the choices by keyword.
        slips: what may be chosen instead.
        kinds: what an input holds, where it is not any number.
        shaped: whether it is told the `shape` of the output.
        overflowing: the choices that overflow where `OVERFLOW` says so.
    """

    function: Callable[..., Any]
    slips: Slips
    kinds: Mapping[str, str] = field(default_factory=dict[str, str])
    shaped: bool = False
    overflowing: Mapping[str, str] = field(default_factory=dict[str, str])


def alternatives(slips: Slips) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """One slip at a time, then two at once: the sentences, and the choices.

    >>> [len(said) for said, _ in alternatives({"a": {"x": "…", "y": "…"}, "b": {"z": "…"}})]
    [1, 1, 1, 2, 2]
    """
    single = [
        (choice, word, said) for choice, words in slips.items() for word, said in words.items()
    ]
    for choice, word, said in single:
        yield (said,), {choice: word}
    for (one, word, said), (other, second, also) in combinations(single, 2):
        if one != other:
            yield (said, also), {one: word, other: second}


# -- softmax ---------------------------------------------------------------------------------------

OVERFLOW = "the largest score is not subtracted first, so EXP overflows above 709"
"""No slip where all scores are small; `overflowing` are the choices that compute so."""
_SHARES: Mapping[str, str] = {
    "columns": "softmax goes over the columns, not over the rows",
    "table": "softmax goes over the whole table, not over each row",
    "plain": "there is no exponential: each score is divided by the sum of its row",
    "undivided": "the exponentials are not divided by their sum",
    "two": "the powers are those of 2, not of e",
    "ten": "the powers are those of 10, not of e",
    "absent": "there is no softmax: the scores themselves are taken",
}


def shares_of(scores: Any, how: str = "rows") -> Any:
    """Softmax of scores (…, m), or what is taken for it.

    >>> shares_of(np.array([[1.0, 3.0]]), "plain")
    array([[0.25, 0.75]])
    """
    if how == "columns":
        return nn.softmax(scores, axis=-2)
    if how == "table":
        return nn.softmax(scores.reshape(1, -1)).reshape(scores.shape)
    if how == "plain":
        return scores / scores.sum(axis=-1, keepdims=True)
    if how == "absent":
        return scores
    if how in ("two", "ten"):
        return nn.softmax(scores * np.log({"two": 2.0, "ten": 10.0}[how]))
    if how == "rows":
        return nn.softmax(scores)
    exponentials = np.exp(scores)
    if how == "undivided":
        return exponentials
    # What a cell cannot hold spoils the sum, and with it the row.
    return exponentials / exponentials.sum(axis=-1, keepdims=True) + 0.0 * exponentials.max(
        axis=-1, keepdims=True
    )


def _along(x: Any, function: Callable[[Any], Any]) -> Any:
    """A function of rows; a single column is one row that stands upright."""
    upright = x.ndim == 2 and x.shape[1] == 1 < x.shape[0]
    return function(x.T).T if upright else function(x)


def softmax(x: Any, shares: str = "rows") -> Any:
    """Softmax of each row, or of a column that stands alone."""
    return _along(x, lambda rows: shares_of(rows, shares))


def log_softmax(x: Any, shares: str = "rows") -> Any:
    """The logarithm of `softmax`."""
    if shares == "rows":
        return _along(x, nn.log_softmax)
    return np.log(softmax(x, shares))


# -- attention -------------------------------------------------------------------------------------

_SCALE: Mapping[str, str] = {
    "none": "the scores are not scaled by √d",
    "d": "the scores are divided by d, not by √d",
    "keys": "the scores are divided by the root of the number of keys, not by √d",
    "multiplied": "the scores are multiplied by √d, not divided",
}
_PRODUCT: Mapping[str, str] = {
    "straight": "K is not transposed",
    "exchanged": "Q and K are exchanged: the scores are transposed",
}
_BLEND: Mapping[str, str] = {"turned": "the weights are transposed before they meet V"}


def scores(q: Any, k: Any, product: str = "turned") -> Any:
    """Q Kᵀ: (n, d), (m, d) → (n, m)."""
    if product == "straight":
        return q @ k
    return k @ q.T if product == "exchanged" else q @ k.T


def scaled_scores(q: Any, k: Any, scale: str = "root", product: str = "turned") -> Any:
    """Q Kᵀ / √d."""
    d = q.shape[1]
    by = {"root": d**0.5, "none": 1.0, "d": d, "keys": k.shape[0] ** 0.5, "multiplied": d**-0.5}
    return scores(q, k, product) / by[scale]


def attention_weights(
    q: Any,
    k: Any,
    mask: Any = None,
    scale: str = "root",
    shares: str = "rows",
    product: str = "turned",
) -> Any:
    """softmax(Q Kᵀ / √d): (n, m); where a mask is 0, a query looks away."""
    given = scaled_scores(q, k, scale, product)
    if mask is None:
        return shares_of(given, shares)
    return np.where(mask, shares_of(np.where(mask, given, nn.HIDDEN), shares), 0.0)


def attention(
    q: Any,
    k: Any,
    v: Any,
    mask: Any = None,
    scale: str = "root",
    shares: str = "rows",
    product: str = "turned",
    blend: str = "straight",
) -> Any:
    """softmax(Q Kᵀ / √d) V (Vaswani et al. 2017, section 3.2.1, equation 1)."""
    weights = attention_weights(q, k, mask, scale, shares, product)
    return (weights.T if blend == "turned" else weights) @ v


# -- norms -----------------------------------------------------------------------------------------

_EPSILON: Mapping[str, str] = {
    "0": "there is no epsilon under the root",
    "1e-6": "epsilon is 0.000001, not 0.00001",
    "1e-8": "epsilon is 0.00000001, not 0.00001",
    "1e-12": "epsilon is 0.000000000001, not 0.00001",
    "1e-3": "epsilon is 0.001, not 0.00001",
    "outside": "epsilon is added to the standard deviation, not to the variance",
}
_NORM: Slips = {
    "divisor": {"sample": "the variance divides by n − 1, not by n"},
    "eps": _EPSILON,
    "axis": {
        "columns": "it goes over the columns, not over the rows",
        "table": "it goes over the whole table, not over each row",
    },
    "root": {"absent": "it divides by the variance, not by its root"},
    "centre": {"absent": "the mean is not subtracted"},
}


def layer_norm(
    x: Any,
    gain: Any = None,
    bias: Any = None,
    divisor: str = "all",
    eps: str = "1e-5",
    axis: str = "rows",
    root: str = "square",
    centre: str = "mean",
) -> Any:
    """Each row with mean 0 and variance 1 (Ba et al. 2016, equation 4), epsilon 1e-5."""

    def of_rows(rows: Any) -> Any:
        how = {"rows": 1, "columns": 0, "table": None}[axis]
        centred = rows - rows.mean(axis=how, keepdims=True)
        square = (centred * centred).mean(axis=how, keepdims=True)
        if divisor == "sample":
            count = rows.size if how is None else rows.shape[how]
            square = square * count / (count - 1)
        deviation = square if root == "absent" else np.sqrt(square)
        if eps == "outside":
            deviation = deviation + 1e-5
        elif root == "absent":
            deviation = square + float(eps)
        else:
            deviation = np.sqrt(square + float(eps))
        return (rows if centre == "absent" else centred) / deviation

    return _moved(_along(x, of_rows), gain, bias)


def rms_norm(x: Any, gain: Any = None, eps: str = "1e-6") -> Any:
    """Each row over its root mean square (Zhang and Sennrich 2019, equation 4), epsilon 1e-6."""

    def of_rows(rows: Any) -> Any:
        square = (rows * rows).mean(axis=-1, keepdims=True)
        return rows / (np.sqrt(square) + 1e-6 if eps == "outside" else np.sqrt(square + float(eps)))

    return _moved(_along(x, of_rows), gain, None)


def _moved(normal: Any, gain: Any, bias: Any) -> Any:
    """Scaled and moved, by one number a column however these stand in the sheet."""
    upright = normal.shape[1] == 1 < normal.shape[0]
    across = [
        None if each is None else np.asarray(each).reshape((-1, 1) if upright else (1, -1))
        for each in (gain, bias)
    ]
    scaled = normal if across[0] is None else normal * across[0]
    return scaled if across[1] is None else scaled + across[1]


_ROOT_MEAN_SQUARE: Mapping[str, str] = {
    "0": "there is no epsilon under the root",
    "1e-5": "epsilon is 0.00001, not 0.000001",
    "1e-8": "epsilon is 0.00000001, not 0.000001",
    "outside": "epsilon is added to the root, not under it",
}

# -- positions -------------------------------------------------------------------------------------

_POSITIONS: Slips = {
    "angle": {
        "exchanged": "exponent and position are exchanged: the pair is divided by a power that "
        "grows with the position",
        "columns": "the exponent counts columns, not pairs of columns: k/d where 2i/d belongs",
        "twice": "the exponent counts columns twice: 2k/d for the column k, where 2i/d of its pair "
        "i belongs",
        "half": "the exponent is i/d, not 2i/d, or the base is 100",
        "less": "the exponent divides by d − 1, not by d",
    },
    "order": {
        "halves": "all sines stand before all cosines, and do not take turns",
        "cosine": "the cosine stands before the sine",
        "sines": "there are sines only",
    },
    "base": {"1000": "the base is 1000, not 10000"},
    "start": {"one": "the first position counts as 1, not as 0: each row is one too far"},
    "unit": {"degrees": "the angle is taken for degrees, not for radians"},
}


def positional_encoding(
    position: Any,
    shape: tuple[int, int],
    angle: str = "pairs",
    order: str = "turns",
    base: str = "10000",
    start: str = "zero",
    unit: str = "radians",
) -> Any:
    """Sines and cosines (Vaswani et al. 2017, section 3.5): (n, 1) → (n, d).

    Positions that stand in a row give a column each.
    """
    places = np.asarray(position)
    lies = places.ndim == 2 and places.shape[0] == 1 < places.shape[1]
    if lies or shape[1] == 1 < shape[0]:
        turned = (shape[1], shape[0])
        return positional_encoding(places.T, turned, angle, order, base, start, unit).T
    d = shape[1]
    column = np.arange(d)
    half = (d + 1) // 2
    pair = column % half if order == "halves" else column // 2
    where = places.reshape(-1, 1) + (start == "one")
    exponent = {
        "columns": column / d, "twice": 2 * column / d, "half": pair / d,
        "less": 2 * pair / max(d - 1, 1),
    }.get(angle, 2 * pair / d)  # fmt: skip
    if angle == "exchanged":
        turn = pair / float(base) ** (2 * where / d)
    else:
        turn = where / float(base) ** exponent
    if unit == "degrees":
        turn = np.radians(turn)
    cosine = (column >= half) if order == "halves" else (column % 2 == (order == "cosine") ^ 1)
    return np.where(cosine & (order != "sines"), np.cos(turn), np.sin(turn))


# -- the rest --------------------------------------------------------------------------------------


def matmul(a: Any, b: Any, product: str = "straight") -> Any:
    """A B, the product of two matrices."""
    return a @ b.T if product == "second" else a.T @ b if product == "first" else a @ b


def relu(x: Any) -> Any:
    """The number where it is positive, else 0."""
    return nn.relu(x)


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(−x))."""
    return nn.sigmoid(x)


def gelu(x: Any, form: str = "exact") -> Any:
    """Give x Φ(x) (Hendrycks and Gimpel 2016, section 2)."""
    if form == "tanh":
        return 0.5 * x * (1.0 + np.tanh((2.0 / np.pi) ** 0.5 * (x + 0.044715 * x**3)))
    return x * nn.sigmoid(1.702 * x) if form == "sigmoid" else nn.gelu(x)


def silu(x: Any) -> Any:
    """Give x · sigmoid(x)."""
    return nn.silu(x)


_SOFTMAX = {word: said for word, said in _SHARES.items() if word != "absent"}
_OVERFLOWING = {"shares": "overflow"}
_WEIGHTS: Slips = {"scale": _SCALE, "shares": _SHARES, "product": _PRODUCT}

KNOWN: Mapping[str, Known] = {
    "attention": Known(
        attention, {**_WEIGHTS, "blend": _BLEND}, {"mask": "flag"}, overflowing=_OVERFLOWING
    ),
    "attention_weights": Known(
        attention_weights, _WEIGHTS, {"mask": "flag"}, overflowing=_OVERFLOWING
    ),
    "gelu": Known(
        gelu,
        {
            "form": {
                "tanh": "it is the approximation with TANH, not x Φ(x)",
                "sigmoid": "it is the approximation with a sigmoid, not x Φ(x)",
            }
        },
    ),
    "layer_norm": Known(layer_norm, _NORM),
    "log_softmax": Known(log_softmax, {"shares": _SOFTMAX}, overflowing=_OVERFLOWING),
    "matmul": Known(
        matmul,
        {
            "product": {
                "second": "the second matrix is transposed",
                "first": "the first matrix is transposed",
            }
        },
    ),
    "positional_encoding": Known(
        positional_encoding, _POSITIONS, {"position": "whole"}, shaped=True
    ),
    "relu": Known(relu, {}),
    "rms_norm": Known(rms_norm, {"eps": _ROOT_MEAN_SQUARE}),
    "scaled_scores": Known(scaled_scores, {"scale": _SCALE, "product": _PRODUCT}),
    "scores": Known(scores, {"product": _PRODUCT}),
    "sigmoid": Known(sigmoid, {}),
    "silu": Known(silu, {}),
    "softmax": Known(softmax, {"shares": _SOFTMAX}, overflowing=_OVERFLOWING),
}
"""What `sheetformer check` knows by name."""
