"""Phrases in English and Brazilian Portuguese that join into longer ones with their alignments.

The links of a `Pair` are `sure` or `possible` in the sense of Och and Ney, "A Systematic Comparison
of Various Statistical Alignment Models" (2003), section 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from sheetformer.corpus import lexicon as lex
from sheetformer.corpus.lexicon import Noun, Number, Person, Verb, agree

Links = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Pair:
    """A phrase in both languages; links are (source index, target index)."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    sure: Links
    possible: Links = ()


def align(source: str, target: str) -> Pair:
    """Align every word of one short piece with every word of its translation.

    >>> align("in the", "na").sure
    ((0, 0), (1, 0))
    """
    english, portuguese = tuple(source.split()), tuple(target.split())
    return Pair(english, portuguese, tuple(product(range(len(english)), range(len(portuguese)))))


def join(phrases: Sequence[Pair], order: Sequence[int] | None = None) -> Pair:
    """Join phrases in English order; `order` says which comes when in Portuguese.

    >>> join([align("red", "vermelha"), align("house", "casa")], order=[1, 0]).target
    ('casa', 'vermelha')
    """
    behind = [0] * len(phrases)
    target: tuple[str, ...] = ()
    for index in order or range(len(phrases)):
        behind[index] = len(target)
        target += phrases[index].target
    source: tuple[str, ...] = ()
    sure: Links = ()
    possible: Links = ()
    for phrase, column in zip(phrases, behind, strict=True):
        row = len(source)
        source += phrase.source
        sure += tuple([(i + row, j + column) for i, j in phrase.sure])
        possible += tuple([(i + row, j + column) for i, j in phrase.possible])
    return Pair(source, target, sure, possible)


def indefinite(word: str) -> str:
    """Choose "a" or "an" by the word behind it (no word here has a silent h or a long u)."""
    return "an" if word[0] in "aeiou" else "a"


def determiners(noun: Noun, number: Number) -> tuple[str, ...]:
    """List the determiners that go with a noun in a number; uncounted nouns take no "a"."""
    left_out: set[str] = set()
    if len(noun.numbers) == 1:
        left_out |= {"a"}
    if noun.english["s"] in lex.NOT_OWNED:
        left_out |= lex.POSSESSIVES | set(lex.OWNERS)
    owners = dict.fromkeys(lex.OWNERS, lex.DETERMINERS["the"])
    words = {**lex.DETERMINERS, **owners}
    return tuple(
        word
        for word, forms in words.items()
        if agree(forms, "m", number) != "-" and word not in left_out
    )


def noun_phrase(determiner: str, adjective: str | None, noun: Noun, number: Number = "s") -> Pair:
    """Build "the red house", "a casa vermelha": the adjective goes behind and all agrees."""
    gender = noun.gender
    english = ([adjective] if adjective else []) + [noun.english[number]]
    owner = lex.OWNERS.get(determiner)
    forms = lex.DETERMINERS["the" if owner else determiner]
    first = indefinite(english[0]) if determiner == "a" else determiner
    words = [adjective] if adjective else []
    said = [align(word, agree(lex.ADJECTIVES[word], gender, number)) for word in words]
    named = align(noun.english[number], noun.portuguese[number])
    return owned(describe(align(first, agree(forms, gender, number)), said, named), owner)


def describe(first: Pair, adjectives: Sequence[Pair], noun: Pair) -> Pair:
    """Put up to two adjectives behind their noun, with "e" between: casa grande e vermelha."""
    if len(adjectives) < 2:
        return join([first, *adjectives, noun], [0, 2, 1] if adjectives else None)
    one, two = adjectives
    second = Pair(two.source, ("e", *two.target), ((0, 0), (0, 1)))
    return join([first, one, second, noun], [0, 3, 1, 2])


def owned(pair: Pair, owner: str | None) -> Pair:
    """Say behind a noun whose it is, linked to the first word: her book, o livro dela."""
    if not owner:
        return pair
    behind = (0, len(pair.target))
    return Pair(pair.source, (*pair.target, owner), (*pair.sure, behind), pair.possible)


def behind_preposition(preposition: str, english: str, phrase: Pair) -> Pair:
    """Put em or de before a noun phrase, contracted with its article: in + the house, na casa."""
    if phrase.source[0] in lex.POSSESSIVES:
        return join([align(english, _with_article(preposition, phrase)), phrase])
    contracted = lex.CONTRACTIONS[preposition].get(phrase.target[0])
    if contracted is None:
        return join([align(english, preposition), phrase])
    sure = ((0, 0), *((i + 1, j) for i, j in phrase.sure))
    possible = tuple((i + 1, j) for i, j in phrase.possible)
    return Pair((english, *phrase.source), (contracted, *phrase.target[1:]), sure, possible)


def _with_article(preposition: str, phrase: Pair) -> str:
    """Brazilian usage puts the article before a possessive here: do meu carro, na minha casa."""
    possessive = phrase.target[0]
    article = "a" if possessive.removesuffix("s").endswith("a") else "o"
    plural = "s" if possessive.endswith("s") else ""
    return lex.CONTRACTIONS[preposition][article + plural]


def complement(verb: Verb, english: str, person: Person, phrase: Pair) -> Pair:
    """Put a verb before its object: gosta do livro, precisa de uma casa, vê a casa."""
    form = align(english, verb.forms[person])
    if not verb.takes_de:
        return join([form, phrase])
    if phrase.source[0] in lex.POSSESSIVES:
        of = _with_article("de", phrase)
        return join([align(english, f"{verb.forms[person]} {of}"), phrase])
    contracted = lex.CONTRACTIONS["de"].get(phrase.target[0])
    if contracted is None:
        return join([align(english, f"{verb.forms[person]} de"), phrase])
    pair = join([form, phrase])
    possible = (*pair.possible, (0, 1))
    return Pair(pair.source, (pair.target[0], contracted, *pair.target[2:]), pair.sure, possible)
