"""Lesson: the whole Transformer of figure 1 on one small sentence, with learned numbers.

The arithmetic is that of `sheetformer.models.transformer` (Vaswani et al. 2017, figure 1 and
section 3), the numbers those of the translators that come with the package. Their norms stand in
front of the sublayers, x + Sublayer(LayerNorm(x)), after Xiong et al. 2020; the lesson says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.corpus.vocabulary import BEGIN, split_words
from sheetformer.graph.array import Array
from sheetformer.graph.functions import concatenate, copy, embedding
from sheetformer.graph.functions import largest as ranked
from sheetformer.language import translate
from sheetformer.lessons import figure1
from sheetformer.lessons.encoder_decoder_layout import lay_out
from sheetformer.lessons.encoder_decoder_questions import questions
from sheetformer.lessons.encoder_decoder_result import show_result
from sheetformer.lessons.encoder_decoder_texts import (
    EXAMPLE,
    INSIDE,
    LESSON_TERMS,
    ORDER,
    STAGES,
    STORY,
    WIDE_ROLES,
    stage_of,
)
from sheetformer.lessons.options import whole
from sheetformer.lessons.story import Lesson, either, numbered, order, sentences
from sheetformer.lessons.translator.declare_weights import (
    NetworkParameters,
    declare_parameters,
    declare_positions,
)
from sheetformer.models import transformer
from sheetformer.models.decode import CANDIDATES, Translator, generate_translation, load_translator
from sheetformer.models.weights_file import SMALL
from sheetformer.story.check import check
from sheetformer.story.placement import Figure
from sheetformer.story.questions import ask
from sheetformer.story.story import Story
from sheetformer.story.word_cells import Rows, declare_rows

TITLE = "A whole Transformer, box by box"
SENTENCE = "I am happy"
FILES = {1: SMALL, 2: "translator_two_heads"}
ENCODER_STEPS = (8, 7, 6, 5, 4, 3, 1)
DECODER_STEPS = (1, 17, 16, 15, 14, 13, 12, 11, 10, 9, 9, 1)
"""The steps of the boxes of figure 1, from the top."""

LARGEST_REFERENCE = 400
"""Cells of a block that stands on the Reference sheet, too; the others are only verified."""


def encoder_decoder(
    source: str = SENTENCE, target: str = "", heads: int = 1, formulas: str = "matrix"
) -> Book:
    """The lesson's book for an English sentence and the Portuguese words so far.

    Args:
        source: 1 to 8 known English words.
        target: the Portuguese words so far, `<s>` for none yet; empty: what the Transformer itself
            says.
        heads: 1 or 2.
        formulas: "matrix", "cell" or "named".

    Raises:
        SheetformerError: there is no Transformer with so many heads.
        WordError: a word is not known, or there are too few or too many.
    """
    model = load_translator(FILES[whole("heads", heads, 1, 2)])
    words = split_words(source)
    numbers = model.read(words)
    english = [model.weights.vocabulary.source[number] for number in numbers]
    story = Story(TITLE, terms=LESSON_TERMS, order=order(*ORDER), head=LESSON.head())
    enter = partial(_enter, story, model, list(words) == list(split_words(SENTENCE)))
    lesson = _Lesson(model, declare_parameters(story, model), enter)
    _tell(story, lesson, english, _so_far(model, words, target))
    check(story, {node.name for node in story.graph if node.size < LARGEST_REFERENCE})
    return build(story, formulas)


def _so_far(model: Translator, words: Sequence[str], target: str) -> list[str]:
    """The words that the decoder reads: `<s>` and the translation so far."""
    if not target.strip():
        return [BEGIN, *generate_translation(words, model).words]
    given = split_words(target.replace(BEGIN, " ")) if target.replace(BEGIN, " ").strip() else ()
    known = model.weights.vocabulary.target
    return [BEGIN, *(known[number] for number in model.read_target(given))]


@dataclass(frozen=True)
class _Lesson:
    """What the boxes of the figure are computed with.

    Attributes:
        model: its facts and words.
        learned: its numbers as cells.
        enter: begins the stage of a box.
    """

    model: Translator
    learned: NetworkParameters
    enter: Callable[[str], int]

    @property
    def heads(self) -> int:
        """How many heads each attention has."""
        return self.model.weights.facts.heads


def _enter(story: Story, model: Translator, usual: bool, box: str) -> int:
    """Begin the stage of a box; gives its number. `usual`: the example sentence stands there."""
    heads, words = model.weights.facts.heads, len(model.weights.vocabulary.target)
    stage = STAGES[box]
    text = translate(stage.text, heads=heads, words=words)
    if box == "words":
        text = sentences(text, either(usual, EXAMPLE, ""))
    return story.enter(replace(stage, text=text))


def _tell(story: Story, lesson: _Lesson, english: Sequence[str], portuguese: Sequence[str]) -> None:
    """Figure 1, from the words to the next word."""
    learned = lesson.learned
    # The words stand beside it, on the sheet of the vocabulary.
    story.graph.relabel(learned.output.node, labels=(None, learned.dims))
    lesson.enter("words")
    read = _typed(story, lesson, "source", "English", english)
    so_far = _typed(story, lesson, "target", "Portuguese", portuguese)
    figure = lesson.enter("figure")
    memory, visible, positions = _encode(story, lesson, read, max(len(english), len(portuguese)))
    x, attention = _decode(story, lesson, so_far, memory, visible, positions)
    likeliest, shares = _next_words(story, lesson, x)
    show_result(story, so_far, likeliest, shares, attention)
    questions(story, story.named("next_word"))
    ask(story, STORY)
    lay_out(story)
    drawing = figure1.transformer_steps(
        (ENCODER_STEPS, DECODER_STEPS), partial(_first_block, story)
    )
    story.figures.append(Figure(figure, figure1.ROWS, figure1.COLUMNS, drawing))


def _first_block(story: Story, step: int) -> Array:
    """The first block of a step that is in sight."""
    number = next(i for i, stage in enumerate(story.stages) if stage.title.startswith(f"{step} "))
    nodes = [node for node in story.graph if node.name and story.stage_of(node) == number]
    nodes = [node for node in nodes if not story.placement(node).workings]
    node = min(nodes, key=lambda node: story.placement(node).order)
    return Array.of(story.graph, node)


def _typed(story: Story, lesson: _Lesson, side: str, language: str, words: Sequence[str]) -> Rows:
    is_source = side == "source"
    vocabulary = lesson.learned.english if is_source else lesson.learned.portuguese
    unknown = "it is left out" if is_source else "a row of zeros"
    return declare_rows(story, side, language, [[word] for word in words], vocabulary, unknown)


def _encode(story: Story, lesson: _Lesson, rows: Rows, length: int) -> tuple[Array, Array, Array]:
    """The memory (m, d), where a source word stands (1, m), and the positions (length, d)."""
    story.place(rows.vectors, stage=lesson.enter("embedding"))
    lesson.enter("positions")
    positions = declare_positions(story, length, lesson.learned.dims)
    x = transformer.embed(rows.vectors, positions[: rows.vectors.shape[0]])
    note, title = "Each word with its place.", "Words with their places"
    story.show(x, "encoder_x", "E √d_model + positions", note, title=title)
    labels, note = (None, rows.words.ids[:, 0].astype(object)), "1 where a word stands."
    visible = story.show(
        rows.known(), "is_word", "number > 0", note, title="Which are words",
        number_format="mask", labels=labels, workings=True,
    )  # fmt: skip
    since = len(story.graph.nodes)
    memory = transformer.encode(
        lesson.learned.tensors, x, visible, heads=lesson.heads, layers=1, enter=lesson.enter
    )
    _place_wide(story, lesson.enter("encoder_inner"), since)
    story.place(visible, stage=stage_of(story, "encoder_1_self"))
    return memory, visible, positions


def _decode(
    story: Story, lesson: _Lesson, rows: Rows, memory: Array, visible: Array, positions: Array
) -> tuple[Array, Array]:
    """The decoder's last rows (n, d), and where its first head looked (n, m)."""
    story.place(rows.vectors, stage=lesson.enter("target"))
    count = rows.vectors.shape[0]
    x = transformer.embed(rows.vectors, positions[:count])
    note, title = "Each word with its place.", "Words with their places"
    story.show(x, "decoder_x", "E √d_model + positions", note, title=title)
    words, note = rows.words.ids[:, 0].astype(object), "1: the word itself and those before it."
    earlier = story.constant(
        np.tri(count), "may_look", title="Who may look where", note=note, labels=[words, words],
        number_format="mask",
    )  # fmt: skip
    since = len(story.graph.nodes)
    x, weights = transformer.decode(
        lesson.learned.tensors, x, memory, visible,
        heads=lesson.heads, layers=1, enter=lesson.enter, earlier=earlier,
    )  # fmt: skip
    _place_wide(story, lesson.enter("decoder_inner"), since)
    story.place(earlier, before=story.named("decoder_1_self_masked"))
    return x, weights[0]


