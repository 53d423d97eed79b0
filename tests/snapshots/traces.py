"""Traced functions and gradients whose files are kept as a snapshot."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np

import sheetformer as sf
from sheetformer import nn

from ..graph.test_numpy_names import FUNCTIONS as NUMPY_NAMES
from ..graph.test_numpy_names import X as NUMPY_X
from ..property import cases
from .books import STYLES
from .texts import Named


def some(*shape: int, seed: int = 0, low: float = -3.0) -> Any:
    """Numbers of two decimals from `low` to 3."""
    return np.random.default_rng([seed, *shape]).uniform(low, 3.0, shape).round(2)


Q, K, V = some(3, 4), some(5, 4), some(5, 2)
X, Y, CUBE, FOUR = some(3, 4, seed=1), some(3, 4, seed=2), some(2, 3, 4), some(2, 2, 3, 4)
POSITIVE, ROW, COLUMN, SQUARE = some(3, 4, low=0.25), some(4), some(3, 1), some(4, 4)
MASK = np.tril(np.ones((3, 5)))
WORDS = np.array([["I", "am"], ["=1+1", 'say "x"'], ["", "a*b"]], dtype=object)
Program = tuple[Callable[..., Any], tuple[Any, ...]]


def my_attention(q: Any, k: Any, v: Any) -> Any:
    """The function of the README."""
    return sf.softmax(q @ k.T / k.shape[-1] ** 0.5) @ v


def encoder_layer(x: Any, w_q: Any, w_k: Any, w_v: Any, w_o: Any, w_1: Any, w_2: Any) -> Any:
    """A whole layer: attention, feed-forward and both norms."""
    x = nn.layer_norm(x + nn.multi_head_attention(x, x, w_q, w_k, w_v, w_o, 2), name="norm_1")
    return nn.layer_norm(x + nn.relu(x @ w_1) @ w_2, name="norm_2")


_LAYER = (X, *(some(4, 4, seed=s) for s in range(4)), some(4, 6), some(6, 4))

FUNCTIONS: dict[str, Program] = {
    "my-attention": (my_attention, (Q, K, V)),
    "attention": (nn.attention, (Q, K, V)),
    "attention-mask": (nn.attention, (Q, K, V, MASK)),
    "attention-fixed-mask": (lambda q, k, v: nn.attention(q, k, v, MASK == 1), (Q, K, V)),
    "attention-stack": (nn.attention, (CUBE, some(2, 5, 4), some(2, 5, 2))),
    "attention-four-axes": (nn.attention, (FOUR, FOUR, FOUR)),
    "multi-head": (lambda x, q, k, v, o: nn.multi_head_attention(x, x, q, k, v, o, 2), _LAYER[:5]),
    "multi-head-mask": (
        lambda x, q, k, v, o: nn.multi_head_attention(x, x, q, k, v, o, 4, np.tri(3)), _LAYER[:5],
    ),
    "encoder-layer": (encoder_layer, _LAYER),
    "layer-norm": (nn.layer_norm, (X, ROW, some(4, seed=3))),
    "layer-norm-plain": (nn.layer_norm, (CUBE,)),
    "rms-norm": (nn.rms_norm, (X, ROW)),
    "softmax": (sf.softmax, (X,)),
    "softmax-axis-0": (lambda x: sf.softmax(x, axis=0), (CUBE,)),
    "softmax-row": (sf.softmax, (ROW,)),
    "log-softmax": (nn.log_softmax, (X,)),
    "gelu": (nn.gelu, (X,)),
    "silu": (nn.silu, (X,)),
    "relu": (nn.relu, (X,)),
    "sigmoid": (nn.sigmoid, (X,)),
    "normal-cdf": (nn.normal_cdf, (X,)),
    "linear": (nn.linear, (X, some(2, 4), some(2))),
    "linear-no-bias": (nn.linear, (CUBE, some(2, 4))),
    "heads": (lambda x: nn.merge_heads(nn.split_heads(x, 2) * 2.0), (X,)),
    "number": (lambda x: x * 2.0 + 1.0, (3.0,)),
    "number-exp": (lambda x, y: np.exp(x) ** y, (0.5, 2.0)),
    "row": (lambda x: x / x.sum(), (ROW,)),
    "row-by-row": (lambda x, y: x @ y, (ROW, some(4, seed=4))),
    "matrix-by-row": (lambda x, y: x @ y, (X, ROW)),
    "row-by-matrix": (lambda x, y: x @ y, (ROW, SQUARE)),
    "stack-by-matrix": (lambda x, y: x @ y, (CUBE, SQUARE)),
    "stack-by-stack": (lambda x, y: x @ y.swapaxes(-1, -2), (FOUR, FOUR)),
    "list": (lambda x: x + x.T, ([[1, 2], [3, 4]],)),
    "three-axes": (lambda x: x - x.mean(axis=-1, keepdims=True), (CUBE,)),
    "four-axes": (lambda x: np.tanh(x).sum(axis=(1, 3)), (FOUR,)),
    "arithmetic": (lambda x, y: (x + y) * (x - y) / (2.0 - y * 0.1) ** 2 - -x, (X, Y)),
    "powers": (lambda x: x**0.5 + x**-1 + x**2 + 2.0**x, (POSITIVE,)),
    "broadcast": (lambda x, r, c: x * r + c - r * c, (X, ROW, COLUMN)),
    "functions": (
        lambda x: np.exp(-x) + np.log(x) * np.sqrt(x) - np.tanh(x) + np.sin(x) * np.cos(x),
        (POSITIVE,),
    ),
    "comparisons": (lambda x, y: (x > y) + (x <= y) * 2.0 + (x == y) * 3.0 + (x != 0), (X, Y)),
    "where": (lambda x, y: np.where(x > y, x, np.where(y > 0, y, -1.0)), (X, Y)),
    "clip": (lambda x: np.clip(x, -1.0, 1.0), (X,)),
    "triangles": (lambda x: np.tril(x) - np.triu(x, 1), (SQUARE,)),
    "causal": (lambda x: sf.softmax(np.where(np.tri(4) == 1, x, -np.inf)), (SQUARE,)),
    "reductions": (lambda x: (x.sum(0), x.mean(1), x.max(2), x.min((0, 1)), x.argmax(-1)), (CUBE,)),
    "reductions-kept": (
        lambda x: x.sum((0, 2), keepdims=True) + x.max(1, keepdims=True) - x.mean(), (CUBE,),
    ),
    "reductions-of-all": (lambda x: (x.sum(), x.mean(), x.max(), x.min(), x.argmax()), (X,)),
    "reductions-four-axes": (lambda x: (x.sum((1, 2)), x.mean((0, 3)), x.max((0, 1, 2))), (FOUR,)),
    "deviations": (lambda x: x.var(0) + x.std(0) + np.var(x, axis=0, ddof=1), (X,)),
    "tuple": (lambda x, y: (x + y, x @ y.T), (X, Y)),
    "dict": (lambda x, y: {"sum": x + y, "product": x @ y.T, "given": x}, (X, Y)),
    "tuple-of-views": (lambda x: (x.T, x[0], x[:, ::-1], x.reshape(2, 6)), (X,)),
    "given-back": (lambda x: x, (X,)),
    "view-needs-copy": (lambda x: x.transpose(2, 0, 1).reshape(4, 6) @ x.reshape(6, 4), (CUBE,)),
    "strided": (lambda x: x[::2, 1:] @ x[::-1, :3].T, (X,)),
    "gathered": (lambda x: x[[2, 0, 0]] @ x[:, [1, 1, 3, 0]].T, (X,)),
    "joined": (lambda x, y: np.concatenate([x, y * 2.0], 1) @ np.concatenate([y, x], 1).T, (X, Y)),
    "stacked": (lambda x, y: np.stack([x, y], 1).sum(0), (X, Y)),
    "diagonal": (lambda x: np.diagonal(x) + np.roll(x, 1, 0)[0], (SQUARE,)),
    "rounds-of-loop": (lambda x: _iterated(x), (SQUARE,)),
    "words": (lambda t, x: np.where(t == "am", x, 0.0), (WORDS, some(3, 2))),
    "words-back": (lambda t: (t.T, t[1:]), (WORDS,)),
    "words-chosen": (lambda t, x: np.where(x > 0, t, "no"), (WORDS, some(3, 2))),
    "places": (lambda table, places: table[places] * 2.0, (X, np.array([[2.0, 0.0], [1.0, 1.0]]))),
    "places-of-words": (lambda t, places: t[places], (WORDS[:, 0], np.array([2.0, 0.0]))),
    "best-word": (lambda t, x: t[x.argmax(-1)], (np.array(list("abcd"), dtype=object), X)),
    "large-numbers": (lambda x: x * 1e12 + 1e-12, (X,)),
    "many-columns": (lambda x: x * 2.0, (some(2, 40),)),
    "many-rows": (lambda x: x @ x.T, (some(60, 2),)),
    "long": (lambda x: x.sum(axis=0), (some(300, 3),)),
    "deep": (lambda x: _deep(x), (X,)),
    "same-names": (lambda input, output: input + output, (X, Y)),
    "odd-names": (lambda R1, C, A1, true: R1 + C + A1 + true, (X, Y, X, Y)),  # noqa: N803
}  # fmt: skip


def _iterated(x: Any) -> Any:
    for _ in range(4):
        x = x / np.maximum(1.0, np.linalg.norm(x, axis=-1, keepdims=True)) @ x
    return x


def _deep(x: Any) -> Any:
    for i in range(12):
        x = np.tanh(x) * (1.0 + i) + x
    return x


def _squares(x: Any, w: Any, y: Any) -> Any:
    return ((x @ w - y) ** 2).mean()


def _attended(q: Any, k: Any, v: Any) -> Any:
    return (nn.attention(q, k, v) ** 2).sum()


def _layered(*given: Any) -> Any:
    return (encoder_layer(*given) ** 3).mean()


def _surprise(x: Any, w: Any) -> Any:
    return -nn.log_softmax(x @ w)[[0, 1, 2], [1, 0, 3]].mean()


def _descent(x: Any, w: Any, y: Any) -> Any:
    """Three steps of gradient descent in one book."""
    losses = []
    for _ in range(3):
        found = sf.grad(_squares, 1)(x, w, y)
        losses.append(found["loss"])
        w = w - 0.1 * found["d_w"]
    return (w, *losses)


GRADIENTS: dict[str, Program] = {
    "squares": (sf.grad(_squares), (X, some(4, 2), some(3, 2))),
    "squares-one": (sf.grad(_squares, argnums=1), (X, some(4, 2), some(3, 2))),
    "attention": (sf.grad(_attended), (Q, K, V)),
    "encoder-layer": (sf.grad(_layered), _LAYER),
    "surprise": (sf.grad(_surprise), (X, SQUARE)),
    "norms": (sf.grad(lambda x, g: (nn.rms_norm(x, g) * nn.layer_norm(x)).sum()), (X, ROW)),
    "activations": (
        sf.grad(lambda x: (nn.gelu(x) + nn.silu(x) + nn.relu(x) + nn.sigmoid(x)).sum()), (X,),
    ),
    "corners": (
        sf.grad(lambda x, y: (np.where(x > y, x * y, np.abs(y)) + x.max(0) - y.min()).sum()),
        (X, Y),
    ),
    "views": (sf.grad(lambda x: (x[:, ::-1].T @ x[[2, 0, 0]] / x[0, 0]).sum()), (X,)),
    "looked-up": (
        sf.grad(lambda t, i: (t[i] ** 2).sum()), (X, np.array([2.0, 0.0, 2.0])),
    ),
    "stack": (sf.grad(lambda x, y: np.log(np.exp(x @ y).sum((0, 2))).mean()), (CUBE, SQUARE)),
    "number": (sf.grad(lambda x: np.exp(x) * x), (0.5,)),
    "descent": (_descent, (X, some(4, 2), some(3, 2))),
}  # fmt: skip

OPERATIONS = (
    "add", "subtract", "multiply", "divide", "power", "negate", "absolute", "maximum", "minimum",
    "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "exp", "log", "sqrt",
    "tanh", "sin", "cos", "normal_cdf", "where", "matmul", "sum", "mean", "max", "min", "argmax",
    "lookup", "embedding", "join", "letter", "copy", "deviation",
)  # fmt: skip
"""Named here, so that a new operation does not change which cases there are."""
SEEDS = 3
PROGRAMS = 12


def traces() -> Named:
    """Functions in both styles; random programs in one, by turns."""
    for name, (function, given) in FUNCTIONS.items():
        for style in STYLES:
            yield f"{name}-{style}", _traced(function, given, style)
    for name, (function, given) in GRADIENTS.items():
        for style in STYLES:
            yield f"grad-{name}-{style}", _traced(function, given, style)
    yield "titled", lambda: sf.trace(my_attention, Q, K, V, title='A "title" & <more>')
    for i, (name, function) in enumerate(NUMPY_NAMES.items()):
        yield f"numpy-{name}", _traced(function, (NUMPY_X,), STYLES[i % 2])
    for op in OPERATIONS:
        for seed in range(SEEDS):
            yield f"random-{op}-{seed}", lambda o=op, s=seed: _random(o, s)
    for seed in range(PROGRAMS):
        yield f"program-{seed}", lambda s=seed: _program(s)


def _traced(function: Callable[..., Any], given: tuple[Any, ...], style: str) -> Callable[[], Any]:
    return lambda: sf.trace(function, *given, formulas=style)


def _random(op: str, seed: int) -> Any:
    case = cases.random_case(Random(seed), op)
    return sf.trace(case.function, *case.arrays, formulas=STYLES[seed % 2])


def _program(seed: int) -> Any:
    case = cases.random_program(Random(seed))
    return sf.trace(case.function, *case.arrays, formulas=STYLES[seed % 2])
