"""Random queries and keys, and their scores for growing d, with and without a division.

Each d has a stage of its own on the sheet `Scores`; the lesson `scaling` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.elementary import exp, maximum, minimum
from sheetformer.language import Translated, translate
from sheetformer.lessons.story import dial, numbered
from sheetformer.story.caption import Allowed
from sheetformer.story.softmax_steps import below_largest
from sheetformer.story.story import Story

SCORES, RANDOM = "Scores", "Random numbers"

WIDTHS = (2, 4, 8, 16, 32, 64, 128, 256)
COUNT = 8
"""Queries, and as many keys."""
WIDE = 19
"""Columns of a line of the sheet with all scores: two blocks of eight numbers, with labels."""


@dataclass(frozen=True)
class Dials:
    """The lengths d (8, 1), the power of d that can be typed, and d to that power (8, 1)."""

    widths: Array
    power: Array
    divisor: Array


@dataclass(frozen=True)
class Measured:
    """For one d: the scores, and the exponentials of two softmaxes, exp(score − max).

    Attributes:
        scores: (queries, keys).
        squares: their squares, added up by row (queries, 1).
        plain: the exponentials as they are (queries, keys).
        divided: the exponentials with the scores divided (queries, keys).
    """

    scores: Array
    squares: Array
    plain: Array
    divided: Array


def draw_vectors(story: Story, seed: int) -> tuple[Array, Array]:
    """Queries (8, 256) and keys (8, 256): d = 2 reads the first two numbers of each.

    In the cells each stands in a column of its own: a sheet is longer than wide.
    """
    story.stage(
        "Random queries and keys",
        "Drawn once from the normal distribution with mean 0 and variance 1, and rounded to two "
        "decimals. Each column is a query or a key. With d = 2 only its first two numbers are "
        "read, with d = 256 all of them.",
        group=RANDOM,
        width=WIDE,
    )
    random = np.random.default_rng(seed)
    down = numbered("d", WIDTHS[-1])
    made: list[Array] = []
    for name, letter, title, note in (
        ("queries", "q", "Queries", "A query a column."),
        ("keys", "k", "Keys", "A key a column."),
    ):
        numbers = random.normal(size=(COUNT, WIDTHS[-1])).round(2)
        labels = [down, numbered(letter, COUNT)]
        drawn = story.constant(numbers.T, name, note=note, title=title, labels=labels)
        made.append(drawn.T)
    return made[0], made[1]


def declare_dials(story: Story) -> Dials:
    """The lengths, the cell for the power, and what scores are divided by."""
    across = (np.array([f"d = {d}" for d in WIDTHS], dtype=object), None)
    column = np.array(WIDTHS, dtype=float)[:, None]
    note = "Numbers in a query."
    widths = story.constant(column, "d_k", note=note, labels=across, number_format="integer")
    note, title = "0.5 is the root; from 0 to 2.", "Power of d"
    power = dial(story, 0.5, "power_of_d", note, Allowed(0, 2), title=title)
    least = maximum(power, 0.0)
    used = minimum(least, 2.0)
    note, title = "What scores are divided by.", "Divided by"
    divisor = story.show(widths**used, "divisor", "d ^ power", note, title=title)
    return Dials(widths, power, divisor)


def measure_scores(story: Story, queries: Array, keys: Array, divisor: Array, i: int) -> Measured:
    """A stage of its own: all scores of the i-th width d, and what softmax makes of them.

    Shapes: queries and keys (8, 256), divisor (widths, 1); scores and exponentials (8, 8).
    """
    d = WIDTHS[i]
    text = translate(
        "Only the first {d} numbers of each query and key are multiplied and added.", d=d
    )
    story.stage(Translated(f"d = {d}"), text, "Q Kᵀ", SCORES, WIDE)
    scores = queries[:, :d] @ keys[:, :d].T
    story.show(scores, f"scores_{d}", note="Every query with every key.", role="scores")
    squares = (scores * scores).sum(axis=1, keepdims=True)
    labels, title = (scores.labels[0], None), "Their squares, added up"
    story.show(squares, f"squares_{d}", "Σ s²", "Row by row.", title=title, labels=labels)
    plain = exp(below_largest(scores))
    note = "Undivided: the share of each key, as a part of the best one's."
    title, shown = "Exponentials, undivided", "share"
    story.show(
        plain, f"plain_{d}", "exp(s − max)", note, title=title, number_format=shown, line=True
    )
    divided = exp(below_largest(scores) / divisor[i, 0])
    equation = "exp((s − max) / divisor)"
    title, note = "Exponentials, divided", "The same, divided."
    story.show(divided, f"divided_{d}", equation, note, title=title, number_format=shown)
    return Measured(scores, squares, plain, divided)
