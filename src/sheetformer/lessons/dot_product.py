"""Lesson: the dot product, from words as vectors to a soft look-up.

The soft look-up at its end is Vaswani et al. 2017, section 3.2.1, with one query, with the words
themselves as keys and values, and without the division by √d_k.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.check import check
from sheetformer.book.figures import Curve, Curves, WordMap
from sheetformer.book.layout import Figure
from sheetformer.book.workbook import Book
from sheetformer.graph.array import Array
from sheetformer.graph.functions import inside, show
from sheetformer.graph.node import Graph
from sheetformer.language import translate
from sheetformer.lessons.learned import declare_vocabularies
from sheetformer.lessons.sentence import parse
from sheetformer.lessons.story import Lesson, dial, order, stage
from sheetformer.translator.cells import Rows, WordTable, cosine, declare_rows, lengths
from sheetformer.translator.word_weights import load_word_weights

TITLE = "Dot product: how alike two words are"
GROUP = "Dot product"


def dot_product(
    source: str = "happy sad red boy door",
    target: str = "feliz triste vermelho menino porta",
    formulas: str = "matrix",
) -> Book:
    """The lesson's book for a list of English and a list of Portuguese words.

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
    tables = declare_vocabularies(graph, weights)
    listed, other = _words(graph, tables, english.table(), portuguese.table())
    _one_pair(graph, tables, english.rows[0][0], portuguese.rows[0][0])
    figures = [_map(graph, tables, listed, other)]
    long = _all_pairs(graph, listed, other)
    _exact(graph, tables[0], listed, english.rows[0][0])
    figures.append(_soft(graph, tables[1], listed, long, portuguese.rows[0][0]))
    check(graph)
    return build(graph, TITLE, formulas, figures, order(GROUP))


def _words(
    graph: Graph, tables: tuple[WordTable, WordTable], english: Any, portuguese: Any
) -> tuple[Rows, Rows]:
    stage(
        graph,
        "1   Words become vectors",
        "A computer does not know what words mean, but it can compare numbers. Each word is looked "
        "up in a table that was learned from translated sentences, and becomes a row of four "
        "numbers: a vector. Type another word in a yellow cell and watch everything follow.",
        "x = E[number of the word]",
        GROUP,
    )
    listed = declare_rows(graph, "source", "English", english, tables[0])
    return listed, declare_rows(graph, "target", "Portuguese", portuguese, tables[1])


def _one_pair(graph: Graph, tables: tuple[WordTable, WordTable], english: str, other: str) -> None:
    stage(
        graph,
        "2   Multiply and add",
        "How alike are two words? Multiply their numbers pair by pair and add up: that is the "
        "dot product. Numbers with the same sign push it up, numbers with opposite signs pull it "
        "down. Long vectors make it large, too; divided by both lengths it is the cosine, from "
        "−1 (opposite) to 1 (the same direction). Pick two other words and follow each product.",
        "a · b = Σ aᵢ bᵢ,   cos = a · b / (|a| |b|)",
        GROUP,
    )
    one = declare_rows(graph, "a", "English", [[english]], tables[0]).vectors
    two = declare_rows(graph, "b", "Portuguese", [[other]], tables[1]).vectors
    first = lengths(one, "a_length", "The length, √ Σ a².")
    second = lengths(two, "b_length", "The length, √ Σ b².")
    for array in (first, second):
        array.node.equation = ""
    # The products stand under the numbers that they are made of.
    first.node.flow = "line"
    terms = one * two
    show(terms, "products", "a × b", "Number by number.", labels=(None, one.labels[1]))
    dot = terms.sum(axis=1, keepdims=True)
    show(dot, "dot", "Σ products", "Their sum.", labels=(None, None))
    alike = cosine(dot, first, second)
    show(alike, "cosine", "dot / (|a| |b|)", "Only the direction.", labels=(None, None))
    alike.node.flow = "below"


def _map(graph: Graph, tables: tuple[WordTable, WordTable], listed: Rows, other: Rows) -> Figure:
    number = stage(
        graph,
        "3   Words as points",
        "The first two numbers of a word are its place on a map. Think of an arrow from the middle "
        "to it: that is the vector. Small angle: large cosine. Right angle: 0. Opposite sides: "
        "negative. The map shows two of the four numbers; cosine and dot product use all four, so "
        "words that are near here may still differ in the others.",
        "x = d1,  y = d2",
        GROUP,
    )
    groups = ((translate("English"), listed.vectors), (translate("Portuguese"), other.vectors))
    # One map for all words, so that near looks near whatever is typed.
    reach = math.ceil(max(np.abs(table.vectors.value[:, :2]).max() for table in tables))
    axes = (translate("first number (d1)"), translate("second number (d2)"))
    title = translate("Words on the map: ● English, ◆ Portuguese")
    return Figure(number, 16, 10, WordMap(title, axes, groups, reach))


