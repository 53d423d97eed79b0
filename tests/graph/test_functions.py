"""What cannot be is said in the user's words, with what to do instead."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.frontends.numpy.trace import trace
from sheetformer.graph.array import Array
from sheetformer.graph.functions import (
    beginning,
    concatenate,
    constant,
    embedding,
    largest,
    letter,
    lookup,
    source,
    stack,
    word_at,
)
from sheetformer.graph.node import Graph

WORDS = np.array(["eu", "estou"], dtype=object)
X = "x (2 [eu … estou] × 3)"
Y = "y (4)"


@pytest.fixture
def graph() -> Graph:
    return Graph()


@pytest.fixture
def x(graph: Graph) -> Array:
    return source(graph, "input", np.ones((2, 3)), (WORDS, None), name="x")


@pytest.fixture
def y(graph: Graph) -> Array:
    return source(graph, "input", np.ones(4), name="y")


def _words(x: Array) -> Array:
    """Two words in the graph of x."""
    return source(x.graph, "input", np.array(["a", "b"], dtype=object))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda x, y: x @ y, [X, Y, "inner lengths 3 and 4"]),
        (lambda x, y: x + y, ["add", X, Y]),
        (lambda x, y: np.where(x > 0, x, y), ["where", Y]),
        (lambda x, y: np.concatenate([x, y]), [X, Y]),
        (lambda x, y: np.stack([x, y]), [X, Y, "one shape"]),
        (lambda x, _: x.reshape(4, 2), [X, "6 numbers", "(4, 2)"]),
        (lambda x, _: x[2], [X, "out of bounds"]),
        (lambda x, _: x[0, 0, 0], [X]),
        (lambda x, _: x.sum(2), ["sum", X, "no axis 2"]),
        (lambda x, _: x.sum((0, -2)), ["twice"]),
        (lambda x, _: x.squeeze(0), [X, "longer than 1"]),
        (lambda x, _: x.swapaxes(0, 2), [X]),
        (lambda x, _: x.transpose(0, 0), [X]),
        (lambda x, _: np.expand_dims(x, 5), [X, "new axis"]),
        (lambda x, _: np.split(x, 2, axis=1), [X]),
        (lambda x, _: np.broadcast_to(x, (4, 4)), [X]),
        (lambda x, _: x @ 2.0, ["rows and columns"]),
        (lambda x, y: x.reshape(2, 1, 3) @ np.ones((3, 3, 2)) @ y, ["x"]),
        (lambda x, _: x[:0] + 1.0, ["add", "holds no number"]),
        (lambda x, y: embedding(x[None], y), ["one or two axes"]),
        (lambda x, y: lookup(x, x, y), [X, Y, "equal columns"]),
        (lambda x, _: letter(_words(x), np.array([1.0, 0.0])), ["count from 1"]),
        (lambda x, _: letter(_words(x), np.ones(3)), ["letter", "do not fit"]),
        (lambda x, _: word_at(_words(x), np.array([1.0, 0.0])), ["count from 1"]),
    ],
)
def test_shapes_that_do_not_fit(
    wrong: Callable[[Array, Array], Any], words: list[str], x: Array, y: Array
) -> None:
    with pytest.raises(ShapeError) as exponentials:
        wrong(x, y)
    for word in words:
        assert word in str(exponentials.value)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (np.arctan2, "numpy.arctan2 has no spreadsheet form"),
        (lambda x, _: np.arctanh(x), "did you mean tanh"),
        (lambda x, _: np.unwrap(x), "numpy.unwrap has no spreadsheet form"),
        (lambda x, _: np.exp(x, out=np.ones((2, 3))), "numpy.exp with out"),
        (lambda x, _: np.add.reduce(x), "numpy.add with axis|numpy.add with reduce|reduce"),
        (lambda x, _: np.sum(x, dtype=float), "numpy.sum is known, but not with these"),
        (lambda x, _: np.where(x > 0), "numpy.where is known, but not with these"),
        (lambda x, _: np.linalg.norm(x, ord=1), "ord=1"),
        (lambda x, _: bool(x), r"x \(2 .* × 3\) cannot be asked by an if"),
        (lambda x, _: 0 if x[0, 0] > 1 else 1, "np.where"),
        (lambda x, _: math.sqrt(x[0, 0]), "np.sqrt"),
        (lambda x, _: np.asarray(x), "plain NumPy array"),
        (lambda _, y: np.ones(9)[y], "must be an argument too"),
        (lambda x, _: np.max([x, x]), "plain NumPy array"),
        (lambda x, _: x.__setitem__(0, 1.0), "np.concatenate"),
        (lambda x, y: x[:, y], "one computed array"),
        (lambda x, _: x.astype(int), "cannot become int64"),
        (lambda x, _: x & x, "join comparisons"),
        (lambda x, _: x + "word", "holds words"),
        (lambda x, _: np.where(x > 0, x, "word"), "all be words or all be numbers"),
        (lambda x, _: x == "word", "all be words or all be numbers"),
        (lambda x, _: np.add(x, [None]), "cannot hold None"),
        (lambda x, _: x + np.nan, "NaN"),
        (lambda x, _: x + 1j, "complex"),
        (lambda x, _: x + source(Graph(), "input", 1.0), "two different traces"),
        (lambda x, _: concatenate([x, WORDS]), "all be words"),
        (lambda _, y: lookup(WORDS, np.array(["a", "A"]), y[:2]), "stands twice"),
        (lambda _, y: lookup(WORDS, np.array(["a", ""]), y[:2]), "is empty"),
        (lambda _, y: embedding(WORDS, y) + 1.0, "holds words"),
        (lambda x, _: letter(x, 1.0), "must be words"),
        (lambda x, _: beginning(x, 1.0), "must be words"),
        (lambda *_: stack([1.0, 2.0]), "being traced"),
    ],
)
def test_what_has_no_spreadsheet_form(
    wrong: Callable[[Array, Array], Any], words: str, x: Array, y: Array
) -> None:
    with pytest.raises(UnsupportedError, match=words):
        wrong(x, y)


@pytest.mark.parametrize("value", [np.nan, 2j, [None], [[1.0], [2.0, 3.0]]])
def test_inputs_that_no_cell_can_hold(value: Any) -> None:
    with pytest.raises((UnsupportedError, ShapeError), match=r"cannot hold|no table"):
        trace(lambda x: x + 1.0, value)


def test_nothing_is_no_input() -> None:
    with pytest.raises(ShapeError, match=re.escape("shape (0, 3) holds nothing")):
        trace(lambda x: x, np.ones((0, 3)))


@pytest.mark.parametrize("result", [1.0, None, np.ones(2), [np.ones(2)]])
def test_a_function_must_return_what_it_computed(result: Any) -> None:
    with pytest.raises(UnsupportedError, match="must return what it computed"):
        trace(lambda _: result, 1.0)


def test_a_function_must_not_return_another_traces_array() -> None:
    stray = source(Graph(), "input", 1.0)
    with pytest.raises(UnsupportedError, match="another trace"):
        trace(lambda _: stray, 1.0)


def test_infinity_given_by_the_function_becomes_large(graph: Graph) -> None:
    assert constant(graph, [-np.inf, 0.5, np.inf]).value.tolist() == [-1e30, 0.5, 1e30]
    book = trace(lambda x: np.where(np.array([True, False]), x, -np.inf), np.ones(2))
    assert book["output"].value.tolist() == [1.0, -1e30]


@pytest.mark.parametrize(
    "function", [lambda x: np.exp(x * 1e4), lambda x: np.log(-x), lambda x: 1 / (x - x)]
)
def test_a_result_that_no_cell_can_hold(function: Callable[[Any], Any]) -> None:
    with pytest.raises(UnsupportedError, match="not finite"):
        trace(function, np.ones(2))


def test_the_same_constant_twice_is_one_block() -> None:
    mask = np.eye(2)
    book = trace(lambda x: (x * mask) + np.where(mask, x, 0.0), np.ones((2, 2)))
    assert [node.op for node in book.graph if node.size > 1].count("constant") == 1


def test_a_numpy_array_on_either_side_becomes_a_block() -> None:
    given = np.arange(6.0).reshape(2, 3)
    for function in (lambda q: q @ given, lambda q: given.T @ q, lambda q: given[:, :2] - q):
        q = np.ones((2, 2))
        assert np.array_equal(trace(function, q)["output"].value, function(q))


@pytest.mark.parametrize("k", [1, 2, 3])
def test_largest_gives_the_ranked_number_and_its_first_place(k: int) -> None:
    graph = Graph()
    x = source(graph, "input", np.array([[3.0, 1.0, 2.0], [5.0, 5.0, 4.0]]), name="x")
    value, place = largest(x, k)
    np.testing.assert_array_equal(value.value[:, 0], np.sort(x.value)[:, -k])
    first = [
        int(np.argmax(row == wanted)) for row, wanted in zip(x.value, value.value, strict=True)
    ]
    assert place.value[:, 0].tolist() == first


def test_no_number_of_that_rank() -> None:
    x = source(Graph(), "input", np.ones((2, 3)), name="x")
    with pytest.raises(ShapeError, match=r"x \(2 × 3\) has no number of rank 4"):
        largest(x, 4)
