"""What strangers gave to `trace`: each case with where its kind comes from.

A case is right as NumPy is, or refused in one sentence; it was wrong, or a raw error, before.
"""

from __future__ import annotations

from collections import UserDict
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas
import pytest

import sheetformer as sf
from sheetformer.engines.base import Engine
from sheetformer.errors import SheetformerError, UnsupportedError
from sheetformer.graph import nn
from sheetformer.graph.functions import inline
from sheetformer.story.names import name_steps
from sheetformer.story.story import Story

from ..support import assert_book_recalculates

X = np.array([[3.0, -1.0, 2.0], [0.5, 4.0, -6.0]])
MASK = np.array([[True, True, False], [True, False, True]])
HOLE = np.array([[True, True, False], [False, False, False]])
KEEP = np.array([True, False])
HIDE = np.array([[0.0, -np.inf, 0.0], [-np.inf, 0.0, 0.0]])


def softmax(scores: Any) -> Any:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


@dataclass
class Point:
    x: Any


Program = tuple[Callable[..., Any], tuple[Any, ...]]

RIGHT: dict[str, Program] = {
    # Masks as indices: the mean over real tokens, the loss over labelled ones.
    "sum of a mask": (lambda x: x[x > 0].sum(), (X,)),
    "mean of a mask": (lambda x: x[x > 0].mean(), (X,)),
    "max of a mask": (lambda x: np.max(x[x < 0]), (X,)),
    "min of a mask": (lambda x: x[~(x < 0)].min(), (X,)),
    "any of a mask": (lambda x: x[x > 0].any() * 1.0, (X,)),
    "all of a mask": (lambda x: np.all(x[x > 9]) * 1.0, (X,)),
    "rows of a mask": (lambda x: x[x[:, 0] > 1].sum(axis=0), (X,)),
    "rows of a mask, kept": (lambda x: x[x[:, 0] > 1].max(axis=-2, keepdims=True), (X,)),
    "mean of rows": (lambda x: x[x[:, 0] > 1].mean(), (X,)),
    "a mask that is given": (lambda x, m: np.sum(x[m]), (X, MASK)),
    "not the mask that is given": (lambda x, m: x[~m].mean(axis=0), (X, KEEP)),
    "a mask along an axis": (lambda x, m: x[m.any(axis=1)].sum(), (X, HOLE)),
    # Truth values are no numbers: scikit-learn style metrics count with and without a cast.
    "or": (lambda x: ((x > 0) + (x > 1)).sum(), (X,)),
    "or of masks": (lambda m: (m + m) * 1.0, (MASK,)),
    "counted": (lambda x: (x > 0).astype(int) + (x > 1).astype(float, copy=False), (X,)),
    "counted in views": (lambda x: np.concatenate([(x > 0).astype(int)] * 2) + (x > 1)[0], (X,)),
    "product of masks": (lambda x: ((x > 0) @ (x > 0).T) * 1.0, (X,)),
    "places, not a mask": (lambda x: x[(x[:, 0] > 1).astype(int)], (X,)),
    "exclusive or": (lambda x: ((x > 0) ^ (x > 1)).sum(), (X,)),
    "ones of masks": (lambda x: (np.ones_like(x > 0) + (x > 0)).sum(), (X,)),
    "truth beside numbers": (
        lambda x: (lambda c: c[:2] + c[2:])(np.concatenate([x > 0, x[:1] > 0, [[0.0, 1.0, 0.0]]])),
        (X,),
    ),
    "masks, one left out": (
        lambda x: (lambda m, rest: (m + rest).sum())(x > 0, np.concatenate([(x > 1)[:0], x > 1])),
        (X,),
    ),
    "lower triangles of masks": (lambda x: (np.tril(x > 0) + np.tril(x > 0)).sum(), (X,)),
    "masks without their sign": (lambda x: (np.abs(x > 0) + np.abs(x > 0)).sum(), (X,)),
    "masks as floats": (lambda x: np.fabs(x > 0) + np.fabs(x > 0), (X,)),
    "count_nonzero": (lambda x: np.count_nonzero(x > 0, axis=1), (X,)),
    "accuracy": (lambda x: (x.argmax(axis=1) == np.array([0, 0])).mean(), (X,)),
    # Infinity in an argument, as PyTorch people make causal masks.
    "a mask of infinity": (lambda x, m: softmax(x + m), (X, HIDE)),
    "infinity both ways": (lambda x, m: np.minimum(x, -m).max(), (X, HIDE)),
    "hidden scores": (lambda x, m: softmax(np.where(m, x, -np.inf)), (X, MASK)),
    "a bounded infinity": (lambda x, m: np.exp(x + m).sum(-1), (X, HIDE)),
    "a hidden row, and 0 for it": (
        lambda x, m: np.where(m.any(-1, keepdims=True), softmax(np.where(m, x, -np.inf)), 0.0),
        (X, HOLE),
    ),
    "a hidden row of attention": (lambda x, m: nn.attention(x, x, x, m) * 1.0, (X, HOLE[:, :2])),
    # Settings that NumPy has and we read as others.
    "argmax of all, kept": (lambda x: np.argmax(x, keepdims=True), (X,)),
    "argmin of all, kept": (lambda x: x[None].argmax(keepdims=True), (X,)),
    "Frobenius": (lambda x: np.linalg.norm(x, "fro", axis=(0, 1)), (X,)),
    "indices around nothing": (lambda x: x[None][:, [0, 1], ..., [2, 0]], (X,)),
    "take of truth": (lambda x: np.take(x, [True, False]), (X,)),
    "a new shape of zeros": (lambda x: np.zeros_like(x, shape=()) + x, (X,)),
    "zeros of a type": (lambda x: np.zeros_like(x, float) + x, (X,)),
    "full of a computed number": (lambda x: np.full_like(x, x.max()) - x, (X,)),
    "outer of a list": (lambda x: np.outer([1, 2], x), (X,)),
    "two new axes": (lambda x: np.expand_dims(x, (0, -1)), (X,)),
    "any and all": (lambda x: x.any(axis=1) + np.all(x, axis=1) * 2, (X,)),
    "matrices transposed": (lambda x: x.mT * 1.0, (X,)),
    "single numbers side by side": (lambda x: np.hstack([x[0, 0], x[0, 1]]), (X,)),
    # What runs along an axis, orders, and what is beyond the border.
    "cumsum": (lambda x: np.cumsum(x, axis=1) + x.cumsum(0), (X,)),
    "cumsum of all": (np.cumsum, (X,)),
    "cumprod and prod": (lambda x: x.cumprod(0) * x.prod() + np.prod(x, axis=0), (X,)),
    "sort": (lambda x: np.sort(x) + np.sort(x, axis=0) + np.sort(x, None).sum(), (X,)),
    "argsort": (lambda x: x.argsort() * x, (X,)),
    "median": (lambda x: np.median(x, axis=0) + np.median(x), (X,)),
    "average": (lambda x: np.average(x, axis=0, weights=[1.0, 2.0]), (X,)),
    "diff": (np.diff, (X,)),
    "pad": (lambda x: np.pad(x, ((1, 0), (0, 2)), constant_values=0.5), (X,)),
    "pad with what is there": (lambda x: np.pad(np.pad(x, 1, "edge"), (0, 1), "reflect"), (X,)),
    "norms": (
        lambda x: np.linalg.norm(x, 1, 1) + np.linalg.norm(x, np.inf, 1),
        (X,),
    ),
    # Rounding jumps where no calculation ends by itself.
    "floor": (lambda x: np.floor(x) + np.ceil(x * 2.3) * 10 + np.trunc(x * 1.7) * 100, (X,)),
    "round": (lambda x: np.round(x * 0.5) + np.round(x * 1.23, 1) + x.round(), (X,)),
    "halves": (np.round, (np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]),)),
    "%": (lambda x: x % 0.75 + x % -2 + np.fmod(x, 0.75), (X,)),
    "//": (lambda x: x // 2 + 3 // (x + 9.1) + divmod(x, 0.7)[1], (X,)),
    # Products by their indices.
    "einsum": (lambda x: np.einsum("ij,kj->ik", x, x), (X,)),
    "einsum of batches": (lambda x: np.einsum("bhd,bkd->bhk", x[None], x[None] * 2), (X,)),
    "einsum of dots": (lambda x: np.einsum("...i,ji", x, x), (X,)),
    "einsum of three": (lambda x: np.einsum("ij,kj,kl->il", x, x, x), (X,)),
    "einsum of one": (lambda x: np.einsum("ij->j", x) + np.einsum("ii->i", x[:, :2]).sum(), (X,)),
    "einsum side by side": (lambda x: np.einsum("i,j->ji", x[0], x[1]), (X,)),
    "einsum of all": (lambda x: np.einsum("ij,ij->", x, x), (X,)),
    "inner": (lambda x: np.inner(x, x) + np.tensordot(x, x, ([1], [1])), (X,)),
    "kron": (lambda x: np.kron(x, [[1.0, 2.0]]), (X,)),
    "trace": (lambda x: np.trace(x) + x.trace(), (X,)),
    "meshgrid": (lambda x: np.meshgrid(x[0], x[1])[1], (X,)),
    "functions of angles": (lambda x: np.tan(x) + np.deg2rad(x) + np.hypot(x, 1.0), (X,)),
    "logaddexp": (lambda x: np.logaddexp(x, x * 300), (X,)),
    "no NaN": (lambda x: np.where(np.isnan(x), 0.0, np.nan_to_num(x)), (X,)),
    # Numbers of other libraries.
    "fractions": (lambda x: x + 1.0, (np.array([Fraction(1, 2), 2], dtype=object),)),
    "a large whole number": (lambda x: x + 1.0, (10**25,)),
    "half precision": (lambda x: x + 1.0, (np.array([1.5, 2.0], dtype=np.float16),)),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_it_is_right_as_in_numpy(name: str) -> None:
    function, arrays = RIGHT[name]
    with np.errstate(invalid="ignore"):
        plain = HOLE_ATTENTION if name == "a hidden row of attention" else function(*arrays)
    expected = np.nan_to_num(np.asarray(plain, dtype=float), posinf=1e30, neginf=-1e30)
    found = output(*RIGHT[name])
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-13)


