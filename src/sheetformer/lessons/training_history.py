"""What the lesson training keeps of every step, and the two stages that show it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import concatenate, copy
from sheetformer.language import translate
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.sentences import say, spoken
from sheetformer.story.story import Figure, Story

GROUP = "Training"
"""The sheet of the lesson's stages."""
LEAST_TOP = 2.0
"""Of the chart: a little more than the loss of somebody who guesses."""


@dataclass(frozen=True)
class History:
    """What is kept of every step, the start among them.

    Attributes:
        losses: (1, 1).
        weights: (r, m).
        shares: (1, 1), the mean attention on the right word.
        found: (1, 1), how many rows give it more than half.
    """

    losses: list[Array] = field(default_factory=list[Array])
    weights: list[Array] = field(default_factory=list[Array])
    shares: list[Array] = field(default_factory=list[Array])
    found: list[Array] = field(default_factory=list[Array])


def watch(story: Story, history: History) -> None:
    """Stage 3: the loss and the attention on the right words, step by step."""
    steps = len(history.losses)
    top = math.ceil(max(LEAST_TOP, float(history.losses[0].value.item())))
    text = translate(
        "The loss after each step: how surprised the model is at the right words, the mean of −ln "
        "p. Beside it the share of attention that goes to the right word, averaged over the eight "
        "rows, and how many rows give it more than half. Somebody who gives each of the four words "
        "25 % has a loss of ln 4 = 1.39. The chart ends at {top}: a loss that runs away leaves it.",
        top=top,
    )
    stage = story.stage(
        "3   Watch it learn",
        text,
        "loss = mean(−ln p(right word))",
        GROUP,
    )
    labels = np.array([str(i) for i in range(steps)], dtype=object)
    numbers = np.arange(float(steps))[None, :]
    title, form = "Steps", "integer"
    done = story.constant(
        numbers, "step", title=title, note="Steps done.", number_format=form, line=True
    )
    told = "Mean attention on the right word."
    rows = (
        ("loss_by_step", history.losses, "Loss", "Less is better.", "gradient"),
        ("right_share", history.shares, "Attention on the right word", told, "share"),
        ("found", history.found, "Found", "Rows of 8 that give it more than half.", "integer"),
    )
    # Single numbers (1, 1) of all steps side by side in one line of cells.
    loss, share, found = (
        story.show(
            copy(concatenate(parts, axis=1)), name, "", note, title=title,
            number_format=number_format, labels=(None, labels), line=True,
        )
        for name, parts, title, note, number_format in rows
    )  # fmt: skip
    say(
        story, "training_told",
        "After {steps} steps the loss is {loss}, and {found} of 8 rows look at the right word.",
        title="In words", decimals=2, placed={"line": True},
        steps=done[:, -1:], loss=_bounded(loss[:, -1:]), found=found[:, -1:],
    )  # fmt: skip
    story.figures.append(_chart(stage, done, loss, share, float(top)))


def _bounded(loss: Array) -> Array:
    """The loss in words: nobody reads a number of twenty digits."""
    return NUMPY.where(loss > 1e6, translate("more than a million"), spoken(loss, 2))


def _chart(number: int, steps: Array, loss: Array, mean: Array, top: float) -> Figure:
    """Loss and attention over the steps; a fixed top, so that a wild loss flattens nothing."""
    share = translate("attention on the right word")
    curves = (Curve(translate("loss"), steps, loss), Curve(share, steps, mean))
    title, axes = translate("Loss and attention, step by step"), (translate("steps done"), "")
    return Figure(
        number, 13, 14, Curves(title, axes, curves, axis_limit=(0.0, top)), before_block="step"
    )


def before_and_after(story: Story, history: History) -> int:
    """Stage 4: the weights (r, m) at the start and at the end; gives its number."""
    stage = story.stage(
        "4   Who looks at whom, before and after",
        "Each row is a Portuguese word in its phrase. At the start the attention is as the random "
        "numbers happen to make it. Where learning has found all words (8 in found), casa in the "
        "end looks at house and verde at green, although the order of the words is turned round. "
        "Nobody told it.",
        "weights = softmax(Q Kᵀ / √d)",
        GROUP,
    )
    for name, title, note, weights in (
        ("weights_before", "Before learning", "With random numbers.", history.weights[0]),
        ("weights_after", "After learning", "After the last step.", history.weights[-1]),
    ):
        equation, role = "softmax(scores)", "attention weights"
        story.show(copy(weights), name, equation, note, title=title, role=role, label_columns=2)
    return stage
