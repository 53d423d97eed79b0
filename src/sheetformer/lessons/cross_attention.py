"""Lesson: cross-attention, from words to the blend, every number a live formula.

The maths stands beside its words; the equation is Vaswani et al. 2017, section 3.2.1, equation 1:
Attention(Q, K, V) = softmax(Q Kᵀ / √d_k) V, with queries from the target and keys and values from
the source.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.graph.array import Array
from sheetformer.graph.elementary import exp, where
from sheetformer.graph.nn import HIDDEN
from sheetformer.language import translate
from sheetformer.lessons import figure1
from sheetformer.lessons.cross_attention_words import (
    GROUP,
    nearest_words,
    word_points,
    word_rows,
)
from sheetformer.lessons.learned import Learned, declare_learned
from sheetformer.lessons.sentence import Sentence, parse
from sheetformer.lessons.story import Lesson, order, scalar
from sheetformer.models.word_weights import load_word_weights
from sheetformer.story.check import check
from sheetformer.story.placement import Figure
from sheetformer.story.softmax_steps import shares
from sheetformer.story.story import Story
from sheetformer.story.strongest import strongest_word
from sheetformer.story.word_cells import Rows

TITLE = "Cross-attention, one step at a time"


def cross_attention(
    source: str = "I am happy", target: str = "eu sou feliz", formulas: str = "matrix"
) -> Book:
    """The lesson's book for an English source and a Portuguese target sentence.

    Args:
        source: 1 to 16 known English words; bars make the words between them one row.
        target: the same in Portuguese.
        formulas: "matrix" or "cell".

    Raises:
        WordError: a word is not known, or there are too few or too many.
    """
    weights = load_word_weights()
    english = parse(source, "source", weights.source_words)
    portuguese = parse(target, "target", weights.target_words)
    story = Story(TITLE)
    learned = declare_learned(story, weights)
    _steps(story, learned, english, portuguese)
    story.order = order(GROUP, "Transformer", "Check", "Nearest word")
    check(story)
    return build(story, formulas)


def _steps(story: Story, learned: Learned, english: Sentence, portuguese: Sentence) -> None:
    source_rows, target_rows = word_rows(story, learned, english, portuguese)
    story.figures.append(word_points(story, learned, source_rows, target_rows))
    query, key, value = _query_key_value(story, learned, source_rows.vectors, target_rows.vectors)
    scores = _compare(story, query, key)
    scaled, width = _scale(story, scores, learned.d_model)
    weights = _softmax(story, scaled, source_rows, width)
    _blend(story, learned, weights, value)
    story.figures.append(_map(story))


def _query_key_value(
    story: Story, learned: Learned, source: Array, target: Array
) -> tuple[Array, Array, Array]:
    story.stage(
        "3   Query, key, value",
        "Attention is a soft look-up. Each target word asks a question (query: what am I looking "
        "for?). Each source word makes an offer (key: what do I have?) and holds something to "
        "give (value: what do you get from me?). Set the switch to 0 to see the bare idea first: "
        "then the embeddings themselves are queries, keys and values.",
        "Q = X W_Q,  K = X W_K,  V = X W_V",
        GROUP,
    )
    switch = learned.switch(story)
    matrices = [
        story.show(
            np.where(switch, learned_matrix, learned.identity),
            f"W_{letter}",
            "learned, or identity",
            f"Turns a word into its {word} (sheet Learned).",
        )
        for letter, word, learned_matrix in zip(
            "QKV", ("query", "key", "value"), learned.matrices, strict=True
        )
    ]
    story.place(matrices[0], line=True)
    w_q, w_k, w_v = matrices
    note = "Query: what each target word asks for."
    query = story.show(target @ w_q, "Q_", "X_target W_Q", note, role="query", line=True)
    note = "Key: what each source word offers."
    key = story.show(source @ w_k, "K_", "X_source W_K", note, role="key")
    note = "Value: what each source word gives."
    return query, key, story.show(source @ w_v, "V_", "X_source W_V", note, role="value")


def _compare(story: Story, query: Array, key: Array) -> Array:
    story.stage(
        "4   Compare",
        "Every question meets every offer: the dot product of a query and a key is large where "
        "they fit. One row for each target word, one column for each source word.",
        "scores = Q Kᵀ",
        GROUP,
    )
    note = "How well each question fits each offer."
    return story.show(query @ key.T, "scores", note=note, role="scores")


def _scale(story: Story, scores: Array, d_model: int) -> tuple[Array, Array]:
    story.stage(
        "5   Scale",
        "A dot product of many numbers is large, and softmax answers large scores with almost all "
        "or nothing. Where a share p is near 0 or 1, its slope p(1 − p) is near 0, and learning "
        "nearly stops. Dividing by √d_k keeps the scores in a range where every word can still "
        "learn: the lesson scaling measures it, and in the lesson softmax a temperature does the "
        "same.",
        "scaled = Q Kᵀ / √d_k",
        GROUP,
    )
    width = scalar(story, float(d_model), "d_k", "Numbers in a query.")
    scaled: Any = scores / np.sqrt(width)
    story.show(scaled, "scaled", "scores / √d_k", "The smaller scores.", role="scaled scores")
    spread = "Largest less smallest score of the row."
    story.show(_spread(scores), "spread_before", "max − min", f"{spread} Before.")
    story.show(_spread(scaled), "spread_after", "max − min", f"{spread} After.")
    return scaled, width


def _spread(scores: Array) -> Array:
    highest, lowest = (m(axis=1, keepdims=True) for m in (scores.max, scores.min))
    return highest - lowest


def _softmax(story: Story, scaled: Array, source: Rows, width: Array) -> Array:
    scale = story.stage_of(scaled.node)
    story.stage(
        "6   Softmax",
        "Scores become shares: no share is negative, and every row adds up to 100 %. A source cell "
        "without a known word is left out: its score becomes −∞ and its share exactly 0. "
        "Subtracting the row's largest score changes nothing in the shares, but keeps the "
        "exponentials small enough for any computer (lesson softmax).",
        "softmax(z) = exp(z) / Σ exp(z)",
        GROUP,
    )
    words = (None, scaled.labels[1])
    note = "1 where a known word stands."
    known = story.show(
        source.known(), "is_word", "number > 0", note, number_format="mask", labels=words
    )
    masked = where(known, scaled, HIDDEN)
    story.show(masked, "masked", "scaled, or −∞", "Only words count.", role="masked scores")
    shifted, exponentials, total = _exponentials(story, masked)
    note = "Who looks at whom: the attention weights."
    weights = _shares(story, exponentials / total, known, "weights", note)
    story.place(weights, line=True)
    _row_totals(story, weights, source)
    _unscaled(story, shifted, known, width, scale)
    _slope(story, weights, scale)
    return weights


def _exponentials(story: Story, masked: Array) -> tuple[Array, Array, Array]:
    """The scores less their row's largest, their exponentials, and the sum of these."""
    largest = masked.max(axis=1, keepdims=True)
    story.show(largest, "row_max", note="Largest score of the row.", role="softmax max")
    note = "0 for the best, less for others."
    shifted = story.show(masked - largest, "shifted", "masked − max", note)
    exponentials = exp(shifted)
    note = "Positive, 1 for the best."
    role = "softmax exponentials"
    story.show(exponentials, "exponentials", "exp(shifted)", note, role=role)
    total = exponentials.sum(axis=1, keepdims=True)
    story.show(total, "row_sum", note="Sum of the row.", role="softmax sum")
    return shifted, exponentials, total


