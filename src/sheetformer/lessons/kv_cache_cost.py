"""Step 5 of the lesson kv-cache: multiplications of each way, counted in cells."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.language import translate
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.placement import Figure
from sheetformer.story.sentences import say
from sheetformer.story.story import Story

GROUP = "Cache"
"""The sheet of the lesson's steps."""
WIDE = 19
"""Columns of two blocks side by side, eight numbers and the words of each."""
LENGTHS = (1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0)
"""Words of longer texts."""


def cost(story: Story, x: Array) -> None:
    """Step 5: what each step of the sentence costs, and whole texts of many words.

    x: rows of the words (n, d).
    """
    number = story.stage(
        "5   What it costs",
        "Counted: every multiplication of this attention. Three matrices of d × d take 3 d² a "
        "row; the scores, and the weights with the values, take d for each pair of words. At "
        "word t all of that is for t rows without a cache, for one row with it: exactly t times "
        "as much. For long texts one way grows with the third power of its length, the other "
        "with the second. Both scales of the chart are logarithmic.",
        "t (3 d² + 2 t d)  |  3 d² + 2 t d",
        GROUP,
        WIDE,
    )
    shown: dict[str, Any] = {"number_format": "integer"}
    width = story.constant([[float(x.shape[1])]], "d", title="Numbers of a row",
                           labels=(None, None), **shown)  # fmt: skip
    rows = (x.labels[0], None)
    place = story.constant(np.arange(1.0, x.shape[0] + 1)[:, None], "t", title="Words so far",
                           labels=rows, **shown)  # fmt: skip
    one = 3.0 * width * width + 2.0 * place * width
    kept = story.show(one, "multiplied_kept", "3 d² + 2 t d", title="With a cache", labels=rows,
                      **shown)  # fmt: skip
    plain = story.show(place * kept, "multiplied_plain", "t (3 d² + 2 t d)",
                       title="Without a cache", labels=rows, **shown)  # fmt: skip
    cells = 4.0 * width + 3.0 * place
    cells_kept = story.show(
        cells,
        "cells_kept",
        "4 d + 3 t",
        "Numbers made in the step.",
        title="Cells with a cache",
        labels=rows,
        line=True,
        **shown,
    )
    story.show(place * cells_kept, "cells_plain", "t (4 d + 3 t)", title="Cells without it",
               labels=rows, **shown)  # fmt: skip
    totals = [part.sum(axis=0, keepdims=True) for part in (plain, kept)]
    say(story, "cost_told",
        "All {words} words: {plain} multiplications without a cache, {kept} with it; at the last "
        "word {last} times as many.",
        title="In words", words=place[-1:], plain=totals[0],
        kept=totals[1], last=plain[-1:] / kept[-1:])  # fmt: skip
    story.figures.append(_longer(story, number, width))


def _longer(story: Story, number: int, d: Array) -> Figure:
    """Whole texts: the sums over all their words, worked out by closed forms."""
    words = story.constant(np.array(LENGTHS)[:, None], "lengths", title="Words of a text",
                           number_format="integer", line=True)  # fmt: skip
    sums = words * (words + 1.0) / 2.0
    squares = words * (words + 1.0) * (2.0 * words + 1.0) / 6.0
    shown: dict[str, Any] = {"number_format": "tiny", "labels": (None, None)}
    plain = story.show(3.0 * d * d * sums + 2.0 * d * squares, "total_plain",
                       "3 d² Σ t + 2 d Σ t²", title="All steps without", **shown)  # fmt: skip
    kept = story.show(3.0 * d * d * words + 2.0 * d * sums, "total_kept", "3 d² T + 2 d Σ t",
                      title="All steps with", **shown)  # fmt: skip
    story.show(plain / kept, "times_more", "a / b", title="Times as many",
               number_format="integer", labels=(None, None))  # fmt: skip
    curves = (
        Curve(translate("without a cache"), words, plain),
        Curve(translate("with a cache"), words, kept),
    )
    title = translate("Multiplications for a whole text")
    axes = (translate("words"), translate("multiplications"))
    drawing = Curves(title, axes, curves, log=(True, True), number_format="0E+00")
    return Figure(number, 12, 7, drawing)
