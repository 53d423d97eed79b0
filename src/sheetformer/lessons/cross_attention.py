"""Lesson: cross-attention, from words to the blend, every number a live formula.

The maths stands beside its words; the equation is Vaswani et al. 2017, section 3.2.1, equation 1:
Attention(Q, K, V) = softmax(Q Kᵀ / √d_k) V, with queries from the target and keys and values from
the source.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.check import check
from sheetformer.book.figures import WordMap
from sheetformer.book.layout import Figure
from sheetformer.book.workbook import Book
from sheetformer.graph.array import Array
from sheetformer.graph.functions import inside, show
from sheetformer.graph.nn import HIDDEN
from sheetformer.graph.node import Graph
from sheetformer.language import translate
from sheetformer.lessons import figure1
from sheetformer.lessons.learned import Learned, declare_learned
from sheetformer.lessons.sentence import Sentence, parse
from sheetformer.lessons.story import Lesson, constant, order, stage
from sheetformer.translator.cells import Rows, cosine, declare_rows, lengths
from sheetformer.translator.word_weights import load_word_weights

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
    graph = Graph()
    learned = declare_learned(graph, weights)
    figures = _story(graph, learned, english, portuguese)
    check(graph)
    return build(
        graph, TITLE, formulas, figures, order("Attention", "Transformer", "Check", "Nearest word")
    )


def _story(graph: Graph, learned: Learned, english: Sentence, portuguese: Sentence) -> list[Figure]:
    asked, told = _words(graph, learned, english, portuguese)
    figures = [_points(graph, learned, asked, told)]
    query, key, value = _query_key_value(graph, learned, asked.vectors, told.vectors)
    scores = _compare(graph, query, key)
    scaled, width = _scale(graph, scores, learned.d_model)
    weights = _softmax(graph, scaled, asked, width)
    _blend(graph, learned, weights, value)
    figures.append(_map(graph))
    return figures


def _words(
    graph: Graph, learned: Learned, english: Sentence, portuguese: Sentence
) -> tuple[Rows, Rows]:
    stage(
        graph,
        "1   Words become numbers",
        "A computer does not know what words mean, but it can compare numbers. Each word is looked "
        "up in a table that was learned from thousands of phrase pairs, and becomes a row of "
        "numbers: its embedding. Type another word in a yellow cell and watch everything follow. "
        "Empty an English one: step 6 leaves it out.",
        "X = E[number of the word]",
    )
    source = declare_rows(
        graph, "source", "English", english.table(), learned.english, "it is left out"
    )
    target = declare_rows(graph, "target", "Portuguese", portuguese.table(), learned.portuguese)
    return source, target


def _points(graph: Graph, learned: Learned, source: Rows, target: Rows) -> Figure:
    number = stage(
        graph,
        "2   Words as points",
        "The first two numbers of each word are its place on a map: words that mean the same "
        "mostly lie close together, in both languages. How alike two words are can also be "
        "computed: multiply their numbers pairwise and add up (dot product), or compare only their "
        "directions (cosine, from −1 to 1).",
        "cos(a, b) = a · b / (|a| |b|)",
    )
    source_length = lengths(source.vectors, "source_length", "Length of each source row.")
    target_length = lengths(target.vectors, "target_length", "Length of each target row.")
    dot = show(
        target.vectors @ source.vectors.T,
        "dot_product",
        "X_target X_sourceᵀ",
        "Target by source: large where the numbers point the same way.",
    )
    alike = cosine(dot, target_length, source_length)
    show(alike, "cosine", "dot / (|a| |b|)", "Without the lengths: 1 is the same direction.")
    alike.node.flow = "below"
    for array in (source_length, target_length):
        array.node.rank = 1
    source_length.node.flow = "line"
    groups = ((translate("English"), source.vectors), (translate("Portuguese"), target.vectors))
    title = translate("Words on the map: ● English, ◆ Portuguese")
    tables = (learned.english.vectors, learned.portuguese.vectors)
    # One map for all sentences, so that near looks near whatever is typed.
    reach = math.ceil(max(np.abs(table.value[:, :2]).max() for table in tables))
    drawing = WordMap(
        title, (translate("first number (d1)"), translate("second number (d2)")), groups, reach
    )
    return Figure(number, 15, 10, drawing, before="dot_product", flow="line")


def _query_key_value(
    graph: Graph, learned: Learned, source: Array, target: Array
) -> tuple[Array, Array, Array]:
    stage(
        graph,
        "3   Query, key, value",
        "Attention is a soft look-up. Each target word asks a question (query: what am I looking "
        "for?). Each source word makes an offer (key: what do I have?) and holds something to "
        "give (value: what do you get from me?). Set the switch to 0 to see the bare idea first: "
        "then the embeddings themselves are queries, keys and values.",
        "Q = X W_Q,  K = X W_K,  V = X W_V",
    )
    switch = learned.switch(graph)
    matrices = [
        show(
            np.where(switch, learned_matrix, learned.identity),
            f"W_{letter}",
            "learned, or identity",
            f"Turns a word into its {word} (sheet Learned).",
        )
        for letter, word, learned_matrix in zip(
            "QKV", ("query", "key", "value"), learned.matrices, strict=True
        )
    ]
    matrices[0].node.flow = "line"
    told = (
        ("Q_", "X_target W_Q", "Query: what each target word asks for."),
        ("K_", "X_source W_K", "Key: what each source word offers."),
        ("V_", "X_source W_V", "Value: what each source word gives."),
    )
    words = (target, source, source)
    projected = [
        show(x @ matrix, name, equation, note)
        for x, matrix, (name, equation, note) in zip(words, matrices, told, strict=True)
    ]
    projected[0].node.flow = "line"
    return projected[0], projected[1], projected[2]


def _compare(graph: Graph, query: Array, key: Array) -> Array:
    stage(
        graph,
        "4   Compare",
        "Every question meets every offer: the dot product of a query and a key is large where "
        "they fit. One row for each target word, one column for each source word.",
        "scores = Q Kᵀ",
    )
    return show(query @ key.T, "scores", "Q Kᵀ", "How well each question fits each offer.")


def _scale(graph: Graph, scores: Array, d_model: int) -> tuple[Array, Array]:
    stage(
        graph,
        "5   Scale",
        "A dot product of many numbers is large, and softmax answers large scores with almost all "
        "or nothing. Where a share p is near 0 or 1, its slope p(1 − p) is near 0, and learning "
        "nearly stops. Dividing by √d_k keeps the scores in a range where every word can still "
        "learn: the lesson scaling measures it, and in the lesson softmax a temperature does the "
        "same.",
        "scaled = Q Kᵀ / √d_k",
    )
    width = constant(graph, float(d_model), "d_k", "Numbers in a query.")
    scaled = show(scores / inside(np.sqrt(width)), "scaled", "scores / √d_k", "The smaller scores.")
    spread = "Largest less smallest score of the row."
    show(_spread(scores), "spread_before", "max − min", f"{spread} Before.")
    show(_spread(scaled), "spread_after", "max − min", f"{spread} After.")
    return scaled, width


def _spread(scores: Array) -> Array:
    highest, lowest = (m(axis=1, keepdims=True) for m in (scores.max, scores.min))
    return inside(highest) - inside(lowest)


def _softmax(graph: Graph, scaled: Array, source: Rows, width: Array) -> Array:
    scale = scaled.node.stage
    stage(
        graph,
        "6   Softmax",
        "Scores become shares: no share is negative, and every row adds up to 100 %. A source cell "
        "without a known word is left out: its score becomes −∞ and its share exactly 0. "
        "Subtracting the row's largest score changes nothing in the shares, but keeps the "
        "exponentials small enough for any computer (lesson softmax).",
        "softmax(z) = exp(z) / Σ exp(z)",
    )
    words = (None, scaled.labels[1])
    told = "1 where a known word stands."
    known = show(source.known(), "is_word", "number > 0", told, look="mask", labels=words)
    masked: Any = np.where(known, scaled, HIDDEN)
    show(masked, "masked", "scaled, or −∞", "Only words count.")
    largest = masked.max(axis=1, keepdims=True)
    show(largest, "row_max", "max", "Largest score of the row.")
    shifted = show(masked - largest, "shifted", "masked − max", "0 for the best, less for others.")
    raised = show(np.exp(shifted), "exponentials", "exp(shifted)", "Positive, 1 for the best.")
    total = raised.sum(axis=1, keepdims=True)
    show(total, "row_sum", "Σ exp", "Sum of the row.")
    told = "Who looks at whom: the attention weights."
    weights = _shares(raised, total, known, "weights", told)
    weights.node.flow = "line"
    whole = weights.sum(axis=1, keepdims=True)
    show(whole, "row_total", "Σ", "Every row adds to 100 %.", look="share")
    best = weights.argmax(axis=1, keepdims=True)
    show(best, "best_column", "", "Its column, from 0.", look="integer")
    show(source.name_of(best), "looks_at", "", "The word there.")
    for array in (*_unscaled(shifted, known, width), _slope(weights)):
        array.node.stage = scale
    return weights


def _shares(raised: Array, total: Array, known: Array, name: str, note: str) -> Array:
    """Exponentials over their sum; 0 for what is no word, even where nothing else is left."""
    shares: Any = np.where(known, inside(raised / total), 0.0)
    return show(shares, name, "exp / Σ exp", note, look="share")


def _unscaled(shifted: Array, known: Array, width: Array) -> tuple[Array, Array, Array]:
    """What step 6 would give without the division by √d_k: it stands beside the division."""
    raised: Any = np.exp(inside(shifted * inside(np.sqrt(width))))
    told = "Without dividing: exponentials of the scores as step 6 shifts them, times √d_k …"
    show(raised, "unscaled_exp", "exp(shifted · √d_k)", told)
    raised.node.flow = "line"
    total = inside(raised.sum(axis=1, keepdims=True))
    shares = _shares(raised, total, known, "unscaled_weights", "… and the shares they give.")
    slope = shares * inside(1.0 - shares)
    told = "How much each share still moves: 0 means stuck."
    show(slope, "unscaled_slope", "p (1 − p)", told, look="slope")
    return raised, shares, slope


def _slope(weights: Array) -> Array:
    slope = weights * inside(1.0 - weights)
    told = "The same for the shares of step 6: these still move."
    show(slope, "scaled_slope", "p (1 − p)", told, look="slope")
    slope.node.flow = "below"
    return slope


def _blend(graph: Graph, learned: Learned, weights: Array, value: Array) -> None:
    blend_stage = stage(
        graph,
        "7   Blend",
        "Each target word takes from every source word's value as much as its share says. The "
        "blend is the target word as the source sentence tells it: named beside it is the "
        "Portuguese word whose embedding points in the most similar direction.",
        "blend = weights V",
    )
    blend = show(weights @ value, "blend", "weights V", "The transformed target rows.")
    stage(
        graph,
        "Which word is nearest to each blend?",
        "The cosine of every blended row with every Portuguese word of the vocabulary. The "
        "largest of a column names the word beside the blend in step 7.",
        "cos(word, blend)",
        "Nearest word",
    )
    vectors = learned.portuguese.vectors[1:]
    blend_length = lengths(blend, "blend_length", "Length of each blended row.")
    word_length = lengths(vectors, "word_length", "Length of each word's row.")
    dot = show(vectors @ blend.T, "word_dot", "E blendᵀ", "Every word by every blend.")
    alike = cosine(dot, word_length, blend_length)
    show(alike, "word_similarity", "cos(word, blend)", "1 is the same direction.")
    place = alike.T.argmax(axis=1, keepdims=True)
    show(place, "nearest_place", "argmax", "Row of the largest, from 0.", look="integer")
    names = learned.portuguese.words[1:, 0]
    nearest = names[place]
    show(nearest, "nearest_word", "", "Nearest word …")
    closeness = alike.T.max(axis=1, keepdims=True)
    show(closeness, "nearest_similarity", "max cos", "… and how near it is.")
    for array in (nearest, closeness):
        array.node.stage = blend_stage


def _map(graph: Graph) -> Figure:
    number = stage(
        graph,
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
