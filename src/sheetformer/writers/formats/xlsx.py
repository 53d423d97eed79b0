"""A book as an Excel workbook, written by XlsxWriter.

Every formula cell carries its NumPy value as cached value, so that a phone, a previewer or any
program that does not calculate shows correct numbers too. Text is always written as text.
"""

from __future__ import annotations

import datetime
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import xlsxwriter

from sheetformer.book.cells import Bounds, CellBlock, DropDown
from sheetformer.book.outputs import Progress
from sheetformer.book.spots import ROW
from sheetformer.book.summary import BARE
from sheetformer.book.workbook import Book, Sheet
from sheetformer.files import replacing
from sheetformer.formula.address import area, sheet_prefix
from sheetformer.formula.named import NamedFunction
from sheetformer.language import find_language, translate, use_language
from sheetformer.writers.bulk import BulkSheet
from sheetformer.writers.charts import insert_chart
from sheetformer.writers.package import pack
from sheetformer.writers.rules import add_rules
from sheetformer.writers.styles import BASE, properties
from sheetformer.writers.texts import Parts

_MADE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)
"""A fixed date: the same book gives the same bytes."""


def write(book: Book, path: Path, *, progress: Progress | None = None) -> None:
    """Write a book to an .xlsx file, and tell how far it is.

    Raises:
        FileError: the file cannot be written; nothing half-written is left.
    """
    with replacing(path) as temporary:
        # Column widths count digits of the default font; Arial has a twin on every system.
        options = {"in_memory": True, "default_format_properties": dict(BASE)}
        workbook = _Workbook(io.BytesIO(), options)
        sheets = _Writer(workbook).book(book)
        workbook.close()
        names = (f"xl/worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1))
        pack(workbook.parts, dict(zip(names, sheets, strict=True)), temporary, progress)


class _Workbook(xlsxwriter.Workbook):
    """A workbook whose defined names can carry a comment, which Excel shows beside them."""

    def __init__(self, file: Any, options: dict[str, Any]) -> None:
        super().__init__(file, options)
        self.comments: dict[str, str] = {}
        self._packager = Parts()

    @property
    def parts(self) -> dict[str, str]:
        """Its parts by name, once it is closed."""
        return self._packager.parts

    def _get_packager(self) -> Parts:
        return self._packager

    def define_function(self, function: NamedFunction) -> None:
        """Define a LAMBDA as a name, with its sentence as comment."""
        self.define_name(function.name, f"={function.text_in_file}")
        self.comments[function.name] = translate(function.sentence)[:LONGEST_COMMENT]

    def _write_defined_name(self, defined_name: Any) -> None:
        name, _, formula, _ = defined_name
        if name not in self.comments:
            super()._write_defined_name(defined_name)
            return
        attributes = [("name", name), ("comment", self.comments[name])]
        self._xml_data_element("definedName", formula, attributes)


_FEW = 16
"""Words that are written sooner one by one than as a rectangle."""
LONGEST_COMMENT = 255
"""Characters of a name's comment that Excel takes."""

_DRAWN = ("border", "top", "bottom", "bg_color")
"""What of a style shows on every cell of a merged area."""


def _is_drawn(style: str) -> bool:
    return any(properties(style).get(name) for name in _DRAWN)


_WRAPPED = (".question", ".answer", ".mark", ".headline", ".under_headline")
"""Styles of texts of several lines, and of what is typed beside them."""


class _Writer:
    """One workbook being written; formats are made once a style."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self.formats: dict[tuple[str, bool], Any] = {}

    def format(self, cell_block: CellBlock) -> Any:
        key = (cell_block.style, cell_block.is_input)
        if key not in self.formats:
            # Who protects a sheet leaves what is to be typed open.
            given = properties(cell_block.style) | {"locked": not cell_block.is_input}
            self.formats[key] = self.workbook.add_format(given)
        return self.formats[key]

    def book(self, book: Book) -> list[BulkSheet]:
        """Write all but the rows of the sheets, which are streamed when the file is packed."""
        self.workbook.set_properties(
            {"title": book.title, "comments": "Made with Sheetformer", "created": _MADE}
        )
        self.workbook.set_calc_mode("auto")
        sheets = [
            (sheet, self.workbook.add_worksheet(sheet.name, BulkSheet)) for sheet in book.sheets
        ]
        for block in book.blocks.values():
            matrix = block.matrices[0]
            if block.named:
                place = area(matrix.row, matrix.column, block.rows, block.columns, fixed=True)
                self.workbook.define_name(block.name, f"={sheet_prefix(block.sheet)}{place}")
        with use_language(find_language(book.language)):
            for function in book.functions:
                self.workbook.define_function(function)
        is_bare = book.cells > BARE
        for sheet, worksheet in sheets:
            worksheet.is_streamed = True
            worksheet.is_bare = is_bare
            self.sheet(sheet, worksheet)
        return [worksheet for _, worksheet in sheets]

    def sheet(self, sheet: Sheet, worksheet: Any) -> None:
        if sheet.hidden:
            worksheet.very_hidden()
        else:
            self._page(sheet, worksheet)
        for column, width in sheet.widths.items():
            worksheet.set_column(column, column, width)
        self._rows(sheet, worksheet)
        for cell_block in sheet.cell_blocks:
            self.cell_block(cell_block, worksheet)
        add_rules(sheet, worksheet, self.workbook)
        for choice in sheet.drop_downs:
            _choice(choice, worksheet)
        for bounds in sheet.bounds:
            _bounds(bounds, worksheet)
        for chart in sheet.charts:
            insert_chart(chart, self.workbook, worksheet)
        for note in sheet.notes:
            options = {"x_scale": 3, "y_scale": 2, "author": "Sheetformer", "font_size": 9}
            worksheet.write_comment(note.row, note.column, note.text, options)

    def _rows(self, sheet: Sheet, worksheet: Any) -> None:
        """Heights, and what is folded away below its heading."""
        folded = {row for rows in sheet.folded for row in rows}
        headings = {rows.start - 1 for rows in sheet.folded}
        if folded:
            worksheet.outline_settings(True, symbols_below=False)
        # Every row says its height: programs differ in the height of the others.
        for row in range(sheet.rows):
            options = {"level": 1, "hidden": True} if row in folded else {}
            options |= {"collapsed": True} if row in headings else {}
            worksheet.set_row(row, sheet.heights.get(row, ROW), None, options)

    def _page(self, sheet: Sheet, worksheet: Any) -> None:
        worksheet.hide_gridlines(2)
        worksheet.set_default_row(ROW)
        worksheet.freeze_panes(*sheet.frozen)
        if not sheet.portrait:
            worksheet.set_landscape()
        worksheet.set_paper(9)
        worksheet.set_margins(0.4, 0.4, 0.5, 0.5)
        if sheet.print_scale:
            worksheet.set_print_scale(sheet.print_scale)
            worksheet.center_horizontally()
        else:
            worksheet.fit_to_pages(1, 0)
        worksheet.set_footer("&L&8&A&R&8&P / &N")
        if sheet.page_breaks:
            worksheet.set_h_pagebreaks(sheet.page_breaks)
        worksheet.repeat_rows(0, sheet.printed_above - 1)
        if sheet.printed_columns < sheet.columns:
            worksheet.print_area(0, 0, sheet.rows - 1, sheet.printed_columns - 1)

    def cell_block(self, cell_block: CellBlock, worksheet: Any) -> None:
        cell_format = self.format(cell_block)
        if cell_block.span > 1:
            self._beside(cell_block, worksheet)
        if cell_block.merged:
            self._merged(cell_block, worksheet, cell_format)
        elif cell_block.has_formula or cell_block.values.dtype != object:
            worksheet.write_rectangle(cell_block, cell_format)
        elif cell_block.values.size > _FEW and any(cell_block.values.flat):
            worksheet.write_words(cell_block, cell_format)
        else:
            _words(cell_block, worksheet, cell_format)

    def _beside(self, cell_block: CellBlock, worksheet: Any) -> None:
        """The cells that a text runs over are for nobody to type in.

        One that wraps is wrapped within its own cell, so its cells become one.
        """
        row, column, last = cell_block.row, cell_block.column, cell_block.column + cell_block.span
        beside = self.format(replace(cell_block, elements=None))
        if cell_block.style.endswith(_WRAPPED):
            worksheet.merge_range(row, column, row, last - 1, "", beside)
            return
        for after in range(column + 1, last):
            worksheet.write_blank(row, after, None, beside)

    def _merged(self, cell_block: CellBlock, worksheet: Any, cell_format: Any) -> None:
        rows, columns = cell_block.values.shape
        last = (cell_block.row + rows - 1, cell_block.column + columns - 1)
        # What has neither lines nor a ground is seen through its first cell alone.
        beside = cell_format if _is_drawn(cell_block.style) else None
        worksheet.merge_range(cell_block.row, cell_block.column, *last, "", beside)
        text = str(cell_block.values[0, 0])
        if cell_block.link:
            worksheet.write_url(
                cell_block.row, cell_block.column, f"internal:{cell_block.link}", cell_format, text
            )
        else:
            worksheet.write_string(cell_block.row, cell_block.column, text, cell_format)


def _words(cell_block: CellBlock, worksheet: Any, cell_format: Any) -> None:
    """Some words; on cells without any, what comes later may stand, as boxes do in a frame."""
    for (r, c), word in np.ndenumerate(cell_block.values):
        row, column = cell_block.row + r, cell_block.column + c
        if word:
            worksheet.write_string(row, column, str(word), cell_format)
        else:
            worksheet.write_blank(row, column, None, cell_format)


def _choice(choice: DropDown, worksheet: Any) -> None:
    source = choice.source
    last = (choice.row + choice.rows - 1, choice.column + choice.columns - 1)
    worksheet.data_validation(
        choice.row,
        choice.column,
        *last,
        {
            "validate": "list",
            "source": f"={source}" if isinstance(source, str) else list(source),
            # Another word may be typed: the sheet then says itself that it does not know it.
            "show_error": not isinstance(source, str),
            "input_title": choice.title,
            "input_message": choice.hint[:250],
        },
    )


def _bounds(bounds: Bounds, worksheet: Any) -> None:
    """Let nobody type a word where a number must stand, and say so in the book's language."""
    last = (bounds.row + bounds.rows - 1, bounds.column + bounds.columns - 1)
    rule = {
        "validate": "integer" if bounds.whole else "decimal",
        "criteria": "between",
        "minimum": bounds.least,
        "maximum": bounds.most,
        "error_message": bounds.error[:250],
    }
    worksheet.data_validation(bounds.row, bounds.column, *last, rule)
