"""Pairs in three parts: to learn from, to choose by, and to report on."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from sheetformer.corpus.phrases import Pair
from sheetformer.corpus.vocabulary import Vocabulary
from sheetformer.errors import FileError

LARGEST_PART = 2000
FEWEST = 10

SPLIT_SEED = 0
"""One split for all seeds of a training, so that their figures can be compared."""


@dataclass(frozen=True)
class Parts:
    """Pairs to learn from, to choose by, and to report on; no source sentence stands in two."""

    train: tuple[Pair, ...]
    development: tuple[Pair, ...]
    test: tuple[Pair, ...]

    def vocabulary(self) -> Vocabulary:
        """Collect the words of the training part."""
        return Vocabulary.of((pair.source, pair.target) for pair in self.train)


def split(pairs: Iterable[Pair], seed: int = SPLIT_SEED, learned: Iterable[Pair] = ()) -> Parts:
    """Shuffle sentences and put a twentieth aside to choose by and one to report on.

    Each of the two has at most 2,000 source sentences, and no pair with a word that the training
    part lacks.

    Args:
        pairs: any number of them; equal ones count once.
        seed: chooses the parts.
        learned: pairs whose source sentences are not put aside.

    Raises:
        FileError: There are too few.
    """
    by_source: dict[tuple[str, ...], list[Pair]] = {}
    for pair in dict.fromkeys((*learned, *pairs)):
        by_source.setdefault(pair.source, []).append(pair)
    if len(by_source) < FEWEST:
        raise FileError(
            f"there are {len(by_source)} different source sentences to learn from; "
            f"give at least {FEWEST}"
        )
    must = {pair.source for pair in learned}
    order = sorted(by_source.keys() - must)
    random.Random(seed).shuffle(order)
    size = min(max(1, len(order) // 20), LARGEST_PART)
    rest = iter(order)
    held = [_pairs_of(islice(rest, size), by_source) for _ in range(2)]
    train = _pairs_of((*sorted(must), *rest), by_source)
    words = Vocabulary.of((pair.source, pair.target) for pair in train)
    return Parts(train, *(understood(part, words) for part in held))


_BySource = dict[tuple[str, ...], list[Pair]]


def _pairs_of(sources: Iterable[tuple[str, ...]], by_source: _BySource) -> tuple[Pair, ...]:
    return tuple(pair for source in sources for pair in by_source[source])


def understood(pairs: Sequence[Pair], words: Vocabulary) -> tuple[Pair, ...]:
    """Those pairs whose words are all known."""
    source, target = set(words.source), set(words.target)
    return tuple(pair for pair in pairs if source >= {*pair.source} and target >= {*pair.target})
