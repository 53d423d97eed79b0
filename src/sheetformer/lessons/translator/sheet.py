"""The translator as a workbook: type English words into cells, and Portuguese words appear.

The whole network is unrolled: the encoder once, then the decoder word by word, each step reading
the word that the step before has written (Vaswani et al. 2017, figure 1). The arithmetic is that of
`sheetformer.models.transformer`, the steps are those of `decoder_steps`; here stand the cells that
all begins and ends with, and the story.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer import language
from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import concatenate, copy, join
from sheetformer.lessons.options import text
from sheetformer.lessons.translator import assurance
from sheetformer.lessons.translator.declare_weights import BROAD, Network, declare_network
from sheetformer.lessons.translator.decoder_steps import DecoderStep, decoder_steps
from sheetformer.lessons.translator.terms import TRANSFORMER_TERMS
from sheetformer.lessons.word_map import word_map
from sheetformer.models import transformer
from sheetformer.models.decode import Translator, load_translator
from sheetformer.story.check import check
from sheetformer.story.placement import Figure
from sheetformer.story.story import Story
from sheetformer.story.word_cells import Rows, declare_rows

TITLE = "A spreadsheet that translates"
STORY = "Translate"
ORDER = (
    *(STORY, "Encoder", "Decoder", "Next word", assurance.SHEET, "Check"),
    *("Learned", "Reference"),
)


@dataclass(frozen=True, repr=False)
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


def translate(sentence: str, formulas: str = "matrix", *, lang: str = "en") -> TranslationBook:
    """The workbook that translates an English sentence, and any other that is typed into it.

    Args:
        sentence: English words that the translator knows.
        formulas: "matrix" for one array formula a block, "cell" for one formula a cell, "named"
            for array formulas that call functions such as SOFTMAX (for programs with LAMBDA).
        lang: the language of the texts around the words.

    Raises:
        SheetformerError: there is no such language, or the sentence is no text.
        WordError: there is no word, too many, or one that is unknown.

    >>> translate("the red house").translation
    'a casa vermelha'
    """
    return translation_book(text("sentence", sentence), formulas, load_translator(), lang)


def translation_book(
    sentence: str, formulas: str, model: Translator, lang: str = "en"
) -> TranslationBook:
    """The workbook of a given translator, which begins with this sentence.

    Raises:
        SheetformerError: there is no such language.
        WordError: there is no word, too many, or one that is unknown.
    """
    words = model.split(sentence)
    model.read(words)  # refuses what it cannot read
    with language.use_language(language.find_language(lang, "translator")):
        story = Story(TITLE, terms=TRANSFORMER_TERMS, order=ORDER)
        network = declare_network(story, model)
        _tell(story, model, network, words)
        check(
            story, ["memory", "alignment", *(f"step_{t + 1}_total" for t in range(network.steps))]
        )
        return TranslationBook(**vars(build(story, formulas)))


def _tell(story: Story, model: Translator, network: Network, words: Sequence[str]) -> None:
    """All stages and the figure, in order."""
    learned = model.weights.constructions
    known = None if learned is None else assurance.declare_constructions(story, learned)
    rows, first = _typed(story, model, network, words)
    visible = story.show(
        rows.numbers[:, 0][None, :] > 0.0,  # (1, m)
        "is_word",
        "number > 0",
        "1 where a word stands.",
        number_format="integer",
        labels=(None, rows.words.ids[:, 0].astype(object)),
    )
    memory = _encode(story, model, network, rows, visible)
    odd = None
    if known is not None:
        odd = assurance.unlearned(story, known, rows, visible)
        assurance.note_unlearned(story, odd, first)
    steps = decoder_steps(story, model, network, memory, visible)
    written = _translation(story, steps, first)
    assurance.say_how_sure(story, rows, odd, steps, first)
    _alignment(story, rows, steps)
    _embeddings(story, network, rows, steps, written)
    assurance.list_kinds(story, model)


def _typed(
    story: Story, model: Translator, network: Network, words: Sequence[str]
) -> tuple[Rows, int]:
    """The cells to type in, and the number of their stage."""
    most = model.weights.facts.max_words
    first = story.stage(
        "Type a sentence",
        language.translate(
            "Type up to {most} English words, one a cell; leave the rest empty. Below it says in "
            "Portuguese what the Transformer makes of them. Everything between is on the next "
            "sheets, every number a formula.",
            most=most,
        ),
        group=STORY,
    )
    typed = [[word] for word in (*words, *[""] * (most - len(words)))]
    return declare_rows(story, "source", "English", typed, network.english, "it is left out"), first


def _encode(story: Story, model: Translator, network: Network, rows: Rows, visible: Array) -> Array:
    """The memory: (m, d)."""
    encoder = story.stage(
        "Encoder",
        "Every source word looks at every other (self-attention), then thinks alone "
        "(feed-forward). Empty cells are hidden. What comes out is the memory that the decoder "
        "looks at.",
        "x + Attention(x),  x + FFN(x)",
        "Encoder",
        BROAD,
    )
    story.place(rows.vectors, rows.words, visible, stage=encoder)
    x = transformer.embed(rows.vectors, network.positions[: rows.vectors.shape[0]])
    story.show(x, "encoder_x", "E √d + positions", "Each word with its place.")
    facts = model.weights.facts
    memory = transformer.encode(network.tensors, x, visible, heads=facts.heads, layers=facts.layers)
    return story.show(memory, "memory", "x + FFN(x)", "What the encoder has read.", role="memory")


def _translation(story: Story, steps: Sequence[DecoderStep], first: int) -> Array:
    """The words of all steps (1, steps) and their sentence, below the words that were typed.

    The sentence stands first: it is what a reader typed the words for.
    """
    words = copy(concatenate([step.written for step in steps], axis=1))
    note, title = "One word a step, until the end.", "Portuguese words"
    story.show(
        words, "written_words", "", note, title=title, role="words written", stage=first,
        line=True, order=assurance.BY_WORD,
    )  # fmt: skip
    assurance.show_probabilities(story, steps, first)
    story.show(
        join(words)[:, None],
        "translation",
        title="The translation",
        number_format="sentence",
        role="translation",
        stage=first,
        line=True,
    )
    return words


def _alignment(story: Story, rows: Rows, steps: Sequence[DecoderStep]) -> None:
    """Where each step looked: (steps, m)."""
    story.stage(
        "Who looks at whom",
        "Each row is one step: the word it read, an arrow, and the word it wrote. The query is "
        "made of the word read, but what the row looks at decides the word written.",
        "softmax(Q Kᵀ / √d_k)",
        STORY,
    )
    labels = [_step_label(story, t, step) for t, step in enumerate(steps)]
    column = np.concatenate([label.ids[:, 0] for label in labels]).astype(object)
    story.show(
        copy(concatenate([step.attention for step in steps])),
        "alignment",
        "",
        "Cross-attention, one row a step.",
        title="Who looks at whom",
        role="alignment",
        number_format="share_or_none",
        labels=(column, rows.words.ids[:, 0].astype(object)),
        label_columns=2,
    )


def _step_label(story: Story, t: int, step: DecoderStep) -> Array:
    """`eu → sou`: the word read and the word written; empty after the end."""
    both = join(concatenate([step.read, step.written], axis=1), " → ")[:, None]
    stage = story.stage_of(step.read.node)
    story.show(both, f"step_{t + 1}_row", "", "Read → written.", stage=stage)
    label = NUMPY.where(step.ended, "", both)
    note = "The row's label."
    return story.show(label, f"step_{t + 1}_label", "", note, role="decoder step", stage=stage)


def _embeddings(
    story: Story, network: Network, rows: Rows, steps: Sequence[DecoderStep], written: Array
) -> None:
    """A chart of the embeddings, first two numbers, of the words of both sentences."""
    number = story.stage(
        "Words as points",
        "The first two of the numbers that stand for each word. Here, unlike in the lesson on "
        "cross-attention, nobody asked that words which mean the same lie close together.",
        "E[number]",
        STORY,
    )
    labels = np.concatenate([step.written.ids[:, 0] for step in steps]).astype(object)
    vectors = story.show(
        copy(concatenate([step.vector for step in steps])),
        "written_embeddings",
        "E[number]",
        "Of the words written.",
        title="Vectors of the words written",
        labels=(labels, network.portuguese.vectors.labels[1]),
        workings=True,
    )
    groups = (
        (language.translate("English"), _labelled(story, rows.vectors, rows.words, "source_names")),
        (language.translate("Portuguese"), _labelled(story, vectors, written.T, "written_names")),
    )
    title = language.translate("Embeddings: ● English, ◆ Portuguese")
    drawing = word_map(title, groups, (network.english, network.portuguese))
    story.figures.append(Figure(number, 24, 13, drawing, direction="line"))


def _labelled(story: Story, points: Array, words: Array, name: str) -> Array:
    """Points whose labels on a chart are these words (n, 1); an empty one is a space.

    A point without a name would be labelled with its number instead.
    """
    names = NUMPY.where(words == "", " ", words)
    note, title = "The names of the points.", "Words of the points"
    story.show(names, name, "", note, title=title, workings=True)
    return Array(points.graph, points.ids, (names.ids[:, 0].astype(object), points.labels[1]))
