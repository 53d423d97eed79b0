"""Sentences of the everyday grammar that say, deny and ask what somebody does."""

from __future__ import annotations

from sheetformer.corpus import everyday_words as words
from sheetformer.corpus import lexicon as lex
from sheetformer.corpus.everyday_being import agreeing, fitting_adjective, is_passing
from sheetformer.corpus.everyday_circumstances import (
    adverb,
    begin,
    company,
    join_pronoun,
    place,
    time,
    with_pronoun,
)
from sheetformer.corpus.everyday_phrases import (
    ANY,
    Draw,
    OddError,
    bare,
    infinitive,
    noun_phrase,
    place_noun,
    someone,
)
from sheetformer.corpus.lexicon import Verb
from sheetformer.corpus.phrases import (
    Pair,
    align,
    behind_preposition,
    complement,
    join,
)
from sheetformer.corpus.sentences import MARK, Subject

LONGEST = 10
"""Words of a sentence, without its question mark."""

NOTHING = Pair((), (), ())


def action(draw: Draw) -> Pair:
    """She never drinks cold milk at night; do you love me ?"""
    verb = draw.one(words.VERBS)
    kinds = ("person", "animal") if verb.base in ("eat", "drink", "see", "hear") else ("person",)
    who = someone(draw, kinds, verb.base)
    return verb_form(draw, who, verb, thing_done(draw, who, verb))


def verb_form(draw: Draw, who: Subject, verb: Verb, rest: tuple[str, Pair]) -> Pair:
    """Say it, deny it or ask it; `rest` is what follows the verb, and how the verb joins it."""
    how, phrase = rest
    form = draw.one("sssssnnqq")
    often = adverb(draw) if form != "n" and draw.often(0.2) else NOTHING
    tail = _tail(draw, verb, settled=how == "place", once=bool(often.source))
    if form == "s":
        english = verb.third if who.third_singular else verb.base
        done = join_object(how, verb, english, who, phrase)
        if not tail.source and not often.source and draw.often(0.1):
            return join([time(draw), who.pair, done])
        return join([who.pair, often, done, tail])
    do = "does" if who.third_singular else "do"
    done = join_object(how, verb, verb.base, who, phrase)
    if form == "n":
        denial = Pair((do, "not"), ("não",), ((1, 0),), ((0, 0),))
        return join([who.pair, denial, done, tail])
    return join([Pair((do,), (), ()), who.pair, often, done, tail, MARK])


def join_object(how: str, verb: Verb, english: str, who: Subject, phrase: Pair) -> Pair:
    """A verb and what follows it: te ama, gosta de você, bebe água."""
    form = align(english, verb.forms[who.person])
    if how == "clitic":
        return join([form, phrase], [1, 0])
    if how == "object":
        return complement(verb, english, who.person, phrase)
    if how == "pronoun":
        other = next(each for each in words.OBJECT_PRONOUNS if each.english == phrase.source[0])
        return join_pronoun(align(english, f"{verb.forms[who.person]} de"), other, "de")
    return join([form, phrase])


def thing_done(draw: Draw, who: Subject, verb: Verb) -> tuple[str, Pair]:
    """What follows a verb, and how: its object, a person as a clitic, or nothing."""
    if verb.base in words.BOTH_WAYS and draw.often(0.2):
        return "alone", NOTHING
    if verb.base in words.PERSONAL and draw.often(0.4):
        return _personal(draw, who, verb)
    if draw.often(0.35) and verb.kinds - {"opening"}:
        kinds = verb.kinds if verb.base not in ("help", "call", "visit") else {"person"}
        if draw.often(0.15):
            both = [bare(draw, kinds, verb.base) for _ in range(2)]
            if both[0].source == both[1].source:
                raise OddError
            return "object", join([both[0], align("and", "e"), both[1]])
        return "object", bare(draw, kinds, verb.base)
    found = noun_phrase(draw, verb.kinds, verb.base)
    # "I like a book" is said of books in general, and Portuguese then says it otherwise.
    if verb.base in ("like", "love", "hate") and found.pair.source[0] in ("a", "an"):
        raise OddError
    return "object", found.pair


def _personal(draw: Draw, who: Subject, verb: Verb) -> tuple[str, Pair]:
    other = draw.one(words.OBJECT_PRONOUNS)
    if who.pair.source[0] in other.excluded:
        raise OddError
    if verb.takes_de:
        return "pronoun", align(other.english, other.behind)
    return "clitic", align(other.english, other.clitic)


def _tail(draw: Draw, verb: Verb, settled: bool = False, once: bool = False) -> Pair:
    """Where, with whom, for whom, when; or nothing. `settled` where it is already said where."""
    which = draw.chance.random()
    if which < 0.5 or (verb.base in words.STATES and which < 0.9):
        return company(draw) if verb.base == "live" and draw.often(0.2) else NOTHING
    if which < 0.72 or settled:
        return time(draw, once)
    if which < 0.84:
        return place(draw, verb.base)
    if which < 0.9:
        return company(draw)
    if which < 0.94 and verb.base in ("buy", "make", "cook", "bring", "sing", "write", "choose"):
        if draw.often(0.3):
            return with_pronoun(draw, "for", "para")
        other = noun_phrase(draw, ("person",), "for", True, adjectives=0)
        return join([align("for", "para"), other.pair])
    return join([place(draw, verb.base), time(draw, once)])


