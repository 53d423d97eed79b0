"""How many target words a second the translator learns from, beside PyTorch's own Transformer.

    python benchmarks/training.py [--steps 200]

Both have the same sizes, see the same batches in this process, on one thread, and take turns; only
the ratio says something about the code. The peer is `torch.nn.Transformer`, whose attention is
fused and shows no weights, so it learns without the alignment loss and does a little less.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from sheetformer.models.train.batches import Batch, to_batch
from sheetformer.models.train.learning import guidance_loss, translation_loss
from sheetformer.models.train.material import gather
from sheetformer.models.train.model import Shape, TranslatorModel, positional_encoding
from sheetformer.models.train.options import Options

BATCHES = 50


class Peer(nn.Module):
    """The same network, put together from PyTorch's own parts."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.d_model = shape.d_model
        self.source = nn.Embedding(shape.source_words, shape.d_model)
        self.target = nn.Embedding(shape.target_words, shape.d_model)
        self.transformer = nn.Transformer(
            shape.d_model, shape.heads, shape.layers, shape.layers, shape.d_ff, dropout=0.0,
            batch_first=True, norm_first=True,
        )  # fmt: skip
        self.out = nn.Linear(shape.d_model, shape.target_words)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Score every next word: (b, n, target words)."""
        later = torch.ones(target.shape[1], target.shape[1], dtype=torch.bool).triu(1)
        x, y = self._place(self.source(source)), self._place(self.target(target))
        empty = source == 0
        blend = self.transformer(
            x, y, tgt_mask=later, src_key_padding_mask=empty, memory_key_padding_mask=empty
        )
        return self.out(blend)

    def _place(self, x: Tensor) -> Tensor:
        return x * math.sqrt(self.d_model) + positional_encoding(x.shape[1], self.d_model)


def ours(model: nn.Module, batch: Batch) -> Tensor:
    """Lose as `sheetformer train translator` does."""
    logits, weights = model(batch.source, batch.read)
    return translation_loss(logits, batch.written) + 0.3 * guidance_loss(weights[:, 0], batch, 0.15)


def theirs(model: nn.Module, batch: Batch) -> Tensor:
    """Lose on the words alone."""
    return translation_loss(model(batch.source, batch.read), batch.written)


def words_a_second(
    model: nn.Module, loss: Callable[[nn.Module, Batch], Tensor], batches: list[Batch], steps: int
) -> float:
    """Take steps and count the target words, end tokens too."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    words, start = 0, time.perf_counter()
    for step in range(steps):
        batch = batches[step % len(batches)]
        optimizer.zero_grad()
        loss(model, batch).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        words += int((batch.written > 0).sum())
    return words / (time.perf_counter() - start)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200)
    steps = parser.parse_args().steps
    torch.set_num_threads(1)
    torch.manual_seed(0)
    parts = gather(Options()).parts
    words = parts.vocabulary()
    data = to_batch(parts.train[: 128 * BATCHES], words)
    batches = [Batch(*(part[i : i + 128] for part in data)) for i in range(0, 128 * BATCHES, 128)]
    print(f"target words a second, one thread, batches of 128, {steps} steps, best of three\n")
    print(f"{'d_model':>8}{'heads':>6}{'layers':>7}{'ours':>10}{'peer':>10}{'ratio':>7}")
    for d_model, heads, layers in ((8, 1, 1), (8, 2, 1), (64, 4, 2)):
        shape = Shape(len(words.source), len(words.target), d_model, heads, layers, 4 * d_model)
        models = ((TranslatorModel(shape), ours), (Peer(shape), theirs))
        for model, loss in models:
            words_a_second(model, loss, batches, 5)
        turns = [[words_a_second(m, loss, batches, steps) for m, loss in models] for _ in range(3)]
        own, peer = (max(column) for column in zip(*turns, strict=True))
        print(f"{d_model:8}{heads:6}{layers:7}{own:10,.0f}{peer:10,.0f}{own / peer:7.2f}")


if __name__ == "__main__":
    main()
