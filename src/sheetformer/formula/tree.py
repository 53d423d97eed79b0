"""The tree of a formula, whoever wrote it: the translation of a graph, or a reader at the keyboard.

Inner nodes are the same for both. Leaves are elements of a graph (`Ref`, `Range`) while a book is
made, and cells and names of a book (`Cell`, `Area`, `Name`) where somebody typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sheetformer.graph.node import Ids
from sheetformer.graph.span import Span

LEVELS = (("=", "<>", "<", ">", "<=", ">="), ("&",), ("+", "-"), ("*", "/"), ("^",))
"""Operators between two operands, from loose to tight; all of them read from the left."""
STRENGTH = {operator: i for i, level in enumerate(LEVELS, start=1) for operator in level}
"""How tightly an operator binds; a sign binds tighter than all of them, so that −2^2 is 4."""


LARGEST_LITERAL = 9.99999999999999e307
"""The largest number that may be written into a formula; a formula may give larger ones."""
SMALLEST_LITERAL = 2.2250738585072014e-308
"""The smallest above 0: below it some programs read no number."""


@dataclass(frozen=True)
class Number:
    """A number written into the formula."""

    value: float


@dataclass(frozen=True)
class Text:
    """Words written into the formula, between quotation marks."""

    value: str


@dataclass(frozen=True)
class Truth:
    """TRUE or FALSE."""

    value: bool


@dataclass(frozen=True)
class Error:
    """An error written into the formula, such as #N/A."""

    code: str


@dataclass(frozen=True)
class Missing:
    """An argument that was left out between two commas."""


@dataclass(frozen=True)
class Cell:
    """A cell of a book, counted from 0; `sheet` is None for the formula's own sheet."""

    row: int
    column: int
    row_fixed: bool = False
    column_fixed: bool = False
    sheet: str | None = None


@dataclass(frozen=True)
class Area:
    """The cells between two corners, as they were written; the first one names the sheet."""

    first: Cell
    last: Cell


@dataclass(frozen=True)
class Name:
    """A defined name of a book."""

    name: str


@dataclass(frozen=True)
class Array:
    """Values written out in rows, {1,2;3,4}."""

    rows: tuple[tuple[Formula, ...], ...]


@dataclass(frozen=True, eq=False)
class Ref:
    """For each cell of the block one element: ids in the block's shape."""

    ids: Ids


@dataclass(frozen=True, eq=False)
class Range:
    """For each cell of the block a row, column or rectangle of elements: ids (…, rows, columns).

    Attributes:
        ids: the elements; of a large rectangle that is the same for all cells only its span.
        searched: it is looked up in, so a single cell stands as B5:B5, as engines need it there.
    """

    ids: Ids | Span
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


@dataclass(frozen=True)
class Plus:
    """A formula behind a plus sign, which changes nothing."""

    operand: Formula


@dataclass(frozen=True)
class Percent:
    """A hundredth of a formula."""

    operand: Formula


Leaf = Ref | Range
Literal = Number | Text | Truth | Error
Formula = (
    Literal | Missing | Array | Cell | Area | Name | Leaf | Call | Infix | Minus | Plus | Percent
)


def call(name: str, *arguments: Formula) -> Call:
    """A function call; `call("SUM", x)`."""
    return Call(name, arguments)


def bound_names(formula: Call) -> frozenset[str]:
    """The names that a call of LET or LAMBDA gives to values, in small letters.

    >>> sorted(bound_names(call("LAMBDA", Name("X"), Name("y"), Infix("+", Name("x"), Name("y")))))
    ['x', 'y']
    """
    steps = {"LET": 2, "LAMBDA": 1}
    if formula.name not in steps:
        return frozenset()
    names = formula.arguments[: -1 : steps[formula.name]]
    return frozenset(name.name.casefold() for name in names if isinstance(name, Name))


def negative(operand: Formula) -> Formula:
    """A formula with its sign turned; a number takes the sign in.

    >>> negative(Number(2.0)), negative(Name("x"))
    (Number(value=-2.0), Minus(operand=Name(name='x')))
    """
    if isinstance(operand, Number) and operand.value >= 0:
        return Number(-operand.value)
    return Minus(operand)


def chain(formula: Infix) -> list[Infix]:
    """A formula and the formulas down its left operands, the innermost first.

    A sum of a thousand terms is a thousand deep at its left; whoever walks a tree takes such a
    chain in a loop, not in a thousand calls.
    """
    links = [formula]
    while isinstance(left := links[-1].left, Infix):
        links.append(left)
    return links[::-1]


def with_leaves(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """A formula in which what has no formula inside it is exchanged for something else.

    >>> with_leaves(Infix("+", Name("x"), Number(1)), lambda leaf: Name("y"))
    Infix(operator='+', left=Name(name='y'), right=Name(name='y'))
    """
    match formula:
        case Call(name, arguments):
            return Call(name, tuple(with_leaves(argument, change) for argument in arguments))
        case Infix():
            links = chain(formula)
            left = with_leaves(links[0].left, change)
            for link in links:
                left = Infix(link.operator, left, with_leaves(link.right, change))
            return left
        case Minus(operand):
            return Minus(with_leaves(operand, change))
        case Plus(operand):
            return Plus(with_leaves(operand, change))
        case Percent(operand):
            return Percent(with_leaves(operand, change))
        case _:
            return change(formula)


def parts(formula: Formula) -> Iterator[Formula]:
    """A formula and all that it is made of.

    >>> [*parts(Infix("+", Name("x"), Minus(Number(1.0))))][1:]
    [Name(name='x'), Minus(operand=Number(value=1.0)), Number(value=1.0)]
    """
    waiting = [formula]
    while waiting:
        part = waiting.pop()
        yield part
        match part:
            case Call(_, arguments):
                waiting += arguments[::-1]
            case Infix(_, left, right):
                waiting += (right, left)
            case Minus(operand) | Plus(operand) | Percent(operand):
                waiting.append(operand)
            case _:
                pass


def calls_in(formula: Formula) -> set[str]:
    """The names of all functions that a formula calls.

    >>> sorted(calls_in(call("MAX", call("ABS", Name("x")))))
    ['ABS', 'MAX']
    """
    return {part.name for part in parts(formula) if isinstance(part, Call)}
