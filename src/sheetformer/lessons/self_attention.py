"""Lesson: self-attention, where every word of a sentence looks at every word of the same sentence.

The equation is Vaswani et al. 2017, section 3.2.1, equation 1, with queries, keys and values all
from one X; section 3.2.3 names its two uses, in the encoder and, with later words hidden, in the
decoder. The learned numbers are those of the translator's encoder.
"""

from __future__ import annotations

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import embedding
from sheetformer.lessons.encoder_rows import (
    Encoder,
    Words,
    declare_encoder,
    declare_sentence,
    queries_keys_values,
    read_sentence,
)
from sheetformer.lessons.self_attention_masks import STORY, Masks, declare_masks, hide
from sheetformer.lessons.self_attention_questions import questions
from sheetformer.lessons.story import Lesson, either, order, scalar, sentences
from sheetformer.models.decode import load_translator
from sheetformer.models.weights_file import SMALL
from sheetformer.story.check import check
from sheetformer.story.operands import again, product
from sheetformer.story.questions import ask
from sheetformer.story.story import Story
from sheetformer.story.strongest import seen_in_words
from sheetformer.story.word_cells import Rows, spoken_words

TITLE = "Self-attention: a sentence looks at itself"
SENTENCE = "we see the red house"
WIDE = 19
"""Columns of two blocks side by side, eight numbers and the words of each."""
SPARE = 1
"""Empty cells behind the sentence, if there is room: the padding of a batch."""


def self_attention(sentence: str = SENTENCE, formulas: str = "matrix") -> Book:
    """The lesson's book for an English sentence.

    Args:
        sentence: 1 to 8 known English words; bars make the words between them one row.
        formulas: "matrix", "cell" or "named".

    Raises:
        WordError: a word is not known, or there are too few or too many.
    """
    model = load_translator(SMALL)
    words = read_sentence(sentence, model)
    room = min(model.weights.facts.max_words - len(words), SPARE)
    words += [[""] * len(words[0]) for _ in range(room)]
    story = Story(TITLE, order=order(STORY, "Check", "Input"), head=LESSON.head())
    encoder = declare_encoder(story, model, ("w_q", "w_k", "w_v"))
    _tell(story, encoder, words, usual=sentence == SENTENCE)
    check(story)
    return build(story, formulas)


def _tell(story: Story, encoder: Encoder, words: Words, usual: bool) -> None:
    """All stages, in order."""
    rows, x = _words(story, encoder, words)
    query, key, value = _query_key_value(story, encoder, x)
    scaled = _compare(story, query, key, encoder.d_model)
    masks = declare_masks(story, rows)
    allowed, masked = hide(story, scaled, masks)
    weights = _softmax(story, masked, allowed, usual)
    looks = _strongest_words(story, weights, rows, masks)
    seen_in_words(story, "looks_told", weights, rows, looks, "In words", line=True)
    _blend(story, weights, value)
    questions(story, rows, weights, masks)
    ask(story, STORY)


def _words(story: Story, encoder: Encoder, words: Words) -> tuple[Rows, Array]:
    story.stage(
        "1   One sentence, one table",
        "Each word becomes a row of learned numbers. All rows together are X, and everything below "
        "is made of this one X: that is the self in self-attention. The place of a word is in its "
        "row, too (sheet Input, lesson positions): the same word twice is two rows, and gets two "
        "shares. An empty yellow cell is padding; step 4 says what that is for. Type another word "
        "in a yellow cell, or empty one, and watch everything follow.",
        "X: one row a word",
        STORY,
    )
    return declare_sentence(story, encoder, words, "it counts as an empty cell")


def _query_key_value(story: Story, encoder: Encoder, x: Array) -> tuple[Array, Array, Array]:
    story.stage(
        "2   Query, key and value of the same words",
        "Every word asks a question (query), makes an offer (key) and holds something to give "
        "(value). In cross-attention the questions come from one sentence and the rest from "
        "another; here all three come from the same X: its rows at the left, with the columns of "
        "a learned matrix above.",
        "Q = X W_Q,  K = X W_K,  V = X W_V",
        STORY,
        WIDE,
    )
    return queries_keys_values(story, encoder, x, "Query: what each word asks for.")


