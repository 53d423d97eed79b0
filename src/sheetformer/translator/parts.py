"""What a translator learns from, is chosen by, and is measured on."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from sheetformer.errors import FileError
from sheetformer.translator import grammar
from sheetformer.translator.corpus import Report, read_pairs
from sheetformer.translator.options import Options
from sheetformer.translator.phrases import Pair
from sheetformer.translator.vocabulary import Vocabulary

LARGEST_PART = 2000
FEWEST = 10
LEARNED = (
    *grammar.EXAMPLES,
    "do you like milk ?",
    "is she tired ?",
    "the cat is in the garden",
)
"""Sentences of lessons and pages: they are learned, never held out."""

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


@dataclass(frozen=True)
class Material:
    """The parts, the pairs that are learned more often than others, and what reading them met."""

    parts: Parts
    examples: tuple[Pair, ...] = ()
    notes: tuple[str, ...] = ()


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
    return Parts(train, *(_understood(part, words) for part in held))


_BySource = dict[tuple[str, ...], list[Pair]]


def _pairs_of(sources: Iterable[tuple[str, ...]], by_source: _BySource) -> tuple[Pair, ...]:
    return tuple(pair for source in sources for pair in by_source[source])


def _understood(pairs: Sequence[Pair], words: Vocabulary) -> tuple[Pair, ...]:
    source, target = set(words.source), set(words.target)
    return tuple(pair for pair in pairs if source >= {*pair.source} and target >= {*pair.target})


def gather(options: Options) -> Material:
    """Draw pairs from the grammar, or read the user's, and split them.

    Raises:
        FileError: The corpus cannot be read, is too small, or has a bad line and must not.
        SheetformerError: What is needed to read it is not installed.
    """
    if options.data is None:
        return _from_grammar(options)
    report = Report(options.data, options.strict)
    read = list(read_pairs(options.data, report, options.columns))
    short = [pair for pair in read if _length(pair) <= options.max_words]
    notes = [str(report)]
    if left := len(read) - len(short):
        notes.append(
            f"{left:,} with more than {options.max_words} words on a side left out; "
            "--max-words takes longer ones"
        )
    parts = split(short)
    if not parts.development or not parts.test:
        raise FileError(
            f"{options.data}: the {len(short):,} usable pairs share too few words to hold some "
            "of them back; give more pairs"
        )
    return Material(parts, notes=tuple(notes))


def _from_grammar(options: Options) -> Material:
    pairs = [p for p in grammar.pairs(options.pairs) if _length(p) <= options.max_words]
    every = chain.from_iterable(grammar.families().values())
    examples = tuple(pair for pair in every if " ".join(pair.source) in LEARNED)
    note = f"{len(pairs):,} pairs of the phrase grammar"
    return Material(split(pairs, learned=examples), examples, (note,))


def _length(pair: Pair) -> int:
    return max(len(pair.source), len(pair.target))
