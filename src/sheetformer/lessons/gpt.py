"""Lesson: gpt; the smallest whole GPT reads names, learns from each, and makes up names of its own.

Model, loss and training are those of Andrej Karpathy's microgpt (2026); gradients are written by
`autodiff`, and the step is Adam (Kingma and Ba 2015, algorithm 1). One step reads one name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.graph.array import Array
from sheetformer.graph.autodiff.accumulation import gradients
from sheetformer.graph.functions import (
    concatenate,
    copy,
)
from sheetformer.graph.ops import Value
from sheetformer.graph.recurrence import Recurrence
from sheetformer.language import translate
from sheetformer.lessons import gpt_texts as texts
from sheetformer.lessons.gpt_adam import Adam, take_step
from sheetformer.lessons.gpt_forward import (
    DATA,
    GROUP,
    list_of_names,
    read_name,
    sign_list,
    way_forward,
)
from sheetformer.lessons.gpt_made_up import speak
from sheetformer.lessons.gpt_model import (
    HEADS,
    Size,
)
from sheetformer.lessons.gpt_questions import questions
from sheetformer.lessons.options import number, whole
from sheetformer.lessons.story import Lesson, dial, order
from sheetformer.models.gpt_weights import load_gpt_weights
from sheetformer.story.caption import Allowed
from sheetformer.story.check import check
from sheetformer.story.names import fold_unnamed, keep_steps, name_steps
from sheetformer.story.questions import ask
from sheetformer.story.story import Story

TITLE = "A GPT that learns names and makes up its own"
SPEAKING, WEIGHTS, NEXT, WORKINGS = "Speaking", "Weights", "Next weights", "Workings"
TRAINED = 1000
"""Steps of a whole training, as in microgpt."""
RATE, SEED = 0.01, 42
WIDEST = 64
"""Numbers a place at most: 53,632 weights."""
TOLD = frozenset(
    {"name_number", "name", "read", "right_sign", "with_place", "embedding", "weights_head1",
     "awake", "likeliest", "right_share", "surprise", "loss", "pull"}
)  # fmt: skip
"""Blocks of the first six stages that are told; the others are folded away."""


def gpt(
    steps: int = 0,
    learning_rate: float = RATE,
    seed: int = SEED,
    d_model: int = Size().width,
    formulas: str = "matrix",
) -> Book:
    """The lesson's book: a name, the whole model, its gradients, a step of Adam, and ten names.

    Args:
        steps: how many steps it has learned already, 0 to 1000.
        learning_rate: how far the first step goes, 0 to 1.
        seed: of the random numbers, 0 to 9999.
        d_model: numbers a place, 4 to 64 and a multiple of 4: 16 are 4,192 weights, 40 are 22,000.
        formulas: "matrix", "cell" or "named".

    Raises:
        SheetformerError: a number is out of bounds.
    """
    done = whole("steps", steps, 0, TRAINED)
    rate, draw = number("learning_rate", learning_rate, 0, 1), whole("seed", seed, 0, 9999)
    size = Size(whole("d_model", d_model, HEADS, WIDEST))
    if size.width % HEADS:
        raise SheetformerError(f"d_model must be a multiple of {HEADS}, not {size.width}")
    start = _begun(draw, size)
    if done == TRAINED and (rate, draw, size) == (RATE, SEED, Size()):
        start = _State(load_gpt_weights(), start.mean, start.square, TRAINED)
    elif done:
        start = _learned(_told(start, rate, draw), done)
    return build(_told(start, rate, draw, checked=True), formulas)


@dataclass(frozen=True)
class _State:
    """All that a step changes: weights and both means of gradients (rows, d), and its number."""

    weights: Value
    mean: Value
    square: Value
    steps: int

    @property
    def size(self) -> Size:
        """Of the model."""
        return Size(self.weights.shape[1])


def _begun(seed: int, size: Size) -> _State:
    nothing = np.zeros(size.shape)
    return _State(size.random_weights(seed), nothing, nothing, 0)


def learned_weights(steps: int) -> Value:
    """The weights (262, 16) after so many steps from the usual start."""
    return _learned(_told(_begun(SEED, Size()), RATE, SEED), steps).weights


def _learned(story: Story, steps: int) -> _State:
    """What is learned after so many steps of a story that begins with none."""
    graph = story.graph
    places = {graph.node_index(a): graph.node_index(b) for a, b in story.carried.items()}
    after = Recurrence(graph, places).advanced(steps)
    weights, mean, square = (
        after[graph.node_index(story.named(name).node.base)] for name in texts.CARRIED[1:]
    )
    return _State(weights, mean, square, steps)


def _told(start: _State, rate: float, seed: int, *, checked: bool = False) -> Story:
    story = Story(
        TITLE, head=LESSON.head(), order=order(GROUP, SPEAKING, WEIGHTS, NEXT, DATA, WORKINGS)
    )
    state, size = _declare(story, start), start.size
    parts = size.parts_of(state["theta"])
    listed, numbers = list_of_names(story)
    signs = sign_list(story)
    read = read_name(story, state["steps_done"], listed, signs)
    since = len(story.graph.nodes)
    loss = way_forward(story, parts, read, signs)
    keep_steps(story, since)
    back = len(story.graph.nodes)
    gradient = _back(story, loss, (state["theta"], size), since)
    end = len(story.graph.nodes)
    adam = Adam(state, gradient, dial_of_rate(story, rate), TRAINED, size)
    following = take_step(story, adam, NEXT)
    for name in texts.CARRIED:
        story.carry(state[name], following[name])
    story.watch(loss)
    speak(story, parts, (listed, numbers), signs, seed, (GROUP, SPEAKING))
    if checked:
        questions(story)
        ask(story, GROUP)
    _put_away(story, since, back, end)
    fold_unnamed(story)
    if checked:
        check(story, ["loss", "sign_shares", "with_place", "theta_next", "signs_said"])
    return story


def _declare(story: Story, start: _State) -> dict[str, Array]:
    """The state: what the next step starts from, on a sheet of its own."""
    told = start.size.told()
    story.stage(*texts.filled(texts.STATE, told), WEIGHTS, 60)
    labels = start.size.labels()
    found = {
        "steps_done": story.parameter(
            np.array([[float(start.steps)]]), "steps_done", title="Steps done",
            note="Names it has learned from.", number_format="integer",
        )
    }  # fmt: skip
    state = (
        ("theta", start.weights, "Weights", translate(texts.WEIGHTS_NOTE, **told)),
        ("momentum", start.mean, "Mean of the gradients", "Adam's first memory, m."),
        ("square", start.square, "Mean of their squares", "Adam's second memory, v."),
    )
    for name, value, title, note in state:
        found[name] = story.parameter(
            value, name, title=title, note=note, labels=labels, label_columns=2
        )
    return found


def _back(story: Story, loss: Array, learned: tuple[Array, Size], since: int) -> Array:
    """Stage 6: how the loss changes with each of the weights (rows, d)."""
    weights, size = learned
    story.stage(*texts.BACK, GROUP)
    (gradient,) = gradients(loss, [weights], since)
    first = story.graph.node_index(loss.node.base) + 1
    name_steps(story, since)
    for node in story.graph.nodes[first:]:
        if node.base in story.graph.gradient_of:
            story.tell(Array.of(story.graph, node), number_format="gradient")
    named = [size.parts_of(gradient)[part] for part, *_ in texts.PULLED]
    pulls = [
        story.show(abs(part).mean(axis=(0, 1), keepdims=True), f"pull_{i}", workings=True)
        for i, part in enumerate(named)
    ]
    labels = [np.array([translate(text) for _, text in texts.PULLED], dtype=object), None]
    story.show(copy(concatenate(pulls, axis=0)), "pull", "mean of |gradient|", texts.PULL_NOTE,
               title="How hard each part is pulled", number_format="tiny", labels=labels,
               label_columns=3)  # fmt: skip
    return gradient


def _put_away(story: Story, since: int, back: int, end: int) -> None:
    """What is not told stands on a sheet of its own: the way forward, and all gradients."""
    stages = [story.stage(*stage, WORKINGS, 70) for stage in texts.WORKINGS]
    nodes = story.graph.nodes
    for place in range(since, end):
        node = nodes[place]
        if node.name not in TOLD and node.name not in texts.TOLD:
            story.move(node, stage=stages[place >= back], workings=False)


def dial_of_rate(story: Story, rate: float) -> Array:
    """The learning rate, which falls to 0 in the end: (1, 1)."""
    story.stage(*texts.ADAM, GROUP)
    return dial(story, rate, "learning_rate", texts.RATE_NOTE, Allowed(0, 1),
                title="Learning rate")  # fmt: skip


LESSON = Lesson(
    TITLE,
    "The smallest whole GPT in cells: it reads names, learns from each, and makes up its own.",
    gpt,
    picture=8,
    name="gpt",
    goal="follow a GPT from a letter to a gradient, train it, and let it speak",
    needs=("training",),
    minutes=40,
    blanks="right_share, surprise, loss",
)
