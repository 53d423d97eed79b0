"""Whole rectangles of numbers and formulas as sheet XML, a row at a time.

XlsxWriter looks at every cell by itself: it searches each formula with several regular expressions
and writes numbers with 16 digits. A block has one shape in all its rows, so here one template a
block is filled in, row after row, and numbers keep all the digits that make them come back exactly.
Everything else of a workbook stays with XlsxWriter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import orjson
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sheetformer.book.cells import CellBlock
from sheetformer.errors import UnsupportedError
from sheetformer.formula.address import area, column_name
from sheetformer.formula.files import formula_in_file, needs_prefix
from sheetformer.writers.mixed import formula_markup, is_mixed, markup, mixed_rows, word

_ROW = "\0"
"""Stands in a template where the number of the row belongs; no XML may hold it."""
_STRIPE = 1 << 16
"""Cells whose digits are written at once."""


_VALUE = re.compile(r"""<v>[^<]*</v>| t="str"(?=>)""")
"""A stored value, and what says that it is text."""


@dataclass(frozen=True)
class _Rectangle:
    """A cell block with its format, which gets its number only when the file is written."""

    cell_block: CellBlock
    cell_format: Format
    words: Sequence[Sequence[int]] | None = None
    """Row by row the numbers of its words among all texts of the workbook, −1 for none."""

    @property
    def last_row(self) -> int:
        return self.cell_block.row + self.cell_block.values.shape[0] - 1

    @property
    def end(self) -> int:
        """The column after its last."""
        return self.cell_block.column + self.cell_block.values.shape[1]


class BulkSheet(Worksheet):
    """A worksheet that takes whole rectangles of cells beside XlsxWriter's single ones."""

    def __init__(self) -> None:
        super().__init__()
        self._rectangles: list[_Rectangle] = []
        self.is_streamed = False
        """Whether its rows are written when the file is packed, by `write_rows_to`."""
        self.is_bare = False
        """Whether a number says its cell only where it does not stand right of another one."""

    @property
    def cells(self) -> int:
        """How many cells its rectangles have."""
        return sum(one.cell_block.values.size for one in self._rectangles)

    @property
    def formula_cells(self) -> int:
        """How many of them hold formulas."""
        blocks = (one.cell_block for one in self._rectangles)
        return sum(block.values.size for block in blocks if block.has_formula)

    def write_rows_to(self, handle: Any, tell: Callable[[int], object]) -> None:
        """Write the XML of all rows to something with `write`, once the formats are numbered."""
        self.fh = handle
        self._write_all_rows(tell)

    def write_rectangle(self, cell_block: CellBlock, cell_format: Format) -> None:
        """Take the cells of a cell block: numbers, or formulas with numbers or words.

        Raises:
            UnsupportedError: a number is infinite or none, which no cell can hold.
        """
        values = cell_block.values
        if values.dtype != object and not np.isfinite(values).all():
            where = area(cell_block.row, cell_block.column, *values.shape)
            raise UnsupportedError(
                f"the cells at {where} hold infinity or no number; a cell cannot hold that"
            )
        self._take(_Rectangle(cell_block, cell_format))

    def write_words(self, cell_block: CellBlock, cell_format: Format) -> None:
        """Take the words of a cell block; where there is none, the cell has its format alone."""
        table: Any = self.str_table
        number: Callable[[str], int] = table._get_shared_string_index
        lines: list[list[object]] = cell_block.values.tolist()
        words = [[number(str(word)) if word else -1 for word in line] for line in lines]
        self._take(_Rectangle(cell_block, cell_format, words))

    def _take(self, rectangle: _Rectangle) -> None:
        self._check_dimensions(rectangle.cell_block.row, rectangle.cell_block.column)
        self._check_dimensions(rectangle.last_row, rectangle.end - 1)
        self._rectangles.append(rectangle)

    # What XlsxWriter calls when it writes the file.

    def _write_rows(self) -> None:
        if self.is_streamed:
            self._number_formats()
        else:
            self._write_all_rows()

    def _number_formats(self) -> None:
        """Number the formats of all cells: the styles are written before the rows then."""
        for one in self._rectangles:
            _number(one.cell_format)
        for cells in self.table.values():
            for cell in cells.values():
                if cell.format is not None:
                    _number(cell.format)

    def _write_all_rows(self, tell: Callable[[int], object] = lambda _: None) -> None:
        waiting = sorted(self._rectangles, key=lambda one: -one.cell_block.row)
        active: list[tuple[_Rectangle, Iterator[str]]] = []
        first, last = self.dim_rowmin or 0, self.dim_rowmax or 0
        for row in range(first, last + 1):
            while waiting and waiting[-1].cell_block.row == row:
                rectangle = waiting.pop()
                active.append((rectangle, _rows(rectangle, bare=self.is_bare)))
            self._write_line(
                row, [(one.cell_block.column, one.end, next(text)) for one, text in active]
            )
            tell(sum(one.end - one.cell_block.column for one, _ in active))
            active = [pair for pair in active if pair[0].last_row > row]

    def _write_line(self, row: int, segments: list[tuple[int, int, str]]) -> None:
        """One row of the sheet: our segments and XlsxWriter's cells in the order of columns."""
        cells = self.table.get(row, {})
        info = self.row_info.get(row)
        if not cells and not segments:
            if info is not None:
                self._write_empty_row(row, None, info)
            return
        self._write_row(row, None, info)
        single = sorted(cells)
        at = written = 0
        for start, end, text in (*sorted(segments), (self.xls_colmax, self.xls_colmax, "")):
            while at < len(single) and single[at] < start:
                # What stands below a segment is not written.
                if single[at] >= written:
                    self._write_cell(row, single[at], cells[single[at]])
                at += 1
            self.fh.write(text)
            written = end
        self.fh.write("</row>")

    def _get_range_data(self, row_start: int, col_start: int, row_end: int, col_end: int) -> Any:
        """The stored values that a chart shows before anything is calculated."""
        if not self._rectangles:
            return super()._get_range_data(row_start, col_start, row_end, col_end)
        return [
            self._stored(row, column)
            for row in range(row_start, row_end + 1)
            for column in range(col_start, col_end + 1)
        ]

    def _stored(self, row: int, column: int) -> Any:
        for one in self._rectangles:
            cell_block = one.cell_block
            if cell_block.row <= row <= one.last_row and cell_block.column <= column < one.end:
                value = cell_block.values[row - cell_block.row, column - cell_block.column]
                return value if isinstance(value, str) else repr(float(value))
        found: Any = super()._get_range_data(row, column, row, column)
        return found[0]