def _place_wide(story: Story, stage: int, since: int) -> None:
    """The 32 numbers of feed-forward on a sheet of their own; `since`: the first node of them.

    What it adds its bias to has no block here: without a name it stands inside the next formula.
    """
    graph = story.graph
    for node in graph.nodes[since:]:
        role = graph.roles.get(node.base)
        if role == INSIDE:
            graph.relabel(node, "")
        elif role in WIDE_ROLES:
            story.move(node, stage=stage, line=True)


def _next_words(story: Story, lesson: _Lesson, x: Array) -> tuple[Array, Array]:
    """The likeliest next words and their probabilities, each (n, 3). Section 3.4."""
    linear, softmax = lesson.enter("linear"), lesson.enter("softmax")
    lesson.enter("every")
    logits = _logits(story, lesson.learned, x)
    best = [ranked(logits, rank, axis=0) for rank in range(1, CANDIDATES + 1)]
    largest = best[0][0]
    exponentials = np.exp(logits - largest)
    note, labels = "1 for the likeliest of a column.", (None, x.labels[0])
    equation, title = "exp(logit − max)", "Exponentials"
    story.show(exponentials, "exponentials", equation, note, title=title, labels=labels)
    total = exponentials.sum(axis=0, keepdims=True)
    note, title = "Over all words.", "Their sum"
    story.show(total, "all_exponentials", "Σ exp", note, title=title, stage=softmax)
    labels = (x.labels[0], numbered("", CANDIDATES))
    top = copy(concatenate([score for score, _ in best]).T)
    note = "The three largest of each row."
    title = "Three largest logits"
    story.show(top, "top_logits", "largest", note, title=title, labels=labels, stage=linear)
    numbers = concatenate([place for _, place in best]).T
    words = embedding(lesson.learned.portuguese.words[:, 0], numbers)
    note, title = "Their words.", "Three likeliest words"
    story.show(words, "top_words", "", note, title=title, labels=labels, stage=linear)
    shares = np.exp(top - largest.T) / total.T
    equation, note = "exp(logit − max) / Σ exp", "The three likeliest next words."
    story.show(
        shares, "probabilities", equation, note, title="Their probabilities",
        number_format="share", labels=labels, stage=softmax,
    )  # fmt: skip
    for rank, (score, place) in enumerate(best, 1):
        title = translate("The largest, number {rank}", rank=rank)
        story.show(score, f"logit_{rank}", title=title, workings=True)
        title = translate("Its word's number, {rank}", rank=rank)
        story.show(place, f"place_{rank}", title=title, number_format="integer", workings=True)
    return words, shares


def _logits(story: Story, learned: NetworkParameters, x: Array) -> Array:
    """How well each word would go on after each row: (target words, n)."""
    product = learned.output @ x.T
    story.show(product, "products", "W_outᵀ xᵀ", "One column a row.", title="Products")
    return story.show(
        product + learned.bias,
        "logits",
        "W_outᵀ xᵀ + b",
        "Larger: the word fits better as the next one.",
        title="Logits",
        labels=(None, x.labels[0]),  # the words stand at the left of the line
    )


LESSON = Lesson(
    TITLE,
    "The whole figure 1 of the paper at work on one sentence, from words to the next word.",
    encoder_decoder,
    name="encoder-decoder",
    goal="name every box of figure 1 and say what it does to a sentence",
    needs=("multi-head", "positions"),
    minutes=45,
    blanks="encoder_1_self_scores, encoder_1_self_weights, encoder_1_self_blend",
)
