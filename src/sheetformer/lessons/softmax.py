"""Lesson: softmax, from scores to shares; temperature; and why the largest is subtracted first.

softmax(z)ᵢ = exp(zᵢ) / Σ exp(zⱼ) (Bridle 1990). Written as exp(z − max z) / Σ, it is
the same number and never overflows (Goodfellow, Bengio and Courville 2016, section 4.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.errors import WordError
from sheetformer.graph.array import Array
from sheetformer.graph.elementary import exp, maximum, minimum
from sheetformer.graph.functions import added, constant, elementwise
from sheetformer.language import translate
from sheetformer.lessons.sentence import parse
from sheetformer.lessons.softmax_charts import share_bars, two_bars
from sheetformer.lessons.story import Lesson, dial, order
from sheetformer.models.word_weights import embed, load_word_weights
from sheetformer.story.caption import Allowed
from sheetformer.story.check import check
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.number_cells import allow
from sheetformer.story.placement import Figure
from sheetformer.story.softmax_steps import shares
from sheetformer.story.story import Story

TITLE = "Softmax: from scores to shares"
GROUP = "Softmax"

LEAST, MOST = 2, 6
"""Words: each is a curve of a chart, which tells six apart."""
COLDEST = 0.01
"""The lowest temperature that is used: 0 would divide by zero."""
TEMPERATURES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
ANY = Allowed(-10_000, 10_000)
"""Any score; a date would be larger."""
ADDED = (0.0, 100.0, 700.0, 1000.0, -1000.0)
FAINT = -700.0
"""A sum below e to this power has lost digits, or is 0."""


@dataclass(frozen=True)
class Scored:
    """Words (n, 1), their scores (n, 1), the largest score and the shares (n, 1)."""

    words: Array
    scores: Array
    largest: Array
    shares: Array

    @property
    def down(self) -> Any:
        """The words as labels of the rows of a column."""
        return (self.words.ids[:, 0].astype(object), None)

    def across(self, rows: Any = None) -> Any:
        """The words as labels of columns."""
        return (rows, self.words.ids[:, 0].astype(object))


def softmax(sentence: str = "happy red house door sad", formulas: str = "matrix") -> Book:
    """The lesson's book for a few words.

    Their scores are the scaled dot products of the first word with each, rounded to one decimal.

    Args:
        sentence: 2 to 6 known English words; bars make the words between them one row.
        formulas: "matrix" or "cell".

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
    story = Story(TITLE)
    scored = _shares(story, [" ".join(row) for row in rows], scores)
    story.figures.append(share_bars(scored.words, scored.shares))
    _odds(story, scored)
    _temperature(story, scored)
    _overflow(story, scored)
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
        "which is always positive. Here a word's score says how alike it and the first word are: "
        "the dot product of their two vectors of d numbers, divided by √d and rounded. Type any "
        "others in the yellow cells.",
        "softmax(z) = e^z / Σ e^z",
        GROUP,
    )
    table = np.array(words, dtype=object)[:, None]
    listed = story.constant(table, "words", note="What is scored.")
    down, alone = (listed.ids[:, 0].astype(object), None), (None, None)
    column, note = np.array(values)[:, None], "Type any numbers."
    scores = story.input(column, "scores", equation="z", note=note, labels=down)
    allow(story, scores, ANY)
    _just_divided(story, scores, down)
    largest, note = scores.max(axis=0, keepdims=True), "Taken off first: step 4."
    story.show(largest, "largest", "max z", note, role="softmax max", labels=alone)
    exponentials = exp(scores - largest)
    equation, note = "e^(z − max)", "Positive; 1 for the best."
    story.show(exponentials, "exponentials", equation, note, labels=down, line=True)
    total = exponentials.sum(axis=0, keepdims=True)
    story.show(total, "exp_sum", "Σ e^(z − max)", "Their sum.", labels=alone, below=True)
    shared = exponentials / total
    story.show(shared, "shares", "exp / Σ exp", "Softmax.", number_format="share", labels=down)
    whole, note = shared.sum(axis=0, keepdims=True), "Always 100 %."
    story.show(whole, "in_all", "Σ shares", note, number_format="share", labels=alone, below=True)
    return Scored(listed, scores, largest, shared)


