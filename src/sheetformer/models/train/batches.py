"""Sentence pairs as tensors of word numbers, in the order that training sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from sheetformer.corpus.phrases import Pair
from sheetformer.corpus.vocabulary import BEGIN_INDEX, END_INDEX, Numbers, Vocabulary


class Batch(NamedTuple):
    """Sentences as word numbers, 0 where there is none; n counts the end token too.

    Shapes: source (b, m); read and written (b, n), what the decoder reads and should write;
    sure and possible (b, n, m), true where the gold alignment has a link.
    """

    source: Tensor
    read: Tensor
    written: Tensor
    sure: Tensor
    possible: Tensor

    def pick(self, chosen: Tensor) -> Batch:
        """Some of the sentences by their numbers (b,), in that order: parts (n, …) → (b, …)."""
        return Batch(*(part[chosen] for part in self))

    def to(self, device: torch.device) -> Batch:
        """The same on a device."""
        return Batch(*(part.to(device) for part in self))


def to_batch(pairs: Sequence[Pair], words: Vocabulary) -> Batch:
    """Write pairs as numbers, padded to the longest.

    Raises:
        WordError: A word is not in the vocabulary.
    """
    source_number, target_number = Numbers(words.source, "source"), Numbers(words.target, "target")
    columns = max(len(pair.source) for pair in pairs)
    rows = max(len(pair.target) for pair in pairs) + 1
    linked = rows * columns if any(pair.sure for pair in pairs) else 0
    batch = Batch(
        *(torch.zeros(len(pairs), n, dtype=torch.long) for n in (columns, rows, rows)),
        *(torch.zeros(len(pairs), rows, columns if linked else 0, dtype=torch.bool) for _ in "sp"),
    )
    for number, pair in enumerate(pairs):
        target = target_number(pair.target)
        batch.source[number, : len(pair.source)] = torch.tensor(source_number(pair.source))
        batch.read[number, : len(target) + 1] = torch.tensor([BEGIN_INDEX, *target])
        batch.written[number, : len(target) + 1] = torch.tensor([*target, END_INDEX])
        for part, links in ((batch.sure, pair.sure), (batch.possible, pair.sure + pair.possible)):
            for i, j in links:
                part[number, j, i] = True
    return batch
