"""Every operation in both formula styles: the recalculated book is the graph is plain NumPy."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetformer.book.workbook import Book
from sheetformer.engines.base import Engine
from sheetformer.frontends.numpy.trace import trace
from sheetformer.graph.ops import OPS

from ..support import assert_book_recalculates
from .cases import Case, random_case, random_program

COMPUTED = [name for name, op in OPS.items() if op.kind != "source"]
STYLES = ("matrix", "cell")
EXAMPLES = 20
BATCH = 2
"""Cases an operation, in each style, in LibreOffice."""
PROGRAMS = 10


def books_of(case: Case) -> list[Book]:
    """The case in both styles; its graph must agree with plain NumPy first."""
    expected = case.function(*case.arrays)
    books = [trace(case.function, *case.arrays, formulas=style) for style in STYLES]
    for book in books:
        assert_same(book["output"].value, expected)
    return books


def assert_same(found: np.ndarray, expected: np.ndarray | np.float64) -> None:
    assert found.shape == expected.shape
    if expected.dtype == object:
        assert found.tolist() == expected.tolist()
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("op", COMPUTED)
@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
@given(rng=st.randoms(use_true_random=False))
def test_an_operation_recalculates(op: str, ironcalc: Engine, rng: Random) -> None:
    assert_book_recalculates(books_of(random_case(rng, op)), ironcalc)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(rng=st.randoms(use_true_random=False))
def test_a_program_recalculates(ironcalc: Engine, rng: Random) -> None:
    assert_book_recalculates(books_of(random_program(rng)), ironcalc)


@pytest.mark.libreoffice
def test_all_operations_recalculate_in_libreoffice(libreoffice: Engine) -> None:
    cases = [random_case(Random(seed), op) for op in COMPUTED for seed in range(BATCH)]
    cases += [random_program(Random(seed)) for seed in range(PROGRAMS)]
    books = [book for case in cases for book in books_of(case)]
    assert_book_recalculates(books, libreoffice)
