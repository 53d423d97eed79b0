"""What the lesson on several heads asks its reader."""

from __future__ import annotations

import math

from sheetformer.language import translate
from sheetformer.story.story import Story


def questions(story: Story, d_model: int, heads: int) -> None:
    """Up to five questions; that on two heads needs them."""
    story.question(
        "In the paper d_model is 512, and there are 8 heads. How many columns does each head get?",
        "The columns are dealt out evenly, so more heads mean fewer numbers for each.",
        "All columns over the heads, as in step 3.",
        answer=64.0,
        within=0.5,
    )
    story.statement(
        "Two heads have twice as many weights to learn as one head over all columns.",
        "The same matrices are only dealt out otherwise: step 8 counts both.",
        "Compare both numbers of step 8.",
        holds=False,
    )
    if heads > 1:
        grow, stay, shrink = (translate(text) for text in ("they grow", "they stay", "they shrink"))
        story.question(
            "You set the switch of head 1 to 0. What happens to the shares of head 2?",
            "Each head looks by itself; they meet only where W_O mixes them (step 6).",
            "Try it in step 5, and look at step 4.",
            options=(grow, stay, shrink),
            answer=stay,
        )
    story.question(
        "Type a formula for what the scores of a head are divided by, from d_model and heads.",
        "A score of a head is a sum of so many products, and its spread is the root of that.",
        "Divide by the root of the columns that one head has (steps 3 and 4).",
        answer=math.sqrt(d_model / heads),
        within=1e-6,
        formula=True,
    )
    output = story.named("output")
    nothing = (output.max() < 1e-9) * (output.min() > -1e-9)
    story.question(
        "Turn switches of step 5 until all that the layer gives is 0.",
        "The output is the sum of the parts of the heads and of nothing else (step 7).",
        "What a head hands on is multiplied by its switch. Which heads are still on?",
        until=nothing.reshape(1, 1),
    )
