"""The clock of a position (lesson positions): where the hands of a picked place point."""

from __future__ import annotations

import numpy as np

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import concatenate, copy
from sheetformer.language import translate
from sheetformer.lessons.story import dial
from sheetformer.story.caption import Allowed
from sheetformer.story.figures import WordMap
from sheetformer.story.placement import Figure
from sheetformer.story.sentences import say
from sheetformer.story.story import Story

GROUP = "Positions"
"""The sheet of the step."""
FULL = 1.5
"""Of the chart's axes: the clock's hands are 1 long, and a label stands above their tips."""


def clock(story: Story, rate: Array, last: int) -> None:
    """Step 3: the tips (d/2, 2) of all hands at a place that is typed, up to the last one.

    A tip lies at (sine, cosine): at 0 it points up, and it turns as those of a clock do.
    """
    number = story.stage(
        "3   The clock of a place",
        "Type a place: each hand has turned by its angle, and where its tip is, across and up, are "
        "its sine and its cosine, the two numbers of its columns. Type the next place: the first "
        "hand jumps, the last one hardly moves. No other place of the table has all hands alike.",
        "(x, y) = (sin α, cos α)",
        GROUP,
    )
    bounds, note = Allowed(0, last, whole=True), "Its number, from 0."
    shown = {"number_format": "integer", "title": "Which place"}
    place = dial(story, 3.0, "clock_place", note, bounds, **shown)
    names = np.array(rate.labels[1], dtype=object)[:, None]
    hands = story.constant(names, "hands", title="Hands")
    angle = (NUMPY.minimum(NUMPY.maximum(place, 0.0), float(last)) * rate).T  # (d/2, 1)
    labels = (hands.ids[:, 0].astype(object), None)
    title, note = "Turned by", "In radians."
    story.show(angle, "clock_angle", "pos · rate", note, title=title, labels=labels, workings=True)
    turns, title = angle / (2.0 * np.pi), "Full turns"
    story.show(turns, "clock_turns", "angle / 2π", "", title=title, labels=labels, workings=True)
    sine, title = NUMPY.sin(angle), "Sine of each hand"
    story.show(sine, "clock_sine", "sin(angle)", "", title=title, workings=True)
    cosine, title = NUMPY.cos(angle), "Cosine of each hand"
    story.show(cosine, "clock_cosine", "cos(angle)", "", title=title, workings=True)
    tips = copy(concatenate([sine, cosine], axis=1))
    columns = np.array([translate("across"), translate("up")], dtype=object)
    title, note = "Tips of the hands", "Sine and cosine of each angle."
    tips = story.show(tips, "tips", "sin, cos", note, title=title, labels=(labels[0], columns))
    say(
        story, "clock_told",
        "{hand}: {turns} turns, sine {sine}, cosine {cosine}",
        title="In words", decimals=2, placed={"line": True},
        hand=hands, turns=turns, sine=sine, cosine=cosine,
    )  # fmt: skip
    axes = (translate("sine: across"), translate("cosine: up"))
    # Slow hands lie close together: the label of every other one stands below its tip.
    groups = tuple((translate("tip"), tips[first::2]) for first in (0, 1))
    drawing = WordMap(translate("The hands of this place"), axes, groups, FULL)
    story.figures.append(Figure(number, 18, 6, drawing, before_block="clock_told"))
