"""Every rule and every move has an example, which is PyTorch's numbers in a real engine."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.engines.base import Engine
from sheetformer.frontends.torch import data_movement, lowering, rules

from ..support import assert_book_recalculates

A, F = torch.ops.aten, nn.functional
GENERATOR = torch.Generator().manual_seed(11)


def some(*shape: int) -> Tensor:
    return torch.randn(shape, generator=GENERATOR, dtype=torch.float64).round(decimals=3)


X, Y, SQUARE = some(3, 4), some(3, 4), some(3, 3)
POSITIVE = X.abs() + 0.25
STACK = some(2, 3, 4)
IMAGE = some(1, 2, 4, 4)
ROW = some(4)
PICK = torch.tensor([2, 0, 2])
PLACES = torch.tensor([[0, 2, 1, 1], [3, 0, 0, 2]])
MASK = torch.tensor([[True, False, True, True], [False, True, True, False], [True] * 4])

Example = tuple[Callable[..., Any], tuple[Any, ...]]


def _same(name: str) -> Callable[..., Any]:
    return getattr(torch, name)


RULES: dict[str, Example] = {
    **{name: (_same(name), (X, Y)) for name in ("add", "subtract", "mul", "multiply")},
    **{name: (_same(name), (X, Y)) for name in ("sub", "maximum", "minimum")},
    **{name: (_same(name), (X, POSITIVE)) for name in ("div", "divide", "true_divide")},
    **{name: (_same(name), (X,)) for name in ("neg", "abs", "square", "exp", "expm1", "sin")},
    **{name: (_same(name), (X,)) for name in ("cos", "sign", "tanh", "sigmoid", "relu", "erf")},
    **{name: (_same(name), (POSITIVE,)) for name in ("reciprocal", "rsqrt", "sqrt", "log")},
    **{name: (_same(name), (POSITIVE,)) for name in ("log2", "log10")},
    **{name: (_same(name), (X,)) for name in ("tan", "exp2", "sinh", "cosh", "erfc")},
    **{name: (getattr(F, name), (X,)) for name in ("mish", "hardswish", "hardsigmoid", "glu")},
    **{name: (getattr(F, name), (X,)) for name in ("hardshrink", "softshrink", "relu6")},
    **{name: (getattr(F, name), (X * 3, Y)) for name in ("mse_loss", "l1_loss", "huber_loss")},
    # Rounding, with halves and numbers below 0.
    **{name: (_same(name), (X * 3,)) for name in ("floor", "ceil", "trunc", "fix", "frac")},
    **{name: (_same(name), (X * 3, POSITIVE)) for name in ("remainder", "fmod")},
    "floor_divide": (
        lambda x: x // 0.713 + torch.div(x, 0.713, rounding_mode="trunc") + x.to(torch.int64),
        (X * 3,),
    ),
    "round": (
        lambda x: torch.cat([x.round(decimals=1)[0], torch.tensor([-1.5, 0.5, 2.5]).to(x).add(
            x[0, 0] * 0).round()]), (X,),
    ),
    **{name: (_same(name), (X,)) for name in ("deg2rad", "rad2deg", "sinc", "sgn", "asinh")},
    **{name: (_same(name), (X, Y)) for name in ("logaddexp", "copysign")},
    "xlogy": (torch.xlogy, (torch.relu(X), POSITIVE)),
    "special_xlogy": (lambda x, y: A.special_xlogy(x, y), (X, POSITIVE)),
    "special_ndtr": (lambda x: A.special_ndtr(x), (X,)),
    "logit": (lambda x: torch.logit(x.sigmoid()) + torch.logit(x, eps=0.1), (POSITIVE.sigmoid(),)),
    "atanh": (lambda x: torch.atanh(x * 0.2), (X.clamp(-4, 4),)),
    "acosh": (lambda x: torch.acosh(x + 1), (POSITIVE,)),
    "signbit": (lambda x: torch.where(x.signbit(), x, 0.0), (X,)),
    "heaviside": (torch.heaviside, (torch.relu(X), Y)),
    "logical_xor": (lambda x, y: torch.logical_xor(x > 0, y > 0), (X, Y)),
    "bitwise_xor": (lambda x, y: torch.bitwise_xor(x > 0, y > 0), (X, Y)),
    "__xor__": (lambda x, y: A.__xor__(x > 0, y > 0), (X, Y)),
    "hypot": (torch.hypot, (X, Y)),
    "nan_to_num": (lambda x: x.nan_to_num() * 2, (X,)),
    "isnan": (lambda x: torch.where(x.isnan(), 0.0, x), (X,)),
    "isinf": (lambda x: torch.where(x.isinf(), 0.0, x), (X,)),
    "isfinite": (lambda x: torch.where(x.isfinite(), x, 0.0), (X,)),
    "addcdiv": (lambda x, a, b: torch.addcdiv(x, a, b, value=0.5), (X, Y, POSITIVE)),
    "prelu": (F.prelu, (STACK, some(3))),
    "_prelu_kernel": (lambda x: A._prelu_kernel(x, ROW[:1]), (X,)),
    "celu": (lambda x: F.celu(x, 0.7), (X,)),
    "hardtanh": (lambda x: F.hardtanh(x, -0.4, 0.6), (X,)),
    "threshold": (lambda x: F.threshold(x, 0.1, -2.0), (X,)),
    "log_sigmoid": (lambda x: F.logsigmoid(x * 90), (X,)),
    "smooth_l1_loss": (lambda x, y: F.smooth_l1_loss(x, y, beta=0.5, reduction="sum"), (X, Y)),
    "binary_cross_entropy_with_logits": (
        lambda x, y: F.binary_cross_entropy_with_logits(x * 90, y.sigmoid()), (X, Y),
    ),
    "cross_entropy_loss": (
        lambda x, i: F.cross_entropy(x, i) + F.cross_entropy(x, x.softmax(-1), reduction="none"),
        (X, torch.tensor([3, -100, 1])),
    ),
    "nll_loss_nd": (
        lambda x, y, i: F.nll_loss(x, i, weight=POSITIVE[0]) + F.nll_loss(y, i[None, None, :2] % 2),
        (X, some(1, 2, 1, 2), torch.tensor([3, -100, 1])),
    ),
    "binary_cross_entropy": (
        lambda x, y: F.binary_cross_entropy(x.sigmoid(), y.sigmoid(), weight=POSITIVE), (X, Y),
    ),
    "soft_margin_loss": (lambda x, y: F.soft_margin_loss(x * 90, y.sign()), (X, Y)),
    "argmin": (lambda x: x.argmin(-1), (X,)),
    "aminmax": (lambda x: torch.cat(x.aminmax(dim=0)), (X,)),
    "var_mean": (lambda x: torch.cat(torch.var_mean(x, -1)), (X,)),
    "std_mean": (lambda x: torch.cat(torch.std_mean(x, 0, correction=0)), (X,)),
    "nansum": (lambda x: x.nansum(0), (X,)),
    "median": (lambda x: x.median(-1)[0] + x.median(), (X,)),
    "kthvalue": (lambda x: torch.cat(x.kthvalue(2, -1)), (X,)),
    "cummax": (lambda x: x.cummax(1)[0], (X,)),
    "cummin": (lambda x: x.cummin(0)[0], (X,)),
    "logcumsumexp": (lambda x: (x * 200).logcumsumexp(1), (X,)),
    "_cdist_forward": (lambda x, y: A._cdist_forward(x, y, 2.0, None), (X, Y)),
    "linalg_cross": (lambda x, y: torch.linalg.cross(x[:, :3], y[:, :3]), (X, Y)),
    "_trilinear": (lambda x, y, w: F.bilinear(x, y, w), (X, Y, some(2, 4, 4))),
    "_embedding_bag": (
        lambda i, w: A._embedding_bag(w, i, torch.tensor([0, 2]), False, 2)[0], (PICK, X),
    ),
    "_embedding_bag_forward_only": (
        lambda i, w: F.embedding_bag(i, w, torch.tensor([0, 1]), mode="mean"), (PICK, X),
    ),
    "scatter_reduce": (lambda x, y: x[:2].scatter_reduce(1, PLACES, y, "sum"), (X, Y)),
    "index_put": (
        lambda x, y: x.index_put((torch.tensor([1, 1]),), y[:2], accumulate=True), (X, Y),
    ),
    "max_pool2d_with_indices": (
        lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True, return_indices=True)[0], (IMAGE,),
    ),
    "max_pool3d": (lambda x: F.max_pool3d(x, 2), (some(1, 1, 2, 4, 2),)),
    "avg_pool3d": (lambda x: F.avg_pool3d(x, 2), (some(1, 1, 2, 4, 2),)),
    "adaptive_avg_pool1d": (lambda x: F.adaptive_avg_pool1d(x, 3), (STACK,)),
    "adaptive_avg_pool2d": (lambda x: F.adaptive_avg_pool2d(x, (3, None)), (IMAGE,)),
    "_adaptive_avg_pool2d": (lambda x: A._adaptive_avg_pool2d(x, (3, 2)), (IMAGE,)),
    "adaptive_max_pool1d": (lambda x: F.adaptive_max_pool1d(x, 3), (STACK,)),
    "adaptive_max_pool2d": (lambda x: F.adaptive_max_pool2d(x, 3), (IMAGE,)),
    "reflection_pad1d": (lambda x: F.pad(x, (1, 2), mode="reflect"), (STACK,)),
    "reflection_pad2d": (lambda x: F.pad(x, (1, 2, 0, 3), mode="reflect"), (IMAGE,)),
    "replication_pad1d": (lambda x: F.pad(x, (1, 2), mode="replicate"), (STACK,)),
    "replication_pad2d": (lambda x: F.pad(x, (1, 2, 0, 3), mode="replicate"), (IMAGE,)),
    "im2col": (lambda x: F.unfold(x, (2, 3), padding=1, stride=2), (IMAGE,)),
    "cumprod": (lambda x: x.cumprod(1), (STACK,)),
    "prod": (lambda x: x.prod(1) * x.prod(), (X,)),
    "trace": (torch.trace, (SQUARE,)),
    "logsumexp": (lambda x: (x * 400).logsumexp((0, 2), keepdim=True), (STACK,)),
    "linalg_vector_norm": (lambda x: F.normalize(x) + F.normalize(x, p=3.0), (X,)),
    "norm": (F.pairwise_distance, (X, Y)),
    "group_norm": (lambda x, g: F.group_norm(x, 3, g, g), (some(2, 6, 2), some(6))),
    "_weight_norm_interface": (lambda v, g: torch._weight_norm(v, g, 0), (X, some(3, 1))),
    "topk": (lambda x: torch.cat([*x.topk(2), *x.topk(2, largest=False)], -1), (X,)),
    "sort": (lambda x: torch.cat([*x.sort(0), *x.sort(0, descending=True)]), (X,)),
    "argsort": (lambda x: x.argsort(-1) * 2.0, (X,)),
    "index_add": (lambda x, y: x.index_add(0, PICK, y, alpha=0.5), (X, Y)),
    "scatter_add": (lambda x, y: x[:2].scatter_add(1, PLACES, y), (X, Y)),
    "convolution": (
        lambda x, w: F.conv2d(x, w, ROW, (1, 2), 1, groups=2), (IMAGE, some(4, 1, 3, 3)),
    ),
    "max_pool1d": (lambda x: F.max_pool1d(x, 2, 1, 1), (STACK,)),
    "max_pool2d": (lambda x: F.max_pool2d(x, 3, 2, 1), (IMAGE,)),
    "avg_pool1d": (lambda x: F.avg_pool1d(x, 3, 1, 1), (STACK,)),
    "avg_pool2d": (lambda x: F.avg_pool2d(x, 2), (IMAGE,)),
    "_safe_softmax": (
        lambda x: A._safe_softmax(x.masked_fill(PICK[:, None] > 1, -torch.inf), -1), (X,),
    ),
    "vdot": (torch.vdot, (ROW, some(4))),
    **{name: (_same(name), (X, Y)) for name in ("eq", "ne", "lt", "le", "gt", "ge")},
    "rsub": (lambda x, y: torch.rsub(x, y, alpha=2), (X, Y)),
    "log1p": (torch.log1p, (POSITIVE,)),
    "pow": (lambda x: torch.pow(x, 3.0), (X,)),
    "clamp": (lambda x: x.clamp(-0.5, 0.5), (X,)),
    "clamp_min": (lambda x: x.clamp_min(0.1), (X,)),
    "clamp_max": (lambda x: x.clamp_max(0.1), (X,)),
    "addcmul": (lambda x, a, b: torch.addcmul(x, a, b, value=0.5), (X, Y, POSITIVE)),
    "lerp": (lambda x, y: torch.lerp(x, y, 0.3), (X, Y)),
    "where": (lambda x, y: torch.where(x > 0, x, y), (X, Y)),
    "masked_fill": (lambda x: x.masked_fill(x > 0, -9.0), (X,)),
    "logical_and": (lambda x, y: torch.logical_and(x, y > 0), (X, Y)),
    "logical_or": (lambda x, y: torch.logical_or(x > 0, y > 0), (X, Y)),
    "logical_not": (lambda x: torch.logical_not(x > 0), (X,)),
    "bitwise_and": (lambda x, y: torch.bitwise_and(x > 0, y > 0), (X, Y)),
    "bitwise_or": (lambda x, y: torch.bitwise_or(x > 0, y > 0), (X, Y)),
    "bitwise_not": (lambda x: torch.bitwise_not(x > 0), (X,)),
    "__and__": (lambda x, y: (x > 0) & (y > 0), (X, Y)),
    "__or__": (lambda x, y: (x > 0) | (y > 0), (X, Y)),
    "isin": (torch.isin, (PICK, torch.tensor([2, 5]))),
    "any": (lambda x: (x > 1).any(-1), (X,)),
    "all": (lambda x: (x > -1).all(-1, keepdim=True), (X,)),
    "gelu": (lambda x: F.gelu(x) + F.gelu(x, approximate="tanh"), (X,)),
    "silu": (F.silu, (X,)),
    "leaky_relu": (lambda x: F.leaky_relu(x, 0.2), (X,)),
    "elu": (lambda x: F.elu(x, 1.5), (X,)),
    "softplus": (lambda x: F.softplus(x * 20), (X,)),
    "sum": (lambda x: x.sum(-1), (STACK,)),
    "mean": (lambda x: x.mean((0, 2)), (STACK,)),
    "amax": (lambda x: x.amax(1), (STACK,)),
    "amin": (lambda x: x.amin(1, keepdim=True), (STACK,)),
    "max": (lambda x: torch.cat([x.max(-1)[0], x.max(-1)[1], x.max()[None]]), (X,)),
    "min": (lambda x: torch.cat([x.min(-1)[0], x.min(-1)[1], x.min()[None]]), (X,)),
    "argmax": (lambda x: x.argmax(-1), (X,)),
    "var": (lambda x: x.var(-1) + x.var(-1, correction=0), (X,)),
    "std": (lambda x: x.std(-1), (X,)),
    "cumsum": (lambda x: x.cumsum(1), (STACK,)),
    "layer_norm": (lambda x, g, b: F.layer_norm(x, (4,), g, b), (X, ROW, some(4))),
    "rms_norm": (lambda x, g: F.rms_norm(x, (4,), g), (X, ROW)),
    "batch_norm": (
        lambda x, m, v: F.batch_norm(x, m, v, POSITIVE[0], ROW), (X, some(4), POSITIVE[1]),
    ),
    "embedding": (F.embedding, (PICK, X)),
    "index_select": (
        lambda x, y, i: x.index_select(0, i) + y.index_select(1, i).sum(0), (X, STACK, PICK),
    ),
    "matmul": (torch.matmul, (STACK, some(2, 4, 3))),
    "mm": (torch.mm, (X, some(4, 2))),
    "bmm": (torch.bmm, (STACK, some(2, 4, 3))),
    "mv": (torch.mv, (X, ROW)),
    "dot": (torch.dot, (ROW, some(4))),
    "linear": (F.linear, (STACK, some(5, 4), some(5))),
    "addmm": (lambda b, x, y: torch.addmm(b, x, y, beta=0.5, alpha=2), (some(2), X, some(4, 2))),
    "baddbmm": (torch.baddbmm, (some(2, 3, 3), STACK, some(2, 4, 3))),
    "softmax": (lambda x: x.softmax(0), (X,)),
    "_softmax": (lambda x: A._softmax(x, -1, False), (X,)),
    "log_softmax": (lambda x: x.log_softmax(-1), (X,)),
    "_log_softmax": (lambda x: A._log_softmax(x, -1, False), (X,)),
    "scaled_dot_product_attention": (
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
        (STACK, some(2, 3, 4), some(2, 3, 5)),
    ),
}  # fmt: skip

MOVES: dict[str, Example] = {
    "_unsafe_index": (lambda x: F.interpolate(x, scale_factor=2, mode="linear"), (STACK,)),
    "pixel_shuffle": (lambda x: F.pixel_shuffle(x, 2), (some(1, 4, 2, 2),)),
    "pixel_unshuffle": (lambda x: F.pixel_unshuffle(x, 2), (IMAGE,)),
    "rot90": (lambda x: x.rot90(), (X,)),
    "channel_shuffle": (lambda x: F.channel_shuffle(x, 2), (some(1, 4, 2, 2),)),
    "cat": (lambda x, y: torch.cat([x, y, torch.ones(1, 4)]), (X, Y)),
    "stack": (lambda x, y: torch.stack([x, y], 1), (X, Y)),
    "reshape": (lambda x: x.T.reshape(2, 6), (X,)),
    "flatten": (lambda x: x.T.flatten(), (X,)),
    "index": (lambda x: x[PICK, 1:], (X,)),
    "index_select": (lambda x: x.index_select(1, PICK), (X,)),
    "gather": (lambda x: x[:2].gather(1, PLACES), (X,)),
    "embedding": (lambda x: F.embedding(PICK, x), (X,)),
    "take_along_dim": (lambda x: x[:2].take_along_dim(PLACES, 1), (X,)),
    "repeat": (lambda x: x.repeat(1, 2), (X,)),
    "repeat_interleave": (lambda x: x.repeat_interleave(2, 0), (X,)),
    "flip": (lambda x: x.flip(0), (X,)),
    "roll": (lambda x: x.roll(1, 1), (X,)),
    "tile": (lambda x: x.tile(2, 1), (X,)),
    "tril": (torch.tril, (SQUARE,)),
    "triu": (torch.triu, (SQUARE,)),
    "constant_pad_nd": (lambda x: F.pad(x, (1, 0), value=0.5), (X,)),
    "where": (lambda x, y: torch.where(MASK, x, y), (X, Y)),
    "masked_fill": (lambda x: x.masked_fill(~MASK, -torch.inf).softmax(-1), (X,)),
    "fill": (lambda x: _write(x, lambda y: y[0].fill_(2.0)), (X,)),
    "copy": (lambda x, y: _write(torch.zeros_like(x), lambda z: z[1:].copy_(y[:2])), (X, Y)),
    "index_put": (lambda x, y: x.index_put((PICK[:2],), y[:2]), (X, Y)),
    "_index_put_impl": (
        lambda x, y: _write(x, lambda z: A._index_put_impl_(z, [PICK[:2]], y[:2])), (X, Y),
    ),
    "index_copy": (lambda x, y: x.index_copy(0, PICK[:2], y[:2]), (X, Y)),
    "index_fill": (lambda x: x.index_fill(0, PICK[:1], 3.0), (X,)),
    "scatter": (lambda x, y: x.scatter(1, PLACES[:, :1], y), (X, Y)),
    "slice_scatter": (lambda x, y: x.slice_scatter(y[:2], 0, 1), (X, Y)),
    "select_scatter": (lambda x, y: x.select_scatter(y[0], 0, 1), (X, Y)),
    "masked_scatter": (lambda x, y: x.masked_scatter(MASK, y), (X, Y)),
    "diag_embed": (torch.diag_embed, (ROW,)),
    "permute_copy": (lambda x: torch.permute_copy(x, (1, 0)), (X,)),
    "expand_copy": (lambda x: torch.expand_copy(x[:1], (2, 4)), (X,)),
    "split_with_sizes_copy": (lambda x: torch.split_with_sizes_copy(x, [1, 3], 1)[1], (X,)),
}  # fmt: skip


VARIANTS: dict[str, Example] = {
    "transposed convolution": (
        lambda x, w: F.conv_transpose2d(x, w, ROW, (2, 1), (1, 0), (1, 0), 2, (1, 2)),
        (IMAGE, some(2, 2, 3, 2)),
    ),
    "average without the border": (
        lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False), (IMAGE,),
    ),
    "average with the border, rounded up": (
        lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True), (IMAGE,),
    ),
    "cross entropy with weights, smoothed": (
        lambda x, i: F.cross_entropy(x, i, weight=POSITIVE[0])
        + F.cross_entropy(x, i, label_smoothing=0.1)
        + F.cross_entropy(x, x.softmax(-1), label_smoothing=0.1, weight=POSITIVE[1]),
        (X, torch.tensor([3, -100, 1])),
    ),
    "binary cross entropy with weights": (
        lambda x, y: F.binary_cross_entropy_with_logits(
            x, y.sigmoid(), weight=POSITIVE, pos_weight=ROW.abs()
        ),
        (X, Y),
    ),
    "a mask that is scaled with its scores": (
        lambda x: (
            (x + torch.zeros_like(x).masked_fill(~MASK, torch.finfo(x.dtype).min)) / 2.0
        ).softmax(-1),
        (X,),
    ),
    "masks that are added": (
        lambda x: (x + 2 * torch.zeros_like(x).masked_fill(~MASK, torch.finfo(x.dtype).min)
                   ).softmax(-1),
        (X,),
    ),
    "the larger of a number": (lambda x: torch.max(x, torch.tensor(0.25)), (X,)),
    "pairs as complex (rotary)": (
        lambda x, y: torch.view_as_real(
            torch.view_as_complex(x.view(3, 2, 2)) * torch.polar(torch.ones(2).to(x), ROW[:2])
            + torch.view_as_complex(y.view(3, 2, 2))
        ).flatten(1),
        (X, Y),
    ),
}  # fmt: skip
"""Other ways that a rule goes."""


def _write(x: Tensor, change: Callable[[Tensor], Any]) -> Tensor:
    copied = x.clone()
    change(copied)
    return copied * 1.5


class Doing(nn.Module):
    """A module that does one thing with what it is given."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: Tensor) -> Any:
        return self.function(*inputs)


