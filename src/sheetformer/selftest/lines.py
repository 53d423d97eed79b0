"""The lines of the self-test: on each a formula, what it gives, what it must give, and a mark.

What a formula reads stands at its right, on another sheet, or under a name, as in the book that it
is from. All numbers and words stand on a sheet of their own, typed, once for each set of inputs; a
cell takes those of the set that the reader chooses. No result is stored in the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from sheetformer.book.cells import CellBlock, Matrix, text_block
from sheetformer.book.draft import Draft
from sheetformer.book.workbook import Block
from sheetformer.formula.address import a1, area, sheet_prefix
from sheetformer.formula.printer import formula_text
from sheetformer.formula.tree import Area, Cell, Formula, Name, with_leaves
from sheetformer.graph.node import Graph
from sheetformer.graph.ops import Value
from sheetformer.selftest.examples import MOST_CELLS, Example, Pair
from sheetformer.selftest.shapes import Operand
from sheetformer.story.caption import NO_CAPTION

CHOSEN = "chosen_set"
"""The name of the cell in which the reader says which inputs are taken."""

FIRST = 2
"""The row of the first line."""
NUMBER, MARK, TEXT, RESULT = 1, 2, 3, 4
EXPECTED = RESULT + MOST_CELLS + 1
CHECKS = EXPECTED + MOST_CELLS + 1
RIGHT = CHECKS + MOST_CELLS
WRONG = RIGHT + 1
OPERANDS = WRONG + 2
"""Columns: a line's number, its mark, its formula, what that gives and must give, which of its
cells are right, whether all are, how many lines were wrong so far, and what the formula reads."""
SETS = (1, 2)
"""Columns of the sheet of numbers, one for each set of inputs."""


@dataclass
class Lines:
    """The sheets of the lines, while they are filled.

    Attributes:
        sheet: the lines.
        elsewhere: what formulas read on another sheet.
        numbers: all numbers and words.
        graph: the operands that have a name, as a book's names need them.
        blocks: these operands, by their names.
        row: where the next line begins.
        count: how many lines there are.
    """

    sheet: Draft
    elsewhere: Draft
    numbers: Draft
    graph: Graph = field(default_factory=Graph)
    blocks: dict[str, Block] = field(default_factory=dict[str, Block])
    row: int = FIRST
    count: int = 0
    _elsewhere_row: int = FIRST
    _number_row: int = FIRST
    _wrong: str = ""

    def add(self, example: Example) -> None:
        """One more line."""
        self.count += 1
        height, column = example.given[0].shape[0], OPERANDS
        called: dict[Formula, Formula] = {}
        for (leaf, operand), pair in zip(example.operands.items(), example.read, strict=True):
            place = (self.row, column)
            if operand.elsewhere:
                place = (self._elsewhere_row, TEXT)
                self._elsewhere_row += operand.rows + 1
            else:
                height, column = max(height, operand.rows), column + operand.columns + 1
            self._put_operand(operand, pair, place, empties=example.empties)
            called[leaf] = self._called(operand, pair, place)
        formula = formula_text(with_leaves(example.formula, lambda leaf: called.get(leaf, leaf)))
        self._put_formula(example, formula)
        self._put(self.sheet, self.row, EXPECTED, example.given, "constant")
        self._put_check(example.given[0])
        self.row += height

    def column(self, column: int) -> str:
        """A column of all lines, as a formula on another sheet reads it."""
        rows = self.row - FIRST
        return sheet_prefix(self.sheet.name) + area(FIRST, column, rows, 1, fixed=True)

    # What a formula reads.

    def _put_operand(
        self, operand: Operand, pair: Pair, place: tuple[int, int], *, empties: bool
    ) -> None:
        sheet = self.elsewhere if operand.elsewhere else self.sheet
        if operand.elsewhere:
            sheet.cell_blocks.append(_number(place[0], NUMBER, self.count))
        if not empties:
            self._put(sheet, *place, pair, "parameter")
            return
        for (row, column), value in np.ndenumerate(pair[0]):
            if value != 0:
                one = np.full((1, 1), value)
                self._put(sheet, place[0] + row, place[1] + column, (one, one), "parameter")

    def _called(self, operand: Operand, pair: Pair, place: tuple[int, int]) -> Formula:
        """What a formula calls an operand that stands at a place."""
        if operand.name:
            return Name(self._name(operand, pair, place))
        first = Cell(*place, sheet=self.elsewhere.name if operand.elsewhere else None)
        if not operand.is_area:
            return first
        return Area(first, Cell(place[0] + operand.rows - 1, place[1] + operand.columns - 1))

    def _name(self, operand: Operand, pair: Pair, place: tuple[int, int]) -> str:
        name = f"{operand.name.rstrip('_')}_{self.count}"
        self.blocks[name] = named_block(self.graph, name, pair[0], self.sheet.name, place)
        return name

    def _put(self, sheet: Draft, row: int, column: int, pair: Pair, kind: str) -> None:
        """Cells that take the values (rows, columns) of the chosen set of inputs."""
        places = self._number_row + np.arange(pair[0].size)
        for values, at in zip(pair, SETS, strict=True):
            self.numbers.cell_blocks += _typed(self._number_row, at, values)
        self._number_row += pair[0].size
        prefix = sheet_prefix(self.numbers.name)
        cells = ([f"{prefix}{a1(place, at)}" for place in places.tolist()] for at in SETS)
        is_text = pair[0].dtype == object
        # Of an empty cell IF gives 0, and with empty text behind it empty text.
        ending = '&""' if is_text else ""
        formulas = [
            f"IF({CHOSEN}=2,{second},{first}){ending}" for first, second in zip(*cells, strict=True)
        ]
        style = f"{kind}.{'word' if is_text else 'general'}"
        block = CellBlock(row, column, pair[0], style, formulas=formulas, stored=False)
        sheet.cell_blocks.append(block)

    # What it gives.

    def _put_formula(self, example: Example, formula: str) -> None:
        values = example.given[0]
        shown = f"{{={formula}}}" if example.is_array else f"={formula}"
        style = "computed.word" if values.dtype == object else "computed.general"
        result = CellBlock(
            self.row, RESULT, values, style,
            formulas=None if example.is_array else [formula],
            array_formula=formula if example.is_array else None,
            stored=False,
        )  # fmt: skip
        number = _number(self.row, NUMBER, self.count)
        self.sheet.cell_blocks += [number, text_block(self.row, TEXT, shown, "formula"), result]

    def _put_check(self, values: Value) -> None:
        """1 for each cell that is right, for all of them together, and how many lines are not."""
        form = _IS_TEXT if values.dtype == object else _IS_NUMBER
        checks = [
            form.format(found=a1(self.row + r, RESULT + c), given=a1(self.row + r, EXPECTED + c))
            for r, c in np.ndindex(values.shape)
        ]
        cells, right = area(self.row, CHECKS, *values.shape), a1(self.row, RIGHT)
        self.sheet.cell_blocks += [
            formula_block(self.row, CHECKS, checks, "small", values.shape),
            formula_block(
                self.row, RIGHT, [f"IFERROR(IF(SUM({cells})={values.size},1,0),0)"], "small"
            ),
            formula_block(self.row, WRONG, [f"{self._wrong}1-{right}"], "small"),
            formula_block(self.row, MARK, [f'IF({right}=1,"✓","✗")'], "computed.verdict"),
        ]
        self._wrong = f"{a1(self.row, WRONG)}+"


_IS_NUMBER = (
    "IF(ISNUMBER({found}),IF(ISNUMBER({given}),"
    "IF(ABS({found}-{given})<=1E-9*ABS({given})+1E-12,1,0),0),0)"
)
"""Whether a number is right: so near to what it must be. An error or a word is no number."""
_IS_TEXT = "IF(ISTEXT({found}),IF(EXACT({found},{given}),1,0),0)"


def named_block(
    graph: Graph, name: str, values: Value, sheet: str, place: tuple[int, int]
) -> Block:
    """Cells (rows, columns) that formulas call by a name."""
    node = graph.source("constant", values, name=name)
    rows, columns = values.shape
    return Block(node, name, sheet, (Matrix(*place),), rows, columns, NO_CAPTION, 0)


def formula_block(
    row: int,
    column: int,
    formulas: Sequence[str],
    style: str,
    shape: tuple[int, ...] = (1, 1),
    span: int = 1,
) -> CellBlock:
    """Cells (rows, columns) with a formula each, and without values; one may run over a span."""
    values = np.full(shape, "", dtype=object)
    return CellBlock(row, column, values, style, formulas=formulas, span=span, stored=False)


def _number(row: int, column: int, number: int) -> CellBlock:
    return CellBlock(row, column, np.full((1, 1), float(number)), "constant.integer")


def _typed(row: int, column: int, values: Value) -> list[CellBlock]:
    """Values of any shape below each other; numbers and words in blocks of their own."""
    blocks: list[CellBlock] = []
    for is_word, run in groupby(values.ravel().tolist(), lambda value: isinstance(value, str)):
        below = list(run)
        kind = object if is_word else np.float64
        style = "constant.word" if is_word else "constant.general"
        blocks.append(CellBlock(row, column, np.array(below, dtype=kind)[:, None], style))
        row += len(below)
    return blocks
