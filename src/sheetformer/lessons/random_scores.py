"""Random queries and keys, and their scores for growing d, with and without a division.

Each d has a stage of its own on the sheet `Scores`; the lesson `scaling` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.functions import inside, show, source
from sheetformer.graph.node import Graph, Stage
from sheetformer.language import Translated, translate
from sheetformer.lessons.story import dial, numbered, stage

SCORES, RANDOM = "Scores", "Random numbers"

WIDTHS = (2, 4, 8, 16, 32, 64, 128, 256)
COUNT = 8
"""Queries, and as many keys."""
WIDE = 34
"""Columns of the sheet with all scores."""


@dataclass(frozen=True)
class Dials:
    """The lengths d (8, 1), the power of d that can be typed, and d to that power (8, 1)."""

    widths: Array
    power: Array
    divisor: Array


@dataclass(frozen=True)
class Measured:
    """For one d: the scores (queries, keys), their squares added up by row, and two softmaxes.

    The softmaxes are written as parts of the best share, exp(score − max): as they are, and with
    the scores divided.
    """

    scores: Array
    squares: Array
    plain: Array
    divided: Array


def draw(graph: Graph, seed: int) -> tuple[Array, Array]:
    """Queries and keys (8, 256): a row each, of which d = 2 reads the first two numbers."""
    stage(
        graph,
        "Random queries and keys",
        "Drawn once from the normal distribution with mean 0 and variance 1, and rounded to two "
        "decimals. Each row is a query or a key. With d = 2 only its first two numbers are read, "
        "with d = 256 all of them.",
        group=RANDOM,
    )
    random = np.random.default_rng(seed)
    across = numbered("d", WIDTHS[-1])
    made: list[Array] = []
    for name, letter, note in (("queries", "q", "A query a row."), ("keys", "k", "A key a row.")):
        numbers = random.normal(size=(COUNT, WIDTHS[-1])).round(2)
        labels = [numbered(letter, COUNT), across]
        made.append(source(graph, "constant", numbers, labels, name=name, note=note))
    return made[0], made[1]


def declare_dials(graph: Graph) -> Dials:
    """The lengths, the cell for the power, and what scores are divided by."""
    across = (np.array([f"d = {d}" for d in WIDTHS], dtype=object), None)
    column = np.array(WIDTHS, dtype=float)[:, None]
    widths = source(graph, "constant", column, across, name="d_k", note="Numbers in a query.")
    widths.node.look = "integer"
    power = dial(graph, 0.5, "power_of_d", "0.5 is the root; from 0 to 2.")
    least: Any = inside(np.maximum(power, 0.0))
    used: Any = inside(np.minimum(least, 2.0))
    divisor = show(widths**used, "divisor", "d ^ power", "What scores are divided by.")
    return Dials(widths, power, divisor)


def measure(graph: Graph, queries: Array, keys: Array, divisor: Array, i: int) -> Measured:
    """A stage of its own: all scores of one d, and what softmax makes of them."""
    d = WIDTHS[i]
    text = translate(
        "Only the first {d} numbers of each query and key are multiplied and added.", d=d
    )
    graph.stages.append(Stage(Translated(f"d = {d}"), text, "Q Kᵀ", SCORES, WIDE))
    scores = queries[:, :d] @ keys[:, :d].T
    show(scores, f"scores_{d}", "Q Kᵀ", "Every query with every key.")
    squares = inside(scores * scores).sum(axis=1, keepdims=True)
    show(squares, f"squares_{d}", "Σ s²", "Row by row.", labels=(scores.labels[0], None))
    plain: Any = np.exp(_behind(scores))
    note = "Undivided: the share of each key, as a part of the best one's."
    show(plain, f"plain_{d}", "exp(s − max)", note, look="share")
    divided: Any = np.exp(inside(_behind(scores) / divisor[i, 0]))
    show(divided, f"divided_{d}", "exp((s − max) / divisor)", "The same, divided.", look="share")
    return Measured(scores, squares, plain, divided)


def _behind(scores: Array) -> Array:
    """Each score less the largest of its row, written inside the formula that uses it."""
    return inside(scores - inside(scores.max(axis=1, keepdims=True)))
