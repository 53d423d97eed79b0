"""Whether the inputs of an exercise are still those that it was handed out with."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sheetformer.book.workbook import Block, Book
from sheetformer.exercises.parts import before, place_of
from sheetformer.formula.address import area, sheet_prefix
from sheetformer.formula.printer import number_text
from sheetformer.graph.ops import OPS

_TOGETHER = 20
"""Sums that one formula compares; more make further formulas."""


def changed_formulas(book: Book, blanks: Collection[int], unknown: Collection[int]) -> list[str]:
    """Formulas that are TRUE where a number that a blank is made of was changed.

    Sums are compared; words by their numbers in the vocabulary.

    Args:
        book: the solved book.
        blanks: the places of the steps that are blank.
        unknown: the places of steps whose numbers no student may see.
    """
    needed = before(book.graph, blanks) - set(unknown)
    tests = [
        test
        for block in book.blocks.values()
        if place_of(book, block) in needed and _may_change(book, block)
        for test in _tests(book, block)
    ]
    parts = [tests[i : i + _TOGETHER] for i in range(0, len(tests), _TOGETHER)]
    return [f"OR({','.join(part)})" for part in parts]


def _may_change(book: Book, block: Block) -> bool:
    op = OPS[block.node.op]
    number = book.graph.values[place_of(book, block)].dtype != object
    return number and (op.typed or op.gives_ids)


def _tests(book: Book, block: Block) -> Iterator[str]:
    values = book.graph.values[place_of(book, block)].reshape(-1, block.rows * block.columns)
    for matrix, value in zip(block.matrices, values, strict=True):
        cells = area(matrix.row, matrix.column, block.rows, block.columns, fixed=True)
        total = float(value.sum())
        room = max(1.0, abs(total)) * 1e-9
        off = f"SUM({sheet_prefix(block.sheet)}{cells})-({number_text(total)})"
        yield f"ABS({off})>{number_text(room)}"
