"""Cards in a real Chromium: typing changes the numbers, and the page tells how they are made."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book

from .browser import Tab

Opened = Callable[..., Tab]


@pytest.fixture(scope="module", params=["matrix", "cell"])
def book(request: pytest.FixtureRequest) -> Book:
    return sf.lesson("cross-attention", formulas=request.param)


@pytest.fixture(scope="module")
def lesson() -> Book:
    return sf.lesson("cross-attention")


def words(*texts: str) -> np.ndarray:
    return np.array([[text] for text in texts], dtype=object)


def test_typing_a_word_gives_the_numbers_of_numpy(opened: Opened, book: Book) -> None:
    tab = opened(book)
    tab.type_into("target_words", "cansado", row=2)
    differences = tab.differences({"target_words": words("eu", "sou", "cansado")})
    assert max(differences.values()) < 1e-9
    assert tab.values("target_words").ravel().tolist() == ["eu", "sou", "cansado"]
    assert np.abs(tab.values("weights") - book["weights"].value).max() > 1e-3


def test_a_typed_number_is_shown_downstream(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    before = tab.cell("weights", 0, 0).text_content()
    tab.type_into("use_learned", "0")
    assert max(tab.differences({"use_learned": np.array([[0.0]])}).values()) < 1e-9
    after = tab.cell("weights", 0, 0).text_content()
    assert after != before
    assert after == f"{tab.values('weights')[0, 0]:.1%}"


def test_a_typed_formula_counts(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.type_into("d_k", "=2*8")
    assert tab.values("d_k") == 16.0
    assert max(tab.differences({"d_k": np.array(16.0)}).values()) < 1e-9


def test_a_word_is_picked_from_the_list(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.cell("source_words", 2).dblclick()
    tab.page.get_by_role("option", name="tired", exact=True).click()
    assert tab.values("source_words").ravel().tolist() == ["I", "am", "tired"]
    assert tab.page.locator("th", has_text="tired").count() > 3  # labels follow their words


def test_changed_cells_flash_but_never_too_many(opened: Opened) -> None:
    long = " ".join(["the"] * 15)
    tab = opened(sf.lesson("cross-attention", source=long, target=" ".join(["o"] * 15)))
    tab.type_into("source_words", "happy")
    flashes = tab.page.locator(".flash, .flash-again")
    flashes.first.wait_for(state="attached")  # they begin after the new numbers are painted
    flashing = flashes.count()
    assert 0 < flashing <= 120


def test_nothing_moves_for_those_who_ask_for_it(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson, reduced_motion="reduce")
    tab.type_into("use_learned", "0")
    name = "e => getComputedStyle(e).animationName"
    assert tab.page.locator(".flash").first.evaluate(name) == "none"


def test_precedents_light_up_where_they_stand(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.cell("scores", 2, 1).click()
    for k in range(4):
        assert "precedent" in (tab.cell("Q_rows", 2, k).get_attribute("class") or "")
        assert "precedent" in (tab.cell("K_columns", k, 1).get_attribute("class") or "")
        assert "precedent" not in (tab.cell("Q_rows", 1, k).get_attribute("class") or "")
    assert "dependent" in (tab.cell("scaled", 2, 1).get_attribute("class") or "")


def test_precedents_follow_a_changed_formula(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    read = tab.cell("use_learned")
    tab.cell("d_k").click()
    line = tab.page.locator(".formulaline")
    for formula, lit in (("=use_learned*4", True), ("=5*4", False), ("=use_learned*5", True)):
        line.fill(formula)
        line.press("Enter")
        assert ("precedent" in (read.get_attribute("class") or "")) == lit


def test_one_box_tells_the_cell_in_words_and_arithmetic(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    box = tab.page.locator('[data-part="explain"]')
    tab.cell("scores", 0, 0).click()
    q, k = lesson["Q_"].value[0], lesson["K_"].value[0]
    text = box.locator('[data-part="worked"]').inner_text()
    assert text.endswith(f"= {lesson['scores'].value[0, 0]:.3f}")
    assert text.count("×") == 4
    first = (f"(−{-x:.2f})" if x < 0 else f"{x:.2f}" for x in (q[0], k[0]))
    assert " × ".join(first) in text
    tab.cell("weights", 2, 2).click()
    share = f"{lesson['weights'].value[2, 2]:.0%}".replace("%", " %")
    assert (
        box.locator('[data-part="attends"]').inner_text()
        == f"feliz gives {share} of its attention to happy."
    )


def test_lines_are_as_thick_as_the_weights_and_follow_the_row(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    lines = tab.page.locator('[data-lines="weights"] path')
    widths = [float(lines.nth(i).get_attribute("stroke-width")) for i in range(9)]
    weights = lesson["weights"].value.ravel()
    assert np.argsort(widths).tolist() == np.argsort(weights).tolist()
    tab.cell("weights", 1, 0).hover()
    state = [lines.nth(i).get_attribute("class") for i in range(9)]
    assert state == ["line off"] * 3 + ["line on"] * 3 + ["line off"] * 3


def test_undo_and_redo(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.type_into("target_words", "triste")
    changed = tab.values("weights")
    tab.page.keyboard.press("Control+z")
    assert tab.values("weights").tolist() != changed.tolist()
    assert max(tab.differences({}).values()) < 1e-9
    tab.page.keyboard.press("Control+y")
    assert tab.values("weights").tolist() == changed.tolist()
    tab.page.get_by_role("button", name="Start again").click()
    assert max(tab.differences({}).values()) < 1e-9


def test_a_finished_stage_folds_away(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    first = tab.page.locator(".stage").first
    first.get_by_role("button", name="Done: next step").click()
    assert first.locator(".fold").get_attribute("aria-expanded") == "false"
    assert first.locator("td").count() == 0
    assert tab.page.evaluate("document.activeElement.textContent").startswith("1")
    first.locator(".fold").click()
    assert first.locator("td").count() > 0


def test_an_array_formula_is_not_broken_by_a_number(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.type_into("scores", "5")
    assert tab.page.locator(".refusal").inner_text() != ""
    assert max(tab.differences({}).values()) < 1e-9


def test_an_error_is_told_in_a_sentence(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.type_into("d_k", "0")
    tab.cell("scaled", 0, 0).click()
    assert tab.cell("scaled", 0, 0).text_content() == "#DIV/0!"
    text = tab.page.locator('[data-part="explain"] .problem').inner_text()
    assert text.startswith("#DIV/0!")
    assert len(text) > 20


@pytest.mark.parametrize("leave", ["Enter", "click"])
def test_a_formula_with_a_slip_stays_in_its_editor(
    opened: Opened, lesson: Book, leave: str
) -> None:
    tab = opened(lesson)
    tab.cell("d_k").click()
    tab.page.keyboard.type("=2*(3+")
    if leave == "Enter":
        tab.page.keyboard.press("Enter")
    else:
        tab.page.locator("h1").click()
    editor = tab.page.locator(".editor[aria-invalid]")
    assert editor.input_value() == "=2*(3+"
    assert editor.evaluate("e => e === document.activeElement")
    slip = tab.page.locator(".slip")
    assert slip.text_content() == tab.page.locator(".refusal").text_content() != ""
    assert editor.get_attribute("aria-describedby") == slip.get_attribute("id")
    assert tab.values("d_k") == 4.0
    tab.page.keyboard.press("End")
    tab.page.keyboard.type("5)")
    assert slip.count() == 0
    tab.page.keyboard.press("Enter")
    assert tab.values("d_k") == 16.0
    assert tab.page.locator(".editor").count() == 0
    assert not tab.page.locator(".refusal").is_visible()


def test_escape_leaves_a_slip_behind(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.type_into("d_k", "=1+*2")
    chosen = "e => e.value.slice(e.selectionStart, e.selectionEnd)"
    assert tab.page.locator(".editor").evaluate(chosen) == "*"
    tab.page.keyboard.press("Escape")
    assert tab.page.locator(".editor").count() == 0
    assert not tab.page.locator(".refusal").is_visible()
    assert tab.page.evaluate("document.activeElement.matches('[data-block=d_k] td')")
    assert max(tab.differences({}).values()) < 1e-9
