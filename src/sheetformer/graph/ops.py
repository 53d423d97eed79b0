"""The vocabulary on one page: what each operation means, as a NumPy value.

An operation is three rows: its meaning here, how it is written as a formula in
`sheetformer.book.lower`, and its derivative in `sheetformer.graph.autodiff.derivatives`. Shape-only
operations (transpose, slice, reshape, concatenate, …) are not here: they are views, and views
compute nothing (`sheetformer.graph.views`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetformer.errors import ShapeError

Value = NDArray[Any]
"""Numbers as float64, or text as objects."""


@dataclass(frozen=True)
class Op:
    """One operation: its name, one sentence, and its value on NumPy arrays.

    Attributes:
        name: how a node refers to it.
        meaning: one plain sentence.
        value: NumPy arrays (and keyword attributes) → one NumPy array.
        arity: how many arrays it takes; 0 for the sources.
        kind: "source", "elementwise", "reduction" or "other"; elementwise operations broadcast.
        sign: how an equation shows it, with {0}, {1}, … for its inputs.
        domain: what the numbers may be: "any", "positive" (> 0) or "small" (|x| ≤ 3).
    """

    name: str
    meaning: str
    value: Callable[..., Value]
    arity: int
    kind: str
    sign: str
    domain: str = "any"

    @property
    def takes_text(self) -> bool:
        """Whether it has a meaning for words."""
        return self.name in _WITH_WORDS

    @property
    def whole(self) -> bool:
        """Whether its numbers are whole: truth (1 or 0), places and ids."""
        return self.truth or self.name in ("argmax", "lookup")

    @property
    def truth(self) -> bool:
        """Whether its numbers are only 1 and 0."""
        return self.name in _COMPARISONS


_WITH_WORDS = frozenset(
    {"equal", "not_equal", "where", "lookup", "embedding", "join", "letter", "copy"}
)
_COMPARISONS = frozenset({"equal", "not_equal", "less", "less_equal", "greater", "greater_equal"})


def _as_number(truth: Value) -> Value:
    return truth.astype(np.float64)


def _same_text(left: Value, right: Value) -> Value:
    """Equal as a spreadsheet sees it: text without regard to case, an empty cell as empty text."""
    return _as_number(np.equal(fold(left), fold(right)))


def fold(text: Value) -> Value:
    """Text as spreadsheets compare it (no difference between `I` and `i`); numbers unchanged.

    >>> fold(np.array(["Eu", "é"], dtype=object))
    array(['eu', 'é'], dtype=object)
    """
    if text.dtype != object:
        return text
    folded = [item.casefold() if isinstance(item, str) else item for item in text.ravel()]
    return np.array(folded, dtype=object).reshape(text.shape)


def _where(condition: Value, chosen: Value, otherwise: Value) -> Value:
    return np.where(condition != 0, chosen, otherwise)


def _normal_cdf(x: Value) -> Value:
    return np.vectorize(lambda z: 0.5 * math.erfc(-z / math.sqrt(2.0)), otypes=[np.float64])(x)


def _largest(x: Value, axis: tuple[int, ...], rank: int = 1) -> Value:
    if rank == 1:
        return x.max(axis, keepdims=True)
    (line,) = axis  # a rank is asked along one axis
    return np.take(np.sort(x, axis=line), [-rank], axis=line)


def _argmax(x: Value, axis: int, rank: int = 1) -> Value:
    found = x == _largest(x, (axis,), rank)
    return np.argmax(found, axis=axis, keepdims=True).astype(np.float64)


def _lookup(text: Value, keys: Value, numbers: Value) -> Value:
    number = dict(zip(fold(keys).tolist(), numbers.tolist(), strict=True))
    found = [number.get(item, 0.0) if item else 0.0 for item in fold(text).ravel()]
    return np.array(found, dtype=np.float64).reshape(text.shape)


def _embedding(index: Value, table: Value) -> Value:
    places = index.astype(np.int64)
    outside = places[(places < 0) | (places >= len(table))]
    if outside.size:
        raise ShapeError(f"a table of {len(table)} rows has no row {outside[0]}; count from 0")
    return np.array(table[places], dtype=table.dtype)


def _deviation(left: Value, right: Value) -> Value:
    return np.array(np.abs(left - right).max())


def _join(text: Value, separator: str = " ") -> Value:
    rows = text.reshape(-1, text.shape[-1])
    if separator != " ":
        told = [separator.join(row) for row in rows.tolist()]
        return np.array(told, dtype=object).reshape(*text.shape[:-1], 1)
    # Only the plain space: TRIM leaves other white space as it is.
    joined = [" ".join(part for part in " ".join(row).split(" ") if part) for row in rows.tolist()]
    return np.array(joined, dtype=object).reshape(*text.shape[:-1], 1)


def _letter(text: Value, place: Value) -> Value:
    pairs = np.broadcast(text, place)
    told = [str(word)[int(at) - 1 : int(at)] for word, at in pairs]
    return np.array(told, dtype=object).reshape(pairs.shape)


def _source(**_: object) -> Value:  # pragma: no cover - a source holds its value, it has no rule
    raise AssertionError("a source has a value of its own")


def _elementwise(
    name: str, meaning: str, value: Callable[..., Value], sign: str, domain: str = "any"
) -> Op:
    return Op(name, meaning, value, value_arity(sign), "elementwise", sign, domain)


def value_arity(sign: str) -> int:
    """How many inputs a sign such as `{0} + {1}` shows."""
    return sum(f"{{{i}}}" in sign for i in range(3))


def _reduction(name: str, meaning: str, value: Callable[..., Value]) -> Op:
    return Op(name, meaning, value, 1, "reduction", f"{name}({{0}})")


_ALL = (
    # Sources: they hold values and come from nowhere. Only inputs and parameters are edited.
    Op("input", "a number or word that the reader types", _source, 0, "source", ""),
    Op("parameter", "a learned weight", _source, 0, "source", ""),
    Op("constant", "a number or word that is simply given", _source, 0, "source", ""),
    # Arithmetic.
    _elementwise("add", "the sum of two numbers", np.add, "{0} + {1}"),
    _elementwise("subtract", "the first number less the second", np.subtract, "{0} − {1}"),
    _elementwise("multiply", "the product of two numbers", np.multiply, "{0} × {1}"),
    _elementwise("divide", "the first number over the second", np.divide, "{0} / {1}", "positive"),
    _elementwise("power", "the first number to the second", np.power, "{0} ^ {1}", "positive"),
    _elementwise("negate", "the number with its sign turned", np.negative, "−{0}"),
    _elementwise("absolute", "the number without its sign", np.abs, "|{0}|"),
    _elementwise("maximum", "the larger of two numbers", np.maximum, "maximum({0}, {1})"),
    _elementwise("minimum", "the smaller of two numbers", np.minimum, "minimum({0}, {1})"),
    # Comparison: 1 where it holds, else 0. Text compares without regard to case.
    _elementwise("equal", "1 where both are equal", _same_text, "{0} = {1}"),
    _elementwise(
        "not_equal", "1 where they differ", lambda a, b: 1 - _same_text(a, b), "{0} ≠ {1}"
    ),
    _elementwise(
        "less", "1 where the first is smaller", lambda a, b: _as_number(a < b), "{0} < {1}"
    ),
    _elementwise(
        "less_equal",
        "1 where the first is not larger",
        lambda a, b: _as_number(a <= b),
        "{0} ≤ {1}",
    ),
    _elementwise(
        "greater", "1 where the first is larger", lambda a, b: _as_number(a > b), "{0} > {1}"
    ),
    _elementwise(
        "greater_equal",
        "1 where the first is not smaller",
        lambda a, b: _as_number(a >= b),
        "{0} ≥ {1}",
    ),
    _elementwise(
        "where",
        "the second where the first is not 0, else the third",
        _where,
        "where({0}, {1}, {2})",
    ),
    # Functions of one number.
    _elementwise("exp", "e to the number", np.exp, "exp({0})", "small"),
    _elementwise("log", "the natural logarithm", np.log, "log({0})", "positive"),
    _elementwise("sqrt", "the square root", np.sqrt, "√{0}", "positive"),
    _elementwise("tanh", "the hyperbolic tangent", np.tanh, "tanh({0})"),
    _elementwise("sin", "the sine of an angle in radians", np.sin, "sin({0})"),
    _elementwise("cos", "the cosine of an angle in radians", np.cos, "cos({0})"),
    _elementwise(
        "normal_cdf", "the share of a standard normal below the number", _normal_cdf, "Φ({0})"
    ),
    # Along one axis, which stays with length 1; without it is a view.
    _reduction("sum", "the sum along an axis", lambda x, axis: x.sum(axis, keepdims=True)),
    _reduction("mean", "the mean along an axis", lambda x, axis: x.mean(axis, keepdims=True)),
    _reduction("max", "the largest (or rank-th largest) along an axis", _largest),
    _reduction("min", "the smallest along an axis", lambda x, axis: x.min(axis, keepdims=True)),
    _reduction("argmax", "the first place (from 0) of the largest, or rank-th largest", _argmax),
    # The rest.
    Op(
        "matmul",
        "rows times columns: (…, n, k) @ (…, k, m) → (…, n, m)",
        np.matmul,
        2,
        "other",
        "{0} · {1}",
    ),
    Op(
        "lookup",
        "the number beside the key that equals the text; 0 where none does",
        _lookup,
        3,
        "other",
        "number of {0}",
    ),
    Op(
        "embedding",
        "row i of a table: (…) → (…, d); with words in the table, the i-th word",
        _embedding,
        2,
        "other",
        "{1}[{0}]",
    ),
    Op(
        "join",
        "the words of a row with a space between, empty ones left out",
        _join,
        1,
        "other",
        "{0} joined",
    ),
    Op(
        "letter",
        "the letter of a text at a place, counted from 1; no letter beyond its end",
        _letter,
        2,
        "other",
        "letter {1} of {0}",
    ),
    Op(
        "deviation",
        "the largest absolute difference between two arrays, one number",
        _deviation,
        2,
        "other",
        "max |{0} − {1}|",
    ),
    Op(
        "copy",
        "the same cells side by side, where a formula needs one rectangle",
        lambda x: x,
        1,
        "other",
        "{0}",
    ),
)

OPS: dict[str, Op] = {op.name: op for op in _ALL}
