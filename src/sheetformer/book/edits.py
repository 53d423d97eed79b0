"""Changes to single cells of a book: a number, a word, a formula or nothing where something stood.

A book is made of rectangles. A changed cell becomes a rectangle of its own, in the same place and
with the same look, and what is left of its rectangle stays as it was.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from sheetformer.book.workbook import Book, Patch, Sheet
from sheetformer.errors import EditError
from sheetformer.formula.address import LAST_COLUMN, LAST_ROW, a1
from sheetformer.formula.check import Vocabulary, read_formula
from sheetformer.formula.parser import LARGEST

MOST = 10_000
"""Edits of one book."""
LONGEST_TEXT = 1_000
"""Characters of a typed text."""
BEYOND = 200
"""Rows and columns after the last used one in which something may still be typed."""


@dataclass(frozen=True)
class Typed:
    """A formula without its equals sign; `array` is the (rows, columns) of an array formula."""

    formula: str
    array: tuple[int, int] | None = None


Content = float | str | bool | Typed | None
"""A number, a word, a truth value, a formula, or an empty cell."""
Position = tuple[int, int]


@dataclass(frozen=True)
class Edit:
    """What now stands in a cell; rows and columns count from 0."""

    sheet: str
    row: int
    column: int
    content: Content


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
        case [str(sheet), int(row), int(column), content] if not isinstance(row, bool):
            if not (0 <= row < LAST_ROW and 0 <= column < LAST_COLUMN):
                raise EditError(f"there is no cell in row {row + 1}, column {column + 1}")
            return Edit(sheet, row, int(column), _content(content, a1(row, column)))
        case _:
            raise EditError("an edit is [sheet, row, column, content], such as ['Words', 4, 1, 2]")


def _content(content: Any, where: str) -> Content:
    match content:
        case bool() | None:
            return content
        case int() | float():
            return _number(content, where)
        case str():
            return _text(content, where)
        case {"formula": str(formula), **rest}:
            _text(formula, where, len(formula))
            return Typed(formula, _array(rest, where))
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


def _text(value: str, where: str, longest: int = LONGEST_TEXT) -> str:
    if len(value) > longest:
        raise EditError(f"the text in {where} has {len(value):,} characters; {longest:,} fit")
    # XML has no place for these, however they are written.
    if any("\ud800" <= letter <= "\udfff" or letter in "\ufffe\uffff" for letter in value):
        raise EditError(f"the text in {where} has a character that no file can hold; type another")
    return value


def _array(rest: Mapping[str, Any], where: str) -> tuple[int, int] | None:
    match rest.get("array"):
        case None:
            return None
        case [int(rows), int(columns)] if rows > 0 and columns > 0:
            return rows, columns
        case _:
            raise EditError(f"an array formula in {where} says how many [rows, columns] it fills")


def vocabulary(book: Book) -> Vocabulary:
    """The sheets and names that a formula of this book may use."""
    names = {
        block.name: block.node.size == 1
        for block in book.blocks.values()
        if block.named and len(block.slabs) == 1
    }
    return Vocabulary([sheet.name for sheet in book.sheets if not sheet.hidden], names)


def change(book: Book, edits: Sequence[Edit]) -> Book:
    """A copy of a book with these cells changed; what follows from them is not worked out yet.

    Raises:
        EditError: there is no such cell, or it cannot hold this; the message names the cell.
    """
    known = vocabulary(book)
    by_sheet: dict[str, dict[Position, Content]] = {name: {} for name in known.sheets}
    for edit in edits:
        if edit.sheet not in by_sheet:
            raise EditError(f"this book has no sheet {edit.sheet[:40]!r}")
        by_sheet[edit.sheet][edit.row, edit.column] = edit.content
    sheets = [
        _Change(sheet, by_sheet[sheet.name], known).made() if by_sheet.get(sheet.name) else sheet
        for sheet in book.sheets
    ]
    return replace(book, sheets=sheets)


@dataclass
class _Change:
    """The edits of one sheet."""

    sheet: Sheet
    contents: dict[Position, Content]
    known: Vocabulary

    def made(self) -> Sheet:
        """The sheet with its edits made."""
        left = dict(self.contents)
        patches: list[Patch] = []
        # Of two patches on a cell the later one is seen: the first lies behind, as a frame does.
        for patch in reversed(self.sheet.patches):
            mine = {at: left.pop(at) for at in [*within(patch, left)]}
            patches = [*(self._split(patch, mine) if mine else [patch]), *patches]
        for at, content in left.items():
            self._refuse_far(at)
            patches.append(self._cell(Patch(*at, _EMPTY, "plain"), at, content))
        return replace(self.sheet, patches=patches)

    def _refuse_far(self, at: Position) -> None:
        last = max((p.column + p.values.shape[1] for p in self.sheet.patches), default=0)
        if at[0] >= self.sheet.rows + BEYOND or at[1] >= last + BEYOND:
            raise EditError(f"{self._said(at)} is far outside the sheet; type nearer to it")

    def _said(self, at: Position) -> str:
        return f"cell {a1(*at)} on sheet {self.sheet.name!r}"

    def _split(self, patch: Patch, mine: Mapping[Position, Content]) -> list[Patch]:
        if patch.merged:
            return [self._merged(patch, mine)]
        if patch.array_formula is not None and len(mine) < patch.values.size:
            return [self._whole_array(patch, mine)]
        changed = [self._cell(part(patch, *at, 1, 1), at, content) for at, content in mine.items()]
        return [*_rest(patch, mine), *changed]

    def _merged(self, patch: Patch, mine: Mapping[Position, Content]) -> Patch:
        at, content = next(iter(mine.items()))
        if at != (patch.row, patch.column) or not isinstance(content, str | None):
            raise EditError(f"{self._said(at)} is part of a text over several cells; it takes text")
        values = patch.values.copy()
        values[0, 0] = content or ""
        return replace(patch, values=values)

    def _whole_array(self, patch: Patch, mine: Mapping[Position, Content]) -> Patch:
        at, content = next(iter(mine.items()))
        as_it_is = (patch.row, patch.column), patch.values.shape
        if isinstance(content, Typed) and len(mine) == 1 and (at, content.array) == as_it_is:
            return replace(patch, array_formula=self._formula(at, content))
        raise EditError(
            f"{self._said(at)} is part of an array formula, which can be changed only as a whole"
        )

    def _cell(self, patch: Patch, at: Position, content: Content) -> Patch:
        """A patch of one cell with other content."""
        if isinstance(content, Typed):
            formula = self._formula(at, content)
            if content.array is None:
                return replace(patch, formulas=[formula], array_formula=None)
            if content.array == patch.values.shape and patch.array_formula is not None:
                return replace(patch, array_formula=formula)
            raise EditError(f"{self._said(at)} is no array formula of {content.array} cells")
        if isinstance(content, bool):
            # A formula, since books know numbers and words; it has the same value everywhere.
            return replace(patch, formulas=[str(content).upper()], array_formula=None)
        value = np.array([["" if content is None else content]])
        value = value.astype(object if isinstance(content, str | None) else np.float64)
        return replace(patch, values=value, formulas=None, array_formula=None)

    def _formula(self, at: Position, content: Typed) -> str:
        try:
            return read_formula(content.formula, self.known, array=content.array is not None)
        except EditError as error:
            raise EditError(f"{self._said(at)}: {error}") from None


_EMPTY = np.zeros((1, 1))
_At = TypeVar("_At")


def within(patch: Patch, contents: Mapping[Position, _At]) -> Iterator[Position]:
    """Those of the positions that lie in a patch."""
    rows, columns = patch.values.shape
    for row, column in contents:
        if 0 <= row - patch.row < rows and 0 <= column - patch.column < columns:
            yield row, column


def part(patch: Patch, row: int, column: int, rows: int, columns: int) -> Patch:
    """A rectangle of a patch, with the values, formulas and elements that stand there."""
    top, left = row - patch.row, column - patch.column
    cut = np.s_[top : top + rows, left : left + columns]
    width = patch.values.shape[1]
    formulas = patch.formulas and [
        patch.formulas[r * width + c]
        for r in range(top, top + rows)
        for c in range(left, left + columns)
    ]
    ids = patch.ids
    elements = None if ids is None else ids[cut]
    return replace(
        patch,
        row=row,
        column=column,
        values=patch.values[cut],
        formulas=formulas,
        elements=elements,
    )


def _rest(patch: Patch, without: Mapping[Position, Content]) -> Iterator[Patch]:
    """What is left of a patch: whole rows together, the others in runs between the cells."""
    rows, columns = patch.values.shape
    touched = sorted({row for row, _ in without})
    top = patch.row
    for row in [*touched, patch.row + rows]:
        if row > top:
            yield part(patch, top, patch.column, row - top, columns)
        top = row + 1
    for row in touched:
        left = patch.column
        stops = sorted(column for r, column in without if r == row)
        for column in [*stops, patch.column + columns]:
            if column > left:
                yield part(patch, row, left, 1, column - left)
            left = column + 1
