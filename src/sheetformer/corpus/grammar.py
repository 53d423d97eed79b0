"""A small grammar: English phrases and sentences, their Brazilian Portuguese, gold alignments.

Every combination is right by construction: words come from `lexicon`, agreement and links from
`phrases`, word order from `sentences`. `pairs` draws a sample in which no kind drowns the others.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain

from sheetformer.corpus import sentences
from sheetformer.corpus.phrases import Pair

__all__ = ["EXAMPLES", "Pair", "families", "pairs"]

EXAMPLES = (
    "I am happy",
    "the red house",
    "we see the red house",
    "she is tired",
    "the dog is small",
    "he likes the book",
)
"""The sentences of the lessons: every sample of at least this many pairs holds them."""


@cache
def families() -> Mapping[str, tuple[Pair, ...]]:
    """Every phrase of the grammar, grouped by kind; no English phrase stands twice.

    Returns:
        Pairs by the name of their kind, always in the same order.
    """
    pronouns = sentences.pronoun_subjects()
    people = [s for s in sentences.noun_subjects(("the", "my")) if s.kind == "person"]
    described = list(sentences.noun_subjects(("the", "my", "these", "his")))
    named = [s for s in sentences.noun_subjects(("the",), with_adjectives=True) if s.adjective]
    streams: dict[str, Iterable[Pair]] = {
        "noun phrase": sentences.noun_phrases(),
        "description": chain.from_iterable(sentences.descriptions(s) for s in pronouns),
        "description of a noun": chain.from_iterable(sentences.descriptions(s) for s in described),
        "description of a described noun": chain.from_iterable(
            sentences.descriptions(s) for s in named
        ),
        "profession": chain.from_iterable(sentences.professions(s) for s in (*pronouns, *people)),
        "location": chain.from_iterable(sentences.locations(s) for s in (*pronouns, *described)),
        "question word": chain.from_iterable(
            sentences.whereabouts(s) for s in (*pronouns, *described)
        ),
        "action": chain.from_iterable(sentences.actions(s) for s in pronouns),
        "action of a person": chain.from_iterable(
            sentences.habits(s) for s in (*pronouns, *people)
        ),
        "life": chain.from_iterable(sentences.life(s) for s in (*pronouns, *people)),
        "wish": chain.from_iterable(sentences.wishes(s) for s in (*pronouns, *people)),
        "part": sentences.parts(),
        "two nouns": sentences.companions(),
        "existence": sentences.existence(),
        "presentation": sentences.presentations(),
    }
    return _without_repeats(streams)


def _without_repeats(streams: Mapping[str, Iterable[Pair]]) -> Mapping[str, tuple[Pair, ...]]:
    seen: set[tuple[str, ...]] = set()
    kept: dict[str, tuple[Pair, ...]] = {}
    for name, stream in streams.items():
        fresh = {pair.source: pair for pair in stream if pair.source not in seen}
        seen |= fresh.keys()
        kept[name] = tuple(fresh.values())
    return kept


@cache
def _examples() -> tuple[Pair, ...]:
    every = chain.from_iterable(families().values())
    return tuple(pair for pair in every if " ".join(pair.source) in EXAMPLES)


def pairs(count: int, seed: int = 0) -> tuple[Pair, ...]:
    """Draw different pairs, the same for the same count and seed, the lesson examples among them.

    Small kinds of sentence come whole; the large ones share the rest of the count evenly.

    Args:
        count: How many pairs.
        seed: Chooses the sample and its order.

    Returns:
        The pairs in a mixed order.

    Raises:
        ValueError: The grammar has fewer pairs than the count, or the examples alone are more.
    """
    every = families()
    total = sum(map(len, every.values()))
    if not len(EXAMPLES) <= count <= total:
        raise ValueError(f"the grammar has {total} pairs; ask for {len(EXAMPLES)} to {total}")
    generator = random.Random(seed)
    chosen = {pair.source: pair for pair in _examples()}
    shuffled = [generator.sample(kind, min(len(kind), count)) for kind in every.values()]
    # One of each kind in turn, so that a kind runs dry only once it is whole.
    for turn in range(max(map(len, shuffled))):
        for kind in shuffled:
            if len(chosen) == count:
                break
            if turn < len(kind):
                chosen.setdefault(kind[turn].source, kind[turn])
    drawn = list(chosen.values())
    generator.shuffle(drawn)
    return tuple(drawn)
