"""The one printer of formulas: it owns parentheses, quoting and the text of numbers.

A block has one formula, as when a formula is filled down and across. So a tree is printed once per
block, into a template: text with gaps. The addresses are put into the gaps for all cells at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sheetformer.formula.address import a1, sheet_prefix
from sheetformer.formula.functions import FUNCTIONS
from sheetformer.formula.tree import (
    STRENGTH,
    Area,
    Array,
    Call,
    Cell,
    Error,
    Formula,
    Infix,
    Leaf,
    Literal,
    Minus,
    Missing,
    Name,
    Number,
    Percent,
    Plus,
    Range,
    Ref,
    Text,
    Truth,
    bound_names,
    chain,
)

TemplatePart = str | Leaf

_PERCENT = 6
_ATOM = 7
"""What binds tighter than every operator."""


def template_parts(formula: Formula, *, in_file: bool = False) -> list[TemplatePart]:
    """The formula as text with gaps: neighbouring strings are joined, leaves stand between.

    Args:
        formula: any formula.
        in_file: write functions with the prefix that they carry in an .xlsx file.

    >>> template_parts(Infix("*", Infix("+", Number(1), Number(2)), Minus(Number(3))))
    ['(1+2)*(-3)']
    """
    joined: list[TemplatePart] = []
    for part in _Printer(in_file).printed(formula, 0):
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def formula_text(formula: Formula, *, in_file: bool = False) -> str:
    """A formula without elements of a graph, as text without the equals sign."""
    return "".join(
        part for part in template_parts(formula, in_file=in_file) if isinstance(part, str)
    )


def fill(
    printed: Sequence[TemplatePart], address: Callable[[Leaf], list[str]], cells: int
) -> list[str]:
    """One formula a cell: the parts of a template with the addresses of every leaf filled in."""
    columns = [[part] * cells if isinstance(part, str) else address(part) for part in printed]
    return ["".join(parts) for parts in zip(*columns, strict=True)]


class _Printer:
    """Prints a tree from the outside in."""

    def __init__(self, in_file: bool, bound: frozenset[str] = frozenset()) -> None:
        self.in_file = in_file
        self.bound = bound

    def printed(self, formula: Formula, least: int) -> list[TemplatePart]:
        """A formula, in parentheses where it binds less tightly than it must."""
        inside = self._plain(formula)
        return ["(", *inside, ")"] if _binding(formula) < least else inside

    def _plain(self, formula: Formula) -> list[TemplatePart]:
        match formula:
            case Ref() | Range():
                return [formula]
            case Call():
                return self._call(formula)
            case Infix():
                return self._chain(formula)
            case Minus(operand):
                # A spreadsheet reads −2^2 as (−2)^2, so no operator stands bare behind a sign.
                return ["-", *self.printed(operand, _PERCENT)]
            case Plus(operand):
                return ["+", *self.printed(operand, _PERCENT)]
            case Percent(operand):
                return [*self.printed(operand, _PERCENT), "%"]
            case Name(name) if name.casefold() in self.bound:
                return [self._prefix(name) + name]
            case Array(rows):
                lines = (",".join(map(formula_text, row)) for row in rows)
                return ["{" + ";".join(lines) + "}"]
            case _:
                return [_leaf(formula)]

    def _call(self, formula: Call) -> list[TemplatePart]:
        printed: list[TemplatePart] = [f"{self._prefix(formula.name)}{formula.name}("]
        inside = _Printer(self.in_file, self.bound | bound_names(formula))
        for i, argument in enumerate(formula.arguments):
            printed += [*([","] if i else []), *inside.printed(argument, 0)]
        return [*printed, ")"]

    def _prefix(self, name: str) -> str:
        """What stands before a function, or a name that LET or LAMBDA gave, in an .xlsx file."""
        if not self.in_file:
            return ""
        if name.casefold() in self.bound:
            return "_xlpm."
        # A function that the book defines has none.
        return FUNCTIONS[name].prefix if name in FUNCTIONS else ""

    def _chain(self, formula: Infix) -> list[TemplatePart]:
        links = chain(formula)
        first = links[0]
        printed = self.printed(first.left, STRENGTH[first.operator])
        bound = _ATOM
        for link in links:
            # The left operand may be as strong as its operator, the right one must be stronger:
            # a spreadsheet reads a−b−c and a^b^c from the left.
            mine = STRENGTH[link.operator]
            if bound < mine:
                printed = ["(", *printed, ")"]
            printed += [link.operator, *self.printed(link.right, mine + 1)]
            bound = mine
        return printed


def _binding(formula: Formula) -> int:
    match formula:
        case Infix(operator):
            return STRENGTH[operator]
        case Percent():
            return _PERCENT
        case Minus() | Plus():
            return 0
        case Number(value):
            return 0 if value < 0 else _ATOM
        case Text(value):
            return STRENGTH["&"] if len(text_parts(value)) > 1 else _ATOM
        case _:
            return _ATOM


def _leaf(formula: Literal | Missing | Cell | Area | Name) -> str:
    match formula:
        case Number(value):
            return number_text(value)
        case Text(value):
            return text_literal(value)
        case Truth(value):
            return str(value).upper()
        case Error(code):
            return code
        case Missing():
            return ""
        case Name(name):
            return name
        case Cell():
            return _cell(formula)
        case Area(first, last):
            return f"{_cell(first)}:{_cell(last)}"


def _cell(cell: Cell) -> str:
    prefix = "" if cell.sheet is None else sheet_prefix(cell.sheet)
    return prefix + a1(
        cell.row, cell.column, row_fixed=cell.row_fixed, column_fixed=cell.column_fixed
    )


def text_literal(value: str) -> str:
    """Words as a formula holds them: in parts of legal length, control characters by number.

    >>> print(text_literal('am "I" ?'), text_literal(chr(10) + "x"))
    "am ""I"" ?" CHAR(10)&"x"
    """
    return "&".join(text_parts(value))


def text_parts(value: str) -> list[str]:
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
