"""The second half of the lesson positions: what attention makes of the same words in two orders."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import deviation, embedding
from sheetformer.language import translate
from sheetformer.lessons.encoder_rows import Words
from sheetformer.lessons.story import switch
from sheetformer.story.caption import Allowed, Stage
from sheetformer.story.number_cells import allow
from sheetformer.story.operands import again, product
from sheetformer.story.sentences import say
from sheetformer.story.softmax_steps import below_largest, shares
from sheetformer.story.story import Story
from sheetformer.story.word_cells import WordTable, declare_rows

ORDER = "Word order"
"""The sheet of these stages."""
SIDES = ("first", "second")
WIDE = 23
"""Columns of a line: the rows of a sentence, its scores, and its shares."""


def word_order(
    story: Story, english: WordTable, words: Words, encoding: Array, size: Array
) -> None:
    """Steps 5 to 8.

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


def _begin(story: Story, title: str, text: str, equation: str) -> int:
    """Begin a stage that is wide enough for a line; gives its number."""
    return story.enter(Stage(title, text, equation, ORDER, WIDE))


def _sentences(story: Story, english: WordTable, words: Words) -> tuple[Array, Array, Array, Array]:
    """The rows of both sentences (n, d), where each of the second stands in the first, a switch."""
    _begin(
        story,
        "5   The same words in another order",
        "Here is a sentence, and the same words once more in another order. Type other "
        "words, or in word_order another order: each number once. The switch adds the patterns "
        "to the words, or leaves them out. It is at 0 to begin with, and the words have no "
        "place.",
        "X = E[number] + on · positions",
    )
    rows = declare_rows(story, "sentence", "English", words, english)
    title = "First sentence, as rows"
    story.show(rows.vectors, "E_first", "E[number]", title=title, line=True, order=1)
    again = _other_order(story, len(words))
    title, note = "Second sentence", "The same words."
    second = story.show(rows.name_of(again), "second_words", "", note, title=title)
    note, title = "1: with positions. 0: words alone.", "Switch for the positions"
    on = switch(story, "use_positions", note, on=False, title=title)
    labels = (second.ids[:, 0].astype(object), rows.vectors.labels[1])
    picked, note = embedding(rows.vectors, again[:, 0]), "The same rows, in the other order."
    equation, title = "E_first[row]", "Second sentence, as rows"
    picked = story.show(picked, "E_second", equation, note, title=title, labels=labels, order=1)
    return rows.vectors, picked, again, on


def _other_order(story: Story, count: int) -> Array:
    """For each word of the second sentence its place in the first, from 0: (n, 1)."""
    typed = np.arange(1.0, count + 1)
    swapped = [1 if count > 2 else 0, count - 1]
    typed[swapped] = typed[swapped[::-1]]
    places = np.array([str(i + 1) for i in range(count)], dtype=object)
    note, labels = "Which word comes first, second, …", [places, None]
    given = story.input(
        typed[:, None], "word_order", note=note, labels=labels, number_format="integer",
        title="Order of the words",
    )  # fmt: skip
    allow(story, given, Allowed(1, count, whole=True))
    bounded = NUMPY.minimum(NUMPY.maximum(given, 1.0), float(count))
    note = "Its row, from 0."
    row, title = bounded - 1.0, "Rows in that order"
    return story.show(
        row, "from_row", "order − 1", note, title=title, number_format="integer", workings=True
    )


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
            title=f"X of the {side} sentence",
            labels=rows.labels,
            order=1,
        )
        for side, rows in zip(SIDES, (first, second), strict=True)
    ]
    story.place(made[0], line=True)
    return made[0], made[1]


def _attend(story: Story, both: tuple[Array, Array], size: Array) -> list[Array]:
    """The blends of both sentences, (n, d); the steps of both stand side by side."""
    _begin(
        story,
        "6   Attention, bare",
        "Every word looks at every word of its own sentence. To keep it short, the rows "
        "themselves are queries, keys and values; what follows holds with learned matrices, "
        "too. (The paper also multiplies the embeddings by √d_model first, section "
        "3.4; here they are left as they are, so that words and places weigh alike.)",
        "softmax(X Xᵀ / √d) X",
    )
    root: Any = np.sqrt(size)
    weights = [_shares(story, side, x, root) for side, x in zip(SIDES, both, strict=True)]
    _begin(
        story,
        "7   What each word takes",
        "The shares of a row, at the left, with the rows of all words, above: each word takes of "
        "every row as much as its share says, and adds up. That is its blend.",
        "blend = shares · X",
    )
    sides = zip(SIDES, weights, both, strict=True)
    return [_blend(story, side, w, x) for side, w, x in sides]


