"""Edits as a page or a notebook sends them: JSON, read with a sentence for what is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sheetformer.edits.edit import Content, Edit, Typed
from sheetformer.errors import EditError
from sheetformer.formula.address import LAST_COLUMN, LAST_ROW, a1
from sheetformer.formula.parser import LARGEST

MOST = 10_000
"""Edits of one book."""
LONGEST_TEXT = 1_000
"""Characters of a typed text."""


def read_edits(data: Any) -> tuple[Edit, ...]:
    """Edits from JSON: a list of [sheet, row, column, content].

    The content is a number, a string (never a formula, whatever it begins with), true, false, null
    for an empty cell, or {"formula": "SUM(A1:A3)"}, with "array": [rows, columns] for an array
    formula that begins in this cell.

    Raises:
        EditError: it is something else, or too much.

    >>> read_edits([["Words", 4, 1, "happy"]])
    (Edit(sheet='Words', row=4, column=1, content='happy'),)
    """
    if not isinstance(data, list):
        raise EditError("edits are a list of [sheet, row, column, content]")
    if len(data) > MOST:
        raise EditError(f"there are {len(data):,} edits; at most {MOST:,} can be made at once")
    return tuple(map(_read_edit, data))


def _read_edit(item: Any) -> Edit:
    match item:
        case [str(sheet), int(row), int(column), content] if not _has_truth(row, column):
            if not (0 <= row < LAST_ROW and 0 <= column < LAST_COLUMN):
                raise EditError(f"there is no cell in row {row + 1}, column {column + 1}")
            return Edit(sheet, row, column, read_content(content, a1(row, column)))
        case _:
            raise EditError("an edit is [sheet, row, column, content], such as ['Words', 4, 1, 2]")


def read_content(content: Any, where: str) -> Content:
    """What a cell shall hold, from JSON.

    Raises:
        EditError: no cell can hold it; the message says where.
    """
    match content:
        case bool() | None:
            return content
        case int() | float():
            return _number(content, where)
        case str():
            return _text(content, where)
        case {"formula": str(formula), **rest}:
            return Typed(_storable(formula, where), _array(rest, where))
        case _:
            raise EditError(f"{where} can hold a number, a text or a formula, nothing else")


def _number(value: float, where: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not abs(number) <= LARGEST:
        raise EditError(f"{where} cannot hold {str(value)[:20]}; a cell holds numbers up to 1E+300")
    return number


def _text(value: str, where: str) -> str:
    if len(value) > LONGEST_TEXT:
        raise EditError(f"the text in {where} has {len(value):,} characters; {LONGEST_TEXT:,} fit")
    return _storable(value, where)


def _storable(value: str, where: str) -> str:
    # XML has no place for these, however they are written.
    if any("\ud800" <= letter <= "\udfff" or letter in "\ufffe\uffff" for letter in value):
        raise EditError(f"the text in {where} has a character that no file can hold; type another")
    return value


def _array(rest: Mapping[str, Any], where: str) -> tuple[int, int] | None:
    match rest.get("array"):
        case None:
            return None
        case [int(rows), int(columns)] if (
            rows > 0 and columns > 0 and not _has_truth(rows, columns)
        ):
            return rows, columns
        case _:
            raise EditError(f"an array formula in {where} says how many [rows, columns] it fills")


def _has_truth(*numbers: int) -> bool:
    """Whether true or false stands among them: Python counts with both, JSON does not."""
    return any(isinstance(number, bool) for number in numbers)
