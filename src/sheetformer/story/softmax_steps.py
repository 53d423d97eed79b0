"""The steps of softmax that every lesson takes by hand, so that it can tell each in its own words.

exp(zᵢ − max z) / Σ exp(zⱼ − max z): subtracting the largest changes nothing and keeps the
exponentials finite (Goodfellow, Bengio and Courville 2016, section 4.1).
"""

from __future__ import annotations

from typing import Any

from sheetformer.graph.array import Array
from sheetformer.graph.functions import detach


def below_largest(scores: Array) -> Array:
    """Each score less the largest of its row, (n, m) → (n, m), inside its user's formula.

    No gradient goes through the largest: subtracting it changes nothing.
    """
    return scores - detach(scores.max(axis=1, keepdims=True))


def shares(exponentials: Any, axis: int = 1) -> Array:
    """Exponentials over their sum along an axis: (n, m) → (n, m); the sum is inside the formula."""
    return exponentials / exponentials.sum(axis=axis, keepdims=True)
