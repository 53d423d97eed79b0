"""The helpers of the tests are tested too: what they compare must be able to fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from sheetformer.book.workbook import Book
from sheetformer.engines.base import Engine
from sheetformer.frontends.numpy.trace import trace

from .lint import formula_faults, name_fault
from .support import assert_book_recalculates, assert_excel_would_open, formula_values


def _book() -> Book:
    return trace(lambda x: x @ x.T, np.arange(4.0).reshape(2, 2), formulas="cell")


def _planted(book: Book, **changes: object) -> Book:
    sheet = book.sheets[0]
    cell_blocks = [replace(p, **changes) if p.has_formula else p for p in sheet.cell_blocks]
    return replace(book, sheets=(replace(sheet, cell_blocks=tuple(cell_blocks)), *book.sheets[1:]))


def test_a_right_book_passes_and_every_formula_cell_is_looked_at(engine: Engine) -> None:
    assert assert_book_recalculates(_book(), engine) < 1e-12
    assert len(list(formula_values(_book()))) == _book().formula_cells == 4


def test_a_wrong_formula_is_seen(engine: Engine) -> None:
    wrong = _planted(_book(), formulas=["1+1", "2", "3", "4"])
    with pytest.raises(AssertionError, match=r"=1\+1 is 2.0, not .*1\.0"):
        assert_book_recalculates(wrong, engine)


def test_a_wrong_value_is_seen(engine: Engine) -> None:
    wrong = _planted(_book(), values=np.array([[1.0, 3.0], [3.0, 13.0 + 1e-6]]))
    with pytest.raises(AssertionError, match="1 cells off"):
        assert_book_recalculates(wrong, engine)


def test_labels_are_looked_at(ironcalc: Engine) -> None:
    book = trace(lambda words: words, np.array([["I"]], dtype=object))
    wrong = _planted(book, values=np.array([["you"]], dtype=object))
    with pytest.raises(AssertionError, match="is 'I', not 'you'"):
        assert_book_recalculates(wrong, ironcalc)


def test_a_bad_formula_and_a_bad_name_would_not_open(tmp_path: Path) -> None:
    book = _planted(_book(), formulas=["SUM(EXP(A1:B2))"] * 4)
    with pytest.raises(AssertionError, match="cell by cell"):
        assert_excel_would_open(book.save(tmp_path / "book.xlsx"))


@pytest.mark.parametrize(
    "name",
    [
        "Q1",
        "R",
        "rc",
        "R1C1",
        "s1_norm_3",
        "c1_x",
        "C3PO",
        "Z",
        "k",
        "TRUE_",
        "σ",
        "a.b",
        "LN",
        "LOG10",
        "",
    ],
)
def test_names_that_are_no_names(name: str) -> None:
    assert name_fault(name)


@pytest.mark.parametrize("name", ["Q_", "W_Q", "d_k", "head1_scores", "XFE1", "block"])
def test_names_that_are_names(name: str) -> None:
    assert name_fault(name) is None


@pytest.mark.parametrize(
    "formula",
    [
        "SUMPRODUCT(A1:C1,TRANSPOSE(E1:E3))",
        "SUM(EXP(A1:C1-MAX(A1:C1)))",
        "MAX(ABS(Sheet!$A$1:$C$1))",
        "IF(A1>2,-1E9,0)",
        "INDEX(MMULT(A1:B2,C1:D2),1,1)",
        "SUMPRODUCT(EXP(A1:C1))",
        "VAR.P(A1:A3)",
        "_xlfn.CONCAT(A1:A3)",
        f'LEN("{"x" * 256}")',
    ],
)
def test_formulas_that_excel_would_read_otherwise(formula: str) -> None:
    assert formula_faults(formula, array=False)


def test_formulas_that_are_fine() -> None:
    assert formula_faults("SUM(EXP(A1:C1))", array=True) == []
    for formula in ("IF(A1>2,-1E+30,1E-07)", 'IF(A1="1E9",1,0)', "SUMPRODUCT((A1:A3=B1)*C1:C3)"):
        assert formula_faults(formula, array=False) == []


def test_no_property_fails_by_the_clock() -> None:
    assert settings().deadline is None
    assert HealthCheck.too_slow in settings().suppress_health_check
