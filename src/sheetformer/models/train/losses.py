"""What a translator is asked for, and how well it does: its two losses and its two measures."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, pad

from sheetformer.corpus.vocabulary import END_INDEX
from sheetformer.models.align import SHARE
from sheetformer.models.train.batches import Batch
from sheetformer.models.train.model import TranslatorModel, greedy

AT_ONCE = 512
"""How many sentences are measured at once."""


def translation_loss(logits: Tensor, written: Tensor) -> Tensor:
    """Sum the cross-entropy of the words to write: (words to write, words), (b, n) → ()."""
    return cross_entropy(logits, written[written > 0], reduction="sum")


def guidance_loss(weights: Tensor, batch: Batch, smoothing: float) -> Tensor:
    """Sum the cross-entropy of each attention row with the gold alignment: (b, n, m) → ().

    A share of the gold is spread over the sentence, so that rows never become 1 and 0. Rows without
    a gold link, as that of the end token, are free. Source: Chen et al., "Guided Alignment Training
    for Topic-Aware Neural Machine Translation" (2016); Garg et al., "Jointly Learning to Align and
    Translate with Transformer Models" (2019), section 4.
    """
    present = (batch.source > 0).unsqueeze(1)  # (b, 1, m)
    links = batch.sure.sum(-1, keepdim=True)  # (b, n, 1)
    gold = (1 - smoothing) * batch.sure / links.clamp(min=1)
    guide = gold + smoothing * present / present.sum(-1, keepdim=True)
    terms = -(guide * weights.clamp(min=1e-9).log()).sum(-1)  # (b, n)
    return (terms * (links.squeeze(-1) > 0)).sum()


@torch.no_grad()
def exact_and_error_rate(
    model: TranslatorModel, batch: Batch, *, guided: bool
) -> tuple[float, float]:
    """Share of sentences that are translated right, and alignment error rate (NaN without gold).

    Source: Och and Ney, "A Systematic Comparison of Various Statistical Alignment Models" (2003),
    equation 20. The alignment is read while the model is given the right words.
    """
    right, hits, links = 0, 0, 0
    for start in range(0, len(batch.source), AT_ONCE):
        part = Batch(*(each[start : start + AT_ONCE] for each in batch))
        length = part.written.shape[1]
        written = greedy(model, part.source, length)
        written = pad(written, (0, length - written.shape[1]))
        right += int((written == part.written).all(1).sum())
        if not part.sure.shape[-1]:
            continue
        heads = model(part.source, part.read)[1]  # (b, h, n, m)
        weights = heads[:, 0] if guided else heads.mean(1)
        found = weights >= SHARE * weights.max(-1, keepdim=True).values
        found &= (part.written > END_INDEX).unsqueeze(-1)
        hits += int((found & part.sure).sum() + (found & part.possible).sum())
        links += int(found.sum() + part.sure.sum())
    return right / len(batch.source), 1 - hits / links if links else math.nan
