"""How good a translator is on sentences that it never saw (NumPy)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetformer.corpus.phrases import Pair
from sheetformer.models.align import Errors, align_pairs
from sheetformer.models.decode import Translator, generate_translation


@dataclass(frozen=True)
class Evaluation:
    """How good a translator is on sentences it never saw.

    `exact` is the share of sentences translated word for word, `error_rate` the alignment error
    rate (none without a gold alignment), `wrong` the first sentences that went wrong.
    """

    sentences: int
    exact: float
    error_rate: float | None
    wrong: tuple[str, ...] = ()

    def __str__(self) -> str:
        known = "" if self.error_rate is None else f", alignment error rate {self.error_rate:.4f}"
        return f"{self.exact:.4f} of {self.sentences:,} sentences exact{known}"


def evaluate(translator: Translator, pairs: Sequence[Pair]) -> Evaluation:
    """Translate held-out sentences as a user would, and align them."""
    return judge(
        translator, pairs, [generate_translation(pair.source, translator).words for pair in pairs]
    )


def judge(
    translator: Translator, pairs: Sequence[Pair], written: Sequence[tuple[str, ...]]
) -> Evaluation:
    """Compare what was written with what should be, and align the pairs themselves."""
    wrong = [
        f"{' '.join(pair.source)} → {' '.join(words)} (not {' '.join(pair.target)})"
        for pair, words in zip(pairs, written, strict=True)
        if words != pair.target
    ]
    errors = Errors()
    linked = [pair for pair in pairs if pair.sure]
    for pair, found in zip(linked, align_pairs(linked, translator), strict=True):
        errors.count(found, pair)
    return Evaluation(len(pairs), 1 - len(wrong) / len(pairs), errors.rate, tuple(wrong[:10]))
