from __future__ import annotations

from random import Random

import numpy as np
import pytest

from sheetformer.book.elementwise import ELEMENTWISE
from sheetformer.book.lower import WITHOUT_FORMULA
from sheetformer.errors import ShapeError
from sheetformer.frontends.numpy.trace import trace
from sheetformer.graph.ops import OPS

from ..property.cases import random_case


@pytest.mark.parametrize("name", OPS)
def test_every_operation_has_a_formula_or_a_reason(name: str) -> None:
    assert (OPS[name].kind == "source") == (name in WITHOUT_FORMULA)
    if name in WITHOUT_FORMULA:
        return
    case = random_case(Random(0), name)
    book = trace(case.function, *case.arrays)
    assert name in {node.op for node in book.graph}
    assert book.formula_cells


def test_no_formula_without_an_operation() -> None:
    assert {*ELEMENTWISE, *WITHOUT_FORMULA} <= set(OPS)


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
