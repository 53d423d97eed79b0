"""Every operation has a derivative or a reason; what `sf.grad` gives, the format of its blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.frontends.numpy.trace import trace
from sheetformer.graph import functions, nn
from sheetformer.graph.array import Array
from sheetformer.graph.autodiff.accumulation import gradients
from sheetformer.graph.autodiff.derivatives import DERIVATIVES
from sheetformer.graph.functions import source
from sheetformer.graph.node import Graph
from sheetformer.graph.ops import OPS
from sheetformer.story.names import name_steps
from sheetformer.story.story import Story

RNG = np.random.default_rng(3)


def some(*shape: int) -> Any:
    return RNG.normal(size=shape).round(2)


X, W_Q, W_K, W_V = some(3, 4), some(4, 2), some(4, 2), some(4, 2)


@pytest.mark.parametrize("name", OPS)
def test_every_operation_has_a_derivative_or_a_reason(name: str) -> None:
    assert (name in DERIVATIVES) != bool(OPS[name].no_gradient)
    if name in DERIVATIVES:
        assert len(DERIVATIVES[name]) == OPS[name].arity


def test_what_refuses_a_gradient_says_why() -> None:
    assert all(op.no_gradient for op in OPS.values() if op.refuses_gradient)


# What it gives.


def squares(x: Any, w: Any) -> Any:
    return ((x @ w) ** 2).sum()


def test_numpy_in_and_numpy_out() -> None:
    found = sf.grad(squares)(X, W_Q)
    assert list(found) == ["loss", "d_x", "d_w"]
    assert isinstance(found["loss"], float)
    assert all(isinstance(found[name], np.ndarray) for name in ("d_x", "d_w"))
    np.testing.assert_allclose(found["loss"], squares(X, W_Q))
    np.testing.assert_allclose(found["d_w"], X.T @ (2 * X @ W_Q))


def test_plain_numbers() -> None:
    found = sf.grad(lambda x: x**3)(2.0)
    assert found == {"loss": 8.0, "d_x": 12.0}


def test_the_function_keeps_its_name_and_signature() -> None:
    book = trace(sf.grad(squares), X, W_Q)
    assert book.title == "squares"
    assert {"x", "w_", "loss", "d_loss", "d_x", "d_w"} <= set(book)
    assert book["d_w"].value.shape == W_Q.shape


@pytest.mark.parametrize(
    ("argnums", "names"), [(0, ["d_x"]), (-1, ["d_w"]), ((1, 0), ["d_w", "d_x"]), ([0, 0], ["d_x"])]
)
def test_argnums(argnums: Any, names: list[str]) -> None:
    assert list(sf.grad(squares, argnums)(X, W_Q)) == ["loss", *names]


def test_only_what_the_number_changes_with() -> None:
    def chosen(x: Any, mask: Any, table: Any, place: Any, words: Any) -> Any:
        hidden = np.where(mask, x, 0.0).sum() + table[place].sum() + (words == "I").sum()
        return hidden + (x > 0.5).sum() + x.argmax(axis=-1).sum()

    given = (X, X > 0, some(5, 2), np.array([0, 3, 3]), np.array(["I", "am"], dtype=object))
    found = sf.grad(chosen)(*given)
    assert list(found) == ["loss", "d_x", "d_table"]
    assert found["d_table"][:, 0].tolist() == [1.0, 0.0, 0.0, 2.0, 0.0]
    gradient = sf.grad(chosen, argnums=1)(*given)
    assert not gradient["d_mask"].any()


def test_settings_by_keyword_are_passed_on() -> None:
    def power(x: Any, exponent: float = 2.0) -> Any:
        return (x**exponent).sum()

    assert sf.grad(power)(np.array([2.0]), exponent=3.0)["d_x"].tolist() == [12.0]


def test_errors() -> None:
    with pytest.raises(ShapeError, match=r"single number.*shape \(3, 2\).*\.sum\(\)"):
        sf.grad(lambda x, w: x @ w)(X, W_Q)
    with pytest.raises(UnsupportedError, match="must return one number computed from"):
        sf.grad(lambda x: 1.0)(X)  # noqa: ARG005
    with pytest.raises(UnsupportedError, match="changes with no argument"):
        sf.grad(lambda x: (x > 0).sum())(X)
    with pytest.raises(UnsupportedError, match="no argument 2 of 2"):
        sf.grad(squares, 2)(X, W_Q)
    with pytest.raises(UnsupportedError, match="t holds words"):
        sf.grad(lambda t, x: (t == "I").sum() * x, 0)(["I"], 1.0)
    with pytest.raises(UnsupportedError, match="returned a word"):
        sf.grad(lambda t: t[0])(["I"])
    with pytest.raises(UnsupportedError, match="is for checks"):
        sf.grad(lambda x: functions.deviation(x, x * 2.0) + x.sum())(X)


def test_gradients_of_any_block() -> None:
    story = Story("")
    x = story.input(X, "x")
    scores = functions.named(x @ x.T, "scores")
    d_scores, d_x = gradients((scores * scores).sum(), [scores, x])
    np.testing.assert_allclose(d_scores.value, 2 * X @ X.T)
    np.testing.assert_allclose(d_x.value, 4 * X @ X.T @ X)
    name_steps(story)
    assert (d_scores.node.name, d_x.node.name) == ("d_scores", "d_x")
    with pytest.raises(ShapeError, match="needs a single number, not scores"):
        gradients(scores, [x])


# Inside another function.


def test_an_argument_given_twice_has_two_gradients() -> None:
    def both(x: Any) -> Any:
        found = sf.grad(lambda a, b: (a * a * b).sum())(x, x)
        return found["d_a"], found["d_b"]

    book = trace(both, X)
    np.testing.assert_allclose(book["d_a"].value, 2 * X * X)
    np.testing.assert_allclose(book["d_b"].value, X * X)


def test_an_argument_may_be_a_view() -> None:
    def rows(x: Any) -> Any:
        repeated = np.broadcast_to(x[0], (2, 4))
        return sf.grad(lambda a, b: (a * b * b).sum())(x[1:].T[:, :2], repeated.T)

    book = trace(rows, X)
    np.testing.assert_allclose(book["d_a"].value, np.stack([X[0] ** 2] * 2, -1))
    np.testing.assert_allclose(book["d_b"].value, 2 * X[1:].T * X[0][:, None])


def test_what_comes_from_outside_is_given() -> None:
    def step(x: Any) -> Any:
        weight = x * 2.0
        return sf.grad(lambda z: (z * weight).sum())(x[:1])["d_z"]

    np.testing.assert_allclose(trace(step, X)["d_z"].value, (2 * X).sum(0)[None])


# Corners.


@pytest.mark.parametrize(
    ("function", "given", "slopes"),
    [
        (lambda x: x.max(), [1.0, 3.0, 3.0], [0, 1, 0]),
        (lambda x: x.min(axis=0), [3.0, 1.0, 1.0], [0, 1, 0]),
        (lambda x: functions.largest(x, 2)[0].sum(), [3.0, 1.0, 2.0, 2.0], [0, 0, 1, 0]),
        (lambda x: np.maximum(x, 1.0).sum(), [0.0, 1.0, 2.0], [0, 0.5, 1]),
        (lambda x: np.minimum(x, 1.0).sum(), [0.0, 1.0, 2.0], [1, 0.5, 0]),
        (lambda x: nn.relu(x).sum(), [-1.0, 0.0, 2.0], [0, 0, 1]),
        (lambda x: abs(x).sum(), [-1.0, 0.0, 2.0], [-1, 0, 1]),
        (lambda x: (x**0).sum() + (x**1).sum(), [0.0, 2.0], [1, 1]),
        (lambda x: (x**2).sum(), [0.0, -2.0], [0, -4]),
        (lambda x: (x**0.5).sum(), [4.0, 1.0], [0.25, 0.5]),
        (lambda x: (2.0**x).sum() / np.log(2.0), [0.0, 2.0], [1, 4]),
    ],
)
def test_slopes_at_corners(function: Any, given: list[float], slopes: list[float]) -> None:
    found = sf.grad(function)(np.array(given))
    np.testing.assert_allclose(found["d_x"], slopes)
    np.testing.assert_allclose(trace(sf.grad(function), given)["d_x"].value, slopes)


def test_a_power_of_zero() -> None:
    found = sf.grad(lambda x, y: (x**y).sum(), argnums=1)(np.array([0.0, 2.0]), np.array([1.0, 3]))
    np.testing.assert_allclose(found["d_y"], [0.0, 8 * np.log(2.0)])


# The format of the blocks.


def attention_loss(x: Any, W_Q: Any, W_K: Any, W_V: Any) -> Any:  # noqa: N803 - as in the paper
    return nn.attention(x @ W_Q, x @ W_K, x @ W_V).sum()


def backward(book: sf.Book) -> dict[str, str]:
    """The equation of every block after the result."""
    names = list(book)
    return {name: book.blocks[name].caption.equation for name in names[names.index("d_loss") + 1 :]}


def test_the_way_back_through_attention_reads_as_in_a_textbook() -> None:
    book = trace(sf.grad(attention_loss), X, W_Q, W_K, W_V)
    assert backward(book) == {
        "d_blend": "d_loss[…]",
        "d_weights": "d_blend · matmul_3ᵀ",
        "d_matmul_3": "weightsᵀ · d_blend",
        "d_weights_sum": "(−(sum((d_weights × weights)))) / weights_sum",
        "d_weights_exp": "(d_weights / weights_sum) + d_weights_sum",
        "d_scaled": "d_weights_exp × weights_exp",
        "d_scores": "d_scaled / 1.414",
        "d_matmul": "d_scores · matmul_2",
        "d_matmul_2": "d_scoresᵀ · matmul",
        "d_x_from_matmul_3": "d_matmul_3 · W_Vᵀ",
        "d_W_V": "xᵀ · d_matmul_3",
        "d_x_from_matmul_2": "d_matmul_2 · W_Kᵀ",
        "d_W_K": "xᵀ · d_matmul_2",
        "d_x_from_matmul": "d_matmul · W_Qᵀ",
        "d_W_Q": "xᵀ · d_matmul",
        "d_x": "(d_x_from_matmul_3 + d_x_from_matmul_2) + d_x_from_matmul",
    }


def test_heads_are_merged_by_a_view() -> None:
    weights = [some(4, 4) for _ in range(4)]

    def loss(x: Any, *w: Any) -> Any:
        return nn.multi_head_attention(x, x, *w, 2).sum()

    book = trace(sf.grad(loss), X, *weights)
    assert {"d_Q", "d_K", "d_V", "d_scores"} <= set(book)
    assert book["d_Q"].value.shape == (3, 4)
    assert book.blocks["d_Q"].node.op == "copy"
    assert sum("side_by_side" in name for name in book) == 1


def test_slices_that_fill_a_block_are_joined_without_a_sum() -> None:
    def parts(x: Any) -> Any:
        return (x[:, 2:] * 2.0).sum() + np.tanh(x[:, :2]).sum()

    book = trace(sf.grad(parts), X)
    assert book.blocks["d_x"].node.op == "copy"
    assert "zero" not in book


def test_what_is_not_read_has_gradient_zero() -> None:
    book = trace(sf.grad(lambda x: (x[1] * x[1]).sum()), X)
    expected = np.zeros_like(X)
    expected[1] = 2 * X[1]
    np.testing.assert_allclose(book["d_x"].value, expected)
    assert "zero" in book


def test_many_readings_of_one_element_are_one_sum() -> None:
    places = np.array([0, 1, 0, 0, 2, 0, 0, 0])
    book = trace(sf.grad(lambda x: (x[places] ** 2).sum()), X)
    np.testing.assert_allclose(book["d_x"].value, 2 * X * np.array([6, 1, 1])[:, None])
    assert book.blocks["d_x"].node.op == "sum"


def test_no_gradient_goes_through_the_maximum_of_softmax() -> None:
    book = trace(sf.grad(lambda x: (nn.softmax(x) ** 2).sum()), X)
    assert "d_softmax_exp" in book
    assert "d_softmax_max" not in book


def test_words_and_labels_stand_at_gradients_too() -> None:
    graph = Graph()
    words = np.array(["I", "am", "happy"], dtype=object)
    x = source(graph, "input", X, [words, None], name="x")
    (d_x,) = gradients(np.tanh(x).sum(), [x])
    assert isinstance(d_x, Array)
    assert d_x.node.labels[0] is words
