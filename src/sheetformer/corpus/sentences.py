"""Every kind of sentence of the phrase grammar, as streams of aligned pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from sheetformer.corpus import lexicon as lex
from sheetformer.corpus.lexicon import Gender, Noun, Number, Person, Verb, agree
from sheetformer.corpus.phrases import (
    Pair,
    align,
    behind_preposition,
    complement,
    determiners,
    indefinite,
    join,
    noun_phrase,
)

NOT = align("not", "não")
VERY = align("very", "muito")
MARK = align("?", "?")
TODAY, NOW = align("today", "hoje"), align("now", "agora")
EVERY_DAY = join([align("every", "todos os"), align("day", "dias")])
IN_THE_MORNING = Pair(("in", "the", "morning"), ("de", "manhã"), ((0, 0), (2, 1)), ((1, 0),))
AT_NIGHT = join([align("at", "à"), align("night", "noite")])


@dataclass(frozen=True)
class Subject:
    """A subject with what its verb and its predicate agree with."""

    pair: Pair
    be: str
    person: Person
    gender: Gender
    number: Number
    kind: str
    adjective: str | None = None

    @property
    def third_singular(self) -> bool:
        """Whether the English verb takes its -s (never with "you", though você is third person)."""
        return self.be == "is"


def _place(name: str) -> Pair:
    word, gender = lex.PLACES[name]
    the = align("the", agree(lex.DETERMINERS["the"], gender, "s"))
    return behind_preposition("em", "in", join([the, align(name, word)]))


# -- subjects --------------------------------------------------------------------------------------


def pronoun_subjects() -> list[Subject]:
    """List the subject pronouns."""
    return [
        Subject(align(p.english, p.portuguese), p.be, p.person, p.gender, p.number, "person")
        for p in lex.PRONOUNS
    ]


def _noun_subject(determiner: str, adjective: str | None, noun: Noun, number: Number) -> Subject:
    pair = noun_phrase(determiner, adjective, noun, number)
    person: Person = "3s" if number == "s" else "3p"
    be = "is" if number == "s" else "are"
    return Subject(pair, be, person, noun.gender, number, noun.kind, adjective)


def noun_subjects(words: Sequence[str], with_adjectives: bool = False) -> Iterator[Subject]:
    """List noun phrases with the given determiners as subjects."""
    for noun in lex.NOUNS:
        adjectives = (None, *lex.ATTRIBUTES[noun.kind]) if with_adjectives else (None,)
        for number, word, adjective in product(noun.numbers, words, adjectives):
            if word in determiners(noun, number):
                yield _noun_subject(word, adjective, noun, number)


def _clash(subject: Subject, adjective: str) -> bool:
    own = subject.adjective
    both_colours = own in lex.COLOURS and adjective in lex.COLOURS
    return own == adjective or both_colours or frozenset({own, adjective}) in lex.OPPOSITES


# -- sentences with be -----------------------------------------------------------------------------


def be_clauses(subject: Subject, verb: str, predicate: Pair) -> Iterator[Pair]:
    """Say it, deny it, ask it: she is, she is not, is she … ?"""
    be = align(subject.be, verb)
    yield join([subject.pair, be, predicate])
    yield join([subject.pair, be, NOT, predicate], [0, 2, 1, 3])
    yield join([be, subject.pair, predicate, MARK], [1, 0, 2, 3])


def _adjective(subject: Subject, adjective: str) -> Pair:
    forms = lex.ADJECTIVES[adjective]
    return align(adjective, agree(forms, subject.gender, subject.number))


def descriptions(subject: Subject) -> Iterator[Pair]:
    """Say what a subject is or how it is: the dog is small, she is tired."""
    for adjective in lex.SER_ADJECTIVES[subject.kind] + lex.ESTAR_ADJECTIVES[subject.kind]:
        if _clash(subject, adjective):
            continue
        passing = adjective in lex.ESTAR_ADJECTIVES[subject.kind]
        verb = (lex.ESTAR if passing else lex.SER)[subject.person]
        word = _adjective(subject, adjective)
        if subject.adjective:
            yield join([subject.pair, align(subject.be, verb), word])
            continue
        yield from be_clauses(subject, verb, word)
        if adjective not in lex.NOT_GRADED:
            yield from be_clauses(subject, verb, join([VERY, word]))
        if subject.kind == "person" and (passing or adjective == "happy"):
            yield from _states_in_time(subject, word)


def _states_in_time(subject: Subject, word: Pair) -> Iterator[Pair]:
    """Make a state of it by naming a time, so estar even with "happy"."""
    verb = lex.ESTAR[subject.person]
    for time in (TODAY, NOW):
        yield from be_clauses(subject, verb, join([word, time]))
    be = align(subject.be, verb)
    yield join([subject.pair, be, align("always", "sempre"), word])
    yield join([subject.pair, be, align("never", "nunca"), word], [0, 2, 1, 3])


def professions(subject: Subject) -> Iterator[Pair]:
    """Say what someone does: she is a doctor, ela é médica."""
    for english, forms in lex.PROFESSIONS.items():
        word = agree(forms, subject.gender, subject.number)
        verb = lex.SER[subject.person]
        if subject.number == "p":
            yield from be_clauses(subject, verb, align(english + "s", word))
            continue
        named = Pair((indefinite(english), english), (word,), ((1, 0),), ((0, 0),))
        yield from be_clauses(subject, verb, named)


def locations(subject: Subject) -> Iterator[Pair]:
    """Say where a subject is: the cat is in the garden."""
    for name in lex.PLACES:
        if not {name, name + "s"} & set(subject.pair.source):
            yield from be_clauses(subject, lex.ESTAR[subject.person], _place(name))


def whereabouts(subject: Subject) -> Iterator[Pair]:
    """Ask where, who and how."""
    ser, estar = lex.SER[subject.person], lex.ESTAR[subject.person]
    pronoun = len(subject.pair.source) == 1
    # Brazilian order: onde ele está, but onde está o gato; so with como.
    order = [0, 2, 1, 3] if pronoun else None
    yield join([align("where", "onde"), align(subject.be, estar), subject.pair, MARK], order)
    if subject.kind == "person":
        yield join([align("who", "quem"), align(subject.be, ser), subject.pair, MARK])
        yield join([align("how", "como"), align(subject.be, estar), subject.pair, MARK], order)


# -- sentences with other verbs --------------------------------------------------------------------


def verb_clauses(subject: Subject, verb: Verb, phrase: Pair) -> Iterator[Pair]:
    """Say it, deny it, ask it: she likes, she does not like, does she like … ?"""
    do = "does" if subject.third_singular else "do"
    yield statement(subject, verb, phrase)
    rest = complement(verb, verb.base, subject.person, phrase)
    denial = Pair((do, "not"), ("não",), ((1, 0),), ((0, 0),))
    yield join([subject.pair, denial, rest])
    yield join([Pair((do,), (), ()), subject.pair, rest, MARK])


def statement(subject: Subject, verb: Verb, phrase: Pair) -> Pair:
    """Say what a subject does, with the -s of the English third person."""
    english = verb.third if subject.third_singular else verb.base
    return join([subject.pair, complement(verb, english, subject.person, phrase)])


def _objects(verb: Verb, words: Sequence[str], with_adjectives: bool) -> Iterator[Pair]:
    for noun in lex.NOUNS:
        if noun.kind not in verb.kinds:
            continue
        adjectives = lex.ATTRIBUTES[noun.kind] if with_adjectives else (None,)
        for number, word, adjective in product(noun.numbers, words, adjectives):
            # "I like a book" is said of books in general, and Portuguese then says it otherwise.
            general = verb.takes_de and word == "a"
            if word in determiners(noun, number) and not general:
                yield noun_phrase(word, adjective, noun, number)


def _uncounted(verb: Verb) -> Iterator[Pair]:
    for noun in lex.NOUNS:
        if noun.kind in ("food", "drink") and len(noun.numbers) == 1 and noun.kind in verb.kinds:
            yield align(noun.english["s"], noun.portuguese["s"])


def actions(subject: Subject) -> Iterator[Pair]:
    """Say, deny and ask what a subject does with a thing."""
    for verb in lex.VERBS:
        for phrase in _objects(verb, (*lex.DETERMINERS, *lex.OWNERS), with_adjectives=False):
            yield statement(subject, verb, phrase)
        for phrase in _objects(verb, ("the", "a"), with_adjectives=False):
            yield from verb_clauses(subject, verb, phrase)
        for phrase in _objects(verb, ("the",), with_adjectives=True):
            yield statement(subject, verb, phrase)
        for phrase in _uncounted(verb):
            yield from verb_clauses(subject, verb, phrase)


def habits(subject: Subject) -> Iterator[Pair]:
    """Say what a subject does at some time: she drinks milk every day."""
    for verb in lex.VERBS:
        if not verb.kinds <= {"food", "drink", "text", "opening"}:
            continue
        for phrase in (*_objects(verb, ("the", "my"), with_adjectives=False), *_uncounted(verb)):
            for time in (TODAY, EVERY_DAY, IN_THE_MORNING, AT_NIGHT):
                yield join([statement(subject, verb, phrase), time])


def life(subject: Subject) -> Iterator[Pair]:
    """Say and ask where someone lives and works."""
    for verb, names in lex.PLACE_VERBS:
        do = "does" if subject.third_singular else "do"
        base = align(verb.base, verb.forms[subject.person])
        where = [align("where", "onde"), Pair((do,), (), ()), subject.pair, base, MARK]
        yield join(where)
        for name in sorted(names):
            yield from verb_clauses(subject, verb, _place(name))


def wishes(subject: Subject) -> Iterator[Pair]:
    """Ask what someone wants, sees, buys."""
    do = Pair(("does" if subject.third_singular else "do",), (), ())
    for verb in lex.VERBS:
        if not verb.takes_de:
            base = align(verb.base, verb.forms[subject.person])
            yield join([align("what", "o que"), do, subject.pair, base, MARK])


# -- noun phrases and what they stand in ---------------------------------------------------------


def noun_phrases() -> Iterator[Pair]:
    """Name a thing: the red house, two dogs, her book."""
    words = (*lex.DETERMINERS, *lex.OWNERS)
    yield from (subject.pair for subject in noun_subjects(words, with_adjectives=True))


def parts() -> Iterator[Pair]:
    """The door of the house, a porta da casa."""
    owners = [noun for noun in lex.NOUNS if noun.kind in ("person", "animal")]
    things = [noun for noun in lex.NOUNS if noun.kind in ("thing", "text")]
    for thing, owner, number in product(things, owners, ("s", "p")):
        for word in ("the", "my", "this"):
            if word in determiners(owner, "s"):
                behind = behind_preposition("de", "of", noun_phrase(word, None, owner))
                yield join([noun_phrase("the", None, thing, number), behind])


def companions() -> Iterator[Pair]:
    """Name two things: the dog and the cat."""
    for first, second in combinations(lex.NOUNS, 2):
        for word, other in (("the", "the"), ("my", "my"), ("a", "a"), ("this", "that")):
            if word in determiners(first, "s") and other in determiners(second, "s"):
                both = [noun_phrase(word, None, first), noun_phrase(other, None, second)]
                yield join([both[0], align("and", "e"), both[1]])


def existence() -> Iterator[Pair]:
    """Say what there is in a place: there is a cat in the garden."""
    counted = [noun for noun in lex.NOUNS if len(noun.numbers) == 2]
    words = ("a", *sorted(lex.NUMERALS))
    for noun, word, name in product(counted, words, lex.PLACES):
        number: Number = "s" if word == "a" else "p"
        be = "is" if number == "s" else "are"
        if name != noun.english["s"]:
            yield join(
                [align(f"there {be}", "há"), noun_phrase(word, None, noun, number), _place(name)]
            )


def presentations() -> Iterator[Pair]:
    """This is my house, esta é minha casa: the demonstrative agrees with what it names."""
    singular: tuple[tuple[str, Number], ...] = (("this", "s"), ("that", "s"))
    plural: tuple[tuple[str, Number], ...] = (("these", "p"), ("those", "p"))
    for (word, number), noun in product(singular + plural, lex.NOUNS):
        if number not in noun.numbers:
            continue
        first = align(word, agree(lex.DETERMINERS[word], noun.gender, number))
        be = align("is", "é") if number == "s" else align("are", "são")
        for owner, adjective in product(
            ("the", "a", *sorted(lex.POSSESSIVES), *lex.OWNERS),
            (None, *lex.ATTRIBUTES[noun.kind]),
        ):
            if owner in determiners(noun, number):
                yield join([first, be, noun_phrase(owner, adjective, noun, number)])
