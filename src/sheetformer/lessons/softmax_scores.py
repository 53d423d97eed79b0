"""What all steps of the lesson softmax share: words, their scores, and the shares they get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sheetformer.graph.array import Array
from sheetformer.story.caption import Allowed

GROUP = "Softmax"
ANY = Allowed(-10_000, 10_000)
"""Any score; a date would be larger."""


@dataclass(frozen=True)
class Scored:
    """Words (n, 1), their scores (n, 1), the largest score and the shares (n, 1)."""

    words: Array
    scores: Array
    largest: Array
    shares: Array

    @property
    def down(self) -> Any:
        """The words as labels of the rows of a column."""
        return (self.words.ids[:, 0].astype(object), None)

    def across(self, rows: Any = None) -> Any:
        """The words as labels of columns."""
        return (rows, self.words.ids[:, 0].astype(object))
