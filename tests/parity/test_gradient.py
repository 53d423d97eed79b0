"""Gradients are those of PyTorch's autograd and of finite differences, and their books recalculate.

Random graphs are run a second time by PyTorch, node by node, so each is checked as it stands, with
all its views; the functions of the Transformer are held against PyTorch's own functions.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import sheetformer as sf
from sheetformer.engines.base import Engine
from sheetformer.errors import UnsupportedError
from sheetformer.frontends.numpy.trace import trace
from sheetformer.graph import functions, nn
from sheetformer.graph.array import Array
from sheetformer.graph.autodiff import accumulation
from sheetformer.graph.autodiff.derivatives import DERIVATIVES, Rule
from sheetformer.graph.autodiff.steps import Part
from sheetformer.graph.functions import source
from sheetformer.graph.node import Graph, Node
from sheetformer.graph.ops import OPS

from ..property.cases import Case, numbers, random_case, random_program, random_shape, views
from ..support import assert_book_recalculates

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed: pip install sheetformer[torch]"
)
from .test_pytorch import CASES, HEADS, MASK, MEMORY, WEIGHTS, D, X  # noqa: E402

F = torch.nn.functional

TOLERANCE = 1e-12
STYLES = ("matrix", "cell")
CORNERS = {"max", "min", "maximum", "minimum", "absolute", "where", "quantize"}
"""Operations with corners or jumps, where a difference quotient is no referee."""
PROPERTY = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


def weighted(function: Callable[..., Any]) -> Callable[..., Any]:
    """One number of any result, in which each element counts differently."""

    def loss(*arrays: Any) -> Any:
        result = function(*arrays)
        shares = np.cos(np.arange(1.0, result.size + 1.0)).reshape(result.shape)
        return (result * shares).sum()

    return loss


# PyTorch runs a graph of ours.


def _first_largest(node: Node, x: Any) -> Any:
    axes = node.attributes["axis"]
    kept = [i for i in range(x.ndim) if i not in axes]
    line = x.permute(*kept, *axes).reshape(*(x.shape[i] for i in kept), -1)
    values = np.sort(line.detach().numpy(), axis=-1)[..., -node.attributes.get("k", 1), None]
    place = (line.detach().numpy() == values).argmax(-1)
    picked = torch.gather(line, -1, torch.tensor(place)[..., None])
    return picked.reshape(node.shape)


TORCH: dict[str, Callable[..., Any]] = {
    **{
        name: getattr(torch, name)
        for name in (
            "add", "subtract", "multiply", "divide", "absolute", "maximum", "minimum", "exp",
            "log", "sqrt", "tanh", "sin", "cos", "matmul", "negative",
        )
    },
    "power": torch.pow, "negate": torch.neg, "normal_cdf": torch.special.ndtr,
    "sigmoid": torch.sigmoid, "softplus": F.softplus,
    "where": lambda c, a, b: torch.where(c != 0, a, b), "copy": lambda x: x,
    "embedding": lambda i, table: table[i.long()],
    "quantize": lambda x, step: x + (torch.round(x / step) * step - x).detach(),
}  # fmt: skip


def _by_torch(node: Node, operands: list[Any], words: list[Any]) -> Any:
    if node.op in ("sum", "mean"):
        return getattr(torch, node.op)(operands[0], dim=node.attributes["axis"], keepdim=True)
    if node.op == "max":
        return _first_largest(node, operands[0])
    if node.op == "min":
        return -_first_largest(node, -operands[0])
    if node.op == "lookup":
        text, keys, _ = words
        folded = [key.casefold() for key in keys.ravel()]
        places = [folded.index(t.casefold()) if t.casefold() in folded else -1 for t in text.flat]
        padded = torch.cat([operands[2].reshape(-1), torch.zeros(1, dtype=torch.float64)])
        return padded[places].reshape(node.shape)
    if node.op in TORCH:
        return TORCH[node.op](*operands)
    return torch.tensor(OPS[node.op].value(*words, **node.attributes))


def autograd(function: Callable[..., Any], arrays: tuple[Any, ...]) -> list[Any]:
    """The gradient of each input by PyTorch, which runs the traced graph.

    None for words and for truth values, which have none.
    """
    graph = Graph()
    inputs = [source(graph, "input", array) for array in arrays]
    result = function(*inputs)
    leaves = [
        None
        if x.is_text
        else torch.tensor(x.value, dtype=torch.float64, requires_grad=not x.is_truth)
        for x in inputs
    ]
    flat = torch.zeros(0, dtype=torch.float64)
    for place, node in enumerate(graph):
        own = graph.values[place]
        if own.dtype == object:
            value = torch.zeros(own.shape, dtype=torch.float64)
        elif node.is_source:
            value = leaves[place] if place < len(leaves) else torch.tensor(own)
        else:
            operands = [flat[torch.tensor(ids.copy())] for ids in node.inputs]
            value = _by_torch(node, operands, [graph.value(ids) for ids in node.inputs])
        flat = torch.cat([flat, value.reshape(-1)])
    flat[torch.tensor(result.ids)].reshape(()).backward()
    return [None if x is None or x.grad is None else x.grad.numpy() for x in leaves]


def assert_close(found: Any, expected: Any) -> float:
    """Equal to 1e-12 of the largest number; gives the largest difference by that measure."""
    assert np.shape(found) == np.shape(expected)
    size = max(1.0, float(np.abs(expected).max()))
    difference = float(np.abs(found - expected).max()) / size
    assert difference <= TOLERANCE, (difference, found, expected)
    return difference


def assert_gradients(case: Case) -> int:
    """Assert that the gradients of a case are PyTorch's; gives how many there are."""
    loss = weighted(case.function)
    expected = autograd(loss, case.arrays)
    try:
        found = sf.grad(loss)(*case.arrays)
    except UnsupportedError:
        assert all(e is None or not np.any(e) for e in expected)
        return 0
    for i, by_torch in enumerate(expected):
        name = f"d_input_{i + 1}"
        if name in found:
            assert_close(found[name], by_torch)
        else:
            assert by_torch is None or not np.any(by_torch), name
    return len(found) - 1


