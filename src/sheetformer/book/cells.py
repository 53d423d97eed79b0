"""Rectangles of cells, and what lies over them: colour scales, drop-down lists and bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheetformer.graph.node import Ids
from sheetformer.graph.ops import Value


@dataclass(frozen=True)
class CellBlock:
    """A rectangle of cells.

    Attributes:
        row: the first row.
        column: the first column.
        values: (rows, columns) numbers or words; for formulas their computed values.
        style: how it looks; writers know the styles by name.
        formulas: one a cell, row-major, without the equals sign; or None.
        array_formula: one for the whole rectangle, instead.
        elements: which graph elements stand here, so that values can be computed again: their
            ids (rows, columns), or a range of ids that are counted on along the rows.
        merged: one cell over the whole rectangle (its text is the only value).
        span: columns that the text of a single cell may run over.
        link: the cell that a click on a merged text goes to; empty for none.
        stored: whether a file holds the values of its formulas; a program works them out else.
        waits: whether an error only says that somebody has still to fill in what is read.
    """

    row: int
    column: int
    values: Value
    style: str
    formulas: Sequence[str] | None = None
    array_formula: str | None = None
    elements: Ids | range | None = None
    merged: bool = False
    span: int = 1
    link: str = ""
    stored: bool = True
    waits: bool = False

    @property
    def has_formula(self) -> bool:
        """Whether an engine computes these cells."""
        return self.formulas is not None or self.array_formula is not None

    @property
    def is_input(self) -> bool:
        """Whether somebody is to type here; a legend looks so, and is none."""
        return self.style.startswith(("input.", "blank.")) and self.elements is not None

    @property
    def ids(self) -> Ids | None:
        """The ids of its elements (rows, columns), or None where none stand here."""
        if not isinstance(self.elements, range):
            return self.elements
        return np.arange(self.elements.start, self.elements.stop).reshape(self.values.shape)

    @property
    def first_element(self) -> int | None:
        """The id of the element in its first cell."""
        if isinstance(self.elements, range):
            return self.elements.start
        return None if self.elements is None else int(self.elements.flat[0])


@dataclass(frozen=True)
class Matrix:
    """One matrix of a block: where its first cell stands."""

    row: int
    column: int


def text_block(row: int, column: int, text: str, style: str, span: int = 1) -> CellBlock:
    """One text; over `span` columns where that is more than one."""
    values = np.full((1, span), "", dtype=object)
    values[0, 0] = text
    return CellBlock(row, column, values, style, merged=span > 1)


@dataclass(frozen=True)
class Scale:
    """A colour scale over a rectangle: "share" from 0 to `limit`, or "signed" from −limit.

    With `hides`, numbers that stand for minus infinity (masked scores) are shown as such.
    """

    row: int
    column: int
    rows: int
    columns: int
    kind: str
    limit: float
    hides: bool = False


@dataclass(frozen=True)
class DropDown:
    """A drop-down list on a rectangle of input cells.

    Attributes:
        row: the first row.
        column: the first column.
        rows: how many.
        columns: how many.
        source: the address of the words, beside which others may be typed; or the entries
            themselves, and no others.
        title: of the hint.
        hint: one sentence, shown beside the cell.
    """

    row: int
    column: int
    rows: int
    columns: int
    source: str | tuple[str, ...]
    title: str
    hint: str


@dataclass(frozen=True)
class Bounds:
    """Numbers that may be typed into a rectangle: from `least` to `most`, perhaps only whole.

    With what a program says where something else is typed.
    """

    row: int
    column: int
    rows: int
    columns: int
    least: float
    most: float
    whole: bool
    error: str


@dataclass(frozen=True)
class Note:
    """A text at a cell that a program shows when somebody points there."""

    row: int
    column: int
    text: str
