"""Lesson: the whole Transformer of figure 1 on one small sentence, with learned numbers.

The arithmetic is that of `sheetformer.translator.transformer` (Vaswani et al. 2017, figure 1 and
section 3), the numbers those of the translators that come with the package. Their norms stand in
front of the sublayers, x + Sublayer(LayerNorm(x)), after Xiong et al. 2020; the lesson says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.check import check
from sheetformer.book.layout import Figure
from sheetformer.book.workbook import Book
from sheetformer.graph.array import Array
from sheetformer.graph.functions import concatenate, copy, embedding, inside, join, show, source
from sheetformer.graph.functions import largest as ranked
from sheetformer.graph.node import Graph
from sheetformer.language import translate
from sheetformer.lessons import figure1
from sheetformer.lessons.encoder_decoder_texts import NOTES, ORDER, STAGES, WIDE
from sheetformer.lessons.options import whole
from sheetformer.lessons.story import Lesson, numbered, order
from sheetformer.translator import transformer
from sheetformer.translator.cells import Rows, declare_rows
from sheetformer.translator.decode import CANDIDATES, Translator, load_translator
from sheetformer.translator.decode import translate as translate_sentence
from sheetformer.translator.network import Learned, declare_learned, declare_positions
from sheetformer.translator.vocabulary import BEGIN, split_words

TITLE = "A whole Transformer, box by box"
FILES = {1: "translator", 2: "translator_two_heads"}
ENCODER_STEPS = (8, 7, 6, 5, 4, 3, 1)
DECODER_STEPS = (1, 17, 16, 15, 14, 13, 12, 11, 10, 9, 9, 1)
"""The steps of the boxes of figure 1, from the top."""

MOST = 400
"""Cells of a block that stands on the Reference sheet, too; the others are only verified."""


def encoder_decoder(
    source: str = "I am happy", target: str = "", heads: int = 1, formulas: str = "matrix"
) -> Book:
    """The lesson's book for an English sentence and the Portuguese words so far.

    Args:
        source: 1 to 8 known English words.
        target: the Portuguese words so far, `<s>` for none yet; empty: what the Transformer itself
            says.
        heads: 1 or 2.
        formulas: "matrix" or "cell".

    Raises:
        SheetformerError: there is no Transformer with so many heads.
        WordError: a word is not known, or there are too few or too many.
    """
    model = load_translator(FILES[whole("heads", heads, 1, 2)])
    words = split_words(source)
    numbers = model.read(words)
    english = [model.weights.vocabulary.source[number] for number in numbers]
    graph = Graph()
    story = _Story(graph, model, declare_learned(graph, model))
    figures = story.tell(english, _so_far(model, words, target))
    small = (node for node in graph if node.size < MOST and node.look != "phrase")
    check(graph, {node.name for node in small})
    return build(graph, TITLE, formulas, figures, order(*ORDER))


def _so_far(model: Translator, words: Sequence[str], target: str) -> list[str]:
    """The words that the decoder reads: `<s>` and the translation so far."""
    if not target.strip():
        return [BEGIN, *translate_sentence(words, model).words]
    given = split_words(target.replace(BEGIN, " ")) if target.replace(BEGIN, " ").strip() else ()
    known = model.weights.vocabulary.target
    return [BEGIN, *(known[number] for number in model.read_target(given))]


@dataclass
class _Story:
    """Tells figure 1 from the words to the next word; the graph grows with it."""

    graph: Graph
    model: Translator
    learned: Learned

    def tell(self, english: Sequence[str], portuguese: Sequence[str]) -> list[Figure]:
        """All stages; gives the figure."""
        self.learned.output.node.labels = (None, self.learned.dims)  # the words stand beside it
        first = self._enter("words")
        read = self._typed("source", "English", english)
        so_far = self._typed("target", "Portuguese", portuguese)
        figure = self._enter("figure")
        memory, visible, positions = self._encode(read, max(len(english), len(portuguese)))
        x, looked = self._decode(so_far, memory, visible, positions)
        likeliest, shares = self._next_words(x)
        self._result(first, so_far, likeliest, shares, looked)
        _tell_notes(self.graph)
        drawing = figure1.transformer_steps((ENCODER_STEPS, DECODER_STEPS), self._block_of)
        return [Figure(figure, figure1.ROWS, figure1.COLUMNS, drawing)]

    def _enter(self, box: str) -> int:
        """Begin the stage of a box; gives its number."""
        heads, words = self.model.weights.facts.heads, len(self.model.weights.vocabulary.target)
        told = STAGES[box]
        self.graph.stages.append(replace(told, text=translate(told.text, heads=heads, words=words)))
        return len(self.graph.stages) - 1

    def _typed(self, side: str, language: str, words: Sequence[str]) -> Rows:
        vocabulary = self.learned.english if side == "source" else self.learned.portuguese
        unknown = "it is left out" if side == "source" else "a row of zeros"
        return declare_rows(
            self.graph, side, language, [[word] for word in words], vocabulary, unknown
        )

    def _encode(self, rows: Rows, length: int) -> tuple[Array, Array, Array]:
        """The memory (m, d), where a source word stands (1, m), and the positions (length, d)."""
        rows.vectors.node.stage = self._enter("embedding")
        self._enter("positions")
        positions = declare_positions(self.graph, length, self.learned.dims)
        x = transformer.embed(rows.vectors, positions[: rows.vectors.shape[0]])
        show(x, "encoder_x", "E √d_model + positions", "Each word with its place.")
        words = rows.words.ids[:, 0].astype(object)
        visible = show(rows.known(), "is_word", "number > 0", "1 where a word stands.",
                       look="mask", labels=(None, words))  # fmt: skip
        memory = transformer.encode(
            self.learned.tensors, x, visible, heads=self._heads, layers=1, enter=self._enter
        )
        self._inner("encoder")
        visible.node.stage, visible.node.rank = self._stage_of("encoder_1_self_Q"), -1
        return memory, visible, positions

    def _decode(
        self, rows: Rows, memory: Array, visible: Array, positions: Array
    ) -> tuple[Array, Array]:
        """The decoder's last rows (n, d), and where its first head looked (n, m)."""
        rows.vectors.node.stage = self._enter("target")
        count = rows.vectors.shape[0]
        x = transformer.embed(rows.vectors, positions[:count])
        show(x, "decoder_x", "E √d_model + positions", "Each word with its place.")
        words = rows.words.ids[:, 0].astype(object)
        earlier = source(self.graph, "constant", np.tri(count), [words, words], name="may_look")
        earlier.node.look, earlier.node.rank = "mask", -1
        earlier.node.note = "1: the word itself and those before it."
        x, weights = transformer.decode(
            self.learned.tensors, x, memory, visible,
            heads=self._heads, layers=1, enter=self._enter, earlier=earlier,
        )  # fmt: skip
        self._inner("decoder")
        earlier.node.stage = self._stage_of("decoder_1_self_Q")
        return x, weights[0]

    @property
    def _heads(self) -> int:
        return self.model.weights.facts.heads

    def _stage_of(self, name: str) -> int:
        return next(node.stage for node in self.graph if node.name == name)

    def _block_of(self, step: int) -> Array:
        """The first block of a step."""
        titles = enumerate(self.graph.stages)
        number = next(i for i, told in titles if told.title.startswith(f"{step} "))
        nodes = [node for node in self.graph if node.stage == number and node.name]
        node = min(nodes, key=lambda node: node.rank)
        return Array(self.graph, node.ids, node.labels)

    def _inner(self, side: str) -> None:
        """The 32 numbers of feed-forward on a sheet of their own."""
        number = self._enter(f"{side}_inner")
        for node in self.graph:
            if node.name.startswith(f"{side}_1_ff") and node.name.endswith(WIDE):
                node.stage, node.flow = number, "line"
                node.inline = node.name.endswith("_moved")

    def _next_words(self, x: Array) -> tuple[Array, Array]:
        """The likeliest next words and their probabilities, each (n, 3). Section 3.4."""
        linear, softmax = self._enter("linear"), self._enter("softmax")
        self._enter("every")
        raw = show(self.learned.output @ x.T, "products", "W_outᵀ xᵀ", "One column a row.")
        logits = show(
            raw + self.learned.bias,
            "logits",
            "W_outᵀ xᵀ + b",
            "Larger: the word fits better as the next one.",
        )
        best = [ranked(logits, rank, axis=0) for rank in range(1, CANDIDATES + 1)]
        largest = best[0][0]
        raised = show(np.exp(inside(logits - largest)), "exponentials", "exp(logit − max)",
                      "1 for the likeliest of a column.")  # fmt: skip
        for array in (logits, raised):  # the words stand at the left of the line
            array.node.labels = (None, array.node.labels[1])
        total = raised.sum(axis=0, keepdims=True)
        show(total, "all_exponentials", "Σ exp", "Over all words.")
        places = numbered("", CANDIDATES)
        top = show(copy(concatenate([score for score, _ in best]).T), "top_logits", "largest",
                   "The three largest of each row.", labels=(x.labels[0], places))  # fmt: skip
        numbers = concatenate([place for _, place in best]).T
        words = embedding(self.learned.portuguese.words[:, 0], numbers)
        show(words, "top_words", "", "Their words.", labels=(x.labels[0], places))
        shares = inside(np.exp(inside(top - largest.T))) / total.T
        show(shares, "probabilities", "exp(logit − max) / Σ exp", "The three likeliest next words.",
             look="share", labels=(x.labels[0], places))  # fmt: skip
        for rank, (score, place) in enumerate(best, 1):
            show(score, f"logit_{rank}", "", translate("The largest, number {rank}.", rank=rank))
            show(place, f"place_{rank}", "", "Its word's number.", look="integer")
            score.node.rank = place.node.rank = -1
        top.node.stage = words.node.stage = linear
        total.node.stage = shares.node.stage = softmax
        return words, shares

    def _result(
        self, first: int, rows: Rows, likeliest: Array, shares: Array, looked: Array
    ) -> None:
        """On the first sheet: the next word of each row, and where it looked."""
        known = inside(rows.numbers > 0.0)
        word: Any = np.where(known, likeliest[:, :1], "")
        show(word, "next_word", "", "The likeliest …")
        share: Any = np.where(known, shares[:, :1], 0.0)
        places = word.labels[0]
        show(share, "probability", "", "… and how sure.", look="share", labels=(places, None))
        shown = [word, share, *_as_typed(rows, word)]
        both = join(concatenate([rows.words, word], axis=1), " → ")[:, None]
        label = show(both, "row", "", "Read → written.", look="phrase")
        told = "Where each row looked (step 12, first head)."
        weights = show(copy(looked), "weights", "", told, look="share")
        for array in (*shown, label, weights):
            array.node.stage = first
        self._rank(first)
        _rename_rows(self.graph, rows, label, self._stage_of("decoder_1_cross_Q"), weights)

    def _rank(self, first: int) -> None:
        """Messages stand last in their line, so that nothing cuts them off."""
        names = ("source_words", "source_number", "weights", "row", "source_message",
                 "target_words", "target_number", "next_word", "probability", "as_typed",
                 "target_message")  # fmt: skip
        for node in self.graph:
            if node.stage == first and node.name in names:
                node.rank = names.index(node.name)


