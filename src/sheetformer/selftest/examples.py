"""Formulas taken out of books, with the cells that they read: one example of each shape.

A book is what the lowering made of a graph, so whatever a new rule writes is found here by itself.
The numbers are the graph's, twice: as the book is, and with all its inputs in another order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sheetformer.book.cells import CellBlock
from sheetformer.book.refill import with_values
from sheetformer.book.workbook import Block, Book, Sheet
from sheetformer.errors import SheetformerError
from sheetformer.formula.parser import parse
from sheetformer.formula.tree import Area, Call, Cell, Formula, Infix, Minus, Name, with_leaves
from sheetformer.graph.ops import OPS, Value
from sheetformer.selftest.shapes import Operand, shape

MOST_CELLS = 3
"""Rows and columns of an array formula that are kept."""
_DEEPEST = 400
"""Parentheses inside each other in a formula that a book holds."""
_REDUCES = frozenset(
    {"MAX", "MIN", "SUM", "AVERAGE", "LARGE", "MATCH", "INDEX", "SUMPRODUCT", "COUNTIF"}
)
"""Functions of an array formula that take their cells as a whole."""

Pair = tuple[Value, Value]
"""Values of some cells (rows, columns): as the book is, and with other inputs."""


@dataclass(frozen=True)
class Example:
    """One formula, the cells that it reads, and what it gives.

    Attributes:
        shape: see `sheetformer.selftest.shapes`.
        formula: as the book has it.
        is_array: whether it is one array formula over all cells of its result.
        operands: for each cell, area or name in it where that stands in the book.
        read: the values of the operands, in their order.
        given: what the formula gives.
        operations: the operations of the graph that it was written for; none of a label.
        book: the name of the book that it is from.
        empties: whether the zeros among the operands are empty cells.
    """

    shape: str
    formula: Formula
    is_array: bool
    operands: Mapping[Formula, Operand]
    read: tuple[Pair, ...]
    given: Pair
    operations: frozenset[str]
    book: str
    empties: bool = False

    @property
    def cells(self) -> int:
        """How many cells it reads and gives."""
        return sum(pair[0].size for pair in (*self.read, self.given))


def smallest_of_each_shape(examples: Iterable[Example]) -> list[Example]:
    """For each shape the example with the fewest cells, in the order in which shapes are met."""
    found: dict[tuple[str, bool], Example] = {}
    for example in examples:
        key = (example.shape, example.empties)
        before = found.setdefault(key, example)
        smaller = min(before, example, key=lambda one: one.cells)
        both = before.operations | example.operations
        found[key] = replace(smaller, operations=both)
    return list(found.values())


def examples(book: Book, name: str, *, empties: bool = False) -> Iterator[Example]:
    """The formulas of a book: of each cell block the first and the last one."""
    other = book if empties else with_other_inputs(book)
    found = _Found(book, other, name, empties)
    for sheet in book.sheets:
        if not sheet.hidden:
            yield from found.on(sheet)


def with_other_inputs(book: Book) -> Book:
    """The book with what is typed or learned in reverse order; as it is where that cannot be."""
    graph = book.graph
    changes = {
        place: value.ravel()[::-1].reshape(value.shape)
        for place, (node, value) in enumerate(zip(graph.nodes, graph.values, strict=True))
        if OPS[node.op].typed
    }
    try:
        values = graph.evaluate(changes)
    except SheetformerError:
        return book
    return with_values(book, values) if graph.beyond(values) is None else book


@dataclass
class _Found:
    """The formulas of one book."""

    book: Book
    other: Book
    name: str
    empties: bool

    def on(self, sheet: Sheet) -> Iterator[Example]:
        others = next(one for one in self.other.sheets if one.name == sheet.name)
        for cell_block, after in zip(sheet.cell_blocks, others.cell_blocks, strict=True):
            for place in _places(cell_block):
                yield self._example(sheet.name, cell_block, after, place)

    def _example(self, sheet: str, one: CellBlock, other: CellBlock, place: int) -> Example:
        is_array = one.array_formula is not None
        text = one.array_formula or (one.formulas or ())[place]
        tree = parse(text, deepest=_DEEPEST)
        operands = self._operands(tree, sheet)
        given = (one.values, other.values)
        if is_array:
            operands = _cropped(tree, operands)
            given = (_corner(one.values), _corner(other.values))
        else:
            at = np.unravel_index(place, one.values.shape)
            given = (_single(one.values, at), _single(other.values, at))
        read = tuple((self._values(x, 0), self._values(x, 1)) for x in operands.values())
        written = shape(tree, operands, is_array=is_array)
        return Example(
            written, tree, is_array, operands, read, given, self._operations(one), self.name,
            self.empties,
        )  # fmt: skip

    def _operations(self, cell_block: CellBlock) -> frozenset[str]:
        if cell_block.style.startswith("label") or cell_block.first_element is None:
            return frozenset()
        return frozenset({self.book.graph.owner(cell_block.first_element).op})

    def _operands(self, tree: Formula, sheet: str) -> dict[Formula, Operand]:
        found: dict[Formula, Operand] = {}

        def note(leaf: Formula) -> Formula:
            match leaf:
                case Cell(row, column):
                    found[leaf] = Operand(
                        leaf.sheet or sheet, row, column, elsewhere=leaf.sheet is not None
                    )
                case Area(first, last):
                    size = (last.row - first.row + 1, last.column - first.column + 1)
                    found[leaf] = Operand(
                        first.sheet or sheet, first.row, first.column, *size,
                        elsewhere=first.sheet is not None, is_area=True,
                    )  # fmt: skip
                case Name(name):
                    found[leaf] = _named(self.book.blocks[name])
                case _:
                    pass
            return leaf

        with_leaves(tree, note)
        return found

    def _values(self, operand: Operand, version: int) -> Value:
        cells = self._cells[version][operand.sheet]
        return _rectangle(
            [
                [cells.get((row, column), "") for column in _span(operand.column, operand.columns)]
                for row in _span(operand.row, operand.rows)
            ]
        )

    @cached_property
    def _cells(self) -> list[dict[str, dict[tuple[int, int], float | str]]]:
        return [
            {sheet.name: _contents(sheet) for sheet in book.sheets}
            for book in (self.book, self.other)
        ]


def _places(cell_block: CellBlock) -> list[int]:
    """Which formulas of a cell block are looked at: filled down, they are of one shape."""
    if cell_block.array_formula is not None:
        return [0]
    formulas = cell_block.formulas or ()
    return sorted({0, len(formulas) - 1}) if formulas else []


def _named(block: Block) -> Operand:
    first = block.matrices[0]
    return Operand(block.sheet, first.row, first.column, block.rows, block.columns, name=block.name)


def _contents(sheet: Sheet) -> dict[tuple[int, int], float | str]:
    return {
        (cell_block.row + row, cell_block.column + column): value
        for cell_block in sheet.cell_blocks
        for row, line in enumerate(cell_block.values.tolist())
        for column, value in enumerate(line)
    }


def _rectangle(rows: list[list[float | str]]) -> Value:
    """Numbers where all are numbers, else words; what is empty among numbers is not a number."""
    flat = [value for row in rows for value in row]
    if all(not isinstance(value, str) for value in flat):
        return np.array(rows, dtype=np.float64)
    return np.array(rows, dtype=object)


def _span(first: int, count: int) -> range:
    return range(first, first + count)


# Array formulas are cut to a few cells.


def _single(values: Value, at: tuple[Any, ...]) -> Value:
    return np.array([[values[at]]], dtype=values.dtype)


def _corner(values: Value) -> Value:
    return values[:MOST_CELLS, :MOST_CELLS]


def _cropped(tree: Formula, operands: dict[Formula, Operand]) -> dict[Formula, Operand]:
    """The operands that are left when an array formula fills its first few cells only."""
    limits: dict[Formula, set[tuple[int, int]]] = {leaf: set() for leaf in operands}
    _limit(tree, (MOST_CELLS, MOST_CELLS), limits)
    return {
        leaf: replace(
            operand,
            rows=min(operand.rows, max(rows for rows, _ in limits[leaf])),
            columns=min(operand.columns, max(columns for _, columns in limits[leaf])),
        )
        for leaf, operand in operands.items()
    }


_ALL = 1 << 20


def _limit(
    tree: Formula, most: tuple[int, int], limits: dict[Formula, set[tuple[int, int]]]
) -> None:
    """Say of each leaf how many of its rows and columns a result of so many cells needs."""
    match tree:
        case Call("TRANSPOSE", (inside,)):
            _limit(inside, (most[1], most[0]), limits)
        case Call("MMULT", (left, right)):
            _limit(left, (most[0], _ALL), limits)
            _limit(right, (_ALL, most[1]), limits)
        case Call(name, arguments):
            for argument in arguments:
                _limit(argument, (_ALL, _ALL) if name in _REDUCES else most, limits)
        case Infix(_, left, right):
            _limit(left, most, limits)
            _limit(right, most, limits)
        case Minus(operand):
            _limit(operand, most, limits)
        case _:
            if tree in limits:
                limits[tree].add(most)
