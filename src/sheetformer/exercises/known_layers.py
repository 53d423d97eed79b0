"""Norms, positions and activations as they are meant, and as they slip: see `known_attention`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sheetformer.exercises.known_attention import along
from sheetformer.graph import nn

_EPSILON: Mapping[str, str] = {
    "0": "there is no epsilon under the root",
    "1e-6": "epsilon is 0.000001, not 0.00001",
    "1e-8": "epsilon is 0.00000001, not 0.00001",
    "1e-12": "epsilon is 0.000000000001, not 0.00001",
    "1e-3": "epsilon is 0.001, not 0.00001",
    "outside": "epsilon is added to the standard deviation, not to the variance",
}
NORM: Mapping[str, Mapping[str, str]] = {
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

    return _moved(along(x, of_rows), gain, bias)


def rms_norm(x: Any, gain: Any = None, eps: str = "1e-6") -> Any:
    """Each row over its root mean square (Zhang and Sennrich 2019, equation 4), epsilon 1e-6."""

    def of_rows(rows: Any) -> Any:
        square = (rows * rows).mean(axis=-1, keepdims=True)
        return rows / (np.sqrt(square) + 1e-6 if eps == "outside" else np.sqrt(square + float(eps)))

    return _moved(along(x, of_rows), gain, None)


def _moved(normal: Any, gain: Any, bias: Any) -> Any:
    """Scaled and moved, by one number a column however these stand in the sheet."""
    upright = normal.shape[1] == 1 < normal.shape[0]
    across = [
        None if each is None else np.asarray(each).reshape((-1, 1) if upright else (1, -1))
        for each in (gain, bias)
    ]
    scaled = normal if across[0] is None else normal * across[0]
    return scaled if across[1] is None else scaled + across[1]


ROOT_MEAN_SQUARE: Mapping[str, str] = {
    "0": "there is no epsilon under the root",
    "1e-5": "epsilon is 0.00001, not 0.000001",
    "1e-8": "epsilon is 0.00000001, not 0.000001",
    "outside": "epsilon is added to the root, not under it",
}

POSITIONS: Mapping[str, Mapping[str, str]] = {
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
