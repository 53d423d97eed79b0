"""The shape of a formula: what is left of it when it is no matter which cells and numbers it reads.

Two formulas of one shape are worked out in the same way, so one of them is tried. What matters is
each function and sign, what kind of cells it is given (one, a row, a column, a table), how these
are called (by address, by name, on another sheet), and whether a number is a very large or a very
small one. Parts of a sum or a text that are like one before count once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheetformer.formula.tree import (
    Area,
    Call,
    Cell,
    Formula,
    Infix,
    Minus,
    Name,
    Number,
    Percent,
    Plus,
    Text,
)

_LARGE, _SMALL = 1e15, 1e-6
"""Beyond these a number is written with an exponent."""


@dataclass(frozen=True)
class Operand:
    """Cells that a formula reads.

    Attributes:
        sheet: where they stand in their book.
        row: the first row.
        column: the first column.
        rows: how many.
        columns: how many.
        name: the defined name that the formula calls them by, or nothing.
        elsewhere: whether the formula names their sheet.
        is_area: whether it writes them as an area, which may be of one cell.
    """

    sheet: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    name: str = ""
    elsewhere: bool = False
    is_area: bool = False

    @property
    def kind(self) -> str:
        """What a function sees of them: a cell, a row, a column or a table."""
        if self.rows == self.columns == 1:
            return "area of a cell" if self.is_area else "cell"
        if self.rows == 1:
            return "row"
        return "column" if self.columns == 1 else "table"


Operands = Mapping[Formula, Operand]
"""The cells, areas and names of a formula, and what they stand for."""


def shape(formula: Formula, operands: Operands, *, is_array: bool) -> str:
    """The shape of a formula of a book.

    >>> x, row = Cell(4, 1), Area(Cell(4, 1), Cell(4, 3))
    >>> operands = {x: Operand("S", 4, 1), row: Operand("S", 4, 1, 1, 3)}
    >>> tree = Infix("-", x, Call("MAX", (row,)))
    >>> shape(tree, operands, is_array=False)
    '(cell-MAX(row))'
    """
    text = _Shapes(operands, is_array).of(formula)
    return f"{{{text}}}" if is_array else text


@dataclass(frozen=True)
class _Shapes:
    operands: Operands
    is_array: bool

    def of(self, formula: Formula) -> str:
        match formula:
            case Number(value):
                return _number(value)
            case Text(value):
                return ("text" if value.isascii() else "téxt") if value else '""'
            case Cell() | Area() | Name():
                return self._operand(self.operands[formula])
            case Call(name, arguments):
                parts = [self.of(argument) for argument in arguments]
                return f"{name}({','.join(_once(parts) if len(parts) > 3 else parts)})"
            case Infix():
                return self._chain(formula)
            case Minus(operand) | Plus(operand) | Percent(operand):
                return f"-{self.of(operand)}"
            case _:
                return str(formula)

    def _operand(self, operand: Operand) -> str:
        # An array formula takes rows, columns and tables alike.
        kind = "cells" if self.is_array and operand.rows * operand.columns > 1 else operand.kind
        return kind + (" by name" if operand.name else " elsewhere" if operand.elsewhere else "")

    def _chain(self, formula: Infix) -> str:
        operator, terms = formula.operator, [formula.right]
        left = formula.left
        while operator in "+*&" and isinstance(left, Infix) and left.operator == operator:
            terms.append(left.right)
            left = left.left
        parts = [self.of(term) for term in (left, *reversed(terms))]
        return f"({operator.join(_once(parts) if len(parts) > 2 else parts)})"


def _number(value: float) -> str:
    if abs(value) >= _LARGE:
        return "large"
    return "small" if 0 < abs(value) < _SMALL else "number"


def _once(parts: list[str]) -> list[str]:
    return list(dict.fromkeys(parts))
