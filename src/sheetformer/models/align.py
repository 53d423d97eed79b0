"""Word alignments from the cross-attention of a translator, for whole corpora (NumPy)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from sheetformer.corpus.phrases import Links, Pair
from sheetformer.corpus.readers import ReadReport, files_of, parse_pair, read_fields
from sheetformer.corpus.vocabulary import BEGIN_INDEX, Numbers
from sheetformer.errors import WordError
from sheetformer.files import check_output, make_folder, refuse_overwriting, replacing
from sheetformer.models.decode import Translator, load_translator, present
from sheetformer.models.weights_file import Floats, WordNumbers

SHARE = 0.5
"""A source word is linked whose weight is at least this share of the largest of its row."""

AT_ONCE = 256
"""How many sentences are aligned at once."""


def links(alignment: Floats) -> Links:
    """Choose links (source, target) from weights (target words, source words).

    >>> links(np.array([[0.5, 0.4, 0.1], [0.1, 0.1, 0.8]]))
    ((0, 0), (1, 0), (2, 1))
    """
    found = alignment >= SHARE * alignment.max(axis=1, keepdims=True)
    return tuple((int(i), int(j)) for j, i in np.argwhere(found))


@dataclass
class Errors:
    """Counts for the alignment error rate: 1 − (|A ∩ S| + |A ∩ P|) / (|A| + |S|).

    A are the links found, S the sure ones, P the possible ones, which the sure ones are among.
    Source: Och and Ney, "A Systematic Comparison of Various Statistical Alignment Models" (2003),
    equation 20.
    """

    hits: int = 0
    links: int = 0

    def count(self, found: Iterable[tuple[int, int]], gold: Pair) -> None:
        """Compare the links of a sentence with its gold ones."""
        chosen, sure = set(found), set(gold.sure)
        possible = sure | set(gold.possible)
        self.hits += len(chosen & sure) + len(chosen & possible)
        self.links += len(chosen) + len(sure)

    @property
    def rate(self) -> float | None:
        """From 0 (all right) to 1; none without gold links."""
        return 1 - self.hits / self.links if self.links else None


# -- many sentences --------------------------------------------------------------------------------


def align_pairs(pairs: Sequence[Pair], translator: Translator) -> list[Links]:
    """Link the words of each pair, while the decoder is given its target words.

    Raises:
        WordError: A word is unknown, or a sentence too long.
    """
    if not pairs:
        return []
    texts = [_without_full_stops(pair, translator) for pair in pairs]
    sources = [translator.read(pair.source) for pair in texts]
    targets = [translator.read_target(pair.target) for pair in texts]
    source = _table(sources)
    read = _table([[BEGIN_INDEX, *target[:-1]] for target in targets])
    _, weights = translator.score(read, translator.memory(source), present(source))
    alignment = translator.alignment(weights)  # (b, n, m)
    return [
        links(rows[: len(words.target), : len(words.source)]) + _linked_ends(pair, words)
        for rows, pair, words in zip(alignment, pairs, texts, strict=True)
    ]


def _without_full_stops(pair: Pair, translator: Translator) -> Pair:
    """What the translator reads: one that has learned no full stop is given none at an end."""

    def cut(words: tuple[str, ...], known: Numbers) -> tuple[str, ...]:
        return words[:-1] if len(words) > 1 and words[-1] == "." and "." not in known else words

    source = cut(pair.source, translator.source_numbers)
    return replace(pair, source=source, target=cut(pair.target, translator.target_numbers))


def _linked_ends(pair: Pair, read: Pair) -> Links:
    """The full stops that were not read are each other's translation."""
    ends = (len(pair.source) - 1, len(pair.target) - 1)
    cut = ends == (len(read.source), len(read.target))
    return (ends,) if cut else ()


def _table(sentences: Sequence[Sequence[int]]) -> WordNumbers:
    """Word numbers, padded with 0 to the longest."""
    table = np.zeros((len(sentences), max(map(len, sentences))), dtype=np.int64)
    for row, sentence in zip(table, sentences, strict=True):
        row[: len(sentence)] = sentence
    return table


# -- whole corpora ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Aligned:
    """What became of a corpus; the error rate is none where it has no gold alignment."""

    report: ReadReport
    error_rate: float | None
    links: int


def align_file(
    data: str,
    output: Path,
    translator: Translator | None = None,
    *,
    strict: bool = False,
    columns: Sequence[str] = (),
    tokenize: bool = False,
    watch: Callable[[int], None] | None = None,
) -> Aligned:
    """Align every pair of a corpus and write `i-j` links, a line a pair.

    The corpus is streamed; a line that is skipped gives an empty line, so both files stay parallel.
    Links count what stands between blanks. Where the words are split further, a line of the output
    says them, too: source words, a tab, target words, a tab, links.

    Args:
        data: as in `readers.read_fields`.
        output: the file to write; it appears when it is whole.
        translator: which one; the default is the one that comes with the package.
        strict: whether a bad line ends it.
        columns: names of columns, as in `readers.read_fields`.
        tokenize: whether to split into words and marks, instead of at blanks.
        watch: told now and then how many lines are done.

    Raises:
        FileError: The corpus cannot be read, is also the output or has nothing that can be
            aligned; the output cannot be written; or a line is bad and must not.
    """
    check_output(output)
    model = translator or load_translator()
    report, errors, total = ReadReport(data, strict), Errors(), 0
    refuse_overwriting(output, files_of(data))
    checked = _checked(data, report, columns, model, tokenize=tokenize)
    make_folder(output)
    with replacing(output) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        while batch := list(islice(checked, AT_ONCE)):
            good = [pair for pair in batch if pair]
            found = iter(align_pairs(good, model))
            for pair in batch:
                chosen = next(found) if pair else ()
                file.write(_line(chosen, pair if tokenize else None) + "\n")
                total += len(chosen)
                if pair and pair.sure:
                    errors.count(chosen, pair)
            if watch:
                watch(len(batch))
        report.refuse_nothing()
    return Aligned(report, errors.rate, total)


def _line(chosen: Links, pair: Pair | None) -> str:
    found = " ".join(f"{i}-{j}" for i, j in chosen)
    return f"{' '.join(pair.source)}\t{' '.join(pair.target)}\t{found}" if pair else found


def _checked(
    data: str, report: ReadReport, columns: Sequence[str], model: Translator, *, tokenize: bool
) -> Iterator[Pair | None]:
    """Give a pair a line, none for a bad one."""
    for number, fields in read_fields(data, report, columns):
        try:
            pair = parse_pair(fields, tokenize=tokenize)
            model.check(_without_full_stops(pair, model))
        except WordError as error:
            report.refuse(number, f"cannot be aligned: {error}")
        except ValueError as error:
            report.refuse(number, str(error))
        else:
            report.good += 1
            yield pair
            continue
        yield None
