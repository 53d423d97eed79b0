"""The word map in a real Chromium: a dragged word moves its numbers, and everything follows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book

from .browser import Tab, settled

Opened = Callable[..., Tab]


@pytest.fixture(scope="module")
def lesson() -> Book:
    return sf.lesson("cross-attention")


def drag(tab: Tab, word: str, right: float, down: float) -> None:
    """Drag a word by so many pixels, in steps as a hand does."""
    label = tab.page.locator(".map .dot", has_text=word).first.locator(".word")
    label.scroll_into_view_if_needed()
    (box,) = settled(label)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.page.mouse.move(x, y)
    tab.page.mouse.down()
    for part in (0.25, 0.5, 1.0):
        tab.page.mouse.move(x + right * part, y + down * part)
    tab.page.mouse.up()


def moved(tab: Tab, lesson: Book) -> np.ndarray:
    """The learned embeddings as they stand on the page now; the others must be as they were."""
    embeddings = tab.values("english_embeddings")
    assert (embeddings != lesson["english_embeddings"].value).any(axis=1).sum() <= 1
    return embeddings


@pytest.mark.parametrize("view", ["lesson", "map", "sheet"])
def test_dragging_a_point_changes_the_weights_and_undo_restores_them(
    opened: Opened, lesson: Book, view: str
) -> None:
    tab = opened(lesson)
    tab.show(view)
    if view == "sheet":
        tab.page.locator(".namebox").fill("distance")
        tab.page.locator(".namebox").press("Enter")
    drag(tab, "happy", -90, -60)
    embeddings = moved(tab, lesson)
    row = lesson["source_number"].value.astype(int)[2, 0]
    change = embeddings[row] - lesson["english_embeddings"].value[row]
    assert change[0] < -0.5
    assert change[1] > 0.3
    assert change[2:].tolist() == [0, 0]
    assert max(tab.differences({"english_embeddings": embeddings}).values()) < 1e-9
    assert np.abs(tab.values("weights") - lesson["weights"].value).max() > 1e-3
    if view == "sheet":
        tab.show("lesson")
    shown = tab.page.locator('[data-block="weights"] td[data-cell]').last.text_content()
    assert shown == f"{tab.values('weights')[2, 2]:.1%}"
    tab.page.keyboard.press("Control+z")
    assert tab.values("weights").tolist() == pytest.approx(lesson["weights"].value, abs=1e-12)
    assert moved(tab, lesson).tolist() == lesson["english_embeddings"].value.tolist()


def test_arrow_keys_move_a_point(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.show("map")
    point = tab.page.locator(".map .dot", has_text="happy").first
    place = point.get_attribute("transform")
    point.focus()
    tab.page.keyboard.press("ArrowRight")
    tab.page.keyboard.press("ArrowUp")
    assert point.get_attribute("transform") != place
    row = lesson["source_number"].value.astype(int)[2, 0]
    change = moved(tab, lesson)[row] - lesson["english_embeddings"].value[row]
    assert change[0] > 0
    assert change[1] > 0


def test_a_row_of_several_words_moves_as_one(opened: Opened) -> None:
    book = sf.lesson("cross-attention", source="I am | happy", target="sou | feliz")
    tab = opened(book)
    before = tab.values("X_source")
    drag(tab, "I am", 60, 0)
    after = tab.values("X_source")
    assert after[0, 0] - before[0, 0] > 0.3
    assert after[0, 1:] == pytest.approx(before[0, 1:], abs=1e-2)
    changed = {"english_embeddings": tab.values("english_embeddings")}
    assert max(tab.differences(changed).values()) < 1e-9


def test_the_points_stand_where_their_cells_say(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.show("map")
    tab.show("sheet")
    tab.show("map")
    x = [tab.page.locator(".map .group0").nth(i).evaluate("e => e.getCTM().e") for i in range(3)]
    assert np.argsort(x).tolist() == np.argsort(lesson["X_source"].value[:, 0]).tolist()
