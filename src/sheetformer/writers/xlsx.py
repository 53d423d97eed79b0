"""A book as an Excel workbook, written by XlsxWriter.

Every formula cell carries its NumPy value as cached value, so that a phone, a previewer or any
program that does not calculate shows correct numbers too. Text is always written as text.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sheetformer.book.address import a1, area, sheet_prefix
from sheetformer.book.layout import COLUMN_WIDTH, ROW
from sheetformer.book.workbook import HUGE, Book, Chart, Choice, Patch, Scale, Sheet
from sheetformer.writers.styles import (
    BAD,
    BAD_FILL,
    BASE,
    GOOD,
    GOOD_FILL,
    HIGH,
    INFINITE,
    INK,
    LOW,
    MIDDLE,
    NAVY,
    QUIET,
    SHARE,
    properties,
)
from sheetformer.writers.target import replacing

_MADE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)
"""A fixed date: the same book gives the same bytes."""

_MARKERS = (("circle", NAVY, "above"), ("diamond", SHARE, "below"))


def write_xlsx(book: Book, path: Path) -> None:
    """Write a book to an .xlsx file.

    Raises:
        FileError: the file cannot be written; nothing half-written is left.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    with replacing(path) as temporary:
        # Column widths count digits of the default font; Arial has a twin on every system.
        options = {"in_memory": True, "default_format_properties": BASE}
        workbook = xlsxwriter.Workbook(temporary, options)
        _Writer(workbook).book(book)
        try:
            workbook.close()
        except FileCreateError as error:
            # XlsxWriter wraps what the system said (a full disk), and its class is no OSError.
            raise error.args[0] from None


