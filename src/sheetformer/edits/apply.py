"""Changes to single cells of a book: a number, a word, a formula or nothing where something stood.

A book is made of rectangles. A changed cell becomes a rectangle of its own, in the same place and
in the same style, and what is left of its rectangle stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sheetformer.book.cells import CellBlock
from sheetformer.book.workbook import Book, Sheet
from sheetformer.edits.edit import Content, Edit, Position, Typed
from sheetformer.errors import EditError
from sheetformer.formula.address import a1
from sheetformer.formula.check import BookNames, read_formula

BEYOND = 200
"""Rows and columns after the last used one in which something may still be typed."""


def book_names(book: Book) -> BookNames:
    """The sheets and names that a formula of this book may use."""
    names = {block.name: block.node.size == 1 for block in book.blocks.values() if block.named}
    functions = {function.name: len(function.parameters) for function in book.functions}
    sheets = [sheet.name for sheet in book.sheets if not sheet.hidden]
    return BookNames(sheets, names, functions)


def change(book: Book, edits: Sequence[Edit]) -> Book:
    """A copy of a book with these cells changed; what follows from them is not worked out yet.

    Raises:
        EditError: there is no such cell, or it cannot hold this; the message names the cell.
    """
    known = book_names(book)
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
    known: BookNames

    def made(self) -> Sheet:
        """The sheet with its edits made."""
        left = dict(self.contents)
        cell_blocks: list[CellBlock] = []
        # Of two cell blocks on a cell the later one is seen: the first is behind, like a frame.
        for cell_block in reversed(self.sheet.cell_blocks):
            mine = {at: left.pop(at) for at in [*within(cell_block, left)]}
            cell_blocks = [*(self._split(cell_block, mine) if mine else [cell_block]), *cell_blocks]
        for at, content in left.items():
            self._refuse_far(at)
            cell_blocks.append(self._new(at, content))
        return replace(self.sheet, cell_blocks=cell_blocks)

    def _new(self, at: Position, content: Content) -> CellBlock:
        """What is typed where the book has nothing; an array formula may fill several cells."""
        size = (content.array if isinstance(content, Typed) else None) or (1, 1)
        area = CellBlock(*at, np.zeros(size), "plain")
        if not isinstance(content, Typed) or size == (1, 1):
            return self._cell(area, at, content)
        others = [p for p in self.sheet.cell_blocks if any(within(area, dict.fromkeys(_cells(p))))]
        typed = [other for other in within(area, self.contents) if other != at]
        if others or typed:
            raise EditError(
                f"{self._cell_name(at)}: there is no room for an array formula of {size}"
            )
        return replace(area, array_formula=self._formula(at, content))

    def _refuse_far(self, at: Position) -> None:
        if at[0] >= self.sheet.rows + BEYOND or at[1] >= self.sheet.columns + BEYOND:
            raise EditError(f"{self._cell_name(at)} is far outside the sheet; type nearer to it")

    def _cell_name(self, at: Position) -> str:
        return f"cell {a1(*at)} on sheet {self.sheet.name!r}"

    def _split(self, cell_block: CellBlock, mine: Mapping[Position, Content]) -> list[CellBlock]:
        if cell_block.merged:
            return [self._merged(cell_block, mine)]
        if cell_block.array_formula is not None and len(mine) < cell_block.values.size:
            return [self._whole_array(cell_block, mine)]
        changed = [
            self._cell(part(cell_block, *at, 1, 1), at, content) for at, content in mine.items()
        ]
        return [*_rest(cell_block, mine), *changed]

    def _merged(self, cell_block: CellBlock, mine: Mapping[Position, Content]) -> CellBlock:
        values = cell_block.values.copy()
        for at, content in mine.items():
            if at != (cell_block.row, cell_block.column) or not isinstance(content, str | None):
                raise EditError(
                    f"{self._cell_name(at)} is part of a text over several cells; it takes text"
                )
            values[0, 0] = content or ""
        return replace(cell_block, values=values)

    def _whole_array(self, cell_block: CellBlock, mine: Mapping[Position, Content]) -> CellBlock:
        at, content = next(iter(mine.items()))
        as_it_is = (cell_block.row, cell_block.column), cell_block.values.shape
        if isinstance(content, Typed) and len(mine) == 1 and (at, content.array) == as_it_is:
            return replace(cell_block, array_formula=self._formula(at, content))
        raise EditError(
            f"{self._cell_name(at)} is part of an array formula, which can be changed only as a "
            "whole"
        )

    def _cell(self, cell_block: CellBlock, at: Position, content: Content) -> CellBlock:
        """A cell block of one cell with other content."""
        if isinstance(content, Typed):
            formula = self._formula(at, content)
            if content.array is None:
                return replace(cell_block, formulas=[formula], array_formula=None)
            if content.array == cell_block.values.shape:
                return replace(cell_block, formulas=None, array_formula=formula)
            raise EditError(f"{self._cell_name(at)} is no array formula of {content.array} cells")
        if isinstance(content, bool):
            # A formula, since books know numbers and words; it has the same value everywhere.
            return replace(cell_block, formulas=[str(content).upper()], array_formula=None)
        value = np.array([["" if content is None else content]])
        value = value.astype(object if isinstance(content, str | None) else np.float64)
        return replace(cell_block, values=value, formulas=None, array_formula=None)

    def _formula(self, at: Position, content: Typed) -> str:
        try:
            return read_formula(content.formula, self.known, array=content.array is not None)
        except EditError as error:
            raise EditError(f"{self._cell_name(at)}: {error}") from None


_EMPTY = np.zeros((1, 1))


def within(cell_block: CellBlock, positions: Iterable[Position]) -> Iterator[Position]:
    """Those of the positions that lie in a cell block."""
    rows, columns = cell_block.values.shape
    for row, column in positions:
        if 0 <= row - cell_block.row < rows and 0 <= column - cell_block.column < columns:
            yield row, column


def _cells(cell_block: CellBlock) -> list[Position]:
    rows, columns = cell_block.values.shape
    return [(cell_block.row + r, cell_block.column + c) for r, c in np.ndindex(rows, columns)]


def part(cell_block: CellBlock, row: int, column: int, rows: int, columns: int) -> CellBlock:
    """A rectangle of a cell block, with the values, formulas and elements that stand there."""
    top, left = row - cell_block.row, column - cell_block.column
    cut = np.s_[top : top + rows, left : left + columns]
    width = cell_block.values.shape[1]
    formulas = cell_block.formulas and [
        cell_block.formulas[r * width + c]
        for r in range(top, top + rows)
        for c in range(left, left + columns)
    ]
    ids = cell_block.ids
    elements = None if ids is None else ids[cut]
    return replace(
        cell_block,
        row=row,
        column=column,
        values=cell_block.values[cut],
        formulas=formulas,
        elements=elements,
    )


def _rest(cell_block: CellBlock, without: Mapping[Position, Content]) -> Iterator[CellBlock]:
    """What is left of a cell block: whole rows together, the others in runs between the cells."""
    rows, columns = cell_block.values.shape
    touched = sorted({row for row, _ in without})
    top = cell_block.row
    for row in [*touched, cell_block.row + rows]:
        if row > top:
            yield part(cell_block, top, cell_block.column, row - top, columns)
        top = row + 1
    for row in touched:
        left = cell_block.column
        stops = sorted(column for r, column in without if r == row)
        for column in [*stops, cell_block.column + columns]:
            if column > left:
                yield part(cell_block, row, left, 1, column - left)
            left = column + 1
