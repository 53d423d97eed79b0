"""What the lesson on softmax asks its reader."""

from __future__ import annotations

import math

import numpy as np

from sheetformer.language import translate
from sheetformer.lessons.softmax_scores import Scored
from sheetformer.story.questions import truths
from sheetformer.story.story import Story

_WARM = 10.0


def questions(story: Story, scored: Scored) -> None:
    """Four questions, one a step."""
    scores = scored.scores.value
    story.question(
        translate("All scores get 5 more. Every share stays as it is."),
        translate(
            "Only differences count: e⁵ stands above and below the line, and cancels (step 4)."
        ),
        translate("Add 5 to each yellow score and look at the shares."),
        options=truths(),
        answer=truths()[0],
    )
    story.question(
        translate("Two scores differ by 1. How many times the smaller share is the larger one?"),
        translate("Equal differences make equal odds, wherever the scores lie (step 2)."),
        translate("Step 2 reads a difference as odds: e to the power of it."),
        answer=math.e,
        within=0.06,
    )
    grows, stays, shrinks = (translate(word) for word in ("it grows", "it stays", "it shrinks"))
    sharp, soft = (_largest(scores / heat) for heat in (1.0, _WARM))
    story.question(
        translate("In step 3 you set T to 10, from 1. What happens to the largest share?"),
        translate("Divided by a large T all scores come near to each other, and so do the shares."),
        translate("Try T = 1 and then T = 10 in step 3."),
        options=(grows, stays, shrinks),
        answer=stays if math.isclose(sharp, soft) else shrinks,
    )
    story.question(
        translate("Change the first score until its share is below 1 %."),
        translate("It can come as near to 0 as you like and never be it: e^z is positive."),
        translate("Type another number in the first yellow cell of step 1."),
        until=scored.shares[:1] < 0.01,
    )


def _largest(scores: np.ndarray) -> float:
    exponentials = np.exp(scores - scores.max())
    return float(exponentials.max() / exponentials.sum())
