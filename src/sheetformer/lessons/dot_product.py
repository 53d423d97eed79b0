"""Lesson: the dot product, from words as vectors to a soft look-up.

The soft look-up at its end is Vaswani et al. 2017, section 3.2.1, with one query, with the words
themselves as keys and values, and without the division by √d_k.
"""

from __future__ import annotations

from typing import Any

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.graph.array import Array
from sheetformer.graph.elementary import equal, where
from sheetformer.language import translate
from sheetformer.lessons.dot_product_look_up import GROUP, exact_look_up, soft_look_up
from sheetformer.lessons.dot_product_questions import questions
from sheetformer.lessons.learned import declare_vocabularies
from sheetformer.lessons.sentence import parse
from sheetformer.lessons.story import Lesson, order
from sheetformer.lessons.word_map import word_map
from sheetformer.models.word_weights import load_word_weights
from sheetformer.story.check import check
from sheetformer.story.operands import again, product
from sheetformer.story.placement import Figure
from sheetformer.story.questions import ask
from sheetformer.story.sentences import say
from sheetformer.story.story import Story
from sheetformer.story.strongest import strongest_word
from sheetformer.story.word_cells import NO_WORD, Rows, WordTable, cosine, declare_rows, lengths

TITLE = "Dot product: how well two words fit"
ALONG = 0.5
"""Cosine of 60°: vectors with less between them point much the same way."""


