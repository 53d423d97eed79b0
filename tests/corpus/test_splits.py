"""One split of pairs, whatever their order; the translations of a sentence stay together."""

from __future__ import annotations

from sheetformer.corpus.grammar import pairs
from sheetformer.corpus.phrases import Pair
from sheetformer.corpus.splits import split


def test_the_split_follows_from_its_seed_not_from_the_order() -> None:
    sample = pairs(500)
    assert set(split(sample, 1).test) == set(split(sample[::-1], 1).test)
    assert set(split(sample, 1).test) != set(split(sample, 2).test)


def test_two_translations_of_a_sentence_stay_together() -> None:
    twice = [Pair((f"w{i % 20}",), (f"t{i}",), ()) for i in range(40)]
    parts = split(twice)
    train = {pair.source for pair in parts.train}
    assert not any(pair.source in train for pair in (*parts.development, *parts.test))
