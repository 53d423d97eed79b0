"""What the lesson on positions asks its reader."""

from __future__ import annotations

import math

from sheetformer.language import translate
from sheetformer.story.story import Story

_FAR = 7


def questions(story: Story, d_model: int) -> None:
    """Five questions; `d_model` is how many numbers a place has."""
    first, middle, last = (
        translate(text) for text in ("the first two", "the middle two", "the last two")
    )
    story.question(
        "Which two columns of a pattern change most from one place to the next?",
        "Their hand turns by a whole radian a place; every pair after it is slower (step 1).",
        "Type a place in step 3, and then the next one. Which hand jumps?",
        options=(first, middle, last),
        answer=first,
    )
    story.question(
        translate(
            "Type a formula: how many full turns has the quickest hand made at place {place}?",
            place=_FAR,
        ),
        "A full turn is 2π radians, so this hand comes round every 6.28 places.",
        "It turns by 1 radian a place. How many radians are a full turn?",
        answer=_FAR / (2.0 * math.pi),
        within=1e-6,
        formula=True,
    )
    story.statement(
        "The places 2 and 5 are as alike as the places 9 and 12.",
        "Only the distance counts, and it is the same: both stand on one diagonal (step 4).",
        "Find both pairs in the table of step 4. On which diagonals do they lie?",
        holds=True,
    )
    story.question(
        "What is the dot product of the pattern of a place with itself?",
        "Each pair of columns gives sin² + cos² = 1, wherever the place is.",
        "Look at the diagonal of step 4, or count the pairs of columns.",
        answer=d_model / 2.0,
        within=0.01,
    )
    story.question(
        "Change one cell of step 5 until attention tells the two orders apart.",
        "Now the same word is another row at another place, and gets another blend.",
        "Words alone have no place. What adds the patterns to them?",
        until=story.named("order_matters").reshape(1, 1) > 1e-6,
    )
