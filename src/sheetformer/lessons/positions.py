"""Lesson: positions, sines and cosines that tell attention where a word stands.

The encodings are those of Vaswani et al. 2017, section 3.5: PE(pos, 2i) = sin(pos / 10000^(2i/d))
and PE(pos, 2i + 1) = cos(pos / 10000^(2i/d)). Without them, attention gives every word the same
blend in whatever order the words stand. The words' numbers are those of the translator.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.graph.array import Array
from sheetformer.graph.functions import copy, deviation, elementwise, stack
from sheetformer.language import translate
from sheetformer.lessons.encoder_rows import Words, declare_vocabulary, read_sentence
from sheetformer.lessons.options import whole
from sheetformer.lessons.positions_clock import clock
from sheetformer.lessons.positions_questions import questions
from sheetformer.lessons.story import Lesson, numbered, order, scalar
from sheetformer.lessons.word_order import ORDER, word_order
from sheetformer.models.decode import load_translator
from sheetformer.models.weights_file import SMALL
from sheetformer.story.check import check
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.placement import Figure
from sheetformer.story.questions import ask
from sheetformer.story.sentences import say
from sheetformer.story.story import Story
from sheetformer.story.word_cells import WordTable

TITLE = "Positions: where a word stands"
SENTENCE = "the dog likes the cat"
STORY = "Positions"
POSITIONS = 16
"""Positions in the tables; a sentence has at most 8."""
WIDEST = 16
CURVES = 4
"""Columns that are drawn as waves; more would be a tangle."""


def positions(sentence: str = SENTENCE, d_model: int = 8, formulas: str = "matrix") -> Book:
    """The lesson's book for an English sentence.

    Args:
        sentence: 2 to 8 known English words; bars make the words between them one row.
        d_model: numbers in a word's row, even, from 4 to 16.
        formulas: "matrix", "cell" or "named".

    Raises:
        WordError: a word is not known, or there are too few or too many.
        SheetformerError: d_model is out of bounds or odd.
    """
    model = load_translator(SMALL)
    d_model = whole("d_model", d_model, 4, WIDEST)
    if d_model % 2:
        raise SheetformerError(f"d_model must be even, for pairs of sine and cosine, not {d_model}")
    words = read_sentence(sentence, model, least=2)
    story = Story(TITLE, order=order(STORY, ORDER), head=LESSON.head())
    english = declare_vocabulary(story, model, d_model)
    _tell(story, english, d_model, words)
    check(story)
    return build(story, formulas)


def _tell(story: Story, english: WordTable, d_model: int, words: Words) -> None:
    """All stages and the charts, in order."""
    size, place, rate, angle = _angles(story, d_model)
    encoding, cosine = _waves(story, place, angle)
    clock(story, rate, POSITIONS - 1)
    _distances(story, place, encoding, cosine)
    word_order(story, english, words, encoding, size)
    questions(story, d_model)
    ask(story, ORDER)


def _angles(story: Story, d_model: int) -> tuple[Array, Array, Array, Array]:
    """The size d (), positions (p, 1), rates (1, d/2) and angles (p, d/2)."""
    story.stage(
        "1   A place becomes angles",
        "Attention compares every word with every other, and nothing in it says which comes "
        "first. So each place in the sentence gets a pattern of numbers. It begins with hands "
        "of a clock: one for each pair of columns, each slower than the one before. The angle "
        "says how far a hand has turned (in radians) when it comes to that place: the place at "
        "the left times the speed above.",
        "angle = pos / 10000^(2i/d)",
        STORY,
    )
    note, title = "Numbers in a word's row.", "How many numbers"
    size = scalar(story, d_model, "d_model", note, title=title)
    hands = np.array([translate("pair {i}", i=i) for i in range(d_model // 2)], dtype=object)
    rate = _rates(story, size, hands)
    numbers = np.arange(POSITIONS, dtype=float)[:, None]
    places = np.array([str(i) for i in range(POSITIONS)], dtype=object)
    note, role, labels = "Place, from 0.", "position", [places, None]
    place = story.constant(
        numbers, "pos", note=note, labels=labels, number_format="integer", line=True, role=role
    )
    note, labels = "How far each hand has turned.", (places, hands)
    angle = story.show(place * rate, "angle", "pos · rate", note, labels=labels, role="angle")
    story.place(rate, over=angle)
    note, title = "Places in a full turn.", "Length of each wave"
    story.show(
        (2.0 * np.pi) / rate, "wavelength", "2π / rate", note, title=title, number_format="number"
    )
    return size, place, rate, angle


def _rates(story: Story, size: Array, hands: Any) -> Array:
    """How quick each hand is: (1, d/2)."""
    pair = story.constant(
        np.arange(len(hands), dtype=float)[None, :],
        "i",
        note="Which pair of columns.",
        labels=[None, hands],
        number_format="integer",
        role="column pair",
    )
    rate = 10_000.0 ** ((-2.0 * pair) / size)
    note, role = "Radians from one place to the next.", "angular frequency"
    return story.show(rate, "rate", "1 / 10000^(2i/d)", note, number_format="gradient", role=role)


def _waves(story: Story, place: Array, angle: Array) -> tuple[Array, Array]:
    """Encodings (p, d) with their chart, and their cosines (p, d/2)."""
    number = story.stage(
        "2   Angles become waves",
        "Each hand gives two numbers, its sine and its cosine, and these stand side by side: "
        "d1 and d2 belong to the quickest hand. The columns on the left change from word to "
        "word, those on the right hardly at all, as minutes and hours do. All numbers stay "
        "between −1 and 1, however long the sentence.",
        "sin(angle), cos(angle)",
        STORY,
    )
    d_model = 2 * angle.shape[1]
    title, note = "Sines", "Columns d1, d3, …"
    sine = story.show(np.sin(angle), "sine", "sin(angle)", note, title=title, workings=True)
    title, note = "Cosines", "Columns d2, d4, …"
    cosine = story.show(np.cos(angle), "cosine", "cos(angle)", note, title=title, workings=True)
    encoding = story.show(
        copy(stack([sine, cosine], axis=2).reshape(POSITIONS, d_model)),
        "positions",
        "sin, cos, sin, cos, …",
        "The pattern of each place: sine and cosine of every hand in turn.",
        role="positional encoding",
        labels=(place.labels[0], numbered("d", d_model)),
    )
    story.figures.append(Figure(number, 19, 7, _wave_chart(place, encoding)))
    return encoding, cosine


def _wave_chart(place: Array, encoding: Array) -> Curves:
    columns = range(0, encoding.shape[1], 2)[:CURVES]
    return Curves(
        translate("Each column is a wave, quick on the left, slow on the right"),
        (translate("place"), translate("sine of the angle")),
        tuple(Curve(f"d{j + 1}", place[:, 0], encoding[:, j]) for j in columns),
        axis_limit=(-1.0, 1.0),
    )


def _distances(story: Story, place: Array, encoding: Array, cosine: Array) -> None:
    number = story.stage(
        "4   Only the distance counts",
        "How alike are two places? The dot product of their patterns tells. Follow a diagonal: "
        "the same number all the way, for it depends only on how far apart the two places are. "
        "The reason is a rule from school: sin a sin b + cos a cos b = cos(a − b). So "
        "attention can learn to look one word back, wherever that is.",
        "p_s · p_t = Σ cos((s − t) · rate)",
        STORY,
    )
    places = place.labels[0]
    similarity = encoding @ encoding.T
    note = "Every place with every place; the diagonal is d / 2, the places themselves."
    title, labels = "How alike two places are", (places, places)
    story.show(similarity, "dot_products", "P Pᵀ", note, title=title, labels=labels)
    distance, note = cosine.sum(axis=1, keepdims=True), "For each distance."
    equation, labels, title = "Σ cos(distance · rate)", (places, None), "By their distance"
    story.show(distance, "by_distance", equation, note, title=title, labels=labels, line=True)
    _proof(story, similarity, distance)
    drawing = Curves(
        translate("How alike two places are, by their distance"),
        (translate("distance in words"), translate("dot product")),
        (Curve(translate("dot product"), place[:, 0], distance[:, 0]),),
    )
    story.figures.append(Figure(number, 17, 7, drawing, before_block="proof_told"))


def _proof(story: Story, similarity: Array, distance: Array) -> None:
    """How far the table (p, p) is from a number a distance (p, 1), said in a sentence."""
    note = "Each number of the table less the one up and left of it: the largest."
    step = deviation(similarity[1:, 1:], similarity[:-1, :-1])
    title, apart = "Largest step along a diagonal", "difference"
    story.show(step, "along_diagonal", "max |step|", note, title=title, number_format=apart)
    note = "The first column of the table less by_distance: the largest."
    rule = deviation(similarity[:, :1], distance)
    title = "Largest difference from the rule"
    story.show(rule, "from_rule", "max |difference|", note, title=title, number_format=apart)
    story.place(step, rule, workings=True)
    say(
        story, "proof_told",
        "One word apart: {one}; two apart: {two}. Largest difference along a diagonal: {step}",
        title="In words", decimals=2, placed={"line": True},
        one=distance[1:2], two=distance[2:3], step=elementwise("text_of", step, 9.0),
    )  # fmt: skip


LESSON = Lesson(
    TITLE,
    "How sines and cosines tell a word's place, and what is lost without.",
    positions,
    picture=2,
    name="positions",
    goal="say how a Transformer knows the order of words, and what it cannot tell without",
    needs=("cross-attention",),
    minutes=20,
    blanks="rate, wavelength, by_distance",
)
