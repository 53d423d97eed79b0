"""The small model that the lessons on learning train: cross-attention that names its own words.

Each target word looks at the source words, blends their values, and the blend must name that same
target word among all target words. To do so, the attention has to find the word that it translates.
The equation is Vaswani et al. 2017, section 3.2.1, equation 1; the loss is the cross-entropy.

Shapes: m source and n target words in the vocabulary, r rows (a target word in a phrase), d numbers
a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.functions import detach, inside, show, source
from sheetformer.graph.nn import HIDDEN
from sheetformer.graph.node import Graph
from sheetformer.lessons.story import numbered

FIELDS = ("E_source", "E_target", "W_Q", "W_K", "W_V")
"""What is learned, as blocks call it."""


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
    graph: Graph, matrices: Sequence[Any], words: tuple[Any, Any], notes: Sequence[str]
) -> Parameters:
    """The parameters as yellow blocks: the numbers before anything is learned."""
    dims = numbered("d", matrices[0].shape[1])
    labels = ([words[0], dims], [words[1], dims], *[[dims, dims]] * 3)
    arrays = [
        source(graph, "input", matrix, label, name=name, note=note)
        for name, matrix, label, note in zip(FIELDS, matrices, labels, notes, strict=True)
    ]
    return Parameters(*arrays)


def project(p: Parameters, step: str = "") -> tuple[Array, Array, Array]:
    """Queries (n, d), keys (m, d) and values (m, d)."""
    return (
        show(p.target @ p.w_q, f"Q_{step}", "E_target W_Q", "What each target word asks."),
        show(p.source @ p.w_k, f"K_{step}", "E_source W_K", "What each source word offers."),
        show(p.source @ p.w_v, f"V_{step}", "E_source W_V", "What each source word gives."),
    )


def compare(query: Array, key: Array, root: Array, step: str = "") -> tuple[Array, Array]:
    """Scores of every target word with every source word (n, m), and the same over √d."""
    name, note = _name("scores", step), "How well question and offer fit."
    scores = show(query @ key.T, name, "Q Kᵀ", note)
    note = "The smaller scores."
    return scores, show(scores / root, _name("scaled", step), "scores / √d", note)


def weigh(scores: Array, task: Task, step: str = "") -> Array:
    """Shares of the words that a row may look at: (r, m)."""
    seen: Any = scores
    if task.mask is not None:
        seen = np.where(task.mask, scores[list(task.rows)], HIDDEN)  # (r, m)
        told = (_name("masked", step), "scaled, or −∞", "Only words of the phrase count.")
        show(seen, *told, labels=(task.labels, scores.labels[1]))
    weights = _softmax(seen, step)
    note = "Who looks at whom."
    name = _name("weights", step)
    labels = (task.labels, scores.labels[1])
    return show(weights, name, "softmax(scores)", note, look="share", labels=labels)


def blend(weights: Array, value: Array, step: str = "") -> Array:
    """What each row takes from the values: (r, d)."""
    return show(weights @ value, _name("blend", step), "weights V", "What each row takes.")


def guess(mixed: Array, target: Array, step: str = "") -> Guess:
    """Likeness of each blend with every target word, and what softmax makes of it."""
    logits = mixed @ target.T
    show(logits, _name("logits", step), "blend E_targetᵀ", "How like each target word it is.")
    behind = logits - inside(detach(logits.max(axis=1, keepdims=True)))
    show(behind, _name("behind", step), "logits − max", "0 for the likeliest word.")
    raised = np.exp(behind)
    show(raised, _name("odds", step), "exp(behind)", "1 for the likeliest word.")
    total = raised.sum(axis=1, keepdims=True)
    show(total, _name("odds_sum", step), "Σ odds", "Sum of the row.")
    note = "Which word it takes the blend for."
    name = _name("probabilities", step)
    show(raised / total, name, "odds / Σ odds", note, look="share")
    return Guess(behind, total)


def surprise_of(found: Guess, right: Array, step: str = "") -> Array:
    """The mean over the rows of −ln p(right word): the loss (1, 1).

    It is computed from the logits, as PyTorch does: the logarithm of a tiny p would be lost.
    """
    reached = inside(inside(right * found.behind).sum(axis=1, keepdims=True))
    surprise = inside(np.log(found.total)) - reached  # (r, 1)
    show(surprise, _name("surprise", step), "−ln p(right word)", "0 when sure and right.")
    mean = surprise.mean(axis=0, keepdims=True)
    return show(mean, _name("loss", step), "mean", "What learning makes small.")


def forward(p: Parameters, task: Task, root: Array, step: str = "") -> Array:
    """The whole way from the parameters to the loss (1, 1), a block for each step."""
    query, key, value = project(p, step)
    _, scaled = compare(query, key, root, step)
    mixed = blend(weigh(scaled, task, step), value, step)
    return surprise_of(guess(mixed, p.target, step), task.right, step)


def _softmax(x: Array, step: str) -> Array:
    """Each row's shares, as one block; no gradient goes through the maximum that is subtracted."""
    raised: Any = np.exp(inside(x - inside(detach(x.max(axis=1, keepdims=True)))))
    show(raised, _name("exp", step), "exp(scaled − max)", "1 for the best.")
    return raised / inside(raised.sum(axis=1, keepdims=True))


def _name(name: str, step: str) -> str:
    return f"{name}_{step}" if step else name
