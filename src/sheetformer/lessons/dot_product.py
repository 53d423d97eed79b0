"""Lesson: the dot product, from words as vectors to a soft look-up.

The soft look-up at its end is Vaswani et al. 2017, section 3.2.1, with one query, with the words
themselves as keys and values, and without the division by √d_k.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.graph.array import Array
from sheetformer.graph.elementary import equal, exp, maximum
from sheetformer.language import translate
from sheetformer.lessons.learned import declare_vocabularies
from sheetformer.lessons.sentence import parse
from sheetformer.lessons.story import Lesson, dial, order
from sheetformer.models.word_weights import load_word_weights
from sheetformer.story.caption import Allowed
from sheetformer.story.check import check
from sheetformer.story.figures import Curve, Curves, WordMap
from sheetformer.story.placement import Figure
from sheetformer.story.softmax_steps import below_largest, shares
from sheetformer.story.story import Story
from sheetformer.story.strongest import strongest_word
from sheetformer.story.word_cells import Rows, WordTable, cosine, declare_rows, lengths

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
    story = Story(TITLE)
    tables = declare_vocabularies(story, weights)
    listed, other = _words(story, tables, english.table(), portuguese.table())
    _one_pair(story, tables, english.rows[0][0], portuguese.rows[0][0])
    story.figures.append(_map(story, tables, listed, other))
    source_length = _all_pairs(story, listed, other)
    _exact(story, tables[0], listed, english.rows[0][0])
    _soft(story, tables[1], listed, source_length, portuguese.rows[0][0])
    story.order = order(GROUP)
    check(story)
    return build(story, formulas)


def _words(
    story: Story, tables: tuple[WordTable, WordTable], english: Any, portuguese: Any
) -> tuple[Rows, Rows]:
    story.stage(
        "1   Words become vectors",
        "A computer does not know what words mean, but it can compare numbers. Each word is looked "
        "up in a table that was learned from translated sentences, and becomes a row of four "
        "numbers: a vector. Type another word in a yellow cell and watch everything follow.",
        "x = E[number of the word]",
        GROUP,
    )
    listed = declare_rows(story, "source", "English", english, tables[0])
    return listed, declare_rows(story, "target", "Portuguese", portuguese, tables[1])


def _one_pair(story: Story, tables: tuple[WordTable, WordTable], english: str, other: str) -> None:
    story.stage(
        "2   Multiply and add",
        "How alike are two words? Multiply their numbers pair by pair and add up: that is the "
        "dot product. Numbers with the same sign push it up, numbers with opposite signs pull it "
        "down. Long vectors make it large, too; divided by both lengths it is the cosine, from "
        "−1 (opposite) to 1 (the same direction). Pick two other words and follow each product.",
        "a · b = Σ aᵢ bᵢ,   cos = a · b / (|a| |b|)",
        GROUP,
    )
    one = declare_rows(story, "a", "English", [[english]], tables[0]).vectors
    two = declare_rows(story, "b", "Portuguese", [[other]], tables[1]).vectors
    # The products stand under the numbers that they are made of.
    first = lengths(story, one, "a_length", "The length, √ Σ a².", "", line=True)
    second = lengths(story, two, "b_length", "The length, √ Σ b².", "")
    terms = one * two
    story.show(terms, "products", "a × b", "Number by number.", labels=(None, one.labels[1]))
    dot = terms.sum(axis=1, keepdims=True)
    story.show(dot, "dot", "Σ products", "Their sum.", labels=(None, None))
    similarity, note = cosine(dot, first, second), "Only the direction."
    labels = (None, None)
    story.show(similarity, "cosine", "dot / (|a| |b|)", note, labels=labels, below=True)


def _map(story: Story, tables: tuple[WordTable, WordTable], listed: Rows, other: Rows) -> Figure:
    number = story.stage(
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
    limit = math.ceil(max(np.abs(table.vectors.value[:, :2]).max() for table in tables))
    axes = (translate("first number (d1)"), translate("second number (d2)"))
    title = translate("Words on the map: ● English, ◆ Portuguese")
    return Figure(number, 16, 10, WordMap(title, axes, groups, limit))


def _all_pairs(story: Story, listed: Rows, other: Rows) -> Array:
    story.stage(
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
    note = "Large where the vectors point the same way."
    story.show(dot, "dot_products", "X_target X_sourceᵀ", note)
    note = "Length of each English row."
    source_length = lengths(story, listed.vectors, "source_length", note, "", order=1, line=True)
    note = "Length of each Portuguese row."
    target_length = lengths(story, other.vectors, "target_length", note, "", order=1)
    similarity = cosine(dot, target_length, source_length)
    story.show(similarity, "cosines", "dot / (|a| |b|)", "Without the lengths: from −1 to 1.")
    column, words = "Column of the best, from 0.", listed.words[:, 0]
    for scores, name, note in (
        (dot, "dot_best", "Best by dot product."),
        (similarity, "cosine_best", "Best by cosine."),
    ):
        strongest_word(story, scores, words, (f"{name}_at", name), (column, note), order=1)
    return source_length


def _exact(story: Story, table: WordTable, listed: Rows, word: str) -> None:
    story.stage(
        "5   An exact look-up is a product, too",
        "Ask the list of step 1 for a word. Compare it with every entry: 1 where it is equal, 0 "
        "elsewhere. These ones and zeros times the table pick the row. Now type a word that is "
        "not in the list: every entry says 0, and what comes back is a row of zeros.",
        "found = one_hot X",
        GROUP,
    )
    query = declare_rows(story, "exact", "English", [[word]], table)
    words, dims = listed.words[:, 0], listed.vectors.labels[1]
    across = (None, listed.vectors.labels[0])
    match = equal(words[None, :], query.words)
    equation, note = "word = entry", "1 where equal."
    story.show(match, "matches", equation, note, number_format="integer", labels=across, line=True)
    count = maximum(match.sum(axis=1, keepdims=True), 1.0)
    one_hot = match / count
    note = "All for the match; a word that stands twice is shared."
    story.show(one_hot, "one_hot", "matches / Σ", note, number_format="share", labels=across)
    found = one_hot @ listed.vectors
    equation, note = "one_hot X_source", "The row that was asked for."
    story.show(found, "found", equation, note, labels=(None, dims), line=True)


def _soft(story: Story, table: WordTable, listed: Rows, source_length: Array, word: str) -> None:
    number = story.stage(
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
    query = declare_rows(story, "query", "Portuguese", [[word]], table)
    sharp = dial(story, 1.0, "sharpness", "Larger: nearer to all or nothing.", Allowed(0, 1000))
    across = (None, listed.vectors.labels[0])
    fits, note = query.vectors @ listed.vectors.T, "How well each entry fits: dot products."
    story.show(fits, "fits", "q X_sourceᵀ", note, role="scores", labels=across, line=True)
    scores, note = fits * sharp, "What softmax gets."
    story.show(scores, "scores", "sharpness · fits", note, role="scaled scores", labels=across)
    weights = _softmax(story, scores, across)
    blend, note = weights @ listed.vectors, "The blend: each row by its share."
    story.show(blend, "answer", "soft_shares X_source", note, role="blend", line=True)
    _nearest(story, listed, blend, source_length)
    story.figures.append(_bars(number, listed, weights))


def _softmax(story: Story, scores: Array, labels: Any) -> Array:
    exponentials = exp(below_largest(scores))
    role, note = "softmax exponentials", "Positive, 1 for the best."
    equation = "exp(scores − max)"
    story.show(exponentials, "exponentials", equation, note, role=role, labels=labels, line=True)
    role, note = "attention weights", "100 % in all."
    weights = shares(exponentials)
    story.show(weights, "soft_shares", note=note, role=role, labels=labels, below=True)
    return weights


def _bars(number: int, listed: Rows, weights: Array) -> Figure:
    title = translate("Shares of the soft look-up")
    axes = (translate("entry of the list"), translate("share"))
    curve = Curve(translate("share"), listed.words[:, 0], weights[0])
    bars = Curves(title, axes, (curve,), bars=True, axis_limit=(0.0, 1.0), number_format="0%")
    return Figure(number, 12, 9, bars, before_block="answer")


def _nearest(story: Story, listed: Rows, blend: Array, source_length: Array) -> None:
    """Which entry the blend is nearest to."""
    own = lengths(story, blend, "answer_length", "Its length.")
    dot = blend @ listed.vectors.T
    story.show(dot, "answer_dot", "answer X_sourceᵀ", "The answer with each entry …")
    similarity = cosine(dot, own, source_length)
    story.show(similarity, "answer_cosine", "cos", "… and without the lengths.", line=True)
    names = ("nearest_at", "nearest_word")
    notes = ("Its column, from 0.", "The entry that the answer is most like.")
    strongest_word(story, similarity, listed.words[:, 0], names, notes, "argmax")


LESSON = Lesson(
    TITLE,
    "Words as vectors, how alike they are, and from a look-up table to attention.",
    dot_product,
    picture=6,
)
