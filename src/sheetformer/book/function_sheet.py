"""What a book in the style "named" says of its functions: a sheet, and a line for who opens it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sheetformer.book.draft import Draft
from sheetformer.book.names import sheet_name
from sheetformer.book.pages import BAR_ROWS, on_paper
from sheetformer.book.spots import COLUMN_WIDTH, MARGIN, NOTE_WIDTH, PAGE, text_lines
from sheetformer.book.workbook import Sheet
from sheetformer.formula.named import NamedFunction
from sheetformer.language import translate

NEEDS_LAMBDA = (
    "The formulas call functions by name, told on the sheet Functions. A program with LAMBDA opens "
    "it, such as Excel 365; LibreOffice and Excel before 2024 have none."
)
"""Which programs can open a book of this style."""
_ABOUT = (
    "What the formulas of this book call by a name, and how each name is defined. In Excel: "
    "Formulas, Name Manager. A step that has no name here is written as an array formula."
)
_COLUMNS = {"Function": 4, "What it gives": 5, "Definition": 8}
"""The headings, and how many columns each has."""


def function_sheet(functions: Sequence[NamedFunction], taken: Collection[str]) -> Sheet:
    """The sheet that shows every function: how it is called, what it gives, and its definition."""
    name = sheet_name(translate("Functions"), set(taken))
    sheet = Draft(name, frozen=(1, 0), heights={0: 30.0, 1: 30.0})
    sheet.widths = {0: 2.0} | dict.fromkeys(range(MARGIN, PAGE + 2), COLUMN_WIDTH)
    sheet.text(0, MARGIN, name, "title", PAGE)
    sheet.text(1, MARGIN, translate(_ABOUT), "note", PAGE)
    _line(sheet, 3, [translate(heading) for heading in _COLUMNS], "table_head")
    for row, function in enumerate(functions, start=4):
        called = f"{function.name}({', '.join(function.parameters)})"
        texts = [called, translate(function.sentence), f"={function.text}"]
        _line(sheet, row, texts, "note")
    return on_paper(sheet.done(), [[3]], BAR_ROWS)


def _line(sheet: Draft, row: int, texts: Sequence[str], style: str) -> None:
    column, lines = MARGIN, 1
    for text, columns in zip(texts, _COLUMNS.values(), strict=True):
        sheet.text(row, column, text, style, columns)
        column += columns
        lines = max(lines, text_lines(text, columns, NOTE_WIDTH))
    sheet.heights[row] = lines * 12.0 + 6
