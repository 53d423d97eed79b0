"""What may be typed into a cell: any word among words, only numbers among numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from sheetformer import Book
from sheetformer.formula.address import a1
from sheetformer.frontends.numpy.trace import trace
from sheetformer.graph.functions import embedding
from sheetformer.lessons import lesson


@pytest.fixture(scope="module")
def book() -> Book:
    return lesson("cross-attention")


@pytest.fixture(scope="module")
def file(book: Book, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return book.save(tmp_path_factory.mktemp("validation") / "lesson.xlsx")


def _rule(file: Path, book: Book, name: str) -> Any:
    """The validation of the last cell of a block, or None."""
    block = book[name].block
    rules = openpyxl.load_workbook(file)[block.sheet].data_validations.dataValidation
    cell = a1(*block.cells[-1])
    return next((rule for rule in rules if cell in rule), None)


@pytest.mark.parametrize("name", ["W_K_learned", "english_embeddings"])
def test_a_word_is_refused_where_a_number_must_stand(file: Path, book: Book, name: str) -> None:
    rule = _rule(file, book, name)
    assert rule.type == "decimal"
    assert rule.showErrorMessage


def test_a_switch_is_1_or_0_and_nothing_else(file: Path, book: Book) -> None:
    rule = _rule(file, book, "use_learned")
    assert (rule.type, rule.formula1) == ("list", '"1,0"')
    assert rule.showErrorMessage


def test_every_word_may_be_typed_for_a_word(file: Path, book: Book) -> None:
    rule = _rule(file, book, "source_words")
    assert rule.type == "list"
    assert not rule.showErrorMessage


def test_what_is_computed_or_given_has_no_rule(file: Path, book: Book) -> None:
    assert all(_rule(file, book, name) is None for name in ("weights", "identity", "english_words"))


def test_only_rows_that_there_are_may_be_typed(tmp_path: Path) -> None:
    """Programs take the first row of a table for row -1, without a word."""
    table, places = np.arange(10.0).reshape(5, 2), np.array([4.0, 0.0])
    book = trace(lambda table, places: embedding(table, places), table, places)
    rule = _rule(book.save(tmp_path / "rows.xlsx"), book, "places")
    assert (rule.type, rule.formula1, rule.formula2) == ("whole", "0", "4")
    assert rule.showErrorMessage
    assert _rule(tmp_path / "rows.xlsx", book, "table").type == "decimal"
