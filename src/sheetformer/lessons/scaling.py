"""Lesson: why attention divides by √d, shown on random queries and keys of growing length.

Vaswani et al. 2017, section 3.2.1, footnote 4: if the numbers of queries and keys are independent
with mean 0 and variance 1, their dot product has mean 0 and variance d. Softmax then gives nearly
all to one key, and its derivative p (1 − p) vanishes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.graph.array import Array
from sheetformer.graph.elementary import sqrt
from sheetformer.graph.functions import copy, stack
from sheetformer.graph.node import Node
from sheetformer.language import translate
from sheetformer.lessons.options import whole
from sheetformer.lessons.random_scores import (
    COUNT,
    RANDOM,
    SCORES,
    WIDTHS,
    Dials,
    Measured,
    declare_dials,
    draw_vectors,
    measure_scores,
)
from sheetformer.lessons.scaling_jacobian import GROUP, jacobian
from sheetformer.lessons.scaling_questions import questions
from sheetformer.lessons.story import Lesson, numbered, order
from sheetformer.story.check import check
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.placement import Figure
from sheetformer.story.questions import ask
from sheetformer.story.sentences import say, spoken
from sheetformer.story.story import Story

TITLE = "Scaling: why attention divides by √d"

KINDS = ("plain", "divided")
Compared = tuple[Array, Array]
"""Something undivided, and the same divided."""


def scaling(seed: int = 21, formulas: str = "matrix") -> Book:
    """The lesson's book for random numbers of a seed.

    Args:
        seed: which random numbers, a whole number from 0 to 999999.
        formulas: "matrix", "cell" or "named".

    Raises:
        SheetformerError: the seed is no such number.
    """
    seed = whole("seed", seed, 0, 999_999)
    story = Story(TITLE, head=LESSON.head())
    queries, keys = draw_vectors(story, seed)
    dials = declare_dials(story)
    every = [measure_scores(story, queries, keys, dials.divisor, i) for i in range(len(WIDTHS))]
    _steps(story, (queries, keys), every, dials)
    story.order = order(GROUP, SCORES, RANDOM)
    check(story, {node.name for node in story.graph if _stands_here(story, node)})
    return build(story, formulas)


def _stands_here(story: Story, node: Node) -> bool:
    return story.stages[story.stage_of(node)].group == GROUP


def _steps(story: Story, numbers: tuple[Array, Array], every: list[Measured], dials: Dials) -> None:
    _sum_of_products(story, *numbers)
    spread, root = _growth(story, dials.widths, every)
    division = _division(story, spread, root, dials)
    largest, saturation = _saturation(story, every, dials)
    slopes = _slopes(story, largest, dials)
    jacobian(story, every[-1])
    questions(story)
    ask(story, GROUP)
    story.figures += [division, saturation, slopes]


def _sum_of_products(story: Story, queries: Array, keys: Array) -> None:
    story.stage(
        "1   A score is a sum of products",
        "Attention compares a query (what a word looks for) with a key (what a word offers): it "
        "multiplies their d numbers pair by pair and adds up. That is the score. Before training "
        "these numbers are random. Here they are drawn with mean 0 and variance 1 (the mean of the "
        "squares; sheet Random numbers), so their typical size is 1. A product of two of them has "
        "mean 0 and variance 1 again. A score adds up d such products: as many positive as "
        "negative ones, on average, but they do not cancel out exactly.",
        "score = Σ qᵢ kᵢ",
        GROUP,
    )
    for array, name, title, note in (
        (queries, "query_size", "Size of the queries", "Root mean square of each one's numbers."),
        (keys, "key_size", "Size of the keys", "The same for each key."),
    ):
        squares = (array * array).sum(axis=1, keepdims=True)
        labels = (array.labels[0], None)
        size = np.sqrt(squares / float(array.shape[1]))
        story.show(size, name, "√(Σ x² / 256)", note, title=title, labels=labels)
    across = (numbered("i", COUNT),)
    numbers = [copy(array[0, :COUNT]) for array in (queries, keys)]
    for array, name, title in zip(
        numbers, ("q1", "k1"), ("First numbers of query 1", "First numbers of key 1"), strict=True
    ):
        below = name == "k1"
        story.show(array, f"first_{name}", name, "", title=title, labels=across, below=below)
    terms = numbers[0] * numbers[1]
    note, title = "Number by number.", "Products"
    story.show(terms, "products", "q1 × k1", note, title=title, labels=across, below=True)
    note, title = "Their sum, for d = 8.", "Score"
    score = story.show(terms.sum(), "score_of_eight", "Σ products", note, title=title, line=True)
    say(
        story, "score_told", "The largest product is {most}; all eight add up to {sum}.",
        title="In words", decimals=2,
        most=terms.max(axis=0, keepdims=True)[None], sum=score[None, None],
    )  # fmt: skip


def _growth(story: Story, widths: Array, every: list[Measured]) -> tuple[Array, Array]:
    number = story.stage(
        "2   The longer the vectors, the larger the scores",
        "Variances of independent products add up: the sum of d products has variance d, and its "
        "spread, the standard deviation, is the root of that, √d. Eight queries and eight keys "
        "give 64 scores for each d (sheet Scores). Their spread, measured, stands beside √d. These "
        "are only 64 scores, so it follows the root roughly.",
        "variance = d,   spread ≈ √d",
        GROUP,
    )
    story.place(widths, stage=number)
    story.tell(widths, title="Numbers d")
    rows = (widths.labels[0], None)
    scores = np.stack([one.scores for one in every]).reshape(len(WIDTHS), -1)
    squares = stack([one.squares for one in every]).reshape(len(WIDTHS), -1)
    mean = scores.mean(axis=1, keepdims=True)
    note, title = "Small beside the spread.", "Mean score"
    story.show(mean, "mean", "Σ s / 64", note, title=title, labels=rows)
    total = squares.sum(axis=1, keepdims=True)
    spread = sqrt(total / float(COUNT * COUNT) - mean * mean)
    note, title = "Standard deviation of the scores.", "Spread, measured"
    story.show(spread, "spread", "√(Σ s² / 64 − mean²)", note, title=title, labels=rows)
    root = sqrt(widths)
    title = "Spread, by theory"
    story.show(root, "root", "√d", "What theory says.", title=title, labels=rows)
    note, title = "Roughly 1 in every row.", "One over the other"
    story.show(spread / root, "ratio", "spread / √d", note, title=title, labels=rows)
    say(
        story, "growth_told",
        "From d = {short} to d = {long} the spread grows from {narrow} to {wide}: {times} times; "
        "the root grows {by_theory} times.",
        title="In words", decimals=1, placed={"line": True},
        short=widths[:1], long=widths[-1:], narrow=spread[:1], wide=spread[-1:],
        times=spread[-1:] / spread[:1], by_theory=root[-1:] / root[:1],
    )  # fmt: skip
    return spread, root


def _division(story: Story, spread: Array, root: Array, dials: Dials) -> Figure:
    number = story.stage(
        "3   Divide by √d",
        "Divided by √d, scores are spread by about 1, however long the vectors are. Type 0 as the "
        "power and nothing is divided; type 1, and long vectors give scores so small that softmax "
        "can hardly tell them apart. Both scales of the chart are logarithmic: √d is a straight "
        "line.",
        "scaled = Q Kᵀ / √d",
        GROUP,
    )
    story.place(dials.power, stage=number)
    story.place(story.named("power_of_d_message"), stage=number)
    story.place(dials.divisor, stage=number)
    rows = (dials.widths.labels[0], None)
    again, note, title = copy(spread), "From step 2.", "Spread before"
    story.show(again, "spread_again", "spread", note, title=title, labels=rows)
    after, note, title = again / dials.divisor, "What is left of it.", "Spread after"
    equation = "spread / divisor"
    story.show(after, "spread_divided", equation, note, title=title, labels=rows)
    say(
        story, "division_told",
        "Divided by d to the power {power}, scores of d = {long} are spread by {wide}, those of "
        "d = {short} by {narrow}.",
        title="In words", placed={"line": True},
        power=spoken(dials.power, 2), long=dials.widths[-1:], short=dials.widths[:1],
        wide=spoken(after[-1:], 2), narrow=spoken(after[:1], 2),
    )  # fmt: skip
    curves = (
        Curve(translate("scores as they are"), dials.widths, spread),
        Curve(translate("scores divided"), dials.widths, after),
        Curve("√d", dials.widths, root),
    )
    title = translate("Spread of the scores")
    axes = (translate("d, numbers in a query"), translate("standard deviation"))
    drawing = Curves(title, axes, curves, log=(True, True))
    return Figure(number, 14, 10, drawing, direction="line")


def _saturation(story: Story, every: list[Measured], dials: Dials) -> tuple[Compared, Figure]:
    number = story.stage(
        "4   Large scores saturate softmax",
        "Softmax looks at differences of scores. Where they are large, one key gets nearly 100 % "
        "and the others next to nothing, before anything was learned. For each d and each query: "
        "the largest of its eight shares, without and with the division. If all eight keys counted "
        "alike it would be 12.5 %.",
        "largest share = 1 / Σ exp(s − max)",
        GROUP,
    )
    plain, divided = (
        _largest(story, dials, parts, f"largest_{kind}", title)
        for kind, parts, title in (
            ("plain", [one.plain for one in every], "Largest share, undivided"),
            ("divided", [one.divided for one in every], "Largest share, divided"),
        )
    )
    means = _means(story, dials, (plain, divided), "mean_largest", "share")
    say(
        story, "saturation_told",
        "At d = {long} the largest of eight shares is {plain} % on average; divided, {divided} %.",
        title="In words", placed={"line": True}, long=dials.widths[-1:],
        plain=means[0][-1:] * 100.0, divided=means[1][-1:] * 100.0,
    )  # fmt: skip
    title = translate("The largest share: 100 % is all or nothing")
    drawing = _two_curves(dials, title, translate("largest share"), means, (0.0, 1.0), "0%")
    return (plain, divided), Figure(number, 10, 9, drawing, before_block="saturation_told")


def _largest(story: Story, dials: Dials, parts: list[Array], name: str, title: str) -> Array:
    """The largest share of each d and query (8, 8): the best one's exponential is 1."""
    by_key = np.stack(parts).transpose(2, 0, 1)
    total: Any = by_key.sum(axis=0, keepdims=True)
    labels = (None, dials.widths.labels[0], numbered("q", COUNT))
    shown: Any = story.show(
        1.0 / total, name, "1 / Σ exp", "", title=title, number_format="share", labels=labels
    )
    return shown[0]


