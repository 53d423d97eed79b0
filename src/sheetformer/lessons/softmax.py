"""Lesson: softmax, from scores to shares; temperature; and why the largest is subtracted first.

softmax(z)ᵢ = exp(zᵢ) / Σ exp(zⱼ) (Bridle 1990). Written as exp(z − max z) / Σ, it is
the same number and never overflows (Goodfellow, Bengio and Courville 2016, section 4.1).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.errors import WordError
from sheetformer.graph.array import Array
from sheetformer.graph.elementary import exp, maximum, minimum, where
from sheetformer.graph.functions import elementwise, embedding
from sheetformer.language import translate
from sheetformer.lessons.sentence import parse
from sheetformer.lessons.softmax_charts import share_bars, two_bars
from sheetformer.lessons.softmax_overflow import overflow
from sheetformer.lessons.softmax_questions import questions
from sheetformer.lessons.softmax_scores import ANY, GROUP, Scored
from sheetformer.lessons.story import Lesson, dial, order
from sheetformer.models.word_weights import embed, load_word_weights
from sheetformer.story.caption import Allowed
from sheetformer.story.check import check
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.number_cells import allow
from sheetformer.story.placement import Figure
from sheetformer.story.questions import ask
from sheetformer.story.sentences import say, spoken
from sheetformer.story.softmax_steps import shares
from sheetformer.story.story import Story

TITLE = "Softmax: from scores to shares"

LEAST, MOST = 2, 6
"""Words: each is a curve of a chart, which tells six apart."""
COLDEST = 0.01
"""The lowest temperature that is used: 0 would divide by zero."""
TEMPERATURES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
MANY = 1e6
"""Longer numbers are not read out."""


def softmax(sentence: str = "happy red house dog friend", formulas: str = "matrix") -> Book:
    """The lesson's book for a few words.

    Their scores are the scaled dot products of the first word with each, rounded to one decimal.

    Args:
        sentence: 2 to 6 known English words; bars make the words between them one row.
        formulas: "matrix", "cell" or "named".

    Raises:
        WordError: a word is not known, or there are too few or too many.
    """
    weights = load_word_weights()
    rows = parse(sentence, "source", weights.source_words).rows
    if not LEAST <= len(rows) <= MOST:
        raise WordError(
            f"the lesson softmax takes {LEAST} to {MOST} words, not {len(rows)}; "
            "write another sentence"
        )
    vectors = embed(rows, weights.source_words, weights.source_embeddings)
    scores = (vectors @ vectors[0] / np.sqrt(weights.d_model)).round(1) + 0.0
    story = Story(TITLE, head=LESSON.head())
    scored = _shares(story, [" ".join(row) for row in rows], scores)
    story.figures.append(share_bars(scored.words, scored.shares))
    _odds(story, scored)
    _temperature(story, scored)
    overflow(story, scored)
    questions(story, scored)
    ask(story, GROUP)
    story.order = order(GROUP)
    # e^709 differs between programs in its last digit, and that is far beyond any tolerance.
    check(story, {node.name for node in story.graph} - {"plain_exp"})
    return build(story, formulas)


def _shares(story: Story, words: list[str], values: Any) -> Scored:
    story.stage(
        "1   Scores become shares",
        "A score says how well something fits; any number will do. Softmax makes shares of the "
        "scores: each positive, 100 % in all, the largest for the largest score. Dividing by the "
        "sum would not do, as scores below 0 show. So first comes the exponential e^z (e ≈ 2.72), "
        "which is always positive; its workings take the largest score off, which changes no share "
        "(step 4). Here a word's score says how well it fits the first word: the dot product of "
        "their two vectors of d numbers, divided by √d and rounded. Type any others in the yellow "
        "cells; equal scores get equal shares.",
        "softmax(z) = e^z / Σ e^z",
        GROUP,
    )
    table = np.array(words, dtype=object)[:, None]
    listed = story.constant(table, "words", note="What is scored.", title="Words")
    down = (listed.ids[:, 0].astype(object), None)
    column, note = np.array(values)[:, None], "Type any numbers."
    scores = story.input(column, "scores", equation="z", note=note, title="Scores", labels=down)
    allow(story, scores, ANY)
    _just_divided(story, scores, down)
    largest = scores.max(axis=0, keepdims=True)
    role = "softmax max"
    story.show(largest, "largest", "max z", "", role=role, labels=(None, None), workings=True)
    exponentials = exp(scores - largest)
    shared = _shown_shares(story, exponentials, "", down)
    scored = Scored(listed, scores, largest, shared)
    _best_in_words(story, scored)
    return scored


def _shown_shares(story: Story, exponentials: Any, at: str, down: Any) -> Array:
    """Exponentials (n, 1) with their sum below, then the shares (n, 1) that they make."""
    name, equation = ("exp_T", "e^((z − max) / T)") if at else ("exponentials", "e^(z − max)")
    note, title, alone = "Positive; 1 for the best.", "Exponentials", (None, None)
    story.show(exponentials, name, equation, note, title=title, labels=down)
    total, title = exponentials.sum(axis=0, keepdims=True), "Sum of these"
    story.show(total, f"exp_sum{at}", "Σ", "", title=title, labels=alone, below=True)
    shared = exponentials / total
    story.show(
        shared, f"shares{at}", "exp / Σ exp", "Each over the sum.",
        title="Shares", number_format="share", labels=down,
    )  # fmt: skip
    whole = shared.sum(axis=0, keepdims=True)
    story.show(
        whole, f"in_all{at}", "Σ shares", "Always 100 %.",
        title="All shares together", number_format="share", labels=alone, below=True,
    )  # fmt: skip
    return shared


def _just_divided(story: Story, scores: Array, down: Any) -> None:
    """What dividing by the sum would give; where the sum is 0, the scores themselves."""
    total = scores.sum(axis=0, keepdims=True)
    near_zero = elementwise("less", abs(total), 1e-9)
    divisor = elementwise("where", near_zero, 1.0, total)
    title, message = "Sum of these", story.named("scores_message")
    story.show(
        total, "score_sum", "Σ z", "",
        title=title, labels=(None, None), below=True, before=message,
    )  # fmt: skip
    note = "The wrong way: may be below 0 or above 100 %."
    story.show(
        scores / divisor, "just_divided", "z / Σ z", note,
        title="Just divided", number_format="share", labels=down,
    )  # fmt: skip


def _best_in_words(story: Story, scored: Scored) -> None:
    """Beside the bars: which word gets most."""
    count = scored.words.shape[0]
    note = "100 % over the number of words."
    alike = story.constant([[100.0 / count]], "alike", note=note, labels=(None, None))
    story.place(alike, workings=True)
    say(
        story, "shares_told",
        "“{word}” scores most and gets {share} %; alike, each would get {alike} %.",
        title="In words",
        word=_best(story, scored), share=scored.shares.max(axis=0, keepdims=True) * 100.0,
        alike=alike,
    )  # fmt: skip


def _best(story: Story, scored: Scored) -> Array:
    """The word with the largest score: (1, 1)."""
    place, note = scored.scores.argmax(axis=0, keepdims=True), "Its row, from 0."
    story.show(place, "best_row", "", note, number_format="integer", workings=True)
    word = embedding(scored.words[:, 0], place)
    return story.show(word, "best_word", "", "", labels=(None, None), workings=True)


def _odds(story: Story, scored: Scored) -> None:
    story.stage(
        "2   Why the exponential: differences become odds",
        "How many times as large is one share as another? Only the difference of their scores "
        "decides: with a score larger by 1 it is always e ≈ 2.72 times the other, with one larger "
        "by 0.69 twice the other, wherever the scores lie. The last two tables are equal: the odds "
        "(share over share), and the exponential of the difference.",
        "pᵢ / pⱼ = e^(zᵢ − zⱼ)",
        GROUP,
    )
    square = scored.across(scored.words.ids[:, 0].astype(object))
    difference, title = scored.scores - scored.scores.T, "Differences of the scores"
    note = "Row less column."
    story.show(difference, "differences", "zᵢ − zⱼ", note, title=title, labels=square)
    floor = maximum(scored.shares.T, 1e-300)
    note = "How many times the share of the column the row gets."
    odds, title = scored.shares / floor, "Odds: share over share"
    story.show(odds, "odds", "pᵢ / pⱼ", note, title=title, labels=square, line=True)
    bounded = minimum(difference, 690.0)
    expected = exp(bounded)
    note, title = "The same; up to e^690, so that it fits in a cell.", "Exponential of difference"
    story.show(expected, "exp_difference", "e^(zᵢ − zⱼ)", note, title=title, labels=square)
    _odds_in_words(story, scored)


def _odds_in_words(story: Story, scored: Scored) -> None:
    """The first and the last word: how far apart their scores are, and what that does."""
    first, last = (slice(0, 1), slice(None)), (slice(-1, None), slice(None))
    odds = scored.shares[first] / maximum(scored.shares[last], 1e-300)
    held = minimum(odds, MANY)
    say(
        story, "odds_told",
        "“{first}” scores {difference} more than “{last}”: its share is {odds} times as large.",
        title="In words", decimals=2, placed={"line": True},
        first=scored.words[first], last=scored.words[last],
        difference=scored.scores[first] - scored.scores[last],
        odds=where(odds > MANY, translate("more than a million"), spoken(held, 2)),
    )  # fmt: skip


def _temperature(story: Story, scored: Scored) -> None:
    number = story.stage(
        "3   Temperature",
        "Divide the scores by a temperature T first. A low one enlarges the differences: towards 0 "
        "the best takes all (argmax; equal ones share). A high one shrinks them: in the end all "
        "count alike. T = 1 changes nothing. Language models use it to choose words boldly or "
        "carefully. Type another T, even 0, and watch the bars; the curves show T from 0.05 to 50.",
        "softmax(z / T)",
        GROUP,
    )
    low = translate("← T must be at least {least}, and the sheet uses that", least=COLDEST)
    note, allowed, title = "T, above 0.", Allowed(COLDEST, 1000), "Temperature"
    typed = dial(story, 0.5, "temperature", note, allowed, low=low, title=title)
    used = maximum(typed, COLDEST)
    exponentials = exp((scored.scores - scored.largest) / used)
    at_t = _shown_shares(story, exponentials, "_T", scored.down)
    say(
        story, "temperature_told",
        "At T = {t} “{word}” gets {share} %, at T = 1 it gets {plain} %.",
        title="In words", placed={"line": True}, t=spoken(used, 2), word=story.named("best_word"),
        share=at_t.max(axis=0, keepdims=True) * 100.0,
        plain=scored.shares.max(axis=0, keepdims=True) * 100.0,
    )  # fmt: skip
    story.figures += [
        two_bars(number, scored.words, scored.shares, at_t),
        _cold_to_hot(story, number, scored),
    ]


def _cold_to_hot(story: Story, number: int, scored: Scored) -> Figure:
    """The shares at each of TEMPERATURES (k, n), a curve for each word."""
    column = np.array(TEMPERATURES)[:, None]
    title = "Temperatures"
    range_of_t = story.constant(column, "T_range", note="From cold to hot.", title=title, line=True)
    exponentials = exp((scored.scores.T - scored.largest) / range_of_t)
    across, note = scored.across(), "Softmax at each T."
    many = shares(exponentials)
    equation, told = "e^((z − max) / T)", "Row by row."
    title = "Exponentials"
    story.show(exponentials, "exp_range", equation, told, title=title, labels=across, workings=True)
    story.show(
        many, "shares_range", "exp_range / Σ", note,
        title="Shares", number_format="share", labels=across,
    )  # fmt: skip
    curves = tuple(
        Curve(word, range_of_t, many[:, i : i + 1])
        for i, word in enumerate(scored.words.value[:, 0].tolist())
    )
    axes = (translate("temperature T"), translate("share"))
    title = translate("Shares from cold to hot")
    drawing = Curves(
        title, axes, curves, log=(True, False), axis_limit=(0.0, 1.0), number_format="0%"
    )
    return Figure(number, 16, 7, drawing)


LESSON = Lesson(
    TITLE,
    "Scores become shares; what temperature does; and why the largest score is taken off first.",
    softmax,
    name="softmax",
    goal="turn any scores into shares, sharper or flatter, without overflow",
    needs=("dot-product",),
    minutes=20,
    blanks="exponentials, exp_sum, shares",
)
