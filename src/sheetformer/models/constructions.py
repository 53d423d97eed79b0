"""Which sentences a translator has learned, by the kinds of their words and their order.

Every word has a kind (noun, the, does …). From the sentences of a training follow the runs that
were seen: three kinds in a row, and two in a row in a sentence that begins with a third. A sentence
with another run is built as no sentence was that the translator has learned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

START, STOP = "start", "stop"
"""What stands before the first kind, and behind the last."""

ROW, LATER = " · ", " … "
"""Between kinds that stand side by side, and behind the first of the sentence."""


@dataclass(frozen=True)
class Constructions:
    """The kinds of all source words, and the runs that were seen, sorted.

    The first word is the empty one; its kind is that of the end.
    """

    kinds: tuple[str, ...]
    runs: tuple[str, ...]

    @classmethod
    def of(
        cls,
        words: Sequence[str],
        kinds: Mapping[str, str],
        sentences: Iterable[Sequence[str]],
    ) -> Constructions:
        """Collect the runs of the sentences that are learned; a word without a kind is its own.

        Args:
            words: the source vocabulary.
            kinds: the kind of a word.
            sentences: their words.
        """
        seen: set[str] = set()
        for sentence in sentences:
            for both in runs([kinds.get(word, word) for word in sentence]):
                seen.update(both)
        return cls(tuple(kinds.get(word, word) or STOP for word in words), tuple(sorted(seen)))

    @cached_property
    def _seen(self) -> frozenset[str]:
        return frozenset(self.runs)

    def unlearned(self, numbers: Sequence[int]) -> tuple[int, ...]:
        """The places, from 0, of the words around which a sentence is built as none before."""
        found = runs([self.kinds[number] for number in numbers])
        return tuple(place for place, both in enumerate(found) if not self._seen.issuperset(both))


def runs(kinds: Sequence[str]) -> list[tuple[str, str]]:
    """The two runs around each word of a sentence.

    >>> runs(["he", "does"])
    [('start · he · does', 'he … he · does'), ('he · does · stop', 'he … does · stop')]
    """
    around = (START, *kinds, STOP)
    return [
        (ROW.join(around[i : i + 3]), f"{kinds[0]}{LATER}{ROW.join(around[i + 1 : i + 3])}")
        for i in range(len(kinds))
    ]
