"""What a reader may type as a formula: all of it is known, and nothing leaves the book.

Nothing typed goes into a file as it came. It is read into a tree, checked against the sheets and
names of its book and the table of functions, and printed anew. What can leave the book (links, web
services, other files, macros) is not in the table, and what a spreadsheet program would call a
damaged file cannot be written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from sheetformer.errors import EditError
from sheetformer.formula.elsewhere import ELSEWHERE
from sheetformer.formula.functions import FUNCTIONS, Function
from sheetformer.formula.given_names import arity_of, given, own_names, refuse_twice
from sheetformer.formula.parser import parse
from sheetformer.formula.patterns import refuse_pattern
from sheetformer.formula.printer import formula_text, text_parts
from sheetformer.formula.tree import (
    Area,
    Array,
    Call,
    Cell,
    Formula,
    Infix,
    Minus,
    Name,
    Percent,
    Plus,
    Text,
    chain,
)
from sheetformer.suggest import suggestion

LONGEST = 4_000
"""Characters of a typed formula; what is written from it stays within Excel's 8,192."""


@dataclass(frozen=True)
class BookNames:
    """What a formula of this book may speak of.

    Attributes:
        sheets: the names of its sheets.
        names: its defined names, each with whether it is a single cell.
        functions: the functions that it defines, each with how many values it takes.
    """

    sheets: Collection[str]
    names: Mapping[str, bool]
    functions: Mapping[str, int] = field(default_factory=dict[str, int])


def read_formula(text: str, book: BookNames, *, array: bool = False) -> str:
    """A typed formula, checked and written anew; without the equals sign on both sides.

    Args:
        text: the formula.
        book: the sheets and names that it may use.
        array: it is an array formula, in which several cells may stand wherever one can.

    Raises:
        EditError: it cannot be read, or uses something that is not known here.

    >>> read_formula("sum( a1:$B$2 )*2^-1", BookNames(["Words"], {}))
    'SUM(A1:$B$2)*2^(-1)'
    """
    if len(text) > LONGEST:
        raise EditError(f"the formula has {len(text):,} characters; at most {LONGEST:,} fit")
    return formula_text(check(parse(text), book, array=array))


def check(formula: Formula, book: BookNames, *, array: bool = False) -> Formula:
    """A formula with its sheets and names spelled as the book spells them.

    Raises:
        EditError: it uses a sheet, a name or a function that is not known, a function in a wrong
            way, or several cells where a single one belongs.
    """
    checker = _Checker(book, array, own_names(formula, (*book.names, *book.functions)))
    return checker.checked(formula, _Several.ANYWHERE if array else _Several.NOWHERE)


TAKES_A_FUNCTION: Mapping[str, int] = {
    "MAP": 0, "BYROW": 1, "BYCOL": 1, "REDUCE": 2, "MAKEARRAY": 2
}  # fmt: skip
"""How many values the function at their end takes; 0: as many as there are tables before it."""


class _Several(Enum):
    """Where several cells may stand: nowhere, as a whole argument, or wherever a cell can."""

    NOWHERE = 0
    ARGUMENT = 1
    ANYWHERE = 2


