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
            it to change the page (an EditError where that cannot be followed), observe it to hear
            of changes.
        problem: one sentence about edits that cannot be followed; the page shows it.
        still: the name of the picture that this widget takes the place of, where it is shown.
    """

    _esm = bundled("page.js")
    _css = bundled("page.css")

    payload = traitlets.Dict().tag(sync=True)
    edits = traitlets.List().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    still = traitlets.Unicode().tag(sync=True)

    def __init__(self, book: Book) -> None:
        self._written = book
        self._followed: tuple[Any, Book] = ([], book)
        self._hears_page = False
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

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """What the page tells; an edit of it that cannot be followed is said there."""
        self._hears_page = True
        try:
            super().set_state(sync_data)
        finally:
            self._hears_page = False

    @traitlets.validate("edits")
    def _check(self, proposal: Any) -> list[Any]:
        """Who sets edits in Python hears there what is wrong with them."""
        if not self._hears_page:
            change(self._written, read_edits(proposal["value"]))
        return proposal["value"]

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


def show(book: Book) -> None:
    """Show a book alive, behind a still picture that the living one hides.

    A notebook that is opened again, or becomes a page, has no program behind its widgets: there
    the picture is what one sees.
    """
    from IPython.display import display

    alive = BookWidget(book)
    alive.still = str(alive.model_id)
    picture = f'<div data-sheetformer-still="{alive.still}">{book._repr_html_()}</div>'
    display({"text/html": picture, "text/plain": repr(book)}, raw=True)
    display({**alive._repr_mimebundle_()[0], "text/plain": ""}, raw=True)
