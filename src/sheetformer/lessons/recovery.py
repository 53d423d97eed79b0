"""The small model that the lessons on learning train: cross-attention that names its own words.

Each target word looks at the source words, blends their values, and the blend must name that same
target word among all target words. To do so, the attention has to find the word that it translates.
The equation is Vaswani et al. 2017, section 3.2.1, equation 1; the loss is the cross-entropy.

Shapes: m source and n target words in the vocabulary, r rows (a target word in a phrase), d numbers
a word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.elementary import exp
from sheetformer.graph.nn import HIDDEN
from sheetformer.lessons.story import numbered, scalar
from sheetformer.story.softmax_steps import below_largest, shares
from sheetformer.story.story import Story

FIELDS = ("E_source", "E_target", "W_Q", "W_K", "W_V")
"""What is learned, as blocks call it."""
TITLES = (
    "Source embeddings",
    "Target embeddings",
    "Matrix for queries",
    "Matrix for keys",
    "Matrix for values",
)
"""The same in plain words."""
STORY = ("weights", "probabilities", "surprise", "loss")
"""The blocks of the way forward that tell it where it has been told before."""


@dataclass(frozen=True)
class Parameters:
    """All that is learned: two tables of embeddings (m, d), (n, d) and three matrices (d, d)."""

    source: Array
    target: Array
    w_q: Array
    w_k: Array
    w_v: Array

    def __iter__(self) -> Iterator[Array]:
        return (getattr(self, one.name) for one in fields(self))


@dataclass(frozen=True)
class Task:
    """What is asked: r rows, each a target word that looks at some source words.

    Attributes:
        rows: for each row the number of its target word.
        mask: (r, m), 1 where a row may look; None for everywhere.
        right: (r, n), 1 for the word that the blend must name.
        labels: of the rows.
    """

    rows: Sequence[int]
    mask: Array | None
    right: Array
    labels: Any


@dataclass(frozen=True)
class Guess:
    """Logits less their row's largest (r, n), and the sum of their exponentials (r, 1)."""

    behind: Array
    total: Array


def random_numbers(shapes: Sequence[tuple[int, int]], seed: int, spread: float) -> list[Any]:
    """Normally distributed matrices, rounded to two digits so that a person can follow them."""
    generator = np.random.default_rng(seed)
    return [np.round(generator.normal(0.0, spread, shape), 2) for shape in shapes]


def declare(
    story: Story, matrices: Sequence[Any], words: tuple[Any, Any], notes: Sequence[str]
) -> Parameters:
    """The parameters as yellow blocks: the numbers before anything is learned."""
    dims = numbered("d", matrices[0].shape[1])
    labels = ([words[0], dims], [words[1], dims], *[[dims, dims]] * 3)
    arrays = [
        story.input(matrix, name, title=title, note=note, labels=label)
        for name, title, matrix, label, note in zip(
            FIELDS, TITLES, matrices, labels, notes, strict=True
        )
    ]
    return Parameters(*arrays)


def project(story: Story, p: Parameters, step: str = "") -> tuple[Array, Array, Array]:
    """Queries (n, d), keys (m, d) and values (m, d)."""
    note = "What each target word asks."
    query = story.show(p.target @ p.w_q, f"Q_{step}", "E_target W_Q", note, role="query")
    note = "What each source word offers."
    key = story.show(p.source @ p.w_k, f"K_{step}", "E_source W_K", note, role="key")
    note = "What each source word gives."
    value = story.show(p.source @ p.w_v, f"V_{step}", "E_source W_V", note, role="value")
    return query, key, value


def root_of_width(story: Story, width: int) -> Array:
    """√d, what scores are divided by: a scalar, ()."""
    shown = {"title": "What scores are divided by", "number_format": "number"}
    return scalar(story, math.sqrt(width), "root_d", "√d, d numbers a word.", **shown)


def compare(story: Story, query: Array, key: Array, root: Array, step: str = "") -> Array:
    """Scores of every target word with every source word over √d: (n, m)."""
    name, note = _name("scores", step), "How well question and offer fit."
    scores = story.show(query @ key.T, name, note=note, role="scores")
    name, note = _name("scaled", step), "The smaller scores."
    return story.show(scores / root, name, "scores / √d", note, role="scaled scores")


