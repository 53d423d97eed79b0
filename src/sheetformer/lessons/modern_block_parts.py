"""The weights of one block, its words, and its norm (lesson modern-block)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph import nn
from sheetformer.graph.array import Array
from sheetformer.lessons.story import numbered
from sheetformer.story.story import Story

GROUP, HEADS, WEIGHTS = "Block", "Inside", "Weights"
WORDS = ("the", "dog", "sees", "the", "cat")
VOCABULARY = ("the", "dog", "sees", "cat")
WIDTH, QUERIES, KEYS = 16, 8, 2
"""Numbers in a row; query heads; key heads, where they are shared."""
HEAD = WIDTH // QUERIES
RELU, GATED = 48, 32
"""Numbers of the hidden layer: 2/3 where it has a gate, so that the weights are as many."""
RMS_EPSILON, EPSILON = 1e-6, 1e-5
"""As in Llama, and as PyTorch's layer norm."""


@dataclass(frozen=True)
class Switches:
    """Five cells (1, 1): 1 is today, 0 is 2017."""

    rms: Array
    first: Array
    rotary: Array
    groups: Array
    gate: Array


@dataclass(frozen=True)
class Block:
    """What is learned, and constant matrices.

    Attributes:
        weights: matrices by name.
        table: the vocabulary's rows (v, d).
        gains: of both norms (2, d).
        biases: of both layer norms (2, d).
        waves: a pattern a place (n, d).
        repeat: (4, d), writes two heads out as eight.
        mask: (n, n), 1 where a word may look.
        columns: labels of a row's numbers.
        heads: how many ask.
    """

    weights: Mapping[str, Array]
    table: Array
    gains: Array
    biases: Array
    waves: Array
    repeat: Array
    mask: Array
    columns: Any
    heads: int = QUERIES

    def __getitem__(self, name: str) -> Array:
        return self.weights[name]

    def norm(self, story: Story, switches: Switches, x: Array, which: int, name: str) -> Array:
        """The norm that is switched on, of rows (n, d); both stand in the workings."""
        since = len(story.graph.nodes)
        gain = self.gains[which]
        rms = nn.rms_norm(x, gain, RMS_EPSILON, f"{name}_rms")
        layer = nn.layer_norm(x, gain, self.biases[which], EPSILON, f"{name}_layer")
        normed = np.where(switches.rms, rms, layer)
        story.show(normed, name, "norm(x)", title="Normalised row")
        fold(story, since)
        return normed

    def project(self, story: Story, seen: Array, letter: str, made: Array) -> Array:
        """Show queries, keys or values (n, d) of all heads side by side."""
        title = {"Q": "Queries", "K": "Keys", "V": "Values"}[letter]
        note = {"Q": "Turned, if positions are.", "K": "Turned, if positions are.", "V": ""}[letter]
        role = {"Q": "query", "K": "key", "V": "value"}[letter]
        labels = (seen.labels[0], head_labels())
        return story.show(made, f"{letter}_", f"x W_{letter}", note, title=title, role=role,
                          line=True, labels=labels)  # fmt: skip


def fold(story: Story, since: int) -> None:
    """Put what was computed since so many nodes into the workings."""
    for node in story.graph.nodes[since:]:
        story.move(node, workings=True)


def head_labels() -> Any:
    """The columns of eight heads of two numbers."""
    return np.array([f"h{i // HEAD + 1}" for i in range(WIDTH)], dtype=object)


def declare_weights(story: Story, seed: int) -> Block:
    """All weights on a sheet of their own, random, four decimals each."""
    story.stage("Weights", "Random numbers: type others, and the block follows.", "", WEIGHTS, 60)
    rng = np.random.default_rng(seed)
    columns = numbered("d", WIDTH)

    def drawn(*shape: int, spread: float) -> Any:
        return rng.normal(0.0, spread, shape).round(4)

    table = story.parameter(drawn(len(VOCABULARY), WIDTH, spread=1.0), "E", title="Words",
                            labels=[np.array(VOCABULARY, dtype=object), columns])  # fmt: skip
    weights: dict[str, Array] = {}
    for name, rows, width in (
        ("W_Q", WIDTH, WIDTH), ("W_K", WIDTH, WIDTH), ("W_V", WIDTH, WIDTH), ("W_O", WIDTH, WIDTH),
        ("W_1", WIDTH, RELU), ("W_2", RELU, WIDTH),
        ("W_gate", WIDTH, GATED), ("W_up", WIDTH, GATED), ("W_down", GATED, WIDTH),
    ):  # fmt: skip
        weights[name] = story.parameter(drawn(rows, width, spread=rows**-0.5), name, line=True)
    which = np.array(["norm 1", "norm 2"], dtype=object)
    gains = story.parameter((1.0 + drawn(2, WIDTH, spread=0.1)).round(4), "gain", title="Gains",
                            labels=[which, columns], line=True)  # fmt: skip
    biases = story.parameter(drawn(2, WIDTH, spread=0.1), "bias", title="Biases of layer norm",
                             labels=[which, columns], line=True)  # fmt: skip
    waves, repeat, mask = _constants(story, columns)
    pool = story.constant(_repeats().T / (QUERIES // KEYS), "mean_of_heads", line=True,
                          title="Mean of four heads")  # fmt: skip
    for letter in "KV":
        name = f"W_{letter}_shared"
        note = "The mean of four heads each."
        weights[name] = story.show(weights[f"W_{letter}"] @ pool, name, f"W_{letter} · mean", note)
    return Block(weights, table, gains, biases, waves, repeat, mask, columns)


def _constants(story: Story, columns: Any) -> tuple[Array, Array, Array]:
    count = len(WORDS)
    pair = np.arange(WIDTH // 2)
    angle = np.arange(float(count))[:, None] / 10_000.0 ** (2.0 * pair / WIDTH)
    waves = np.stack([np.sin(angle), np.cos(angle)], axis=2).reshape(count, WIDTH)
    given = story.constant(waves, "waves", title="Waves of 2017", note="A pattern a place.",
                           labels=[None, columns], line=True)  # fmt: skip
    repeat = story.constant(_repeats(), "repeat", title="Two heads written as eight", line=True,
                            number_format="mask")  # fmt: skip
    mask = story.constant(np.tril(np.ones((count, count))), "may_look", title="Who may look where",
                          number_format="mask")  # fmt: skip
    return given, repeat, mask


def _repeats() -> Any:
    """(4, 16): each of two heads of two numbers, four times over."""
    group = QUERIES // KEYS
    found = np.zeros((KEYS * HEAD, WIDTH))
    for column in range(WIDTH):
        found[column // HEAD // group * HEAD + column % HEAD, column] = 1.0
    return found


def declare_words(story: Story) -> tuple[Array, Array]:
    """The words as rows of the vocabulary (n,), and their places (n, 1)."""
    words = np.array(WORDS, dtype=object)
    numbers = np.array([[float(VOCABULARY.index(word))] for word in WORDS])
    rows = story.constant(numbers, "word_rows", title="Rows of the words", labels=[words, None],
                          number_format="integer", workings=True)  # fmt: skip
    places = np.arange(float(len(WORDS)))[:, None]
    place = story.constant(places, "place", title="Places", labels=[words, None],
                           number_format="integer", workings=True)  # fmt: skip
    return rows[:, 0], place
