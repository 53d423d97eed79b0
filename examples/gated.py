"""Parts of a network as blocks: a linear layer, a gated recurrent unit, and a vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph import nn
from sheetformer.graph.array import Array
from sheetformer.story.story import Story


@dataclass(frozen=True)
class Linear:
    """x Wᵀ + b: weight (d_out, d_in), bias (1, d_out)."""

    story: Story
    weight: Array
    bias: Array

    def __call__(self, x: Array, name: str, note: str = "", **settings: Any) -> Array:
        """(n, d_in) → (n, d_out)."""
        return self.story.show(self.of(x), name, "x Wᵀ + b", note, **settings)

    def of(self, x: Array, part: slice = slice(None)) -> Array:
        """Some of its columns, written inside the formula that uses them."""
        return x @ self.weight[part].T + self.bias[:, part]


@dataclass(frozen=True)
class Gru:
    """A gated recurrent unit (Cho et al. 2014), as PyTorch has it: three gates side by side."""

    of_input: Linear
    of_state: Linear

    def step(self, x: Array, state: Array, name: str, known: Array | None = None) -> Array:
        """The next state (1, d) from x (1, d_in) and the last; it stays where `known` is 0."""
        d = state.shape[1]
        first, last = slice(0, 2 * d), slice(2 * d, 3 * d)
        gates = nn.sigmoid(self.of_input.of(x, first) + self.of_state.of(state, first))
        show, note = self.of_input.story.show, "Reset r and update z."
        show(gates, f"{name}_gates", "σ(x W + b + h U + c)", note, line=True)
        reset, update = gates[:, :d], gates[:, d:]
        kept = reset * self.of_state.of(state, last)
        new: Any = np.tanh(self.of_input.of(x, last) + kept)
        show(new, f"{name}_new", "tanh(x W + b + r (h U + c))", "What it would remember.")
        blend = (1.0 - update) * new + update * state
        if known is None:
            return show(blend, f"{name}_state", "(1 − z) new + z h", "What it remembers.")
        after: Any = np.where(known, blend, state)
        return show(after, f"{name}_state", "(1 − z) new + z h", "As before where no letter is.")


def table(story: Story, name: str, words: Sequence[str]) -> tuple[Array, Array]:
    """Words and their numbers as two columns (n, 1)."""
    column = np.arange(float(len(words)))[:, None]
    numbers = story.constant(column, f"{name}_index", number_format="integer", line=True)
    text = np.array(words, dtype=object)[:, None]
    return story.constant(text, f"{name}_table"), numbers
