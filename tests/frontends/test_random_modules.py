"""Random small modules of the supported layers: their books are PyTorch in float64."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.engines.base import Engine

from ..support import assert_book_recalculates
from .models import stirred

WORDS = 7
"""Tokens that the embedding knows."""


class Residual(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return x + self.inner(x)


class Looking(nn.Module):
    """Attention to itself, as a module of one input."""

    def __init__(self, width: int, heads: int, causal: bool, weights: bool) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.causal, self.weights = causal, weights

    def forward(self, x: Tensor) -> Tensor:
        mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1) if self.causal else None
        return self.attention(x, x, x, attn_mask=mask, need_weights=self.weights)[0]


class Decoding(nn.Module):
    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x, x.flip(1))


class First(nn.Module):
    """The outputs of a recurrent layer, without its last state."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x)[0]


def _transformer(kind: Any) -> Callable[[Random, int], nn.Module]:
    def make(rng: Random, width: int) -> nn.Module:
        return kind(
            width, rng.choice((1, 2)), rng.choice((3, 6)), batch_first=True,
            norm_first=rng.random() < 0.5, activation=rng.choice(("relu", "gelu")),
            bias=rng.random() < 0.8,
        )  # fmt: skip

    return make


LAYERS: dict[str, Callable[[Random, int], nn.Module]] = {
    "linear": lambda rng, d: nn.Linear(d, d, bias=rng.random() < 0.7),
    "layer norm": lambda rng, d: nn.LayerNorm(d, elementwise_affine=rng.random() < 0.7),
    "rms norm": lambda rng, d: nn.RMSNorm(d, eps=rng.choice((None, 1e-6))),
    "activation": lambda rng, _: rng.choice(
        (nn.GELU(), nn.GELU("tanh"), nn.SiLU(), nn.ReLU(), nn.Tanh(), nn.Sigmoid(), nn.ELU())
    ),
    "softmax": lambda rng, _: nn.Softmax(rng.choice((-1, -2))),
    "attention": lambda rng, d: Looking(
        d, rng.choice((1, 2)), rng.random() < 0.5, rng.random() < 0.5
    ),
    "gru": lambda _, d: First(nn.GRU(d, d, batch_first=True)),
    "lstm": lambda _, d: First(nn.LSTM(d, d, batch_first=True)),
    "encoder layer": _transformer(nn.TransformerEncoderLayer),
    "decoder layer": lambda rng, d: Decoding(_transformer(nn.TransformerDecoderLayer)(rng, d)),
}


def random_model(rng: Random) -> tuple[nn.Module, Tensor]:
    """A few layers after one another, some with a residual, on numbers or on tokens."""
    width = rng.choice((2, 4))
    torch.manual_seed(rng.randrange(2**31))
    words = rng.randint(1, 4)
    batch = rng.choice((1, 1, 2))
    tokens = rng.random() < 0.4
    layers = [nn.Embedding(WORDS, width)] if tokens else []
    for _ in range(rng.randint(1, 3)):
        layer = LAYERS[rng.choice(list(LAYERS))](rng, width)
        layers.append(Residual(layer) if rng.random() < 0.3 else layer)
    x = torch.randint(0, WORDS, (batch, words)) if tokens else torch.randn(batch, words, width)
    return stirred(nn.Sequential(*layers)), x


def books_of(model: nn.Module, x: Tensor) -> list[Book]:
    """The model in both styles; the result must be what PyTorch computes by itself."""
    own = copy.deepcopy(model).double()
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.no_grad():
            expected = own(x.double() if x.is_floating_point() else x).numpy()
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
    books = [sf.record(model, x, formulas=style) for style in ("matrix", "cell")]
    for book in books:
        assert any(_is(book, name, expected) for name in book), (model, x)
    return books


def _is(book: Book, name: str, expected: np.ndarray) -> bool:
    block = book.blocks[name]
    model = not name.startswith(("ref_", "check_")) and not block.node.is_source
    return (
        model
        and book[name].value.size == expected.size
        and np.allclose(book[name].value.ravel(), expected.ravel(), rtol=1e-9, atol=1e-9)
    )


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(rng=st.randoms(use_true_random=False))
def test_a_random_module_recalculates(ironcalc: Engine, rng: Random) -> None:
    assert_book_recalculates(books_of(*random_model(rng)), ironcalc)


@pytest.mark.libreoffice
def test_random_modules_recalculate_in_libreoffice(libreoffice: Engine) -> None:
    books = [book for seed in range(8) for book in books_of(*random_model(Random(seed)))]
    assert_book_recalculates(books, libreoffice)
