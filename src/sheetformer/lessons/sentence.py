"""Sentences as rows of known words: what a learner types, checked with kind messages."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sheetformer.errors import WordError
from sheetformer.spelling import near_words, short_form, without_marks

MAX_WORDS = 16
"""Words a side: more would not fit a page that a person can follow."""


@dataclass(frozen=True)
class Sentence:
    """Rows of words: usually one word a row, several where bars group them.

    Attributes:
        rows: for each row its words.
    """

    rows: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> int:
        """The most words in a row."""
        return max(len(row) for row in self.rows)

    def table(self) -> list[list[str]]:
        """Words as a rectangle; short rows end in empty cells."""
        return [[*row, *[""] * (self.columns - len(row))] for row in self.rows]


def parse(text: str, side: str, vocabulary: Sequence[str]) -> Sentence:
    """Read a sentence; `|` makes the words between bars one row.

    Args:
        text: such as `I am happy`, or `I am | happy`.
        side: "source" or "target", for messages.
        vocabulary: the known words; case does not count.

    Raises:
        WordError: no words, more than 16, or a word that is not known (with the nearest ones).

    >>> parse("I am | happy", "source", ["I", "am", "happy"]).rows
    (('I', 'am'), ('happy',))
    """
    # A paste from some systems spells é as e and an accent.
    text = unicodedata.normalize("NFC", text)
    parts = text.split("|") if "|" in text else text.split()
    groups = [part.split() for part in parts]
    if not any(groups):
        raise WordError(f"the {side} sentence is empty; type at least one word, such as 'happy'")
    if not all(groups):
        raise WordError(
            f"the {side} sentence has nothing between two bars: {text.strip()!r}; "
            "put at least one word on each side of every |"
        )
    count = sum(len(group) for group in groups)
    if count > MAX_WORDS:
        raise WordError(
            f"the {side} sentence has {count} words; at most {MAX_WORDS} fit, so shorten it"
        )
    known = {word.casefold(): word for word in vocabulary if word}
    return Sentence(tuple(tuple(_known(word, side, known) for word in group) for group in groups))


def _known(word: str, side: str, known: dict[str, str]) -> str:
    found = known.get(without_marks(word).casefold())
    if found is not None:
        return found
    raise WordError(
        f"the word {word!r} in the {side} sentence is not in the vocabulary; {_hint(word, known)} "
        "(sheetformer words lists all)"
    )


def _hint(word: str, known: dict[str, str]) -> str:
    bare = without_marks(word)
    full = short_form(bare)
    missing = [each for each in full.split() if each.casefold() not in known]
    if missing:
        return f"it stands for {full!r}, and {missing[0]!r} is not in it either"
    if full:
        return f"write {full!r}"
    near = ", ".join(near_words(bare, known.values()))
    return f"the nearest known words are {near}" if near else "no known word is like it"
