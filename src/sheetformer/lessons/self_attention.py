"""Lesson: self-attention, where every word of a sentence looks at every word of the same sentence.

The equation is Vaswani et al. 2017, section 3.2.1, equation 1, with queries, keys and values all
from one X; section 3.2.3 names its two uses, in the encoder and, with later words hidden, in the
decoder. The learned numbers are those of the translator's encoder.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.nn import HIDDEN
from sheetformer.graph.node import Labels
from sheetformer.lessons.encoder_rows import (
    Encoder,
    Words,
    declare_encoder,
    declare_sentence,
    queries_keys_values,
    read_sentence,
)
from sheetformer.lessons.story import Lesson, either, order, scalar, sentences, switch
from sheetformer.models.decode import load_translator
from sheetformer.models.weights_file import SMALL
from sheetformer.story.check import check
from sheetformer.story.story import Story
from sheetformer.story.word_cells import Rows

TITLE = "Self-attention: a sentence looks at itself"
SENTENCE = "we see the red house"
STORY = "Attention"
SPARE = 1
"""Empty cells behind the sentence, if there is room: the padding of a batch."""


def self_attention(sentence: str = SENTENCE, formulas: str = "matrix") -> Book:
    """The lesson's book for an English sentence.

    Args:
        sentence: 1 to 8 known English words; bars make the words between them one row.
        formulas: "matrix" or "cell".

    Raises:
        WordError: a word is not known, or there are too few or too many.
    """
    model = load_translator(SMALL)
    words = read_sentence(sentence, model)
    room = min(model.weights.facts.max_words - len(words), SPARE)
    words += [[""] * len(words[0]) for _ in range(room)]
    story = Story(TITLE, order=order(STORY, "Check", "Input"))
    encoder = declare_encoder(story, model, ("w_q", "w_k", "w_v"))
    _tell(story, encoder, words, usual=sentence == SENTENCE)
    check(story)
    return build(story, formulas)


@dataclass(frozen=True)
class _Masks:
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


def _tell(story: Story, encoder: Encoder, words: Words, usual: bool) -> None:
    """All stages, in order."""
    rows, x = _words(story, encoder, words)
    query, key, value = _query_key_value(story, encoder, x)
    scaled = _compare(story, query, key, encoder.d_model)
    masks = _masks(story, rows)
    allowed, masked = _hide(story, scaled, masks)
    weights = _softmax(story, masked, allowed, usual)
    _strongest_words(story, weights, rows, masks)
    _blend(story, weights, value)


def _words(story: Story, encoder: Encoder, words: Words) -> tuple[Rows, Array]:
    story.stage(
        "1   One sentence, one table",
        "Each word becomes a row of learned numbers. All rows together are X, and everything below "
        "is made of this one X: that is the self in self-attention. An empty yellow cell is "
        "padding; step 4 says what that is for. Type another word in a yellow "
        "cell, or empty one, and watch everything follow.",
        "X: one row a word",
        STORY,
    )
    return declare_sentence(story, encoder, words, "it counts as an empty cell")


def _query_key_value(story: Story, encoder: Encoder, x: Array) -> tuple[Array, Array, Array]:
    story.stage(
        "2   Query, key and value of the same words",
        "Every word asks a question (query), makes an offer (key) and holds something to give "
        "(value). In cross-attention the questions come from one sentence and the rest from "
        "another; here all three are the same X, turned by three learned matrices (sheet Learned).",
        "Q = X W_Q,  K = X W_K,  V = X W_V",
        STORY,
    )
    return queries_keys_values(story, encoder, x, "Query: what each word asks for.")


def _compare(story: Story, query: Array, key: Array, d_model: int) -> Array:
    story.stage(
        "3   Compare and scale",
        "Every question meets every offer of the same sentence, its own too: as many rows as "
        "columns. Their dot product is the score, large where the two fit. Dividing by √d_k keeps "
        "the scores in a range where softmax can still share.",
        "scaled = Q Kᵀ / √d_k",
        STORY,
    )
    width = scalar(story, float(d_model), "d_k", "Numbers in a query.")
    note = "How well each question fits each offer."
    scores = story.show(query @ key.T, "scores", note=note, role="scores", line=True)
    scaled, note = scores / np.sqrt(width), "The smaller scores."
    return story.show(scaled, "scaled", "scores / √d_k", note, role="scaled scores")


def _masks(story: Story, rows: Rows) -> _Masks:
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
    causal = switch(story, "causal", "1: later words are hidden. 0: all may be seen.", on=False)
    hide = switch(story, "hide_padding", "1: empty cells are hidden. 0: they may be seen.")
    words: Labels = rows.words.ids[:, 0].astype(object)
    place = story.constant(
        np.arange(1.0, rows.vectors.shape[0] + 1)[:, None],
        "place",
        note="Place in the sentence.",
        labels=[words, None],
        number_format="integer",
    )
    known = story.show(
        _known(rows),
        "is_word",
        "number > 0",
        "1 where a word stands.",
        number_format="integer",
        labels=(words, None),
    )
    square = (words, words)
    earlier = NUMPY.greater_equal(place, place.T)
    note = "1 for the word itself and what came before."
    equation = "column ≤ row"
    story.show(
        earlier, "causal_mask", equation, note, number_format="mask", labels=square, line=True
    )
    both, note = known * known.T, "1 where both row and column hold a word."
    story.show(both, "padding_mask", "word · wordᵀ", note, number_format="mask", labels=square)
    return _Masks(causal, hide, earlier, both, known, place)


def _known(rows: Rows) -> Array:
    """1 where a row holds a known word: (n, k) → (n, 1)."""
    numbers = rows.numbers
    return (numbers if numbers.shape[1] == 1 else numbers.max(axis=1, keepdims=True)) > 0.0


def _hide(story: Story, scaled: Array, masks: _Masks) -> tuple[Array, Array]:
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
    story.show(allowed, "allowed", "both masks", note, number_format="mask", labels=scaled.labels)
    masked, note = NUMPY.where(allowed, scaled, HIDDEN), "The scores that count."
    story.show(masked, "masked", "scaled, or −∞", note, role="masked scores", labels=scaled.labels)
    return allowed, masked


def _softmax(story: Story, masked: Array, allowed: Array, usual: bool) -> Array:
    story.stage(
        "6   Softmax: who looks at whom",
        sentences(either(usual, _READ_USUAL, _READ), _TRY),
        "softmax(Q Kᵀ / √d_k)",
        STORY,
    )
    largest = masked.max(axis=1, keepdims=True)
    story.show(largest, "row_max", note="Largest score of the row.", role="softmax max")
    exponentials, note = np.exp(masked - largest), "1 for the best, 0 for the hidden."
    role = "softmax exponentials"
    story.show(exponentials, "exponentials", "exp(masked − max)", note, role=role)
    total = exponentials.sum(axis=1, keepdims=True)
    story.show(total, "row_sum", note="Sum of the row.", role="softmax sum")
    weights = NUMPY.where(allowed, exponentials / total, 0.0)
    story.show(
        weights,
        "weights",
        "exp / Σ exp",
        "Exactly 0 where nobody may look. A row of padding has nothing to share: all 0.",
        role="masked attention weights",
        labels=masked.labels,
        line=True,
    )
    whole = weights.sum(axis=1, keepdims=True)
    story.show(whole, "row_total", "Σ", "100 %, or 0 for padding.", number_format="share")
    return weights


_READ_USUAL = (
    "Scores become shares. Look at the rows “the” and “red”: most of their attention goes to "
    "“house”. That is useful to a translator: in Portuguese the two become “a” and “vermelha”, "
    "because “casa” is feminine. Nobody said so; the encoder learned it from translations."
)
_READ = (
    "Scores become shares: each row says how much a word takes from every word of the sentence. "
    "Nobody said where to look; the encoder learned it from translations."
)
_TRY = (
    "Now set causal to 1: the first word sees only itself, and an article cannot see the noun "
    "that follows. So the encoder, which reads a finished sentence, has no causal mask; the "
    "decoder has one. Or set hide_padding to 0 and see shares leak into empty cells."
)


def _strongest_words(story: Story, weights: Array, rows: Rows, masks: _Masks) -> None:
    """The word that each row looks at most; a row of padding has no share, and names itself."""
    largest = weights.argmax(axis=1, keepdims=True)
    best = NUMPY.where(masks.known, largest, masks.place - 1.0)
    note = "Its column, from 0; padding: itself."
    story.show(best, "best_column", "argmax", note, number_format="integer")
    story.show(rows.name_of(best), "looks_at", "", "Most of all at …")


def _blend(story: Story, weights: Array, value: Array) -> None:
    story.stage(
        "7   Blend",
        "Each word takes from every word's value as much as its share says, so its new row can "
        "hold something of the others: an adjective something of its noun. A row of padding is 0. "
        "With causal at 1, type another last word: all rows before it stay as they are. So a "
        "decoder can be trained on all words of a sentence at once.",
        "blend = weights V",
        STORY,
    )
    note = "Every word, with what it took from the others."
    story.show(weights @ value, "blend", "weights V", note, role="blend")


LESSON = Lesson(
    TITLE,
    "How the words of one sentence look at each other, and what masks hide.",
    self_attention,
    picture=6,
)
