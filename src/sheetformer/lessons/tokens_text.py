"""The texts of the lesson tokens, from what is typed to words whose signs stand in marks."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.elementary import where
from sheetformer.graph.functions import added, beginning, elementwise, join, letter, word_at
from sheetformer.lessons.story import numbered
from sheetformer.spelling import BLANKS
from sheetformer.story.story import Story

OPEN, SHUT = "‹", "›"
"""The marks around a token. Where two tokens meet both stand, so a pair is found as a whole."""
WORDS, SIGNS, LONGEST = 8, 12, 140
"""Words of the text, signs of a word, and letters of the text that are read."""


def read_text(story: Story, typed: Array, name: str, longest: int) -> Array:
    """What is typed (n, 1) with single spaces, and without the marks: (n, 1), folded away."""
    text = beginning(typed, float(longest))
    for old, new in (*((blank, " ") for blank in BLANKS), (OPEN, "<"), (SHUT, ">")):
        text = elementwise("substitute", text, old, new)
    note = "Single spaces; ‹ and › become < and >, since they are the marks here."
    shown: dict[str, Any] = {"title": "The text as it is read", "number_format": "phrase"}
    text = story.show(text, f"{name}_raw", title="With other marks", workings=True,
                      number_format="phrase")  # fmt: skip
    return story.show(join(text)[:, None], name, "", note, workings=True, **shown)


def words_of(story: Story, text: Array) -> Array:
    """The words of a text (1, 1), one below the other: (8, 1)."""
    places = story.constant(np.arange(1.0, WORDS + 1)[:, None], "word_places",
                            title="Places of words", number_format="integer",
                            workings=True)  # fmt: skip
    labels = [numbered("", WORDS), None]
    return story.show(word_at(text, places), "words", "x[i]",
                      "No token reaches across a space.", title="Words", line=True,
                      labels=labels)  # fmt: skip


def signs_of(story: Story, words: Array, name: str, count: int, **shown: Any) -> Array:
    """The signs of words, one a cell: (n, 1) → (n, count)."""
    places = story.constant(np.arange(1.0, count + 1)[None], f"{name}_places",
                            title="Places of signs", number_format="integer",
                            workings=True)  # fmt: skip
    labels = [words.ids[:, 0].astype(object), numbered("", count)]
    return story.show(letter(words, places), name, "x[i]", "", labels=labels,
                      title="Signs", **shown)  # fmt: skip


def marked(story: Story, signs: Array, name: str, **shown: Any) -> Array:
    """Signs (n, k) as one text a row, each between marks: (n, 1)."""
    joined = story.show(join(signs, SHUT + OPEN), f"{name}_joined", title="Signs joined",
                        number_format="phrase", workings=True)  # fmt: skip
    whole = elementwise("followed_by", joined[:, None], SHUT)
    whole = elementwise("followed_by", OPEN, whole)
    text = elementwise("substitute", whole, OPEN + SHUT, "")
    return story.show(text, name, "‹a›‹b›…", "So SUBSTITUTE cannot mistake where one ends.",
                      title="With marks", number_format="phrase", **shown)  # fmt: skip


def spaced(state: Array, between: str) -> Array:
    """Tokens in marks as a text with something else between them: (…) → (…)."""
    for old, new in ((SHUT + OPEN, between), (OPEN, ""), (SHUT, "")):
        state = elementwise("substitute", state, old, new)
    return state


def token_count(state: Array) -> Array:
    """How many tokens texts in marks have: (…) → (…)."""
    return elementwise("occurrences", state, SHUT)


def is_longer(text: Array, most: int) -> Array:
    """1 where a text has more letters than so many, else 0: (…) → (…)."""
    return elementwise("not_equal", text, beginning(text, float(most)))


def say_too_long(story: Story, typed: Array, text: Array, words: Array, message: str) -> None:
    """A kind word below the text where not all of it is read."""
    long = story.show(is_longer(words, SIGNS), "too_long", title="Is the word too long?",
                      number_format="integer", workings=True)  # fmt: skip
    more = elementwise("not_equal", word_at(text, float(WORDS + 1)), "")
    beyond = added([more, is_longer(typed, LONGEST), long.max(axis=0, keepdims=True)])
    told = where(beyond > 0.0, message, "")
    story.show(told, "text_message", number_format="message", labels=(None, None), below=True,
               before=words)  # fmt: skip
