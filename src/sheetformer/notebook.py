"""A book alive in a notebook: the page as a widget whose edits come back to Python.

One widget for Jupyter, VS Code and marimo, by anywidget; its program is that of the page.
"""

from __future__ import annotations

import json
from typing import Any

import anywidget
import traitlets

from sheetformer.book.workbook import BlockView, Book
from sheetformer.edits.apply import change
from sheetformer.edits.recalculate import edited
from sheetformer.edits.wire import read_edits
from sheetformer.errors import SheetformerError
from sheetformer.writers.page import bundled
from sheetformer.writers.page_payload import page_payload


class BookWidget(anywidget.AnyWidget):
    """The page of a book, shared with Python.

    Attributes:
        edits: what was changed on the page, as [sheet, row, column, content], counted from 0; set
            it to change the page, observe it to hear of changes.
        problem: one sentence about edits that cannot be followed; the page shows it.
    """

    _esm = bundled("page.js")
    _css = bundled("page.css")

    payload = traitlets.Dict().tag(sync=True)
    edits = traitlets.List().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)

    def __init__(self, book: Book) -> None:
        self._written = book
        self._followed: tuple[Any, Book] = ([], book)
        # Plain texts and numbers only: notebooks write kinds of their own in their own ways.
        super().__init__(payload=json.loads(json.dumps(page_payload(book))))

    @property
    def book(self) -> Book:
        """The book as it stands on the page: the edits made, every value anew.

        Raises:
            EditError: an edit cannot be followed in Python; the message names the cell.
        """
        if self._followed[0] != self.edits:
            self._followed = (self.edits, edited(self._written, read_edits(self.edits)))
        return self._followed[1]

    def __getitem__(self, name: str) -> BlockView:
        return self.book[name]

    @traitlets.observe("edits")
    def _judge(self, _: Any) -> None:
        try:
            change(self._written, read_edits(self.edits))
        except SheetformerError as error:
            self.problem = str(error)
        else:
            self.problem = ""


def widget(book: Book) -> BookWidget:
    """A book as a widget."""
    return BookWidget(book)
