"""What a translator learns from: pairs of the grammar or of the user's own, in parts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from sheetformer.corpus import grammar
from sheetformer.corpus.phrases import Pair
from sheetformer.corpus.readers import ReadReport, read_pairs
from sheetformer.corpus.splits import Parts, split
from sheetformer.errors import FileError
from sheetformer.models.train.options import Options

LEARNED = (
    *grammar.EXAMPLES,
    "do you like milk ?",
    "is she tired ?",
    "the cat is in the garden",
)
"""Sentences of lessons and pages: they are learned, never held out."""


@dataclass(frozen=True)
class Material:
    """The parts, the pairs that are learned more often than others, and what reading them met."""

    parts: Parts
    examples: tuple[Pair, ...] = ()
    notes: tuple[str, ...] = ()


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
    pairs = [p for p in grammar.pairs(options.pairs) if _length(p) <= options.max_words]
    every = chain.from_iterable(grammar.families().values())
    examples = tuple(pair for pair in every if " ".join(pair.source) in LEARNED)
    note = f"{len(pairs):,} pairs of the phrase grammar"
    return Material(split(pairs, learned=examples), examples, (note,))


def _length(pair: Pair) -> int:
    return max(len(pair.source), len(pair.target))
