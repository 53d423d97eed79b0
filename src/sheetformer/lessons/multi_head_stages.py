"""The lesson multi-head: what is split among the heads, and how its stages begin."""

from __future__ import annotations

from dataclasses import dataclass

from sheetformer.graph.array import Array
from sheetformer.lessons.encoder_rows import Encoder
from sheetformer.story.caption import Stage
from sheetformer.story.story import Story

LEARNED_HEADS = 2
"""As many as the shipped matrices were learned with."""
ROWS, HEADS = "Query, key, value", "Heads"
"""The sheets of steps 1 and 2, and of steps 3 to 7."""
WIDTHS = {ROWS: 19, HEADS: 25}
"""Columns of a line: rows beside what a matrix makes of them, and two heads side by side."""


@dataclass(frozen=True)
class Heads:
    """What is split among the heads.

    Attributes:
        encoder: the learned numbers.
        count: how many heads.
        usual: whether sentence and heads are those that the texts are written for.
    """

    encoder: Encoder
    count: int
    usual: bool

    def columns(self, array: Array) -> list[Array]:
        """The columns of each head: (n, d_model) → heads × (n, d_k); views, nothing is computed."""
        width = self.encoder.d_model // self.count
        return [array[:, i * width : (i + 1) * width] for i in range(self.count)]


def begin(story: Story, title: str, text: str, equation: str, sheet: str = HEADS) -> int:
    """Begin a stage that is wide enough for its lines; gives its number."""
    return story.enter(Stage(title, text, equation, sheet, WIDTHS[sheet]))