def assert_slopes(case: Case, step: float = 1e-6) -> None:
    """Assert that each gradient gives the difference quotient in some direction."""
    loss = weighted(case.function)
    found = sf.grad(loss)(*case.arrays)
    for i, array in enumerate(case.arrays):
        if (slope := found.get(f"d_input_{i + 1}")) is None:
            continue
        way = np.sin(np.arange(1.0, array.size + 1.0)).reshape(array.shape)
        ends = [
            loss(*(a + sign * step * way if j == i else a for j, a in enumerate(case.arrays)))
            for sign in (1.0, -1.0)
        ]
        quotient = (ends[0] - ends[1]) / (2.0 * step)
        np.testing.assert_allclose((slope * way).sum(), quotient, rtol=2e-6, atol=2e-6)


def _can_be_nudged(case: Case) -> bool:
    """A small step is lost beside a very large number, and is no small step of a tiny one.

    Nor does a gradient through infinity say anything.
    """
    sizes = np.abs(np.concatenate([np.ravel(a) for a in case.arrays if a.dtype != object]))
    return bool(((sizes == 0) | ((sizes > 1e-6) & (sizes < 1e6))).all())


def differentiable(case: Case) -> bool:
    if not _can_be_nudged(case):
        return False
    result = case.function(*case.arrays)
    return np.asarray(result).dtype != object


def gradient_books(case: Case) -> list[sf.Book]:
    return [trace(sf.grad(weighted(case.function)), *case.arrays, formulas=s) for s in STYLES]


def case_of(rng: Random, op: str) -> Case:
    """A random case in which the operation has a gradient on all its sides."""
    if op == "copy":
        return _copied(rng)
    return _chosen(rng) if op == "where" else random_case(rng, op)


def _chosen(rng: Random) -> Case:
    x = numbers(rng, random_shape(rng))
    text, seen = views(rng, x)
    y = numbers(rng, seen(x).shape[-1:])
    return Case(f"where(x{text} > y, x, y)", lambda a, b: _where(seen(a), b), (x, y))