def _all_pairs(graph: Graph, listed: Rows, other: Rows) -> Array:
    stage(
        graph,
        "4   Every word with every word",
        "One matrix product makes all dot products at once: a row for each Portuguese word, a "
        "column for each English word. Beside it stand the cosines. The best of each row is named "
        "twice: the dot product prefers long vectors, the cosine does not care, so the two can "
        "disagree. Type water into the English list of step 1, beside happy, and look at the row "
        "of feliz: there they do.",
        "X_target X_sourceᵀ",
        GROUP,
    )
    dot = other.vectors @ listed.vectors.T
    show(dot, "dot_products", "X_target X_sourceᵀ", "Large where the vectors point the same way.")
    long = lengths(listed.vectors, "source_length", "Length of each English row.")
    tall = lengths(other.vectors, "target_length", "Length of each Portuguese row.")
    alike = cosine(dot, tall, long)
    show(alike, "cosines", "dot / (|a| |b|)", "Without the lengths: from −1 to 1.")
    for array in (long, tall):
        array.node.rank, array.node.equation = 1, ""
    long.node.flow = "line"
    _best(listed, dot, "dot_best", "Best by dot product.")
    _best(listed, alike, "cosine_best", "Best by cosine.")
    return long


def _best(listed: Rows, scores: Array, name: str, note: str) -> None:
    """The English word with the largest number of each row."""
    place = scores.argmax(axis=1, keepdims=True)
    show(place, f"{name}_at", "", "Column of the best, from 0.", look="integer")
    word = show(listed.name_of(place), name, "", note)
    for array in (place, word):
        array.node.rank = 1


def _exact(graph: Graph, table: WordTable, listed: Rows, asked: str) -> None:
    stage(
        graph,
        "5   An exact look-up is a product, too",
        "Ask the list of step 1 for a word. Compare it with every entry: 1 where it is equal, 0 "
        "elsewhere. These ones and zeros times the table pick the row. Now type a word that is "
        "not in the list: every entry says 0, and what comes back is a row of zeros.",
        "found = one_hot X",
        GROUP,
    )
    asking = declare_rows(graph, "exact", "English", [[asked]], table)
    words, dims = listed.words[:, 0], listed.vectors.labels[1]
    across = (None, listed.vectors.labels[0])
    match: Any = np.equal(words[None, :], asking.words)
    show(match, "matches", "word = entry", "1 where equal.", look="integer", labels=across)
    match.node.flow = "line"
    count: Any = np.maximum(inside(match.sum(axis=1, keepdims=True)), 1.0)
    shares = match / inside(count)
    note = "All for the match; a word that stands twice is shared."
    show(shares, "one_hot", "matches / Σ", note, look="share", labels=across)
    found = shares @ listed.vectors
    show(found, "found", "one_hot X_source", "The row that was asked for.", labels=(None, dims))
    found.node.flow = "line"


def _soft(graph: Graph, table: WordTable, listed: Rows, long: Array, asked: str) -> Figure:
    number = stage(
        graph,
        "6   A soft look-up asks by meaning",
        "Ask in Portuguese, and no English entry is spelled like that. But the dot product says "
        "how well each one fits, and softmax turns the fits into shares that add to 100 % (the "
        "lesson softmax shows how). The answer is a blend of all rows, each by its share. Raise "
        "the sharpness and the best entry takes all, as in an exact look-up; at 0 all count alike. "
        "This is attention: the question is a query, the entries are keys, and what they give are "
        "values (Vaswani et al. 2017, section 3.2.1; there the sharpness is 1/√d, for vectors of "
        "four numbers 0.5).",
        "answer = softmax(sharpness · q Xᵀ) X",
        GROUP,
    )
    asking = declare_rows(graph, "query", "Portuguese", [[asked]], table)
    sharp = dial(graph, 1.0, "sharpness", "Larger: nearer to all or nothing.")
    across = (None, listed.vectors.labels[0])
    fits = asking.vectors @ listed.vectors.T
    show(fits, "fits", "q X_sourceᵀ", "How well each entry fits: dot products.", labels=across)
    fits.node.flow = "line"
    scores = fits * sharp
    show(scores, "scores", "sharpness · fits", "What softmax gets.", labels=across)
    largest = inside(scores.max(axis=1, keepdims=True))
    raised: Any = np.exp(inside(scores - largest))
    show(raised, "exponentials", "exp(scores − max)", "Positive, 1 for the best.")
    shares = raised / inside(raised.sum(axis=1, keepdims=True))
    show(shares, "soft_shares", "exp / Σ exp", "100 % in all.", look="share")
    for array in (raised, shares):
        array.node.labels = across
    raised.node.flow, shares.node.flow = "line", "below"
    blend = shares @ listed.vectors
    show(blend, "answer", "soft_shares X_source", "The blend: each row by its share.")
    blend.node.flow = "line"
    _likeness(listed, blend, long)
    title = translate("Shares of the soft look-up")
    axes = (translate("entry of the list"), translate("share"))
    curve = Curve(translate("share"), listed.words[:, 0], shares[0])
    bars = Curves(title, axes, (curve,), bars=True, reach=(0.0, 1.0), number_format="0%")
    return Figure(number, 12, 9, bars, before="answer")


def _likeness(listed: Rows, blend: Array, long: Array) -> None:
    """Which entry the blend is most like."""
    own = lengths(blend, "answer_length", "Its length.")
    dot = blend @ listed.vectors.T
    show(dot, "answer_dot", "answer X_sourceᵀ", "The answer with each entry …")
    alike = cosine(dot, own, long)
    show(alike, "answer_cosine", "cos", "… and without the lengths.")
    alike.node.flow = "line"
    place = alike.argmax(axis=1, keepdims=True)
    show(place, "nearest_at", "argmax", "Its column, from 0.", look="integer")
    show(listed.name_of(place), "nearest_word", "", "The entry that the answer is most like.")


LESSON = Lesson(
    TITLE,
    "Words as vectors, how alike they are, and from a look-up table to attention.",
    dot_product,
    picture=6,
)