def dot_product(
    source: str = "happy sad red boy door",
    target: str = "feliz triste vermelho menino porta",
    formulas: str = "matrix",
) -> Book:
    """The lesson's book for a list of English and a list of Portuguese words.

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
    tables = declare_vocabularies(story, weights)
    listed, other = _words(story, tables, english.table(), portuguese.table())
    _one_pair(story, tables, english.rows[0][0], portuguese.rows[0][0])
    story.figures.append(_map(story, tables, listed, other))
    source_length = _all_pairs(story, listed, other)
    exact_look_up(story, tables[0], listed, english.rows[0][0])
    soft_look_up(story, tables[1], listed, source_length, portuguese.rows[0][0])
    questions(story, listed)
    ask(story, GROUP)
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
        "How well do two words fit? Multiply their numbers pair by pair and add up: that is the "
        "dot product. Numbers with the same sign push it up, numbers with opposite signs pull it "
        "down. Long vectors make it large, too; divided by both lengths it is the cosine, from "
        "−1 (opposite) to 1 (the same direction). In this table a word and its translation were "
        "asked to point the same way, and words of one kind much the same way: pick happy and "
        "triste, then happy and porta.",
        "a · b = Σ aᵢ bᵢ,   cos = a · b / (|a| |b|)",
        GROUP,
    )
    one = declare_rows(story, "a", "English", [[english]], tables[0])
    two = declare_rows(story, "b", "Portuguese", [[other]], tables[1])
    _side_by_side(story)
    first, first_length = _upright(story, one, "a", "English numbers")
    story.place(first, line=True)
    second, second_length = _upright(story, two, "b", "Portuguese numbers")
    terms, alone = first * second, (None, None)
    labels = (one.vectors.labels[1], None)
    story.show(terms, "products", "a × b", "Number by number.", title="Products", labels=labels)
    dot = terms.sum(axis=0, keepdims=True)
    note = "The products, added up."
    story.show(dot, "dot", "Σ products", note, title="Dot product", labels=alone, below=True)
    similarity, note = cosine(dot, first_length, second_length), "Only the direction."
    story.show(similarity, "cosine", "dot / (|a| |b|)", note, title="Cosine", labels=alone)
    _pair_in_words(story, one, two, similarity)


def _side_by_side(story: Story) -> None:
    """The two typed words in one line: their numbers stand upright below."""
    story.place(story.named("X_a"), story.named("X_b"), workings=True)
    words = story.named("b_words")
    story.place(words, before=story.named("a_message"))
    story.move(words.node, direction="right")


def _upright(story: Story, rows: Rows, letter: str, title: str) -> tuple[Array, Array]:
    """The numbers of one word (d, 1), and below them its length (1, 1)."""
    numbers = again(story, rows.vectors.T, f"{letter}_numbers", letter, title)
    length = lengths(
        story, rows.vectors, f"{letter}_length", "", f"√ Σ {letter}²", title="Length", below=True
    )
    return numbers, length


def _pair_in_words(story: Story, one: Rows, two: Rows, similarity: Array) -> None:
    opposite = translate("point much the opposite way")
    across = translate("point rather across each other")
    verdict = where(
        similarity > ALONG,
        translate("point much the same way"),
        where(similarity < -ALONG, opposite, across),
    )
    say(
        story, "pair_told", "“{a}” and “{b}” {verdict} (cosine {cosine}).",
        title="In words", decimals=2, placed={"below": True},
        when=one.is_known() * two.is_known(), otherwise=NO_WORD,
        a=one.words, b=two.words, cosine=similarity, verdict=verdict,
    )  # fmt: skip


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
    title = translate("Words on the map: ● English, ◆ Portuguese")
    return Figure(number, 16, 10, word_map(title, groups, tables))


def _all_pairs(story: Story, listed: Rows, other: Rows) -> Array:
    story.stage(
        "4   Every word with every word",
        "One matrix product makes all dot products at once: each Portuguese row at the left meets "
        "each English column above. Below stand the cosines, and in words the best of each row by "
        "both: the dot product prefers long vectors, the cosine does not care. Every vector of "
        "this table was made 2 long, so here they agree. Make one longer: on the sheet Learned, "
        "type 9 over the first number of sad, and look at the row of feliz.",
        "X_target X_sourceᵀ",
        GROUP,
    )
    rows = again(story, other.vectors, "rows", "X_target", "Portuguese rows")
    title = "English rows, as columns"
    columns = again(story, listed.vectors.T, "columns", "X_sourceᵀ", title)
    note = "Large where the vectors point the same way."
    named = ("dot_products", "X_target X_sourceᵀ")
    dot = product(story, rows, columns, *named, note, title="Dot products")
    best = _best(story, listed, dot, "dot_best", "Best by dot product")
    lengths_of = (("source", "English lengths", listed), ("target", "Portuguese lengths", other))
    source_length, target_length = (
        lengths(story, rows.vectors, f"{side}_length", "", title=title)
        for side, title, rows in lengths_of
    )
    story.place(source_length, line=True)
    similarity = cosine(dot, target_length, source_length)
    note = "Without the lengths: from −1 to 1."
    story.show(similarity, "cosines", "dot / (|a| |b|)", note, title="Cosines")
    nearest = _best(story, listed, similarity, "cosine_best", "Best by cosine")
    verdict = where(equal(best, nearest), translate("They agree."), translate("They differ."))
    say(
        story, "best_told",
        "“{word}”: the best is “{best}” by dot product, “{nearest}” by cosine. {verdict}",
        title="In words", placed={"line": True}, when=other.is_known(), otherwise=NO_WORD,
        word=other.words, best=best, nearest=nearest, verdict=verdict,
    )  # fmt: skip
    return source_length


def _best(story: Story, listed: Rows, scores: Array, name: str, title: str) -> Array:
    """The English word with the largest score of each row (m, n): (m, 1)."""
    names, notes = (f"{name}_at", name), ("Column of the best, from 0.", "")
    words, titles = listed.words[:, 0], ("", title)
    return strongest_word(story, scores, words, names, notes, titles=titles, workings=True)


LESSON = Lesson(
    TITLE,
    "Words as vectors, how well they fit, and from a look-up table to attention.",
    dot_product,
    picture=6,
    name="dot-product",
    goal="compare words by their numbers, and look one up by how well it fits",
    minutes=20,
    blanks="dot, cosine, dot_products",
)
