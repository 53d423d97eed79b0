"""Lesson: cross-attention, from words to the blend, every number a live formula.

The maths stands beside its words; the equation is Vaswani et al. 2017, section 3.2.1, equation 1:
Attention(Q, K, V) = softmax(Q Kᵀ / √d_k) V, with queries from the target and keys and values from
the source. The story is that of a talk: Fernando Marcos Wittmann, Intuition Behind the Attention
Mechanism from Transformers using Spreadsheets, 2023.
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
from sheetformer.lessons.cross_attention_idea import idea
from sheetformer.lessons.cross_attention_questions import questions
from sheetformer.lessons.cross_attention_result import after_the_blend, explosion
from sheetformer.lessons.cross_attention_words import GROUP, word_points, word_rows
from sheetformer.lessons.learned import Learned, declare_learned
from sheetformer.lessons.sentence import Sentence, parse
from sheetformer.lessons.story import Lesson, order, scalar
from sheetformer.models.word_weights import load_word_weights
from sheetformer.story.check import check
from sheetformer.story.operands import again, product
from sheetformer.story.placement import Figure
from sheetformer.story.questions import ask
from sheetformer.story.story import Story
from sheetformer.story.strongest import strongest_word
from sheetformer.story.word_cells import Rows, spoken_words

TITLE = "Cross-attention, one step at a time"


def cross_attention(
    source: str = "I am happy", target: str = "eu sou feliz", formulas: str = "matrix"
) -> Book:
    """The lesson's book for an English source and a Portuguese target sentence.

    Args:
        source: 1 to 16 known English words; bars make the words between them one row.
        target: the same in Portuguese.
        formulas: "matrix", "cell" or "named".

    Raises:
        WordError: a word is not known, or there are too few or too many.
    """
    weights = load_word_weights()
    english = parse(source, "source", weights.source_words)
    portuguese = parse(target, "target", weights.target_words)
    story = Story(TITLE, head=LESSON.head())
    learned = declare_learned(story, weights)
    idea(story, learned, weights)
    _steps(story, learned, english, portuguese)
    story.order = order("The idea", GROUP, "Transformer", "Check", "Nearest word")
    check(story)
    return build(story, formulas)


def _steps(story: Story, learned: Learned, english: Sentence, portuguese: Sentence) -> None:
    source, target = word_rows(story, learned, english, portuguese)
    word_points(story, learned, source, target)
    query, key, value = _query_key_value(story, learned, source.vectors, target.vectors)
    scores = _compare(story, query, key)
    scaled, width = _scale(story, scores, learned.d_model)
    weights, shifted, known = _softmax(story, scaled, source)
    blend = _blend(story, weights, value)
    after_the_blend(story, learned, source, target, weights, value, blend)
    explosion(story, weights, shifted, known, width)
    questions(story, source, target, weights, known, learned.d_model)
    ask(story, GROUP)
    story.figures.append(_map(story))


def _query_key_value(
    story: Story, learned: Learned, source: Array, target: Array
) -> tuple[Array, Array, Array]:
    story.stage(
        "3   Query, key, value",
        "Attention is a search. The query is what you type into a search box, the keys are the "
        "titles that it is compared with, the values are the contents that you get. Each target "
        "word asks; each source word has a title and a content. All three are made by a matrix "
        "that was learned: a linear map. Set the switch to 0 to see the embeddings themselves.",
        "Q = X W_Q,  K = X W_K,  V = X W_V",
        GROUP,
    )
    switch = learned.switch(story)
    asked = again(story, target, "X_asks", "X_target", "Target words, which ask", line=True)
    query = _mapped(story, learned, switch, asked, "Q", "Queries", "What each target word asks.")
    offered = again(story, source, "X_answers", "X_source", "Source words, which answer", line=True)
    story.place(switch, before=offered)
    note = "What each source word has to offer."
    key = _mapped(story, learned, switch, offered, "K", "Keys", note)
    note = "What each source word gives."
    return query, key, _mapped(story, learned, switch, offered, "V", "Values", note)


def _mapped(
    story: Story, learned: Learned, switch: Array, x: Array, letter: str, title: str, note: str
) -> Array:
    """X W with the matrix W over the product: (n, d) → (n, d)."""
    matrix = learned.matrices["QKV".index(letter)]
    w = np.where(switch, matrix, learned.identity)
    role = {"Q": "query", "K": "key", "V": "value"}[letter]
    made = story.show(x @ w, f"{letter}_", f"X W_{letter}", note, title=title, role=role)
    about = {"Q": "Makes queries", "K": "Makes keys", "V": "Makes values"}[letter]
    equation = "learned, or identity"
    story.show(w, f"W_{letter}", equation, title=about, over=made)
    return made


def _compare(story: Story, query: Array, key: Array) -> Array:
    story.stage(
        "4   Compare",
        "Every question meets every offer: each row of Q at the left with each column of Kᵀ "
        "above, number by number, multiplied and added up (dot product). Where a question fits an "
        "offer the score is large. One row for each target word, one column for each source word.",
        "scores = Q Kᵀ",
        GROUP,
    )
    asking = again(story, query, "Q_rows", "Q", "Queries")
    offering = again(story, key.T, "K_columns", "Kᵀ", "Keys, turned")
    note, told = "How well each question fits each offer.", {"title": "Scores", "role": "scores"}
    return product(story, asking, offering, "scores", "Q Kᵀ", note, **told)


def _scale(story: Story, scores: Array, d_model: int) -> tuple[Array, Array]:
    story.stage(
        "5   Scale",
        "A dot product of many numbers is large: the more numbers, the larger. Dividing by the "
        "root of their count, √d_k, brings the scores back to one size. Step 10 shows what "
        "happens without it.",
        "scaled = Q Kᵀ / √d_k",
        GROUP,
    )
    note, title = "Numbers in a query.", "How many numbers"
    width = scalar(story, float(d_model), "d_k", note, title=title)
    note, title = "What scores are divided by.", "Its root"
    root = story.show(np.sqrt(width), "root", "√d_k", note, title=title)
    scaled: Any = scores / root
    note = "The scores above, over √d_k."
    story.show(scaled, "scaled", "scores / √d_k", note, role="scaled scores")
    return scaled, width


def _softmax(story: Story, scaled: Array, source: Rows) -> tuple[Array, Array, Array]:
    """The attention weights (m, n), what softmax made them from, and which words are known."""
    story.stage(
        "6   Softmax",
        "Scores become shares: e to the power of each score, over the sum of its row. No share is "
        "negative, and every row adds up to 100 %. A source cell without a known word gets "
        "exactly 0. Equal source words get equal shares: nothing here knows which comes first "
        "(lesson positions). The workings subtract the row's largest score first, which changes no "
        "share (lesson softmax).",
        "softmax(z) = exp(z) / Σ exp(z)",
        GROUP,
    )
    known, shifted = _workings(story, scaled, source)
    exponentials = exp(shifted)
    note = "1 for the best of the row."
    role = "softmax exponentials"
    story.show(exponentials, "exponentials", "exp(shifted)", note, role=role)
    total = exponentials.sum(axis=1, keepdims=True)
    story.show(total, "row_sum", "Σ exp", "", role="softmax sum")
    weights = where(known, exponentials / total, 0.0)
    note = "Who looks at whom."
    role = "attention weights"
    story.show(weights, "weights", "exp / Σ exp", note, role=role, number_format="share")
    whole = weights.sum(axis=1, keepdims=True)
    note = "100 %, or 0 where no source word is known."
    title = "All shares together"
    story.show(whole, "row_total", "Σ", note, title=title, number_format="share", line=True)
    notes = ("Its column, from 0.", "")
    names, titles = ("best_column", "looks_at"), ("", "Looks most at")
    words = spoken_words(story, source, "source_said")[:, 0]
    strongest_word(story, weights, words, names, notes, titles=titles, shares=True)
    story.place(story.named("best_column"), workings=True)
    return weights, shifted, known


def _workings(story: Story, scaled: Array, source: Rows) -> tuple[Array, Array]:
    """Which source words are known (1, n), and the scores less the largest of their row (m, n)."""
    words = (None, scaled.labels[1])
    note = "1 where a known word stands."
    title = "Which are words"
    known = story.show(
        source.known(), "is_word", "number > 0", note, title=title, number_format="mask",
        labels=words, workings=True,
    )  # fmt: skip
    masked = where(known, scaled, HIDDEN)
    note = "Only words count."
    role = "masked scores"
    story.show(masked, "masked", "scaled, or −∞", note, role=role, workings=True)
    largest = masked.max(axis=1, keepdims=True)
    story.show(largest, "row_max", "max", "", role="softmax max", workings=True)
    note = "0 for the best, less for others."
    shifted = masked - largest
    role = "below the largest"
    story.show(shifted, "shifted", "masked − max", note, role=role, workings=True)
    return known, shifted


def _blend(story: Story, weights: Array, value: Array) -> Array:
    story.stage(
        "7   Blend",
        "Each target word takes from every source word's value as much as its share says: its row "
        "of shares at the left, times the columns of V above. The blend is the target word as the "
        "source sentence tells it.",
        "blend = weights V",
        GROUP,
    )
    title = "Attention weights"
    shares = again(story, weights, "shares", "weights", title, number_format="share")
    values = again(story, value, "V_rows", "V", "Values")
    note = "The target words, made of source values."
    return product(story, shares, values, "blend", "weights V", note, role="blend")


def _map(story: Story) -> Figure:
    number = story.stage(
        "Where this stands in the Transformer",
        "Why a translation as the example? Attention was made for it (Bahdanau, Cho and Bengio "
        "2015): a word of the translation must find the words of the source that it comes from. "
        "The steps are the marked box of the paper's figure 1: there the decoder, writing "
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
    name="cross-attention",
    goal="explain every number of attention, from typed words to the blend",
    needs=("dot-product", "softmax"),
    minutes=30,
    blanks="scores, softmax, blend",
)
