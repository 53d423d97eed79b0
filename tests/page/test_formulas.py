"""Every formula of every book, worked out by the page: the numbers of NumPy, as in the engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.engines.base import Cells, Edits, Engine
from sheetformer.graph.ops import Value
from sheetformer.writers.page_payload import page_payload

from ..lessons.books import EACH
from ..property.cases import random_case, random_program
from ..property.test_recalculation import COMPUTED, EXAMPLES, STYLES, books_of
from ..support import (
    assert_book_recalculates,
    assert_cells,
    formula_values,
    spoiled,
    with_values,
)
from .engine import PageEngine

each_lesson = pytest.mark.parametrize("name", EACH)
each_style = pytest.mark.parametrize("formulas", STYLES)


def assert_page_recalculates(
    books: Book | Sequence[Book], page: PageEngine, tolerance: float = 1e-9
) -> float:
    """Assert that the page finds each formula cell's own value; gives the largest difference."""
    several = [books] if isinstance(books, Book) else list(books)
    return max(
        assert_cells(book, page.recalculate(book)[0], page.name, tolerance) for book in several
    )


@pytest.mark.libreoffice
@each_lesson
@each_style
def test_page_ironcalc_and_libreoffice_find_the_numbers_of_numpy(
    page: PageEngine, ironcalc: Engine, libreoffice: Engine, name: str, formulas: str
) -> None:
    book = sf.lesson(name, formulas=formulas)
    assert_page_recalculates(book, page)
    assert_book_recalculates(book, ironcalc)
    assert_book_recalculates(book, libreoffice)


@each_lesson
@each_style
def test_the_page_follows_what_is_typed(page: PageEngine, name: str, formulas: str) -> None:
    assert_follows(sf.lesson(name, formulas=formulas), page)


@each_style
def test_the_translator(page: PageEngine, formulas: str) -> None:
    book = sf.translate("the red house", formulas=formulas)
    assert_page_recalculates(book, page)
    assert_follows(book, page)


def assert_follows(book: Book, page: PageEngine) -> None:
    """Change every kind of input; the page must say what NumPy says, and undo must restore it."""
    changes, edits = typed_otherwise(book)
    assert edits, "a book without anything to type"
    first, changed, undone = page.recalculate(book, edits, "undo")
    after = with_values(book, book.graph.evaluate(changes))
    assert_cells(after, changed, page.name)
    assert changed != first
    assert undone == first


def typed_otherwise(book: Book) -> tuple[dict[int, Value], Edits]:
    """Another first number or word in every input and parameter: for the graph and for the page."""
    changes: dict[int, Value] = {}
    edits: Edits = {}
    for block in book.blocks.values():
        node = block.node
        if node.op not in ("input", "parameter"):
            continue
        place = book.graph.node_index(node.base)
        value = book.graph.values[place].copy()
        value.flat[0] = other(book, block.name)
        changes[place] = value
        edits[block.sheet, *block.cells[0]] = value.flat[0]
    return changes, edits


def other(book: Book, name: str) -> float | str:
    caption, value = book.blocks[name].caption, book[name].value.flat[0]
    if caption.choices is not None:
        words = [str(word) for word in book.graph.value(caption.choices).ravel() if word]
        return next(word for word in reversed(words) if word != value)
    if isinstance(value, str):
        return value
    if caption.number_format == "switch":
        return 1.0 - value
    return value if caption.number_format == "integer" else value * 0.97 + 0.001


@pytest.mark.parametrize("op", COMPUTED)
@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
@given(rng=st.randoms(use_true_random=False))
def test_an_operation(op: str, page: PageEngine, rng: Random) -> None:
    assert_page_recalculates(books_of(random_case(rng, op)), page)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(rng=st.randoms(use_true_random=False))
def test_a_program(page: PageEngine, rng: Random) -> None:
    assert_page_recalculates(books_of(random_program(rng)), page)


def small_book() -> Book:
    return sf.trace(lambda x: np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True), np.eye(3))


def test_one_wrong_cell_is_found(page: PageEngine) -> None:
    book = small_book()
    cells = page.recalculate(book)[0]
    sheet, row, column, expected, _ = next(iter(formula_values(book)))
    wrong: Cells = {**cells, sheet: {**cells[sheet], (row, column): float(expected) + 1e-6}}
    assert_cells(book, cells, page.name)
    with pytest.raises(AssertionError, match="1 cells off"):
        assert_cells(book, wrong, page.name)


def test_a_wrong_formula_is_found(page: PageEngine) -> None:
    payload = page_payload(small_book())
    payload["sheets"][0]["cellBlocks"] = [
        cell_block
        | ({"a": cell_block["a"].replace("/", "*")} if "/" in cell_block.get("a", "") else {})
        for cell_block in payload["sheets"][0]["cellBlocks"]
    ]
    assert payload != page_payload(small_book())
    found = page.ask(payload)
    assert found != page.ask(page_payload(small_book()))


@each_style
def test_no_computed_number_comes_from_the_file(formulas: str) -> None:
    book = sf.lesson("cross-attention", formulas=formulas)
    assert page_payload(book) == page_payload(spoiled(book))


@each_style
def test_the_page_shows_the_formulas_of_the_workbook(page: PageEngine, formulas: str) -> None:
    book = sf.lesson("cross-attention", formulas=formulas)
    arrays = {
        (sheet.name, cell_block.row + r, cell_block.column + c)
        for sheet in book.sheets
        for cell_block in sheet.cell_blocks
        if cell_block.array_formula is not None
        for r, c in np.ndindex(cell_block.values.shape)
    }
    expected: Mapping[tuple[str, int, int], str] = {
        (sheet, row, column): f"{{={text}}}" if (sheet, row, column) in arrays else f"={text}"
        for sheet, row, column, _, text in formula_values(book)
    }
    assert page.formulas(book) == expected
