"""What operations mean on NumPy arrays, where NumPy has no function for it.

Text compares as in spreadsheets: without regard to case, an empty cell as empty text.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetformer.errors import ShapeError

Value = NDArray[Any]
"""Numbers as float64, or text as objects."""


def as_number(truth: Value) -> Value:
    """Truth as 1 and 0: (…) → (…)."""
    return truth.astype(np.float64)


def same_text(left: Value, right: Value) -> Value:
    """1 where both are equal, text without regard to case; the shapes broadcast."""
    return as_number(np.equal(fold(left), fold(right)))


def fold(text: Value) -> Value:
    """Text as spreadsheets compare it (`I` equals `i`), in its shape; numbers unchanged.

    >>> fold(np.array(["Eu", "é"], dtype=object))
    array(['eu', 'é'], dtype=object)
    """
    if text.dtype != object:
        return text
    folded = [item.casefold() if isinstance(item, str) else item for item in text.ravel()]
    return np.array(folded, dtype=object).reshape(text.shape)


def choose(condition: Value, chosen: Value, otherwise: Value) -> Value:
    """The second where the first is not 0, else the third; the three shapes broadcast."""
    return np.where(condition != 0, chosen, otherwise)


def sigmoid(x: Value) -> Value:
    """1 / (1 + e⁻ˣ), with an exponential that never overflows: (…) → (…)."""
    small = np.exp(-np.abs(x))
    return np.where(x < 0, small, 1.0) / (1.0 + small)


def softplus(x: Value) -> Value:
    """log(1 + eˣ): (…) → (…)."""
    return np.logaddexp(0.0, x)


def largest(x: Value, axis: tuple[int, ...], k: int = 1) -> Value:
    """The largest, or k-th largest, along the axes: (n, d) → (n, 1) along axis 1."""
    if k == 1:
        return x.max(axis, keepdims=True)
    (line,) = axis  # the k-th largest is one along one axis
    return np.take(np.sort(x, axis=line), [-k], axis=line)


def argmax(x: Value, axis: int, k: int = 1) -> Value:
    """The first place, from 0, of the largest or k-th largest: (n, d) → (n, 1) along axis 1."""
    found = x == largest(x, (axis,), k)
    return np.argmax(found, axis=axis, keepdims=True).astype(np.float64)


def lookup(text: Value, keys: Value, numbers: Value) -> Value:
    """The number beside the key that equals the text, else 0: (…), (n,), (n,) → (…)."""
    number = dict(zip(fold(keys).tolist(), numbers.tolist(), strict=True))
    found = [number.get(item, 0.0) if item else 0.0 for item in fold(text).ravel()]
    return np.array(found, dtype=np.float64).reshape(text.shape)


def embedding(index: Value, table: Value) -> Value:
    """Row i of a table, or its i-th entry: (…), (rows, d) → (…, d), or (…), (rows,) → (…).

    Raises:
        ShapeError: the table has no such row.
    """
    # Asked before the fraction falls away: −0.4 is no row 0.
    outside = index[~((index >= 0) & (index < len(table)))]
    if outside.size:
        row = f"{outside.flat[0]:g}"
        raise ShapeError(f"a table of {len(table)} rows has no row {row}; count from 0")
    return np.array(table[index.astype(np.int64)], dtype=table.dtype)


def deviation(left: Value, right: Value) -> Value:
    """The largest absolute difference, one number: two of one shape → ()."""
    return np.array(np.abs(left - right).max())


def column_max(numbers: Value) -> Value:
    """The largest of some numbers: (n,) → ()."""
    return np.array(numbers.max())


def join(text: Value, separator: str = " ") -> Value:
    """The words of a row as one: (…, n) → (…, 1); with a space, empty ones leave no gap."""
    rows = text.reshape(-1, text.shape[-1])
    if separator != " ":
        texts = [separator.join(row) for row in rows.tolist()]
        return np.array(texts, dtype=object).reshape(*text.shape[:-1], 1)
    # Only the plain space: TRIM leaves other white space as it is.
    joined = [" ".join(part for part in " ".join(row).split(" ") if part) for row in rows.tolist()]
    return np.array(joined, dtype=object).reshape(*text.shape[:-1], 1)


LARGEST_PLAIN = 1e15
"""From here on programs differ in how they write a number as text."""


def text_of(numbers: Value, decimals: Value) -> Value:
    """Numbers as text, rounded to so many decimals, halves away from 0; the shapes broadcast."""
    texts = [_rounded(float(x), int(places)) for x, places in np.broadcast(numbers, decimals)]
    shape = np.broadcast_shapes(np.shape(numbers), np.shape(decimals))
    return np.array(texts, dtype=object).reshape(shape)


def _rounded(number: float, decimals: int) -> str:
    if abs(number) >= LARGEST_PLAIN:
        return "< −10^15" if number < 0 else "> 10^15"
    # A number's shortest digits are what a spreadsheet rounds: 2.675 becomes 2.68.
    rounded = Decimal(repr(number)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded.normalize():f}" if rounded else "0"


def followed_by(left: Value, right: Value) -> Value:
    """Two texts as one; the shapes broadcast."""
    return np.asarray(np.add(left, right), dtype=object)


def letter(text: Value, place: Value) -> Value:
    """The letter at a place, counted from 1, or no letter beyond the end; the shapes broadcast.

    Raises:
        ShapeError: a place lies before the first letter.
    """
    if (place < 1).any():
        raise ShapeError(f"a word has no letter {place.min():g}; count from 1")
    pairs = np.broadcast(text, place)
    letters = [str(word)[int(at) - 1 : int(at)] for word, at in pairs]
    return np.array(letters, dtype=object).reshape(pairs.shape)


def floor(x: Value) -> Value:
    """The whole numbers below, or just above where less than 1E-9 is missing: (…) → (…).

    >>> floor(np.array([2.5, -2.5, 2.9999999999])).tolist()
    [2.0, -3.0, 3.0]
    """
    return np.floor(x + np.where(np.abs(x) < 1e12, 1e-9 + np.abs(x) * 1e-14, 0.0))


def remainder(x: Value, y: Value) -> Value:
    """What is left of whole numbers: (…), (…) → (…)."""
    return x - y * np.floor(x / y)


PRIME = 31_622_743
"""The largest prime whose square is below 1E+15."""
_MOST = 10_000_000


def fingerprint(numbers: Value, scale: Value, shift: Value) -> Value:
    """A number that tells whether two numbers are equal once rounded, and not which they are.

    They are scaled and shifted, lose their decimals, and their square is taken modulo a prime.

    >>> float(fingerprint(np.array(0.31), np.array(10.0), np.array(500.2)))
    253009.0
    """
    scaled = numbers * scale
    rounded = np.floor(np.where(np.abs(scaled) < _MOST, scaled, 0.0) + shift)
    return np.mod(rounded * rounded, float(PRIME))
