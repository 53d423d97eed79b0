"""What many tests ask of a book: does it recalculate, and would Excel open it?"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
from openxml_audit import AppPrediction, OpenXmlValidator, predict

from sheetformer.book.workbook import Book
from sheetformer.engines.base import Cells, Engine
from sheetformer.engines.compare import difference
from sheetformer.formula.address import a1
from sheetformer.frontends.numpy.trace import trace
from sheetformer.graph.ops import Value

from .lint import workbook_faults

Program = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function and the arrays that it gets."""

WRONG = -999.0
"""The cached value of every formula cell before recalculation; none may pass by standing there."""


def assert_book_recalculates(
    books: Book | Sequence[Book], engine: Engine, tolerance: float = 1e-9
) -> float:
    """Assert that an engine finds each formula cell's own value; gives the largest difference."""
    several = [books] if isinstance(books, Book) else list(books)
    assert several, "there is nothing to recalculate"
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{i}.xlsx") for i in range(len(several))]
        for book, path in zip(several, paths, strict=True):
            spoiled(book).save(path)
        results = [engine.recalculate(path) for path in paths]
    pairs = zip(several, results, strict=True)
    return max(assert_cells(book, cells, engine.name, tolerance) for book, cells in pairs)


def together(programs: Iterable[Program], style: str) -> Book:
    """One book of many programs, each on inputs of its own: an engine loads it only once."""
    parts = list(programs)
    counts = [len(arrays) for _, arrays in parts]

    def all_of_them(*arrays: Any) -> tuple[Any, ...]:
        left = iter(arrays)
        return tuple(
            function(*islice(left, count))
            for (function, _), count in zip(parts, counts, strict=True)
        )

    return trace(all_of_them, *chain.from_iterable(arrays for _, arrays in parts), formulas=style)


def spoiled(book: Book) -> Book:
    """The same book with a wrong cached value in every formula cell."""
    sheets = [
        replace(sheet, cell_blocks=[_spoil(cell_block) for cell_block in sheet.cell_blocks])
        for sheet in book.sheets
    ]
    return replace(book, sheets=sheets)


def _spoil(cell_block: Any) -> Any:
    return (
        replace(cell_block, values=np.full(cell_block.values.shape, WRONG))
        if cell_block.has_formula
        else cell_block
    )


def with_values(book: Book, values: Sequence[Value]) -> Book:
    """The book as it is for other values of its graph."""
    sheets = [
        replace(
            sheet,
            cell_blocks=[
                cell_block
                if (ids := cell_block.ids) is None
                else replace(cell_block, values=book.graph.value(ids, values))
                for cell_block in sheet.cell_blocks
            ],
        )
        for sheet in book.sheets
    ]
    return replace(book, sheets=sheets)


def formula_values(book: Book) -> Iterator[tuple[str, int, int, Any, str]]:
    """(sheet, row, column, expected value, formula) of every formula cell, labels too."""
    for sheet in book.sheets:
        for cell_block in sheet.cell_blocks:
            for at in np.ndindex(cell_block.values.shape) if cell_block.has_formula else ():
                place = int(np.ravel_multi_index(at, cell_block.values.shape))
                formula = (
                    cell_block.formulas[place] if cell_block.formulas else cell_block.array_formula
                )
                yield (
                    sheet.name,
                    cell_block.row + at[0],
                    cell_block.column + at[1],
                    cell_block.values[at],
                    formula,
                )


def assert_cells(book: Book, cells: Cells, name: str, tolerance: float = 1e-9) -> float:
    """Assert that cells hold each formula cell's own value; gives the largest difference.

    `name` says who found them.
    """
    largest, off = 0.0, []
    for sheet, row, column, expected, formula in formula_values(book):
        found = cells.get(sheet, {}).get((row, column))
        apart = _apart(expected, found)
        largest = max(largest, apart)
        if apart > tolerance:
            off.append(f"{sheet}!{a1(row, column)} ={formula} is {found!r}, not {expected!r}")
    told = "\n  ".join(off[:6])
    assert not off, f"{name}, {book.formulas}: {len(off)} cells off in\n{book.graph}\n  {told}"
    return largest


def _apart(expected: Any, found: Any) -> float:
    if isinstance(expected, str):
        return 0.0 if expected == (found or "") else np.inf
    number = isinstance(found, int | float) and not isinstance(found, bool)
    return difference(float(expected), found) if number else np.inf


def assert_excel_would_open(path: Path) -> None:
    """Assert that a workbook keeps to the Office schemas and to what FACTS of engines allow."""
    result = OpenXmlValidator().validate(path)
    verdict = predict(result)
    assert verdict.prediction is AppPrediction.OPENS_CLEAN, (
        f"{verdict.headline}: {[str(error) for error in result.errors[:5]]}"
    )
    faults = workbook_faults(path)
    assert not faults, faults
