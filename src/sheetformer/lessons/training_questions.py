"""What the lesson on training asks its reader."""

from __future__ import annotations

import math

from sheetformer.language import translate
from sheetformer.lessons.training_history import History
from sheetformer.story.story import Story


def questions(story: Story, history: History) -> None:
    """Up to five questions; the losses of all steps are those of `history`."""
    story.question(
        "Eight words, and each gets the same share. Type a formula for the loss.",
        "A loss below that says that something has been learned (step 3).",
        "The surprise is −ln p. What is p when eight words share evenly?",
        answer=math.log(8.0),
        within=1e-6,
        formula=True,
    )
    falls, stays, grows = (translate(text) for text in ("it falls", "it stays", "it grows"))
    story.question(
        "You set the learning rate to 0. What does the loss do from step to step?",
        "Every number loses its gradient times nothing, so each step repeats the one before.",
        "Read the line of step 2 with a rate of 0, then try it.",
        options=(falls, stays, grows),
        answer=stays,
    )
    story.statement(
        "The training is told which English word each Portuguese word means.",
        "It only has to name its own word; whoever looks at the wrong words cannot (step 1).",
        "What is the table of translations used for in step 1?",
        holds=False,
    )
    story.question(
        "A row may look at two words. It knows nothing yet: what share does the right one get?",
        "So the mean of step 3 begins near it, and what lies above has been learned.",
        "Equal scores get equal shares. Type it as a number between 0 and 1.",
        answer=0.5,
        within=0.01,
    )
    first, last = history.losses[0], history.losses[-1]
    if last.value.item() < first.value.item():
        story.question(
            "Change the learning rate of step 2 until the last loss is above the first.",
            "Steps that are too long go past the valley, each farther than the one before.",
            "Make the rate larger, little by little.",
            until=last > first,
        )