def _as_typed(rows: Rows, word: Array) -> list[Array]:
    """Whether each word named is the one that stands in the next yellow cell."""
    if len(rows.words) == 1:
        return []
    following = rows.words[1:]
    same: Any = np.where(inside(word[:-1] == following), "✓", "✗")
    known = inside(rows.numbers[1:] > 0.0)
    array: Any = np.where(known, inside(same), "")
    return [show(array, "as_typed", "", "Is it the next word that you typed?")]


def _rename_rows(graph: Graph, rows: Rows, label: Array, cross: int, weights: Array) -> None:
    """From the look at the source on, a row is called by both of its words: eu → sou."""
    old, new = rows.words.ids[:, 0], label.ids[:, 0].astype(object)
    for node in graph:
        if node.stage < cross and node is not weights.node:
            continue
        again = [axis is not None and np.array_equal(axis, old) for axis in node.labels]
        if any(again):
            pairs = zip(again, node.labels, strict=True)
            node.labels = tuple(new if is_row else axis for is_row, axis in pairs)
            node.label_columns = 2 if len(again) > 1 and again[-2] else 1


def _tell_notes(graph: Graph) -> None:
    """One plain sentence for each block that the network has named."""
    endings = sorted(NOTES, key=len, reverse=True)
    for node in graph:
        ending = next((each for each in endings if node.name.endswith(each)), "")
        if ending and not node.note:
            node.note = NOTES[ending]


LESSON = Lesson(
    TITLE,
    "The whole figure 1 of the paper at work on one sentence, from words to the next word.",
    encoder_decoder,
)
