"""Lesson: training; several steps of gradient descent, and the attention finds the right words.

The model and its loss are those of the lesson backprop (Vaswani et al. 2017, section 3.2.1,
equation 1, and a cross-entropy); every step is θ ← θ − η dθ on all four phrases at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.check import check
from sheetformer.book.figures import Curve, Curves
from sheetformer.book.layout import Figure
from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError, UnsupportedError
from sheetformer.graph.array import Array
from sheetformer.graph.captions import caption
from sheetformer.graph.functions import copy, elementwise, inside, show, source
from sheetformer.graph.gradient import gradients
from sheetformer.graph.node import Graph, Node, Stage
from sheetformer.language import translate
from sheetformer.lessons import recovery
from sheetformer.lessons.options import number, whole
from sheetformer.lessons.recovery import FIELDS, Parameters, Task
from sheetformer.lessons.story import Lesson, constant, dial, order, stage

TITLE = "Training: the attention finds the right words"
STORY = "Training"
STEPS = "Steps"
WIDE = 34
"""Columns of the sheet with the steps; it is for the screen, not for print."""

ENGLISH = ("green", "big", "house", "car")
PORTUGUESE = ("casa", "carro", "verde", "grande")
PHRASES = (
    ("green house", "casa verde"),
    ("green car", "carro verde"),
    ("big house", "casa grande"),
    ("big car", "carro grande"),
)
TRANSLATION = {"casa": "house", "carro": "car", "verde": "green", "grande": "big"}
"""Only to measure whether the right words were found; the training never sees it."""


def training(
    steps: int = 12,
    learning_rate: float = 1.5,
    seed: int = 20,
    d_model: int = 2,
    formulas: str = "matrix",
) -> Book:
    """The lesson's book: four phrases, random numbers, and every step of learning in cells.

    Args:
        steps: how many, 1 to 24.
        learning_rate: how far a step goes, 0 to 100.
        seed: of the random numbers at the start, 0 to 9999.
        d_model: numbers in a word's vector, 2 to 4.
        formulas: "matrix" or "cell".

    Raises:
        SheetformerError: a number is out of bounds, or the training diverges so far that no cell
            can hold its numbers.
    """
    count, width = whole("steps", steps, 1, 24), whole("d_model", d_model, 2, 4)
    rate, draw = number("learning_rate", learning_rate, 0, 100), whole("seed", seed, 0, 9999)
    graph = Graph()
    task, gold = _task(graph)
    model, eta, root = _start(graph, width, draw, rate)
    try:
        history = _Course(graph, task, gold, eta, root).run(model, count)
        figures = _story(graph, history)
        # It belongs beside the attention that it measures; formulas of all steps read it there.
        gold.node.stage, gold.node.flow, gold.node.rank = len(graph.stages) - 1, "line", 1
        names = ["loss_by_step", "right_share", "found", "weights_before", "weights_after"]
        check(graph, [*names, *(f"{name}_{count}" for name in FIELDS)])
        return build(graph, TITLE, formulas, figures, order(STORY, STEPS))
    except UnsupportedError as error:
        # Nothing else in this lesson can be refused than numbers without a bound.
        raise SheetformerError(
            f"with learning_rate {rate:g} the numbers grow beyond what a cell can hold within "
            f"{count} steps; choose a smaller one or fewer steps"
        ) from error


@dataclass(frozen=True)
class History:
    """What is kept of every step, the start among them.

    Attributes:
        losses: (1, 1).
        weights: (r, m).
        shares: (1, 1), the mean attention on the right word.
        found: (1, 1), how many rows give it more than half.
    """

    losses: list[Array] = field(default_factory=list[Array])
    weights: list[Array] = field(default_factory=list[Array])
    shares: list[Array] = field(default_factory=list[Array])
    found: list[Array] = field(default_factory=list[Array])


def _task(graph: Graph) -> tuple[Task, Array]:
    """Eight rows: both Portuguese words of each phrase, which look at its two English words."""
    stage(
        graph,
        "1   Four phrases, and nobody says which word is which",
        "The model is given four translated phrases. Each Portuguese word may look at the two "
        "English words of its phrase (1 in may_look), and from the blend of what it sees there it "
        "must name itself (1 in right_word). That casa is house is said nowhere. But where both "
        "words of a phrase look at the same words in the same way, they get the same blend and "
        "cannot be told apart. So the attention has to find out who looks at whom.",
        "casa verde = green house, …",
        STORY,
    )
    rows = [(word, pair[0]) for pair in PHRASES for word in pair[1].split()]
    labels = np.array([f"{word} ({phrase})" for word, phrase in rows], dtype=object)
    english, portuguese = (np.array(some, dtype=object) for some in (ENGLISH, PORTUGUESE))
    mask = [[float(word in phrase.split()) for word in ENGLISH] for _, phrase in rows]
    right = [[float(word == other) for other in PORTUGUESE] for word, _ in rows]
    gold = [[float(TRANSLATION[word] == other) for other in ENGLISH] for word, _ in rows]
    given = [
        source(graph, "constant", np.array(table), [labels, across], name=name, note=note)
        for table, across, name, note in (
            (mask, english, "may_look", "1 where a word may look."),
            (right, portuguese, "right_word", "1 for the word to name."),
            (gold, english, "translation", "Only to measure; never used in learning."),
        )
    ]
    for array in given:
        array.node.look, array.node.label_columns = "integer", 2
    numbers = [PORTUGUESE.index(word) for word, _ in rows]
    return Task(numbers, given[0], given[1], labels), given[2]


def _start(graph: Graph, width: int, seed: int, rate: float) -> tuple[Parameters, Array, Array]:
    stage(
        graph,
        "2   Random numbers, and a learning rate",
        "At the start every word is a row of random numbers, and W_Q, W_K and W_V are random, too; "
        "they make of words what these ask (query), offer (key) and give (value). Type another "
        "learning rate: 0 learns nothing, 0.5 learns slowly, with 3 the loss falls first and then "
        "runs away, and with 10 the numbers are soon too large for a cell. This is said of the "
        "numbers that the lesson comes with, and they are a lucky draw: at a rate of 1.5, of 100 "
        "draws 13 find all words in 12 steps, and 63 in 100 steps. Type others, or draw some: "
        "sheetformer lesson training --seed 3.",
        "θ ← θ − η d_θ",
        STORY,
    )
    eta = dial(graph, rate, "learning_rate", "η: how far each step goes.")
    root = constant(graph, float(np.sqrt(width)), "root_d", "√d, d numbers a word.", look="number")
    shapes = [(len(ENGLISH), width), (len(PORTUGUESE), width), *[(width, width)] * 3]
    notes = ("English words.", "Portuguese words.", "For queries.", "For keys.", "For values.")
    matrices = recovery.random_numbers(shapes, seed, 0.7)
    words = (np.array(ENGLISH, dtype=object), np.array(PORTUGUESE, dtype=object))
    model = recovery.declare(graph, matrices, words, notes)
    model.source.node.flow = model.w_q.node.flow = "line"
    return model, eta, root


@dataclass(frozen=True)
class _Course:
    """The steps of training, each a stage on the sheet of steps."""

    graph: Graph
    task: Task
    gold: Array
    eta: Array
    root: Array

    def run(self, model: Parameters, count: int) -> History:
        """From the random numbers on, so many steps; after the last the way forward again."""
        history = History()
        for step in range(1, count + 1):
            model = self._step(model, step, history)
        self._stage(
            translate("After the last step"),
            translate("What the numbers after the last step give."),
        )
        self._forward(model, str(count + 1), history)
        caption(self.graph)
        return history

    def _stage(self, title: str, text: str) -> None:
        self.graph.stages.append(Stage(title, text, "", STEPS, WIDE))

    def _forward(self, model: Parameters, step: str, history: History) -> Array:
        query, key, value = recovery.project(model, step)
        _, scaled = recovery.compare(query, key, self.root, step)
        weights = recovery.weigh(scaled, self.task, step)
        mixed = recovery.blend(weights, value, step)
        found = recovery.guess(mixed, model.target, step)
        loss = recovery.surprise_of(found, self.task.right, step)
        history.losses.append(loss)
        history.weights.append(weights)
        self._measure(weights, step, history)
        return loss

    def _measure(self, weights: Array, step: str, history: History) -> None:
        """How much attention goes to the right words; nothing of this goes back."""
        right = inside(self.gold * weights).sum(axis=1, keepdims=True)  # (r, 1)
        show(right, f"right_{step}", "Σ translation weights", "On the right word.", look="share")
        share = right.mean(axis=0, keepdims=True)
        history.shares.append(show(share, f"share_{step}", "mean", "Its mean.", look="share"))
        over = elementwise("greater", right, 0.5)
        show(over, f"over_{step}", "right > ½", "1 where it is more than half.", look="integer")
        found = over.sum(axis=0, keepdims=True)
        history.found.append(show(found, f"found_{step}", "> ½", "Rows.", look="integer"))

    def _step(self, model: Parameters, step: int, history: History) -> Parameters:
        text = translate("Forward, to the loss; back, to the gradients d_…; and one step downhill.")
        self._stage(translate("Step {step}", step=step), text)
        since = len(self.graph.nodes)
        loss = self._forward(model, str(step), history)
        found = gradients(loss, list(model), since)
        caption(self.graph)
        self._tell(since)
        moved = [
            show(x - inside(self.eta * gradient), f"{name}_{step}", "θ − η d_θ", "Learned.")
            for x, gradient, name in zip(model, found, FIELDS, strict=True)
        ]
        moved[0].node.flow = "line"
        return Parameters(*moved)

    def _tell(self, since: int) -> None:
        """Gradients look like gradients; the first of a step begins a line."""
        back: list[Node] = [node for node in self.graph.nodes[since:] if node.gradient]
        for node in back:
            node.look = "gradient"
        back[0].flow = "line"


def _story(graph: Graph, history: History) -> list[Figure]:
    steps = len(history.losses)
    losses = stage(
        graph,
        "3   Watch it learn",
        "The loss after each step: how surprised the model is at the right words, the mean of −ln "
        "p. Beside it the share of attention that goes to the right word, averaged over the eight "
        "rows, and how many rows give it more than half. Somebody who gives each of the four words "
        "25 % has a loss of ln 4 = 1.39.",
        "loss = mean(−ln p(right word))",
        STORY,
    )
    labels = np.array([str(i) for i in range(steps)], dtype=object)
    number_of = source(graph, "constant", np.arange(float(steps))[None, :])
    show(number_of, "step", "", "Steps done.", look="integer")
    told = (
        ("loss_by_step", history.losses, "Less is better.", "gradient"),
        ("right_share", history.shares, "Mean attention on the right word.", "share"),
        ("found", history.found, "Rows of 8 that give it more than half.", "integer"),
    )
    lines = [_line(parts, labels) for _, parts, _, _ in told]
    for line, (name, _, note, look) in zip(lines, told, strict=True):
        show(line, name, "", note, look=look)
        line.node.flow = "line"
    number_of.node.flow = "line"
    _before_and_after(graph, history)
    return [_chart(losses, number_of, lines[0], lines[1])]


def _line(parts: Sequence[Array], labels: Any) -> Array:
    """Single numbers (1, 1) of all steps side by side in one line of cells."""
    joined: Any = np.concatenate(list(parts), axis=1)
    line = copy(joined)
    line.node.labels = (None, labels)
    return Array(line.graph, line.ids, line.node.labels)


def _chart(number: int, steps: Array, loss: Array, mean: Array) -> Figure:
    share = translate("attention on the right word")
    curves = (Curve(translate("loss"), steps, loss), Curve(share, steps, mean))
    title, axes = translate("Loss and attention, step by step"), (translate("steps done"), "")
    return Figure(number, 13, 14, Curves(title, axes, curves), before="step")


def _before_and_after(graph: Graph, history: History) -> None:
    stage(
        graph,
        "4   Who looks at whom, before and after",
        "Each row is a Portuguese word in its phrase. At the start the attention is as the random "
        "numbers happen to make it. Where learning has found all words (8 in found), casa in the "
        "end looks at house and verde at green, although the order of the words is turned round. "
        "Nobody told it.",
        "weights = softmax(Q Kᵀ / √d)",
        STORY,
    )
    for name, note, weights in (
        ("weights_before", "With random numbers.", history.weights[0]),
        ("weights_after", "After the last step.", history.weights[-1]),
    ):
        shown = show(copy(weights), name, "", note, look="share")
        shown.node.label_columns = 2


LESSON = Lesson(
    TITLE,
    "Random numbers become embeddings: many live steps of learning, with a learning rate to vary.",
    training,
    picture=3,
)
