"""The Transformer of "Attention Is All You Need" (Vaswani et al. 2017) in plain PyTorch.

Sections and equations named below are of that paper. Everything is written out: no `nn.Linear`
(its matrix lies on its side), no fused attention. A row of numbers is a word and is multiplied from
the left, `x @ W`, as in the paper and as in a sheet. Shapes: b sentences, n words that ask, m words
that answer, h heads, d = d_model.

One thing is not as in the paper: x + Sublayer(LayerNorm(x)) instead of its LayerNorm(x +
Sublayer(x)), after Xiong et al., "On Layer Normalization in the Transformer Architecture" (2020).
With 8 numbers a word this learns faster and ends with fewer mistakes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sheetformer.corpus.vocabulary import BEGIN_INDEX, EMPTY_INDEX, END_INDEX
from sheetformer.graph.nn import HIDDEN
from sheetformer.models.transformer import EPSILON


@dataclass(frozen=True)
class Shape:
    """How large a translator is (section 3.1; the paper's base model: 512, 8, 6, 2048)."""

    source_words: int
    target_words: int
    d_model: int = 8
    heads: int = 1
    layers: int = 1
    d_ff: int = 32


def positional_encoding(
    length: int, d_model: int, precision: torch.dtype = torch.float32
) -> Tensor:
    """Sines and cosines of each position: (length, d). Section 3.5."""
    position = torch.arange(length, dtype=precision).unsqueeze(1)
    even = torch.arange(0, d_model, 2, dtype=precision)
    angle = position / 10_000 ** (even / d_model)  # (length, d / 2)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).reshape(length, -1)[:, :d_model]


class MultiHeadAttention(nn.Module):
    """softmax(Q Kᵀ / √d_k) V, in h heads side by side. Section 3.2.2, equation 1."""

    def __init__(self, d_model: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.w_q, self.w_k, self.w_v, self.w_o = (matrix(d_model, d_model) for _ in range(4))

    def forward(self, asking: Tensor, answering: Tensor, visible: Tensor) -> tuple[Tensor, Tensor]:
        """Blend the answering words for each asking word.

        Shapes: asking (b, n, d), answering (b, m, d), visible broadcasts to (b, h, n, m).

        Returns:
            The blends (b, n, d) and the attention weights (b, h, n, m).
        """
        query = self._split(asking @ self.w_q)  # (b, h, n, d_k)
        key = self._split(answering @ self.w_k)  # (b, h, m, d_k)
        value = self._split(answering @ self.w_v)  # (b, h, m, d_k)
        scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])  # (b, h, n, m)
        weights = scores.masked_fill(~visible, HIDDEN).softmax(-1)
        heads = weights @ value  # (b, h, n, d_k)
        return heads.transpose(1, 2).flatten(2) @ self.w_o, weights

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


class FeedForward(nn.Module):
    """max(0, x W₁ + b₁) W₂ + b₂ for each word alone. Section 3.3, equation 2."""

    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.w_1, self.b_1 = matrix(d_model, d_ff), nn.Parameter(torch.zeros(d_ff))
        self.w_2, self.b_2 = matrix(d_ff, d_model), nn.Parameter(torch.zeros(d_model))

    def forward(self, x: Tensor) -> Tensor:
        """Transform each word: (b, n, d) → (b, n, d)."""
        return (x @ self.w_1 + self.b_1).relu() @ self.w_2 + self.b_2


class LayerNorm(nn.Module):
    """Mean 0 and variance 1 along each row, then a gain and a bias (Ba et al. 2016, equation 4)."""

    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.gain, self.bias = nn.Parameter(torch.ones(d_model)), nn.Parameter(torch.zeros(d_model))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise each row: (b, n, d) → (b, n, d)."""
        return nn.functional.layer_norm(x, self.gain.shape, self.gain, self.bias, EPSILON)


class EncoderLayer(nn.Module):
    """Self-attention, then feed-forward; each is added to its input. Section 3.1."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.self_attention = MultiHeadAttention(shape.d_model, shape.heads)
        self.norm_1 = LayerNorm(shape.d_model)
        self.feed_forward = FeedForward(shape.d_model, shape.d_ff)
        self.norm_2 = LayerNorm(shape.d_model)

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        """Let source words look at each other: (b, m, d) → (b, m, d)."""
        normal = self.norm_1(x)
        blend, _ = self.self_attention(normal, normal, present)
        x = x + blend
        return x + self.feed_forward(self.norm_2(x))


