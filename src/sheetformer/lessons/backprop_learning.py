"""The lesson backprop, what gradients are good for: one number nudged, and one step downhill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import copy
from sheetformer.language import translate
from sheetformer.lessons import recovery
from sheetformer.lessons.recovery import FIELDS, Parameters, Task
from sheetformer.lessons.story import dial
from sheetformer.story.caption import Allowed
from sheetformer.story.sentences import say
from sheetformer.story.story import Story

GROUP = "Backprop"
NUDGE = 0.0001


@dataclass(frozen=True)
class Done:
    """What the way forward and the way back have given: √d, the loss, a gradient of each field."""

    model: Parameters
    task: Task
    root: Array
    loss: Array
    gradients: Sequence[Array]


def nudge(story: Story, done: Done) -> None:
    """One embedding number moved a little, and the whole way forward once more."""
    story.stage(
        "Do not believe it: nudge one number",
        "Add a little to the first number of the first source word and compute the whole way "
        "forward again. How much the loss has moved, divided by the nudge, is what the gradient "
        "promised, but for an error about as small as the nudge itself.",
        "(loss(θ + ε) − loss(θ)) / ε ≈ d_θ",
        "Nudge",
    )
    source = done.model.source
    note, shown = "ε: how far.", {"number_format": "tiny", "title": "The nudge"}
    size = dial(story, NUDGE, "nudge", note, Allowed(-1, 1), **shown)
    first = np.zeros(source.shape)
    first[0, 0] = 1.0
    note = "Which number is nudged."
    there = story.constant(
        first, "first_number", note=note, labels=source.labels, number_format="integer",
        title="Which number",
    )  # fmt: skip
    note, title = "The others stay.", "Nudged embeddings"
    moved = story.show(source + size * there, "E_nudged", "E_source + ε", note, title=title)
    since = len(story.graph.nodes)
    nudged = replace(done.model, source=moved)
    loss_nudged = recovery.forward(story, nudged, done.task, done.root, "nudged")
    recovery.fold(story, since, ("loss",))
    slope, note = (loss_nudged - done.loss) / size, "What the loss really did …"
    equation, title, form = "(loss_nudged − loss) / ε", "What happened", "slope"
    story.show(slope, "slope", equation, note, title=title, number_format=form)
    promised, note = copy(done.gradients[0][:1, :1]), "… and what was promised."
    title, labels = "What was promised", (None, None)
    story.show(
        promised, "promised", "d_E_source", note, title=title, number_format=form, labels=labels
    )
    say(
        story, "nudge_told",
        "The loss moved {slope} times as far as the number; its gradient promised {promised}.",
        title="In words", decimals=4, placed={"line": True}, slope=slope, promised=promised,
    )  # fmt: skip


def step(story: Story, done: Done, rate: float) -> None:
    """Every learned number moved against its gradient, and the loss before and after."""
    stage = story.stage(
        "7   One step downhill",
        "Learning is one line: from every learned number subtract its gradient times the learning "
        "rate η. The loss after the step (sheet After the step) is smaller when the step is not "
        "too long: raise the learning rate and find where it turns worse. The lesson training goes "
        "on from here, many times.",
        "θ_new = θ − η d_θ",
        GROUP,
    )
    note, title = "η: how far the step goes.", "Learning rate"
    eta = dial(story, rate, "learning_rate", note, Allowed(0, 100), title=title)
    names = zip(done.model, done.gradients, FIELDS, recovery.TITLES, strict=True)
    moved = [
        story.show(
            x - eta * d, f"{name}_new", f"{name} − η d_{name}", "After one step.",
            title=translate("New: {name}", name=translate(title)), order=1,
        )
        for x, d, name, title in names
    ]  # fmt: skip
    story.place(moved[0], line=True)
    story.stage(
        "The way forward once more, with the new numbers",
        "The same steps as before, now with the numbers after one step of learning. What is on the "
        "way stands folded below.",
        "loss(θ_new)",
        "After the step",
    )
    since = len(story.graph.nodes)
    loss = recovery.forward(story, Parameters(*moved), done.task, done.root, "new")
    recovery.fold(story, since, recovery.STORY)
    _gain(story, done.loss, loss, stage)


def _gain(story: Story, before: Array, after: Array, stage: int) -> None:
    """Both losses beside each other, and how far it went down."""
    gain = before - after
    for name, loss, note, title in (
        ("loss_before", before, "Before the step …", "Loss before"),
        ("loss_after", after, "… and after it.", "Loss after"),
    ):
        story.show(
            copy(loss), name, "", note, title=title, number_format="slope", stage=stage, order=2
        )
    note, title = "Above 0: it has learned.", "Gain"
    story.show(gain, "gain", "", note, title=title, number_format="slope", stage=stage, order=3)
    story.place(story.named("loss_before"), line=True)
    verdict = NUMPY.where(
        gain > 0.0,
        translate("it has learned."),
        NUMPY.where(
            gain < 0.0, translate("the step was too long."), translate("nothing has moved.")
        ),
    )
    say(
        story, "gain_told", "The step takes the loss from {before} to {after}: {verdict}",
        title="In words", decimals=3, placed={"stage": stage, "order": 3, "line": True},
        before=before, after=after, verdict=verdict,
    )  # fmt: skip