class _Writer:
    """One workbook being written; formats are made once a style."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self.formats: dict[str, Any] = {}

    def format(self, style: str) -> Any:
        if style not in self.formats:
            self.formats[style] = self.workbook.add_format(properties(style))
        return self.formats[style]

    def book(self, book: Book) -> None:
        self.workbook.set_properties(
            {"title": book.title, "comments": "Made with Sheetformer", "created": _MADE}
        )
        self.workbook.set_calc_mode("auto")
        sheets = [(sheet, self.workbook.add_worksheet(sheet.name)) for sheet in book.sheets]
        for block in book.blocks.values():
            slab = block.slabs[0]
            if block.named and len(block.slabs) == 1:
                place = area(slab.row, slab.column, block.rows, block.columns, fixed=True)
                self.workbook.define_name(block.name, f"={sheet_prefix(block.sheet)}{place}")
        for sheet, worksheet in sheets:
            self.sheet(sheet, worksheet)

    def sheet(self, sheet: Sheet, worksheet: Any) -> None:
        if sheet.hidden:
            worksheet.very_hidden()
        else:
            self._page(sheet, worksheet)
        for column, width in sheet.widths.items():
            worksheet.set_column(column, column, width)
        # Every row says its height: programs differ in the height of the others.
        for row in range(sheet.rows):
            worksheet.set_row(row, sheet.heights.get(row, ROW))
        for patch in sheet.patches:
            self.patch(patch, worksheet)
        for scale in sheet.scales:
            self.scale(scale, worksheet)
        for choice in sheet.choices:
            _choice(choice, worksheet)
        for chart in sheet.charts:
            self.chart(chart, worksheet)

    def _page(self, sheet: Sheet, worksheet: Any) -> None:
        worksheet.hide_gridlines(2)
        worksheet.set_default_row(ROW)
        worksheet.freeze_panes(*sheet.frozen)
        worksheet.set_landscape()
        worksheet.set_paper(9)
        worksheet.set_margins(0.4, 0.4, 0.5, 0.5)
        worksheet.fit_to_pages(1, 0)
        worksheet.set_footer("&L&8&A&R&8page &P of &N")
        if sheet.page_breaks:
            worksheet.set_h_pagebreaks(sheet.page_breaks)
        worksheet.repeat_rows(0, 2)

    def patch(self, patch: Patch, worksheet: Any) -> None:
        cell_format = self.format(patch.style)
        if patch.merged:
            self._merged(patch, worksheet, cell_format)
        elif patch.array_formula is not None:
            self._array(patch, worksheet, cell_format)
        else:
            self._cells(patch, worksheet, cell_format)
        for column in range(patch.column + 1, patch.column + patch.span):
            worksheet.write_blank(patch.row, column, None, cell_format)
        if patch.style.endswith(".verdict"):
            self._verdict(patch, worksheet)

    def _merged(self, patch: Patch, worksheet: Any, cell_format: Any) -> None:
        rows, columns = patch.values.shape
        last = (patch.row + rows - 1, patch.column + columns - 1)
        worksheet.merge_range(patch.row, patch.column, *last, "", cell_format)
        worksheet.write_string(patch.row, patch.column, str(patch.values[0, 0]), cell_format)

    def _array(self, patch: Patch, worksheet: Any, cell_format: Any) -> None:
        rows, columns = patch.values.shape
        last = (patch.row + rows - 1, patch.column + columns - 1)
        first = patch.values[0, 0]
        worksheet.write_array_formula(
            patch.row, patch.column, *last, f"{{={patch.array_formula}}}", cell_format, first
        )
        # The other cells' cached values come after the formula, or they would stay 0.
        for (r, c), value in _each(patch):
            if (r, c) != (0, 0):
                worksheet.write_number(patch.row + r, patch.column + c, value, cell_format)

    def _cells(self, patch: Patch, worksheet: Any, cell_format: Any) -> None:
        formulas = patch.formulas
        columns = patch.values.shape[1]
        for (r, c), value in _each(patch):
            row, column = patch.row + r, patch.column + c
            if formulas is not None:
                formula = f"={formulas[r * columns + c]}"
                worksheet.write_formula(row, column, formula, cell_format, value)
            elif isinstance(value, str) and value:
                worksheet.write_string(row, column, value, cell_format)
            elif isinstance(value, str):
                worksheet.write_blank(row, column, None, cell_format)
            else:
                worksheet.write_number(row, column, value, cell_format)

    def _verdict(self, patch: Patch, worksheet: Any) -> None:
        """Green where the text begins with a tick, red where it does not."""
        last = (patch.row, patch.column + patch.span - 1)
        cell = a1(patch.row, patch.column, row_fixed=True, column_fixed=True)
        good = self.workbook.add_format({"font_color": GOOD, "bg_color": GOOD_FILL})
        bad = self.workbook.add_format({"font_color": BAD, "bg_color": BAD_FILL, "bold": True})
        for relation, look in (("=", good), ("<>", bad)):
            rule = {"type": "formula", "criteria": f'=LEFT({cell},1){relation}"✓"', "format": look}
            worksheet.conditional_format(patch.row, patch.column, *last, rule)

    def chart(self, chart: Chart, worksheet: Any) -> None:
        drawn = self.workbook.add_chart({"type": "scatter"})
        for series in chart.series:
            shape, colour, side = _MARKERS[series.group % len(_MARKERS)]
            drawn.add_series(
                {
                    "name": f"={series.label}",
                    "categories": f"={series.x}",
                    "values": f"={series.y}",
                    "marker": {
                        "type": shape,
                        "size": 8,
                        "fill": {"color": colour},
                        "border": {"color": "#FFFFFF"},
                    },
                    "data_labels": {
                        "series_name": True,
                        "value": False,
                        "position": side,
                        "font": {"name": "Arial", "size": 10, "bold": True, "color": colour},
                    },
                }
            )
        drawn.set_legend({"none": True})
        drawn.set_title(
            {"name": chart.title, "name_font": {"name": "Arial", "size": 11, "color": INK}}
        )
        axis = {
            "major_gridlines": {"visible": True, "line": {"color": "#E5E7EB"}},
            "line": {"color": QUIET},
            "num_font": {"name": "Arial", "size": 9, "color": QUIET},
            "num_format": "0",
            "label_position": "low",
            "min": -chart.reach,
            "max": chart.reach,
        }
        name = {"name": "Arial", "size": 10, "color": QUIET, "bold": False}
        drawn.set_x_axis(axis | {"name": chart.axes[0], "name_font": name})
        drawn.set_y_axis(axis | {"name": chart.axes[1], "name_font": name})
        width = chart.columns * _pixels(COLUMN_WIDTH)
        drawn.set_size({"width": width, "height": round(chart.rows * ROW * 4 / 3)})
        worksheet.insert_chart(chart.row, chart.column, drawn, {"object_position": 1})

    def scale(self, scale: Scale, worksheet: Any) -> None:
        """A colour scale, and what a masked score looks like."""
        _colours(scale, worksheet)
        if scale.hides:
            place = (scale.row, scale.column)
            last = (scale.row + scale.rows - 1, scale.column + scale.columns - 1)
            look = self.workbook.add_format(INFINITE)
            rule = {"type": "cell", "criteria": "<=", "value": -HUGE, "format": look}
            worksheet.conditional_format(*place, *last, rule)


def _pixels(width: float) -> int:
    """A column's width on the screen; spreadsheet programs count 7 pixels a digit and a margin."""
    return round(width * 7 + 5)


def _each(patch: Patch) -> Any:
    """((row, column), plain Python value) for every cell of a patch."""
    columns = patch.values.shape[1]
    for i, value in enumerate(patch.values.ravel().tolist()):
        yield divmod(i, columns), value


def _colours(scale: Scale, worksheet: Any) -> None:
    last = (scale.row + scale.rows - 1, scale.column + scale.columns - 1)
    rule: Mapping[str, Any] = {
        "type": "3_color_scale",
        "min_type": "num",
        "min_value": -scale.reach,
        "mid_type": "num",
        "mid_value": 0,
        "max_type": "num",
        "max_value": scale.reach,
        "min_color": LOW,
        "mid_color": MIDDLE,
        "max_color": HIGH,
    }
    if scale.kind == "share":
        rule = {
            "type": "2_color_scale",
            "min_type": "num",
            "min_value": 0,
            "max_type": "num",
            "max_value": scale.reach,
            "min_color": MIDDLE,
            "max_color": SHARE,
        }
    worksheet.conditional_format(scale.row, scale.column, *last, dict(rule))


def _choice(choice: Choice, worksheet: Any) -> None:
    last = (choice.row + choice.rows - 1, choice.column + choice.columns - 1)
    worksheet.data_validation(
        choice.row,
        choice.column,
        *last,
        {
            "validate": "list",
            "source": f"={choice.source}",
            # Another word may be typed: the sheet then says itself that it does not know it.
            "show_error": False,
            "input_title": "Pick or type a word",
            "input_message": choice.hint[:250],
        },
    )