def _blend(story: Story, side: str, weights: Array, x: Array) -> Array:
    """What each word of one sentence takes (n, d): its shares meet the columns of X."""
    shown: dict[str, Any] = {"number_format": "share", "line": True}
    title = f"Shares of the {side} sentence"
    left = again(story, weights, f"{side}_shares", "weights", title, **shown)
    above = again(story, x, f"{side}_values", f"X_{side}", f"Rows of the {side} sentence")
    note, told = "What each word takes.", {"title": f"Blends of the {side} sentence"}
    return product(story, left, above, f"{side}_blend", "weights X", note, role="blend", **told)


def _shares(story: Story, side: str, x: Array, root: Array) -> Array:
    """Who looks at whom in one sentence (n, n): its rows meet its own columns."""
    title = f"Rows of the {side} sentence"
    rows = again(story, x, f"{side}_rows", f"X_{side}", title, line=True)
    columns = again(story, x.T, f"{side}_columns", f"X_{side}ᵀ", "The same, turned")
    note, told = "How well the words fit.", {"title": f"Scores of the {side} sentence"}
    scores = product(story, rows, columns, f"{side}_scores", "X Xᵀ", note, role="scores", **told)
    exponentials = NUMPY.exp(below_largest(scores) / root)
    equation, note, role = "exp((s − max) / √d)", "1 for the best.", "softmax exponentials"
    story.show(exponentials, f"{side}_exp", equation, note, role=role, workings=True)
    weights, title = shares(exponentials), f"Shares of the {side} sentence"
    note, role = "Who looks at whom.", "attention weights"
    return story.show(weights, f"{side}_weights", "", note, title=title, role=role)


def _compare(story: Story, first: Array, second: Array, again: Array) -> None:
    """The blends (n, d) of both sentences; `again`: the place of each row in the first (n, 1)."""
    _begin(
        story,
        "8   What attention cannot tell",
        "Put the blends of the first sentence in the order of the second and subtract. With "
        "the switch at 0 nothing is left: every word gets the same blend, wherever it "
        "stands. Attention alone sees a bag of words and cannot tell who does what to whom. "
        "And where a word stands twice, its two rows are the same: their distance is 0. Now "
        "set use_positions to 1: the differences appear, and equal words come apart.",
        "Attention(π X) = π Attention(X)",
    )
    labels = second.labels
    picked = embedding(first, again[:, 0])
    note = "The blends of the first sentence, in the order of the second."
    title, equation = "First blends, reordered", "first_blend[row]"
    story.show(picked, "first_reordered", equation, note, title=title, labels=labels)
    difference, note = second - picked, "0 wherever the order makes no difference."
    equation, title = "second_blend − first_reordered", "Second blends less these"
    story.show(difference, "difference", equation, note, title=title, labels=labels)
    note, title = "The largest of them.", "Largest difference"
    largest, equation = deviation(second, picked), "max |difference|"
    story.show(largest, "order_matters", equation, note, title=title, number_format="difference")
    story.place(largest, workings=True)
    verdict = NUMPY.where(
        largest < 1e-9,
        translate("attention cannot tell the two orders apart."),
        translate("attention tells the two orders apart."),
    )
    say(
        story, "order_told", "The blends differ by at most {far}: {verdict}",
        title="In words", decimals=2, placed={"line": True}, far=largest, verdict=verdict,
    )  # fmt: skip


def _distances_between(story: Story, rows: Array) -> None:
    """How far the rows (n, d) of a sentence are from each other: |a|² + |b|² − 2 a · b, (n, n)."""
    square, note = (rows * rows).sum(axis=1, keepdims=True), "Square of each row's length."
    title = "Squares of the lengths"
    story.show(square, "square", "Σ blend²", note, title=title, workings=True)
    product, note = rows @ rows.T, "Rows of the first sentence."
    title = "Dot products of the blends"
    story.show(product, "products", "blend blendᵀ", note, title=title, workings=True)
    between = NUMPY.maximum((square + square.T) - 2.0 * product, 0.0)
    note = "Square of the distance between two rows: 0 where they are the same."
    equation, title = "|a|² + |b|² − 2 a · b", "How far the first blends lie apart"
    labels = product.labels
    story.show(between, "rows_apart", equation, note, title=title, labels=labels, line=True)
