"""Typing formulas in a real Chromium: clicked cells, offered names, what is filled and refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book

from .browser import Tab, settled

Opened = Callable[..., Tab]


@pytest.fixture(scope="module")
def lesson() -> Book:
    return sf.lesson("training")


@pytest.fixture
def tab(opened: Opened, lesson: Book) -> Tab:
    tab = opened(lesson)
    tab.show("sheet")
    return tab


def go(tab: Tab, where: str) -> None:
    tab.page.fill(".namebox", where)
    tab.page.press(".namebox", "Enter")


def value(tab: Tab, row: int, column: int) -> object:
    at = f"{{sheet: 0, row: {row}, column: {column}}}"
    return tab.page.evaluate(f"document.querySelector('.sheetformer').sheetformer.value({at})")


def formula(tab: Tab, row: int, column: int) -> object:
    at = f"{{sheet: 0, row: {row}, column: {column}}}"
    return tab.page.evaluate(f"document.querySelector('.sheetformer').sheetformer.formula({at})")


def middle(tab: Tab, row: int, column: int) -> tuple[float, float]:
    """A point of a cell near one that was gone to, by the headings."""
    headings = (f"[data-column='{column}']", f"[data-row='{row}']")
    across, down = settled(*(tab.page.locator(f".sheethead{each}") for each in headings))
    return across["x"] + across["width"] / 2, down["y"] + down["height"] / 2


def numbers(tab: Tab) -> None:
    """1, 2, 3 in AB2:AB4, where the lesson has nothing."""
    go(tab, "AB2")
    for each in ("1", "2", "3"):
        tab.page.keyboard.type(each)
        tab.page.keyboard.press("Enter")


ROW, COLUMN = 1, 27
"""AB2."""


def test_cells_that_are_clicked_give_their_addresses(tab: Tab) -> None:
    numbers(tab)
    go(tab, "AD2")
    mouse, keys = tab.page.mouse, tab.page.keyboard
    keys.type("=10*")
    mouse.click(*middle(tab, ROW, COLUMN))
    mouse.click(*middle(tab, ROW + 1, COLUMN))
    keys.type("+SUM(")
    mouse.move(*middle(tab, ROW, COLUMN))
    mouse.down()
    mouse.move(*middle(tab, ROW + 2, COLUMN))
    mouse.up()
    keys.type(")")
    keys.press("Enter")
    assert formula(tab, ROW, COLUMN + 2) == "=10*AB3+SUM(AB2:AB4)"
    assert value(tab, ROW, COLUMN + 2) == 26


def test_functions_and_blocks_are_offered_and_block_names_are_as_shown(opened: Opened) -> None:
    tab = opened(sf.lesson("cross-attention"))
    tab.show("sheet")
    go(tab, "AB2")
    keys = tab.page.keyboard
    keys.type("=seq")
    assert tab.page.locator(".words [role=option]").all_inner_texts() == ["SEQUENCE("]
    keys.press("Tab")
    keys.type("2)")
    keys.press("Enter")
    assert formula(tab, 1, 27) == "{=SEQUENCE(2)}"
    go(tab, "AD2")
    keys.type("=SUM(Q)+SUM(weigh")
    assert "weights" in tab.page.locator(".words [role=option]").all_inner_texts()
    keys.press("ArrowDown")
    keys.press("Enter")
    keys.type(")")
    keys.press("Enter")
    total = float(tab.values("Q_").sum() + tab.values("weights").sum())
    assert abs(float(str(value(tab, 1, 29))) - total) < 1e-9
    go(tab, "Q")
    assert tab.page.locator(".total").inner_text().startswith(f"{tab.values('Q_').size} cells")


def test_an_array_formula_over_a_selection_and_ranges_by_name(tab: Tab) -> None:
    numbers(tab)
    go(tab, "AD2:AD5")
    assert tab.page.locator(".total").inner_text().startswith("4 cells")
    tab.page.keyboard.type("=AB2:AB4*2")
    tab.page.keyboard.press("Control+Shift+Enter")
    assert formula(tab, ROW + 3, COLUMN + 2) == "{=AB2:AB4*2}"
    assert [value(tab, ROW + i, COLUMN + 2) for i in range(3)] == [2, 4, 6]
    tab.kept("AB2:AB4*2")
    tab.page.reload()
    tab.page.wait_for_selector(".sheetbody")
    assert formula(tab, ROW + 3, COLUMN + 2) == "{=AB2:AB4*2}"
    tab.problems.clear()


def test_shift_keeps_the_cell_where_the_selection_began_and_the_corner_fills(tab: Tab) -> None:
    numbers(tab)
    go(tab, "AC2")
    tab.page.keyboard.type("=AB2*10")
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("Shift+ArrowDown")
    assert tab.page.input_value(".namebox") == "AC2"
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("ArrowDown")
    assert tab.page.input_value(".namebox") == "AC2"
    (box,) = settled(tab.page.locator(".handle"))
    tab.page.mouse.move(box["x"] + 4, box["y"] + 4)
    tab.page.mouse.down()
    tab.page.mouse.move(*middle(tab, ROW + 2, COLUMN + 1))
    tab.page.mouse.up()
    assert [value(tab, ROW + i, COLUMN + 1) for i in range(3)] == [10, 20, 30]


def test_find_looks_through_all_cells(tab: Tab) -> None:
    tab.page.click(".sheetbody")
    tab.page.keyboard.press("Control+f")
    tab.page.keyboard.type("LOSS")
    tab.page.keyboard.press("Enter")
    found = [tab.page.locator(".selected").first.inner_text()]
    tab.page.keyboard.press("Enter")
    found.append(tab.page.locator(".selected").first.inner_text())
    assert all("loss" in text.lower() for text in found), found
    assert found[0] != found[1]
    go(tab, "no such text")
    assert "no such text" in tab.page.locator(".refusal").inner_text()


def test_a_word_where_a_number_belongs_is_refused_as_in_the_workbook(tab: Tab) -> None:
    go(tab, "learning_rate")
    for typed, said in (("abc", "a number from 0 to 100"), ("101", "a number from 0 to 100")):
        tab.page.keyboard.type(typed)
        tab.page.keyboard.press("Enter")
        assert said in tab.page.locator(".slip").inner_text()
        tab.page.keyboard.press("Escape")
    tab.page.keyboard.type("0.25")
    tab.page.keyboard.press("Enter")
    assert tab.values("learning_rate") == 0.25
