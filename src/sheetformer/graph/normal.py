"""The standard normal distribution: its share below a number, as a value and as a formula.

Programs do not agree on NORMSDIST, ERF and ERFC: some are right to ten digits only, and in a model
of several layers that adds up. So the formula is arithmetic and EXP alone, as two polynomials
(Hart et al. 1968, ERFC 5666, with the coefficients of Genz 1992, MVNDST), right to 3e-16.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sheetformer.graph.values import Value

_ABOVE = (
    220.2068679123761, 221.2135961699311, 112.0792914978709, 33.912866078383,
    6.37396220353165, 0.7003830644436881, 0.03526249659989109,
)  # fmt: skip
_BELOW = (
    440.4137358247522, 793.8265125199484, 637.3336333788311, 296.5642487796737,
    86.78073220294608, 16.06417757920695, 1.755667163182642, 0.08838834764831844,
)  # fmt: skip
"""Coefficients of |x|⁰, |x|¹, …"""
FAR = 40
"""From here on the smaller share is 0, and powers of x might overflow."""


def normal_cdf(x: Value) -> Value:
    """The share of a standard normal distribution below each number: (…) → (…)."""
    return np.vectorize(lambda z: 0.5 * math.erfc(-z / math.sqrt(2.0)), otypes=[np.float64])(x)


def _polynomial(coefficients: Sequence[float]) -> str:
    """A polynomial of |x| from the inside out (Horner), as a formula.

    >>> _polynomial((1.5, 2.5, 3.5))
    '((3.5*ABS(x)+2.5)*ABS(x)+1.5)'
    """
    *others, text = map(str, coefficients)
    for coefficient in reversed(others):
        text = f"({text}*ABS(x)+{coefficient})"
    return text


_TAIL = f"EXP(-x*x/2)*{_polynomial(_ABOVE)}/{_polynomial(_BELOW)}"
"""The share beyond |x|, on one side."""

NORMAL_CDF = f"ABS(IF(x<0,0,1)-IF(ABS(x)>{FAR},0,{_TAIL}))"
"""The share below x: the tail itself, or 1 less the tail."""