def _means(
    story: Story, dials: Dials, tables: Compared, name: str, number_format: str
) -> list[Array]:
    """The mean of each row, undivided and divided: (8, 1) each; they begin a line."""
    labels = (dials.widths.labels[0], None)
    titles = ("Mean, undivided", "Mean, divided")
    return [
        story.show(
            table.mean(axis=1, keepdims=True), f"{name}_{kind}", "mean", "Mean of the row.",
            title=title, number_format=number_format, labels=labels,
        )
        for kind, table, title in zip(KINDS, tables, titles, strict=True)
    ]  # fmt: skip


def _two_curves(
    dials: Dials,
    title: str,
    height: str,
    means: list[Array],
    limits: tuple[float, float],
    number_format: str,
) -> Curves:
    names = (translate("scores as they are"), translate("scores divided"))
    curves = tuple(Curve(name, dials.widths, y) for name, y in zip(names, means, strict=True))
    axes = (translate("d, numbers in a query"), height)
    return Curves(title, axes, curves, False, (True, False), limits, number_format)


def _slopes(story: Story, largest: Compared, dials: Dials) -> Figure:
    number = story.stage(
        "5   Where softmax is saturated, its gradient vanishes",
        "How much does a share p move when its own score moves a little? p (1 − p) times as much: "
        "the slope. It is 0.25 at most, at 50 %, and 0 at 0 % and at 100 %. Learning has to know "
        "how the result changes with each score; that is the gradient. On its way back through "
        "softmax it is multiplied by such slopes, and where they are nearly 0, hardly anything is "
        "learned. Undivided, the slope goes towards 0 as d grows: the gradient vanishes. Divided, "
        "it stays.",
        "∂p / ∂s = p (1 − p)",
        GROUP,
    )
    labels = (dials.widths.labels[0], numbered("q", COUNT))
    titles = ("Slopes, undivided", "Slopes, divided")
    undivided, divided = (
        story.show(
            p * (1.0 - p), f"slope_{kind}", "p (1 − p)", "",
            title=title, number_format="slope", labels=labels,
        )
        for kind, p, title in zip(KINDS, largest, titles, strict=True)
    )  # fmt: skip
    means = _means(story, dials, (undivided, divided), "mean_slope", "slope")
    say(
        story, "slopes_told",
        "At d = {long} the mean slope is {plain} undivided and {divided} divided.",
        title="In words", decimals=3, placed={"line": True}, long=dials.widths[-1:],
        plain=means[0][-1:], divided=means[1][-1:],
    )  # fmt: skip
    title = translate("The slope of the largest share: 0 means stuck")
    drawing = _two_curves(dials, title, "p (1 − p)", means, (0.0, 0.25), "0.00")
    return Figure(number, 10, 9, drawing, before_block="slopes_told")


LESSON = Lesson(
    TITLE,
    "Large scores saturate softmax and its gradient vanishes; dividing by √d keeps both alive.",
    scaling,
    picture=3,
    name="scaling",
    goal="say why scores are divided by √d, and what happens without it",
    needs=("softmax", "cross-attention"),
    minutes=25,
    blanks="root, ratio, spread_divided",
)
