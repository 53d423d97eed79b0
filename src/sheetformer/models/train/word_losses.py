"""What the lesson's layer is asked for: a loss a wish, from which its five lessons are learned."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from sheetformer.models.train.word_layer import LayerParameters, WordBatch, row_exists


def recovery_loss(
    parameters: LayerParameters, batch: WordBatch, blend: Tensor, temperature: float
) -> Tensor:
    """Ask that the target word nearest to the blend, by cosine, be the word that attended.

    Shapes: blend (sentences, target words, d_model) → ().
    """
    words = normalize(parameters.target_embeddings[1:], dim=1)
    similarity = normalize(blend, dim=-1) @ words.T
    written = batch.target > 0
    return cross_entropy(temperature * similarity[written], batch.target[written] - 1)


def guidance_loss(batch: WordBatch, weights: Tensor, smoothing: float) -> Tensor:
    """Compare the attention with the gold alignment, by cross-entropy.

    Shapes: weights (sentences, target words, rows) → ().

    Source: Chen et al., "Guided Alignment Training for Topic-Aware Neural Machine Translation"
    (2016); Garg et al., "Jointly Learning to Align and Translate with Transformer Models" (2019).
    """
    rows = row_exists(batch)
    guide = (1 - smoothing) * batch.gold + smoothing * rows / rows.sum(-1, keepdim=True)
    terms = guide * weights.clamp(min=1e-9).log()
    return -terms.sum(-1)[batch.target > 0].mean()


class WordLinks(NamedTuple):
    """Aligned words: their numbers without the empty word, and how much each link counts."""

    source: Tensor
    target: Tensor
    weight: Tensor


def aligned_words(batch: WordBatch) -> WordLinks:
    """Collect every aligned pair of words; a frequent one counts by the root of its frequency."""
    counts: Counter[tuple[int, int]] = Counter()
    # In a phrase row it is open which word means what; the other sentences say it.
    single = batch.source[:, :, 1] == 0
    for sentence, column, row in torch.nonzero(batch.gold * single.unsqueeze(1)).tolist():
        source, target = batch.source[sentence, row, 0], batch.target[sentence, column]
        counts[int(source) - 1, int(target) - 1] += 1
    order = sorted(counts)
    weight = torch.tensor([float(counts[link]) for link in order]).sqrt()
    numbers = torch.tensor(order)
    return WordLinks(numbers[:, 0], numbers[:, 1], weight / weight.sum())


def closeness_loss(parameters: LayerParameters, links: WordLinks, spread: float) -> Tensor:
    """Draw translations close and all else away in the plane of the chart, in both directions: ().

    Source: InfoNCE, van den Oord et al., "Representation Learning with Contrastive Predictive
    Coding" (2018), equation 4, over squared distances.
    """
    source = parameters.source_embeddings[1:, :2]
    target = parameters.target_embeddings[1:, :2]
    # (source words, target words)
    closeness = -(source.unsqueeze(1) - target.unsqueeze(0)).square().sum(-1) / spread
    both = closeness.log_softmax(0) + closeness.log_softmax(1)
    return -(links.weight * both[links.source, links.target]).sum()


def kinship_loss(table: Tensor, kinds: Tensor, sharpness: float) -> Tensor:
    """Ask that the words most like a word, by cosine, be of its own kind: (words, d) → ().

    Source: the supervised contrastive loss of Khosla et al., "Supervised Contrastive Learning"
    (2020), with the sum outside the logarithm (equation 2).
    """
    words = normalize(table[1:], dim=1)
    itself = torch.eye(len(words), dtype=torch.bool)
    likeness = (sharpness * words @ words.T).masked_fill(itself, -torch.inf)
    same = (kinds.unsqueeze(0) == kinds.unsqueeze(1)) & ~itself
    surprise = -likeness.log_softmax(1).masked_fill(~same, 0.0)
    return (surprise.sum(1) / same.sum(1).clamp(min=1)).mean()


def likeness_loss(parameters: LayerParameters, links: WordLinks, sharpness: float) -> Tensor:
    """Ask that translations be most alike, by cosine, in both directions: ()."""
    source = normalize(parameters.source_embeddings[1:], dim=1)
    target = normalize(parameters.target_embeddings[1:], dim=1)
    likeness = sharpness * source @ target.T  # (source words, target words)
    both = likeness.log_softmax(0) + likeness.log_softmax(1)
    return -(links.weight * both[links.source, links.target]).sum()
