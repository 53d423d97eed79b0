"""The lesson's own cross-attention layer in PyTorch, and sentences as the numbers that it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from sheetformer.corpus.word_pairs import KINDS, Example, target_kinds


class LayerParameters(NamedTuple):
    """Everything learned. Tables: (words, d_model), row 0 empty; matrices: (d_model, d_model)."""

    source_embeddings: Tensor
    target_embeddings: Tensor
    w_q: Tensor
    w_k: Tensor
    w_v: Tensor


class WordLists(NamedTuple):
    """Sorted words behind the empty one."""

    source: tuple[str, ...]
    target: tuple[str, ...]


class WordBatch(NamedTuple):
    """Sentences as word numbers, 0 where there is none.

    Shapes: source (sentences, rows, words of a row), target (sentences, target words),
    gold (sentences, target words, rows).
    """

    source: Tensor
    target: Tensor
    gold: Tensor


def word_lists(examples: Sequence[Example]) -> WordLists:
    """Collect the words of both languages."""
    source = {word for example in examples for row in example.rows for word in row}
    target = {word for example in examples for word in example.target}
    return WordLists(("", *sorted(source)), ("", *sorted(target)))


def to_word_batch(examples: Sequence[Example], words: WordLists) -> WordBatch:
    """Write the examples as word numbers and gold alignments whose rows add up to one."""
    index = {word: number for number, word in enumerate(words.source)}
    target_index = {word: number for number, word in enumerate(words.target)}
    rows = max(len(example.rows) for example in examples)
    columns = max(len(example.target) for example in examples)
    source = torch.zeros(len(examples), rows, 2, dtype=torch.long)
    target = torch.zeros(len(examples), columns, dtype=torch.long)
    gold = torch.zeros(len(examples), columns, rows)
    for number, example in enumerate(examples):
        for place, row in enumerate(example.rows):
            source[number, place, : len(row)] = torch.tensor([index[word] for word in row])
        for place, word in enumerate(example.target):
            target[number, place] = target_index[word]
            gold[number, place, sorted(example.gold[place])] = 1 / len(example.gold[place])
    return WordBatch(source, target, gold)


def initial(words: WordLists, d_model: int, generator: torch.Generator) -> LayerParameters:
    """Start with random words and with matrices near the identity."""

    def table(length: int) -> Tensor:
        return torch.randn(length, d_model, generator=generator)

    def matrix() -> Tensor:
        return torch.eye(d_model) + 0.1 * torch.randn(d_model, d_model, generator=generator)

    tables = table(len(words.source)), table(len(words.target))
    return LayerParameters(
        *(each.requires_grad_() for each in (*tables, matrix(), matrix(), matrix()))
    )


def attend(parameters: LayerParameters, batch: WordBatch) -> tuple[Tensor, Tensor]:
    """Attend from target words to source rows: the weights, then the blends of values.

    Shapes: weights (sentences, target words, rows), blends (sentences, target words, d_model).
    Source: Vaswani et al., "Attention Is All You Need" (2017), section 3.2.1, equation 1.
    """
    present = (batch.source > 0).unsqueeze(-1)
    count = present.sum(2).clamp(min=1)
    source = (parameters.source_embeddings[batch.source] * present).sum(2) / count
    query = parameters.target_embeddings[batch.target] @ parameters.w_q
    key = source @ parameters.w_k
    value = source @ parameters.w_v
    scores = query @ key.transpose(1, 2) / math.sqrt(parameters.w_q.shape[0])
    weights = scores.masked_fill(~row_exists(batch), -torch.inf).softmax(-1)
    return weights, weights @ value


def row_exists(batch: WordBatch) -> Tensor:
    """Whether a sentence has a row: (sentences, 1, rows)."""
    return (batch.source[:, :, 0] > 0).unsqueeze(1)


def word_kinds(examples: Sequence[Example], words: WordLists) -> tuple[Tensor, Tensor]:
    """The kinds of the source and of the target words as numbers, without the empty word."""
    target = target_kinds(examples)
    names = sorted(set(KINDS.values()))
    return (
        torch.tensor([names.index(KINDS[word]) for word in words.source[1:]]),
        torch.tensor([names.index(target[word]) for word in words.target[1:]]),
    )
