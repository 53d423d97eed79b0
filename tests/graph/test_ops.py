from __future__ import annotations

import numpy as np
import pytest

from sheetformer.book.lower import WITHOUT_FORMULA, lowered_ops
from sheetformer.errors import ShapeError
from sheetformer.graph.ops import OPS


@pytest.mark.parametrize("name", OPS)
def test_every_operation_has_a_formula_or_a_reason(name: str) -> None:
    assert (name in lowered_ops()) != (name in WITHOUT_FORMULA)


def test_no_formula_without_an_operation() -> None:
    assert lowered_ops() | set(WITHOUT_FORMULA) == set(OPS)


def test_the_words_of_the_table() -> None:
    for name, op in OPS.items():
        assert name == op.name
        assert op.meaning
        assert op.sign or op.kind == "source"


def test_join_knows_only_the_plain_space() -> None:
    joined = OPS["join"].value(np.array([["a", "", " b  c ", "d\u00a0"]], dtype=object))
    assert joined.tolist() == [["a b c d\u00a0"]]


@pytest.mark.parametrize("place", [-1.0, 3.0])
def test_a_table_has_no_row_outside(place: float) -> None:
    with pytest.raises(ShapeError, match="a table of 3 rows has no row"):
        OPS["embedding"].value(np.array([place]), np.zeros((3, 2)))