def _just_divided(story: Story, scores: Array, down: Any) -> None:
    """What dividing by the sum would give; where the sum is 0, the scores themselves."""
    total = scores.sum(axis=0, keepdims=True)
    near_zero = elementwise("less", abs(total), 1e-9)
    divisor = elementwise("where", near_zero, 1.0, total)
    story.show(total, "score_sum", "Σ z", "Their sum.", labels=(None, None))
    note = "The wrong way: may be below 0 or above 100 %."
    story.show(
        scores / divisor, "just_divided", "z / Σ z", note, number_format="share", labels=down
    )


def _odds(story: Story, scored: Scored) -> None:
    story.stage(
        "2   Why the exponential: differences become odds",
        "How many times as large is one share as another? Only the difference of their scores "
        "decides: with a score larger by 1 it is always e ≈ 2.72 times the other, with one larger "
        "by 0.69 twice the other, wherever the scores lie. Two of these tables are equal: the odds "
        "(share over share), and the exponential of the difference.",
        "pᵢ / pⱼ = e^(zᵢ − zⱼ)",
        GROUP,
    )
    square = scored.across(scored.words.ids[:, 0].astype(object))
    difference = scored.scores - scored.scores.T
    story.show(difference, "differences", "zᵢ − zⱼ", "Row less column.", labels=square)
    floor = maximum(scored.shares.T, 1e-300)
    note = "How many times the share of the column the row gets."
    story.show(scored.shares / floor, "odds", "pᵢ / pⱼ", note, labels=square)
    bounded = minimum(difference, 690.0)
    expected = exp(bounded)
    note = "The same; up to e^690, so that it fits in a cell."
    story.show(expected, "exp_difference", "e^(zᵢ − zⱼ)", note, labels=square, line=True)


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
    typed = dial(story, 0.5, "temperature", "T, above 0.", Allowed(COLDEST, 1000), low=low)
    used = maximum(typed, COLDEST)
    exponentials = exp((scored.scores - scored.largest) / used)
    note = "Exponentials at T."
    story.show(exponentials, "exp_T", "e^((z − max) / T)", note, labels=scored.down)
    at_t = shares(exponentials, axis=0)
    story.show(
        at_t, "shares_T", "exp_T / Σ", "Softmax at T.", number_format="share", labels=scored.down
    )
    story.figures += [
        two_bars(number, scored.words, scored.shares, at_t),
        _cold_to_hot(story, number, scored),
    ]


def _cold_to_hot(story: Story, number: int, scored: Scored) -> Figure:
    """The shares at each of TEMPERATURES (k, n), a curve for each word."""
    column = np.array(TEMPERATURES)[:, None]
    range_of_t = story.constant(column, "T_range", note="From cold to hot.", line=True)
    exponentials = exp((scored.scores.T - scored.largest) / range_of_t)
    across, note = scored.across(), "Softmax at each T."
    many = shares(exponentials)
    story.show(exponentials, "exp_range", "e^((z − max) / T)", "Row by row.", labels=across)
    story.show(many, "shares_range", "exp_range / Σ", note, number_format="share", labels=across)
    curves = tuple(
        Curve(word, range_of_t, many[:, i : i + 1])
        for i, word in enumerate(scored.words.value[:, 0].tolist())
    )
    axes = (translate("temperature T"), translate("share"))
    title = translate("Shares from cold to hot")
    drawing = Curves(
        title, axes, curves, log=(True, False), axis_limit=(0.0, 1.0), number_format="0%"
    )
    return Figure(number, 16, 13, drawing, direction="line")


