"""What comes of the blend: contributions, the move on the map, and what ÷ √d_k is for."""

from __future__ import annotations

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.elementary import exp, where
from sheetformer.graph.functions import copy, elementwise, embedding
from sheetformer.language import translate
from sheetformer.lessons.cross_attention_words import GROUP, nearest_words
from sheetformer.lessons.learned import Learned
from sheetformer.lessons.word_map import word_map
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.operands import again
from sheetformer.story.placement import Figure
from sheetformer.story.sentences import say
from sheetformer.story.shares import share_sentences
from sheetformer.story.softmax_steps import shares
from sheetformer.story.story import Story
from sheetformer.story.word_cells import Rows, bare_words

MOST_CURVES = 6
"""A chart has so many colours that are told apart in grey, too."""


def after_the_blend(
    story: Story,
    learned: Learned,
    source: Rows,
    target: Rows,
    weights: Array,
    value: Array,
    blend: Array,
) -> None:
    """Steps 8 and 9: what one blend (d,) is made of, and where every blend (m, d) lies."""
    _contributions(story, source, target, weights, value)
    _moves(story, learned, target, blend)


def _contributions(story: Story, source: Rows, target: Rows, weights: Array, value: Array) -> None:
    number = story.stage(
        "8   Contributions",
        "What is a blend made of? Pick a target word: below, each source word's share times its "
        "value is what it contributes, and the contributions add up to the blend of step 7. The "
        "bars show the shares of every target word.",
        "blend = Σ share · value",
        GROUP,
    )
    picked = _picked(story, target)
    row = story.show(embedding(weights, picked[:, 0]), "picked_shares", workings=True)
    share = story.show(
        copy(row.T), "picked_share", "", "Its row of step 6, upright.",
        title="Share", number_format="share", line=True, labels=(value.labels[0], None),
    )  # fmt: skip
    values = again(story, value, "V_again", "V", "Value of each source word")
    parts = story.show(
        share * values, "contributions", "share · value", "What each source word gives.",
        title="Contributions",
    )  # fmt: skip
    total = parts.sum(axis=0, keepdims=True)
    note = "The blend of the picked word."
    story.show(total, "contribution_sum", "Σ", note, title="All together", below=True)
    share_sentences(story, "blend_told", weights, source.words, target.words, line=False)
    story.figures.append(_bars(number, weights, source, target))


def _picked(story: Story, target: Rows) -> Array:
    """The row of the picked target word, from 0: (1, 1)."""
    word = story.input(
        target.words.value[-1:].copy(), "picked_word", title="Pick a target word",
        note="Pick one from the list.", choices=target.words.ids[:, 0], labels=(None, None),
    )  # fmt: skip
    found = elementwise("equal", target.words, bare_words(story, "picked", word, accents=True))
    note = "1 where it stands."
    story.show(found, "is_picked", "", note, number_format="mask", workings=True)
    place = found.argmax(axis=0, keepdims=True)
    note = "Its row, from 0."
    story.show(place, "picked_row", "", note, number_format="integer", workings=True)
    message = where(found.max(axis=0, keepdims=True), "", translate("← no row has it: row 1"))
    story.show(message, "picked_message", number_format="message", labels=(None, None))
    return place


def _bars(number: int, weights: Array, source: Rows, target: Rows) -> Figure:
    """The shares of every target word as bars of 100 %, a colour a source word."""
    title = translate("What each target word is made of")
    curves = tuple(
        Curve(source.words[i : i + 1], target.words[:, 0], weights[:, i])
        for i in range(min(weights.shape[1], MOST_CURVES))
    )
    axes = (translate("target word"), translate("share"))
    drawing = Curves(
        title, axes, curves, True, axis_limit=(0.0, 1.0), number_format="0%", stacked=True
    )
    return Figure(number, 12, 7, drawing, before_block="blend_told", direction="line")


def _moves(story: Story, learned: Learned, target: Rows, blend: Array) -> None:
    stage = story.stage(
        "9   Before and after",
        "Each target word moves to its blend. A blend is made only of English values: no "
        "Portuguese number is in it. If the Portuguese word that is nearest to it is the right "
        "one all the same, attention has translated.",
        "cos(a, b) = a · b / (|a| |b|)",
        GROUP,
    )
    nearest, closeness = nearest_words(story, learned, blend, stage)
    right = elementwise("equal", nearest, target.words)
    verdict = where(
        right,
        translate("and yet it is the right word."),
        translate("which is another word than stands in this row."),
    )
    say(
        story, "won",
        "The blend of “{word}” is made only of English values; the nearest Portuguese word is "
        "“{nearest}” (cosine {cosine}), {verdict}",
        title="What was won", decimals=2, placed={"stage": stage, "line": True},
        word=target.words, nearest=nearest, cosine=closeness, verdict=verdict,
    )  # fmt: skip
    groups = (
        (translate("before"), target.vectors),
        (translate("after: the blend"), blend),
    )
    title = translate("Before ● and after ◆ attention")
    drawing = word_map(title, groups, (learned.english, learned.portuguese))
    story.figures.append(
        Figure(stage, 15, 9, drawing, before_block="nearest_word", direction="line")
    )


def explosion(story: Story, weights: Array, shifted: Array, known: Array, width: Array) -> None:
    """Step 10: the shares (m, n) with and without ÷ √d_k, and how much each can still learn."""
    story.stage(
        "10   Why ÷ √d_k",
        "Without the division scores grow with the count of numbers: people call it an explosion. "
        "What explodes is not the share, which never exceeds 100 %: it goes to nearly all or "
        "nothing. There its slope p(1 − p), by which a network learns, is nearly 0: the gradient "
        "vanishes. The lesson scaling measures it.",
        "slope = p (1 − p)",
        GROUP,
    )
    exponentials = exp(shifted * np.sqrt(width))
    note = "As step 6, of the undivided scores."
    equation = "exp(shifted · √d_k)"
    title = "Exponentials"
    story.show(exponentials, "unscaled_exp", equation, note, title=title, workings=True)
    unscaled = where(known, shares(exponentials), 0.0)
    note = "Without dividing."
    title = "Shares, unscaled"
    role = "attention weights"
    story.show(
        unscaled, "unscaled_weights", "softmax(scores)", note, title=title, role=role,
        number_format="share",
    )  # fmt: skip
    unscaled_slope = _slope(story, unscaled, "unscaled_slope", "Slope, unscaled")
    note = "From step 6."
    title = "Shares, scaled"
    scaled = again(
        story, weights, "scaled_weights", "weights", title, note=note, line=True,
        number_format="share",
    )  # fmt: skip
    scaled_slope = _slope(story, scaled, "scaled_slope", "Slope, scaled")
    say(
        story, "explosion_told",
        "The mean slope is {without} without ÷ √d_k and {with_it} with it: more is left to learn "
        "by where it is larger.",
        title="In words", decimals=3, placed={"line": True},
        without=unscaled_slope.mean(axis=(0, 1), keepdims=True),
        with_it=scaled_slope.mean(axis=(0, 1), keepdims=True),
    )  # fmt: skip


def _slope(story: Story, shared: Array, name: str, title: str) -> Array:
    note = "How much a share still moves: 0 means stuck."
    slope = shared * (1.0 - shared)
    return story.show(slope, name, "p (1 − p)", note, title=title, number_format="slope")
