"""Books that go on, in the page: its steps are those of NumPy, and undo brings them back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sheetformer.book.workbook import Book

from ..book.test_carried import descent
from ..lessons.books import lesson
from .engine import PageEngine


def held(cells: Any, book: Book) -> None:
    """Every block of numbers in the page is the book's."""
    for name in book:
        block, value = book[name].block, book[name].value
        if value.dtype != object:
            found = [cells[block.sheet].get(at, 0.0) for at in block.cells]
            np.testing.assert_allclose(np.array(found), value.ravel(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("book", [descent(), descent("cell"), lesson("training", steps=2)])
def test_steps_of_the_page_are_those_of_numpy(page: PageEngine, book: Book) -> None:
    first, later, once_more, back = page.recalculate(book, "ahead 5", "ahead 1", "undo")
    held(first, book)
    held(later, book.step(5))
    held(once_more, book.step(6))
    held(back, book.step(5))


def test_a_run_is_one_step_for_undo(page: PageEngine) -> None:
    book = descent()
    _, _, back = page.recalculate(book, "ahead 20", "undo")
    held(back, book)


def test_a_book_that_does_not_go_on_stays(page: PageEngine) -> None:
    book = lesson("softmax")
    first, later = page.recalculate(book, "ahead 3")
    assert first == later
