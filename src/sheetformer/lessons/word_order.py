"""The second half of the lesson positions: what attention makes of the same words in two orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import deviation, embedding
from sheetformer.lessons.encoder_rows import Words
from sheetformer.lessons.story import switch
from sheetformer.story.caption import Allowed
from sheetformer.story.number_cells import allow
from sheetformer.story.softmax_steps import below_largest, shares
from sheetformer.story.story import Story
from sheetformer.story.word_cells import WordTable, declare_rows

ORDER = "Word order"
"""The sheet of these stages."""
SIDES = ("first", "second")


def word_order(
    story: Story, english: WordTable, words: Words, encoding: Array, size: Array
) -> None:
    """Steps 4 to 6.

    Args:
        story: gets the stages.
        english: the words that may be typed.
        words: those of the first sentence, one row each.
        encoding: of each position (p, d).
        size: d, as a single cell ().
    """
    first, second, again, on = _sentences(story, english, words)
    both = _with_places(story, first, second, on, encoding)
    first, second = _attend(story, both, size)
    _compare(story, first, second, again)
    _distances_between(story, first)


def _sentences(story: Story, english: WordTable, words: Words) -> tuple[Array, Array, Array, Array]:
    """The rows of both sentences (n, d), where each of the second stands in the first, a switch."""
    story.stage(
        "4   The same words in another order",
        "Here is a sentence, and the same words once more in another order. Type other "
        "words, or in word_order another order: each number once. The switch adds the patterns "
        "to the words, or leaves them out. It is at 0 to begin with, and the words have no "
        "place.",
        "X = E[number] + on · positions",
        ORDER,
    )
    rows = declare_rows(story, "sentence", "English", words, english)
    story.show(rows.vectors, "E_first", "E[number]", line=True, order=1)
    again = _other_order(story, len(words))
    second = story.show(rows.name_of(again), "second_words", "", "The other sentence.")
    on = switch(story, "use_positions", "1: with positions. 0: words alone.", on=False)
    labels = (second.ids[:, 0].astype(object), rows.vectors.labels[1])
    picked, note = embedding(rows.vectors, again[:, 0]), "The same rows, in the other order."
    equation = "E_first[row]"
    picked = story.show(picked, "E_second", equation, note, labels=labels, order=1)
    return rows.vectors, picked, again, on


def _other_order(story: Story, count: int) -> Array:
    """For each word of the second sentence its place in the first, from 0: (n, 1)."""
    typed = np.arange(1.0, count + 1)
    swapped = [1 if count > 2 else 0, count - 1]
    typed[swapped] = typed[swapped[::-1]]
    places = np.array([str(i + 1) for i in range(count)], dtype=object)
    note, labels = "Which word comes first, second, …", [places, None]
    given = story.input(
        typed[:, None], "word_order", note=note, labels=labels, number_format="integer"
    )
    allow(story, given, Allowed(1, count, whole=True))
    bounded = NUMPY.minimum(NUMPY.maximum(given, 1.0), float(count))
    note = "Its row, from 0."
    return story.show(bounded - 1.0, "from_row", "order − 1", note, number_format="integer")


def _with_places(
    story: Story, first: Array, second: Array, on: Array, encoding: Array
) -> tuple[Array, Array]:
    """X of both sentences (n, d)."""
    patterns, note = encoding[: first.shape[0]], "What attention sees."
    made = [
        story.show(
            rows + on * patterns,
            f"X_{side}",
            f"E_{side} + on · positions",
            note,
            labels=rows.labels,
            order=1,
        )
        for side, rows in zip(SIDES, (first, second), strict=True)
    ]
    return made[0], made[1]


def _attend(story: Story, both: tuple[Array, Array], size: Array) -> list[Array]:
    """The blends of both sentences, (n, d); the steps of both stand side by side."""
    story.stage(
        "5   Attention, bare",
        "Every word looks at every word of its own sentence. To keep it short, the rows "
        "themselves are queries, keys and values; what follows holds with learned matrices, "
        "too. (The paper also multiplies the embeddings by √d_model first, section "
        "3.4; here they are left as they are, so that words and places weigh alike.)",
        "softmax(X Xᵀ / √d) X",
        ORDER,
    )
    root = np.sqrt(size)
    scores = [x @ x.T for x in both]
    _show_both(story, scores, "scores", "X Xᵀ", "How well the words fit.", role="scores")
    exponentials = [NUMPY.exp(below_largest(each) / root) for each in scores]
    equation, note, role = "exp((s − max) / √d)", "1 for the best.", "softmax exponentials"
    _show_both(story, exponentials, "exp", equation, note, role=role, line=True)
    weights = [shares(each) for each in exponentials]
    note, role = "Who looks at whom.", "attention weights"
    _show_both(story, weights, "weights", "", note, role=role, line=True)
    blends = [w @ x for w, x in zip(weights, both, strict=True)]
    note = "What each word takes."
    _show_both(story, blends, "blend", "weights X", note, role="blend", line=True)
    return blends


def _show_both(
    story: Story,
    both: Sequence[Array],
    name: str,
    equation: str,
    note: str,
    line: bool = False,
    **settings: Any,
) -> None:
    """One step of both sentences; `line`: the first begins a line."""
    for side, array in zip(SIDES, both, strict=True):
        story.show(array, f"{side}_{name}", equation, note, line=line, **settings)
        line = False


def _compare(story: Story, first: Array, second: Array, again: Array) -> None:
    """The blends (n, d) of both sentences; `again`: the place of each row in the first (n, 1)."""
    story.stage(
        "6   What attention cannot tell",
        "Put the blends of the first sentence in the order of the second and subtract. With "
        "the switch at 0 nothing is left: every word gets the same blend, wherever it "
        "stands. Attention alone sees a bag of words and cannot tell who does what to whom. "
        "And where a word stands twice, its two rows are the same: their distance is 0. Now "
        "set use_positions to 1: the differences appear, and equal words come apart.",
        "Attention(π X) = π Attention(X)",
        ORDER,
    )
    labels = second.labels
    picked = embedding(first, again[:, 0])
    note = "The blends of the first sentence, in the order of the second."
    story.show(picked, "first_reordered", "first_blend[row]", note, labels=labels)
    difference, note = second - picked, "0 wherever the order makes no difference."
    story.show(difference, "difference", "second_blend − first_reordered", note, labels=labels)
    note = "The largest of them."
    largest = deviation(second, picked)
    story.show(largest, "order_matters", "max |difference|", note, number_format="tiny")


def _distances_between(story: Story, rows: Array) -> None:
    """How far the rows (n, d) of a sentence are from each other: |a|² + |b|² − 2 a · b, (n, n)."""
    square, note = (rows * rows).sum(axis=1, keepdims=True), "Square of each row's length."
    story.show(square, "square", "Σ blend²", note, line=True)
    product, note = rows @ rows.T, "Rows of the first sentence."
    story.show(product, "products", "blend blendᵀ", note)
    between = NUMPY.maximum((square + square.T) - 2.0 * product, 0.0)
    note = "Square of the distance between two rows: 0 where they are the same."
    story.show(between, "rows_apart", "|a|² + |b|² − 2 a · b", note, labels=product.labels)
