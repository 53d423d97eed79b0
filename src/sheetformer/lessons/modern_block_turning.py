"""Rotary positions: pairs of numbers that turn with their place (lesson modern-block)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import concatenate, copy, deviation, elementwise
from sheetformer.language import translate
from sheetformer.lessons.modern_block_parts import GROUP, WEIGHTS, WIDTH
from sheetformer.story.figures import WordMap
from sheetformer.story.placement import Figure
from sheetformer.story.sentences import say
from sheetformer.story.story import Story

Turn = Callable[[Array, Array, str], Array]
"""Rows (n, d) and the switch → turned by their places, or as they were."""
PLACES = 7


def turning(story: Story, place: Array) -> Turn:
    """Stage 3: a pair turned place by place, and scores that only know the distance.

    Gives what turns all heads by the places (n, 1) of the words.
    """
    stage = story.stage(
        "3   Positions that turn",
        "A query and a key, two numbers each, are points in a plane. Rotary positions turn both by "
        "an angle that grows with the place, here one radian a place; lengths stay. A score is a "
        "dot product, and that depends only on the angle between the two: so on how far apart they "
        "stand, not on where. Follow a diagonal: the same number all the way. With a pattern added "
        "to both instead, as in 2017, it is another number at every place. (Larger heads have "
        "more pairs, each with a speed of its own.) Type another query or key.",
        "(x cos α − y sin α, y cos α + x sin α)",
        GROUP,
    )
    axes = np.array([translate("across"), translate("up")], dtype=object)
    query = _pair(story, (1.0, 0.5), "example_query", "A query", axes)
    key = _pair(story, (0.8, -0.6), "example_key", "A key", axes)
    places = np.arange(float(PLACES))[:, None]
    said = [[translate("place {number}", number=i)] for i in range(PLACES)]
    listed = story.constant(np.array(said, dtype=object), "place_names", title="Places")
    names = listed.ids[:, 0].astype(object)
    at = story.constant(places, "places", title="Numbers of the places", number_format="integer",
                        labels=[names, None], workings=True)  # fmt: skip
    cosine = story.show(NUMPY.cos(at), "turn_cos", "cos(place)", "", title="Cosines", workings=True)
    sine = story.show(NUMPY.sin(at), "turn_sin", "sin(place)", "", title="Sines", workings=True)
    labels = (names, axes)
    turned = [
        story.show(_turned(story, one, cosine, sine, name), f"turned_{name}", "", note, title=title,
                   labels=labels, line=name == "query")
        for one, name, title, note in (
            (query, "query", "The query, turned", "At each place."),
            (key, "key", "The key, turned", "At each place."),
        )
    ]  # fmt: skip
    _drawn(story, stage, turned)
    _scores(story, turned, (query, key), (cosine, sine), names)
    return _for_all_heads(story, place)


def _pair(story: Story, numbers: tuple[float, float], name: str, title: str, axes: Any) -> Array:
    return story.input(np.array([numbers]), name, title=title, note="Two numbers.",
                       labels=[None, axes])  # fmt: skip


def _turned(story: Story, pair: Array, cosine: Array, sine: Array, name: str) -> Array:
    """A pair (1, 2) at each place: (p, 2)."""
    x, y = pair[:, :1], pair[:, 1:]
    across = story.show(x * cosine - y * sine, f"{name}_across", "x cos α − y sin α",
                        title="Across, turned", workings=True)  # fmt: skip
    up = story.show(y * cosine + x * sine, f"{name}_up", "y cos α + x sin α",
                    title="Up, turned", workings=True)  # fmt: skip
    return copy(concatenate([across, up], axis=1))


def _drawn(story: Story, stage: int, turned: list[Array]) -> None:
    groups = (
        (translate("query"), turned[0]),
        (translate("key"), turned[1]),
    )
    axes = (translate("across"), translate("up"))
    drawing = WordMap(translate("Both turn, a radian a place"), axes, groups, 1.5)
    story.figures.append(Figure(stage, 15, 6, drawing, before_block="turned_scores"))


def _scores(
    story: Story, turned: list[Array], pairs: tuple[Array, Array], waves: tuple[Array, Array],
    names: Any,
) -> None:  # fmt: skip
    labels = (names, names)
    scores = turned[0] @ turned[1].T
    story.show(scores, "turned_scores", "turned_query · turned_key", "The same along a diagonal.",
               title="Scores, turned", labels=labels, line=True)  # fmt: skip
    pattern = copy(concatenate([waves[1], waves[0]], axis=1))
    story.show(pattern, "pattern", "sin, cos", "", title="Pattern of each place", workings=True)
    added = [
        story.show(pair + pattern, f"added_{name}", f"{name} + pattern", "", title=title,
                   workings=True)
        for pair, name, title in (
            (pairs[0], "query", "The query, with its pattern"),
            (pairs[1], "key", "The key, with its pattern"),
        )
    ]  # fmt: skip
    plain = added[0] @ added[1].T
    story.show(plain, "added_scores", "added_query · added_key", "Another at every place.",
               title="Scores, pattern added", labels=labels)  # fmt: skip
    steps = [
        story.show(deviation(one[1:, 1:], one[:-1, :-1]), f"{name}_step", "max |step|",
                   "Along a diagonal.", title="Largest step", number_format="difference",
                   workings=True)
        for one, name in ((scores, "turned"), (plain, "added"))
    ]  # fmt: skip
    say(
        story, "turning_told",
        "Largest step along a diagonal: turned {turned}, pattern added {added}.",
        title="In words", placed={"line": True},
        turned=elementwise("text_of", steps[0].reshape(1, 1), 9.0),
        added=elementwise("text_of", steps[1].reshape(1, 1), 2.0),
    )  # fmt: skip


def _for_all_heads(story: Story, place: Array) -> Turn:
    cosine = story.show(NUMPY.cos(place), "place_cos", "cos(place)", "", title="Cosines",
                        workings=True)  # fmt: skip
    sine = story.show(NUMPY.sin(place), "place_sin", "sin(place)", "", title="Sines",
                      workings=True)  # fmt: skip
    turn = np.zeros((WIDTH, WIDTH))
    for first in range(0, WIDTH, 2):
        turn[first + 1, first], turn[first, first + 1] = -1.0, 1.0
    quarter = story.constant(turn, "quarter_turn", title="A quarter turn of each pair",
                             number_format="integer", line=True,
                             stage=_stage_named(story, WEIGHTS))  # fmt: skip

    def turned(x: Array, on: Array, letter: str) -> Array:
        plain = story.show(
            x, f"{letter}_plain", f"x W_{letter}", title="Before it is turned", workings=True
        )
        aside = story.show(plain @ quarter, f"{letter}_aside", "plain · quarter_turn",
                           title="A quarter turn further", workings=True)  # fmt: skip
        there: Any = plain * cosine + aside * sine
        return np.where(on, there, plain)

    return turned


def _stage_named(story: Story, group: str) -> int:
    return next(i for i, stage in enumerate(story.stages) if stage.group == group)
