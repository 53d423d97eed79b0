"""What the lesson on backpropagation asks its reader."""

from __future__ import annotations

import math

from sheetformer.lessons.story import either
from sheetformer.story.story import Story


def questions(story: Story) -> None:
    """Five questions."""
    story.question(
        "The right word has the probability 0.2. Type a formula for the surprise.",
        "Each time the probability halves, the surprise grows by the same step (step 6).",
        "Step 6 has the equation: the logarithm, with its sign turned.",
        answer=-math.log(0.2),
        within=1e-6,
        formula=True,
    )
    story.question(
        "A number is 2, its gradient 0.3, the learning rate 5. What is the number after the step?",
        "Downhill: against the gradient, as far as the rate says (step 7).",
        "Subtract the gradient times the rate.",
        answer=0.5,
        within=0.01,
    )
    turned = "d_Y Bᵀ"
    story.question(
        "Y = A B. What is the gradient of A?",
        "Only so the shapes fit: each row of d_Y meets each row of B (step 2).",
        "It must have the shape of A. Try matrices that are not square.",
        options=("Bᵀ d_Y", turned, "Aᵀ d_Y"),
        answer=turned,
    )
    story.statement(
        "The gradient of a score is positive. Making this score larger makes the loss smaller.",
        "Positive means that the loss grows with it; learning makes that score smaller.",
        "A gradient says how fast the loss grows when the number grows.",
        holds=False,
    )
    gain = story.named("gain")
    learns = gain.value.item() > 0.0
    texts = (either(learns, *pair) for pair in zip(_TOO_LONG, _SHORT_ENOUGH, strict=True))
    story.question(*texts, until=gain < 0.0 if learns else gain > 0.0)


_TOO_LONG = (
    "Change the learning rate of step 7 until the step makes the loss larger.",
    "The gradient is true only near by: too long a step goes past the valley.",
    "Double the rate, and again, and watch the gain.",
)
_SHORT_ENOUGH = (
    "Change the learning rate of step 7 until the step makes the loss smaller.",
    "The gradient is true near by: a step that is short enough always goes down.",
    "Halve the rate, and again, and watch the gain.",
)
