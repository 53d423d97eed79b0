"""The sheet in a real Chromium: keys, ranges, the clipboard, fill, undo, and what is drawn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.formula.address import a1

from .browser import Tab, settled

Opened = Callable[..., Tab]


@pytest.fixture(scope="module")
def lesson() -> Book:
    return sf.lesson("cross-attention")


def go(tab: Tab, address: str) -> None:
    """Through the name box, as in a spreadsheet."""
    tab.page.fill(".namebox", address)
    tab.page.press(".namebox", "Enter")


def where(tab: Tab) -> str:
    return tab.page.input_value(".namebox")


def address(tab: Tab, name: str, row: int = 0, column: int = 0) -> str:
    place = tab.place(name, row, column)
    sheet = tab.book.sheets[place["sheet"]].name
    return f"'{sheet}'!{a1(place['row'], place['column'])}"


@pytest.fixture
def tab(opened: Opened, lesson: Book) -> Tab:
    tab = opened(lesson)
    tab.show("sheet")
    tab.page.click(".sheetbody")
    return tab


def test_arrows_walk_and_shift_selects(tab: Tab) -> None:
    keys = tab.page.keyboard
    go(tab, "E7")
    keys.press("ArrowDown")
    keys.press("ArrowRight")
    assert where(tab) == "F8"
    keys.press("Shift+ArrowDown")
    keys.press("Shift+ArrowRight")
    assert tab.page.locator(".total").inner_text().startswith("4 cells")
    assert tab.page.locator(".sheethead.on").all_inner_texts() == ["F", "G", "8", "9"]
    keys.press("Control+Home")
    assert where(tab) == "A1"


def test_typing_changes_the_cell_and_enter_goes_down(tab: Tab) -> None:
    go(tab, address(tab, "source_words", 2))
    tab.page.keyboard.type("tired")
    tab.page.keyboard.press("Enter")
    assert where(tab) == a1(
        tab.place("source_words", 2)["row"] + 1, tab.place("source_words")["column"]
    )
    typed = np.array([["I"], ["am"], ["tired"]], dtype=object)
    assert max(tab.differences({"source_words": typed}).values()) < 1e-9
    active = tab.page.get_attribute(".sheetbody", "aria-activedescendant")
    assert tab.page.locator(f"#{active}").count() == 1


def test_a_formula_typed_into_the_formula_bar(tab: Tab) -> None:
    go(tab, "Z3")
    tab.page.fill(".formulaline", "=SUM(1,2)*7")
    tab.page.press(".formulaline", "Enter")
    assert tab.page.locator(".cell.selected").inner_text() == "21"


def test_copied_cells_are_what_a_spreadsheet_pastes(tab: Tab, lesson: Book) -> None:
    go(tab, address(tab, "weights"))
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown"):
        tab.page.keyboard.press(key)
    tab.page.keyboard.press("Control+c")
    text = tab.page.evaluate("navigator.clipboard.readText()")
    rows = [line.split("\t") for line in text.replace("\r", "").rstrip("\n").split("\n")]
    copied = np.array(rows, dtype=float)
    assert np.abs(copied - lesson["weights"].value).max() < 1e-9


def test_cells_of_a_spreadsheet_are_pasted(tab: Tab) -> None:
    tab.page.evaluate("navigator.clipboard.writeText('we\\r\\nare\\r\\nsad\\r\\n')")
    go(tab, address(tab, "source_words"))
    tab.page.keyboard.press("Control+v")
    typed = np.array([["we"], ["are"], ["sad"]], dtype=object)
    assert tab.values("source_words").tolist() == typed.tolist()
    assert max(tab.differences({"source_words": typed}).values()) < 1e-9
    tab.page.keyboard.press("Control+z")
    assert max(tab.differences({}).values()) < 1e-9


def test_formulas_move_when_they_are_copied_within_the_page(tab: Tab) -> None:
    for place, text in (("AD3", "2"), ("AD4", "3"), ("AE3", "=AD3*10")):
        go(tab, place)
        tab.page.keyboard.type(text)
        tab.page.keyboard.press("Enter")
    go(tab, "AE3")
    tab.page.keyboard.press("Control+c")
    go(tab, "AE4")
    tab.page.keyboard.press("Control+v")
    assert tab.page.input_value(".formulaline") == "=AD4*10"
    assert tab.page.locator(".cell.selected").inner_text() == "30"


def test_fill_down_and_right(tab: Tab) -> None:
    go(tab, "Z3")
    tab.page.keyboard.type("4")
    tab.page.keyboard.press("Enter")
    go(tab, "Z3")
    for _ in range(2):
        tab.page.keyboard.press("Shift+ArrowDown")
    tab.page.keyboard.press("Control+d")
    assert tab.page.locator(".total").inner_text() == "3 cells · Sum 12 · Mean 4"
    go(tab, "AA3")
    tab.page.keyboard.press("Control+r")
    assert tab.page.locator(".cell.selected").inner_text() == "4"


def test_dragging_selects_a_range(tab: Tab) -> None:
    first, last = (
        tab.page.locator(".sheetbody .cell", has_text=word).first for word in ("I", "happy")
    )
    first.hover()
    tab.page.mouse.down()
    last.hover()
    tab.page.mouse.up()
    assert "cells" in tab.page.locator(".total").inner_text()


def test_headings_and_frozen_rows_stay_and_only_what_is_seen_is_drawn(tab: Tab) -> None:
    tab.page.get_by_role("tab", name="Reference").click()
    tab.page.keyboard.press("Control+End")
    title = tab.page.locator(".quad.top .cell").first
    (box,) = settled(title)
    assert tab.page.evaluate("document.querySelector('.sheetbody').scrollTop") > 500
    assert title.inner_text() == "Reference"
    assert box["y"] < 200
    assert tab.page.locator(".sheethead.on").count() == 2
    assert tab.page.locator(".cell").count() < 900
    assert int(tab.page.get_attribute(".sheetbody", "aria-rowcount")) > 100


def test_every_sheet_of_the_book_has_a_tab_but_the_hidden_one(tab: Tab, lesson: Book) -> None:
    names = [sheet.name for sheet in lesson.sheets if not sheet.hidden]
    assert tab.page.locator(".sheettab").all_inner_texts() == names
    tab.page.locator(".sheetbody").focus()
    tab.page.keyboard.press("Control+PageDown")
    assert tab.page.locator('.sheettab[aria-selected="true"]').inner_text() == names[1]


def test_the_name_box_finds_names_and_refuses_others(tab: Tab) -> None:
    go(tab, "weights")
    assert where(tab) == address(tab, "weights").split("!")[1]
    go(tab, "nonsense!")
    assert "nonsense!" in tab.page.locator(".refusal").inner_text()


def test_softmax_by_hand_spills_and_its_line_is_true(opened: Opened) -> None:
    tab = opened(sf.lesson("softmax"))
    tab.show("sheet")
    for cell, text in (
        ("B301", "1"),
        ("B302", "2"),
        ("C301", "=EXP(B301:B302)/SUM(EXP(B301:B302))"),
    ):
        tab.page.locator(".namebox").fill(cell)
        tab.page.locator(".namebox").press("Enter")
        tab.page.locator(".formulaline").fill(text)
        tab.page.locator(".formulaline").press("Enter")
    tab.page.locator(".namebox").fill("C302")
    tab.page.locator(".namebox").press("Enter")
    assert tab.page.locator(".formulaline").input_value().startswith("{=EXP(B301:B302)")
    line = tab.page.locator('[data-part="worked"]').inner_text()
    assert line == "exp(2) ÷ (exp(1) + exp(2)) = 0.731"
