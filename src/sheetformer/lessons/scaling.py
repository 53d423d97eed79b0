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
from sheetformer.graph.functions import stack
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
from sheetformer.lessons.story import Lesson, numbered, order
from sheetformer.story.check import check
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.placement import Figure
from sheetformer.story.softmax_steps import shares
from sheetformer.story.story import Story

TITLE = "Scaling: why attention divides by √d"
GROUP = "Scaling"

KINDS = ("plain", "divided")
Compared = tuple[Array, Array]
"""Something undivided, and the same divided."""


def scaling(seed: int = 21, formulas: str = "matrix") -> Book:
    """The lesson's book for random numbers of a seed.

    Args:
        seed: which random numbers, a whole number from 0 to 999999.
        formulas: "matrix" or "cell".

    Raises:
        SheetformerError: the seed is no such number.
    """
    seed = whole("seed", seed, 0, 999_999)
    story = Story(TITLE)
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
    _jacobian(story, every[-1])
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
    for array, name, note in (
        (queries, "query_size", "Root mean square of each query's numbers."),
        (keys, "key_size", "The same for each key."),
    ):
        squares = (array * array).sum(axis=1, keepdims=True)
        labels = (array.labels[0], None)
        size = np.sqrt(squares / float(array.shape[1]))
        story.show(size, name, "√(Σ x² / 256)", note, labels=labels)
    terms = queries[0, :COUNT] * keys[0, :COUNT]
    note = "The first eight products of query 1 and key 1."
    story.show(terms, "products", "q1 × k1", note, labels=(numbered("i", COUNT),), line=True)
    story.show(terms.sum(), "score_of_eight", "Σ products", "Their sum: the score for d = 8.")


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
    rows = (widths.labels[0], None)
    scores = np.stack([one.scores for one in every]).reshape(len(WIDTHS), -1)
    squares = stack([one.squares for one in every]).reshape(len(WIDTHS), -1)
    mean = scores.mean(axis=1, keepdims=True)
    story.show(mean, "mean", "Σ s / 64", "Small beside the spread.", labels=rows)
    total = squares.sum(axis=1, keepdims=True)
    spread = sqrt(total / float(COUNT * COUNT) - mean * mean)
    note = "Standard deviation of the scores."
    story.show(spread, "spread", "√(Σ s² / 64 − mean²)", note, labels=rows)
    root = sqrt(widths)
    story.show(root, "root", "√d", "What theory says.", labels=rows)
    story.show(spread / root, "ratio", "spread / √d", "Roughly 1 in every row.", labels=rows)
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
    story.place(dials.divisor, stage=number, below=True)
    rows = (dials.widths.labels[0], None)
    after = spread / dials.divisor
    story.show(after, "spread_divided", "", "spread / divisor: after it.", labels=rows)
    curves = (
        Curve(translate("scores as they are"), dials.widths, spread),
        Curve(translate("scores divided"), dials.widths, after),
        Curve("√d", dials.widths, root),
    )
    title = translate("Spread of the scores")
    axes = (translate("d, numbers in a query"), translate("standard deviation"))
    return Figure(number, 17, 10, Curves(title, axes, curves, log=(True, True)))


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
    plain = _largest(story, dials, [one.plain for one in every], "largest_plain", "Undivided.")
    divided = _largest(story, dials, [one.divided for one in every], "largest_divided", "Divided.")
    means = _means(story, dials, (plain, divided), "mean_largest", "share")
    title = translate("The largest share: 100 % is all or nothing")
    drawing = _two_curves(dials, title, translate("largest share"), means, (0.0, 1.0), "0%")
    return (plain, divided), Figure(number, 16, 9, drawing)


def _largest(story: Story, dials: Dials, parts: list[Array], name: str, note: str) -> Array:
    """The largest share of each d and query (8, 8): the best one's exponential is 1."""
    by_key = np.stack(parts).transpose(2, 0, 1)
    total: Any = by_key.sum(axis=0, keepdims=True)
    labels = (None, dials.widths.labels[0], numbered("q", COUNT))
    return story.show(1.0 / total, name, "1 / Σ exp", note, number_format="share", labels=labels)[0]


def _means(
    story: Story, dials: Dials, tables: Compared, name: str, number_format: str
) -> list[Array]:
    """The mean of each row, undivided and divided: (8, 1) each; they begin a line."""
    labels = (dials.widths.labels[0], None)
    notes = ("Undivided: mean of the row.", "Divided: mean of the row.")
    means = [
        story.show(
            table.mean(axis=1, keepdims=True), f"{name}_{kind}", "mean", note,
            number_format=number_format, labels=labels,
        )
        for kind, table, note in zip(KINDS, tables, notes, strict=True)
    ]  # fmt: skip
    story.place(means[0], line=True)
    return means


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
    undivided, divided = (
        story.show(
            p * (1.0 - p), f"slope_{kind}", "p (1 − p)", note, number_format="slope", labels=labels
        )
        for kind, p, note in zip(KINDS, largest, ("Undivided.", "Divided."), strict=True)
    )
    means = _means(story, dials, (undivided, divided), "mean_slope", "slope")
    title = translate("The slope of the largest share: 0 means stuck")
    drawing = _two_curves(dials, title, "p (1 − p)", means, (0.0, 0.25), "0.00")
    return Figure(number, 16, 9, drawing)


def _jacobian(story: Story, last: Measured) -> None:
    story.stage(
        "6   All slopes of one query",
        "A share also moves when another key's score moves: by −p p′. All slopes together are the "
        "Jacobian of softmax, one row and one column a key; a gradient comes back through this "
        "table. Here it is for query 1 at d = 256. The diagonal, added up, says how much of a "
        "gradient can pass at most: compare the two. Source: Vaswani et al. 2017, Attention Is "
        "All You Need, section 3.2.1, footnote 4.",
        "J = diag(p) − pᵀ p",
        GROUP,
    )
    keys = numbered("k", COUNT)
    note = "Keeps the diagonal only."
    square = (keys, keys)
    identity = story.constant(
        np.eye(COUNT),
        "identity",
        note=note,
        number_format="integer",
        labels=square,
        order=1,
        line=True,
    )
    for kind, part, note in (
        ("plain", last.plain[:1], "Undivided: the shares of query 1."),
        ("divided", last.divided[:1], "Divided: the shares of query 1."),
    ):
        p, row = shares(part), (None, keys)
        story.show(
            p, f"p_{kind}", "exp / Σ exp", note, number_format="share", labels=row, line=True
        )
        _slopes_of(story, p, identity, kind)


def _slopes_of(story: Story, p: Array, identity: Array, kind: str) -> None:
    """The Jacobian of softmax at shares p (1, n), and its trace."""
    keys = identity.labels[0]
    table, note = identity * p - p.T * p, "How each share (row) moves with each score (column)."
    story.show(
        table, f"jacobian_{kind}", "diag(p) − pᵀ p", note,
        number_format="slope", labels=(keys, keys), below=True,
    )  # fmt: skip
    trace = 1.0 - (p * p).sum(axis=1, keepdims=True)
    note = "The diagonal added up: 0 lets nothing pass."
    story.show(
        trace, f"trace_{kind}", "Σ p (1 − p)", note, number_format="slope", labels=(None, None)
    )


LESSON = Lesson(
    TITLE,
    "Large scores saturate softmax and its gradient vanishes; dividing by √d keeps both alive.",
    scaling,
    picture=3,
)