def movement(draw: Draw) -> Pair:
    """The children play in the park; she does not sleep well."""
    verb = draw.one(words.ALONE)
    who = someone(draw, tuple(sorted(verb.kinds)), verb.base)
    return verb_form(draw, who, verb, ("alone", NOTHING))


def life(draw: Draw) -> Pair:
    """They live in a big house; she works at home."""
    verb, names = draw.one(words.HOME_VERBS)
    found = place_noun(draw, names, verb.base).pair
    where = behind_preposition("em", "in", found)
    if draw.often(0.15):
        where = begin("perto", behind_preposition("de", "near", found))
    return verb_form(draw, someone(draw), verb, ("place", where))


def going(draw: Draw) -> Pair:
    """We go to the market on saturday; she goes home."""
    home = Pair(("home",), ("para", "casa"), ((0, 0), (0, 1)))
    there = join([align("to", "para"), place_noun(draw, words.INSIDE, "go").pair])
    where = draw.one((home, there, there, there))
    return verb_form(draw, someone(draw), words.GO, ("place", where))


# -- wanting to ------------------------------------------------------------------------------------

_MODALS = (
    (lex.verb(["want", "wants", "quero", "quer", "queremos", "querem", "-"]), "to", ""),
    (lex.verb(["need", "needs", "preciso", "precisa", "precisamos", "precisam", "-"]), "to", ""),
    (lex.verb(["like", "likes", "gosto", "gosta", "gostamos", "gostam", "-"]), "to", "de"),
    (lex.verb(["can", "can", "posso", "pode", "podemos", "podem", "-"]), "", ""),
)


def wish(draw: Draw) -> Pair:
    """She wants to drink water; can you help me ? I like to read."""
    modal, to, de = draw.one(_MODALS)
    who = someone(draw)
    done = _to_do(draw, who)
    first = Pair((to,), (de,), ((0, 0),)) if de else Pair((to,) * bool(to), (), ())
    done = join([first, done])
    form = draw.one("sssnnqq")
    word = align(modal.third if who.third_singular else modal.base, modal.forms[who.person])
    if form == "s":
        return join([who.pair, word, done])
    if modal.base == "can":
        if form == "n":
            return join([who.pair, align("cannot", f"não {word.target[0]}"), done])
        return join([word, who.pair, done, MARK], [1, 0, 2, 3])
    do = "does" if who.third_singular else "do"
    base = align(modal.base, modal.forms[who.person])
    if form == "n":
        denial = Pair((do, "not"), ("não",), ((1, 0),), ((0, 0),))
        return join([who.pair, denial, base, done])
    return join([Pair((do,), (), ()), who.pair, base, done, MARK])


def _to_do(draw: Draw, who: Subject) -> Pair:
    """An infinitive with what follows it: beber água, me ajudar, dormir."""
    if draw.often(0.25):
        verb = draw.one((*words.ALONE, words.GO))
        where = NOTHING
        if verb.base == "go":
            where = join([align("to", "para"), place_noun(draw, words.INSIDE, "go").pair])
        tail = _tail(draw, verb, settled=bool(where.source))
        return join([align(verb.base, infinitive(verb)), where, tail])
    left_out = words.STATES - {"have", "know"}
    verb = draw.one(verb for verb in words.VERBS if verb.base not in left_out)
    how, phrase = thing_done(draw, who, verb)
    # vê-lo and ajudá-las are written as one word; the others stand in front.
    if how == "clitic" and phrase.target[0] in ("o", "a", "os"):
        raise OddError
    form = align(verb.base, infinitive(verb))
    done = join([form, phrase], [1, 0] if how == "clitic" else None)
    return join([done, _tail(draw, verb)]) if draw.often(0.4) else done


# -- short ones, to be joined ----------------------------------------------------------------------


def two_deeds(draw: Draw) -> Pair:
    """He eats bread and drinks coffee."""
    who = someone(draw)
    both = [_deed(draw, who) for _ in range(2)]
    if both[0].source[0] == both[1].source[0]:
        raise OddError
    return join([who.pair, both[0], align("and", "e"), both[1]])


def _deed(draw: Draw, who: Subject) -> Pair:
    verb = draw.one((*words.VERBS, *words.ALONE))
    rest = thing_done(draw, who, verb) if verb in words.VERBS else ("alone", NOTHING)
    english = verb.third if who.third_singular else verb.base
    return join_object(*rest[:1], verb, english, who, rest[1])


def simple(draw: Draw) -> Pair:
    """A short sentence that says something: I am tired; she likes dogs."""
    if draw.often(0.5):
        who = someone(draw) if draw.often(0.5) else noun_phrase(draw, ANY, "be", adjectives=0)
        adjective = fitting_adjective(draw, who)
        verb = (lex.ESTAR if is_passing(adjective) else lex.SER)[who.person]
        return join([who.pair, align(who.be, verb), agreeing(who, adjective)])
    who = someone(draw)
    return join([who.pair, _deed(draw, who)])