def _rows(rectangle: _Rectangle, *, bare: bool) -> Iterator[str]:
    """The XML of each row of a rectangle."""
    if rectangle.words is not None:
        return _word_rows(rectangle, rectangle.words)
    if bare and not rectangle.cell_block.has_formula and not is_mixed(rectangle.cell_block):
        return _bare_rows(rectangle)
    rows = _stored_rows(rectangle)
    return rows if rectangle.cell_block.stored else map(_without_values, rows)


def _word_rows(rectangle: _Rectangle, words: Sequence[Sequence[int]]) -> Iterator[str]:
    """The XML of each row of words, which are called by their numbers."""
    cell_block, style = rectangle.cell_block, _number(rectangle.cell_format)
    names = _column_names(cell_block.column, rectangle.end)
    for row, line in enumerate(words, start=cell_block.row + 1):
        yield "".join(
            f'<c r="{name}{row}" s="{style}"'
            + ("/>" if number < 0 else f' t="s"><v>{number}</v></c>')
            for name, number in zip(names, line, strict=True)
        )


def _without_values(row: str) -> str:
    """The cells of a row with their formulas alone."""
    return _VALUE.sub("", row)


def _stored_rows(rectangle: _Rectangle) -> Iterator[str]:
    """The XML of each row of a rectangle, with the values of its formulas."""
    cell_block = rectangle.cell_block
    style = _number(rectangle.cell_format)
    names = _column_names(cell_block.column, rectangle.end)
    if is_mixed(cell_block):
        yield from mixed_rows(cell_block, names, style)
        return
    if cell_block.formulas is not None:
        yield from _formula_rows(rectangle, cell_block.formulas, style)
        return
    template = _numbers_template(cell_block.column, rectangle.end, style)
    lines = _numbers(cell_block.values, template, cell_block.row)
    if cell_block.array_formula is None:
        yield from lines
        return
    # The other cells' stored values stand after the formula, in cells of their own.
    place = area(cell_block.row, cell_block.column, *cell_block.values.shape)
    formula = f'<f t="array" ref="{place}">{formula_markup(cell_block.array_formula)}</f><v>'
    yield next(lines).replace("<v>", formula, 1)
    yield from lines