def _where(x: Any, y: Any) -> Any:
    return np.where(x > y, x * 2.0, y)


def _copied(rng: Random) -> Case:
    x = numbers(rng, random_shape(rng))
    text, seen = views(rng, x)
    return Case(f"copy(x{text})", lambda a: _copy(seen(a)), (x,))


def _copy(x: Any) -> Any:
    return functions.copy(x) if isinstance(x, Array) else x


@pytest.mark.parametrize("op", DERIVATIVES)
@settings(max_examples=8, **PROPERTY)
@given(rng=st.randoms(use_true_random=False))
def test_gradients_of_an_operation(op: str, ironcalc: Engine, rng: Random) -> None:
    case = case_of(rng, op)
    assume(differentiable(case))
    if not assert_gradients(case):
        return
    if op not in CORNERS:
        assert_slopes(case)
    assert_book_recalculates(gradient_books(case), ironcalc)


@settings(max_examples=25, **PROPERTY)
@given(rng=st.randoms(use_true_random=False))
def test_gradients_of_a_program(ironcalc: Engine, rng: Random) -> None:
    case = random_program(rng)
    if assert_gradients(case):
        assert_book_recalculates(gradient_books(case), ironcalc)


def _cases(op: str, count: int = 12) -> list[Case]:
    made = (case_of(Random(seed), op) for seed in range(count))
    return [case for case in made if differentiable(case)]


@pytest.mark.parametrize("op", DERIVATIVES)
def test_a_wrong_rule_is_seen(op: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for at, rule in enumerate(DERIVATIVES[op]):
        if rule is None:
            continue
        rules = list(DERIVATIVES[op])
        rules[at] = _wrong(rule)
        monkeypatch.setitem(accumulation.DERIVATIVES, op, tuple(rules))
        with pytest.raises(AssertionError):
            _assert_all(_cases(op))
        monkeypatch.undo()


def _assert_all(cases: list[Case]) -> None:
    for case in cases:
        assert_gradients(case)


def _wrong(rule: Callable[..., Any]) -> Rule:
    def spoiled(step: Any) -> Any:
        given = rule(step)
        if isinstance(given, Part):
            return Part(given.ids, given.gradient * 1.001)
        return None if given is None else given * 1.001

    return spoiled


# The functions of the Transformer, held against PyTorch's own.


def _multi_head(q: Any, memory: Any, *w: Any, mask: Any = None) -> Any:
    """PyTorch's multi-head attention with weights that have gradients."""
    hidden = None if mask is None else torch.tensor(~mask)
    result, _ = F.multi_head_attention_forward(
        q[:, None], memory[:, None], memory[:, None], D, HEADS,
        torch.cat([x.T for x in w[:3]]), None, None, None, False, 0.0, w[3].T, None,
        attn_mask=hidden, need_weights=False,
    )  # fmt: skip
    return result[:, 0]


ONE_HOT = np.eye(D)[[2, 0, 2]]
FUNCTIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any], tuple[Any, ...]]] = {
    **{name: case for name, case in CASES.items() if "multi_head" not in name},
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
    "cross-entropy": (
        lambda x: -(nn.log_softmax(x) * ONE_HOT).sum(axis=-1).mean(),
        lambda x: F.cross_entropy(x, torch.tensor([2, 0, 2])), (X,),
    ),
    "cross-entropy by softmax": (
        lambda x: -np.log((nn.softmax(x) * ONE_HOT).sum(axis=-1)).mean(),
        lambda x: F.cross_entropy(x, torch.tensor([2, 0, 2])), (X,),
    ),
    "feed-forward with a residual": (
        lambda x, v, w: nn.layer_norm(x + nn.gelu(x @ v) @ w),
        lambda x, v, w: F.layer_norm(x + F.gelu(x @ v) @ w, (D,)), (X, *WEIGHTS[:2]),
    ),
    "mean square": (lambda x: (x * x).mean(), lambda x: (x * x).mean(), (X,)),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_are_those_of_pytorch(name: str) -> None:
    ours, theirs, arrays = FUNCTIONS[name]
    found = sf.grad(weighted(ours))(*arrays)
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in arrays]
    result = theirs(*leaves)
    shares = torch.cos(torch.arange(1.0, result.numel() + 1.0, dtype=torch.float64))
    (result * shares.reshape(result.shape)).sum().backward()
    for i, leaf in enumerate(leaves):
        if leaf.grad is None:
            assert f"d_input_{i + 1}" not in found
        else:
            assert_close(found[f"d_input_{i + 1}"], leaf.grad.numpy())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_their_books_recalculate(name: str, ironcalc: Engine) -> None:
    assert_book_recalculates(_books(name), ironcalc)