HOLE_ATTENTION = np.array([*nn.attention(X[:1], X, X), np.zeros(3)])


def output(function: Callable[..., Any], arrays: tuple[Any, ...], formulas: str = "matrix") -> Any:
    book = sf.trace(lambda *given: {"": function(*given)}, *arrays, formulas=formulas)
    return book[[name for name in book if name.startswith("output")][-1]].value


@pytest.mark.parametrize("style", ["matrix", "cell"])
def test_all_of_them_recalculate(style: str, ironcalc: Engine) -> None:
    books = [sf.trace(f, *arrays, formulas=style) for f, arrays in RIGHT.values()]
    assert_book_recalculates(books, ironcalc)


REFUSED: dict[str, tuple[Callable[..., Any], tuple[Any, ...], str]] = {
    # As many cells as the mask is true for: code that filters rows.
    "a mask alone": (lambda x: x[x > 0], (X,), "picks more or fewer"),
    "a mask in a formula": (lambda x: (x[x > 0] ** 2).sum(), (X,), "picks more or fewer"),
    "parts of numbers cut off": (
        lambda x: np.concatenate([x.argmax(1), x[0]]).astype(int), (X,), "cannot become int64",
    ),
    "the length of a mask": (lambda x: x.sum() / len(x[x > 0]), (X,), "picks more or fewer"),
    "the shape of a mask": (lambda x: x[x > 0].shape[0] * x, (X,), "picks more or fewer"),
    "a sum beside a mask": (lambda x: x[x[:, 0] > 1].sum(axis=1), (X,), "picks more or fewer"),
    "median of a mask": (lambda x: np.median(x[x > 0]), (X,), "picks more or fewer"),
    "mean of nothing": (lambda x: x[x > 99].mean(), (X,), "true nowhere"),
    "max of nothing": (lambda x: x[x > 99].max(), (X,), "true nowhere"),
    "a mask of another shape": (lambda x, m: x[m].sum(), (X, np.ones(3, bool)), "first axes"),
    "a part of a place": (lambda x: x[x[:, 0]], (X,), "holds parts"),
    "differences of masks": (lambda x: (x > 0) - (x > 1), (X,), "no difference"),
    "minus a mask": (lambda x: -(x > 0), (X,), "no difference"),
    # Padding that leaves a row nothing to look at: NumPy gives NaN, a sheet would give shares.
    "a row masked wholly": (
        lambda x, m: softmax(np.where(m, x, -np.inf)), (X, HOLE), "row 2, column 1"
    ),
    "a row of an argument": (softmax, (np.where(HOLE, X, -np.inf),), "row 2, column 1"),
    "softmax of ours": (
        lambda x, m: nn.softmax(np.where(m, x, -np.inf)), (X, HOLE), "row 2, column 1"
    ),
    "log softmax of ours": (
        lambda x, m: nn.log_softmax(np.where(m, x, -np.inf)), (X, HOLE), "row 2, column 1"
    ),
    "a sum over a hidden row": (
        lambda x, m: softmax(np.where(m, x, -np.inf)).T @ x, (X, HOLE), "row 2, column 1"
    ),
    "a mask times infinity": (lambda x, m: x + m * -np.inf, (X, HIDE == 0), "NaN"),
    # Operators whose TypeError Python swallowed.
    "floor near a jump": (lambda x: np.floor(x * 10.0), (0.3 - 1e-16,), "within 1E-9"),
    "% near a jump": (lambda x: x % 0.1, (0.3,), "within 1E-9"),
    "argsort of ties": (np.argsort, ([1.0, 1.0],), "some numbers are equal"),
    "einsum of other shapes": (lambda x: np.einsum("ij,jk", x, x), (X,), "does not fit"),
    "pad by a ramp": (lambda x: np.pad(x, 1, "linear_ramp"), (X,), "mode='linear_ramp'"),
    "int": (lambda x: x * int(x[0, 0]), (X,), "whole Python number"),
    "a slice of computed length": (lambda x: x[: x[0, 0]], (X,), "whole Python number"),
    "item": (lambda x: x * x[0, 0].item(), (X,), "cannot become a Python number"),
    "tolist": (lambda x: x.tolist(), (X,), "plain NumPy array"),
    "shift": (lambda x: x << 1, (X,), "numpy.left_shift"),
    "a method": (lambda x: x.choose(1), (X,), "choose of NumPy's arrays"),
    "iteration of a number": (lambda x: list(x[0, 0]), (X,), "no length"),
    # Names that mislead.
    "inv": (lambda x: np.linalg.inv(x), (X,), r"numpy\.linalg\.inv .* known are norm, multi_dot$"),
    "complex": (lambda x: x.astype(complex), (X,), "cannot become complex128"),
    "repeat": (lambda x: np.repeat(x, [1, 2, 3], axis=0), (X,), r"x \(2 × 3\), repeat:"),
    # Settings that were ignored, or ended raw.
    "argmax along two": (lambda x: x.argmax(axis=(0, 1)), (X,), "along one axis"),
    "a spectral norm": (lambda x: np.linalg.norm(x, 2, axis=(0, 1)), (X,), "ord=2 of 2 axes"),
    "a norm of three axes": (
        lambda x: np.linalg.norm(x[None], axis=(0, 1, 2)), (X,), "ord=None of 3 axes"
    ),
    "clip with a cast": (lambda x: np.clip(x, 0, 1, casting="unsafe"), (X,), "casting"),
    "take beyond": (lambda x: np.take(x, 0, axis=5), (X,), "take: .* no axis 5"),
    "squeeze beyond": (lambda x: np.squeeze(x[:1], axis=-4), (X,), "squeeze: .* no axis -4"),
    "squeeze of a number": (lambda x: x.sum().squeeze(0), (X,), "no axis 0"),
    "a list of axes": (lambda x: x.sum([0]), (X,), r"no axis \[0\]"),
    "a type in third place": (lambda x: np.sum(x, 0, float), (X,), "too many positional"),
    "half a repetition": (lambda x: np.roll(x, "a"), (X,), "roll"),
    "no shape": (lambda x: x.reshape("a"), (X,), "cannot take the shape"),
    # Arguments of other kinds; what was hidden in them was lost.
    "a masked array": (lambda x: x, (np.ma.array([1.0, 2.0], mask=[0, 1]),), "lose its mask"),
    "masked rows": (lambda x: x, ([np.ma.array([1.0], mask=[1])],), "lose its mask"),
    "a matrix": (lambda x: x * x, (X.view(np.matrix),), "numpy.matrix multiplies"),
    "a dataclass": (lambda x: x.x, (Point(X),), "argument x: what is of type Point is no array"),
    "a set": (lambda x: x, ({1.0},), "argument x: what is of type set is no array"),
    "imaginary parts": (lambda x: x, ([1j],), "argument x: a cell cannot hold complex128"),
    "a number out of range": (lambda x: x, ([10**400],), "beyond 1E"),
    # Results that are none.
    "a dataclass comes out": (Point, (X,), "list or dict of arrays, not a Point"),
    "a number comes out": (lambda _: 3.0, (X,), "a float that does not depend on them"),
    "nothing comes out": (lambda _: None, (X,), "nothing"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_one_sentence(name: str) -> None:
    function, arrays, words = REFUSED[name]
    with pytest.raises(SheetformerError, match=words) as refused:
        sf.trace(function, *arrays)
    assert "\n" not in str(refused.value)


def test_a_gradient_goes_to_what_a_mask_picks() -> None:
    equal = np.ones((2, 3))
    for op, share in ((np.sum, MASK * 1.0), (np.mean, MASK / 4)):
        found = sf.grad(lambda x, m, op=op: op(x[m]))(equal, MASK)
        assert list(found) == ["loss", "d_x"]
        np.testing.assert_allclose(found["d_x"], share)
    for op in (np.max, np.min):
        found = sf.grad(lambda x, m, op=op: op(x[~m]))(equal, MASK)
        assert found["d_x"].tolist() == [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    assert list(sf.grad(lambda x, m: (x * m).sum())(X, MASK)) == ["loss", "d_x"]


def test_an_attribute_of_nobody_is_missing() -> None:
    with pytest.raises(AttributeError, match="no attribute 'foo'"):
        sf.trace(lambda x: x.foo, X)
    assert sf.trace(lambda x: x * hasattr(x, "choose"), X)["output"].value.max() == 0.0


def test_a_result_may_be_any_mapping() -> None:
    assert [*sf.trace(lambda x: UserDict(a=x * 2.0), X)] == ["x", "a"]


def test_keys_name_blocks_whatever_made_the_value() -> None:
    def named(x: Any) -> Any:
        shares = nn.softmax(x)
        return {"shares": shares, "again": shares, "turned": shares.T, "x": x, "é": x + 1.0}

    book = sf.trace(named, X)
    assert {"shares", "again", "turned", "output_x", "e"} <= {*book}
    np.testing.assert_array_equal(book["again"].value, book["shares"].value)
    assert [*sf.trace(lambda x: (lambda y: (y, y))(x * 2.0), X)] == ["x", "output_1", "output_2"]
    assert book.blocks["e"].heading.startswith("é")


def test_arguments_by_name_in_dictionaries_and_lists() -> None:
    def layer(x: Any, weights: Any, *, bias: Any, eps: float, heads: int, mode: str) -> Any:
        assert (heads, mode) == (2, "a")
        for weight in weights["inner"]:
            x = x @ weight
        return x * weights["scale"] + bias + eps

    inner = [np.ones((3, 2)), np.full((2, 2), 0.5)]
    given = {"inner": inner, "scale": np.array([1.0, 2.0])}
    settings: dict[str, Any] = {"bias": [0.5, 1.0], "eps": 0.25, "heads": 2, "mode": "a"}
    book = sf.trace(layer, X, given, **settings)
    names = ["x", "weights_inner_0", "weights_inner_1", "weights_scale", "bias", "eps"]
    assert [*book][:6] == names
    np.testing.assert_allclose(book["output"].value, layer(X, given, **settings))
    book = sf.trace(lambda x, title: x * title, X, inputs={"title": 2.0}, title="A heading")
    assert (book.title, [*book][:2]) == ("A heading", ["x", "title"])
    with pytest.raises(SheetformerError, match=r"argument x_a: .* mask"):
        sf.trace(lambda x: x, {"a": [np.ma.array([1.0], mask=[1])]})


def test_names_stay_readable() -> None:
    def blend(atenção: Any, σ: Any, zürich: Any) -> Any:
        return atenção * σ + zürich

    assert [*sf.trace(blend, X, X, X)][:3] == ["atencao", "sigma", "zurich"]


def test_a_table_gives_its_names() -> None:
    table = pandas.DataFrame(X, index=["a", "b"], columns=["p", "q", "r"])
    book = sf.trace(lambda table: table @ table.T, table)
    assert book["table"].labels == (["a", "b"], ["p", "q", "r"])
    assert book["output"].labels == (["a", "b"], ["a", "b"])
    assert sf.trace(lambda s: s * 2.0, pandas.Series([1.0, 2.0]))["output"].labels == (None,)


def test_tensors_of_any_type_are_arguments() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    ones = torch.ones(2, 3)
    for given in (
        ones.bfloat16(), ones.half(), ones.requires_grad_(), torch.nn.Parameter(ones),
        [torch.ones(3, requires_grad=True)] * 2,
    ):  # fmt: skip
        assert (output(lambda x: x + 1.0, (given,)) == 2.0).all()
    assert output(lambda x, m: x[m].sum(), (X, torch.tensor(MASK))) == X[MASK].sum()
    for wrong in (torch.eye(2).to_sparse(), torch.ones(2, dtype=torch.complex64)):
        with pytest.raises(UnsupportedError, match="argument x"):
            sf.trace(lambda x: x, wrong)


@pytest.mark.parametrize(
    "weights",
    [np.full((2, 2), 0.5 + 0.1j), np.ma.array(np.full((2, 2), 0.5), mask=np.eye(2))],
)
def test_a_heat_map_drops_nothing_of_its_weights(weights: Any) -> None:
    with pytest.raises(SheetformerError, match=r"complex numbers|lose its mask"):
        sf.attention(weights, "a b")


def test_a_long_way_needs_no_deep_stack() -> None:
    def steps(x: Any) -> Any:
        truth = x > 0.0
        for _ in range(3000):
            truth = truth & (x > -1.0)
        return np.where(truth, x, 0.0).sum()

    assert sf.trace(steps, np.array([1.0, -2.0]))["output"].value == 1.0


def test_an_equation_does_not_grow_with_the_graph() -> None:
    story = Story("Powers of powers, in one formula")
    power = story.input(np.array([1.0, 0.5]), "x")
    for _ in range(30):
        power = inline(power * power)
    story.show(np.concatenate([power * (i + 1.0) for i in range(60)]) * 2.0, "joined")
    name_steps(story)
    assert max(len(story.caption(node).equation) for node in story.graph) < 2000
