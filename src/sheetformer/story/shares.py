"""Shares read out in words, a sentence a row: what a blend is made of."""

from __future__ import annotations

from functools import reduce
from typing import Any

from sheetformer.graph.array import Array
from sheetformer.story.sentences import beside, spoken
from sheetformer.story.story import Story
from sheetformer.story.word_cells import as_said


def share_sentences(
    story: Story,
    name: str,
    weights: Array,
    source: Array,
    target: Array,
    *,
    line: bool = True,
) -> Array:
    """A sentence a row, such as “sou = 34 % I + 65 % am + 1 % happy”: (m, 1).

    Args:
        story: gets the block.
        name: of the block.
        weights: shares (m, n).
        source: the words of the columns (n, 1).
        target: the words of the rows (m, 1).
        line: it begins a new line.
    """
    parts = [_part(weights, source, i) for i in range(weights.shape[1])]
    told = beside(
        as_said(target), " = ", reduce(lambda left, right: beside(left, "  +  ", right), parts)
    )
    title = "In words"
    caption: dict[str, Any] = {"number_format": "phrase", "labels": (None, None)}
    return story.show(told, name, "", "", title=title, line=line, **caption)


def _part(weights: Array, source: Array, i: int) -> Array:
    return beside(spoken(weights[:, i : i + 1] * 100.0, 0), " % ", as_said(source[i : i + 1]))
