"""How operations are written where engines disagree; each of these was wrong somewhere once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.engines.base import Engine
from sheetformer.frontends.numpy.trace import trace
from sheetformer.graph.functions import concatenate, elementwise, embedding, inline, lookup
from sheetformer.story.story import Story

from ..support import assert_book_recalculates, formula_values, together

STACK = np.arange(24.0).reshape(2, 3, 4)
WORDS = np.array([["I", ""], ["", "am"]], dtype=object)


CASES: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "a sum over matrices": (lambda x: x.sum(0), (STACK,)),
    "a maximum over matrices and columns": (lambda x: x.max((0, 2)), (STACK,)),
    "the mean of everything": (lambda x: x.mean(), (STACK,)),
    "the place of the largest, over matrices": (lambda x: x.argmax(0), (STACK,)),
    "the place of the largest of one": (lambda x: x.argmax(-1), (STACK[..., :1],)),
    "a table of one row": (lambda t, i: embedding(t, i), (STACK[0, :1], np.zeros(2))),
    "a table of one number": (lambda t, i: embedding(t, i), (np.ones(1), np.zeros((2, 2)))),
    "a scalar chooses between a row and a table": (
        lambda c, a, b: np.where(c, a, b), (0.0, STACK[0, 0], STACK[0]),
    ),
    "a literal chooses a column": (
        lambda a, b: np.where(np.float64(1.0), a, b), (STACK[0, :, :1], STACK[0]),
    ),
    "empty words stay empty in a copy": (lambda w: w.T, (WORDS,)),
    "empty words stay empty in a choice": (lambda w: np.where(w == "I", w, w[::-1]), (WORDS,)),
    "an empty word in a table": (lambda w, i: embedding(w, i), (WORDS[0], np.array([1, 0, 1]))),
    "keys below each other, numbers side by side": (
        lambda t, k, n: lookup(t, k[:, 0], n), (WORDS, np.array([["am"], ["I"]]), [3.0, 4.0]),
    ),
    "a function without arrays, deep inside": (
        lambda x: inline(inline(elementwise("normal_cdf", x)) * 2.0) + 1.0, (STACK,),
    ),
    "a single number with axes inside one without": (
        lambda x: inline(x[:1, :1, :1] * 3.0)[0, 0, 0] + x[0, 0, 1], (STACK,),
    ),
    "the sum of rows inside a table": (
        lambda x: x - inline(x.sum(-1, keepdims=True)), (STACK,),
    ),
    "the sum of all inside a table": (lambda x: x - inline(x.sum((0, 1, 2))), (STACK[:1],)),
    "a matrix product and a bias": (
        lambda x, w, b: inline(x @ w.T) + b, (STACK[0], STACK[1], np.ones(3)),
    ),
    "a matrix product that lies across": (
        lambda x, w: np.tanh(inline(inline(x @ w) / 9.0)), (STACK[0], STACK[1].T),
    ),
    "a matrix product of one row, repeated": (
        lambda x, w: x[:, :3] - inline(x[:1] @ w.T), (STACK[0], STACK[1]),
    ),
    "matrix products of a stack": (
        lambda x, b: inline(inline(x @ x.swapaxes(1, 2)) * -0.01) * b, (STACK, STACK[:, :, :1]),
    ),
    "a matrix product of one number in a table": (
        lambda x: x * inline(x[:1] @ x[:1].T)[0, 0], (STACK[0],),
    ),
    "a product of single numbers": (
        lambda x, y: inline(x @ y) + 1.0, (STACK[0, :, :1], STACK[0, :1]),
    ),
    "a matrix product where arrays are refused": (
        lambda x, w: elementwise("normal_cdf", inline(inline(x @ w) / 100.0)),
        (STACK[0], STACK[1].T),
    ),
    "a sliced matrix product stays a block": (
        lambda x, w: inline(x @ w.T)[:, 1:] + 1.0, (STACK[0], STACK[1]),
    ),
    "a product in its sum": (lambda x: inline(x * x).sum(-1), (STACK,)),
    "a product of a row and a column in its sum": (
        lambda x: inline(x * x.T).sum(-1), (STACK[0, :3, :3],),
    ),
    "a product of something inside": (lambda x: inline(inline(x + 1.0) * x).sum(1), (STACK,)),
    "the largest of one number": (lambda x: x.max() - x.min(), (np.array(2.0),)),
}  # fmt: skip


def books(name: str) -> list[Book]:
    function, given = CASES[name]
    return [trace(function, *given, formulas=style) for style in ("matrix", "cell")]


@pytest.mark.parametrize("name", CASES)
def test_both_styles_hold_the_same_numbers(name: str) -> None:
    matrix, cell = books(name)
    assert np.array_equal(matrix["output"].value, cell["output"].value)


@pytest.mark.parametrize("style", ["matrix", "cell"])
def test_they_recalculate(style: str, engine: Engine) -> None:
    book = together(CASES.values(), style)
    for i, name in enumerate(CASES):
        assert np.array_equal(book[f"output_{i + 1}"].value, books(name)[0]["output"].value), name
    assert_book_recalculates(book, engine)


def two_sheets(style: str) -> Book:
    """Rows from two sheets joined, then summed: every row's formula names its own sheet."""
    story = Story("Two sheets")
    story.stage("One", group="First sheet")
    one = story.input(np.ones((2, 3)), "one")
    story.stage("Two", group="Second")
    two = story.input(np.full((2, 3), 2.0), "two")
    joined = concatenate([one, two])
    story.show(joined.sum(1), "total")
    story.show(joined @ np.eye(3), "product")
    story.show(joined * 2.0, "double")
    return build(story, style)


@pytest.mark.parametrize("style", ["matrix", "cell"])
def test_a_formula_names_the_sheet_of_each_row(style: str, engine: Engine) -> None:
    book = two_sheets(style)
    assert book["total"].value.tolist() == [[3.0], [3.0], [6.0], [6.0]]
    assert_book_recalculates(book, engine)


def test_a_formula_reads_like_the_equation() -> None:
    book = trace(lambda q, k: q @ k.T / k.shape[-1] ** 0.5, np.ones((2, 4)), np.ones((3, 4)))
    formulas = {formula for *_, formula in formula_values(book)}
    assert formulas == {"MMULT(q+0,TRANSPOSE(k_+0))", "matmul/2"}


def test_a_view_that_is_no_rectangle_is_copied_once() -> None:
    book = trace(lambda x: np.concatenate([x, x]) + np.concatenate([x, x]), np.ones((2, 2)))
    assert [node.op for node in book.graph].count("copy") == 1
    assert [block.node.op for block in book.blocks.values()] == ["input", "copy", "add"]
