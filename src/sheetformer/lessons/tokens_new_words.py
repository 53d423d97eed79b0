"""Step 5 of the lesson tokens: words that the text does not have, cut by its merges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.elementary import where
from sheetformer.graph.functions import added, concatenate, copy, elementwise
from sheetformer.language import translate
from sheetformer.lessons.story import either, numbered, sentences
from sheetformer.lessons.tokens_rounds import GROUP, Merge
from sheetformer.lessons.tokens_text import (
    is_longer,
    marked,
    read_text,
    signs_of,
    spaced,
    token_count,
)
from sheetformer.story.sentences import say
from sheetformer.story.story import Story

LETTERS = 16
"""Signs of a word that are read."""


@dataclass(frozen=True)
class Cut:
    """Words (n, 1) and how many tokens and signs each has: (n, 1)."""

    words: Array
    tokens: Array
    signs: Array


def new_words(story: Story, merges: Sequence[Merge], words: Sequence[str], *, usual: bool) -> Cut:
    """Show words, their tokens, and the way of the first one."""
    story.stage(
        "5   A word that was never seen",
        sentences(
            "A new word begins as signs. Then the merges are made in the order in which they were "
            "learned, each wherever its pair stands; nothing is counted any more.",
            either(usual, _USUAL, ""),
            "Type other words: nothing is unknown, at worst it stays in signs.",
        ),
        "ab, abc, …",
        GROUP,
    )
    typed = story.input(np.array(words, dtype=object)[:, None], "new_words", title="New words",
                        note="Up to 16 signs each.", labels=[numbered("", len(words)), None],
                        label_columns=1)  # fmt: skip
    read = read_text(story, typed, "new_words_read", LETTERS + 1)
    whole = elementwise("substitute", read, " ", "")
    story.show(whole, "new_words_whole", title="Without spaces", workings=True)
    states = [marked(story, signs_of(story, whole, "new_signs", LETTERS, workings=True, line=True),
                     "new_marked", workings=True, line=True)]  # fmt: skip
    for number, one in enumerate(merges, 1):
        state = elementwise("substitute", states[-1], one.pair, one.token)
        story.show(state, f"cut_{number}", title=translate("After merge {number}", number=number),
                   number_format="phrase", workings=True, line=True)  # fmt: skip
        states.append(state)
    cut = _result(story, whole, states)
    _message(story, typed)
    _way(story, merges, states)
    return cut


_USUAL = (
    "Here “unhappiness” becomes three tokens, although the text does not have it: its beginning, "
    "its middle and its end stand in other words. The pieces are those a grammar would name, "
    "though nobody said so: what comes again is cut out."
)


def _result(story: Story, words: Array, states: Sequence[Array]) -> Cut:
    tokens, signs = token_count(states[-1]), token_count(states[0])
    shown: dict[str, Any] = {"number_format": "integer", "labels": [words.ids[:, 0], None]}
    story.show(signs, "cut_signs", "", "", title="How many signs", **shown)
    story.show(tokens, "cut_tokens", "", "", title="How many tokens", **shown)
    say(story, "cut_told", "“{word}” has {signs} signs and becomes {tokens} tokens: {pieces}",
        title="In words", placed={"line": True}, when=signs > 0.0,
        otherwise="An empty cell has no token.",
        word=words, signs=signs, tokens=tokens, pieces=spaced(states[-1], " · "))  # fmt: skip
    return Cut(words, tokens, signs)


def _message(story: Story, typed: Array) -> None:
    """A kind word where a word is too long."""
    cells = [typed[i : i + 1] for i in range(len(typed))]
    long = [is_longer(cell, LETTERS) for cell in cells]
    message = translate("← only the first 16 signs of a word are read")
    story.show(where(added(long) > 0.0, message, ""), "new_words_message",
               number_format="message", labels=(None, None), below=True,
               before=story.named("cut_signs"))  # fmt: skip


def _way(story: Story, merges: Sequence[Merge], states: Sequence[Array]) -> None:
    """The first word after each merge."""
    way = [state[:1] for state in states]
    pairs = [one.pair_told for one in merges]
    labels = [numbered("", len(merges)), None]
    story.show(copy(concatenate(pairs, axis=0)), "way_pairs", "pairs_merged", "", title="Merge",
               labels=labels, line=True)  # fmt: skip
    steps = [
        story.show(spaced(one, " · "), f"way_{i}", title="The first word", workings=True,
                   number_format="phrase")
        for i, one in enumerate(way[1:], 1)
    ]  # fmt: skip
    story.show(copy(concatenate(steps, axis=0)), "way", "", "", title="The first word after it",
               number_format="phrase", labels=(None, None))  # fmt: skip
