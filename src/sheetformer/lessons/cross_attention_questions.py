"""What the lesson on cross-attention asks its reader."""

from __future__ import annotations

import math

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.functions import elementwise
from sheetformer.graph.storable import TOLERANCE
from sheetformer.language import translate
from sheetformer.story.questions import truths
from sheetformer.story.story import Story
from sheetformer.story.word_cells import Rows


def questions(
    story: Story, source: Rows, target: Rows, weights: Array, known: Array, d_k: int
) -> None:
    """Up to five questions: what does not fit the words that were asked for is left out."""
    _next_best(story, source, target, weights)
    story.question(
        translate("Every score is doubled. All shares stay as they are."),
        translate("The differences double too, so the odds are squared: softmax gets sharper."),
        translate("Step 6 shares e^score. Compare e² : e¹ with e⁴ : e²."),
        options=truths(),
        answer=truths()[int(np.ptp(weights.value, axis=1).max() > TOLERANCE)],
    )
    story.question(
        translate("The English sentence gets one row more. How many scores are there then?"),
        translate("One row a target word, one column a source word: both lengths are multiplied."),
        translate("Count the cells of the scores in step 4, then add a column."),
        answer=float((weights.shape[1] + 1) * weights.shape[0]),
        within=0.5,
    )
    story.question(
        translate(
            "Type a formula that gives what the scores are divided by, from the cell of d_k."
        ),
        translate("So scores keep one size, however many numbers a query has (step 10)."),
        translate("Step 5 has the equation; d_k stands beside it."),
        answer=math.sqrt(d_k),
        within=1e-6,
        formula=True,
    )
    if weights.shape[1] > 1:
        story.question(
            translate("Empty English words until one word gets all of each row."),
            translate("With one word left there is nothing to share: its share is all there is."),
            translate("Delete words in the yellow cells of step 1."),
            until=elementwise("equal", known.sum(axis=1, keepdims=True), 1.0),
        )


def _next_best(story: Story, source: Rows, target: Rows, weights: Array) -> None:
    """Which word comes next, where a row has three words that differ."""
    words, shares = source.words.value[:, 0].tolist(), weights.value[0]
    others = [i for i in range(len(words)) if i != int(shares.argmax())]
    if len(others) < 2 or len({word.casefold() for word in words if word}) < len(words):
        return
    best = max(others, key=lambda i: float(shares[i]))
    story.question(
        translate(
            "You empty “{best}” in step 1. Which word does “{word}” then look at most?",
            best=words[int(np.argmax(shares))],
            word=target.words.value[0, 0],
        ),
        translate("Its share goes to the others in proportion: the next best score leads."),
        translate("Look for the next best score in the first row of step 5."),
        options=tuple(words[i] for i in others),
        answer=words[best],
    )
