"""Lesson: training; several steps of gradient descent, and the attention finds the right words.

The model and its loss are those of the lesson backprop (Vaswani et al. 2017, section 3.2.1,
equation 1, and a cross-entropy); every step is θ ← θ − η dθ on all four phrases at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError, UnsupportedError
from sheetformer.graph.array import Array
from sheetformer.graph.autodiff.accumulation import gradients
from sheetformer.graph.functions import elementwise
from sheetformer.language import translate
from sheetformer.lessons import recovery
from sheetformer.lessons.backprop_gradients import gradient_title
from sheetformer.lessons.options import number, whole
from sheetformer.lessons.recovery import FIELDS, Parameters, Task
from sheetformer.lessons.story import Lesson, dial, order
from sheetformer.lessons.training_history import GROUP, History, before_and_after, watch
from sheetformer.lessons.training_questions import questions
from sheetformer.story.caption import Allowed
from sheetformer.story.check import check
from sheetformer.story.names import keep_steps, name_steps
from sheetformer.story.questions import ask
from sheetformer.story.story import Story

TITLE = "Training: the attention finds the right words"
STEPS = "Steps"
WIDE = 26
"""Columns of the sheet with the steps; it is for the screen, not for print."""
TOLD = ("weights", "probabilities", "loss", "share", "found")
"""What is told of a step; the rest of it is folded away."""

SOURCE_WORDS = ("green", "big", "house", "car")
TARGET_WORDS = ("casa", "carro", "verde", "grande")
PHRASES = (
    ("green house", "casa verde"),
    ("green car", "carro verde"),
    ("big house", "casa grande"),
    ("big car", "carro grande"),
)
GOLD_WORDS = {"casa": "house", "carro": "car", "verde": "green", "grande": "big"}
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
        formulas: "matrix", "cell" or "named".

    Raises:
        SheetformerError: a number is out of bounds, or the training diverges so far that no cell
            can hold its numbers.
    """
    count, width = whole("steps", steps, 1, 24), whole("d_model", d_model, 2, 4)
    rate, draw = number("learning_rate", learning_rate, 0, 100), whole("seed", seed, 0, 9999)
    story = Story(TITLE, head=LESSON.head())
    task, gold = _task(story)
    model, eta, root = _start(story, width, draw, rate)
    try:
        history = _train(story, Course(task, gold, eta, root), model, count)
        _go_on(story, count)
        watch(story, history)
        stage = before_and_after(story, history)
        # It belongs beside the attention that it measures; formulas of all steps read it there.
        story.place(gold, stage=stage, order=1, line=True)
        questions(story, history)
        ask(story, GROUP)
        story.order = order(GROUP, STEPS)
        names = ["loss_by_step", "right_share", "found", "weights_before", "weights_after"]
        check(story, [*names, *(f"{name}_{count}" for name in FIELDS)])
        return build(story, formulas)
    except UnsupportedError as error:
        # Nothing else in this lesson can be refused than numbers without a bound.
        raise SheetformerError(
            f"with learning_rate {rate:g} the numbers grow beyond what a cell can hold within "
            f"{count} steps; choose a smaller one or fewer steps"
        ) from error


@dataclass(frozen=True)
class Course:
    """What every step uses: the task, the right translations (r, m), η (1, 1) and √d."""

    task: Task
    gold: Array
    eta: Array
    root: Array


def _task(story: Story) -> tuple[Task, Array]:
    """Eight rows: both Portuguese words of each phrase, which look at its two English words."""
    story.stage(
        "1   Four phrases, and nobody says which word is which",
        "The model is given four translated phrases. Each Portuguese word may look at the two "
        "English words of its phrase (1 in may_look), and from the blend of what it sees there it "
        "must name itself (1 in right_word). That casa is house is said nowhere. But where both "
        "words of a phrase look at the same words in the same way, they get the same blend and "
        "cannot be told apart. So the attention has to find out who looks at whom.",
        "casa verde = green house, …",
        GROUP,
    )
    rows = [(word, pair[0]) for pair in PHRASES for word in pair[1].split()]
    labels = np.array([f"{word} ({phrase})" for word, phrase in rows], dtype=object)
    english, portuguese = (np.array(some, dtype=object) for some in (SOURCE_WORDS, TARGET_WORDS))
    mask = [[float(word in phrase.split()) for word in SOURCE_WORDS] for _, phrase in rows]
    right = [[float(word == other) for other in TARGET_WORDS] for word, _ in rows]
    gold = [[float(GOLD_WORDS[word] == other) for other in SOURCE_WORDS] for word, _ in rows]
    given = [
        story.constant(
            np.array(table), name, title=title, note=note,
            labels=[labels, across], number_format="integer", label_columns=2,
        )
        for table, across, name, title, note in (
            (mask, english, "may_look", "Who may look where", "1 where a word may look."),
            (right, portuguese, "right_word", "The right words", "1 for the word to name."),
            (gold, english, "translation", "Translations", "Only to measure; never used in "
             "learning."),
        )
    ]  # fmt: skip
    numbers = [TARGET_WORDS.index(word) for word, _ in rows]
    return Task(numbers, given[0], given[1], labels), given[2]


