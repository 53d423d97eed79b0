"""What softmax makes of rounded scores (lesson number-formats)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.graph.array import NUMPY, Array
from sheetformer.language import translate
from sheetformer.lessons.number_formats_head import (
    GROUP,
    TINY,
    Head,
    Rounding,
    fold,
    largest,
    softmax_of,
)
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.placement import Figure
from sheetformer.story.sentences import say
from sheetformer.story.softmax_steps import below_largest
from sheetformer.story.story import Story

ADDED = np.exp2(np.arange(9.0))[:, None]
"""What is added to the scores, a case a row."""


def sharper(story: Story, head: Head, rounding: Rounding) -> None:
    """Stage 7: the first word's scores with a number added, rounded before and after."""
    stage = story.stage(
        "7   What softmax makes of an error",
        "Adding the same number to all scores changes no share (lesson softmax). But larger "
        "numbers have larger steps: rounded, the scores lose what told them apart. A score that is "
        "off by δ multiplies its odds by e^δ, so softmax turns a small share of a large score into "
        "a large share of the result. With the largest taken off before rounding, the scores that "
        "count lie near 0, where the steps of a float are finest, and the added number does no "
        "harm. So softmax is worked out in float32 even where all else is shorter. The format is "
        "that of step 5.",
        "odds · e^δ",
        GROUP,
    )
    down = np.array([translate("case {number}", number=i + 1) for i in range(len(ADDED))],
                    dtype=object)  # fmt: skip
    added = story.constant(ADDED, "added", title="Number to add", note="To every score.",
                           number_format="integer", labels=[down, None])  # fmt: skip
    moved = added + head.exact["scores"][:1]
    labels = (down, head.exact["scores"].labels[1])
    story.show(
        moved, "moved", "scores + added", "Of the first word.", title="Scores", labels=labels
    )
    before = _shares_of(story, rounding, moved, "moved_rounded", labels)
    below = below_largest(moved)
    story.show(below, "below", "moved − max", "", title="Less the largest", labels=labels,
               workings=True)  # fmt: skip
    after = _shares_of(story, rounding, below, "below_rounded", labels)
    apart: list[Array] = []
    for x, name, title in ((before, "late", "Largest error as they are"),
                           (after, "early", "Largest error, largest taken off")):  # fmt: skip
        exact = NUMPY.maximum(head.exact["shares"][:1], TINY)
        off = x / exact - 1.0
        story.show(off, f"off_{name}", "share / exact − 1", "", title="How far apart",
                   number_format="share", workings=True)  # fmt: skip
        error = largest(off) + 0.0
        apart.append(
            story.show(error, f"error_{name}", "max |share / exact − 1|", "", title=title,
                       number_format="share", labels=(down, None), line=name == "late")
        )  # fmt: skip
    _added_drawn(story, stage, added, apart)


def _shares_of(story: Story, rounding: Rounding, x: Array, name: str, labels: Any) -> Array:
    """The shares (k, n) that softmax makes of rounded scores."""
    since = len(story.graph.nodes)
    rounded = rounding(x, name)
    fold(story, since)
    title = "Scores, rounded" if name == "moved_rounded" else "Less the largest, rounded"
    story.show(rounded, name, "round(scores)", "", title=title, number_format="gradient",
               labels=labels, line=True, workings=False)  # fmt: skip
    found = softmax_of(rounded, f"{name}_exp")
    story.place(story.named(f"{name}_exp"), workings=True)
    return story.show(found, f"{name}_shares", "softmax", "", title="Their shares",
                      number_format="share", labels=labels)  # fmt: skip


def _added_drawn(story: Story, stage: int, added: Array, apart: list[Array]) -> None:
    curves = (
        Curve(translate("rounded as they are"), added, apart[0]),
        Curve(translate("with the largest taken off first"), added, apart[1]),
    )
    drawing = Curves(
        translate("How far a share is off"),
        (translate("number added to every score"), translate("largest error of a share")), curves,
        log=(True, False), number_format="0%",
    )  # fmt: skip
    story.figures.append(Figure(stage, 15, 7, drawing, before_block="added_told"))
    say(
        story, "added_told",
        "With {added} added, a share is off by {late} % of itself; with the largest taken off "
        "first, by {early} %.",
        title="In words", placed={"line": True}, decimals=2, added=added[-1:],
        late=apart[0][-1:] * 100.0, early=apart[1][-1:] * 100.0,
    )  # fmt: skip