def _row_totals(story: Story, weights: Array, source: Rows) -> None:
    """What a row of weights adds up to, and the word with the largest."""
    whole = weights.sum(axis=1, keepdims=True)
    story.show(whole, "row_total", "Σ", "Every row adds to 100 %.", number_format="share")
    notes = ("Its column, from 0.", "The word there.")
    strongest_word(story, weights, source.words[:, 0], ("best_column", "looks_at"), notes)


def _shares(story: Story, shared: Array, known: Array, name: str, note: str) -> Array:
    """Shares as attention weights: 0 for what is no word, even where nothing else is left."""
    weights = where(known, shared, 0.0)
    return story.show(weights, name, note=note, role="attention weights")


def _unscaled(story: Story, shifted: Array, known: Array, width: Array, stage: int) -> None:
    """What step 6 would give without the division by √d_k: it stands beside the division."""
    exponentials = exp(shifted * np.sqrt(width))
    note = "Without dividing: exponentials of the scores as step 6 shifts them, times √d_k …"
    equation = "exp(shifted · √d_k)"
    story.show(exponentials, "unscaled_exp", equation, note, stage=stage, line=True)
    note = "… and the shares they give."
    weights = _shares(story, shares(exponentials), known, "unscaled_weights", note)
    story.place(weights, stage=stage)
    note = "How much each share still moves: 0 means stuck."
    slope = weights * (1.0 - weights)
    story.show(slope, "unscaled_slope", "p (1 − p)", note, number_format="slope", stage=stage)


def _slope(story: Story, weights: Array, stage: int) -> None:
    slope = weights * (1.0 - weights)
    note = "The same for the shares of step 6: these still move."
    story.show(
        slope, "scaled_slope", "p (1 − p)", note, number_format="slope", stage=stage, below=True
    )


def _blend(story: Story, learned: Learned, weights: Array, value: Array) -> None:
    stage = story.stage(
        "7   Blend",
        "Each target word takes from every source word's value as much as its share says. The "
        "blend is the target word as the source sentence tells it: named beside it is the "
        "Portuguese word whose embedding points in the most similar direction.",
        "blend = weights V",
        GROUP,
    )
    note = "The transformed target rows."
    blend = story.show(weights @ value, "blend", "weights V", note, role="blend")
    nearest_words(story, learned, blend, stage)


def _map(story: Story) -> Figure:
    number = story.stage(
        "Where this stands in the Transformer",
        "The seven steps are the marked box of the paper's figure 1: there the decoder, writing "
        "the target, looks at what the encoder has read. In a whole Transformer it has several "
        "heads side by side, each with its own matrices. Source: Vaswani et al. 2017, Attention "
        "Is All You Need, figure 1, and section 3.2.1, equation 1.",
        "softmax(Q Kᵀ / √d_k) V",
        "Transformer",
    )
    return Figure(
        number, figure1.ROWS, figure1.COLUMNS, figure1.transformer_map(translate("← you are here"))
    )


LESSON = Lesson(
    TITLE,
    "How the words of a translation look at the words of its source.",
    cross_attention,
    picture=6,
)
