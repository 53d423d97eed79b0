"""Words, the marks between them, and the two vocabularies of a translator."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sheetformer.errors import WordError
from sheetformer.spelling import near_words, short_form
from sheetformer.suggest import did_you_mean

EMPTY, BEGIN, END = "", "<s>", "</s>"
"""An empty cell (padding), what the decoder reads first, and what it writes last."""

EMPTY_INDEX, BEGIN_INDEX, END_INDEX = 0, 1, 2

_MARK = "\ue000"
"""Stands for what belongs to the character before it, while words are looked for."""
_JOINERS = "\u200c\u200d"
_WORD = re.compile(rf"[\w{_MARK}]+(?:['’-][\w{_MARK}]+)*|[^\w\s]{_MARK}*")


def split_words(text: str) -> tuple[str, ...]:
    """As `tokens`, but for a full stop at the end: it says nothing that a model needs."""
    words = tokens(text)
    return words[:-1] if len(words) > 1 and words[-1] == "." else words


def tokens(text: str) -> tuple[str, ...]:
    """Split a sentence into words and marks; only the word "I" keeps its capital.

    >>> tokens("Do I like the mother-in-law?")
    ('do', 'I', 'like', 'the', 'mother-in-law', '?')
    """
    text = unicodedata.normalize("NFC", text)
    # To `re` a vowel sign of Hindi or Thai is no part of a word.
    shape = text if text.isascii() else "".join(map(_shape, text))
    return tuple(_folded(text[found.start() : found.end()]) for found in _WORD.finditer(shape))


def split_at_blanks(text: str) -> tuple[str, ...]:
    """What stands between blanks, as tools for corpora count; letters as in `tokens`.

    >>> split_at_blanks("Do I like it ? Yes.")
    ('do', 'I', 'like', 'it', '?', 'yes.')
    """
    return tuple(map(_folded, unicodedata.normalize("NFC", text).split()))


def _shape(letter: str) -> str:
    joins = letter in _JOINERS or unicodedata.category(letter).startswith("M")
    return _MARK if joins else letter


def _folded(word: str) -> str:
    return word if word == "I" else word.lower()


@dataclass(frozen=True)
class Vocabulary:
    """The words of both languages, numbered by their place.

    `source` begins with the empty word, `target` with the empty word, `<s>` and `</s>`.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]

    @classmethod
    def of(cls, sentences: Iterable[tuple[Sequence[str], Sequence[str]]]) -> Vocabulary:
        """Collect the words of source and target sentences, sorted."""
        source: set[str] = set()
        target: set[str] = set()
        for words, translated in sentences:
            source.update(words)
            target.update(translated)
        return cls((EMPTY, *sorted(source)), (EMPTY, BEGIN, END, *sorted(target)))

    def is_sound(self) -> bool:
        """Whether the special words stand first and no word stands twice."""
        return (
            self.source[:1] == (EMPTY,)
            and self.target[:3] == (EMPTY, BEGIN, END)
            and all(len(set(words)) == len(words) for words in (self.source, self.target))
        )


class Numbers:
    """Looks up the numbers of words, and helps with those that are unknown."""

    def __init__(self, words: Sequence[str], language: str) -> None:
        self.words = tuple(words)
        self.language = language
        self._numbers = {word: number for number, word in enumerate(words)}

    def __contains__(self, word: str) -> bool:
        return self._find(word) is not None

    def __call__(self, words: Iterable[str]) -> list[int]:
        """Number every word, in its own case or another.

        Raises:
            WordError: A word is unknown; the message says which, and the nearest known ones.
        """
        return [self._number(word) for word in words]

    def _find(self, word: str) -> int | None:
        forms = (word, word.lower(), word.upper()) if word else ()
        return next((self._numbers[form] for form in forms if form in self._numbers), None)

    def _number(self, word: str) -> int:
        number = self._find(word)
        if number is None:
            raise WordError(
                f"the translator knows no {self.language} word {word!r}{self._near(word)}"
            )
        return number

    def _near(self, word: str) -> str:
        """Suggest what to write, or say how many words there are to choose from."""
        full = short_form(word)
        if full and all(each in self for each in full.split()):
            return f"; write {full!r}"
        known = [each for each in self.words if each not in (EMPTY, BEGIN, END)]
        near = near_words(word, known)
        hint = did_you_mean(map(repr, near)) if near else f"it knows {len(known)} others"
        return f"; {hint}"
