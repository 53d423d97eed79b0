"""How sure the translator is: by the kinds of words that it has learned, and by probability.

The check is that of `sheetformer.models.constructions`, in cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from sheetformer.corpus import everyday
from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import concatenate, copy, elementwise, embedding, join, lookup
from sheetformer.language import translate
from sheetformer.lessons.translator.decoder_steps import DecoderStep
from sheetformer.models.constructions import LATER, ROW, START, STOP, Constructions
from sheetformer.models.decode import SURE, Translator
from sheetformer.story.story import Story
from sheetformer.story.word_cells import Rows

UNKNOWN = "There is a word that I have not learned; I leave it out."
UNLEARNED = "I have not learned sentences like this: do not trust the translation."
UNSURE = "I am not sure of every word."
LEARNED = "I have learned sentences like this."


SHEET = "Kinds of words"
BY_WORD = 1
"""The order of what is said word by word: below what is said of the whole sentence."""


@dataclass(frozen=True)
class Learned:
    """What was learned: the kind of each word (V,), the runs (R,) and their numbers (R,).

    `stage` is where a sentence is held against them.
    """

    kinds: Array
    runs: Array
    numbers: Array
    stage: int


def declare_constructions(story: Story, known: Constructions) -> Learned:
    """The kinds of words and the runs that training has seen, on a sheet of their own."""
    stage = story.stage(
        "Was a sentence like this learned?",
        "The kind of each word, and two runs around it: with its neighbours, and with the first "
        "word of the sentence. A run that training has not seen has number 0.",
        group=SHEET,
    )
    story.stage(
        "Kinds of words, and how they follow each other",
        "Every word has a kind. A run of three kinds in a row, or of two in a sentence that begins "
        "with a third (…), stands here if a sentence of the training had it. What does not stand "
        "here was never learned.",
        group=SHEET,
    )
    column = np.array(known.kinds, dtype=object)[:, None]
    kinds = story.constant(column, "kinds_of_words", note="The kind of each word, by its number.")
    count = np.arange(1.0, len(known.runs) + 1)[:, None]
    number = story.constant(count, "run_number", note="The run's number.", number_format="integer")
    listed = np.array(known.runs, dtype=object)[:, None]
    runs = story.constant(listed, "runs", note="What follows what.", number_format="phrase")
    return Learned(kinds[:, 0], runs[:, 0], number[:, 0], stage)


def unlearned(story: Story, learned: Learned, rows: Rows, visible: Array) -> Array:
    """1 for each word around which the sentence is built as none before: (m, 1)."""
    show = partial(story.show, stage=learned.stage)
    kind = embedding(learned.kinds, rows.numbers[:, :1])
    names = rows.words.ids[:, 0].astype(object)
    show(kind, "kind", "", "The kind of each word.", labels=(names, None))
    start, stop = (
        story.constant(np.array([[text]], dtype=object), f"{text}_", note="Around the sentence.")
        for text in (START, STOP)
    )
    story.place(start, stop, stage=learned.stage)
    before, after = concatenate([start, kind[:-1]]), concatenate([kind[1:], stop])
    near = join(concatenate([before, kind, after], axis=1), ROW)[:, None]
    show(near, "run", "", "With its neighbours.", number_format="phrase")
    pair = join(concatenate([kind, after], axis=1), ROW)[:, None]
    far = join(concatenate([concatenate([kind[:1]] * len(kind)), pair], axis=1), LATER)[:, None]
    show(far, "later_run", "", "With the first word.", number_format="phrase")
    found = [lookup(text, learned.runs, learned.numbers) for text in (near, far)]
    for name, number in zip(("run_found", "later_run_found"), found, strict=True):
        note = "Its number; 0: never seen."
        show(number, name, "", note, number_format="integer")
    seen = elementwise("minimum", *found)
    odd = NUMPY.where(seen > 0.0, 0.0, visible.T)
    return show(odd, "unlearned", "", "1: not learned.", number_format="integer")


def note_unlearned(story: Story, odd: Array, stage: int) -> None:
    """A word beside each place that is built as none before."""
    text = translate("← I have learned no sentence that goes on like this here")
    message = NUMPY.where(odd, text, "")
    story.show(
        message, "source_unlearned", "", "", number_format="message", labels=(None, None),
        stage=stage,
    )  # fmt: skip


def show_probabilities(story: Story, steps: Sequence[DecoderStep], stage: int) -> None:
    """How probable each word written was (1, steps)."""
    shares = copy(concatenate([step.probability for step in steps], axis=1))
    title = "How probable each word was"
    story.show(
        shares, "written_probabilities", "exp / Σ exp", "", title=title, role="word probabilities",
        number_format="share_or_none", stage=stage, line=True, order=BY_WORD,
    )  # fmt: skip


def say_how_sure(
    story: Story, rows: Rows, odd: Array | None, steps: Sequence[DecoderStep], stage: int
) -> None:
    """One sentence: whether the translation can be trusted; nothing where nothing was typed."""
    missing = elementwise("equal", rows.numbers, 0.0) * elementwise("not_equal", rows.words, "")
    verdict = NUMPY.where(steps[-1].least < SURE, translate(UNSURE), translate(LEARNED))
    if odd is not None:
        verdict = NUMPY.where(odd.max(axis=0, keepdims=True), translate(UNLEARNED), verdict)
    verdict = NUMPY.where(missing.max(axis=0, keepdims=True), translate(UNKNOWN), verdict)
    verdict = NUMPY.where(elementwise("equal", join(rows.words.T)[:, None], ""), "", verdict)
    story.show(
        verdict, "how_sure", "", "", title="How sure it is", role="verdict",
        number_format="verdict", stage=stage, line=True,
    )  # fmt: skip


def list_kinds(story: Story, model: Translator) -> None:
    """The kinds of sentences that the translator has learned, with an example of each."""
    if model.weights.facts.training.get("grammar") != "everyday":
        return
    story.stage(
        "What it has learned",
        "Sentences of these kinds, with the words of the sheet Learned; what is built otherwise "
        "it does not know.",
        group="Translate",
    )
    rows = [
        (translate(name), english, portuguese)
        for name, kind in everyday.KINDS.items()
        for english, portuguese in kind.examples.items()
    ]
    for column, (name, title) in enumerate(
        (("sentence_kinds", "Kind"), ("examples_english", "English"),
         ("examples_portuguese", "Portuguese"))
    ):  # fmt: skip
        text = np.array([[row[column]] for row in rows], dtype=object)
        story.constant(text, name, title=title, number_format="phrase", line=column == 0)
