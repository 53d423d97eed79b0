"""Labels follow their axis through every view, and no view makes an element."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetformer.graph import nn
from sheetformer.graph.array import Array
from sheetformer.graph.functions import concatenate, source, stack
from sheetformer.graph.node import Graph

from ..property import cases


def labelled(shape: tuple[int, ...]) -> Array:
    """Ones whose labels say axis and place: `0:2` is the third place of the first axis."""
    labels = [np.array([f"{a}:{i}" for i in range(n)], dtype=object) for a, n in enumerate(shape)]
    return source(
        Graph(), "input", np.arange(float(np.prod(shape))).reshape(shape), labels, name="x"
    )


def labels_of(array: Array) -> list[Any]:
    return [None if label is None else list(label) for label in array.labels]


@settings(deadline=None)
@given(rng=st.randoms(use_true_random=False))
def test_a_view_is_numpy_on_ids(rng: Random) -> None:
    x = labelled(cases.random_shape(rng))
    made = x.graph.size
    plain = x.value
    for _ in range(3):
        if plain.ndim:
            name, step = rng.choice(_MOVES)(rng, plain)
            x, plain = step(x), step(plain)
            assert np.array_equal(x.value, plain), name
            assert len(x.labels) == plain.ndim
    assert x.graph.size == made


@settings(deadline=None)
@given(rng=st.randoms(use_true_random=False))
def test_a_label_stands_where_its_elements_are(rng: Random) -> None:
    x = labelled(cases.random_shape(rng))
    shape = x.shape
    for _ in range(3):
        if x.ndim:
            x = rng.choice(_MOVES)(rng, x.value)[1](x)
    for axis, label in enumerate(x.labels):
        for place, word in enumerate(() if label is None else label):
            of, at = map(int, word.split(":"))
            where = np.unravel_index(np.take(x.ids, place, axis), shape)[of]
            assert (where == at).all()


_MOVES = (
    cases._transpose, cases._slice, cases._integer, cases._reshape, cases._new_axis,
    cases._broadcast, cases._pick,
)  # fmt: skip


def test_the_axes_keep_their_words() -> None:
    x = labelled((2, 4))
    rows, columns = labels_of(x)
    assert labels_of(x.T) == [columns, rows]
    assert labels_of(x[:, 1:3]) == [rows, columns[1:3]]
    assert labels_of(x[1]) == [columns]
    assert labels_of(x[..., None, 0]) == [rows, None]
    assert labels_of(x[[1, 0], 1:]) == [["0:1", "0:0"], columns[1:]]
    assert labels_of(x[np.array([True, False])]) == [["0:0"], columns]
    assert labels_of(x[[0, 1], [2, 3]]) == [None]
    assert labels_of(x[x.value > 2]) == [None]
    assert labels_of(np.broadcast_to(x, (3, 2, 4))) == [None, rows, columns]
    assert labels_of(concatenate([x, x], 0)) == [rows + rows, columns]
    assert labels_of(stack([x, x], 1)) == [rows, None, columns]


def test_heads_split_and_merge_keep_the_words() -> None:
    x = labelled((3, 4))
    heads = nn.split_heads(x, 2)
    assert labels_of(heads) == [None, ["0:0", "0:1", "0:2"], None]
    assert labels_of(nn.merge_heads(heads)) == [["0:0", "0:1", "0:2"], None]
    one = labelled((1, 4))
    assert labels_of(nn.split_heads(one, 2)) == [None, ["0:0"], None]
    assert labels_of(nn.merge_heads(nn.split_heads(one, 2))) == [["0:0"], None]


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 1), (2, 3)])
def test_what_is_computed_keeps_the_words(shape: tuple[int, int]) -> None:
    x = labelled(shape)
    rows, columns = labels_of(x)
    assert labels_of(x + 1.0) == [rows, columns]
    assert labels_of(np.exp(x) * x) == [rows, columns]
    assert labels_of(x @ x.T) == [rows, rows]
    assert labels_of(x.T @ x) == [columns, columns]
    assert labels_of(x.sum(1)) == [rows]
    assert labels_of(x.sum(0, keepdims=True)) == [None, columns]
    assert labels_of(nn.softmax(x)) == [rows, columns]
    assert labels_of(np.ones((2, *shape)) + x) == [None, rows, columns]


def test_a_stretched_axis_takes_the_words_of_the_longer() -> None:
    row, column = labelled((1, 3)), labelled((2, 1))
    column = Array(row.graph, row.ids[:, :1].repeat(2, 0), column.labels)
    assert labels_of(row + column) == [["0:0", "0:1"], ["1:0", "1:1", "1:2"]]


@pytest.mark.parametrize(
    "key",
    [
        (0, slice(None), [0, 1]), ([0, 1], slice(None), 0), (slice(None), [1, 0], 0),
        (None, [1, 0]), (..., [0, 1], None), (slice(None), 0, [0, 1]), ([[0, 1], [1, 0]],),
        (np.array([[True, False], [False, True]]),), (slice(None), [True, False], slice(0, 1)),
    ],
)  # fmt: skip
def test_picking_is_numpy_picking(key: Any) -> None:
    x = labelled((2, 2, 2))
    picked = x[key]
    assert np.array_equal(picked.value, x.value[key])
    for axis, label in enumerate(picked.labels):
        for place, word in enumerate(() if label is None else label):
            of, at = map(int, word.split(":"))
            where = np.unravel_index(np.take(picked.ids, place, axis), x.shape)[of]
            assert (where == at).all()