def _overflow(story: Story, scored: Scored) -> None:
    story.stage(
        "4   Subtract the largest first",
        "Adding the same number to all scores changes no share, since only differences count. But "
        "it may change what a computer can hold: a cell, as any 64-bit number, ends just below "
        "2^1024 ≈ 1.8 · 10^308, so e^z fits up to z = 1024 ln 2 = 709.78. Beyond, a program says "
        "infinity and a spreadsheet #NUM!; far below 0, every e^z becomes 0, and 0 / 0 is no "
        "number either. The plain way then has nothing to show (0.0 % here). With the largest "
        "score taken off, the largest exponential is e^0 = 1, the sum is never below 1, and "
        "nothing can overflow. Type other numbers to add.",
        "e^(z + c) / Σ e^(z + c) = e^z / Σ e^z",
        GROUP,
    )
    cases = np.array(
        [translate("case {number}", number=i + 1) for i in range(len(ADDED))], dtype=object
    )
    column = np.array(ADDED)[:, None]
    rows, alone = scored.across(cases), (cases, None)
    added = story.input(column, "added", note="To every score.", labels=alone)
    allow(story, added, ANY)
    moved = added + scored.scores.T
    story.show(moved, "moved", "z + added", "The scores with it.", labels=rows)
    limit = elementwise("log", constant(story.graph, 2.0)) * 1024.0
    story.show(limit, "limit", "1024 ln 2", "The largest z whose e^z fits.", order=-1)
    safe = _safe_way(story, moved, rows, alone)
    _plain_way(story, moved, limit, safe, rows, alone)
    difference = elementwise("absolute", safe.shares - scored.shares.T)
    note = "How far the safe shares are from those of step 1: only rounding."
    story.show(
        difference, "apart", "|safe_shares − shares|", note, number_format="tiny", labels=rows
    )


@dataclass(frozen=True)
class _Safe:
    """What the safe way finds: shares (k, n), and ln Σ e^z (k, 1) without computing any e^z."""

    shares: Array
    log_sum: Array


def _safe_way(story: Story, moved: Array, rows: Any, alone: Any) -> _Safe:
    best = moved.max(axis=1, keepdims=True)
    story.show(best, "moved_max", "max", "The largest of the row.", labels=alone)
    exponentials = exp(moved - best)
    story.show(exponentials, "safe_exp", "e^(z − max)", "Never above 1.", labels=rows)
    total = exponentials.sum(axis=1, keepdims=True)
    story.show(total, "safe_sum", "Σ safe_exp", "From 1 to the number of words.", labels=alone)
    shared, note = exponentials / total, "The same in every row."
    story.show(shared, "safe_shares", "safe_exp / Σ", note, number_format="share", labels=rows)
    log_sum = best + np.log(total)
    note = "ln Σ e^z, without any large number."
    story.show(log_sum, "log_sum_exp", "max + ln Σ e^(z − max)", note, labels=alone)
    return _Safe(shared, log_sum)


def _plain_way(
    story: Story, moved: Array, limit: Array, safe: _Safe, rows: Any, alone: Any
) -> None:
    large = elementwise("greater", safe.log_sum, limit)
    small = elementwise("less", safe.log_sum, FAINT)
    fits = 1.0 - added([large, small]) + 0.0
    power = safe.log_sum / np.log(constant(story.graph, 10.0))
    note = "Σ e^z is 10 to this power."
    story.show(power, "power_of_ten", "log_sum_exp / ln 10", note, labels=alone)
    story.show(fits, "fits", "", "1: a cell can hold Σ e^z.", number_format="integer", labels=alone)
    plain: Any = elementwise("where", fits, np.exp(moved), 0.0)
    note = "Without subtracting."
    story.show(plain, "plain_exp", "e^z", note, number_format="tiny", labels=rows, line=True)
    total = plain.sum(axis=1, keepdims=True)
    shared = plain / elementwise("where", fits, total, 1.0)
    story.show(
        shared, "plain_shares", "e^z / Σ e^z", "The plain way.", number_format="share", labels=rows
    )
    broken = elementwise("where", large, translate("✗ too large"), translate("✗ too small"))
    verdict = elementwise("where", fits, translate("✓ the same"), broken)
    story.show(verdict, "verdict", "", "The plain way …", labels=alone)


LESSON = Lesson(
    TITLE,
    "Scores become shares; what temperature does; and why the largest score is taken off first.",
    softmax,
)
