"""An edited book: cells changed as a reader typed them, and everything that follows worked out.

Where only inputs were changed, NumPy follows, as when the book was made. Where a formula was typed,
or something unusual stands in a cell, a spreadsheet engine works out the whole book.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sheetformer.book.cells import CellBlock
from sheetformer.book.refill import with_values
from sheetformer.book.workbook import Book, Sheet
from sheetformer.edits.apply import change, within
from sheetformer.edits.edit import Edit
from sheetformer.engines import get_engine
from sheetformer.engines.base import Cells
from sheetformer.errors import SheetformerError
from sheetformer.formula.patterns import FRACTION
from sheetformer.graph.ops import OPS, Value
from sheetformer.scratch import Scratch


def edited(book: Book, edits: Sequence[Edit]) -> Book:
    """A copy of a book with these edits made and every computed value anew.

    Raises:
        EditError: there is no such cell, or it cannot hold this; the message names the cell.

    >>> import sheetformer as sf
    >>> book = sf.trace(lambda x: x * 2, np.ones((1, 2)))
    >>> x = book["x"].block
    >>> first = Edit(x.sheet, x.matrices[0].row, x.matrices[0].column, 5.0)
    >>> edited(book, [first])["output"].value
    array([[10.,  2.]])
    """
    if not edits:
        return book
    changed = change(book, edits)
    values = _by_numpy(book, edits)
    return with_values(changed, values) if values else _by_engine(changed)


def _by_numpy(book: Book, edits: Sequence[Edit]) -> list[Value] | None:
    """All values of the graph, or None where it does not say what the cells show then."""
    changes = _changes(book, edits) if book.follows_graph else None
    if changes is None:
        return None
    try:
        values = book.graph.evaluate(changes)
    except SheetformerError:
        return None
    return values if book.graph.beyond(values) is None else None


def _changes(book: Book, edits: Sequence[Edit]) -> dict[int, Value] | None:
    """Place of a source → its changed value; None where an edit is more than another input."""
    graph = book.graph
    changes: dict[int, Value] = {}
    for edit in edits:
        element_id = _element(book, edit)
        place = -1 if element_id is None else graph.node_index(element_id)
        # Two equal words in a constant vocabulary mean to a sheet something else than to NumPy.
        if element_id is None or not OPS[graph.nodes[place].op].typed:
            return None
        value = changes.setdefault(place, graph.values[place].copy())
        content = "" if value.dtype == object and edit.content is None else edit.content
        if isinstance(content, bool) or not isinstance(
            content, str if value.dtype == object else int | float
        ):
            return None
        value.reshape(-1)[element_id - graph.nodes[place].base] = content
    return changes


def _element(book: Book, edit: Edit) -> int | None:
    """The graph element that stands in an edited cell without a formula."""
    at = (edit.row, edit.column)
    for sheet in book.sheets:
        for cell_block in sheet.cell_blocks if sheet.name == edit.sheet else ():
            if any(within(cell_block, [at])):
                if cell_block.elements is None or cell_block.has_formula:
                    return None
                ids = cell_block.ids
                assert ids is not None
                return int(ids[edit.row - cell_block.row, edit.column - cell_block.column])
    return None


def _by_engine(book: Book) -> Book:
    """The book with the values that a spreadsheet engine finds."""
    cells = _worked_out(book)
    done = replace(book, sheets=[_read(sheet, cells) for sheet in book.sheets])
    done = _left_to_others(done, cells)
    graph = replace(book.graph, values=_graph_values(done))
    return replace(done, graph=graph, follows_graph=False)


def _worked_out(book: Book) -> Cells:
    with Scratch() as scratch:
        return get_engine("ironcalc").recalculate(book.save(scratch.path / "book.xlsx"))


_WRONG = re.compile(rf'"(?:{FRACTION}|[^"]*(?:a/p|m:s)[^"]*)"', re.IGNORECASE)
"""Patterns of TEXT that the engine writes wrongly or not at all."""


def _left_to_others(book: Book, cells: Cells) -> Book:
    """Without stored values where these hang on a text that the engine writes wrongly.

    They are found by writing another text there: what is different then is not known.
    """
    other = replace(book, sheets=[_with_other_texts(sheet) for sheet in book.sheets])
    if all(a is b for a, b in zip(book.sheets, other.sheets, strict=True)):
        return book
    changed = _worked_out(other)
    return replace(book, sheets=[_known(sheet, cells, changed) for sheet in book.sheets])


def _with_other_texts(sheet: Sheet) -> Sheet:
    def other(text: str) -> str:
        return _WRONG.sub('"0.00000000000000000000"', text)

    blocks = [
        replace(
            each,
            formulas=each.formulas and [*map(other, each.formulas)],
            array_formula=each.array_formula and other(each.array_formula),
        )
        if any(map(_WRONG.search, [*(each.formulas or ()), each.array_formula or ""]))
        else each
        for each in sheet.cell_blocks
    ]
    same = all(a is b for a, b in zip(blocks, sheet.cell_blocks, strict=True))
    return sheet if same else replace(sheet, cell_blocks=blocks)


def _known(sheet: Sheet, cells: Cells, changed: Cells) -> Sheet:
    here, there = cells.get(sheet.name, {}), changed.get(sheet.name, {})
    off = [at for at in here if here[at] != there.get(at)]
    blocks = [
        replace(each, stored=False) if each.has_formula and any(within(each, off)) else each
        for each in sheet.cell_blocks
    ]
    return replace(sheet, cell_blocks=blocks)


def _read(sheet: Sheet, cells: Cells) -> Sheet:
    here = cells.get(sheet.name, {})
    return replace(
        sheet, cell_blocks=[_found(cell_block, here) for cell_block in sheet.cell_blocks]
    )


def _found(cell_block: CellBlock, cells: Mapping[tuple[int, int], Any]) -> CellBlock:
    """A cell block with the engine's values; its formulas' errors stand in it as text (#N/A)."""
    if not cell_block.has_formula:
        return cell_block
    found = np.empty(cell_block.values.shape, dtype=object)
    for r, c in np.ndindex(found.shape):
        value = cells.get((cell_block.row + r, cell_block.column + c), "")
        found[r, c] = value if isinstance(value, float | bool) else str(value)
    numbers = all(isinstance(value, float) for value in found.ravel())
    return replace(cell_block, values=found.astype(np.float64) if numbers else found)


def _graph_values(book: Book) -> list[Value]:
    """The graph's values as they stand in the cells; what is no number there is none (nan) here.

    Steps that stand in no cell of their own keep the values they were made with.
    """
    graph = book.graph
    values = [value.copy() for value in graph.values]
    for cell_block in (each for sheet in book.sheets for each in sheet.cell_blocks):
        ids = cell_block.ids
        if ids is None or cell_block.style.startswith("label"):
            continue
        place = graph.node_index(int(ids.flat[0]))
        take = str if values[place].dtype == object else _as_number
        flat = values[place].reshape(-1)
        flat[ids - graph.nodes[place].base] = [
            [take(value) for value in row] for row in cell_block.values.tolist()
        ]
    return values


def _as_number(value: Any) -> float:
    """A cell as a number: an empty one is 0."""
    if value == "":
        return 0.0
    return float(value) if isinstance(value, int | float) else float("nan")
