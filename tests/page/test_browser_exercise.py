"""An exercise in the page: its marks follow what is typed, and a blank says its hint."""

from __future__ import annotations

from collections.abc import Callable

import sheetformer as sf
from sheetformer.exercises.handout import MARK
from sheetformer.exercises.make import exercise

from .browser import Tab

_SET = """([sheet, row, column, text]) =>
  document.querySelector('.sheetformer').sheetformer.set({ sheet, row, column }, text)"""


def test_marks_follow_what_is_typed(opened: Callable[..., Tab]) -> None:
    solved = sf.lesson("softmax")
    made = exercise(solved, "shares, in_all")
    tab = opened(made.book)
    sheets = [sheet.name for sheet in made.book.sheets]
    assert _marks(tab, made.book) == ["→", "→"]
    # What is to be filled in is blue, as the handout says.
    blue = "e => getComputedStyle(e).backgroundColor"
    assert tab.cell("shares").evaluate(blue) == "rgb(227, 240, 255)"
    assert "Start in O10. It reads: exponentials (" in tab.page.inner_text(".sheetformer")
    for name, formula in (("shares", "=exponentials/exp_sum"), ("in_all", "=SUM(shares)")):
        block = made.book.blocks[name]
        first = block.matrices[0]
        place = [sheets.index(block.sheet), first.row, first.column, formula]
        tab.page.evaluate(_SET, place)
    assert _marks(tab, made.book) == ["✓", "✓"]


def _marks(tab: Tab, book: sf.Book) -> list[str]:
    front = book.sheets[0]
    rows = [c.row for c in front.cell_blocks if c.column == MARK and c.style.endswith("verdict")]
    get = "(rows) => rows.map((row) => document.querySelector('.sheetformer').sheetformer"
    found = tab.page.evaluate(f"{get}.value({{ sheet: 0, row, column: {MARK} }}))", rows)
    return [str(value)[0] for value in found]
