"""The functions of the Transformer give PyTorch's numbers, and their books recalculate to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sheetformer.engines.base import Engine
from sheetformer.frontends.numpy.trace import trace
from sheetformer.graph import nn

from ..support import assert_book_recalculates

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed: pip install sheetformer[torch]"
)
F = torch.nn.functional

RNG = np.random.default_rng(7)
N, M, D, HEADS = 3, 4, 6, 2


def _some(*shape: int) -> Any:
    return np.round(RNG.normal(size=shape), 3)


X, GAIN, BIAS, WEIGHT = _some(N, D), _some(D), _some(D), _some(M, D)
Q, K, V = _some(2, N, D), _some(2, M, D), _some(2, M, 2)
MASK = np.array([[1, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 0]], dtype=bool)
NOWHERE = MASK & np.array([[True], [False], [True]])
MEMORY, WEIGHTS = _some(M, D), [_some(D, D) for _ in range(4)]


def _multi_head(q: Any, memory: Any, *w: Any, mask: Any = None) -> Any:
    layer = torch.nn.MultiheadAttention(D, HEADS, bias=False, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        layer.in_proj_weight.copy_(torch.cat([x.T for x in w[:3]]))
        layer.out_proj.weight.copy_(w[3].T)
    hidden = None if mask is None else torch.tensor(~mask)
    return layer(q, memory, memory, attn_mask=hidden, need_weights=False)[0]


def _attend(mask: Any = None) -> Callable[..., Any]:
    given = None if mask is None else torch.tensor(mask)
    return lambda *a: F.scaled_dot_product_attention(*a, attn_mask=given)


CASES: dict[str, tuple[Callable[..., Any], Callable[..., Any], tuple[Any, ...]]] = {
    "softmax": (nn.softmax, lambda x: F.softmax(x, -1), (X,)),
    "softmax of large numbers": (nn.softmax, lambda x: F.softmax(x, -1), (X * 400,)),
    "softmax of a column": (lambda x: nn.softmax(x, axis=0), lambda x: F.softmax(x, 0), (X,)),
    "softmax of one": (nn.softmax, lambda x: F.softmax(x, -1), (X[:, :1],)),
    "softmax of a row": (nn.softmax, lambda x: F.softmax(x, -1), (X[0],)),
    "log_softmax": (nn.log_softmax, lambda x: F.log_softmax(x, -1), (Q,)),
    "layer_norm": (nn.layer_norm, lambda x: F.layer_norm(x, (D,)), (X,)),
    "layer_norm with all": (
        nn.layer_norm, lambda x, g, b: F.layer_norm(x, (D,), g, b), (Q, GAIN, BIAS),
    ),
    "rms_norm": (nn.rms_norm, lambda x, g: F.rms_norm(x, (D,), g, eps=1e-6), (X, GAIN)),
    "gelu": (nn.gelu, F.gelu, (X,)),
    "silu": (nn.silu, F.silu, (X,)),
    "sigmoid": (nn.sigmoid, torch.sigmoid, (X,)),
    "relu": (nn.relu, F.relu, (X,)),
    "linear": (nn.linear, F.linear, (Q, WEIGHT, _some(M))),
    "linear without bias": (nn.linear, F.linear, (X, WEIGHT)),
    "attention": (nn.attention, _attend(), (X, MEMORY, MEMORY)),
    "attention of one word": (nn.attention, _attend(), (X[:1], MEMORY[:1], MEMORY[:1])),
    "attention of heads": (nn.attention, _attend(), (Q, K, V)),
    "masked": (lambda *a: nn.attention(*a, mask=MASK), _attend(MASK), (Q, K, V)),
    "causal": (
        lambda x: nn.attention(x, x, x, np.tril(np.ones((N, N)))),
        lambda x: F.scaled_dot_product_attention(x, x, x, is_causal=True), (X,),
    ),
    "masked by an input": (nn.attention, lambda *a: _attend(MASK)(*a[:3]), (Q, K, V, MASK)),
    "a row that looks nowhere": (
        lambda *a: nn.attention(*a, mask=NOWHERE), _attend(NOWHERE), (Q, K, V),
    ),
    "multi_head": (
        lambda *a: nn.multi_head_attention(*a, HEADS), _multi_head, (X, MEMORY, *WEIGHTS),
    ),
    "multi_head of itself": (
        lambda x, *w: nn.multi_head_attention(x, x, *w, HEADS),
        lambda x, *w: _multi_head(x, x, *w), (X, *WEIGHTS),
    ),
    "multi_head masked": (
        lambda *a: nn.multi_head_attention(*a, HEADS, mask=MASK),
        lambda *a: _multi_head(*a, mask=MASK), (X, MEMORY, *WEIGHTS),
    ),
}  # fmt: skip


def _result(name: str, style: str = "matrix") -> tuple[Any, Any]:
    ours, _, given = CASES[name]
    book = trace(lambda *inputs: {"": ours(*inputs)}, *given, formulas=style)
    last = list(book)[-1]
    return book, book[last].value


@pytest.mark.parametrize("name", CASES)
def test_numbers_are_those_of_pytorch(name: str) -> None:
    ours, theirs, given = CASES[name]
    with torch.no_grad():
        expected = theirs(*(torch.tensor(x, dtype=torch.float64) for x in given)).numpy()
    np.testing.assert_allclose(ours(*given), expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(_result(name)[1], expected, rtol=1e-9, atol=1e-9)


def test_their_books_recalculate(engine: Engine) -> None:
    books = [_result(name, style)[0] for name in CASES for style in ("matrix", "cell")]
    assert_book_recalculates(books, engine)


def test_a_row_that_looks_nowhere_is_zero() -> None:
    book, blend = _result("a row that looks nowhere")
    assert blend[:, 1].tolist() == [[0.0, 0.0]] * 2
    assert book["weights"].value[:, 1].tolist() == [[0.0] * M] * 2
