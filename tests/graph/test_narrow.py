"""Only what is needed is kept, and it still computes the same."""

from __future__ import annotations

import numpy as np
import pytest

from sheetformer.graph import nn
from sheetformer.graph.functions import embedding, source
from sheetformer.graph.narrow import Narrowed, narrow
from sheetformer.graph.node import Graph, Ids

RNG = np.random.default_rng(5)


def small(graph: Graph, wanted: Ids) -> Narrowed:
    """The narrowed graph; evaluating it again must give the old graph's numbers."""
    found = narrow(graph, [wanted])
    assert (found.now[wanted] >= 0).all()
    again = found.graph.evaluate({})
    np.testing.assert_allclose(
        found.graph.value(found.now[wanted], again), graph.value(wanted), rtol=1e-12
    )
    return found


def test_one_head_needs_its_columns_only() -> None:
    graph = Graph()
    x = source(graph, "input", RNG.normal(size=(3, 4)), name="x")
    w = [source(graph, "parameter", RNG.normal(size=(4, 6)), name=n) for n in "qkv"]
    q, k, v = (nn.split_heads(x @ m, 3) for m in w)
    blend = nn.attention(q, k, v)
    found = small(graph, blend.ids[1:2])
    shapes = {node.name: node.shape for node in found.graph}
    assert shapes["q"] == shapes["k"] == shapes["v"] == (4, 2)
    assert shapes["weights"] == (1, 3, 3)
    assert shapes["x"] == (3, 4)


def test_one_word_needs_the_others_as_keys() -> None:
    graph = Graph()
    x = source(graph, "parameter", RNG.normal(size=(3, 4)), name="x")
    blend = nn.attention(nn.layer_norm(x), x, x)
    found = small(graph, blend.ids[2:])
    shapes = {node.name: node.shape for node in found.graph}
    assert shapes["weights"] == (1, 3)
    assert shapes["norm"] == (1, 4)
    assert shapes["x"] == (3, 4)


def test_any_row_of_a_table_may_be_asked_for() -> None:
    graph = Graph()
    table = source(graph, "parameter", RNG.normal(size=(5, 4)), name="table")
    rows = embedding(table, source(graph, "input", np.array([2.0, 0.0]), name="tokens"))
    found = small(graph, rows.ids[:1, 1:3])
    assert {node.name: node.shape for node in found.graph}["table"] == (5, 2)


def test_what_is_repeated_and_reduced_stays_right() -> None:
    graph = Graph()
    x = source(graph, "parameter", RNG.normal(size=(2, 3, 4)), name="x")
    row = source(graph, "parameter", RNG.normal(size=(1, 4)), name="row")
    y = (x * row).sum(axis=(0, 2), keepdims=True) - x.max(axis=1, keepdims=True)
    small(graph, y.ids[1:, 1:, 2:])


@pytest.mark.parametrize("seed", range(5))
def test_labels_go_along(seed: int) -> None:
    rng = np.random.default_rng(seed)
    graph = Graph()
    labels = [np.array(list("abc"), dtype=object), np.array(list("defg"), dtype=object)]
    x = source(graph, "parameter", rng.normal(size=(3, 4)), labels, name="x")
    rows, columns = rng.permutation(3)[:2], rng.permutation(4)[:2]
    found = small(graph, np.exp(x).ids[np.ix_(rows, columns)])
    kept = found.graph.nodes[-1].labels
    assert [list(axis) for axis in kept] == [
        [labels[0][i] for i in sorted(rows)], [labels[1][i] for i in sorted(columns)],
    ]  # fmt: skip
