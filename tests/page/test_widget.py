"""The notebook's side of a widget: edits that come from the page are followed in Python."""

from __future__ import annotations

import builtins
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.engines import get_engine
from sheetformer.errors import EditError, SheetformerError
from sheetformer.notebook import BookWidget
from sheetformer.writers.page import bundled
from sheetformer.writers.page_payload import page_payload


@pytest.fixture(scope="module")
def book() -> Book:
    return sf.lesson("cross-attention")


def at(book: Book, name: str, content: Any, row: int = 0, column: int = 0) -> list[Any]:
    block = book[name].block
    return [block.sheet, block.matrices[0].row + row, block.matrices[0].column + column, content]


def test_what_the_page_gets(book: Book) -> None:
    widget = book.widget()
    state = widget.get_state()
    assert state["payload"] == page_payload(book)
    assert state["edits"] == []
    assert state["problem"] == ""
    assert state["_esm"] == bundled("page.js"), "the same bundle as the file and the server"
    assert state["_css"] == bundled("page.css")
    assert "export" in state["_esm"]


def test_the_page_gets_plain_data(book: Book) -> None:
    """A kind of text of our own arrives as something else in a notebook that writes it its way."""

    def kinds(value: Any) -> set[type]:
        inside = [*value, *value.values()] if isinstance(value, dict) else value
        below = inside if isinstance(value, dict | list) else ()
        return {type(value)}.union(*map(kinds, below))

    assert kinds(book.widget().payload) <= {dict, list, str, int, float}


def test_edits_from_the_page_give_new_numbers_and_are_heard_of(book: Book, tmp_path: Path) -> None:
    widget = book.widget()
    heard: list[Any] = []
    widget.observe(lambda change: heard.append(change["new"]), "edits")
    np.testing.assert_array_equal(widget["weights"].value, book["weights"].value)
    # What a front end sends: numbers that JavaScript wrote without a decimal point.
    edits = [at(book, "source_words", "tired", 2), at(book, "W_Q_learned", 1, 1, 1)]
    widget.set_state({"edits": edits})
    assert heard == [edits]
    assert widget["source_words"].value[2, 0] == "tired"
    by_hand = sf.lesson("cross-attention", source="I am tired")
    assert not np.allclose(widget["weights"].value, book["weights"].value)
    widget.set_state({"edits": edits[:1]})
    np.testing.assert_allclose(widget["weights"].value, by_hand["weights"].value, atol=1e-12)
    cells = get_engine("ironcalc").recalculate(widget.book.save(tmp_path / "edited.xlsx"))
    block = book["weights"].block
    found = [cells[block.sheet][cell] for cell in block.cells]
    np.testing.assert_allclose(found, widget["weights"].value.ravel(), atol=1e-9)
    widget.set_state({"edits": []})
    np.testing.assert_array_equal(widget["weights"].value, book["weights"].value)


def test_a_typed_formula_is_followed(book: Book) -> None:
    widget = book.widget()
    widget.edits = [at(book, "W_Q_learned", {"formula": "1/4"}, 1, 1)]
    plain = book.widget()
    plain.edits = [at(book, "W_Q_learned", 0.25, 1, 1)]
    np.testing.assert_allclose(widget["weights"].value, plain["weights"].value, atol=1e-12)


@pytest.mark.parametrize(
    "edits", [[["Nowhere", 0, 0, 1]], [["Attention"]], [["Learned", 9, 2, {"formula": "RTD(1)"}]]]
)
def test_what_cannot_be_followed_is_said_on_the_page_and_in_python(
    book: Book, edits: list[Any]
) -> None:
    widget = book.widget()
    widget.set_state({"edits": edits})
    assert widget.problem
    with pytest.raises(EditError):
        _ = widget.book
    widget.set_state({"edits": []})
    assert widget.problem == ""
    assert widget.book is book


def test_a_book_shows_its_live_page_and_keeps_a_still_one(book: Book) -> None:
    shown = book._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert "<table" in shown["text/html"]


def test_a_notebook_keeps_a_still_picture_beside_the_living_book(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who opens the notebook again, or reads it as a page, has no program behind its widgets."""
    outputs: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, **_: outputs.append(data))
    book._ipython_display_()
    still, alive = outputs
    assert "application/vnd.jupyter.widget-view+json" not in still
    assert "<table" in still["text/html"]
    name = re.search(r'data-sheetformer-still="(\w+)"', still["text/html"])
    assert name
    assert name[1] in str(alive["application/vnd.jupyter.widget-view+json"])


def test_a_wrong_edit_from_python_raises_there(book: Book) -> None:
    widget = book.widget()
    with pytest.raises(EditError, match="Nowhere"):
        widget.edits = [["Nowhere", 0, 0, 1]]
    assert widget.edits == []
    assert widget.book is book


def test_without_the_extra_a_sentence_and_the_still_picture(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def lacking(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "anywidget":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "sheetformer.notebook")
    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(SheetformerError, match=r"anywidget: pip install 'sheetformer\[notebook\]'"):
        book.widget()
    assert set(book._repr_mimebundle_()) == {"text/html", "text/plain"}


def test_widgets_of_other_books(book: Book) -> None:
    del book
    widget = sf.trace(lambda x: x * 2, np.ones((1, 2)), formulas="cell").widget()
    assert isinstance(widget, BookWidget)
    block = widget.book["x"].block
    widget.edits = [[block.sheet, block.matrices[0].row, block.matrices[0].column, 5]]
    np.testing.assert_array_equal(widget["output"].value, [[10.0, 2.0]])
    translator = sf.translate("the red house").widget()
    first = translator.book["source_words"].block
    translator.edits = [[first.sheet, first.matrices[0].row + 1, first.matrices[0].column, "big"]]
    assert translator.book.translation == sf.translate("the big house").translation
