"""What the lesson on tokens asks its reader."""

from __future__ import annotations

from collections.abc import Sequence

from sheetformer.language import translate
from sheetformer.lessons.tokens_new_words import Cut
from sheetformer.lessons.tokens_rounds import Merge
from sheetformer.story.questions import truths
from sheetformer.story.story import Story


def questions(story: Story, merges: Sequence[Merge], cut: Cut) -> None:
    """Up to five questions; what does not fit the text that was asked for is left out."""
    _second_token(story, merges)
    story.question(
        translate("The text is aaaaa. How many tokens are left after the first merge?"),
        translate("From left to right: aa, aa, and one a is left over."),
        translate("Type it in step 1 and look at step 3."),
        answer=3.0,
        within=0.5,
    )
    story.question(
        translate("A word with signs that the text does not have cannot be written in tokens."),
        translate("Each sign is a token of its own, so nothing is unknown."),
        translate("Type such a word in step 5."),
        options=truths(),
        answer=truths()[1],
    )
    story.question(
        translate("Set the merges to 0. How many tokens has “{word}”?", word=cut.words.value[0, 0]),
        translate("Without merges each sign is a token."),
        translate("Change the yellow number of step 4 and look at step 5."),
        answer=float(cut.signs.value[0, 0]),
        within=0.5,
    )
    one_token = (cut.tokens[:1] == 1.0) * (cut.signs[:1] >= 4.0)
    story.question(
        translate("Change the first word of step 5 until it is one token of 4 signs or more."),
        translate("What comes often enough in the text becomes one token."),
        translate("The new tokens stand in step 4; longer texts give longer ones."),
        until=one_token,
    )


def _second_token(story: Story, merges: Sequence[Merge]) -> None:
    """Which token comes second, where there are three or more that differ."""
    made = [str(one.token_told.value[0, 0]) for one in merges if one.merged.value[0, 0]]
    if len(set(made)) < 3 or made[1] in made[2:] or not all(map(str.isalpha, made)):
        return
    options = tuple(sorted({made[1], *made[2:5]}))
    story.question(
        translate("The first merge makes “{token}”. Which token does the second one make?",
                  token=made[0]),
        translate("The new token is part of pairs, too, and is counted like any other."),
        translate("Count the pairs once more, in the words of step 3 after the merge."),
        options=options,
        answer=made[1],
    )  # fmt: skip
