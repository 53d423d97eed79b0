"""Addresses of cells, and how a formula names sheets and blocks, in every spreadsheet program."""

from __future__ import annotations

import re
from functools import cache

LAST_COLUMN = 16384
"""XFD, the last column of a sheet since Excel 2007."""
LAST_ROW = 1_048_576
"""The last row of a sheet since Excel 2007."""

_RESERVED = frozenset(
    {
        *("SUM", "AVERAGE", "MAX", "MIN", "ABS", "EXP", "LN", "LOG", "SQRT", "TANH", "PI"),
        *("INDEX", "MATCH", "IF", "AND", "OR", "NOT", "N", "T", "MMULT", "TRANSPOSE", "TRIM"),
        *("LET", "LAMBDA", "PRINT_AREA", "PRINT_TITLES", "CRITERIA", "DATABASE", "EXTRACT"),
    }
)
"""Names that a spreadsheet program gives a meaning of its own."""

ROW_AND_COLUMN = ("RC", "ZS", "LC", "FC", "RK", "RS", "WK", "SO")
"""How Excel abbreviates row and column: in English, German, French and Portuguese, Spanish, Dutch
and the Scandinavian languages, Finnish, Polish, Hungarian."""
_MEANS_ROW_OR_COLUMN = frozenset(
    part for pair in ROW_AND_COLUMN for part in (pair, pair[0], pair[1])
)


@cache
def column_name(column: int) -> str:
    """The letters of a column counted from 0.

    >>> column_name(0), column_name(27)
    ('A', 'AB')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@cache
def column_number(letters: str) -> int:
    """The column, counted from 0, of its letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def position(address: str) -> tuple[int, int]:
    """The row and column, from 0, of an address without a sheet.

    >>> position("B5"), position("$AA$1")
    ((4, 1), (0, 26))
    """
    plain = address.replace("$", "")
    letters = plain.rstrip("0123456789")
    return int(plain[len(letters) :]) - 1, column_number(letters)


def a1(row: int, column: int, *, row_fixed: bool = False, column_fixed: bool = False) -> str:
    """The address of a cell counted from 0; fixed parts carry a dollar sign.

    >>> a1(4, 1), a1(4, 1, row_fixed=True, column_fixed=True)
    ('B5', '$B$5')
    """
    dollar = ("$" if column_fixed else "", "$" if row_fixed else "")
    return f"{dollar[0]}{column_name(column)}{dollar[1]}{row + 1}"


def area(row: int, column: int, rows: int, columns: int, *, fixed: bool = False) -> str:
    """The address of a rectangle; one cell has no colon."""
    first = a1(row, column, row_fixed=fixed, column_fixed=fixed)
    if rows == columns == 1:
        return first
    last = a1(row + rows - 1, column + columns - 1, row_fixed=fixed, column_fixed=fixed)
    return f"{first}:{last}"


def sheet_prefix(sheet: str) -> str:
    """How a formula names another sheet.

    >>> sheet_prefix("Words"), sheet_prefix("Bob's words")
    ('Words!', "'Bob''s words'!")
    """
    plain = re.fullmatch(r"[A-Za-z_]+", sheet) and name_fault(sheet) is None
    return f"{sheet}!" if plain else "'" + sheet.replace("'", "''") + "'!"


def name_fault(name: str) -> str | None:
    """Why a defined name would not work everywhere, in Excel of every language, or None.

    >>> name_fault("W_Q") is None, name_fault("Q1"), name_fault("s1_norm"), name_fault("R")
    (True, 'looks like a cell', 'begins as a cell does', 'looks like a row or column')
    """
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,249}", name):
        return "needs ASCII letters, digits and _"
    cell = re.fullmatch(r"([A-Za-z]{1,3})[0-9]+", name)
    if cell and column_number(cell[1]) < LAST_COLUMN:
        return "looks like a cell"
    if re.match(r"[A-Za-z]{1,2}[0-9]", name):
        return "begins as a cell does"
    if name.upper() in _MEANS_ROW_OR_COLUMN:
        return "looks like a row or column"
    if re.match(r"(?i)true|false", name) or name.upper() in _RESERVED:
        return "means something else already"
    return None