class DecoderLayer(nn.Module):
    """Masked self-attention, attention to the source, feed-forward. Section 3.1 and figure 1."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.self_attention = MultiHeadAttention(shape.d_model, shape.heads)
        self.norm_1 = LayerNorm(shape.d_model)
        self.cross_attention = MultiHeadAttention(shape.d_model, shape.heads)
        self.norm_2 = LayerNorm(shape.d_model)
        self.feed_forward = FeedForward(shape.d_model, shape.d_ff)
        self.norm_3 = LayerNorm(shape.d_model)

    def forward(
        self, x: Tensor, memory: Tensor, earlier: Tensor, present: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Let target words look at earlier ones and at the source.

        Returns:
            (b, n, d), and the cross-attention weights (b, h, n, m).
        """
        normal = self.norm_1(x)
        blend, _ = self.self_attention(normal, normal, earlier)
        x = x + blend
        blend, weights = self.cross_attention(self.norm_2(x), memory, present)
        x = x + blend
        return x + self.feed_forward(self.norm_3(x)), weights


class TranslatorModel(nn.Module):
    """Encoder, decoder and the choice of the next word. Figure 1.

    Unlike section 3.4, the two embeddings and the output matrix are three tables of their own: at
    d_model 8 one table for all does not learn reliably.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.source_embedding = table(shape.source_words, shape.d_model)
        self.target_embedding = table(shape.target_words, shape.d_model)
        self.encoder = nn.ModuleList(EncoderLayer(shape) for _ in range(shape.layers))
        self.decoder = nn.ModuleList(DecoderLayer(shape) for _ in range(shape.layers))
        self.w_out = nn.Parameter(table(shape.target_words, shape.d_model).detach().T.contiguous())
        self.b_out = nn.Parameter(torch.zeros(shape.target_words))

    def forward(
        self, source: Tensor, target: Tensor, scored: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Score every next word after every target word, or after those of `scored` alone.

        Shapes: source (b, m) and target (b, n) are word numbers, 0 where there is none; scored
        (b, n) is true where the next word counts.

        Returns:
            Logits (b, n, target words), or (scored rows, target words); and the last layer's
            cross-attention (b, h, n, m).
        """
        x, weights = self.read(target, self.encode(source), present(source))
        return self.logits(x if scored is None else x[scored]), weights

    def encode(self, source: Tensor) -> Tensor:
        """Turn source words into the memory that the decoder reads: (b, m) → (b, m, d)."""
        x = self._embed(self.source_embedding, source)
        for layer in self.encoder:
            x = layer(x, present(source))
        return x

    def decode(self, target: Tensor, memory: Tensor, visible: Tensor) -> tuple[Tensor, Tensor]:
        """Read the target so far: (b, n) → logits (b, n, target words), weights (b, h, n, m)."""
        x, weights = self.read(target, memory, visible)
        return self.logits(x), weights

    def logits(self, x: Tensor) -> Tensor:
        """Score every word as the next one: (…, d) → (…, target words)."""
        return x @ self.w_out + self.b_out

    def read(self, target: Tensor, memory: Tensor, visible: Tensor) -> tuple[Tensor, Tensor]:
        """Read the target so far: (b, n) → rows (b, n, d), weights (b, h, n, m)."""
        length = target.shape[1]
        earlier = torch.ones(length, length, dtype=torch.bool, device=target.device).tril()
        x = self._embed(self.target_embedding, target)
        weights = x
        for layer in self.decoder:
            x, weights = layer(x, memory, earlier, visible)
        return x, weights

    def _embed(self, embedding: Tensor, words: Tensor) -> Tensor:
        """Look words up, times √d_model (section 3.4), plus their positions (section 3.5)."""
        d_model = self.shape.d_model
        positions = positional_encoding(words.shape[1], d_model, embedding.dtype)
        return embedding[words] * math.sqrt(d_model) + positions.to(embedding.device)


def present(source: Tensor) -> Tensor:
    """Where a sentence has a word: (b, 1, 1, m)."""
    return (source != EMPTY_INDEX)[:, None, None, :]


def matrix(rows: int, columns: int) -> nn.Parameter:
    """Start a weight matrix as Glorot and Bengio (2010), equation 16, do."""
    return nn.Parameter(nn.init.xavier_uniform_(torch.empty(rows, columns)))


def table(words: int, d_model: int) -> nn.Parameter:
    """Start a table of word vectors whose length is about 1; the empty word is zero."""
    vectors = torch.randn(words, d_model) / math.sqrt(d_model)
    vectors[EMPTY_INDEX] = 0
    return nn.Parameter(vectors)


@torch.no_grad()
def greedy(model: TranslatorModel, source: Tensor, longest: int) -> Tensor:
    """Write the likeliest next word until every sentence has ended: (b, m) → (b, n ≤ longest).

    What stands behind an end token is 0.
    """
    memory, visible = model.encode(source), present(source)
    words = torch.full((len(source), 1), BEGIN_INDEX, device=source.device)
    ended = torch.zeros(len(source), dtype=torch.bool, device=source.device)
    for _ in range(longest):
        logits, _ = model.decode(words, memory, visible)
        chosen = logits[:, -1].argmax(-1).masked_fill(ended, EMPTY_INDEX)
        words = torch.cat([words, chosen.unsqueeze(1)], dim=1)
        ended |= chosen == END_INDEX
        if ended.all():
            break
    return words[:, 1:]
