"""Where, with whom and when something is done, in sentences of the everyday grammar."""

from __future__ import annotations

from sheetformer.corpus import everyday_words as words
from sheetformer.corpus.everyday_phrases import Draw, noun_phrase, place_noun
from sheetformer.corpus.phrases import Pair, align, behind_preposition, join

_SETTLED = (align("at home", "em casa"), align("at school", "na escola"),
            align("at work", "no trabalho"))  # fmt: skip


def place(draw: Draw, partner: str = "") -> Pair:
    """Where: in the big garden, on my table, near the school, at home."""
    which = draw.chance.random()
    if which < 0.5:
        return behind_preposition("em", "in", place_noun(draw, words.INSIDE, partner).pair)
    if which < 0.65:
        return behind_preposition("em", "on", place_noun(draw, words.SURFACES, partner).pair)
    if which < 0.75:
        return draw.one(_SETTLED)
    english, first = draw.one((("near", "perto"), ("behind", "atrás"), ("under", "debaixo")))
    if english == "under":
        found = place_noun(draw, words.SURFACES, partner)
    else:
        found = noun_phrase(draw, ("place", "thing", "person"), partner, True, adjectives=1)
    return begin(first, behind_preposition("de", english, found.pair))


def begin(word: str, phrase: Pair) -> Pair:
    """Put one more Portuguese word before a phrase, linked to its first English one."""
    sure = ((0, 0), *((i, j + 1) for i, j in phrase.sure))
    possible = tuple((i, j + 1) for i, j in phrase.possible)
    return Pair(phrase.source, (word, *phrase.target), sure, possible)


def company(draw: Draw) -> Pair:
    """With whom: with my friend, with them, with me."""
    if draw.often(0.4):
        return with_pronoun(draw, "with", "com")
    return join([align("with", "com"), noun_phrase(draw, ("person", "animal"), "with", True).pair])


def with_pronoun(draw: Draw, english: str, preposition: str) -> Pair:
    """A preposition and a person: com ele, comigo, para mim."""
    other = draw.one(words.OBJECT_PRONOUNS)
    return join_pronoun(align(english, preposition), other, preposition)


def join_pronoun(first: Pair, other: words.ObjectPronoun, preposition: str) -> Pair:
    """Put a pronoun behind a phrase that ends with a preposition, melted where it melts."""
    melted = words.MELTED.get((preposition, other.behind))
    if melted is None:
        return join([first, align(other.english, other.behind)])
    last = len(first.target) - 1
    sure = (*first.sure, (len(first.source), last))
    target = (*first.target[:-1], melted)
    return Pair((*first.source, other.english), target, sure, first.possible)


def time(draw: Draw, once: bool = False) -> Pair:
    """When something is done; `once` where it is already said how often."""
    table = words.TIMES.items()
    return _fixed(*draw.one(each for each in table if not (once and each[0].startswith("every"))))


def now(draw: Draw) -> Pair:
    """When something is so."""
    return _fixed(*draw.one(words.NOW.items()))


def adverb(draw: Draw) -> Pair:
    """How often."""
    return _fixed(*draw.one(words.ADVERBS.items()))


def _fixed(english: str, portuguese: str) -> Pair:
    """A fixed phrase with its links: in the morning, de manhã."""
    one, two = english.split(), portuguese.split()
    links = {
        (3, 2): (((0, 0), (2, 1)), ((1, 0),)),
        (2, 3): (((0, 0), (0, 1), (1, 2)), ()),
    }
    if len(one) == len(two):
        return Pair(tuple(one), tuple(two), tuple((i, i) for i in range(len(one))))
    if (len(one), len(two)) not in links:
        return align(english, portuguese)
    return Pair(tuple(one), tuple(two), *links[len(one), len(two)])
