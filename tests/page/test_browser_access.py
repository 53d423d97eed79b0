"""For everybody: keyboard alone, screen readers, small screens, dark, print, two languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book

from ..browsing import type_into
from .browser import Tab

Opened = Callable[..., Tab]

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
VIEWS = ("lesson", "sheet", "map", "network")


@pytest.fixture(scope="module")
def lesson() -> Book:
    return sf.lesson("cross-attention")


@pytest.fixture(scope="module")
def translator() -> Book:
    return sf.translate("the red house")


def serious(tab: Tab) -> list[str]:
    """What axe finds serious or worse, with the elements that it means."""
    tab.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = tab.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{finding['id']}: {finding['nodes'][0]['html'][:160]}"
        for finding in found["violations"]
        if finding["impact"] in ("serious", "critical")
    ]


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: npm ci --prefix web")
@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_serious(opened: Opened, lesson: Book, view: str, colours: str) -> None:
    tab = opened(lesson, color_scheme=colours)
    tab.show(view)
    if view == "lesson":
        tab.cell("weights", 1, 1).click()
    assert serious(tab) == []


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: npm ci --prefix web")
def test_axe_finds_nothing_serious_in_a_translator(opened: Opened, translator: Book) -> None:
    tab = opened(translator)
    tab.show("network")
    assert serious(tab) == []


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: npm ci --prefix web")
def test_axe_would_find_something(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.page.evaluate("document.querySelector('.undo').removeAttribute('aria-label')")
    tab.page.evaluate("document.querySelector('.undo').textContent = ''")
    tab.page.evaluate("document.querySelector('.undo').title = ''")
    assert any("button-name" in finding for finding in serious(tab))


def test_the_keyboard_alone_is_enough(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    keys = tab.page.keyboard
    focused = "document.activeElement"
    keys.press("Tab")
    assert tab.page.evaluate(f"{focused}.textContent") == "Skip to the lesson"
    keys.press("Enter")
    for _ in range(40):
        keys.press("Tab")
        if tab.page.evaluate(f"{focused}.matches('[data-block=target_words] td')"):
            break
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    label = tab.page.evaluate(f"{focused}.getAttribute('aria-label')")
    assert label == "target_words · 3: feliz"
    keys.type("triste")
    keys.press("Enter")
    assert tab.values("target_words").ravel().tolist() == ["eu", "sou", "triste"]
    assert tab.page.evaluate(f"{focused}.matches('[data-block=target_words] td')")
    keys.press("F2")
    assert tab.page.evaluate(f"{focused}.getAttribute('role')") == "combobox"
    keys.press("Escape")
    assert tab.page.evaluate(f"{focused}.matches('[data-block=target_words] td')")


def test_views_change_by_arrow_keys(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.page.focus('[data-view="lesson"][role="tab"]')
    tab.page.keyboard.press("ArrowRight")
    assert tab.page.evaluate("document.activeElement.textContent") == "Sheet"
    assert tab.page.locator(".sheetbody").is_visible()


@pytest.mark.parametrize("width", [390, 768])
@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_wider_than_the_window(
    opened: Opened, lesson: Book, view: str, width: int
) -> None:
    tab = opened(lesson, size=(width, 844))
    tab.show(view)
    wide = tab.page.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= width


def test_the_colours_follow_the_system_and_the_button(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson, color_scheme="dark")
    ground = "getComputedStyle(document.querySelector('.sheetformer')).backgroundColor"
    dark = tab.page.evaluate(ground)
    tab.page.get_by_role("button", name="Light colours").click()
    light = tab.page.evaluate(ground)
    assert dark != light
    tab.page.get_by_role("button", name="Dark colours").click()
    assert tab.page.evaluate(ground) == dark


def test_the_main_part_is_a_landmark_and_sheets_change_by_arrow_keys(
    opened: Opened, lesson: Book
) -> None:
    tab = opened(lesson)
    assert tab.page.get_by_role("main").get_by_role("tabpanel").count() == 1
    tab.type_into("d_k", "16")
    undo = tab.page.get_by_role("button", name="Undo")
    undo.focus()
    tab.page.keyboard.press("Enter")
    assert tab.page.evaluate("document.activeElement.ariaLabel") == "Redo"
    tab.show("sheet")
    shown = tab.page.locator(".sheettabs [aria-selected=true]")
    first = shown.inner_text()
    shown.focus()
    tab.page.keyboard.press("ArrowRight")
    assert shown.inner_text() != first
    assert shown.evaluate("e => e === document.activeElement")


def test_a_tap_edits_and_targets_are_large_enough(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson, size=(390, 844), has_touch=True, is_mobile=True)
    tab.cell("source_words").tap()
    assert tab.page.locator(".editor").is_visible()
    tab.page.keyboard.press("Escape")
    box = tab.page.get_by_role("button", name="Undo").bounding_box()
    assert box["height"] >= 44


def test_print_leaves_out_what_cannot_be_pressed(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.page.emulate_media(media="print")
    for part in (".viewtabs", ".tools", ".sidebar", ".bar"):
        assert not tab.page.locator(part).is_visible()
    assert tab.page.locator(".stage").first.is_visible()


def test_a_portuguese_book_has_a_portuguese_page(opened: Opened) -> None:
    tab = opened(sf.lesson("cross-attention", lang="pt"))
    assert tab.page.locator(".viewtabs button").all_inner_texts() == [
        "Passo a passo",
        "Planilha",
        "Mapa de palavras",
        "Rede",
    ]
    assert tab.page.get_attribute(".sheetformer", "lang") == "pt"
    tab.cell("weights", 0, 0).click()
    assert "da sua atenção a" in tab.page.locator('[data-part="attends"]').inner_text()


def test_the_language_of_all_texts_can_be_changed(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.type_into("target_words", "triste", row=2)
    languages = tab.page.get_by_label("Language of this page")
    assert languages.locator("option").all_inner_texts()[0] == "English"
    languages.select_option(label="Português")
    assert tab.page.evaluate("document.activeElement.value") == "pt"
    assert tab.page.title() == sf.lesson("cross-attention", lang="pt").title
    assert tab.page.get_by_role("tab", name="Planilha").is_visible()
    assert tab.page.get_by_role("heading", name="Duas frases viram matrizes").is_visible()
    assert tab.cell("target_words", 2).text_content() == "triste"
    tab.show("sheet")
    assert tab.page.locator(".sheettab").all_inner_texts()[:2] == ["A ideia", "Atenção"]
    assert tab.page.locator(".sheetbody").get_by_text("Duas frases viram matrizes").is_visible()
    tab.page.get_by_label("Língua desta página").select_option("en")
    assert tab.page.get_by_role("tab", name="Step by step").is_visible()
    assert tab.page.locator(".sheettab").first.inner_text() == "The idea"


def test_a_number_with_a_decimal_comma(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.page.get_by_label("Language of this page").select_option("pt")
    type_into(tab.page, "W_Q_learned", "0,25")
    assert tab.values("W_Q_learned")[0, 0] == 0.25
