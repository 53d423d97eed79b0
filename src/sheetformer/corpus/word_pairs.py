"""The everyday part of the grammar that the lesson's own model learns, and its split.

A row of the source is one word or a phrase ("I am") whose vector is the mean of its words.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from sheetformer.corpus.grammar import EXAMPLES, Pair, families

_KINDS = """
pronoun: I you he she we they
being: am is are
small word: not very
determiner: the a my
feeling: happy tired sad sick
colour: red white black blue green
quality: small big new old beautiful tall strong
thing: house car book table flower door shirt hat ball
animal: dog cat bird horse
food: bread milk water coffee
person: boy girl man woman child mother father brother sister friend
verb: see sees like likes have has want wants
"""

KINDS: Mapping[str, str] = {
    word: kind
    for kind, words in (line.split(":") for line in _KINDS.strip().splitlines())
    for word in words.split()
}
"""What each English word of the lesson is."""

WORDS = frozenset(KINDS)
"""English words of the lesson: few enough that four numbers a word tell them apart."""

LARGEST_KIND = 1200
SPLIT_SEED = 7


@dataclass(frozen=True)
class Example:
    """Source rows, target words, and for each target word the source rows it is sure to mean."""

    rows: tuple[tuple[str, ...], ...]
    target: tuple[str, ...]
    gold: tuple[frozenset[int], ...]


@dataclass(frozen=True)
class Split:
    """Sentences to learn from, to choose by, and to report on; none stands in two of them.

    `lesson` holds the six sentences of the lessons and the phrase example: they are learned.
    """

    train: tuple[Example, ...]
    development: tuple[Example, ...]
    test: tuple[Example, ...]
    lesson: tuple[Example, ...]


def target_kinds(examples: Iterable[Example]) -> dict[str, str]:
    """What each Portuguese word is: the kind of the English words that it is aligned with most."""
    counts: dict[str, Counter[str]] = {}
    for example in examples:
        for target, gold in zip(example.target, example.gold, strict=True):
            kinds = (KINDS[word] for row in gold for word in example.rows[row])
            counts.setdefault(target, Counter()).update(kinds)
    return {word: max(sorted(found), key=found.__getitem__) for word, found in counts.items()}


def word_by_word(pair: Pair) -> Example:
    """Give every word of a pair its own row."""
    gold = [frozenset(i for i, j in pair.sure if j == column) for column in range(len(pair.target))]
    return Example(tuple((word,) for word in pair.source), pair.target, tuple(gold))


def with_phrase(pair: Pair) -> Example | None:
    """Make one row of "I am" and leave out the "eu", as Portuguese does; None where it cannot."""
    if pair.source[0] not in ("I", "we") or pair.target[1] == "não":
        return None
    words = word_by_word(pair)
    gold = [frozenset(max(row - 1, 0) for row in rows) for rows in words.gold[1:]]
    return Example((pair.source[:2], *words.rows[2:]), pair.target[1:], tuple(gold))


def _speakable(pair: Pair) -> bool:
    # Without positions two equal words cannot be told apart, so none stands twice in a sentence.
    return set(pair.source) <= WORDS and len(set(pair.source)) == len(pair.source)


@cache
def split() -> Split:
    """Split the lesson's sentences 8 : 1 : 1, kind by kind, always in the same way.

    Short sentences with be are few in the grammar and many in lessons, so training sees them
    four times, and every third first-person sentence once more with its phrase row.
    """
    generator = random.Random(SPLIT_SEED)
    train: list[Pair] = []
    development: list[Pair] = []
    test: list[Pair] = []
    learned: list[Pair] = []
    for name, kind in families().items():
        known = [pair for pair in kind if _speakable(pair)]
        learned += [pair for pair in known if " ".join(pair.source) in EXAMPLES]
        fresh = [pair for pair in known if " ".join(pair.source) not in EXAMPLES]
        drawn = generator.sample(fresh, min(len(fresh), LARGEST_KIND))
        tenth = len(drawn) // 10
        test += drawn[:tenth]
        development += drawn[tenth : 2 * tenth]
        train += drawn[2 * tenth :] * (4 if name == "description" else 1)
    phrases = [phrase for pair in train if (phrase := with_phrase(pair))]
    happy = next(pair for pair in learned if pair.source == ("I", "am", "happy"))
    phrase = with_phrase(happy)
    assert phrase is not None
    return Split(
        train=(*map(word_by_word, train), *phrases[::3]),
        development=tuple(map(word_by_word, development)),
        test=tuple(map(word_by_word, test)),
        lesson=(*map(word_by_word, learned), phrase),
    )
