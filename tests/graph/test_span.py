"""A span is what NumPy's array of its ids is, through every view, and never as long."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetformer.graph.functions import matmul, source
from sheetformer.graph.node import Graph
from sheetformer.graph.span import LARGE, Span

SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


@settings(deadline=None)
@given(SHAPES, st.data())
def test_views_of_a_span_are_those_of_its_ids(shape: tuple[int, ...], data: st.DataObject) -> None:
    span = Span.of(7, shape)
    ids = span.ids
    for _ in range(3):
        way = data.draw(st.sampled_from(["transpose", "slice", "place", "reshape", "repeat"]))
        axis = data.draw(st.integers(0, ids.ndim - 1)) if ids.ndim else 0
        if way == "transpose":
            order = data.draw(st.permutations(range(ids.ndim)))
            span, ids = span.transpose(order), ids.transpose(order)
        elif way == "repeat":
            span, ids = (
                span.broadcast((2, *ids.shape)),
                np.broadcast_to(ids, (2, *ids.shape)),
            )
        elif way == "reshape":
            seen, ids = span.reshape((-1, 1)), ids.reshape(-1, 1)
            if not isinstance(seen, Span):
                np.testing.assert_array_equal(seen, ids)
                return
            span = seen
        elif ids.ndim:
            step = data.draw(st.sampled_from([1, 2, -1]))
            part = slice(None, None, step) if way == "slice" else ids.shape[axis] - 1
            key = (*[slice(None)] * axis, part)
            span, ids = span[key], ids[key]
        assert isinstance(span, Span)
        assert span.shape == ids.shape
        np.testing.assert_array_equal(span.ids, ids)
        assert span.ends == (ids.min(), ids.max())
        assert span.counts_on == np.array_equal(ids.ravel(), np.arange(ids.size) + span.base)
        again = Span.found(np.asarray(ids))
        assert again is not None
        np.testing.assert_array_equal(again.ids, ids)
        values = np.arange(10.0, 10.0 + np.prod(shape))
        np.testing.assert_array_equal(span.window(values, 7), values[ids - 7])


def test_ids_that_jump_are_no_span() -> None:
    assert Span.found(np.array([3, 4, 6])) is None
    assert Span.found(np.array([], dtype=np.int64)) is None


def test_a_large_weight_keeps_no_ids_and_is_no_copy() -> None:
    graph = Graph()
    weight = source(graph, "parameter", np.ones((300, 400)), name="w")
    assert weight.size > LARGE
    product = matmul(np.ones((2, 400)), weight.T)
    left, right = product.node.operands
    assert isinstance(right, Span)
    assert not isinstance(left, Span)
    assert np.shares_memory(graph.value(right), graph.values[0])
    np.testing.assert_array_equal(product.value, np.full((2, 300), 400.0))


@pytest.mark.parametrize("key", [np.array([2, 0]), [1, 1], np.array([True, False, True])])
def test_places_in_an_array_are_taken_from_the_ids(key: object) -> None:
    span = Span.of(0, (3, 2))
    np.testing.assert_array_equal(span[key], span.ids[key])