@pytest.mark.libreoffice
def test_gradients_in_libreoffice(libreoffice: Engine) -> None:
    cases = [next(case for case in _cases(op, 6) if _has_gradient(case)) for op in DERIVATIVES]
    # Each operation in one style; both engines and both styles are tried elsewhere.
    books = [gradient_books(case)[i % 2] for i, case in enumerate(cases)]
    for name in (
        "layer_norm with all",
        "masked by an input",
        "multi_head masked",
        "cross-entropy",
        "feed-forward with a residual",
    ):
        books += _books(name)
    assert_book_recalculates(books, libreoffice)


def _books(name: str) -> list[sf.Book]:
    ours, _, arrays = FUNCTIONS[name]
    return [trace(sf.grad(weighted(ours)), *arrays, formulas=style) for style in STYLES]


def _has_gradient(case: Case) -> bool:
    try:
        sf.grad(weighted(case.function))(*case.arrays)
    except UnsupportedError:
        return False
    return True


def test_training_unrolled_in_one_book(ironcalc: Engine) -> None:
    """Three steps of gradient descent as one graph, and PyTorch's optimiser."""

    def loss(x: Any, w: Any) -> Any:
        return ((np.tanh(x @ w) - 0.5) ** 2).mean()

    def train(x: Any, w: Any, rate: Any) -> Any:
        for _ in range(3):
            w = w - rate * sf.grad(loss, argnums=1)(x, w)["d_w"]
        return w

    weights = WEIGHTS[0]
    w = torch.tensor(weights, requires_grad=True)
    optimiser = torch.optim.SGD([w], lr=0.3)
    for _ in range(3):
        optimiser.zero_grad()
        ((torch.tanh(torch.tensor(X) @ w) - 0.5) ** 2).mean().backward()
        optimiser.step()
    for style in STYLES:
        book = trace(train, X, weights, 0.3, formulas=style)
        assert_close(book["output"].value, w.detach().numpy())
        assert {"d_w", "d_w_2", "d_w_3"} <= set(book)
        assert_book_recalculates(book, ironcalc)


def test_gradient_of_a_gradient() -> None:
    def length(x: Any) -> Any:
        return (sf.grad(lambda z: np.tanh(z @ z.T).sum())(x)["d_z"] ** 2).sum()

    x = torch.tensor(X, requires_grad=True)
    (first,) = torch.autograd.grad(torch.tanh(x @ x.T).sum(), x, create_graph=True)
    (first**2).sum().backward()
    assert_close(sf.grad(length)(X)["d_x"], x.grad.numpy())


def test_arrays_are_seen() -> None:
    """The random cases do reach views: elements read twice, in part, and turned."""
    seen = {"twice": False, "part": False, "stacks": False}
    for op in ("multiply", "matmul", "sum"):
        for case in _cases(op, 40):
            graph = Graph()
            inputs = [source(graph, "input", array) for array in case.arrays]
            result = case.function(*inputs)
            assert isinstance(result, Array)
            for node in list(graph)[len(inputs) :]:
                for ids in node.inputs:
                    seen["twice"] |= len(np.unique(ids)) < ids.size
                    seen["part"] |= len(np.unique(ids)) < graph.owner(int(ids.flat[0])).size
                    seen["stacks"] |= ids.ndim > 2
    assert all(seen.values())