def _start(story: Story, width: int, seed: int, rate: float) -> tuple[Parameters, Array, Array]:
    story.stage(
        "2   Random numbers, and a learning rate",
        "At the start every word is a row of random numbers, and W_Q, W_K and W_V are random, too; "
        "they make of words what these ask (query), offer (key) and give (value). Type another "
        "learning rate: 0 learns nothing, 0.5 learns slowly, with 3 the loss falls first and then "
        "runs away, and with 10 the numbers are soon too large for a cell. This is said of the "
        "numbers that the lesson comes with, and they are a lucky draw: at a rate of 1.5, of 100 "
        "draws 13 find all words in 12 steps, and 63 in 100 steps. Type others, or draw some: "
        "sheetformer lesson training --seed 3.",
        "θ ← θ − η d_θ",
        GROUP,
    )
    note, title = "η: how far each step goes.", "Learning rate"
    eta = dial(story, rate, "learning_rate", note, Allowed(0, 100), title=title)
    root = recovery.root_of_width(story, width)
    shapes = [(len(SOURCE_WORDS), width), (len(TARGET_WORDS), width), *[(width, width)] * 3]
    notes = ("English words.", "Portuguese words.", "For queries.", "For keys.", "For values.")
    matrices = recovery.random_numbers(shapes, seed, 0.7)
    words = (np.array(SOURCE_WORDS, dtype=object), np.array(TARGET_WORDS, dtype=object))
    model = recovery.declare(story, matrices, words, notes)
    story.place(model.source, model.w_q, line=True)
    return model, eta, root


def _train(story: Story, course: Course, model: Parameters, count: int) -> History:
    """From the random numbers on, so many steps; after the last the way forward again."""
    history = History()
    for step in range(1, count + 1):
        model = _step(story, course, model, step, history)
    text = translate("What the numbers after the last step give.")
    story.stage(translate("After the last step"), text, "", STEPS, WIDE)
    since = len(story.graph.nodes)
    _forward(story, course, model, str(count + 1), history)
    recovery.fold(story, since, TOLD)
    return history


def _go_on(story: Story, count: int) -> None:
    """What the last step learned is where the sheet may start from, for so many steps more."""
    for name in FIELDS:
        story.carry(story.named(name), story.named(f"{name}_{count}"))
    story.watch(story.named(f"loss_{count + 1}"))


def _step(
    story: Story, course: Course, model: Parameters, step: int, history: History
) -> Parameters:
    text = translate(
        "Forward, to the loss; back, to the gradients; and one step downhill. Who looks at whom, "
        "the guess, the loss and the new numbers stand here, everything on the way folded below."
    )
    story.stage(translate("Step {step}", step=step), text, "", STEPS, WIDE)
    since = len(story.graph.nodes)
    loss = _forward(story, course, model, str(step), history)
    keep_steps(story, since)
    found = gradients(loss, list(model), since)
    name_steps(story, since)
    _show_gradients(story, since)
    recovery.fold(story, since, TOLD)
    moved = [
        story.show(
            x - course.eta * gradient, f"{name}_{step}", "θ − η d_θ", "Learned.",
            title=translate("New: {name}", name=translate(title)),
        )
        for x, gradient, name, title in zip(model, found, FIELDS, recovery.TITLES, strict=True)
    ]  # fmt: skip
    story.place(moved[0], line=True)
    return Parameters(*moved)


def _forward(story: Story, course: Course, model: Parameters, step: str, history: History) -> Array:
    query, key, value = recovery.project(story, model, step)
    scaled = recovery.compare(story, query, key, course.root, step)
    weights = recovery.weigh(story, scaled, course.task, step)
    mixed = recovery.blend(story, weights, value, step)
    found = recovery.guess(story, mixed, model.target, step)
    loss = recovery.surprise_of(story, found, course.task.right, step)
    for name in ("weights", "probabilities"):
        # A row is called by its word and its phrase.
        story.tell(story.named(f"{name}_{step}"), label_columns=2)
    history.losses.append(loss)
    history.weights.append(weights)
    _measure(story, course.gold, weights, step, history)
    return loss


def _measure(story: Story, gold: Array, weights: Array, step: str, history: History) -> None:
    """How much attention goes to the right words; nothing of this goes back."""
    right = (gold * weights).sum(axis=1, keepdims=True)  # (r, 1)
    equation, note = "Σ translation weights", "On the right word."
    title, form = "Attention on the right word", "share"
    story.show(right, f"right_{step}", equation, note, title=title, number_format=form)
    share = right.mean(axis=0, keepdims=True)
    history.shares.append(
        story.show(
            share, f"share_{step}", "mean", "Its mean.", title="Mean attention", number_format=form
        )
    )
    over, note = elementwise("greater", right, 0.5), "1 where it is more than half."
    title, form = "Found or not", "integer"
    story.show(over, f"over_{step}", "right > ½", note, title=title, number_format=form)
    found = over.sum(axis=0, keepdims=True)
    history.found.append(
        story.show(found, f"found_{step}", "> ½", "Rows.", title="Found", number_format=form)
    )


def _show_gradients(story: Story, since: int) -> None:
    """Gradients look like gradients; the first of a step begins a line."""
    graph = story.graph
    back = [Array.of(graph, node) for node in graph.nodes[since:] if node.base in graph.gradient_of]
    for gradient in back:
        owners = [graph.owner(base) for base in graph.gradient_of[gradient.node.base]]
        story.tell(gradient, number_format="gradient", title=gradient_title(owners))
    story.place(back[0], line=True)


LESSON = Lesson(
    TITLE,
    "Random numbers become embeddings: many live steps of learning, with a learning rate to vary.",
    training,
    picture=3,
    name="training",
    goal="watch attention being learned, and choose a learning rate",
    needs=("backprop",),
    minutes=20,
    blanks="scores_1, scaled_1, blend_1, loss_1",
)
