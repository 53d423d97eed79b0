from __future__ import annotations

from random import Random

import numpy as np
import pytest

from sheetformer.errors import ShapeError
from sheetformer.formula.printer import formula_text
from sheetformer.formula.rows import written
from sheetformer.formula.tree import Name
from sheetformer.frontends.numpy.trace import trace
from sheetformer.graph.ops import OPS

from ..property.cases import random_case


@pytest.mark.parametrize("name", OPS)
def test_every_operation_has_a_formula_unless_it_is_a_source(name: str) -> None:
    if OPS[name].kind == "source":
        return
    case = random_case(Random(0), name)
    book = trace(case.function, *case.arrays)
    assert name in {node.op for node in book.graph}
    assert book.formula_cells


def test_a_row_has_a_formula_with_its_operands() -> None:
    for name, op in OPS.items():
        row = op.kind == "elementwise" or (op.kind == "reduction" and name != "argmax")
        assert bool(op.formula) == row
        if row:
            operands = [Name(f"operand_{i}") for i in range(op.arity)]
            assert all(
                operand.name in formula_text(written(name, *operands)) for operand in operands
            )


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


def test_a_number_as_text_is_as_a_spreadsheet_writes_it() -> None:
    numbers = np.array([2.675, -0.004, 1234567.0, 1.5e300, -2e15])
    assert OPS["text_of"].value(numbers, np.array(2.0)).tolist() == [
        "2.68", "0", "1234567", "> 10^15", "< −10^15",
    ]  # fmt: skip
