"""One step of Adam in cells (Kingma and Ba 2015, algorithm 1), with a rate that falls to 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import copy, elementwise
from sheetformer.lessons import gpt_texts as texts
from sheetformer.lessons.gpt_model import Size
from sheetformer.lessons.story import scalar
from sheetformer.story.story import Story

FIRST, SECOND, TINY = 0.85, 0.99, 1e-8
"""How much of the old means stays, and what keeps the division from 0; as in microgpt."""


@dataclass(frozen=True)
class Adam:
    """What a step needs.

    Attributes:
        state: what it starts from, by name.
        gradient: of the table of weights (rows, d).
        rate: the learning rate of the first step, (1, 1).
        steps: after so many steps the rate is 0.
        size: of the model.
    """

    state: Mapping[str, Array]
    gradient: Array
    rate: Array
    steps: int
    size: Size


def take_step(story: Story, adam: Adam, sheet: str) -> dict[str, Array]:
    """Stage 7: the next state, by the names of the state.

    Args:
        story: where it is told; its last stage takes the small numbers.
        adam: what is needed.
        sheet: where the next state stands.
    """
    state = adam.state
    steps = state["steps_done"]
    after = steps + 1.0
    left = elementwise("maximum", 1.0 - steps / float(adam.steps), 0.0)
    rate = story.show(adam.rate * left, "rate_now", "η (1 − steps / 1,000)", "It falls to 0.",
                      title="Rate of this step")  # fmt: skip
    shares = [
        story.show(1.0 - elementwise("power", scalar(story, keep, name, note, title=title,
                                                     number_format="number", workings=True),
                                     after),
                   f"filled_{i}", f"1 − β{i} ^ (steps + 1)", "How full the memory is.",
                   title=full, number_format="share")
        for i, keep, name, note, title, full in (
            (1, FIRST, "beta_1", "β1: so much of m stays.", "First memory", "First memory filled"),
            (2, SECOND, "beta_2", "β2: so much of v stays.", "Second memory",
             "Second memory filled"),
        )
    ]  # fmt: skip
    here = len(story.stages) - 1
    story.stage(*texts.NEXT, sheet, 60)
    labels = adam.size.labels()
    beta = [story.named("beta_1"), story.named("beta_2")]
    g = adam.gradient
    following = {
        "steps_done": story.show(
            after,
            "steps_next",
            "steps + 1",
            "Names it has learned from.",
            title="Steps done",
            number_format="integer",
            stage=len(story.stages) - 1,
        )
    }
    mean = beta[0] * state["momentum"] + (1.0 - beta[0]) * g
    square = beta[1] * state["square"] + (1.0 - beta[1]) * (g * g)
    moved = mean / shares[0] / (NUMPY.sqrt(square / shares[1]) + TINY)
    weights = state["theta"] - rate * moved
    for name, value, equation, title in (
        ("theta", weights, "θ − rate m̂ / (√v̂ + ε)", "Weights"),
        ("momentum", mean, "β1 m + (1 − β1) g", "Mean of the gradients"),
        ("square", square, "β2 v + (1 − β2) g²", "Mean of their squares"),
    ):
        following[name] = story.show(value, f"{name}_next", equation, texts.NEXT_NOTE, title=title,
                                     labels=labels, label_columns=2)  # fmt: skip
    story.place(following["theta"], order=1)
    story.place(following["momentum"], order=2)
    story.place(following["square"], order=3)
    for name, array, title, note in (
        ("one_gradient", g, "Its gradient", "How the loss changes with it."),
        ("one_before", state["theta"], "One weight", texts.ONE_NOTE),
        ("one_after", following["theta"], "The same, next", "After this step."),
    ):
        story.show(copy(array[1:2, :1]), name, "", note, title=title, stage=here,
                   number_format="gradient" if array is g else "", order=2)  # fmt: skip
    return following
