"""Phrases of the everyday grammar, drawn by chance: who, what, where, when.

Most draws keep to what people say (who drinks drinks water); some combine freely (the house drinks
bread), so that a translator learns what each word does wherever it stands.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import TypeVar

from sheetformer.corpus import everyday_words as words
from sheetformer.corpus import lexicon as lex
from sheetformer.corpus.lexicon import Noun, Number, Person, Verb, agree
from sheetformer.corpus.phrases import (
    Pair,
    align,
    describe,
    indefinite,
    join,
    owned,
)
from sheetformer.corpus.sentences import VERY, Subject, pronoun_subjects

T = TypeVar("T")

ANY = ("thing", "text", "music", "opening", "animal", "person", "food", "drink", "place")
PRONOUNS = pronoun_subjects()

_SINGULAR = ("the", "the", "the", "my", "my", "your", "our", "his", "her", "their", "this", "that")
_PLURAL = (
    *("the", "the", "the", "my", "your", "our", "his", "her", "their", "these", "those"),
    *words.AMOUNTS, "two", *words.NUMERALS,
)  # fmt: skip


class OddError(Exception):
    """What was drawn cannot be said; another draw is needed."""


@dataclass(frozen=True)
class Draw:
    """Chance, and how far it may go.

    Attributes:
        chance: decides.
        free: whether words combine freely.
        unseen: whether free combinations are those that no training sees, instead of the others.
        combined: the odd combinations so far.
    """

    chance: Random
    free: bool = False
    unseen: bool = False
    combined: list[str] = field(default_factory=list[str])

    def one(self, choices: Iterable[T]) -> T:
        """One of them.

        Raises:
            OddError: There is none.
        """
        among = tuple(choices)
        if not among:
            raise OddError
        return self.chance.choice(among)

    def often(self, share: float) -> bool:
        """True in this share of the draws."""
        return self.chance.random() < share

    def noun(self, kinds: Collection[str], partner: str, counted: bool = False) -> Noun:
        """A noun of these kinds; in free draws of any kind.

        Raises:
            OddError: With its partner it is no combination for this draw.
        """
        noun = self.one(_nouns(ANY if self.free else tuple(sorted(kinds)), counted))
        if noun.kind not in kinds:
            if partner == "eat" and noun.kind == "person":
                raise OddError
            self.combine(partner, noun.english["s"])
        return noun

    def combine(self, word: str, other: str) -> None:
        """Keep a twelfth of the odd combinations from all training.

        Raises:
            OddError: This is no combination for this draw.
        """
        both = f"{word} {other}"
        if (zlib.crc32(both.encode()) % 12 == 0) != self.unseen:
            raise OddError
        self.combined.append(both)


@cache
def _nouns(kinds: tuple[str, ...], counted: bool) -> tuple[Noun, ...]:
    return tuple(
        noun
        for noun in words.NOUNS
        if noun.kind in kinds and not (counted and len(noun.numbers) == 1)
    )


# -- things and people -----------------------------------------------------------------------------


def known_phrase(draw: Draw, kinds: Collection[str], partner: str) -> Subject:
    """A noun that both speakers know: the dog, my dog, that dog.

    Raises:
        OddError: It is none.
    """
    found = noun_phrase(draw, kinds, partner)
    if found.pair.source[0] in {"a", "an", *words.NUMERALS, *words.AMOUNTS}:
        raise OddError
    return found


def noun_phrase(
    draw: Draw, kinds: Collection[str], partner: str, counted: bool = False, adjectives: int = 2
) -> Subject:
    """A noun with what stands before it: my dog, two small red books, her water."""
    noun = draw.noun(kinds, partner, counted)
    number: Number = "p" if len(noun.numbers) == 2 and draw.often(0.35) else "s"
    return _named(draw, noun, number, _determiner(draw, noun, number), adjectives)


def _determiner(draw: Draw, noun: Noun, number: Number) -> str:
    choices = _PLURAL if number == "p" else (*_SINGULAR, *("a", "a", "a") * (len(noun.numbers) > 1))
    never = lex.POSSESSIVES | set(lex.OWNERS) if noun.english["s"] in lex.NOT_OWNED else ()
    return draw.one(word for word in choices if word not in never)


def indefinite_phrase(draw: Draw, kinds: Collection[str], partner: str, number: Number) -> Subject:
    """What there is: a dog, two dogs, some red apples."""
    noun = draw.noun(kinds, partner, counted=True)
    word = "a" if number == "s" else draw.one((*words.NUMERALS, *words.AMOUNTS))
    return _named(draw, noun, number, word, 1)


def place_noun(draw: Draw, names: Collection[str], partner: str) -> Subject:
    """One of the nouns of these names, with what stands before it: the big kitchen, my city."""
    noun = draw.one(each for each in words.NOUNS if each.english["s"] in names)
    if draw.free and draw.often(0.3):
        noun = draw.noun(("place",), partner, counted=True)
    number: Number = "p" if draw.often(0.1) else "s"
    word = "the" if draw.often(0.5) else _determiner(draw, noun, number)
    return _named(draw, noun, number, word, 1 if draw.often(0.4) else 0)


def _named(draw: Draw, noun: Noun, number: Number, word: str, adjectives: int) -> Subject:
    chosen = attributes(draw, noun, min(adjectives, draw.one((0, 0, 0, 0, 1, 1, 2))))
    english = noun.english[number]
    owner = lex.OWNERS.get(word)
    first = indefinite(chosen[0] if chosen else english) if word == "a" else word
    forms = words.DETERMINERS["the" if owner else word]
    gender = noun.gender
    said = [align(each, agree(words.ADJECTIVES[each], gender, number)) for each in chosen]
    if len(chosen) == 1 and chosen[0] not in words.NOT_GRADED and draw.often(0.08):
        said = [join([VERY, *said])]
        first = "a" if word == "a" else first
    named = align(english, noun.portuguese[number])
    pair = describe(align(first, agree(forms, gender, number)), said, named)
    return subject(owned(pair, owner), gender, number, noun.kind)


def subject(pair: Pair, gender: lex.Gender, number: Number, kind: str) -> Subject:
    """A third person."""
    person: Person = "3s" if number == "s" else "3p"
    return Subject(pair, "is" if number == "s" else "are", person, gender, number, kind)


def attributes(draw: Draw, noun: Noun, count: int) -> list[str]:
    """Adjectives that can stand together beside a noun."""
    known = words.ATTRIBUTES[noun.kind]
    chosen: list[str] = []
    while len(chosen) < count:
        each = draw.one(words.ADJECTIVES if draw.free else known)
        if each == "poor" or any(clash(each, other) for other in chosen):
            continue
        if noun.kind in ("person", "animal") and each not in known:
            fitting(each)
        if each not in known:
            draw.combine(each, noun.english["s"])
        chosen.append(each)
    return chosen


def fitting(adjective: str) -> None:
    """See to it that an adjective can be said of people.

    Raises:
        OddError: It cannot.
    """
    if adjective in words.NOT_OF_PEOPLE or adjective in words.FEELINGS:
        raise OddError


def clash(one: str, other: str) -> bool:
    """Whether two adjectives say something of the same, as big and small do."""
    return one == other or any({one, other} <= group for group in words.GROUPS)


def bare(draw: Draw, kinds: Collection[str], partner: str) -> Pair:
    """A noun with nothing before it: water, apples, small dogs."""
    noun = draw.noun(kinds, partner)
    number: Number = "p" if len(noun.numbers) == 2 else "s"
    chosen = attributes(draw, noun, 1 if draw.often(0.2) else 0)
    nothing = Pair((), (), ())
    adjectives = [align(a, agree(words.ADJECTIVES[a], noun.gender, number)) for a in chosen]
    return describe(nothing, adjectives, align(noun.english[number], noun.portuguese[number]))


def two_nouns(draw: Draw, kinds: Collection[str], partner: str) -> Subject:
    """The dog and the cat: masculine unless both are feminine."""
    one, two = (noun_phrase(draw, kinds, partner, adjectives=0) for _ in range(2))
    if one.pair.source[1:] == two.pair.source[1:]:
        raise OddError
    gender = "f" if one.gender == two.gender == "f" else "m"
    both = join([one.pair, align("and", "e"), two.pair])
    return subject(both, gender, "p", one.kind)


def someone(draw: Draw, kinds: Collection[str] = ("person",), partner: str = "") -> Subject:
    """Who does something."""
    if "person" in kinds and draw.often(0.5):
        return draw.one(PRONOUNS)
    if draw.often(0.12):
        return two_nouns(draw, kinds, partner)
    return noun_phrase(draw, kinds, partner, counted=True)


def infinitive(verb: Verb) -> str:
    """The infinitive, from the form of nós: bebemos → beber."""
    return "ir" if verb.base == "go" else verb.forms["1p"].removesuffix("mos") + "r"
