"""Formulas that a reader typed: read by a grammar of our own, refused unless all of it is known.

Nothing typed goes into a file as it came. The formula is read from its first character to its last
and written anew from what was understood: numbers, words, cells and names of this book, operators,
and functions from a list. What can leave the book (links, web services, other files, macros) is not
on the list, and what a spreadsheet program would call a damaged file cannot be written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum

from sheetformer.book.address import LAST_COLUMN, LAST_ROW, column_number, sheet_prefix
from sheetformer.book.formula import number_text, text_literal
from sheetformer.errors import EditError
from sheetformer.suggest import suggestion

LONGEST = 4_000
"""Characters of a typed formula; what is written from it stays within Excel's 8,192."""
DEEPEST = 40
"""Functions and parentheses inside each other; Excel allows 64."""

_MANY = 200
_NUMBERS = ("SUM", "AVERAGE", "MAX", "MIN", "COUNT", "COUNTA", "PRODUCT", "SUMSQ", "MEDIAN")

RANGES: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys((*_NUMBERS, "AND", "OR", "SUMPRODUCT"), (1, _MANY)),
    **dict.fromkeys(("ROWS", "COLUMNS", "TRANSPOSE", "MDETERM", "MINVERSE"), (1, 1)),
    **dict.fromkeys(("LARGE", "SMALL", "MMULT"), (2, 2)),
    **dict.fromkeys(("INDEX", "MATCH", "COUNTIF", "SUMIF"), (2, 3)),
    "COUNTIF": (2, 2),
}
"""Functions that take cells by the range: name → least and most arguments."""

SINGLES: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("PI", "NA", "TRUE", "FALSE"), (0, 0)),
    **dict.fromkeys(("ABS", "EXP", "LN", "LOG10", "SQRT", "SIGN", "INT", "NOT"), (1, 1)),
    **dict.fromkeys(("SIN", "COS", "TAN", "ATAN", "SINH", "COSH", "TANH", "NORMSDIST"), (1, 1)),
    **dict.fromkeys(("TRIM", "LEN", "UPPER", "LOWER", "CHAR", "CODE", "N", "T"), (1, 1)),
    **dict.fromkeys(("ISNUMBER", "ISTEXT", "ISERROR", "ISBLANK"), (1, 1)),
    **dict.fromkeys(("LOG", "LEFT", "RIGHT"), (1, 2)),
    **dict.fromkeys(("POWER", "MOD", "ROUND", "ROUNDUP", "ROUNDDOWN", "IFERROR", "EXACT"), (2, 2)),
    "IF": (2, 3),
    "MID": (3, 3),
    "CONCATENATE": (1, _MANY),
}
"""Functions of single values, in the same way."""

FUNCTIONS: Mapping[str, tuple[int, int]] = {**SINGLES, **RANGES}

ONLY_ARRAY = ("TRANSPOSE", "MINVERSE")
"""They give several values: outside array formulas some programs show one, some an error."""

_TOKEN = re.compile(
    r"""(?P<space>[ \n]+)
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)
    |(?P<text>"(?:[^"]|"")*")
    |(?P<sheet>(?:'(?:[^']|'')+'|[^\W\d]\w*)!)
    |(?P<cell>\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}(?![\w.(]))
    |(?P<word>[A-Za-z_\\][\w.]*)
    |(?P<sign><>|<=|>=|[-+*/^&=<>(),:%])""",
    re.VERBOSE,
)
_ONE_PIECE = re.compile(r'"(?:[^"]|"")*"')
_STRENGTH = {"^": 5, "*": 4, "/": 4, "+": 3, "-": 3, "&": 2}
_COMPARE = ("=", "<>", "<", ">", "<=", ">=")


@dataclass(frozen=True)
class Vocabulary:
    """What a formula of this book may speak of.

    Attributes:
        sheets: the names of its sheets.
        names: its defined names, each with whether it is a single cell.
    """

    sheets: Collection[str]
    names: Mapping[str, bool]


def read_formula(text: str, book: Vocabulary, *, array: bool = False) -> str:
    """A typed formula, checked and written anew; without the equals sign on both sides.

    Args:
        text: the formula.
        book: the sheets and names that it may use.
        array: it is an array formula, in which several cells may stand wherever one can.

    Raises:
        EditError: it cannot be read, or uses something that is not on the list.

    >>> read_formula("sum( a1:$B$2 )*2^-1", Vocabulary(["Words"], {}))
    'SUM(A1:$B$2)*2^-1'
    """
    if len(text) > LONGEST:
        raise EditError(f"the formula has {len(text):,} characters; at most {LONGEST:,} fit")
    reader = _Reader(_tokens(text), book, array, _Several.ANYWHERE if array else _Several.NOWHERE)
    reader.expression(0)
    if reader.here != ("end", ""):
        raise EditError(f"the formula is not understood from {_quoted(reader.here[1])} on")
    return "".join(reader.written)


Token = tuple[str, str]


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise EditError(f"the formula is not understood from {_quoted(text[at:])} on")
        if found.lastgroup != "space":
            tokens.append((str(found.lastgroup), found.group()))
        at = found.end()
    return [*tokens, ("end", "")]


def _quoted(text: str) -> str:
    return repr(text[:20] + ("…" if len(text) > 20 else "")) if text else "its end"


class _Several(Enum):
    """Where several cells may stand: nowhere, as a whole argument, or wherever a cell can."""

    NOWHERE = 0
    ARGUMENT = 1
    ANYWHERE = 2


