"""The last step of the lesson multi-head: the same matrices as one attention over all columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.functions import added, deviation
from sheetformer.lessons.story import either, sentences
from sheetformer.story.caption import Stage
from sheetformer.story.operands import again, product
from sheetformer.story.softmax_steps import below_largest, shares
from sheetformer.story.story import Story

GROUP = "One head"
"""The sheet of this step."""
WIDE = 19
"""Columns of a line: a row of words beside what its matrix makes of it."""


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
    text = sentences(
        "The same matrices, not dealt out: one attention over all columns. It has exactly "
        "as many weights to learn, but only one table of shares. Its scores are the sum of "
        "the heads' scores, so one table has to serve all questions together.",
        either(usual, _USUAL, ""),
        "(These matrices were learned for two heads; a network that learns with one "
        "arranges itself otherwise.)",
    )
    equation = "softmax(Q Kᵀ / √d_model) V W_O"
    story.enter(Stage("8   One head with as many weights", text, equation, GROUP, WIDE))
    square = sizes.d_model * sizes.d_model
    several = 3.0 * sizes.heads * sizes.d_model * sizes.d_k + square
    note, title = "heads · (W_Q, W_K, W_V of d_model × d_k), and W_O.", "Weights of all heads"
    equation, number = "h · 3 · d · d_k + d²", "integer"
    story.show(several, "weights_multi", equation, note, title=title, number_format=number)
    note, title = "W_Q, W_K, W_V and W_O of d_model × d_model.", "Weights of one head"
    story.show(4.0 * square, "weights_single", "4 d²", note, title=title, number_format=number)


def _scores(story: Story, query: Array, key: Array, scores: Sequence[Array]) -> Array:
    """The scores of one head (n, n), which are those of all heads added up."""
    asking = again(story, query, "Q_rows", "Q", "All columns of Q", line=True)
    offering = again(story, key.T, "K_columns", "Kᵀ", "All columns of K, turned")
    note, told = "All columns at once.", {"title": "Scores of one head", "role": "scores"}
    alone = product(story, asking, offering, "single_scores", "", note, **told)
    note, title = "The heads' scores, added up.", "Scores of all heads"
    summed = story.show(in_one_sum(scores), "summed_scores", "Σ Q_h K_hᵀ", note, title=title)
    story.place(summed, before=asking)
    note, title, apart = "Largest difference of the two.", "Difference", deviation(alone, summed)
    story.show(apart, "apart", "max |difference|", note, title=title, number_format="difference")
    story.place(apart, workings=True)
    return alone


def _output(story: Story, scores: Array, value: Array, mixer: Array, size: Array) -> None:
    """Softmax, blend and output of one head."""
    exponentials = np.exp(below_largest(scores) / np.sqrt(size))
    note, equation = "1 for the best of the row.", "exp((s − max) / √d)"
    role = "softmax exponentials"
    story.show(exponentials, "single_exp", equation, note, role=role, workings=True)
    weights, title = shares(exponentials), "Shares of one head"
    note, role = "One table for everything.", "attention weights"
    story.show(weights, "single_weights", note=note, title=title, role=role, line=True)
    values = again(story, value, "V_rows", "V", "All columns of V")
    note, told = "What the one head took.", {"title": "Blend of one head", "role": "blend"}
    made = product(story, weights, values, "single_blend", "weights V", note, **told)
    left = again(story, made, "single_rows", "blend", "Blend of one head", line=True)
    above = again(story, mixer, "single_W_O", "W_O", "All rows of W_O")
    note = "What a layer with one head gives."
    told = {"title": "Output of one head", "role": "attention output"}
    product(story, left, above, "single_output", "blend W_O", note, **told)


_USUAL = (
    "In “we see the red house” head 2 is the louder one: what the row “red” saw of “we” in head 1 "
    "is nearly gone."
)
