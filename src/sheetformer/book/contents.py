"""A sheet of contents in front of a book of many sheets: each of them, a click away."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from sheetformer.book.cells import CellBlock, text_block
from sheetformer.book.names import sheet_name
from sheetformer.book.spots import COLUMN_WIDTH, MARGIN, PAGE
from sheetformer.book.workbook import Book, Sheet
from sheetformer.formula.address import sheet_prefix
from sheetformer.language.catalogue import current_language

MANY = 5
"""A book of more sheets than that has a sheet of contents."""
_NAME, _HOLDS = 4, 8
"""Columns of a sheet's name, and of what stands on it."""
_TITLES = 4


def with_contents(book: Book) -> Book:
    """The book with a sheet of links to all others in front, if it has many.

    Readers click on a name there, in a spreadsheet program and on the page.
    """
    shown = [sheet for sheet in book.sheets if not sheet.hidden]
    if len(shown) <= MANY:
        return book
    language = current_language()
    name = sheet_name(language.message("contents.sheet"), {sheet.name for sheet in book.sheets})
    texts = [
        text_block(0, MARGIN, book.title, "title", PAGE),
        text_block(2, MARGIN, language.message("contents.sheet"), "table_head", _NAME),
        text_block(2, MARGIN + _NAME, language.message("contents.holds"), "table_head", _HOLDS),
    ]
    blocks = Counter(block.sheet for block in book.blocks.values())
    for row, sheet in enumerate(shown, start=3):
        texts += _line(book, sheet, row, blocks[sheet.name])
    widths = {0: 2.0} | dict.fromkeys(range(MARGIN, PAGE + 2), COLUMN_WIDTH)
    first = Sheet(name, tuple(texts), widths=widths, heights={0: 30.0}, frozen=(1, 0))
    return replace(book, sheets=(first, *book.sheets))


def _line(book: Book, sheet: Sheet, row: int, blocks: int) -> list[CellBlock]:
    """A sheet: its name, which is a link, and what stands there."""
    link = replace(
        text_block(row, MARGIN, sheet.name, "table_label", _NAME),
        link=f"{sheet_prefix(sheet.name)}A1",
    )
    headings = zip(book.headings, book.stages, strict=False)
    titles = [stage.title for (where, _), stage in headings if where == sheet.name]
    titles = [title for title in dict.fromkeys(titles) if title != sheet.name]
    said = " · ".join(titles[:_TITLES]) + (" …" if len(titles) > _TITLES else "")
    count = current_language().message("contents.blocks", number=blocks)
    text = f"{said} ({count})" if said else count
    return [link, text_block(row, MARGIN + _NAME, text, "table_label", _HOLDS)]
