"""Words as people type them into cells: what the page and the engines make of them."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.engines.base import Cells, Engine

from .engine import PageEngine

TYPED = {
    "source_words": ["I’m", "tired?", "\u00a0Happy. ", "zebra", "isn't", "“sad”", ""],
    "target_words": [
        *(" EU ", unicodedata.normalize("NFD", "É"), unicodedata.normalize("NFD", "mãe!")),
        *("Está,", "(você)", "?", "zebra"),
    ],
}
WORDS = {"source": "I am happy we see she is", "target": "eu sou feliz nós vemos ela é"}
"""A book with room for them."""
MEANT = {
    "source_number": ["", "tired", "happy", "", "", "sad", ""],
    "target_number": ["eu", "é", "mãe", "está", "você", "", ""],
}


@pytest.fixture(scope="module", params=["matrix", "cell"])
def book(request: pytest.FixtureRequest) -> Book:
    return sf.lesson("cross-attention", **WORDS, formulas=request.param)


def edits(book: Book) -> dict[tuple[str, int, int], str]:
    return {
        (book[name].block.sheet, *at): word
        for name, words in TYPED.items()
        for at, word in zip(book[name].block.cells, words, strict=True)
    }


def assert_understood(book: Book, cells: Cells) -> None:
    def column(name: str) -> list[object]:
        block = book[name].block
        return [cells[block.sheet].get(at, "") for at in block.cells]

    for name, words in MEANT.items():
        table = "english" if name == "source_number" else "portuguese"
        known = ["", *book[f"{table}_words"].value[1:, 0].tolist()]
        assert [known[int(str(number).split(".")[0])] for number in column(name)] == words
    said = [str(message) for message in column("source_message")]
    assert "write I am," in said[0]
    assert "no known" in said[3]
    assert "write is not," in said[4]
    assert not any(said[place] for place in (1, 2, 5, 6))


def test_the_page_understands_them(page: PageEngine, book: Book) -> None:
    assert_understood(book, page.recalculate(book, edits(book))[1])


def test_the_engines_understand_them(engine: Engine, book: Book, tmp_path: Path) -> None:
    with engine.open(book.save(tmp_path / "typed.xlsx")) as live:
        assert_understood(book, live.edit(edits(book)))
