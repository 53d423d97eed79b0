"""Softmax and attention as they are meant, and as they slip.

A function takes its inputs as arrays and its choices as words; each choice but the first is a slip,
and the sentence beside it says what was done instead. So a slip is computed by the same lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sheetformer.graph import nn

OVERFLOW = "the largest score is not subtracted first, so EXP overflows above 709"
"""No slip where all scores are small; `overflowing` are the choices that compute so."""
SHARES: Mapping[str, str] = {
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


def along(x: Any, function: Callable[[Any], Any]) -> Any:
    """A function of rows; a single column is one row that stands upright."""
    upright = x.ndim == 2 and x.shape[1] == 1 < x.shape[0]
    return function(x.T).T if upright else function(x)


def softmax(x: Any, shares: str = "rows") -> Any:
    """Softmax of each row, or of a column that stands alone."""
    return along(x, lambda rows: shares_of(rows, shares))


def log_softmax(x: Any, shares: str = "rows") -> Any:
    """The logarithm of `softmax`."""
    if shares == "rows":
        return along(x, nn.log_softmax)
    return np.log(softmax(x, shares))


SCALE: Mapping[str, str] = {
    "none": "the scores are not scaled by √d",
    "d": "the scores are divided by d, not by √d",
    "keys": "the scores are divided by the root of the number of keys, not by √d",
    "multiplied": "the scores are multiplied by √d, not divided",
}
PRODUCT: Mapping[str, str] = {
    "straight": "K is not transposed",
    "exchanged": "Q and K are exchanged: the scores are transposed",
}
BLEND: Mapping[str, str] = {"turned": "the weights are transposed before they meet V"}


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
