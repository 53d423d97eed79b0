"""Compare the translators' alignments with IBM Model 1 and fast_align on held-out pairs.

    python benchmarks/alignment.py [--sentences 5000]

Needs nltk and systran-align (fast_align in Python). What each has seen is part of the table: the
guided model was shown gold alignments, so it is no fair contest for the others; the unguided one
was shown translations only, as they were.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sheetformer.corpus.phrases import Links, Pair
from sheetformer.models.align import Errors, align_pairs
from sheetformer.models.decode import load_translator
from sheetformer.models.train.material import gather
from sheetformer.models.train.options import Options

Aligner = Callable[[Sequence[Pair], Sequence[Pair]], list[Links]]


def by_translator(name: str) -> Aligner:
    """Align with a translator that comes with the package; it learns nothing here."""

    def align(train: Sequence[Pair], test: Sequence[Pair]) -> list[Links]:
        del train
        return align_pairs(test, load_translator(name))

    return align


def by_ibm1(train: Sequence[Pair], test: Sequence[Pair]) -> list[Links]:
    """Align with IBM Model 1 (Brown et al. 1993) of nltk, ten rounds."""
    from nltk.translate import AlignedSent, IBMModel1

    sentences = [AlignedSent(list(pair.target), list(pair.source)) for pair in (*train, *test)]
    IBMModel1(sentences, 10)
    return [
        tuple((i, j) for j, i in sentence.alignment if i is not None)
        for sentence in sentences[len(train) :]
    ]


def by_fast_align(train: Sequence[Pair], test: Sequence[Pair]) -> list[Links]:
    """Align with fast_align (Dyer et al. 2013), as systran-align has it, both directions joined."""
    from systran_align import Aligner as FastAlign
    from systran_align import generate_alignment_probabilities

    with tempfile.TemporaryDirectory() as name:
        text, forward, backward = (
            str(Path(name) / part) for part in ("text", "forward", "backward")
        )
        lines = [f"{' '.join(p.source)} ||| {' '.join(p.target)}\n" for p in (*train, *test)]
        Path(text).write_text("".join(lines), encoding="utf-8")
        generate_alignment_probabilities(text, forward, backward, favor_diagonal=True)
        aligner = FastAlign(forward, backward)
        sources = [list(pair.source) for pair in test]
        found = aligner.align_batch(sources, [list(pair.target) for pair in test])
    return [tuple((int(i), int(j)) for i, j in each["alignments"]) for each in found]


def error_rate(found: Iterable[Links], gold: Sequence[Pair]) -> float:
    """Measure the alignment error rate of a test set."""
    errors = Errors()
    for links, pair in zip(found, gold, strict=True):
        errors.count(links, pair)
    return errors.rate or 0.0


ROWS: tuple[tuple[str, Aligner, str], ...] = (
    ("guided translator", by_translator("translator"), "train pairs with gold links"),
    ("two heads, guided", by_translator("translator_two_heads"), "train pairs with gold links"),
    ("unguided translator", by_translator("translator_unguided"), "train pairs, no links"),
    ("IBM Model 1 (nltk)", by_ibm1, "train and test pairs, no links"),
    ("fast_align", by_fast_align, "train and test pairs, no links"),
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, help="training pairs for the others; else all")
    count = parser.parse_args().sentences
    parts = gather(Options()).parts
    train, test = parts.train[:count], parts.test
    print(f"{len(test)} held-out pairs; {len(train)} training pairs for those that learn here\n")
    print(f"{'':22}{'AER':>8}{'seconds':>9}  saw")
    for name, align, saw in ROWS:
        start = time.perf_counter()
        try:
            rate = error_rate(align(train, test), test)
        except ImportError as error:
            print(f"{name:22}  not installed: pip install {error.name}")
            continue
        print(f"{name:22}{rate:8.4f}{time.perf_counter() - start:9.2f}  {saw}")


if __name__ == "__main__":
    main()
