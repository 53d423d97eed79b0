"""The translator as a workbook: type English words into cells, and Portuguese words appear.

The whole network is unrolled: the encoder once, then the decoder word by word, each step reading
the word that the step before has written (Vaswani et al. 2017, figure 1). The arithmetic is that of
`sheetformer.translator.transformer`; here stand the cells it begins and ends with, and the story.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.check import check
from sheetformer.book.figures import WordMap
from sheetformer.book.layout import Figure
from sheetformer.book.workbook import Book
from sheetformer.graph.array import Array
from sheetformer.graph.functions import (
    concatenate,
    copy,
    embedding,
    inside,
    join,
    largest,
    show,
    source,
)
from sheetformer.graph.node import Graph, Stage
from sheetformer.translator import transformer
from sheetformer.translator.cells import Rows, declare_rows
from sheetformer.translator.decode import CANDIDATES, Translator, load_translator
from sheetformer.translator.network import BROAD, Network, declare_network
from sheetformer.translator.vocabulary import BEGIN_INDEX, END_INDEX, split_words

TITLE = "A spreadsheet that translates"
STORY = "Translate"
ORDER = (STORY, "Encoder", "Decoder", "Next word", "Check", "Learned", "Reference")
WIDE = 10_000
"""A line of blocks that never breaks: one column for each step."""


@dataclass(repr=False)
class TranslationBook(Book):
    """A translator workbook, and what it says for the sentence that it was written with."""

    @property
    def translation(self) -> str:
        """The Portuguese words."""
        return str(self["translation"].value.item())

    @property
    def alignment(self) -> Any:
        """The attention from which each word was written: (target words, source words)."""
        read = int((self["source_number"].value > 0).sum())
        return self["alignment"].value[: len(self.translation.split()), :read]


def translate(
    sentence: str, formulas: str = "matrix", translator: Translator | None = None
) -> TranslationBook:
    """The workbook that translates a sentence, and any other that is typed into it.

    Args:
        sentence: English words that the translator knows.
        formulas: "matrix" or "cell".
        translator: which one; the default is the one that comes with the package.

    Raises:
        WordError: there is no word, too many, or one that is unknown.
    """
    model = translator or load_translator()
    words = split_words(sentence)
    model.read(words)  # refuses what it cannot read
    graph = Graph()
    network = declare_network(graph, model)
    figures = _Story(graph, model, network).tell(words)
    watched = ["memory", "alignment", *(f"logits_{t + 1}" for t in range(network.steps))]
    check(graph, watched)
    book = build(graph, TITLE, formulas, figures, ORDER)
    return TranslationBook(**vars(book))


@dataclass
class _Step:
    """One step of the decoder: what it read, wrote and looked at.

    Attributes:
        number: of the word written (1, 1), which the next step reads.
        read: the word read (1, 1).
        written: the word written (1, 1), empty after the end.
        ended: 1 once the end token was written (1, 1).
        looked: cross-attention over the source words (1, m), 0 after the end.
        vector: the embedding of the word written, 0 after the end (1, d).
    """

    number: Array
    read: Array
    written: Array
    ended: Array
    looked: Array
    vector: Array


@dataclass
class _Story:
    """Tells the stages in order; the graph grows with them."""

    graph: Graph
    model: Translator
    network: Network
    earlier: dict[int, list[Array]] = field(default_factory=dict[int, list[Array]])
    typed: int = 0
    next_word: int = 0

    def tell(self, words: Sequence[str]) -> list[Figure]:
        """All stages; gives the figures."""
        read = self._typed(words)
        visible = show(
            read.numbers[:, 0][None, :] > 0.0,  # (1, m)
            "is_word",
            "number > 0",
            "1 where a word stands.",
            look="integer",
            labels=(None, read.words.ids[:, 0].astype(object)),
        )
        memory = self._encode(read, visible)
        steps = self._decode(memory, visible)
        return self._result(read, steps)

    def _stage(
        self, title: str, text: str, equation: str = "", group: str = STORY, width: int = 0
    ) -> int:
        self.graph.stages.append(Stage(title, text, equation, group, width))
        return len(self.graph.stages) - 1

    def _typed(self, words: Sequence[str]) -> Rows:
        most = self.model.weights.facts.max_words
        self.typed = self._stage(
            "Type a sentence",
            f"Type up to {most} English words, one a cell; leave the rest empty. Below it says in "
            "Portuguese what the Transformer makes of them. Everything between is on the next "
            "sheets, every number a formula.",
        )
        typed = [[word] for word in (*words, *[""] * (most - len(words)))]
        rows = declare_rows(
            self.graph, "source", "English", typed, self.network.english, "it is left out"
        )
        for array in (rows.vectors, rows.words):
            array.node.stage = self.typed + 1
        return rows

    def _encode(self, rows: Rows, visible: Array) -> Array:
        self._stage(
            "Encoder",
            "Every source word looks at every other (self-attention), then thinks alone "
            "(feed-forward). Empty cells are hidden. What comes out is the memory that the decoder "
            "looks at.",
            "x + Attention(x),  x + FFN(x)",
            "Encoder",
            BROAD,
        )
        x = transformer.embed(rows.vectors, self.network.positions[: rows.vectors.shape[0]])
        show(x, "encoder_x", "E √d + positions", "Each word with its place.")
        visible.node.stage = self.typed + 1
        facts = self.model.weights.facts
        return show(
            transformer.encode(
                self.network.tensors, x, visible, heads=facts.heads, layers=facts.layers
            ),
            "memory",
            "x + FFN(x)",
            "What the encoder has read.",
        )

    def _decode(self, memory: Array, visible: Array) -> list[_Step]:
        """Unroll the decoder: each step reads what the step before has written."""
        begin = source(self.graph, "constant", np.array([[float(BEGIN_INDEX)]]), name="begin")
        begin.node.look = "integer"
        begin.node.note = "Number of the word that the decoder reads first."
        self.next_word = self._stage(
            "Which word comes next?",
            "Every word of the vocabulary is scored by how well it would go on: the dot product of "
            "the decoder's last row with the word's own row, plus a bias. One group of columns a "
            "step; the exponentials of the scores, over their sum, are probabilities.",
            "x W_out + b",
            "Next word",
            WIDE,
        )
        steps: list[_Step] = []
        number, ended = begin, None
        for t in range(self.network.steps):
            step = self._step(t, number, ended, memory, visible)
            steps.append(step)
            number, ended = step.number, step.ended
        return steps

    def _step(
        self, t: int, number: Array, ended: Array | None, memory: Array, visible: Array
    ) -> _Step:
        name = f"s{t + 1}"
        self._stage(
            f"Step {t + 1}",
            "The decoder reads the word that was written last, looks at the words before it "
            "(self-attention), then at the source (cross-attention), and scores every word of the "
            "vocabulary as the next one.",
            "softmax(Q Kᵀ / √d_k) V",
            "Decoder",
            BROAD,
        )
        read = embedding(self.network.portuguese.words[:, 0], number)
        show(read, f"{name}_read", "", "The word read.")
        vector = embedding(self.network.portuguese.vectors, number[:, 0])
        show(vector, f"{name}_embedding", "E[number]")
        x = transformer.embed(vector, self.network.positions[t : t + 1])
        show(x, f"{name}_x", "E √d + position")
        x, weights = self._layers(name, x, memory, visible)
        return self._choose(t, name, read, ended, x, weights)

    def _layers(self, name: str, x: Array, memory: Array, visible: Array) -> tuple[Array, Array]:
        """One row of the decoder through all layers; earlier rows were kept."""
        tensors, heads = self.network.tensors, self.model.weights.facts.heads
        weights = x
        for layer in range(self.model.weights.facts.layers):
            part = f"decoder.{layer}"
            at = name if self.model.weights.facts.layers == 1 else f"{name}_layer{layer + 1}"
            normal = transformer.layer_norm(tensors, f"{part}.norm_1", x, f"{at}_norm_1")
            before = self.earlier.setdefault(layer, [])
            before.append(normal)
            so_far = concatenate(before)
            blend, _ = transformer.attend(
                tensors, f"{part}.self_attention", normal, so_far, None, heads, f"{at}_self"
            )
            x = show(x + blend, f"{at}_after_self", "x + self-attention")
            normal = transformer.layer_norm(tensors, f"{part}.norm_2", x, f"{at}_norm_2")
            blend, weights = transformer.attend(
                tensors, f"{part}.cross_attention", normal, memory, visible, heads, f"{at}_cross"
            )
            x = show(x + blend, f"{at}_after_cross", "x + cross-attention")
            normal = transformer.layer_norm(tensors, f"{part}.norm_3", x, f"{at}_norm_3")
            change = transformer.feed_forward(tensors, f"{part}.feed_forward", normal, f"{at}_ff")
            x = show(x + change, f"{at}_after_ff", "x + FFN(x)")
        return x, weights

    def _choose(
        self,
        t: int,
        name: str,
        read: Array,
        ended: Array | None,
        x: Array,
        weights: Array,
    ) -> _Step:
        """Score every word, name the likeliest, and write the first. Section 3.4."""
        scores = self._scores(t, x)
        largest_score, place = largest(scores, 1, axis=0)
        show(largest_score, f"{name}_largest", "max logit")
        raised = show(np.exp(inside(scores - largest_score)), f"exp_{t + 1}", "exp(logit − max)")
        raised.node.stage = self.next_word
        raised.node.labels = (None, None)
        total = show(raised.sum(axis=0, keepdims=True), f"{name}_total", "Σ exp")
        candidates = [(largest_score, place)]
        candidates += [largest(scores, rank, axis=0) for rank in range(2, CANDIDATES + 1)]
        words = [self._candidate(name, i + 1, *each, largest_score, total) for i, each in
                 enumerate(candidates)]  # fmt: skip
        ends = inside(place == float(END_INDEX))
        over = ends if ended is None else np.maximum(ended, ends)
        over = show(over + 0.0 if ended is None else over, f"{name}_ended", "ended before, or </s>")
        over.node.look = "integer"
        written = show(np.where(over, "", words[0]), f"{name}_written", "", "The word written.")
        looked = self._looked(name, weights, over)
        chosen = embedding(self.network.portuguese.vectors, place[:, 0])
        show(chosen, f"{name}_chosen", "E[number]", "What the next step reads.")
        vector: Any = np.where(over, 0.0, chosen)
        show(vector, f"{name}_point", "E[number]", "Of the word written.")
        return _Step(place, read, written, over, looked, vector)

    def _scores(self, t: int, x: Array) -> Array:
        """Logits of all words as the next one: (target words, 1), on their own sheet."""
        raw = show(self.network.output @ x.T, f"product_{t + 1}", "W_outᵀ xᵀ", f"Step {t + 1}.")
        scores = show(raw + self.network.bias, f"logits_{t + 1}", "W_outᵀ xᵀ + b")
        raw.node.labels = (None, None)
        for array in (raw, scores):
            array.node.stage = self.next_word
        return scores

    def _candidate(
        self, name: str, rank: int, score: Array, place: Array, best: Array, total: Array
    ) -> Array:
        """One of the likeliest words and its probability."""
        show(place, f"{name}_place_{rank}", "", "Its number.", look="integer")
        word = embedding(self.network.portuguese.words[:, 0], place)
        show(word, f"{name}_word_{rank}", "", f"Likeliest word {rank} …")
        share = inside(np.exp(inside(score - best))) / total
        show(share, f"{name}_p_{rank}", "exp / Σ", "… and its probability.", look="share")
        if rank > 1:
            show(score, f"{name}_score_{rank}", "", "Its logit.")
        return word

    def _looked(self, name: str, weights: Array, over: Array) -> Array:
        """The cross-attention that counts for alignment (1, m): a guided head, or the mean."""
        heads = weights.shape[0]
        row = weights[0]
        if not self.model.weights.facts.guided and heads > 1:
            total = weights[0]
            for head in range(1, heads):
                total = inside(total + weights[head])
            row = show(total / float(heads), f"{name}_mean_weights", "mean of the heads")
        looked = np.where(over, 0.0, row)
        return show(looked, f"{name}_looked", "0 after the end", look="share")

    def _result(self, rows: Rows, steps: Sequence[_Step]) -> list[Figure]:
        """The sentence, who looked at whom, and the words as points."""
        words = copy(concatenate([step.written for step in steps], axis=1))
        show(words, "written_words", "", "One word a step, until the end.")
        sentence = show(join(words)[:, None], "translation", "", "", look="sentence")
        for array in (words, sentence):
            array.node.stage, array.node.flow = self.typed, "line"
        self._stage(
            "Who looks at whom",
            "Each row is one step: the word it read, an arrow, and the word it wrote. The query is "
            "made of the word read, but what the row looks at decides the word written.",
            "softmax(Q Kᵀ / √d_k)",
        )
        labels = [self._label(t, step) for t, step in enumerate(steps)]
        column = np.concatenate([label.ids[:, 0] for label in labels]).astype(object)
        alignment = show(
            copy(concatenate([step.looked for step in steps])),
            "alignment",
            "",
            "Cross-attention, one row a step.",
            look="share",
            labels=(column, rows.words.ids[:, 0].astype(object)),
        )
        alignment.node.label_columns = 2
        return [self._map(rows, steps, words)]

    def _label(self, t: int, step: _Step) -> Array:
        """`eu → sou`: the word read and the word written; empty after the end."""
        both = join(concatenate([step.read, step.written], axis=1), " → ")[:, None]
        show(both, f"s{t + 1}_row", "", "Read → written.")
        label = show(np.where(step.ended, "", both), f"s{t + 1}_label", "", "The row's label.")
        for array in (both, label):
            array.node.stage = step.read.node.stage
        return label

    def _map(self, rows: Rows, steps: Sequence[_Step], words: Array) -> Figure:
        """A chart of the embeddings, first two numbers, of the words of both sentences."""
        number = self._stage(
            "Words as points",
            "The first two of the numbers that stand for each word. Here, unlike in the lesson on "
            "cross-attention, nobody asked that words which mean the same lie close together.",
            "E[number]",
        )
        labels = np.concatenate([step.written.ids[:, 0] for step in steps]).astype(object)
        vectors = show(
            copy(concatenate([step.vector for step in steps])),
            "written_embeddings",
            "E[number]",
            "Of the words written.",
            labels=(labels, self.network.portuguese.vectors.labels[1]),
        )
        english = _named(rows.vectors, rows.words, "source_names")
        groups = (("English", english), ("Portuguese", _named(vectors, words.T, "written_names")))
        title = "Embeddings: ● English, ◆ Portuguese"
        tables = (self.network.english.vectors, self.network.portuguese.vectors)
        reach = math.ceil(max(np.abs(table.value[:, :2]).max() for table in tables))
        drawing = WordMap(title, ("first number (d1)", "second number (d2)"), groups, reach)
        return Figure(number, 18, 10, drawing, flow="line")


def _named(points: Array, words: Array, name: str) -> Array:
    """Points whose labels on a chart are these words (n, 1); an empty one is a space.

    A point without a name would be labelled with its number instead.
    """
    named: Any = np.where(inside(words == ""), " ", words)
    show(named, name, "", "The names of the points.")
    return Array(points.graph, points.ids, (named.ids[:, 0].astype(object), points.labels[1]))
