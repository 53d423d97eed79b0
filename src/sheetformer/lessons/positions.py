"""Lesson: positions, sines and cosines that tell attention where a word stands.

The encodings are those of Vaswani et al. 2017, section 3.5: PE(pos, 2i) = sin(pos / 10000^(2i/d))
and PE(pos, 2i + 1) = cos(pos / 10000^(2i/d)). Without them, attention gives every word the same
blend in whatever order the words stand. The words' numbers are those of the translator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.check import check
from sheetformer.book.figures import Curve, Curves
from sheetformer.book.layout import Figure
from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.graph.array import Array
from sheetformer.graph.functions import copy, deviation, embedding, inside, show, source, stack
from sheetformer.graph.node import Graph
from sheetformer.language import translate
from sheetformer.lessons.encoder_rows import declare_vocabulary, read_sentence
from sheetformer.lessons.options import whole
from sheetformer.lessons.story import Lesson, constant, named, numbered, order, stage, switch
from sheetformer.translator.cells import WordTable, declare_rows
from sheetformer.translator.decode import load_translator

TITLE = "Positions: where a word stands"
SENTENCE = "the dog likes the cat"
PLACES = 16
"""Positions in the tables; a sentence has at most 8."""
WIDEST = 16
CURVES = 4
"""Columns that are drawn as waves; more would be a tangle."""


def positions(sentence: str = SENTENCE, d_model: int = 8, formulas: str = "matrix") -> Book:
    """The lesson's book for an English sentence.

    Args:
        sentence: 2 to 8 known English words; bars make the words between them one row.
        d_model: numbers in a word's row, even, from 4 to 16.
        formulas: "matrix" or "cell".

    Raises:
        WordError: a word is not known, or there are too few or too many.
        SheetformerError: d_model is out of bounds or odd.
    """
    model = load_translator()
    d_model = whole("d_model", d_model, 4, WIDEST)
    if d_model % 2:
        raise SheetformerError(f"d_model must be even, for pairs of sine and cosine, not {d_model}")
    words = read_sentence(sentence, model, least=2)
    graph = Graph()
    english = declare_vocabulary(graph, model, d_model)
    figures = _Story(graph, english, d_model).tell(words)
    check(graph)
    return build(graph, TITLE, formulas, figures, order("Positions", "Word order"))


@dataclass
class _Story:
    """Tells the stages in order; the graph grows with them."""

    graph: Graph
    english: WordTable
    d_model: int

    def tell(self, words: list[list[str]]) -> list[Figure]:
        """All stages; gives the charts."""
        place, angle = self._angles()
        encoding, cosine, waves = self._waves(place, angle)
        distance = self._distances(place, encoding, cosine)
        first, second, again, on = self._words(words)
        blends = self._attend(self._with_places((first, second), on, encoding))
        self._compare(blends, again)
        return [waves, distance]

    def _stage(self, title: str, text: str, equation: str, group: str = "Positions") -> int:
        return stage(self.graph, title, text, equation, group)

    def _angles(self) -> tuple[Array, Array]:
        """Positions (p, 1) and angles (p, d/2)."""
        self._stage(
            "1   A place becomes angles",
            "Attention compares every word with every other, and nothing in it says which comes "
            "first. So each place in the sentence gets a pattern of numbers. It begins with hands "
            "of a clock: one for each pair of columns, each slower than the one before. The angle "
            "says how far a hand has turned (in radians) when it comes to that place.",
            "angle = pos / 10000^(2i/d)",
        )
        size = constant(self.graph, self.d_model, "d_model", "Numbers in a word's row.")
        pairs = np.arange(self.d_model // 2, dtype=float)[None, :]
        hands = np.array(
            [translate("pair {i}", i=i) for i in range(self.d_model // 2)], dtype=object
        )
        pair = source(self.graph, "constant", pairs, [None, hands], name="i")
        show(pair, "i", "", "Which pair of columns.", look="integer")
        power = inside(inside(-2.0 * pair) / size)
        told = "Radians from one place to the next."
        rate = show(10_000.0**power, "rate", "1 / 10000^(2i/d)", told, look="gradient")
        told = "Places in a full turn."
        length = show((2.0 * np.pi) / rate, "wavelength", "2π / rate", told)
        numbers = np.arange(PLACES, dtype=float)
        places = np.array([str(i) for i in range(PLACES)], dtype=object)
        place = source(self.graph, "constant", numbers[:, None], [places, None], name="pos")
        show(place, "pos", "", "Place, from 0.", look="integer")
        told = "How far each hand has turned."
        angle = show(place * rate, "angle", "pos · rate", told, labels=(places, hands))
        for array in (pair, place):
            array.node.flow = "line"
        length.node.look = "number"
        return place, angle

    def _waves(self, place: Array, angle: Array) -> tuple[Array, Array, Figure]:
        """Encodings (p, d), their cosines (p, d/2) and the chart."""
        number = self._stage(
            "2   Angles become waves",
            "Each hand gives two numbers, its sine and its cosine, and these stand side by side: "
            "d1 and d2 belong to the quickest hand. The columns on the left change from word to "
            "word, those on the right hardly at all, as minutes and hours do. All numbers stay "
            "between −1 and 1, however long the sentence.",
            "sin(angle), cos(angle)",
        )
        sine = show(np.sin(angle), "sine", "sin(angle)", "Columns d1, d3, …")
        cosine = show(np.cos(angle), "cosine", "cos(angle)", "Columns d2, d4, …")
        both = copy(stack([sine, cosine], axis=2).reshape(PLACES, self.d_model))
        dims = numbered("d", self.d_model)
        told = "The pattern of each place: sine and cosine of every hand in turn."
        labels = (place.labels[0], dims)
        encoding = show(both, "positions", "sin, cos, sin, cos, …", told, labels=labels)
        encoding.node.flow = "line"
        columns = range(0, self.d_model, 2)[:CURVES]
        curves = tuple(Curve(str(dims[j]), place[:, 0], encoding[:, j]) for j in columns)
        drawing = Curves(
            translate("Each column is a wave, quick on the left, slow on the right"),
            (translate("place"), translate("sine of the angle")),
            curves,
            reach=(-1.0, 1.0),
        )
        return encoding, cosine, Figure(number, 19, 7, drawing)

    def _distances(self, place: Array, encoding: Array, cosine: Array) -> Figure:
        number = self._stage(
            "3   Only the distance counts",
            "How alike are two places? The dot product of their patterns tells. Follow a diagonal: "
            "the same number all the way, for it depends only on how far apart the two places are. "
            "The reason is a rule from school: sin a sin b + cos a cos b = cos(a − b). So "
            "attention can learn to look one word back, wherever that is.",
            "p_s · p_t = Σ cos((s − t) · rate)",
        )
        labels = (place.labels[0], place.labels[0])
        alike = encoding @ encoding.T
        told = "Every place with every place; the diagonal is d / 2, the places themselves."
        show(alike, "dot_products", "P Pᵀ", told, labels=labels)
        told = "For each distance."
        far = cosine.sum(axis=1, keepdims=True)
        show(far, "by_distance", "Σ cos(distance · rate)", told, labels=(place.labels[0], None))
        far.node.flow = "line"
        drawing = Curves(
            translate("How alike two places are, by their distance"),
            (translate("distance in words"), translate("dot product")),
            (Curve(translate("dot product"), place[:, 0], far[:, 0]),),
        )
        told = "Each number of the table less the one up and left of it: the largest."
        step = deviation(alike[1:, 1:], alike[:-1, :-1])
        show(step, "along_diagonal", "max |step|", told, look="tiny")
        told = "The first column of the table less by_distance: the largest."
        rule = deviation(alike[:, :1], far)
        show(rule, "from_rule", "max |difference|", told, look="tiny")
        rule.node.flow = "below"
        return Figure(number, 17, 7, drawing, before="along_diagonal")

    def _words(self, words: list[list[str]]) -> tuple[Array, Array, Array, Array]:
        """The rows of both sentences (n, d), which row is which (n, 1), and the switch."""
        """The first sentence, for each word of the second its place in the first, the switch."""
        self._stage(
            "4   The same words in another order",
            "Here is a sentence, and the same words once more in another order. Type other "
            "words, or in word_order another order: each number once. The switch adds the patterns "
            "to the words, or leaves them out. It is at 0 to begin with, and the words have no "
            "place.",
            "X = E[number] + on · positions",
            "Word order",
        )
        rows = declare_rows(self.graph, "sentence", "English", words, self.english)
        show(rows.vectors, "E_first", "E[number]", "", labels=rows.vectors.labels)
        count = len(words)
        typed = np.arange(1.0, count + 1)
        second = 1 if count > 2 else 0
        typed[[second, count - 1]] = typed[[count - 1, second]]
        labels = [np.array([str(i + 1) for i in range(count)], dtype=object), None]
        given = source(self.graph, "input", typed[:, None], labels, name="word_order")
        told = "Which word comes first, second, …"
        show(given, "word_order", "", told, look="integer")
        bounded = inside(np.minimum(inside(np.maximum(given, 1.0)), float(count)))
        again = show(bounded - 1.0, "from_row", "order − 1", "Its row, from 0.", look="integer")
        second = show(rows.name_of(again), "second_words", "", "The other sentence.")
        on = switch(self.graph, "use_positions", "1: with positions. 0: words alone.", on=False)
        names = (second.ids[:, 0].astype(object), rows.vectors.labels[1])
        picked = embedding(rows.vectors, again[:, 0])
        show(picked, "E_second", "E_first[row]", "The same rows, in the other order.", labels=names)
        rows.vectors.node.rank = picked.node.rank = 1
        rows.vectors.node.flow = "line"
        first = Array(self.graph, rows.vectors.ids, rows.vectors.node.labels)
        return first, Array(self.graph, picked.ids, names), again, on

    def _with_places(self, both: tuple[Array, Array], on: Array, encoding: Array) -> list[Array]:
        """X of both sentences."""
        patterns = encoding[: both[0].shape[0]]
        seen = [
            show(
                rows + inside(on * patterns),
                f"X_{name}",
                f"E_{name} + on · positions",
                "What attention sees.",
                labels=rows.labels,
            )
            for name, rows in zip(("first", "second"), both, strict=True)
        ]
        for x in seen:
            x.node.rank = 1
        return seen

    def _attend(self, both: list[Array]) -> list[Array]:
        """The blends of both sentences, (n, d)."""
        self._stage(
            "5   Attention, bare",
            "Every word looks at every word of its own sentence. To keep it short, the rows "
            "themselves are queries, keys and values; what follows holds with learned matrices, "
            "too. (The paper also multiplies the embeddings by √d_model first, section "
            "3.4; here they are left as they are, so that words and places weigh alike.)",
            "softmax(X Xᵀ / √d) X",
            "Word order",
        )
        size = inside(np.sqrt(named(self.graph, "d_model")))
        sides = list(zip(("first", "second"), both, strict=True))
        told = "How well the words fit."
        scores = [show(x @ x.T, f"{name}_scores", "X Xᵀ", told) for name, x in sides]
        raised: list[Any] = []
        for (name, _), each in zip(sides, scores, strict=True):
            shifted = inside(each - inside(each.max(axis=1, keepdims=True)))
            power: Any = np.exp(inside(shifted / size))
            raised.append(show(power, f"{name}_exp", "exp((s − max) / √d)", "1 for the best."))
        weights: list[Array] = []
        for (name, _), each in zip(sides, raised, strict=True):
            shares = each / inside(each.sum(axis=1, keepdims=True))
            weights.append(
                show(shares, f"{name}_weights", "exp / Σ exp", "Who looks at whom.", look="share")
            )
        blends = [
            show(w @ x, f"{name}_blend", "weights X", "What each word takes.")
            for w, (name, x) in zip(weights, sides, strict=True)
        ]
        for pair in (raised, weights, blends):
            pair[0].node.flow = "line"
        return blends

    def _compare(self, blends: list[Array], again: Array) -> None:
        first, second = blends
        self._stage(
            "6   What attention cannot tell",
            "Put the blends of the first sentence in the order of the second and subtract. With "
            "the switch at 0 nothing is left: every word gets the same blend, wherever it "
            "stands. Attention alone sees a bag of words and cannot tell who does what to whom. "
            "And where a word stands twice, its two rows are the same: their distance is 0. Now "
            "set use_positions to 1: the differences appear, and equal words come apart.",
            "Attention(π X) = π Attention(X)",
            "Word order",
        )
        labels = second.labels
        told = "The blends of the first sentence, in the order of the second."
        picked = embedding(first, again[:, 0])
        show(picked, "first_reordered", "first_blend[row]", told, labels=labels)
        told = "0 wherever the order makes no difference."
        apart = second - picked
        show(apart, "difference", "second_blend − first_reordered", told, labels=labels)
        told = "The largest of them."
        show(deviation(second, picked), "order_matters", "max |difference|", told, look="tiny")
        told = "Square of each row's length."
        square = inside(first * first).sum(axis=1, keepdims=True)
        show(square, "square", "Σ blend²", told)
        square.node.flow = "line"
        product = show(first @ first.T, "products", "blend blendᵀ", "Rows of the first sentence.")
        between: Any = np.maximum(inside(inside(square + square.T) - inside(2.0 * product)), 0.0)
        told = "Square of the distance between two rows: 0 where they are the same."
        show(between, "rows_apart", "|a|² + |b|² − 2 a · b", told, labels=product.labels)


LESSON = Lesson(
    TITLE,
    "How sines and cosines tell a word's place, and what is lost without.",
    positions,
    picture=4,
)