def _bare_rows(rectangle: _Rectangle) -> Iterator[str]:
    """Rows of numbers of which only the first says its cell; the others stand right of it."""
    cell_block, style = rectangle.cell_block, _number(rectangle.cell_format)
    name, between = column_name(cell_block.column), f'</v></c><c s="{style}"><v>'
    for row, line in enumerate(_lines(cell_block.values), start=cell_block.row + 1):
        yield f'<c r="{name}{row}" s="{style}"><v>{line.replace(",", between)}</v></c>'


def _number(cell_format: Format) -> int:
    """The number of a format; it gets one when somebody asks."""
    return cell_format._get_xf_index()  # pyright: ignore[reportPrivateUsage]


# Blocks stand below one another, so that most begin and end where others
# do; one of a whole sheet's width is half a megabyte.


@lru_cache(64)
def _column_names(first: int, end: int) -> tuple[str, ...]:
    return tuple(map(column_name, range(first, end)))


@lru_cache(64)
def _numbers_template(first: int, end: int, style: int) -> str:
    """A row of numbers, their digits and the row to be filled in."""
    names = _column_names(first, end)
    return "".join(f'<c r="{name}{_ROW}" s="{style}"><v>%s</v></c>' for name in names)


@lru_cache(64)
def _formulas_template(first: int, end: int, style: int, kind: str) -> str:
    """A row of formulas, with what they give."""
    names = _column_names(first, end)
    return "".join(
        f'<c r="{name}{_ROW}" s="{style}"{kind}><f>%s</f><v>%s</v></c>' for name in names
    )


def _numbers(values: Any, template: str, top: int) -> Iterator[str]:
    """Rows of numbers, as `digits` writes them."""
    for row, line in enumerate(digits(values), start=top + 1):
        yield template.replace(_ROW, str(row)) % tuple(line)


def digits(values: Any) -> Iterator[list[str]]:
    """The numbers (rows, columns) of each row as the shortest decimals that read back the same.

    >>> list(digits(np.array([[0.1, 2.0], [-1e300, 1 / 3]])))
    [['0.1', '2'], ['-1e+300', '0.3333333333333333']]
    """
    return (line.split(",") for line in _lines(values))


def _lines(values: Any) -> Iterator[str]:
    """The numbers (rows, columns) of each row as `digits` has them, with commas between."""
    stripe = max(1, _STRIPE // values.shape[1])
    for start in range(0, len(values), stripe):
        rows = np.ascontiguousarray(values[start : start + stripe])
        text = orjson.dumps(rows, option=orjson.OPT_SERIALIZE_NUMPY).decode()
        whole = text.replace(".0,", ",").replace(".0]", "]")
        yield from whole[2:-2].split("],[")


def _formula_rows(rectangle: _Rectangle, formulas: Sequence[str], style: int) -> Iterator[str]:
    cell_block = rectangle.cell_block
    is_text = cell_block.values.dtype == object
    kind = ' t="str"' if is_text else ""
    template = _formulas_template(cell_block.column, rectangle.end, style, kind)
    escaped = _all_escaped(formulas)
    width = cell_block.values.shape[1]
    lines = _words(cell_block.values) if is_text else digits(cell_block.values)
    for i, line in enumerate(lines):
        filled = [""] * (2 * width)
        filled[::2] = escaped[i * width : (i + 1) * width]
        filled[1::2] = line
        yield template.replace(_ROW, str(cell_block.row + i + 1)) % tuple(filled)


def _words(values: Any) -> Iterator[list[str]]:
    """The words (rows, columns) of each row as XML holds them."""
    return ([word(value) for value in line] for line in values.tolist())


def _all_escaped(formulas: Sequence[str]) -> list[str]:
    """Formulas as XML holds them, escaped in one go."""
    joined = _ROW.join(formulas)
    if needs_prefix(joined):
        joined = _ROW.join(map(formula_in_file, formulas))
    return markup(joined).split(_ROW)
