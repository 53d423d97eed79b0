"""Sentences of the everyday grammar that say, deny and ask what somebody is, and how."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from sheetformer.corpus import everyday_words as words
from sheetformer.corpus import lexicon as lex
from sheetformer.corpus.everyday_circumstances import now, place, time
from sheetformer.corpus.everyday_phrases import (
    ANY,
    Draw,
    OddError,
    clash,
    fitting,
    noun_phrase,
    someone,
    subject,
)
from sheetformer.corpus.lexicon import agree
from sheetformer.corpus.phrases import (
    Pair,
    align,
    behind_preposition,
    indefinite,
    join,
)
from sheetformer.corpus.sentences import MARK, NOT, VERY, Subject


def be_clause(draw: Draw) -> Pair:
    """She is tired; the door of the house is not open; are you a doctor ?"""
    if draw.often(0.09):
        return _weather(draw)
    who = _described(draw)
    verb, predicate = _predicate(draw, who)
    if verb in lex.ESTAR.values() and draw.often(0.06):
        return join([now(draw), who.pair, align(who.be, verb), predicate])
    return be_form(draw, who, verb, predicate)


def be_form(draw: Draw, who: Subject, verb: str, predicate: Pair) -> Pair:
    """Say it, deny it or ask it."""
    be = align(who.be, verb)
    form = draw.one("sssnnqq")
    if form == "s":
        return join([who.pair, be, predicate])
    if form == "n":
        return join([who.pair, be, NOT, predicate], [0, 2, 1, 3])
    return join([be, who.pair, predicate, MARK], [1, 0, 2, 3])


def _described(draw: Draw) -> Subject:
    if draw.often(0.35):
        return someone(draw)
    if draw.often(0.05):
        found = noun_phrase(draw, ("person", "animal", "thing", "text"), "be", True)
        return replace(found, pair=join([found.pair, place(draw)]))
    if draw.often(0.06):
        thing = noun_phrase(draw, ("opening", "thing", "text"), "of", True, adjectives=0)
        owner = noun_phrase(draw, ("place", "person"), "of", True, adjectives=0)
        pair = join([thing.pair, behind_preposition("de", "of", owner.pair)])
        return subject(pair, thing.gender, thing.number, thing.kind)
    return noun_phrase(draw, ANY, "be")


def _predicate(draw: Draw, who: Subject) -> tuple[str, Pair]:
    """The form of ser or estar, and what goes with it."""
    which = draw.chance.random()
    if which < 0.7:
        return _quality(draw, who)
    if which < 0.88 and (who.kind != "place" or draw.free):
        where = place(draw)
        if set(where.source[-1:]) & set(who.pair.source):
            raise OddError
        return lex.ESTAR[who.person], where
    if who.kind != "person":
        return _quality(draw, who)
    if which < 0.93:
        return lex.SER[who.person], _profession(draw, who)
    return lex.SER[who.person], _person(draw, who)


def _quality(draw: Draw, who: Subject) -> tuple[str, Pair]:
    if who.kind in ("person", "animal") and draw.often(0.14):
        word = draw.one(words.FEELINGS)
        state = align(word, words.FEELINGS[word])
        return lex.ESTAR[who.person], _in_time(draw, state)
    adjective = fitting_adjective(draw, who)
    word = agreeing(who, adjective)
    passing = is_passing(adjective)
    if who.kind == "person" and (passing or adjective == "happy") and draw.often(0.35):
        return lex.ESTAR[who.person], _in_time(draw, word, must=True)
    return (lex.ESTAR if passing else lex.SER)[who.person], _graded(draw, who, adjective, word)


_PASSING = frozenset(chain.from_iterable(words.ESTAR_ADJECTIVES.values()))


def is_passing(adjective: str) -> bool:
    """Whether it is said with estar."""
    return adjective in _PASSING


def fitting_adjective(draw: Draw, who: Subject) -> str:
    """What somebody or something can be.

    Raises:
        OddError: It cannot be said of them in this draw.
    """
    own = (*words.SER_ADJECTIVES[who.kind], *words.ESTAR_ADJECTIVES[who.kind])
    adjective = draw.one(words.ADJECTIVES if draw.free else own)
    if any(clash(adjective, word) for word in who.pair.source):
        raise OddError
    if adjective not in own:
        if who.kind in ("person", "animal"):
            fitting(adjective)
        draw.combine(adjective, who.pair.source[-1])
    return adjective


def agreeing(who: Subject, adjective: str) -> Pair:
    """An adjective in the gender and number of whom it describes."""
    return align(adjective, agree(words.ADJECTIVES[adjective], who.gender, who.number))


def _graded(draw: Draw, who: Subject, adjective: str, word: Pair) -> Pair:
    """Tired; very tired; too big; small and old; tired today."""
    which = draw.chance.random()
    if which < 0.2:
        other = fitting_adjective(draw, who)
        if clash(adjective, other) or is_passing(other) != is_passing(adjective):
            raise OddError
        return join([word, align("and", "e"), agreeing(who, other)])
    if which < 0.4 and adjective not in words.NOT_GRADED:
        if draw.often(0.3):
            return join([align("too", "demais"), word], [1, 0])
        return join([VERY, word])
    return word


def _in_time(draw: Draw, state: Pair, must: bool = False) -> Pair:
    which = draw.chance.random()
    if which < 0.5:
        return join([state, now(draw)])
    return state if not must else join([state, time(draw)])


def _profession(draw: Draw, who: Subject) -> Pair:
    english = draw.one(words.PROFESSIONS)
    word = agree(words.PROFESSIONS[english], who.gender, who.number)
    if who.number == "p":
        return align(english + "s", word)
    return Pair((indefinite(english), english), (word,), ((1, 0),), ((0, 0),))


def _person(draw: Draw, who: Subject) -> Pair:
    """My sister; a tall woman: of the same gender and number."""
    for _ in range(12):
        other = noun_phrase(draw, ("person",), "be", True, adjectives=1)
        pointing = other.pair.source[0] in ("this", "that", "these", "those")
        if (other.gender, other.number) == (who.gender, who.number) and not pointing:
            return other.pair
    raise OddError


def _weather(draw: Draw) -> Pair:
    """It is cold today; it is a good book. Portuguese says no "it"."""
    if draw.often(0.5):
        word = draw.one(("cold", "hot", "dark"))
        warm = align(word, agree(words.ADJECTIVES[word], "m", "s"))
        warm = join([VERY, warm]) if draw.often(0.3) else warm
        verb, rest = "está", join([warm, now(draw)]) if draw.often(0.4) else warm
    else:
        found = noun_phrase(draw, ANY, "be", True)
        if found.number == "p" or found.pair.source[0] in ("this", "that"):
            raise OddError
        verb, rest = "é", found.pair
    said = Pair(("it", "is"), (verb,), ((1, 0),), ((0, 0),))
    form = draw.one("ssnq")
    if form == "s":
        return join([said, rest])
    if form == "n":
        return join([said, NOT, rest], [1, 0, 2])
    return join([Pair(("is", "it"), (verb,), ((0, 0),), ((1, 0),)), rest, MARK])