@dataclass(frozen=True)
class _Checker:
    book: BookNames
    array: bool
    own: Mapping[str, str]
    """How a name of the book is spelled, in small letters, where LET or LAMBDA gives it."""
    bound: Mapping[str, int | None] = field(default_factory=dict[str, "int | None"])
    """Names that LET or LAMBDA gave, in small letters; of a function how many values it takes."""

    def checked(self, formula: Formula, several: _Several) -> Formula:
        match formula:
            case Cell():
                return self._cell(formula)
            case Area(first, last):
                if (first.row, first.column) != (last.row, last.column):
                    _refuse_several(several, "a range of cells")
                return Area(self._cell(first), last)
            case Name():
                return self._name(formula, several)
            case Array(rows):
                _refuse_several(several, "an array in { }")
                _refuse_long(rows)
                return formula
            case Call():
                return self._call(formula, several)
            case Infix():
                return self._chain(formula, _inside(several))
            case Minus(operand) | Plus(operand) | Percent(operand):
                return replace(formula, operand=self.checked(operand, _inside(several)))
            case _:
                return formula

    def _chain(self, formula: Infix, several: _Several) -> Formula:
        links = chain(formula)
        left = self.checked(links[0].left, several)
        for link in links:
            left = Infix(link.operator, left, self.checked(link.right, several))
        return left

    def _cell(self, cell: Cell) -> Cell:
        if cell.sheet is None:
            return cell
        for known in self.book.sheets:
            if known.casefold() == cell.sheet.casefold():
                return replace(cell, sheet=known)
        raise EditError(f"the formula names a sheet {cell.sheet!r} that this book does not have")

    def _name(self, name: Name, several: _Several) -> Formula:
        if name.name.casefold() in self.bound:
            if self.bound[name.name.casefold()] is not None:
                raise EditError(f"{name.name} is a function here; write {name.name}(…)")
            return self._spelled(name)
        names = {known.casefold(): known for known in self.book.names}
        # Pages write Q for Q_.
        known = names.get(name.name.casefold()) or names.get(f"{name.name.casefold()}_")
        if known is not None:
            if not self.book.names[known]:
                _refuse_several(several, f"{known}, which is several cells,")
            return Name(known)
        near = _near(name.name, self.book.names, "name")
        raise EditError(f"the formula uses {name.name!r}; {near}")

    def _call(self, formula: Call, several: _Several) -> Formula:
        name, arguments = formula.name, formula.arguments
        if name.casefold() in self.bound:
            return self._own(formula)
        if name in self.book.functions:
            return self._of_book(formula)
        function = _known(name)
        if function.several and not self.array:
            raise EditError(f"{name} gives several values; it works in an array formula only")
        if not function.least <= len(arguments) <= function.most:
            raise EditError(f"{name} takes {_wanted(function)}, not {len(arguments)}")
        if name == "TEXT":
            refuse_pattern(arguments[1])
        if name == "LET":
            return self._let(arguments)
        if name == "LAMBDA":
            raise EditError("LAMBDA stands at the end of MAP and its like, or behind a name of LET")
        last = len(arguments) - (name in TAKES_A_FUNCTION)
        checked = [
            self._argument(function, i, argument, several)
            for i, argument in enumerate(arguments[:last])
        ]
        if last < len(arguments):
            checked.append(self._function(name, arguments[last], TAKES_A_FUNCTION[name] or last))
        return Call(name, tuple(checked))

    def _let(self, arguments: tuple[Formula, ...]) -> Call:
        """Names with their values by turns, then the formula that uses them."""
        if len(arguments) % 2 == 0:
            raise EditError("LET takes names with their values by turns, then a formula")
        inside, checked = self, list[Formula]()
        refuse_twice(arguments[:-1:2])
        for name, value in zip(arguments[:-1:2], arguments[1::2], strict=True):
            arity = arity_of(value)
            value = (
                inside.checked(value, _Several.ANYWHERE) if arity is None else inside._body(value)
            )
            inside = inside._with({given(name): arity})
            checked += [self._spelled(name), value]
        return Call("LET", (*checked, inside.checked(arguments[-1], _Several.ANYWHERE)))

    def _with(self, names: Mapping[str, int | None]) -> _Checker:
        return replace(self, bound={**self.bound, **names})

    def _body(self, function: Formula) -> Call:
        """A LAMBDA with its formula checked."""
        assert isinstance(function, Call)
        *names, body = function.arguments
        refuse_twice(names)
        inside = self._with(dict.fromkeys(map(given, names)))
        own = map(self._spelled, names)
        return Call("LAMBDA", (*own, inside.checked(body, _Several.ANYWHERE)))

    def _function(self, of: str, function: Formula, values: int) -> Formula:
        """What stands where a function takes a function of so many values."""
        if isinstance(function, Name):
            arity = self.bound.get(function.name.casefold())
        else:
            arity = arity_of(function)
        if arity != values:
            raise EditError(f"{of} ends with a LAMBDA of {values} value{'s' if values > 1 else ''}")
        return self._spelled(function) if isinstance(function, Name) else self._body(function)

    def _own(self, formula: Call) -> Call:
        """A call of a function that LET named."""
        arity, count = self.bound[formula.name.casefold()], len(formula.arguments)
        if arity != count:
            raise EditError(f"{formula.name} is no function of {count} values here")
        checked = (self.checked(one, _Several.ANYWHERE) for one in formula.arguments)
        return Call(self.own.get(formula.name.casefold(), formula.name), tuple(checked))

    def _spelled(self, name: Formula) -> Formula:
        """A name that LET or LAMBDA gives, in its place or where it is used."""
        own = self.own.get(name.name.casefold()) if isinstance(name, Name) else None
        return name if own is None else Name(own)

    def _of_book(self, formula: Call) -> Call:
        """A call of a function that the book defines; what it gives may be several values."""
        name, arity, count = formula.name, self.book.functions[formula.name], len(formula.arguments)
        if not self.array:
            raise EditError(f"{name} gives several values; it works in an array formula only")
        if arity != count:
            raise EditError(f"{name} is no function of {count} values here")
        return Call(name, tuple(self.checked(one, _Several.ANYWHERE) for one in formula.arguments))

    def _argument(self, function: Function, i: int, argument: Formula, outer: _Several) -> Formula:
        kind = function.kind(i)
        if kind.isupper() and not (stands_in_cells(argument) and not self._is_bound(argument)):
            raise EditError(
                f"{function.name} looks at cells as they stand; give it a range such as A1:A3, no "
                "calculation"
            )
        return self.checked(argument, self._several(kind.lower(), outer))

    def _is_bound(self, formula: Formula) -> bool:
        return isinstance(formula, Name) and formula.name.casefold() in self.bound

    def _several(self, kind: str, outer: _Several) -> _Several:
        """Where several cells may stand in an argument of this kind."""
        if self.array or kind == "a":
            return _Several.ANYWHERE
        if kind == "r":
            return _Several.ARGUMENT
        return _inside(outer)


