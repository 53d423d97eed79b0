"""The GPT speaks: ten names at once, a letter a step, from random numbers that are made in cells.

Each name begins with the mark. At every place the model looks at all places before (their keys and
values are kept), gives a share to every sign, and a random number between 0 and 1 says which one is
taken. Rows are names; with heads, rows are a name's four heads below each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sheetformer.graph import nn
from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import (
    added,
    concatenate,
    copy,
    elementwise,
    embedding,
    inline,
    named,
)
from sheetformer.lessons.gpt_model import HEADS, normed
from sheetformer.story.softmax_steps import below_largest
from sheetformer.story.story import Story

NAMES, LONGEST = 10, 12
"""How many names, and after how many letters one is cut off; the longest of the list has 11."""

FACTOR, SUMMAND, MODULUS = 75, 74, 65_537
"""Of the generator x ← (75 x + 74) mod 65,537, that of a home computer of 1981: all its numbers are
exact in every program, and it comes round after 65,536 of them (Knuth 1997, section 3.2.1)."""


def draws_after(count: int) -> tuple[int, int]:
    """Factor and summand that make of a number the one so many draws later, modulo `MODULUS`.

    >>> draws_after(1), draws_after(2)
    ((75, 74), (5625, 5624))
    """
    factor, summand = 1, 0
    for _ in range(count):
        factor, summand = factor * FACTOR % MODULUS, (summand * FACTOR + SUMMAND) % MODULUS
    return factor, summand


@dataclass
class Speaker:
    """What ten names are made with, and what has been said so far.

    Attributes:
        parts: the matrices of the model.
        temperature: (1, 1): shares are made of logits over it.
        keys: for each place before the keys of all heads (40, 4).
        values: the same of the values.
        before: (27, 27), 1 where a sign stands before or at another: shares become their sums.
    """

    parts: dict[str, Array]
    temperature: Array
    before: Array
    keys: list[Array] = field(default_factory=list[Array])
    values: list[Array] = field(default_factory=list[Array])

    def shares(self, signs: Array, place: int) -> Array:
        """How likely each sign comes next: the numbers of the last ones (10, 1) → (10, 27)."""
        mark = f"_p{place + 1}"
        row = self.parts["places"][place : place + 1]
        x = normed(self.parts["signs"][signs[:, 0]] + row, f"start{mark}")
        seen = normed(x, f"seen{mark}")
        x = inline(self._attention(seen, mark) @ self.parts["heads"].T) + x
        x = named(x, f"after_heads{mark}")
        inner = normed(x, f"inner{mark}") @ self.parts["hidden"].T
        hidden = named(nn.relu(named(inner, f"before_hidden{mark}")), f"hidden{mark}")
        x = named(inline(hidden @ self.parts["back"]) + x, f"after_hidden{mark}")
        logits = named(inline(x @ self.parts["next"].T) / self.temperature, f"logits{mark}")
        odds = named(NUMPY.exp(below_largest(logits)), f"odds{mark}")
        total = named(odds.sum(axis=1, keepdims=True), f"odds_sum{mark}")
        return named(odds / total, f"shares{mark}")

    def _attention(self, x: Array, mark: str) -> Array:
        """What the heads bring from this place and all before it: (10, d) → (10, d)."""
        head = x.shape[1] // HEADS
        query, key, value = (
            named(copy((x @ self.parts[part].T).reshape(-1, head)), f"{name}{mark}")
            for part, name in (("query", "q"), ("key", "k"), ("value", "v"))
        )
        self.keys.append(key)
        self.values.append(value)
        each = [(query * one).sum(axis=1, keepdims=True) / math.sqrt(head) for one in self.keys]
        scores = named(copy(concatenate(each, axis=1)), f"scores{mark}")  # (40, places)
        powers = named(NUMPY.exp(below_largest(scores)), f"powers{mark}")
        total = named(powers.sum(axis=1, keepdims=True), f"powers_sum{mark}")
        weights = named(powers / total, f"weights{mark}")
        taken = [weights[:, i : i + 1] * value for i, value in enumerate(self.values)]
        return named(added(taken), f"blend{mark}").reshape(x.shape)

    def pick(self, shares: Array, draw: Array, before: Array | None, place: int) -> Array:
        """The sign that a random number picks (10, 1); after the end mark the end mark again."""
        mark = f"_p{place + 1}"
        sums = named(shares @ self.before, f"sums{mark}")
        passed = elementwise("less_equal", sums[:, :-1], draw).sum(axis=1, keepdims=True)
        alive = passed if before is None else NUMPY.where(before > 0.0, passed, 0.0)
        return named(alive, f"sign{mark}")


def random_numbers(story: Story, seed: Array) -> Array:
    """Random numbers from 0 to 1, a row a name and a column a letter: (10, 12)."""
    steps = [
        [draws_after(LONGEST * name + place + 1) for place in range(LONGEST)]
        for name in range(NAMES)
    ]
    factors, summands = (
        story.constant(
            np.array([[float(pair[i]) for pair in row] for row in steps]), name,
            number_format="integer", title=title, note=note, workings=True,
        )
        for i, name, title, note in (
            (0, "draw_factor", "Factor of each draw", "75, again and again, modulo 65,537."),
            (1, "draw_summand", "Summand of each draw", "74, 75 · 74 + 74, … modulo 65,537."),
        )
    )  # fmt: skip
    drawn = elementwise("remainder", factors * seed + summands, float(MODULUS))
    shown: dict[str, Any] = {"number_format": "integer", "line": True}
    drawn = story.show(
        drawn, "drawn", "x ← (75 x + 74) mod 65,537",
        "Each number makes the next; a row is a name.", title="Numbers that are drawn", **shown,
    )  # fmt: skip
    return story.show(
        drawn / float(MODULUS), "chance", "drawn / 65,537", "The same, from 0 to 1.",
        title="Chance", line=True,
    )  # fmt: skip


def letters_of(signs: list[Array], texts: Array) -> Array:
    """The letters of all names: signs (10, 1) each, texts (27, 1) → (10, 12)."""
    numbers = named(copy(concatenate(signs, axis=1)), "signs_said")
    return embedding(texts[:, 0], numbers)
