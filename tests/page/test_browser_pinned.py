"""What stays in sight: sentences in a line, who looks at whom, old → new; numbers to turn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book

from .browser import Tab, later, settled

Opened = Callable[..., Tab]


@pytest.fixture(scope="module")
def lesson() -> Book:
    return sf.lesson("cross-attention")


def words(tab: Tab, name: str) -> list[str]:
    return [str(word) for word in tab.values(name).ravel().tolist()]


def test_a_sentence_is_one_line_and_stays_in_sight_with_what_follows(
    opened: Opened, lesson: Book
) -> None:
    tab = opened(lesson)
    pinned = tab.page.locator(".pinned")
    line = pinned.get_by_label("English words")
    assert line.input_value() == "I am happy"
    tab.page.get_by_role("button", name="10 Why").first.click()
    (box,) = settled(pinned)
    assert box["y"] >= 0
    assert box["y"] + box["height"] < 900
    picture = pinned.locator("svg.lines")
    before = picture.get_attribute("aria-label")
    line.fill("I am tired.")
    line.press("Enter")
    assert words(tab, "source_words") == ["I", "am", "tired"]
    assert picture.get_attribute("aria-label") != before
    said = pinned.locator(".status").inner_text()
    assert "→" in said
    assert "looks at" in said
    line.fill("happy")
    line.press("Enter")
    assert words(tab, "source_words") == ["happy", "", ""]
    assert max(tab.differences({"source_words": tab.values("source_words")}).values()) < 1e-9
    line.fill("I am so very happy today")
    line.press("Enter")
    assert "room for 3 words" in tab.page.locator(".refusal").inner_text()
    assert words(tab, "source_words") == ["happy", "", ""]


def test_a_sentence_typed_into_one_cell_goes_into_the_cells_for_words(opened: Opened) -> None:
    tab = opened(sf.translate("the red house"))
    tab.type_into("source_words", "we see the house")
    assert words(tab, "source_words")[:5] == ["we", "see", "the", "house", ""]
    pinned = tab.page.locator(".pinned")
    assert pinned.get_by_label("English words").input_value() == "we see the house"
    assert pinned.locator(".written").inner_text() == str(tab.values("translation").item())
    tab.page.keyboard.press("Control+z")
    assert words(tab, "source_words")[:4] == ["the", "red", "house", ""]
    # Word by word on the first view, without changing to another one.
    stepper = tab.page.locator(".cards > .stepper")
    stepper.get_by_role("button", name="Next word").click()
    assert stepper.locator(".steptitle").inner_text().startswith("Word 2 of")


def test_the_selected_cell_says_what_it_was_and_no_number_is_hidden(
    opened: Opened, lesson: Book
) -> None:
    tab = opened(lesson)
    tab.cell("weights", 2, 2).click()
    before = tab.cell("weights", 2, 2).inner_text()
    line = tab.page.locator(".pinned").get_by_label("English words")
    line.fill("I am tired")
    # Leaving the line takes it over, and the cell says old → new.
    tab.cell("weights", 2, 2).click()
    line.fill("I am happy")
    line.press("Enter")
    tab.cell("weights", 2, 2).click()
    assert tab.cell("weights", 2, 2).inner_text() == before
    tab.page.keyboard.press("Control+z")
    was = tab.page.locator(".explain .was").inner_text()
    assert was == f"{before} → {tab.cell('weights', 2, 2).inner_text()}"
    flashing = tab.page.locator("td.flash, td.flash-again").first
    flashing.wait_for(state="attached")  # it begins after the new numbers are painted
    look = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    ground, ink = flashing.evaluate(look)
    assert ground != ink


def test_a_number_is_turned_by_slider_hand_and_keys_and_the_sentence_follows(
    opened: Opened,
) -> None:
    tab = opened(sf.lesson("training"))
    turn = tab.page.locator(".turn").first
    number, slider = turn.locator(".turned"), turn.locator("input")
    assert number.get_attribute("role") == "slider"
    first = number.inner_text()
    number.scroll_into_view_if_needed()
    (box,) = settled(number)
    tab.page.mouse.move(box["x"] + 5, box["y"] + 5)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + 45, box["y"] + 5, steps=4)
    tab.page.mouse.up()
    later(tab.page)
    dragged = number.inner_text()
    assert float(dragged) > float(first)
    assert "→" in turn.locator("p").inner_text()
    number.press("ArrowLeft")
    later(tab.page)
    assert float(number.inner_text()) < float(dragged)
    slider.fill("100")
    later(tab.page)
    assert number.get_attribute("aria-valuenow") == number.inner_text()
    # The hand's way is one step for undo.
    tab.page.get_by_role("button", name="Undo").click()
    tab.page.get_by_role("button", name="Undo").click()
    assert number.inner_text() == first


def test_a_number_that_the_prose_of_a_step_names_is_turned_there(opened: Opened) -> None:
    tab = opened(sf.lesson("softmax"))
    tab.page.get_by_label("Language of this page").select_option("pt")
    tab.ready()
    text = tab.page.locator(".stagetext", has=tab.page.locator(".turned"))
    number = text.locator(".turned")
    number.scroll_into_view_if_needed()
    assert "temperatura (0.5)" in text.inner_text()
    (box,) = settled(number)
    tab.page.mouse.move(box["x"] + 5, box["y"] + 5)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + 45, box["y"] + 5, steps=4)
    tab.page.mouse.up()
    later(tab.page)
    turned = float(number.inner_text())
    assert turned > 0.5
    cell = tab.values("temperature")[0, 0]
    assert abs(cell - turned) <= 0.005 * cell
    assert tab.differences({"temperature": tab.values("temperature")})["shares_T"] < 1e-12
    # What stands beside the slider is the same number.
    assert tab.page.locator(".turn .turned").inner_text() == number.inner_text()


def test_a_switch_is_on_or_off(opened: Opened) -> None:
    tab = opened(sf.lesson("cross-attention"))
    tab.type_into("use_learned", "0.5")
    assert "0" in tab.page.locator(".refusal").inner_text()
    tab.page.keyboard.press("Escape")
    tab.type_into("use_learned", "0")
    assert tab.values("use_learned").item() == 0