@dataclass
class _Reader:
    """Reads tokens by recursive descent."""

    tokens: list[Token]
    book: Vocabulary
    array: bool
    several: _Several
    written: list[str] = field(default_factory=list[str])
    at: int = 0
    depth: int = 0

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1][1]

    def expression(self, least: int) -> None:
        """Operands with operators at least as strong; only their order matters for reading."""
        self.operand()
        while (strength := self._strength()) > least:
            self.written.append(self.take())
            self.expression(strength)

    def _strength(self) -> int:
        kind, sign = self.here
        if kind != "sign":
            return 0
        return 1 if sign in _COMPARE else _STRENGTH.get(sign, 0)

    def operand(self) -> None:
        """Signs, something single, and percent signs behind it."""
        while self.here[1] in ("+", "-") and self.here[0] == "sign":
            self.written.append(self.take())
        self._deeper()
        kind, text = self.here
        if (kind, text) == ("sign", "("):
            self._parentheses()
        elif kind in ("number", "text"):
            self.written.append(_literal(kind, self.take()))
        elif kind in ("sheet", "cell"):
            self._cells()
        elif kind == "word":
            self._word()
        else:
            raise EditError(f"the formula is not understood at {_quoted(text)}")
        while self.here == ("sign", "%"):
            self.written.append(self.take())
        self.depth -= 1

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise EditError(f"the formula is nested more than {DEEPEST} deep; use more cells")

    def expect(self, sign: str) -> None:
        if self.here != ("sign", sign):
            raise EditError(f"the formula lacks {sign!r} before {_quoted(self.here[1])}")
        self.written.append(self.take())

    def _parentheses(self) -> None:
        self.expect("(")
        self.expression(0)
        self.expect(")")

    def _cells(self) -> None:
        """A cell or a range, on this sheet or another one."""
        start = self.at
        if self.here[0] == "sheet":
            self.written.append(self._sheet(self.take()))
        first = self._cell()
        if self.here == ("sign", ":"):
            self.expect(":")
            if self._cell() != first:
                self._refuse_several("a range of cells", alone=self._alone(start))

    def _sheet(self, token: str) -> str:
        name = token[:-1]
        if name.startswith("'"):
            name = name[1:-1].replace("''", "'")
        for known in self.book.sheets:
            if known.casefold() == name.casefold():
                return sheet_prefix(known)
        raise EditError(f"the formula names a sheet {name!r} that this book does not have")

    def _cell(self) -> str:
        kind, text = self.here
        if kind != "cell":
            raise EditError(f"the formula lacks a cell before {_quoted(text)}")
        plain = text.replace("$", "")
        letters = plain.rstrip("0123456789")
        if column_number(letters) >= LAST_COLUMN or int(plain[len(letters) :]) > LAST_ROW:
            raise EditError(f"there is no cell {text.upper()!r}; a sheet ends at XFD1048576")
        self.written.append(self.take().upper())
        return plain.upper()

    def _word(self) -> None:
        """A function with its arguments, a truth value, or a name of the book."""
        word = self.take()
        if self.here == ("sign", "("):
            self._call(word.upper())
        elif word.upper() in ("TRUE", "FALSE"):
            self.written.append(word.upper())
        else:
            self._name(word)

    def _name(self, word: str) -> None:
        for known, single in self.book.names.items():
            if known.casefold() == word.casefold():
                if not single:
                    self._refuse_several(
                        f"{known}, which is several cells,", alone=self._alone(self.at - 1)
                    )
                self.written.append(known)
                return
        raise EditError(f"the formula uses {word!r}; {_near(word, self.book.names, 'name')}")

    def _alone(self, start: int) -> bool:
        """Whether what began there and ends here is a whole argument."""
        return self.tokens[start - 1][1] in ("(", ",") and self.here[1] in (")", ",")

    def _refuse_several(self, what: str, *, alone: bool) -> None:
        """Several cells as an operand of a plain formula: programs silently take one of them."""
        if self.several is _Several.ANYWHERE or (self.several is _Several.ARGUMENT and alone):
            return
        raise EditError(
            f"the formula uses {what} where a single cell belongs; put it into a function such "
            "as SUM"
        )

    def _call(self, name: str) -> None:
        if name not in FUNCTIONS:
            raise EditError(f"the formula uses {name!r}; {_near(name, FUNCTIONS, 'function here')}")
        outside = self.several
        if name in ONLY_ARRAY and not self.array:
            raise EditError(f"{name} gives several values; it works in an array formula only")
        self.several = self._inside(name)
        self.written.append(name)
        self.expect("(")
        count = self._arguments()
        self.expect(")")
        self.several = outside
        least, most = FUNCTIONS[name]
        if not least <= count <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise EditError(f"{name} takes {wanted} arguments, not {count}")

    def _inside(self, name: str) -> _Several:
        """Where several cells may stand among the arguments of a function."""
        if self.several is _Several.ANYWHERE and (self.array or name not in RANGES):
            return _Several.ANYWHERE
        if name == "SUMPRODUCT":
            return _Several.ANYWHERE
        return _Several.ARGUMENT if name in RANGES else _Several.NOWHERE

    def _arguments(self) -> int:
        if self.here == ("sign", ")"):
            return 0
        count = 1
        self.expression(0)
        while self.here == ("sign", ","):
            self.expect(",")
            self.expression(0)
            count += 1
        return count


def _literal(kind: str, token: str) -> str:
    if kind == "text":
        words = text_literal(token[1:-1].replace('""', '"'))
        # Long words and control characters are written in pieces, joined with &.
        return words if _ONE_PIECE.fullmatch(words) else f"({words})"
    number = float(token)
    if abs(number) > 1e300:
        raise EditError(f"the number {token[:20]} is too large for a cell")
    return number_text(number)


def _near(word: str, known: Collection[str], what: str) -> str:
    return suggestion(word, known, f"there is no such {what}")
