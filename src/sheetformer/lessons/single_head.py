"""The last step of the lesson multi-head: the same matrices as one attention over all columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.functions import added, deviation
from sheetformer.lessons.story import either, sentences
from sheetformer.story.softmax_steps import below_largest, shares
from sheetformer.story.story import Story

STORY = "Attention"
"""The sheet of the lesson."""


@dataclass(frozen=True)
class Sizes:
    """Numbers in a word's row, heads, and columns of each head, as single cells: ()."""

    d_model: Array
    heads: Array
    d_k: Array


def single_head(
    story: Story,
    sizes: Sizes,
    projections: tuple[Array, Array, Array],
    scores: Sequence[Array],
    mixer: Array,
    usual: bool,
) -> None:
    """One head beside several.

    Args:
        story: gets the stage.
        sizes: of the several heads.
        projections: Q, K and V (n, d_model).
        scores: of each of the heads (n, n).
        mixer: W_O (d_model, d_model).
        usual: whether the words are those of which the text speaks.
    """
    query, key, value = projections
    _count_weights(story, sizes, usual)
    _output(story, _scores(story, query, key, scores), value, mixer, sizes.d_model)


def in_one_sum(parts: Iterable[Array]) -> Array:
    """The sum in one formula, each part (n, m) → (n, m); a sum of one is shown as well."""
    return added(parts) + 0.0


def _count_weights(story: Story, sizes: Sizes, usual: bool) -> None:
    """How many weights several heads have, and one."""
    story.stage(
        "8   One head with as many weights",
        sentences(
            "The same matrices, not dealt out: one attention over all columns. It has exactly "
            "as many weights to learn, but only one table of shares. Its scores are the sum of "
            "the heads' scores, so one table has to serve all questions together.",
            either(usual, _USUAL, ""),
            "(These matrices were learned for two heads; a network that learns with one "
            "arranges itself otherwise.)",
        ),
        "softmax(Q Kᵀ / √d_model) V W_O",
        STORY,
    )
    square = sizes.d_model * sizes.d_model
    several = 3.0 * sizes.heads * sizes.d_model * sizes.d_k + square
    note = "heads · (W_Q, W_K, W_V of d_model × d_k), and W_O."
    story.show(several, "weights_multi", "h · 3 · d · d_k + d²", note, number_format="integer")
    note = "W_Q, W_K, W_V and W_O of d_model × d_model."
    story.show(4.0 * square, "weights_single", "4 d²", note, number_format="integer")


def _scores(story: Story, query: Array, key: Array, scores: Sequence[Array]) -> Array:
    """The scores of one head (n, n), which are those of all heads added up."""
    note = "All columns at once."
    alone = story.show(query @ key.T, "single_scores", note=note, role="scores", line=True)
    note = "The heads' scores, added up."
    summed = story.show(in_one_sum(scores), "summed_scores", "Σ Q_h K_hᵀ", note)
    note = "Largest difference of the two."
    story.show(deviation(alone, summed), "apart", "max |difference|", note, number_format="tiny")
    return alone


def _output(story: Story, scores: Array, value: Array, mixer: Array, size: Array) -> None:
    """Softmax, blend and output of one head."""
    exponentials = np.exp(below_largest(scores) / np.sqrt(size))
    note, equation = "1 for the best of the row.", "exp((s − max) / √d)"
    role = "softmax exponentials"
    story.show(exponentials, "single_exp", equation, note, role=role, line=True)
    weights = shares(exponentials)
    note = "One table for everything."
    story.show(weights, "single_weights", note=note, role="attention weights")
    note = "What the one head took."
    blend = story.show(weights @ value, "single_blend", "weights V", note, role="blend", line=True)
    output, note = blend @ mixer, "What a layer with one head gives."
    story.show(output, "single_output", "blend W_O", note, role="attention output")


_USUAL = "Here head 2 is the louder one: what the row “red” saw of “we” in head 1 is nearly gone."