@cache
def books_of(kind: str, name: str) -> list[Book]:
    """The example in both styles; its numbers must be PyTorch's first."""
    function, inputs = {"rule": RULES, "move": MOVES, "variant": VARIANTS}[kind][name]
    with torch.no_grad():
        expected = function(*(x.clone() for x in inputs))
    books = [sf.record(Doing(function), *inputs, formulas=f) for f in ("matrix", "cell")]
    for book in books:
        result = next(
            book[name].value
            for name, block in reversed(book.blocks.items())
            if not name.startswith(("ref_", "check_"))
            # Copies that only prepare a step are folded away behind it.
            and not (block.node.is_source or "_side_by_side" in name)
        )
        np.testing.assert_allclose(result.reshape(expected.shape), expected, rtol=1e-9, atol=1e-9)
    return books


def test_every_rule_and_move_has_an_example() -> None:
    assert set(RULES) == set(rules.RULES)
    assert set(MOVES) == set(data_movement.MOVES)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_gives_pytorchs_numbers(
    name: str, ironcalc: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[str] = []
    rule = rules.RULES[name]

    def noticed(*args: Any, **kwargs: Any) -> Any:
        used.append(name)
        return rule(*args, **kwargs)

    monkeypatch.setitem(rules.RULES, name, noticed)
    assert_book_recalculates(books_of("rule", name), ironcalc)
    assert used, f"the example of {name} uses another operation"


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_gives_pytorchs_numbers(name: str, ironcalc: Engine) -> None:
    assert_book_recalculates(books_of("variant", name), ironcalc)


@pytest.mark.parametrize("name", MOVES)
def test_a_move_gives_pytorchs_numbers(
    name: str, ironcalc: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[str] = []
    original = lowering.moved

    def noticed(op: str, *rest: Any) -> Any:
        used.append(op)
        return original(op, *rest)

    monkeypatch.setattr(lowering, "moved", noticed)
    assert_book_recalculates(books_of("move", name), ironcalc)
    assert name in used, f"the example of {name} uses {used}"


@pytest.mark.libreoffice
def test_all_rules_recalculate_in_libreoffice(libreoffice: Engine) -> None:
    kinds = {"rule": RULES, "move": MOVES, "variant": VARIANTS}
    examples = [(kind, name) for kind, names in kinds.items() for name in names]
    books = [book for example in examples for book in books_of(*example)]
    assert_book_recalculates(books, libreoffice)


def test_a_wrong_rule_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.RULES, "sigmoid", lambda x: x * 0.5)
    with pytest.raises(sf.SheetformerError, match=r"sigmoid .* its rule is off by"):
        sf.record(Doing(torch.sigmoid), X)
