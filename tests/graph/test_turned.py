"""What is wider than a sheet stands on its side, and nobody who computes with it sees that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.engines import get_engine
from sheetformer.graph import nn
from sheetformer.graph.turned import is_wide

from ..support import assert_book_recalculates

WIDE = 16_500
RNG = np.random.default_rng(3)
X, TABLE, BIAS = (RNG.normal(size=shape) for shape in ((2, 3), (WIDE, 3), (WIDE,)))


def said(x: Any, table: Any, bias: Any) -> dict[str, Any]:
    logits = x @ table.T + bias
    return {
        "logits": logits,
        "shares": nn.softmax(logits * 0.5)[-1],
        "best": np.argmax(logits, axis=-1),
        "mean": logits.mean(axis=0),
    }


@pytest.mark.parametrize("style", ["matrix", "cell"])
def test_a_wide_result_is_a_column_a_row_of_it(style: str) -> None:
    book = sf.trace(said, X, TABLE, BIAS, formulas=style)
    for name, expected in said(X, TABLE, BIAS).items():
        assert book[name].value.shape == np.shape(expected)
        np.testing.assert_allclose(book[name].value, expected, rtol=1e-12)
    logits = book.blocks["logits"]
    assert (logits.rows, logits.columns) == (WIDE, 2)
    assert_book_recalculates(book, get_engine("ironcalc"))


def test_only_what_fits_on_its_side_stands_there() -> None:
    assert is_wide((WIDE,))
    assert is_wide((2, 3, WIDE))
    assert not is_wide((WIDE, 3))
    assert not is_wide((WIDE, WIDE))


def test_a_wide_argument_and_its_copy_keep_their_shape() -> None:
    given = np.arange(2.0 * WIDE).reshape(2, WIDE)
    book = sf.trace(lambda x: x[::-1], given)
    np.testing.assert_array_equal(book["output"].value, given[::-1])
    np.testing.assert_array_equal(book["x"].value, given)
