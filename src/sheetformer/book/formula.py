"""Formulas as small trees, and the one printer that owns parentheses and quoting.

A block has one formula, as when a formula is filled down and across. So a tree is printed once per
block: into pieces of text with gaps, and the addresses are put into the gaps for all cells at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sheetformer.graph.node import Ids


@dataclass(frozen=True)
class Number:
    """A number written into the formula."""

    value: float


@dataclass(frozen=True)
class Text:
    """Words written into the formula, between quotation marks."""

    value: str


@dataclass(frozen=True, eq=False)
class Ref:
    """For each cell of the block one element: ids in the block's shape."""

    ids: Ids


@dataclass(frozen=True, eq=False)
class Range:
    """For each cell of the block a row, column or rectangle of elements: ids (…, rows, columns).

    Attributes:
        ids: the elements.
        searched: it is looked up in, so a single cell stands as B5:B5, as engines need it there.
    """

    ids: Ids
    searched: bool = False


@dataclass(frozen=True)
class Call:
    """A spreadsheet function with its arguments."""

    name: str
    arguments: tuple[Formula, ...]


@dataclass(frozen=True)
class Infix:
    """Two formulas with an operator between."""

    operator: str
    left: Formula
    right: Formula


@dataclass(frozen=True)
class Minus:
    """A formula with its sign turned."""

    operand: Formula


Formula = Number | Text | Ref | Range | Call | Infix | Minus
Leaf = Ref | Range
Piece = str | Leaf


def call(name: str, *arguments: Formula) -> Call:
    """A function call; `call("SUM", x)`."""
    return Call(name, arguments)


_STRENGTH = {
    **dict.fromkeys(("=", "<>", "<", ">", "<=", ">="), 1),
    "&": 2,
    "+": 3,
    "-": 3,
    "*": 4,
    "/": 4,
    "^": 5,
}
"""How tightly an operator binds; all of them read from the left."""
_ATOM = 7


def pieces(formula: Formula) -> list[Piece]:
    """The formula as text with gaps: neighbouring strings are joined, leaves stand between.

    >>> pieces(Infix("*", Infix("+", Number(1), Number(2)), Minus(Number(3))))
    ['(1+2)*(-3)']
    """
    joined: list[Piece] = []
    for piece in _print(formula):
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _print(formula: Formula) -> list[Piece]:
    match formula:
        case Number(value):
            return [number_text(value)]
        case Text(value):
            return [text_literal(value)]
        case Ref() | Range():
            return [formula]
        case Call(name, arguments):
            inside: list[Piece] = []
            for argument in arguments:
                inside += [",", *_print(argument)] if inside else _print(argument)
            return [f"{name}(", *inside, ")"]
        case Infix(operator, left, right):
            mine = _STRENGTH[operator]
            # The left operand may be as strong as its operator, the right one must be stronger:
            # a spreadsheet reads a−b−c and a^b^c from the left.
            return [*_within(left, mine), operator, *_within(right, mine + 1)]
        case Minus(operand):
            # A spreadsheet reads −2^2 as (−2)^2, so the operand of a minus sign must be an atom.
            return ["-", *_within(operand, _ATOM)]


def _within(formula: Formula, strength: int) -> list[Piece]:
    """The operand of an operator, in parentheses where it binds less tightly."""
    return ["(", *_print(formula), ")"] if _binding(formula) < strength else _print(formula)


def _binding(formula: Formula) -> int:
    if isinstance(formula, Infix):
        return _STRENGTH[formula.operator]
    if isinstance(formula, Text) and len(_parts(formula.value)) > 1:
        return _STRENGTH["&"]
    if isinstance(formula, Minus) or (isinstance(formula, Number) and formula.value < 0):
        return 0
    return _ATOM


def text_literal(value: str) -> str:
    """Words as a formula holds them: in pieces of legal length, control characters by number.

    >>> print(text_literal('am "I" ?'), text_literal(chr(10) + "x"))
    "am ""I"" ?" CHAR(10)&"x"
    """
    return "&".join(_parts(value))


def _parts(value: str) -> list[str]:
    """The operands of `&`: Excel takes 255 characters between quotation marks, no more."""
    parts: list[str] = []
    for part in re.findall(r"[\x00-\x1f]|[^\x00-\x1f]{1,120}", value) or [""]:
        control = len(part) == 1 and part < " "
        parts.append(f"CHAR({ord(part)})" if control else '"' + part.replace('"', '""') + '"')
    return parts


def number_text(value: float) -> str:
    """The shortest decimal that reads back as the same number, as every engine reads it.

    >>> number_text(3.0), number_text(0.1), number_text(-1e30)
    ('3', '0.1', '-1E+30')
    """
    # Adding 0 turns −0 into 0.
    return repr(float(value) + 0.0).upper().removesuffix(".0")


def fill(printed: Sequence[Piece], address: Callable[[Leaf], list[str]], cells: int) -> list[str]:
    """One formula a cell: the printed pieces with the addresses of every leaf filled in."""
    columns = [[piece] * cells if isinstance(piece, str) else address(piece) for piece in printed]
    return ["".join(parts) for parts in zip(*columns, strict=True)]
