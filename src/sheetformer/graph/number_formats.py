"""Numbers rounded to a shorter format: how far apart its numbers stand, and the nearest one.

A number of a format is a whole number times a power of two (IEEE 754-2019, section 3.3): with p
significant bits the numbers between two powers of two stand 2^(exponent + 1 - p) apart, and below
the least exponent they grow no finer (subnormal numbers).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetformer.graph.values import Value


@dataclass(frozen=True)
class NumberFormat:
    """A format for numbers.

    Attributes:
        name: as PyTorch calls it, without its maker's suffixes.
        bits: how many a number takes.
        significant: the bits of its digits, the leading one included, which is not stored.
        least: the least exponent of a number with all its digits.
        largest: the largest number.
        infinite: larger ones become infinity; else there is none in the format.
    """

    name: str
    bits: int
    significant: int
    least: int
    largest: float
    infinite: bool = True


FORMATS = (
    NumberFormat("float32", 32, 24, -126, (2.0 - 2.0**-23) * 2.0**127),
    NumberFormat("bfloat16", 16, 8, -126, (2.0 - 2.0**-7) * 2.0**127),
    NumberFormat("float16", 16, 11, -14, 65504.0),
    # Micikevicius et al. 2022, table 1: E4M3 has no infinity; what is too large is no number (NaN).
    NumberFormat("FP8 E4M3", 8, 4, -6, 448.0, infinite=False),
    NumberFormat("FP8 E5M2", 8, 3, -14, 57344.0),
)
"""The binary formats shorter than float64, in which NumPy and spreadsheets compute."""

HAIR = 1e-9
"""A number so little below a power of two, by its logarithm, counts as that power."""


def spacing(x: Value, significant: Value, least: Value) -> Value:
    """How far apart the numbers of a format stand at each number; the shapes broadcast.

    >>> spacing(np.array([1.0, 100.0]), np.array(8.0), np.array(-126.0))
    array([0.0078125, 0.5      ])
    """
    size = np.maximum(np.abs(x), np.exp2(least))
    power = np.floor(np.log2(size) + HAIR) + 1.0 - significant
    whole = np.floor(power)
    return np.ldexp(np.exp2(power - whole), whole.astype(np.int64))


def quantized(x: Value, step: Value) -> Value:
    """The nearest multiple of a step, ties to the even one; the shapes broadcast.

    >>> quantized(np.array([0.5, 1.5, 2.6]), np.array(1.0))
    array([0., 2., 3.])
    """
    return np.rint(x / step) * step + 0.0  # a cell knows no −0
