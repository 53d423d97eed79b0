"""What the lesson on the dot product asks its reader."""

from __future__ import annotations

import numpy as np

from sheetformer.language import translate
from sheetformer.story.story import Story
from sheetformer.story.word_cells import Rows

_SHARP = 100.0
_MOST = 6
"""Words that one list offers."""


def questions(story: Story, listed: Rows) -> None:
    """Up to five questions; the entries of the list are `listed`."""
    story.question(
        "a is (2, −1) and b is (3, 4). What is a · b?",
        "One pair has one sign and pushes up, the other has two and pulls down (step 2).",
        "First with first, second with second; then add both products, each with its sign.",
        answer=2.0,
        within=0.5,
    )
    both, dot, cosine = (
        translate(text)
        for text in ("both double", "only the dot product doubles", "only the cosine doubles")
    )
    story.question(
        "Every number of b is doubled. What happens to dot product and cosine?",
        "The length of b doubles too, and the cosine divides by it: it sees the direction alone.",
        "Double d1 to d4 of one word on the sheet Learned, and look at step 2.",
        options=(both, dot, cosine),
        answer=dot,
    )
    _sharpest(story, listed)
    story.question(
        "Sharpness 0 in step 6: type a formula for the share of each entry.",
        "e^0 is the same for all of them, however well they fit: the question is not heard.",
        "All scores become 0 then, and equal scores get equal shares of the whole.",
        answer=1.0 / listed.words.shape[0],
        within=1e-6,
        formula=True,
    )
    similarity = story.named("cosine")
    if similarity.value.item() >= 0.0:
        story.question(
            "Change a word of step 2 until the cosine is below 0.",
            "Below 0 the angle is wider than a right one: the two point away from each other.",
            "Try a word of another kind: an animal beside a feeling.",
            until=similarity < 0.0,
        )


def _sharpest(story: Story, listed: Rows) -> None:
    """Which entry takes all, where one is ahead of the others."""
    words, fits = listed.words.value[:, 0].tolist(), story.named("fits").value[0]
    best, ahead = int(np.argmax(fits)), np.ptp(np.sort(fits)[-2:])
    if not 2 <= len(words) <= _MOST or len(set(words)) < len(words) or ahead * _SHARP < 5.0:
        return
    story.question(
        "You set the sharpness of step 6 to 100. Which entry takes nearly all?",
        "e to the power of a hundred times the lead is huge: nearly the exact look-up of step 5.",
        "Large differences of the scores decide it: look for the best of them in step 6.",
        options=tuple(words),
        answer=words[best],
    )
