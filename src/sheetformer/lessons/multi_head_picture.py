"""The pictures of the lesson multi-head: who looks at whom in each head, and from a picked word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import embedding
from sheetformer.language import translate
from sheetformer.story.figures import DRAWING, Curve, Curves, Looks, Strokes
from sheetformer.story.picked import pick_row
from sheetformer.story.placement import Figure
from sheetformer.story.story import Story
from sheetformer.story.word_cells import Rows

DRAWN_FROM = (10, 30, 60)
"""Percent from which a line is drawn thin, thicker, and thick."""
DRAWN = "drawn"
"""How the names of the blocks begin that only say where lines are drawn."""
TALL, WIDE = 16, 5
"""Rows and columns of the lines of one head."""


def heads_side_by_side(story: Story, weights: Sequence[Array], rows: Rows) -> None:
    """One row of shares a head (1, n), and bars of all heads beside each other, word by word."""
    place = pick_row(story, rows, "Pick a word", line=True)
    curves: list[Curve] = []
    for i, each in enumerate(weights, 1):
        row = embedding(each, place[:, 0])
        title = translate("Head {head}: where that word looks", head=i)
        labels = (None, each.labels[1])
        story.show(
            row, f"head{i}_picked", title=title, number_format="share", labels=labels, below=i > 1
        )
        curves.append(Curve(translate("head {number}", number=i), rows.words[:, 0], row[0]))
    title = translate("Where each head looks from the picked word")
    axes = (translate("word that is looked at"), translate("share"))
    bars = Curves(title, axes, tuple(curves), bars=True, axis_limit=(0.0, 1.0), number_format="0%")
    story.figures.append(Figure(len(story.stages) - 1, 13, 9, bars))


def lines_of_heads(story: Story, weights: Sequence[Array]) -> None:
    """Lines from word to word (n, n), a picture a head; two heads stand beside each other."""
    paths = _paths(story, weights[0].shape[0])
    for i, each in enumerate(weights, 1):
        strokes = _strokes(story, i, each, paths)
        title = translate("Head {head}: who looks at whom", head=i)
        last = i + i % 2
        after = f"head{last + 1}_weights" if last < len(weights) else "picked_word"
        drawing = Looks(title, each, paths.ends, strokes)
        story.figures.append(Figure(len(story.stages) - 1, TALL, WIDE, drawing, after))


@dataclass(frozen=True)
class _Paths:
    """Where lines between n words go.

    Attributes:
        ends: x of a word at the left and at the right, and its y (n, 3).
        words: 1 where a point of a path is a word at the right (n, 2 n + 1).
        down: y of that word, else 0 (1, 2 n + 1).
    """

    ends: Array
    words: Array
    down: Array


def _paths(story: Story, count: int) -> _Paths:
    ends = np.stack([np.zeros(count), np.ones(count), -np.arange(1.0, count + 1)], axis=1)
    words = np.zeros((count, 2 * count + 1))
    words[np.arange(count), 2 * np.arange(count) + 1] = 1.0
    made = [
        story.constant(numbers, f"{DRAWN}_{name}", title=translate(title), number_format="integer")
        for numbers, name, title in (
            (ends, "ends", "Where the words of a picture stand"),
            (words, "words", "Points of a path that are words"),
            (ends[:, 2] @ words[None], "down", "How far down these points are"),
        )
    ]
    story.place(*made, workings=True)
    return _Paths(*made)


def _strokes(story: Story, i: int, weights: Array, paths: _Paths) -> tuple[Strokes, ...]:
    """For each thickness the paths of all words of head i, to those that get so large a share."""
    shown: dict[str, Any] = {"labels": (weights.labels[0], None), "role": DRAWING, "workings": True}
    title, name = translate("Head {head}: shares along the paths", head=i), f"{DRAWN}{i}"
    along = story.show(
        weights @ paths.words,
        name,
        "weights drawn_words",
        title=title,
        number_format="share",
        **shown,
    )
    strokes: list[Strokes] = []
    for percent, stronger in zip(DRAWN_FROM, (*DRAWN_FROM[1:], 101), strict=True):
        title = translate("Head {head}: lines from {share} %, across", head=i, share=percent)
        drawn = NUMPY.where(along < stronger / 100.0, 1.0, 0.0)
        across = NUMPY.where(along >= percent / 100.0, drawn, 0.0)
        across = story.show(
            across, f"{name}_x{percent}", title=title, number_format="mask", **shown
        )
        title = translate("Head {head}: lines from {share} %, down", head=i, share=percent)
        start = paths.ends[:, 2:]
        down = start + across * (paths.down - start)
        down = story.show(down, f"{name}_y{percent}", title=title, number_format="integer", **shown)
        strokes.append(Strokes(across, down))
    return tuple(strokes)
