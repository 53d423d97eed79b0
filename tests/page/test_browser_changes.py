"""What a page says of an edit, in a real Chromium: its words follow the numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sheetformer as sf

from .browser import Tab

Opened = Callable[..., Tab]

NOW_LOOKS = {"en": "now looks at", "pt": "agora olha para", "es": "ahora mira a"}


def live(tab: Tab) -> str:
    return tab.page.locator('.sheetformer > [aria-live="polite"]').inner_text()


def percent(value: float) -> str:
    return f"{100 * value:.{1 if 0 < abs(value) < 0.1 else 0}f} %"


@pytest.mark.parametrize("language", list(NOW_LOOKS))
def test_the_live_region_says_what_changed(opened: Opened, language: str) -> None:
    book = sf.lesson("cross-attention")
    tab = opened(book)
    tab.page.locator(".languages").select_option(language)
    before = tab.values("weights").astype(float)
    tab.type_into("source_words", "tired", row=2)
    after = tab.values("weights").astype(float)
    row, column = np.unravel_index(np.argmax(np.abs(after - before)), after.shape)
    query, key = tab.values("target_words")[row, 0], tab.values("source_words")[column, 0]
    weights = f"{percent(before[row, column])} → {percent(after[row, column])}"
    assert live(tab) == f"happy → tired: {query} {NOW_LOOKS[language]} {key}, {weights}"
    assert tab.page.locator(".status").inner_text() == live(tab)


def test_a_number_without_attention_says_its_last_step(opened: Opened) -> None:
    tab = opened(sf.lesson("scaling"))
    tab.cell("power_of_d").click()
    tab.page.keyboard.type("1")
    tab.page.keyboard.press("Enter")
    said = live(tab)
    assert said.startswith("power_of_d 0.50 → 1.00: ")
    assert said.count("→") == 2


def test_what_changes_nothing_else_says_so(opened: Opened) -> None:
    tab = opened(sf.lesson("softmax"))
    tab.show("sheet")
    tab.page.evaluate(
        "document.querySelector('.sheetformer').sheetformer"
        ".set({sheet: 0, row: 300, column: 1}, '5')"
    )
    assert live(tab).endswith("empty → 5: nothing else changes")


def test_the_name_of_the_focused_cell_follows_the_numbers(opened: Opened) -> None:
    tab = opened(sf.lesson("cross-attention"))
    cell = tab.cell("weights", 1, 2)
    cell.click()
    before = cell.get_attribute("aria-label")
    change(tab)
    assert tab.page.evaluate("document.activeElement.textContent") == cell.text_content()
    now = cell.get_attribute("aria-label")
    assert now != before
    assert now.endswith(f": {cell.text_content()}")
    assert "tired" in now
    # Where the keyboard has left a name behind, nothing follows it: there is none.
    tab.cell("weights", 0, 0).click()
    assert cell.get_attribute("aria-label") is None


def test_the_name_of_the_active_cell_of_a_sheet_follows_the_numbers(opened: Opened) -> None:
    tab = opened(sf.lesson("cross-attention"))
    tab.cell("weights", 2, 2).click()
    tab.show("sheet")
    tab.page.locator(".sheetbody").focus()
    tab.page.keyboard.press("Shift+ArrowUp")
    active = tab.page.locator("#sheet-active")
    before = active.get_attribute("aria-label")
    total = tab.page.locator(".total").inner_text()
    change(tab)
    assert active.get_attribute("aria-label") != before
    assert active.get_attribute("aria-label").endswith(f": {active.text_content()}")
    assert tab.page.locator(".total").inner_text() != total
    tab.page.keyboard.press("ArrowLeft")
    assert tab.page.locator(".cell[aria-label]").count() == 1


def change(tab: Tab) -> Any:
    place = tab.place("source_words", 2)
    return tab.page.evaluate(
        "(at) => { document.querySelector('.sheetformer').sheetformer.set(at, 'tired'); }", place
    )
