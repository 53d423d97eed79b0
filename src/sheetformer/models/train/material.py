"""What a translator learns from: pairs of the grammar or of the user's own, in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from sheetformer.corpus import everyday, grammar
from sheetformer.corpus.phrases import Pair
from sheetformer.corpus.readers import ReadReport, read_pairs
from sheetformer.corpus.splits import Parts, split, understood
from sheetformer.corpus.vocabulary import Vocabulary
from sheetformer.errors import FileError
from sheetformer.models.train.options import Options

HELD_OUT = 2000
"""Sentences to choose by, and sentences to report on."""

LEARNED = (
    *grammar.EXAMPLES,
    "do you like milk ?",
    "is she tired ?",
    "the cat is in the garden",
)
"""Sentences of lessons and pages: they are learned, never held out."""


@dataclass(frozen=True)
class Material:
    """The parts, the pairs that are learned more often than others, and what reading them met.

    `kinds` are those of the source words, for what is built as no sentence that was learned.
    """

    parts: Parts
    examples: tuple[Pair, ...] = ()
    notes: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict[str, str])


def gather(options: Options) -> Material:
    """Draw pairs from the grammar, or read the user's, and split them.

    Raises:
        FileError: The corpus cannot be read, is too small, or has a bad line and must not.
        SheetformerError: What is needed to read it is not installed.
    """
    if options.data is None:
        return _from_grammar(options)
    report = ReadReport(options.data, options.strict)
    pairs = read_pairs(options.data, report, options.columns, tokenize=options.tokenize)
    read = list(pairs)
    report.refuse_nothing()
    short = [pair for pair in read if _length(pair) <= options.max_words]
    notes = [str(report)]
    if left := len(read) - len(short):
        notes.append(
            f"{left:,} with more than {options.max_words} words on a side left out; "
            "--max-words takes longer ones"
        )
    if not short:
        raise FileError("; ".join(notes))
    try:
        parts = split(short)
    except FileError as error:
        raise FileError(f"{error} ({'; '.join(notes)})") from None
    if not parts.development or not parts.test:
        raise FileError(
            f"{options.data}: the {len(short):,} usable pairs share too few words to hold some "
            "of them back; give more pairs"
        )
    return Material(parts, notes=tuple(notes))


def _from_grammar(options: Options) -> Material:
    return _lessons(options) if options.grammar == "lessons" else _everyday(options)


def _everyday(options: Options) -> Material:
    drawn = everyday.draw_parts(options.pairs, HELD_OUT)
    examples = (*_examples(), *everyday.examples())
    train = (*examples, *drawn["train"])
    words = Vocabulary.of((pair.source, pair.target) for pair in train)
    held = (held_out(drawn[part], words) for part in ("development", "test"))
    note = f"{options.pairs:,} pairs of the everyday grammar"
    return Material(Parts(train, *held), examples, (note,), everyday.word_kinds())


def held_out(drawn: Sequence[Pair], words: Vocabulary) -> tuple[Pair, ...]:
    """Those of a part of the everyday grammar that can be reported on."""
    learned = {pair.source for pair in (*_examples(), *everyday.examples())}
    return tuple(pair for pair in understood(drawn, words) if pair.source not in learned)


def _lessons(options: Options) -> Material:
    pairs = [p for p in grammar.pairs(options.pairs) if _length(p) <= options.max_words]
    examples = _examples()
    note = f"{len(pairs):,} pairs of the phrase grammar"
    return Material(split(pairs, learned=examples), examples, (note,))


def _examples() -> tuple[Pair, ...]:
    every = chain.from_iterable(grammar.families().values())
    return tuple(pair for pair in every if " ".join(pair.source) in LEARNED)


def _length(pair: Pair) -> int:
    return max(len(pair.source), len(pair.target))
