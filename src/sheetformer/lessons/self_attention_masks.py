"""Masks of the lesson self-attention: who may look at whom, and scores that are hidden."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.nn import HIDDEN
from sheetformer.graph.node import Labels
from sheetformer.lessons.story import switch
from sheetformer.story.story import Story
from sheetformer.story.word_cells import Rows

STORY = "Attention"
"""The sheet of the lesson's steps."""


@dataclass(frozen=True)
class Masks:
    """The two masks (n, n) and the switches (1, 1) that turn them on.

    Attributes:
        causal: the switch of `earlier`.
        hide: the switch of `both`.
        earlier: 1 where a word comes no later than the one that looks.
        both: 1 where a word looks at a word, 0 for padding.
        known: 1 where a word stands (n, 1).
        place: its place, from 1 (n, 1).
    """

    causal: Array
    hide: Array
    earlier: Array
    both: Array
    known: Array
    place: Array


def declare_masks(story: Story, rows: Rows) -> Masks:
    """Step 4: both masks of a sentence's rows (n, d), and their switches."""
    story.stage(
        "4   Who may look at whom",
        "Two masks, each with a switch: 1 is allowed, 0 is hidden. The padding mask: sentences of "
        "different length are computed together as one batch, so the short ones end in empty "
        "cells. These have numbers, too, and nobody may look at them. The causal mask: a decoder "
        "writes one word after the other and is trained to guess the next one, so a word may look "
        "at itself and at what came before, never at what comes later.",
        "column ≤ row,  word · wordᵀ",
        STORY,
    )
    note, title = "1: later words are hidden. 0: all may be seen.", "Causal mask on?"
    causal = switch(story, "causal", note, on=False, title=title)
    note, title = "1: empty cells are hidden. 0: they may be seen.", "Padding mask on?"
    hide = switch(story, "hide_padding", note, title=title)
    words: Labels = rows.words.ids[:, 0].astype(object)
    place = story.constant(
        np.arange(1.0, rows.vectors.shape[0] + 1)[:, None],
        "place",
        note="Place in the sentence.",
        title="Places",
        labels=[words, None],
        number_format="integer",
    )
    known = story.show(
        rows.is_known(),
        "is_word",
        "number > 0",
        "1 where a word stands.",
        title="Which are words",
        number_format="integer",
        labels=(words, None),
    )
    square = (words, words)
    earlier = NUMPY.greater_equal(place, place.T)
    note = "1 for the word itself and what came before."
    equation = "column ≤ row"
    story.show(
        earlier, "causal_mask", equation, note,
        title="Causal mask", number_format="mask", labels=square, line=True,
    )  # fmt: skip
    both, note = known * known.T, "1 where both row and column hold a word."
    equation, title = "word · wordᵀ", "Padding mask"
    story.show(
        both, "padding_mask", equation, note, title=title, number_format="mask", labels=square
    )
    return Masks(causal, hide, earlier, both, known, place)


def hide(story: Story, scaled: Array, masks: Masks) -> tuple[Array, Array]:
    """Who may look at whom, by the masks that are switched on; and the scores that count."""
    story.stage(
        "5   Hide before sharing",
        "A hidden score becomes minus infinity, before softmax and not after: so the shares of the "
        "words that are left still add up to 100 %. No cell can hold infinity, so there stands "
        "−1E+30, whose exponential is exactly 0.",
        "−∞ where allowed = 0",
        STORY,
    )
    causal = NUMPY.where(masks.causal, masks.earlier, 1.0)
    allowed = causal * NUMPY.where(masks.hide, masks.both, 1.0)
    note = "1 where every mask that is switched on has 1."
    equation, title, labels = "both masks", "Who may look", scaled.labels
    story.show(allowed, "allowed", equation, note, title=title, number_format="mask", labels=labels)
    masked, note = NUMPY.where(allowed, scaled, HIDDEN), "The scores that count."
    story.show(masked, "masked", "scaled, or −∞", note, role="masked scores", labels=labels)
    return allowed, masked
