"""What the lesson on scaling asks its reader."""

from __future__ import annotations

from sheetformer.language import translate
from sheetformer.story.story import Story


def questions(story: Story) -> None:
    """Five questions, which hold whatever the random numbers are."""
    story.question(
        "d grows from 64 to 256. How many times as large does theory say that the spread gets?",
        "Variances add up, and the spread is the root of the variance (step 2).",
        "d itself grows four times. What does the root of d do?",
        answer=2.0,
        within=0.05,
    )
    nearly, one, stays = (
        translate(text) for text in ("nearly equal shares", "nearly all to one", "the same shares")
    )
    story.question(
        "The scores of d = 256 are divided by d, not by its root. What does softmax make of them?",
        "Their spread is then 1/16: too small for softmax to tell the keys apart.",
        "Type 1 as the power in step 3, and look at d = 256 in step 4.",
        options=(one, nearly, stays),
        answer=nearly,
    )
    story.question(
        "A share is 0.9. Type a formula for its slope.",
        "At 0.5 it would be almost three times as large, and near 1 next to nothing (step 5).",
        "Step 5 has the equation: the share, times what is missing to 1.",
        answer=0.09,
        within=1e-6,
        formula=True,
    )
    story.statement(
        "A slope near 0 means that the share is right and nothing is left to learn.",
        "It means only that the share hardly moves. Also a wrong key can have nearly all, and then "
        "learning is stuck.",
        "Random queries saturate as well (step 4). Has anything been learned there?",
        holds=False,
    )
    story.question(
        "Change the power of step 3 until the scores of d = 256 are spread by less than 0.1.",
        "So small scores are as bad as large ones: all keys get the same. The root lies between.",
        "A larger power divides by more; it may be up to 2.",
        until=story.named("spread_divided")[-1:] < 0.1,
    )
