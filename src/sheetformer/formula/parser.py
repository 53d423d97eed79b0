"""Reads the text of a formula into a tree, as spreadsheet programs read it.

From loose to tight: comparisons, &, + and −, * and /, ^ (all from the left), a sign before (so −2^2
is 4), % behind. `parse(formula_text(tree)) == tree` for every tree that it gives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sheetformer.errors import EditError
from sheetformer.formula.address import LAST_COLUMN, LAST_ROW, column_number
from sheetformer.formula.tokens import Token, quoted, tokens
from sheetformer.formula.tree import (
    SMALLEST_LITERAL,
    STRENGTH,
    Area,
    Array,
    Call,
    Cell,
    Error,
    Formula,
    Infix,
    Literal,
    Missing,
    Name,
    Number,
    Percent,
    Plus,
    Text,
    Truth,
    negative,
)

DEEPEST = 40
"""Functions, parentheses and signs inside each other in a typed formula; Excel allows 64."""
LARGEST = 1e300
"""No number in a formula is larger: near the end of their range programs differ."""
PREFIX = re.compile(r"_xlfn\.(?:_xlws\.)?|_xlpm\.", re.IGNORECASE)
"""Stands before younger functions and what LET and LAMBDA name in .xlsx files; it may be typed."""


def parse(text: str, deepest: int = DEEPEST) -> Formula:
    """The tree of a formula without its equals sign.

    Args:
        text: the formula.
        deepest: how many functions, parentheses and signs may stand inside each other.

    Raises:
        EditError: it cannot be read; the message says from where on.

    >>> parse("-2^x")
    Infix(operator='^', left=Number(value=-2.0), right=Name(name='x'))
    """
    parser = _Parser(tokens(text), deepest)
    tree = parser.expression(0)
    if parser.here.kind != "end":
        raise EditError(f"the formula is not understood from {quoted(parser.here.text)} on")
    return tree


@dataclass
class _Parser:
    """Reads tokens by recursive descent."""

    tokens: list[Token]
    deepest: int
    at: int = 0
    depth: int = 0

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def sees(self, *signs: str) -> bool:
        return self.here.kind == "sign" and self.here.text in signs

    def expect(self, sign: str) -> None:
        if not self.sees(sign):
            raise EditError(f"the formula lacks {sign!r} before {quoted(self.here.text)}")
        self.at += 1

    def expression(self, least: int) -> Formula:
        """Operands with operators that bind tighter than `least` between them."""
        left = self.signed()
        while self.sees(*STRENGTH) and STRENGTH[self.here.text] > least:
            operator = self.take().text
            left = Infix(operator, left, self.expression(STRENGTH[operator]))
        return left

    def signed(self) -> Formula:
        """An operand with signs before it and percent signs behind it."""
        if self.sees("+", "-"):
            sign = self.take().text
            self._deeper()
            operand = self.signed()
            self.depth -= 1
            return Plus(operand) if sign == "+" else negative(operand)
        operand = self.operand()
        signs = 0
        while self.sees("%"):
            self.take()
            self._deeper()
            signs += 1
            operand = Percent(operand)
        self.depth -= signs
        return operand

    def operand(self) -> Formula:
        if self.sees("("):
            return self._parentheses()
        if self.sees("{"):
            return self._array()
        kind = self.here.kind
        if kind in ("number", "text"):
            return _literal(self.take())
        if kind in ("sheet", "cell", "error"):
            return self._cells()
        if kind == "word":
            return self._word()
        raise EditError(f"the formula is not understood at {quoted(self.here.text)}")

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > self.deepest:
            raise EditError(f"the formula is nested more than {self.deepest} deep; use more cells")

    def _parentheses(self) -> Formula:
        self._deeper()
        self.expect("(")
        inside = self.expression(0)
        self.expect(")")
        self.depth -= 1
        return inside

    def _cells(self) -> Formula:
        """A cell or a range, on this sheet or another one, or an error where one was."""
        sheet = _sheet(self.take().text) if self.here.kind == "sheet" else None
        first = self._cell(sheet)
        if not self.sees(":"):
            return first
        self.take()
        last = self._cell(None)
        if isinstance(first, Cell) and isinstance(last, Cell):
            return Area(first, last)
        return first if isinstance(first, Error) else last

    def _cell(self, sheet: str | None) -> Cell | Error:
        if self.here.kind == "error":
            return Error(self.take().text.upper())
        found = self.here.found
        if self.here.kind != "cell" or found is None:
            raise EditError(f"the formula lacks a cell before {quoted(self.here.text)}")
        row, column = int(found["row"]) - 1, column_number(found["column"])
        if row >= LAST_ROW or column >= LAST_COLUMN:
            raise EditError(f"there is no cell {found[0].upper()!r}; a sheet ends at XFD1048576")
        self.take()
        return Cell(row, column, bool(found["row_fixed"]), bool(found["column_fixed"]), sheet)

    def _word(self) -> Formula:
        """A function with its arguments, a truth value, or a name of the book."""
        word = _plain(self.take().text)
        if self.sees("("):
            return Call(word.upper(), self._arguments())
        if word.upper() in ("TRUE", "FALSE"):
            return Truth(word.upper() == "TRUE")
        return Name(word)

    def _arguments(self) -> tuple[Formula, ...]:
        self._deeper()
        self.expect("(")
        arguments: list[Formula] = []
        while not self.sees(")") or arguments:
            missing = self.sees(",", ";", ")")
            arguments.append(Missing() if missing else self.expression(0))
            if not self.sees(",", ";"):
                break
            self.take()
        self.expect(")")
        self.depth -= 1
        return tuple(arguments)

    def _array(self) -> Formula:
        """Values in rows; a semicolon begins the next row."""
        self._deeper()
        self.expect("{")
        rows: list[tuple[Formula, ...]] = [(self._value(),)]
        while self.sees(",", ";"):
            row = () if self.take().text == ";" else rows.pop()
            rows.append((*row, self._value()))
        self.expect("}")
        self.depth -= 1
        if len({len(row) for row in rows}) > 1:
            raise EditError("the rows between { and } are not equally long")
        return Array(tuple(rows))

    def _value(self) -> Formula:
        value = self.signed()
        if isinstance(value, Plus) and isinstance(value.operand, Number):
            return value.operand
        if not isinstance(value, Literal):
            raise EditError("between { and } stand numbers and words, no calculations")
        return value


def _plain(word: str) -> str:
    """A word without the prefix that files give it."""
    found = PREFIX.match(word)
    return word[found.end() :] if found else word


def _literal(token: Token) -> Number | Text:
    if token.kind == "text":
        return Text(token.text[1:-1].replace('""', '"'))
    number = float(token.text)
    if number > LARGEST:
        raise EditError(f"the number {token.text[:20]} is too large for a cell")
    if 0 < number < SMALLEST_LITERAL:
        raise EditError(f"the number {token.text[:20]} is too close to 0 for a formula; write 0")
    return Number(number)


def _sheet(token: str) -> str:
    name = token[:-1]
    return name[1:-1].replace("''", "'") if name.startswith("'") else name
