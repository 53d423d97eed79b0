"""Cell addresses, sheet names and defined names as every spreadsheet program accepts them."""

from __future__ import annotations

import re
from functools import cache

LAST_COLUMN = 16384
"""XFD, the last column of a sheet since Excel 2007."""
LAST_ROW = 1_048_576
"""The last row of a sheet since Excel 2007."""
LONGEST_NAME = 240
"""Characters of a defined name, with room for a number behind it; Excel allows 255."""
LONGEST_SHEET = 31
"""Characters of a sheet name, as UTF-16 counts them."""

_RESERVED = frozenset(
    {
        *("SUM", "AVERAGE", "MAX", "MIN", "ABS", "EXP", "LN", "LOG", "SQRT", "TANH", "PI"),
        *("INDEX", "MATCH", "IF", "AND", "OR", "NOT", "N", "T", "MMULT", "TRANSPOSE", "TRIM"),
        *("LET", "LAMBDA", "PRINT_AREA", "PRINT_TITLES", "CRITERIA", "DATABASE", "EXTRACT"),
    }
)
"""Names that a spreadsheet program gives a meaning of its own."""


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


def column_number(letters: str) -> int:
    """The column, counted from 0, of its letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


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
    """Why a defined name would not work everywhere, or None.

    >>> name_fault("W_Q") is None, name_fault("Q1"), name_fault("R")
    (True, 'looks like a cell', 'looks like a row or column')
    """
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,249}", name):
        return "needs ASCII letters, digits and _"
    cell = re.fullmatch(r"([A-Za-z]{1,3})[0-9]+", name)
    if cell and column_number(cell[1]) < LAST_COLUMN:
        return "looks like a cell"
    if re.fullmatch(r"(?i)r\d*c\d*|r\d*|c\d*", name):
        return "looks like a row or column"
    if re.match(r"(?i)true|false", name) or name.upper() in _RESERVED:
        return "means something else already"
    return None


def safe_name(wish: str, taken: set[str]) -> str:
    """The nearest defined name that works everywhere and is not taken.

    Case does not count: the taken names are given in capital letters.

    >>> safe_name("Q1", set()), safe_name("x", {"X"}), safe_name("σ²", set())
    ('Q1_', 'x_2', 'block')
    """
    name = re.sub(r"[^A-Za-z0-9_]+", "_", wish).strip("_ ")[:LONGEST_NAME] or "block"
    if wish.endswith("_"):
        name += "_"
    if name[0].isdigit():
        name = f"_{name}"
    if name_fault(name):
        name = f"_{name}" if name_fault(f"{name}_") else f"{name}_"
    unique, count = name, 1
    while unique.upper() in taken:
        count += 1
        unique = f"{name}_{count}"
    return unique


def sheet_name(wish: str, taken: set[str]) -> str:
    r"""The nearest sheet name that is legal and not taken (case does not count).

    Legal are 31 characters, none of : \ / ? * [ ], no apostrophe at an end, and not History.
    """
    name = re.sub(r"[:\\/?*\[\]\x00-\x1f\ufffe\uffff]+", " ", wish)
    name = _cut(name.strip(" '"), LONGEST_SHEET) or "Sheet"
    used = {other.casefold() for other in taken} | {"history"}
    unique, count = name, 1
    while unique.casefold() in used:
        count += 1
        unique = f"{_cut(name, LONGEST_SHEET - len(str(count)) - 1)} {count}"
    return unique


def _cut(text: str, longest: int) -> str:
    """At most so many UTF-16 units: a character beyond the first plane counts twice."""
    units = text.encode("utf-16-le")[: 2 * longest]
    return units.decode("utf-16-le", errors="ignore").strip(" '")