def weigh(story: Story, scores: Array, task: Task, step: str = "") -> Array:
    """Shares of the words that a row may look at: (r, m)."""
    seen: Any = scores
    labels = (task.labels, scores.labels[1])
    if task.mask is not None:
        seen = np.where(task.mask, scores[list(task.rows)], HIDDEN)  # (r, m)
        name, note = _name("masked", step), "Only words of the phrase count."
        story.show(seen, name, "scaled, or −∞", note, role="masked scores", labels=labels)
    exponentials = exp(below_largest(seen))
    name, note = _name("exp", step), "1 for the best."
    story.show(exponentials, name, "exp(scaled − max)", note, role="softmax exponentials")
    name, note, role = _name("weights", step), "Who looks at whom.", "attention weights"
    weights, equation = shares(exponentials), "softmax(scores)"
    return story.show(weights, name, equation, note, role=role, labels=labels)


def blend(story: Story, weights: Array, value: Array, step: str = "") -> Array:
    """What each row takes from the values: (r, d)."""
    name, note = _name("blend", step), "What each row takes."
    return story.show(weights @ value, name, "weights V", note, role="blend")


def guess(story: Story, mixed: Array, target: Array, step: str = "") -> Guess:
    """Logits of each blend for every target word, and softmax of them: (r, d), (n, d) → (r, n)."""
    logits, note = mixed @ target.T, "How like each target word it is."
    story.show(logits, _name("logits", step), "blend E_targetᵀ", note, title="Logits")
    behind = below_largest(logits)
    note, title = "0 for the likeliest word.", "Below the largest"
    story.show(behind, _name("behind", step), "logits − max", note, title=title)
    odds = exp(behind)
    note, title = "1 for the likeliest word.", "Their exponentials"
    story.show(odds, _name("odds", step), "exp(behind)", note, title=title)
    total = odds.sum(axis=1, keepdims=True)
    note, title = "Sum of the row.", "Their sums"
    story.show(total, _name("odds_sum", step), "Σ odds", note, title=title)
    name, note = _name("probabilities", step), "Which word it takes the blend for."
    title, equation = "Probabilities", "odds / Σ odds"
    story.show(odds / total, name, equation, note, title=title, number_format="share")
    return Guess(behind, total)


def surprise_of(story: Story, found: Guess, right: Array, step: str = "") -> Array:
    """The mean over the rows of −ln p(right word): the loss (1, 1).

    It is computed from the logits, as PyTorch does: the logarithm of a tiny p would be lost.
    """
    right_behind = (right * found.behind).sum(axis=1, keepdims=True)
    surprise = np.log(found.total) - right_behind  # (r, 1)
    note, title = "0 when sure and right.", "Surprise"
    story.show(surprise, _name("surprise", step), "−ln p(right word)", note, title=title)
    mean = surprise.mean(axis=0, keepdims=True)
    note, title = "What learning makes small.", "Loss"
    return story.show(mean, _name("loss", step), "mean", note, title=title)


def forward(story: Story, p: Parameters, task: Task, root: Array, step: str = "") -> Array:
    """The whole way from the parameters to the loss (1, 1), a block for each step."""
    query, key, value = project(story, p, step)
    weights = weigh(story, compare(story, query, key, root, step), task, step)
    found = guess(story, blend(story, weights, value, step), p.target, step)
    return surprise_of(story, found, task.right, step)


def fold(story: Story, since: int, told: Sequence[str]) -> None:
    """Fold all blocks away that were made since then, but those of these names, by their stems."""
    for node in story.graph.nodes[since:]:
        if node.name and stem(node.name) not in told:
            story.move(node, workings=True)


def stem(name: str) -> str:
    """The name of a block without its step: `loss_3` and `loss_new` → `loss`."""
    return re.sub(r"_(\d+|new|nudged)?$", "", name)


def _name(name: str, step: str) -> str:
    return f"{name}_{step}" if step else name
