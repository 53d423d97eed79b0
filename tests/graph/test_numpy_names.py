"""NumPy's names mean on an Array what they mean in NumPy; the formulas are proved elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sheetformer.engines.base import Engine
from sheetformer.frontends.numpy.trace import trace

from ..support import assert_book_recalculates

X = np.round(np.random.default_rng(1).uniform(0.2, 3.0, (2, 3, 4)), 2)

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "clip": lambda x: np.clip(x, 0.5, 2.0) + x.clip(max=1.0),
    "var": lambda x: np.var(x, axis=-1, keepdims=True),
    "var ddof": lambda x: x.var(axis=(0, 1), ddof=1),
    "std": lambda x: np.std(x, axis=0),
    "std of all": lambda x: x.std(),
    "norm": lambda x: np.linalg.norm(x, axis=-1),
    "norm keepdims": lambda x: x / np.linalg.norm(x, axis=-1, keepdims=True),
    "minimum": lambda x: np.minimum(x, 1.0) + np.maximum(0.7, x),
    "min max": lambda x: x.min(axis=1) - np.amax(x, axis=1),
    "abs": lambda x: np.abs(1 - x) + abs(x - 2),
    "argmin": lambda x: np.argmin(x, axis=1),
    "argmax of all": np.argmax,
    "tril": lambda x: np.tril(x) + np.triu(x, 1),
    "causal": lambda x: np.where(np.tril(np.ones((3, 4))) == 1, x, -np.inf).max(-1),
    "sign": lambda x: np.sign(x - 1.0),
    "logs": lambda x: np.log2(x) + np.log10(x) + np.log1p(x) + np.exp2(x) + np.expm1(x),
    "square": lambda x: np.square(x) + np.reciprocal(x) + (+x),
    "logic": lambda x: (((x > 1) & (x < 2)) | ~(x > 0.5)) * 1.0,
    "logical": lambda x: np.logical_and(x > 1, x < 2) + np.logical_or(x > 2, np.logical_not(x)) * 2,
    "compare": lambda x: (x >= 1) * 1.0 + (x <= 1) * 2.0 + (x != 1) * 4.0 + (x < 2),
    "dot": lambda x: np.dot(x, np.arange(4.0)) + x.dot(2.0).sum(-1),
    "outer": lambda x: np.outer(x[0, 0], np.arange(3.0)),
    "ordered": lambda x: np.vstack([x[0], x[1, 0]]) + np.hstack([x[0], x[0]])[:, :4].sum(),
    "hstack row": lambda x: np.hstack([x[0, 0], x[1, 1]]),
    "split": lambda x: np.concatenate(np.split(x, 2, axis=-1)[::-1], axis=-1),
    "split at": lambda x: np.split(x, [1], axis=1)[1],
    "take": lambda x: np.take(x, [0, 2], axis=-1) + np.take(x, 3),
    "moved": lambda x: np.moveaxis(x, 0, -1),
    "flip": lambda x: np.flip(x, axis=1) + np.roll(x, 1, axis=-1) + np.flip(x),
    "repeat": lambda x: np.repeat(x, 2, axis=0) + np.tile(x, (2, 1, 1)),
    "diagonal": lambda x: np.diagonal(x, axis1=1, axis2=2),
    "like": lambda x: np.zeros_like(x) + np.ones_like(x) + np.full_like(x, 2.0) + x,
    "bool picks": lambda x: x[:, np.array([True, False, True])] + x[:, [0, 2]],
    "int picks": lambda x: x[np.array([1, 0])] + x[np.int64(1)],
    "axes": lambda x: np.squeeze(x[:, :1], axis=1) + np.expand_dims(x[0, 0], 0),
    "transposed": lambda x: np.transpose(x, (2, 0, 1)) + np.swapaxes(x, 0, 2).swapaxes(1, 2),
    "shape": lambda x: x / (np.shape(x)[-1] + np.ndim(x) + np.size(x) + len(x)),
    "as type": lambda x: (x > 1).astype(int) + (x > 1).astype(float) + x.astype(bool),
    "copied": lambda x: x.astype(np.float64).copy(),
    "in place": lambda x: _added(x),
    "rows": lambda x: sum(row for row in x) + sum(x[0]).sum(),
    "int array": lambda x: x + np.arange(4) + np.array(True),
    "powers": lambda x: x**2 + 2**x + x**-0.5,
}  # fmt: skip


def _added(x: Any) -> Any:
    y = x * 1.0
    y += 1.0
    y *= x
    return y


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_numpys(name: str) -> None:
    expected = np.asarray(FUNCTIONS[name](X), dtype=float)
    if name == "causal":
        expected = np.maximum(expected, -1e30)
    found = trace(FUNCTIONS[name], X)["output"].value
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("style", ["matrix", "cell"])
def test_all_of_them_recalculate(style: str, engine: Engine) -> None:
    book = trace(lambda x: {k: f(x) for k, f in FUNCTIONS.items()}, X, formulas=style)
    assert_book_recalculates(book, engine)


def test_a_computed_index_looks_rows_up(ironcalc: Engine) -> None:
    table = np.arange(6.0).reshape(3, 2)
    for function in (lambda t, i: t[i], lambda t, i: np.take(t, i, axis=0)):
        book = trace(function, table, np.array([2, 0]))
        assert book["output"].value.tolist() == table[[2, 0]].tolist()
        assert_book_recalculates(book, ironcalc)


def test_several_results_have_their_places_or_keys() -> None:
    book = trace(lambda x: (x + 1.0, x.T), np.ones((2, 3)))
    assert book["output_1"].value.shape == (2, 3)
    assert book["output_2"].value.shape == (3, 2)
    book = trace(lambda x: {"sum": x.sum(), "rows": x.sum(1)}, np.ones((2, 3)))
    assert book["sum_"].value.shape == ()
    assert book["rows"].value.tolist() == [3.0, 3.0]
