"""What the lesson on tokens asks its reader."""

from __future__ import annotations

from collections.abc import Sequence

from sheetformer.language import translate
from sheetformer.lessons.tokens_new_words import Cut
from sheetformer.lessons.tokens_rounds import Merge
from sheetformer.story.story import Story


def questions(story: Story, merges: Sequence[Merge], cut: Cut) -> None:
    """Up to five questions; what does not fit the text that was asked for is left out."""
    _second_token(story, merges)
    story.question(
        "The text is aaaaa. How many tokens are left after the first merge?",
        "From left to right: aa, aa, and one a is left over.",
        "Type it in step 1 and look at step 3.",
        answer=3.0,
        within=0.5,
    )
    story.statement(
        "A word with signs that the text does not have cannot be written in tokens.",
        "Each sign is a token of its own, so nothing is unknown.",
        "Type such a word in step 5.",
        holds=False,
    )
    story.question(
        translate("Set the merges to 0. How many tokens has “{word}”?", word=cut.words.value[0, 0]),
        "Without merges each sign is a token.",
        "Change the yellow number of step 4 and look at step 5.",
        answer=float(cut.signs.value[0, 0]),
        within=0.5,
    )
    one_token = (cut.tokens[:1] == 1.0) * (cut.signs[:1] >= 4.0)
    story.question(
        "Change the first word of step 5 until it is one token of 4 signs or more.",
        "What comes often enough in the text becomes one token.",
        "The new tokens stand in step 4; longer texts give longer ones.",
        until=one_token,
    )


def _second_token(story: Story, merges: Sequence[Merge]) -> None:
    """Which token comes second, where there are three or more that differ."""
    made = [str(one.token_told.value[0, 0]) for one in merges if one.merged.value[0, 0]]
    if len(set(made)) < 3 or made[1] in made[2:] or not all(map(str.isalpha, made)):
        return
    story.question(
        translate(
            "The first merge makes “{token}”. Which token does the second one make?", token=made[0]
        ),
        "The new token is part of pairs, too, and is counted like any other.",
        "Count the pairs once more, in the words of step 3 after the merge.",
        options=tuple(sorted({made[1], *made[2:5]})),
        answer=made[1],
    )
