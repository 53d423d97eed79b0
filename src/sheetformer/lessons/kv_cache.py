"""Lesson: kv-cache; the same words decoded with and without kept keys and values.

A decoder's later words cannot change its earlier ones (Vaswani et al. 2017, section 3.2.3), so
their keys and values can be kept (Pope et al. 2022, section 2). The learned numbers are those of
the translator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import concatenate, copy
from sheetformer.graph.nn import HIDDEN
from sheetformer.language import translate
from sheetformer.lessons.encoder_rows import (
    Encoder,
    declare_encoder,
    declare_sentence,
    read_sentence,
)
from sheetformer.lessons.kv_cache_cost import GROUP, WIDE, cost
from sheetformer.lessons.kv_cache_memory import memory
from sheetformer.lessons.kv_cache_questions import questions
from sheetformer.lessons.story import Lesson, order
from sheetformer.models.decode import load_translator
from sheetformer.models.weights_file import SMALL
from sheetformer.story.check import check
from sheetformer.story.names import fold_unnamed
from sheetformer.story.operands import again, product
from sheetformer.story.questions import ask
from sheetformer.story.sentences import say
from sheetformer.story.softmax_steps import below_largest, shares
from sheetformer.story.story import Story

TITLE = "The key-value cache: nothing is worked out twice"
STEPS = "Steps"
SENTENCE = "we see the red house"


def kv_cache(sentence: str = SENTENCE, formulas: str = "matrix") -> Book:
    """The lesson's book for an English sentence that is read word by word.

    Args:
        sentence: 2 to 8 known English words; bars make the words between them one row.
        formulas: "matrix", "cell" or "named".

    Raises:
        WordError: a word is not known, or there are too few or too many.
    """
    model = load_translator(SMALL)
    words = read_sentence(sentence, model, least=2)
    story = Story(TITLE, head=LESSON.head(), order=order(GROUP, STEPS, "Check", "Input"))
    encoder = declare_encoder(story, model, ("w_q", "w_k", "w_v"))
    story.stage(
        "1   One word after the other",
        "A model that writes makes one word at a time. For the next word it looks back at all "
        "words so far: its query meets their keys, and it takes from their values. Below, the "
        "words of a sentence come one by one, as if they were just written, and each step is "
        "worked out twice: without a memory, and with one. Type other words.",
        "x₁, x₂, …",
        GROUP,
        WIDE,
    )
    _, x = declare_sentence(story, encoder, words, "it counts as an empty cell")
    plain, kept = _steps(story, encoder, x)
    _without(story, encoder, x, plain[-1])
    _with(story, encoder, x, kept)
    _same(story, plain, kept)
    cost(story, x)
    sizes = memory(story)
    questions(story, sizes)
    ask(story, GROUP)
    fold_unnamed(story)
    check(story, ["outputs_plain", "outputs_kept", "multiplied_plain", "multiplied_kept", "gib"])
    return build(story, formulas)


@dataclass(frozen=True)
class _Step:
    """One step: what is multiplied in it, and what attention gives.

    Without a cache all t words are rows, with one only the newest.

    Attributes:
        query: (t or 1, d), as are key, value and output.
        scores: (t or 1, t), as are weights.
    """

    query: Array
    key: Array
    value: Array
    scores: Array
    weights: Array
    output: Array


def _steps(story: Story, encoder: Encoder, x: Array) -> tuple[list[_Step], list[_Step]]:
    """All steps, without a cache and with one, on a sheet of their own."""
    count = x.shape[0]
    plain: list[_Step] = []
    kept: list[_Step] = []
    mask = story.constant(np.tril(np.ones((count, count))), "may_look", title="Who may look",
                          note="1: this word or an earlier one.", number_format="mask",
                          workings=True)  # fmt: skip
    for t in range(1, count + 1):
        story.stage(
            translate("Step {number}", number=t),
            "Without a cache: queries, keys and values of all words so far, once more. With it: "
            "those of the newest word; the other keys and values are read from the steps before.",
            "",
            STEPS,
            2 * WIDE,
        )
        plain.append(_plain_step(story, encoder, x[:t], mask[:t, :t]))
        kept.append(_kept_step(story, encoder, x[t - 1 : t], kept))
    return plain, kept


def _projected(story: Story, encoder: Encoder, x: Array, kind: str) -> list[Array]:
    """Queries, keys and values of rows: (t, d) each."""
    mark = f"_{kind}"
    names = (("q", "Queries"), ("k", "Keys"), ("v", "Values"))
    return [
        story.show(x @ encoder.matrices[f"w_{letter}"], letter + mark, f"X W_{letter.upper()}",
                   title=title, line=letter == "q")
        for letter, title in names
    ]  # fmt: skip


def _attended(
    story: Story, query: Array, keys: Array, values: Array, mask: Any, kind: str
) -> tuple[Array, Array, Array]:
    """Scores and weights (m, t), and what is taken of the values (m, d)."""
    scores = (query @ keys.T) / float(np.sqrt(keys.shape[1]))
    if mask is not None:
        scores = NUMPY.where(mask, scores, HIDDEN)
    story.show(scores, f"scores_{kind}", "Q Kᵀ / √d", title="Scores", line=True)
    powers: Any = story.show(np.exp(below_largest(scores)), f"powers_{kind}", "exp(s − max)",
                             title="Exponentials")  # fmt: skip
    weights = story.show(shares(powers), f"weights_{kind}", "exp / Σ exp", title="Weights",
                         number_format="share")  # fmt: skip
    output = story.show(weights @ values, f"output_{kind}", "w V", title="Output")
    return scores, weights, output


def _plain_step(story: Story, encoder: Encoder, x: Array, mask: Any) -> _Step:
    """A step without a cache: all rows so far (t, d), and who may look at whom (t, t)."""
    kind = f"plain_{x.shape[0]}"
    query, key, value = _projected(story, encoder, x, kind)
    # The first word sees itself alone: there is nothing to hide.
    hidden = None if x.shape[0] == 1 else mask
    return _Step(query, key, value, *_attended(story, query, key, value, hidden, kind))


def _kept_step(story: Story, encoder: Encoder, x: Array, before: list[_Step]) -> _Step:
    """A step with a cache: the newest row (1, d), and the steps before."""
    kind = f"kept_{len(before) + 1}"
    query, key, value = _projected(story, encoder, x, kind)
    keys, values = key, value
    if before:
        keys = copy(concatenate([*(one.key for one in before), key], axis=0))
        values = copy(concatenate([*(one.value for one in before), value], axis=0))
        story.show(keys, f"cache_k_{kind}", "", title="Keys in the cache")
        story.show(values, f"cache_v_{kind}", "", title="Values in the cache")
    return _Step(query, key, value, *_attended(story, query, keys, values, None, kind))


def _without(story: Story, encoder: Encoder, x: Array, last: _Step) -> None:
    """Step 2: the last word, with everything worked out again."""
    story.stage(
        "2   Without a cache: everything again",
        "The last word has come. All words go through the matrices once more, and each looks at "
        "those up to itself; only the last row of the output is new. All other rows were there "
        "one step ago, with the very same numbers.",
        "K = X W_K",
        GROUP,
        WIDE,
    )
    rows = again(story, x, "x_all", "X", "All words")
    product(story, rows, _matrix(story, encoder, "all"), "keys_all", "X W_K", "",
            title="Keys of all words")  # fmt: skip
    _of_last_step(story, last, "all")


def _with(story: Story, encoder: Encoder, x: Array, kept: list[_Step]) -> None:
    """Step 3: the last word, with keys and values of the words before kept."""
    story.stage(
        "3   With a cache: only the new row",
        "A word sees only itself and earlier words, so what comes later cannot change its key and "
        "its value: they can be kept. Only the newest word goes through the matrices; its key "
        "and value are put below the others. Its query meets them all. Old queries are never "
        "asked again, so none is kept.",
        "K ← [K, x W_K]",
        GROUP,
        WIDE,
    )
    row = again(story, x[-1:], "x_new", "x", "The newest word")
    product(story, row, _matrix(story, encoder, "new"), "key_new", "x W_K", "",
            title="Its key: the only new one")  # fmt: skip
    name = f"kept_{len(kept)}"
    for letter, title in (("k", "Keys: kept ones and the new one"), ("v", "Values: the same")):
        again(story, story.named(f"cache_{letter}_{name}"), f"cache_{letter}", "", title,
              line=letter == "k")  # fmt: skip
    _of_last_step(story, kept[-1], "new")


def _matrix(story: Story, encoder: Encoder, mark: str) -> Array:
    """W_K (d, d) once more, where its product is shown."""
    return again(story, encoder.matrices["w_k"], f"W_K_{mark}", "W_K", "The learned matrix")


def _of_last_step(story: Story, last: _Step, mark: str) -> None:
    """Weights and output of the last step, once more."""
    again(story, last.weights, f"weights_{mark}", "", "Weights", number_format="share", line=True)
    again(story, last.output, f"output_{mark}", "w V", "Output")


def _same(story: Story, plain: list[_Step], kept: list[_Step]) -> None:
    """Step 4: what each step gives, both ways."""
    story.stage(
        "4   The same numbers",
        "One row a step: what attention gives the newest word. Both ways multiply the same "
        "numbers in the same order, so they agree; a cache costs no accuracy. It would not be "
        "right if earlier words could see later ones: an encoder has no such cache.",
        "max |a − b| = 0",
        GROUP,
        WIDE,
    )
    tables = [
        copy(concatenate([one.output[-1:] for one in steps], axis=0)) for steps in (plain, kept)
    ]
    told = (("plain", "Without a cache"), ("kept", "With a cache"))
    for table, (name, title) in zip(tables, told, strict=True):
        story.show(table, f"outputs_{name}", "w V", title=title)
    differences = story.show(abs(tables[0] - tables[1]), "differences", "|a − b|",
                             title="Differences", number_format="difference",
                             workings=True)  # fmt: skip
    apart = differences.max(axis=1, keepdims=True)
    story.show(
        apart,
        "apart",
        "max |a − b|",
        title="How far apart",
        number_format="difference",
        line=True,
        labels=(tables[0].labels[0], None),
    )
    most = apart.max(axis=0, keepdims=True)
    say(story, "same_told", "Over all {steps} steps the two ways are {far} apart.", decimals=9,
        title="In words", steps=story.constant([[float(len(plain))]], "step_count",
        title="Number of steps", number_format="integer", workings=True), far=most)  # fmt: skip


LESSON = Lesson(
    TITLE,
    "The same words decoded with and without a cache; what each way costs, and what it remembers.",
    kv_cache,
    picture=5,
    name="kv-cache",
    goal="say what a key-value cache keeps, saves and costs",
    needs=("self-attention",),
    minutes=20,
    blanks="scores_kept_3, weights_kept_3, output_kept_3",
)