def _known(name: str) -> Function:
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    if name in ELSEWHERE:
        raise EditError(f"{name} is a function of spreadsheet programs, but not supported here")
    raise EditError(f"the formula uses {name!r}; {_near(name, FUNCTIONS, 'function here')}")


def _inside(several: _Several) -> _Several:
    """Where several cells may stand in a part of what stands here."""
    return _Several.ANYWHERE if several is _Several.ANYWHERE else _Several.NOWHERE


def _refuse_several(several: _Several, what: str) -> None:
    """Several cells as an operand of a plain formula: programs silently take one of them."""
    if several is _Several.NOWHERE:
        raise EditError(
            f"the formula uses {what} where a single cell belongs; put it into a function such "
            "as SUM"
        )


def _refuse_long(rows: tuple[tuple[Formula, ...], ...]) -> None:
    """Words that are written in parts, joined with &, have no place in an array."""
    for value in (value for row in rows for value in row):
        if isinstance(value, Text) and len(text_parts(value.value)) > 1:
            raise EditError("a text between { and } has at most 120 characters and one line")


def stands_in_cells(formula: Formula) -> bool:
    """Whether it is cells of a book, also a part of them."""
    match formula:
        case Cell() | Area() | Name():
            return True
        case Call("INDEX", (cells, *_)):
            return stands_in_cells(cells)
        case _:
            return False


def _wanted(function: Function) -> str:
    """How many arguments a function takes, and what for."""
    least, most, sentence = function.least, function.most, function.sentence
    count = str(least) if least == most else f"{least} to {most}"
    gives = sentence[0].lower() + sentence[1:-1]
    return f"{count} argument{'' if most == 1 else 's'} (it gives {gives})"


def _near(word: str, known: Collection[str], what: str) -> str:
    return suggestion(word, known, otherwise=f"there is no such {what}")
