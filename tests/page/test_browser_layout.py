"""A stage laid out for the eye in a real Chromium: rows meet columns, workings fold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.language import languages

from .browser import Tab

Opened = Callable[..., Tab]


@pytest.fixture(scope="module")
def lesson() -> Book:
    return sf.lesson("cross-attention")


def edges(tab: Tab, name: str) -> list[list[tuple[float, float, float]]]:
    """Left, right and top of each cell of a block, in rows."""
    boxes: Any = tab.page.locator(f'.card:not(.again) [data-block="{name}"] tbody').evaluate(
        """body => [...body.rows].map(row =>
            [...row.querySelectorAll("td[data-cell]")].map(cell => {
            const box = cell.getBoundingClientRect();
            return [box.left + scrollX, box.right + scrollX, box.top + scrollY];
        }))"""
    )
    return [[(left, right, top) for left, right, top in row] for row in boxes]


def meetings(book: Book) -> list[tuple[str, str]]:
    """Each block that stands over another one, and that one."""
    names = {block.node.base: name for name, block in book.blocks.items()}
    return [
        (name, names[block.over]) for name, block in book.blocks.items() if block.over is not None
    ]


@pytest.mark.parametrize("code", [code for code in languages() if code != "en"])
def test_a_telephone_never_scrolls_sideways(opened: Opened, code: str) -> None:
    """Longer words, in the tabs above too, go to another line."""
    tab = opened(sf.lesson("cross-attention", lang=code), size=(390, 900))
    assert tab.page.evaluate("document.scrollingElement.scrollWidth") <= 390
    # The arrow of a list, at the right end of its cell, has room beside the longest word.
    picks = tab.page.locator("td.picks")
    assert picks.count() > 3
    rooms = picks.evaluate_all("all => all.map(e => parseFloat(getComputedStyle(e).paddingRight))")
    assert min(rooms) >= 14


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_columns_stand_below_those_that_they_are_made_of(
    opened: Opened, lesson: Book, width: int
) -> None:
    tab = opened(lesson, size=(width, 900))
    assert len(meetings(lesson)) == 7
    for over, product in meetings(lesson):
        above, below = edges(tab, over), edges(tab, product)
        assert above[-1][0][2] < below[0][0][2]
        for (left, right, _), (under_left, under_right, _) in zip(above[0], below[0], strict=True):
            assert abs(left - under_left) < 1, (over, product)
            assert abs(right - under_right) < 1, (over, product)
    assert tab.page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_rows_stand_beside_those_that_they_are_made_of(
    opened: Opened, lesson: Book, width: int
) -> None:
    tab = opened(lesson, size=(width, 900))
    pairs = [("X_portuguese_pair", "pair_scores"), ("pair_shares", "pair_blend"), ("X_asks", "Q_")]
    pairs += [("X_answers", "K_"), ("Q_rows", "scores"), ("shares", "blend")]
    for left, product in pairs:
        for before, after in zip(edges(tab, left), edges(tab, product), strict=True):
            assert abs(before[0][2] - after[0][2]) < 1, (left, product)
            assert before[-1][1] < after[0][0], (left, product)


def test_an_operand_stands_in_its_stage_once(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    for name in ("pair_scores", "Q_", "V_", "scores", "blend", "contributions"):
        stage = tab.page.locator(
            ".stage", has=tab.page.locator(f'.card:not(.again) [data-block="{name}"]')
        )
        assert stage.locator(".again:not(details .again)").count() == 0, name
    for name in ("Q_rows", "K_columns", "V_rows", "X_answers"):
        assert tab.page.locator(f'.cards [data-block="{name}"]').count() == 1


def test_a_result_lights_up_its_row_and_its_column(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.cell("scores", 1, 2).click()
    lit = tab.page.locator(".stage td.precedent")
    assert lit.count() == 8
    for k in range(4):
        assert "precedent" in (tab.cell("Q_rows", 1, k).get_attribute("class") or "")
        assert "precedent" in (tab.cell("K_columns", k, 2).get_attribute("class") or "")
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("ArrowLeft")
    name = tab.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert name.startswith("scores · eu · am: ")


def test_workings_are_folded_until_somebody_asks_for_one(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    folds = tab.page.locator("details.workings")
    assert folds.count() == 7
    assert tab.page.locator("details.workings[open]").count() == 0
    assert not tab.cell("masked").is_visible()
    tab.page.locator(".namebox").fill("masked")
    tab.page.locator(".namebox").press("Enter")
    assert tab.cell("masked").is_visible()
    assert tab.page.evaluate("document.activeElement.matches('[data-block=masked] td')")
    stage = tab.page.locator(".stage", has=tab.page.locator('[data-block="masked"]'))
    last = stage.locator(".stagebody > :not(.done)").last
    assert last.evaluate("e => e.matches('details')")


def test_workings_and_titles_follow_the_language(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.page.get_by_label("Language of this page").select_option("pt")
    assert tab.page.locator("summary").first.inner_text() == (
        "Contas: números que só preparam este passo"
    )
    assert tab.page.locator(".headline").inner_text().startswith("Lição 3 de ")
    tab.page.get_by_role("heading", name="Pontuações", exact=True).wait_for(state="attached")


def test_a_block_is_called_in_plain_words_and_its_code_is_small(
    opened: Opened, lesson: Book
) -> None:
    tab = opened(lesson)
    card = tab.page.locator(".card", has=tab.page.locator('[data-block="K_columns"]'))
    assert card.get_by_role("heading").text_content() == "Keys, turned"
    assert card.locator(".codeline").text_content() == "K_columns = KT"
    assert card.locator(".codeline msup").text_content() == "KT"
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    heading = card.get_by_role("heading").evaluate(size)
    assert card.locator(".codeline").evaluate(size) < heading


def test_sentences_are_running_text_and_follow_what_is_typed(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    told = tab.cell("blend_told", 2)
    before = told.text_content()
    tab.type_into("target_words", "cansado", row=2)
    assert told.text_content().startswith("cansado = ")
    assert told.text_content() != before
    plain = tab.cell("weights").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert told.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > plain
    assert told.evaluate("e => e.scrollWidth <= e.clientWidth + 1")


def test_bars_stand_upon_each_other_and_are_named_by_cells(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    chart = tab.page.locator(".chartbox.stacked")
    assert chart.locator("rect.series").count() == 9
    heights = "es => es.map(e => Number(e.getAttribute('height')))"
    drawn = np.array(chart.locator("rect.series").evaluate_all(heights)).reshape(3, 3)
    shares = lesson["weights"].value
    assert np.abs(drawn / drawn.sum(0) - shares.T).max() < 0.01
    tab.type_into("source_words", "tired", row=2)
    assert chart.locator("li").all_text_contents() == ["I", "am", "tired"]
    assert "tired: " in (chart.locator("svg").get_attribute("aria-label") or "")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_neighbouring_bars_differ_in_grey(opened: Opened, lesson: Book, colours: str) -> None:
    tab = opened(lesson, color_scheme=colours)
    fills = tab.page.locator(".chartbox.stacked .swatch").evaluate_all(
        "es => es.map(e => getComputedStyle(e).backgroundColor.match(/\\d+/g).map(Number))"
    )
    greys = np.array(fills)[:, :3] @ [0.2126, 0.7152, 0.0722]
    assert np.abs(np.diff(greys)).min() > 60


def test_the_first_sheet_is_not_all_of_the_story(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    steps = tab.page.locator(".stepbar button:not(.plain)")
    assert steps.all_inner_texts() == ["•", *map(str, range(1, 11)), "•"]
    assert tab.page.locator(".story .stage.open").count() == 12
    assert tab.page.locator(".headline").inner_text().startswith("Lesson 3 of ")
