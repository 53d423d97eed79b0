"""What the lesson number-formats asks its reader."""

from __future__ import annotations

from sheetformer.language import translate
from sheetformer.story.questions import truths
from sheetformer.story.story import Story


def questions(story: Story) -> None:
    """Four questions."""
    story.question(
        translate("bfloat16 keeps more digits than float16."),
        translate("It spends its bits on the exponent: the range of float32, with fewer digits."),
        translate("Compare the columns of step 1."),
        options=truths(),
        answer=truths()[1],
    )
    story.question(
        translate("What does FP8 E5M2 make of 0.3?"),
        translate("Five steps of a sixteenth: between a quarter and a half it has no finer ones."),
        translate("Type it into step 1, or count: which step has E5M2 between 0.25 and 0.5?"),
        answer=0.3125,
        within=0.002,
    )
    coarse, same, itself = (
        translate(text)
        for text in ("they lose digits", "they stay as they are", "they become infinite")
    )
    story.question(
        translate("In int8 one number of a row becomes 100 times as large. And the others?"),
        translate("All numbers of a row share one step, and the largest decides how long it is."),
        translate("Try it in step 3 with a key, and look at step 4."),
        options=(coarse, same, itself),
        answer=coarse,
    )
    story.question(
        translate("Pick a format until a share is off by more than 1 point."),
        translate("With so few digits even shares, between 0 and 1, are coarse."),
        translate("Pick another format in step 5."),
        until=story.named("share_error").reshape(1, 1) > 0.01,
    )
