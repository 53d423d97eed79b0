"""What the lesson gpt asks its reader."""

from __future__ import annotations

import math

from sheetformer.graph.functions import elementwise
from sheetformer.language import translate
from sheetformer.story.story import Story


def questions(story: Story) -> None:
    """Five questions."""
    story.question(
        "A loss of 2 is that of an even choice among how many signs? Type a formula.",
        "So a loss can be read as a number of signs that are still possible.",
        "An even choice among n signs has the loss ln n (step 5). Turn it round.",
        answer=math.exp(2.0),
        within=1e-6,
        formula=True,
    )
    name = str(story.named("name").value.item())
    story.question(
        translate("The model reads “{name}”. At how many places must it say a sign?", name=name),
        "One for each letter, and one for the mark that ends the name: also that is learned.",
        "Step 1: count the signs that it must say, with the last one.",
        answer=len(name) + 1.0,
        within=0.5,
    )
    story.statement(
        translate(
            "The same letter at two places of a name begins as the same {width} numbers.",
            width=story.named("embedding").shape[1],
        ),
        "Each place adds a row of its own to the row of the letter (step 2).",
        "Step 2 adds two rows. Which of them knows the place?",
        holds=False,
    )
    alike, differ, empty = (
        translate(text) for text in ("nearly all the same", "all different", "all empty")
    )
    story.question(
        "The temperature of step 8 goes towards 0. What becomes of the ten names?",
        "Chance has no say any more: the likeliest sign is taken, ten times over.",
        "Type 0.01 in step 8.",
        options=(differ, alike, empty),
        answer=alike,
    )
    letter = story.named("letters_said")[:1, :1]
    story.question(
        "Change the start of the draws in step 8 until the first name begins with another letter.",
        "The weights give shares, and chance picks: other draws, other names, the same model.",
        "Type any other number there; not every one changes the first letter.",
        until=elementwise("not_equal", letter, str(letter.value.item())),
    )
