"""On A4 paper no step of a lesson is cut: only lists go over several pages, headed on each."""

from __future__ import annotations

import pytest

import sheetformer as sf
from sheetformer.book.pages import LEAST_SCALE
from sheetformer.book.workbook import Book, Sheet
from sheetformer.lessons import LESSONS

from .books import lesson

LISTS = {
    "Check", "Learned", "Reference", "Nearest word", "Random numbers", "Every word",
    "Weights", "Next weights", "Names", "Workings", "Merges", "Inside",
}  # fmt: skip
"""The sheets that are mere lists, of whatever length."""
FOR_THE_SCREEN = {"Feed-forward", "Speaking", "Steps", "All formats"}
"""Sheets wider than a page whose print is readable."""
NETWORK = {"Encoder", "Decoder", "Next word", "Kinds of words"}
"""The translator's network, cell by cell: in print hundreds of columns are for nobody."""


def cut(book: Book, sheet: Sheet) -> list[str]:
    """The stages of a sheet that begin on one page and end on another."""
    tops = sorted(
        (row, stage.title)
        for (name, row), stage in zip(book.headings, book.stages, strict=True)
        if name == sheet.name
    )
    ends = [*(row for row, _ in tops[1:]), sheet.rows]
    return [
        title
        for (top, title), end in zip(tops, ends, strict=True)
        if any(top < row < end for row in sheet.page_breaks)
    ]


def told(book: Book, *others: str) -> list[Sheet]:
    return [s for s in book.sheets if not s.hidden and s.name not in {*LISTS, *others}]


@pytest.mark.parametrize("name", list(LESSONS))
def test_no_step_is_cut(name: str) -> None:
    book = lesson(name)
    assert {sheet.name: cut(book, sheet) for sheet in told(book) if cut(book, sheet)} == {}
    small = {sheet.name for sheet in told(book) if sheet.print_scale < LEAST_SCALE}
    assert small <= FOR_THE_SCREEN


def test_no_part_of_a_translation_is_cut() -> None:
    book = sf.translate("we see the red house")
    (sheet,) = told(book, *NETWORK)
    assert cut(book, sheet) == []
    # The vectors behind its map are folded away: they make no paper wider.
    assert sheet.print_scale >= LEAST_SCALE
    assert sheet.printed_columns < sheet.columns


@pytest.mark.parametrize("name", ["scaling", "backprop"])
def test_a_list_repeats_its_heading(name: str) -> None:
    """The heads of a table's columns, too."""
    sheets = {sheet.name: sheet for sheet in lesson(name).sheets}
    above = {name: sheets[name].printed_above for name in ("Check", "Reference")}
    assert above == {"Check": 3 if name == "scaling" else 7, "Reference": 4}
