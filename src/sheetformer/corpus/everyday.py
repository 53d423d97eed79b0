"""The everyday grammar: sentences of daily life in English and Brazilian Portuguese, by chance.

Too many to list, so they are drawn: a kind of sentence, then its words. `KINDS` has every kind;
each draws one aligned pair that is right by construction.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from random import Random
from typing import Literal

from sheetformer.corpus import everyday_words as words
from sheetformer.corpus.everyday_being import be_clause
from sheetformer.corpus.everyday_circumstances import company, place, time
from sheetformer.corpus.everyday_clauses import (
    LONGEST,
    action,
    going,
    life,
    movement,
    simple,
    two_deeds,
    wish,
)
from sheetformer.corpus.everyday_phrases import (
    ANY,
    Draw,
    OddError,
    bare,
    noun_phrase,
)
from sheetformer.corpus.everyday_questions import (
    how_many,
    presentation,
    question_of_be,
    question_of_verb,
    there_is,
    who,
)
from sheetformer.corpus.phrases import Pair, align, behind_preposition, join


def _names(draw: Draw) -> Pair:
    which = draw.chance.random()
    if which < 0.65:
        return noun_phrase(draw, ANY, "the").pair
    if which < 0.75:
        return bare(draw, ANY, "the")
    if which < 0.9:
        return draw.one((place, company, time))(draw)
    one = noun_phrase(draw, ("thing", "text", "opening"), "of", True, adjectives=1)
    other = noun_phrase(draw, ("person", "animal", "place"), "of", True, adjectives=0)
    return join([one.pair, behind_preposition("de", "of", other.pair)])


def _two_clauses(draw: Draw) -> Pair:
    if draw.often(0.3):
        return two_deeds(draw)
    word, between = draw.one((("and", "e"), ("but", "mas"), ("because", "porque")))
    return join([simple(draw), align(word, between), simple(draw)])


@dataclass(frozen=True)
class Kind:
    """A kind of sentence.

    Attributes:
        share: how often it is drawn, beside the others.
        draw: gives a sentence.
        examples: some of them with their translations, for people; they are always learned.
    """

    share: float
    draw: Callable[[Draw], Pair]
    examples: Mapping[str, str]


KINDS: Mapping[str, Kind] = {
    "Naming things and places": Kind(
        7, _names, {"the small black dog": "o cachorro pequeno e preto"}
    ),
    "What something is, or how it is": Kind(
        20, be_clause, {"my house is small and old": "minha casa é pequena e velha"}
    ),
    "This and that": Kind(4, presentation, {"this is not my book": "este não é meu livro"}),
    "What there is": Kind(
        6, there_is, {"there are three cats in the garden": "há três gatos no jardim"}
    ),
    "What somebody does": Kind(
        30,
        action,
        {
            "I never drink milk at night": "eu nunca bebo leite à noite",
            "the black dog drinks water": "o cachorro preto bebe água",
            "I love you": "eu te amo",
            "she sees him": "ela o vê",
        },
    ),
    "Moving, sleeping, playing": Kind(
        7, movement, {"the children play in the park": "as crianças brincam no parque"}
    ),
    "Living and working": Kind(
        6, life, {"they live in a big house": "eles moram em uma casa grande"}
    ),
    "Going somewhere": Kind(
        4, going, {"we go to the market on saturday": "nós vamos para o mercado no sábado"}
    ),
    "Wanting to and being able to": Kind(8, wish, {"can you help me ?": "você pode me ajudar ?"}),
    "Questions with is and are": Kind(
        5, question_of_be, {"where is my book ?": "onde está meu livro ?"}
    ),
    "What, where, when and why": Kind(
        8, question_of_verb, {"what do you want ?": "o que você quer ?"}
    ),
    "Who does it": Kind(4, who, {"who opens the door ?": "quem abre a porta ?"}),
    "How many": Kind(3, how_many, {"how many books do you have ?": "quantos livros você tem ?"}),
    "Two sentences in one": Kind(
        5,
        _two_clauses,
        {"I am tired but she is happy": "eu estou cansado mas ela é feliz"},
    ),
}


def examples() -> tuple[Pair, ...]:
    """The examples of all kinds, without links."""
    return tuple(
        Pair(tuple(english.split()), tuple(portuguese.split()), ())
        for kind in KINDS.values()
        for english, portuguese in kind.examples.items()
    )


FREE = 0.15
"""The share of draws in which words combine freely."""


Part = Literal["train", "development", "test"]


def part_of(source: Sequence[str]) -> Part:
    """The part that a sentence belongs to, by its text: so no draw can put it into two."""
    place = zlib.crc32(" ".join(source).encode()) % 20
    return "development" if place == 0 else "test" if place == 1 else "train"


def draw_pairs(
    count: int, part: Part = "train", seed: int = 0, unseen: bool = False
) -> tuple[Pair, ...]:
    """Draw different sentences of a part, the same for the same arguments.

    Args:
        count: how many.
        part: a twentieth of all is to choose by, and one to report on.
        seed: chooses them.
        unseen: whether words combine freely, and as in no other draw.
    """
    found = (pair for pair in _sentences(seed, unseen) if part_of(pair.source) == part)
    return tuple(islice(found, count))


def draw_parts(count: int, held_out: int, seed: int = 0) -> dict[Part, tuple[Pair, ...]]:
    """The same for all parts at once: so many to learn from, at most so many in the others."""
    parts: dict[Part, list[Pair]] = {"train": [], "development": [], "test": []}
    for pair in _sentences(seed):
        parts[part_of(pair.source)].append(pair)
        if len(parts["train"]) == count:
            break
    most = {"train": count}
    return {part: tuple(pairs[: most.get(part, held_out)]) for part, pairs in parts.items()}


def _sentences(seed: int, unseen: bool = False) -> Iterator[Pair]:
    """Different sentences without end."""
    chance = Random(seed)
    seen: set[tuple[str, ...]] = set()
    names, shares = list(KINDS), [kind.share for kind in KINDS.values()]
    while True:
        (name,) = chance.choices(names, shares)
        draw = Draw(chance, free=unseen or chance.random() < FREE, unseen=unseen)
        try:
            pair = KINDS[name].draw(draw)
        except OddError:
            continue
        if unseen and not draw.combined:
            continue
        longest = max(len(pair.source) - pair.source.count("?"), len(pair.target) - 1)
        if longest <= LONGEST and pair.source not in seen:
            seen.add(pair.source)
            yield pair


# -- kinds of words --------------------------------------------------------------------------------


_KINDS = """
the: the my your our his their
this: this that
these: these those
a: a an
he: he she
we: we they
him: him them me us
want: want need like
wants: wants needs likes
can: can cannot
near: near behind under
but: but because
morning: morning afternoon
day: day week
saturday: saturday sunday monday friday
"""


@cache
def word_kinds() -> Mapping[str, str]:
    """What each English word is for the order of words: noun, nouns, do, does ….

    A word with several uses (open, clean) has a kind of its own; most small words have, too.
    """
    uses: dict[str, list[str]] = {}

    def note(kind: str, *these: str) -> None:
        for word in these:
            if kind not in uses.setdefault(word, []):
                uses[word].append(kind)

    for noun in words.NOUNS:
        note("noun" if len(noun.numbers) == 2 else "substance", noun.english["s"])
        note("nouns", *(noun.english[number] for number in noun.numbers if number == "p"))
    doing = (*words.VERBS, *words.ALONE, words.GO, *(verb for verb, _ in words.HOME_VERBS))
    for verb in doing:
        note("do", verb.base)
        note("does", verb.third)
    note("adjective", *words.ADJECTIVES)
    note("feeling", *(word for word in words.FEELINGS if word not in words.ADJECTIVES))
    note("two", *words.NUMERALS, *words.AMOUNTS)
    note("doctor", *words.PROFESSIONS)
    note("doctors", *(f"{word}s" for word in words.PROFESSIONS))
    note("often", *words.ADVERBS)
    kinds = {word: "/".join(each) for word, each in uses.items()}
    for line in _KINDS.strip().splitlines():
        kind, alike = line.split(":")
        kinds |= dict.fromkeys(alike.split(), kind)
    return kinds