def _compare(story: Story, query: Array, key: Array, d_model: int) -> Array:
    story.stage(
        "3   Compare and scale",
        "Every question, at the left, meets every offer of the same sentence, above, its own too: "
        "as many rows as columns. Their dot product is the score, large where the two fit. "
        "Dividing by √d_k keeps the scores in a range where softmax can still share.",
        "scaled = Q Kᵀ / √d_k",
        STORY,
    )
    asking = again(story, query, "Q_rows", "Q", "Queries")
    offering = again(story, key.T, "K_columns", "Kᵀ", "Keys, turned")
    note, told = "How well each question fits each offer.", {"title": "Scores", "role": "scores"}
    scores = product(story, asking, offering, "scores", "Q Kᵀ", note, **told)
    note, title = "Numbers in a query.", "How many numbers"
    width = scalar(story, float(d_model), "d_k", note, title=title, line=True)
    note, title = "What scores are divided by.", "Its root"
    root = story.show(np.sqrt(width), "root", "√d_k", note, title=title)
    scaled, note = scores / root, "The scores above, over √d_k."
    return story.show(scaled, "scaled", "scores / √d_k", note, role="scaled scores")


def _softmax(story: Story, masked: Array, allowed: Array, usual: bool) -> Array:
    story.stage(
        "6   Softmax: who looks at whom",
        sentences(either(usual, _READ_USUAL, _READ), _TRY),
        "softmax(Q Kᵀ / √d_k)",
        STORY,
    )
    largest = masked.max(axis=1, keepdims=True)
    note, role = "Largest score of the row.", "softmax max"
    story.show(largest, "row_max", note=note, role=role, workings=True)
    exponentials = np.exp(masked - largest)
    note = "1 for the best, 0 for the hidden; in a row where all are hidden, all 1."
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
    note, title = "100 %, or 0 for padding.", "All shares together"
    story.show(whole, "row_total", "Σ", note, title=title, number_format="share")
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


def _strongest_words(story: Story, weights: Array, rows: Rows, masks: Masks) -> Array:
    """The word that each row looks at most; a row of padding has no share, and names itself."""
    largest = weights.argmax(axis=1, keepdims=True)
    best = NUMPY.where(masks.known, largest, masks.place - 1.0)
    note, shown = "Its column, from 0; padding: itself.", "integer"
    story.show(best, "best_column", "argmax", note, number_format=shown, workings=True)
    title = "Looks most at"
    words = spoken_words(story, rows, "said_words")
    return story.show(embedding(words[:, 0], best), "looks_at", "", "", title=title, workings=True)


def _blend(story: Story, weights: Array, value: Array) -> None:
    story.stage(
        "7   Blend",
        "Each word takes from every word's value as much as its share says: its row of shares at "
        "the left, times the columns of V above. So its new row can hold something of the others: "
        "an adjective something of its noun. A row of padding is 0. "
        "With causal at 1, type another last word: all rows before it stay as they are. So a "
        "decoder can be trained on all words of a sentence at once.",
        "blend = weights V",
        STORY,
    )
    title = "Attention weights"
    shares = again(story, weights, "shares", "weights", title, number_format="share")
    values = again(story, value, "V_rows", "V", "Values")
    note = "Every word, with what it took from the others."
    product(story, shares, values, "blend", "weights V", note, role="blend")


LESSON = Lesson(
    TITLE,
    "How the words of one sentence look at each other, and what masks hide.",
    self_attention,
    picture=6,
    name="self-attention",
    goal="follow how the words of one sentence look at each other, and hide words with masks",
    needs=("cross-attention", "positions"),
    minutes=25,
    blanks="scores, scaled, masked, weights",
)
