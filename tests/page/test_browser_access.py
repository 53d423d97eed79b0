"""For everybody: keyboard alone, screen readers, small screens, dark, print, two languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book

from ..browsing import type_into
from .browser import Tab, settled

Opened = Callable[..., Tab]

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
VIEWS = ("lesson", "sheet", "map", "network")


@pytest.fixture(scope="module")
def lesson() -> Book:
    return sf.lesson("cross-attention")


@pytest.fixture(scope="module")
def translator() -> Book:
    return sf.translate("the red house")


RULES = """{resultTypes: ['violations'], rules: {
    'label-content-name-mismatch': {enabled: true}}}"""


def findings(tab: Tab) -> list[str]:
    """What axe finds, with the elements that it means."""
    tab.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = tab.page.evaluate(f"axe.run(document, {RULES})")
    return [
        f"{finding['id']}: {finding['nodes'][0]['html'][:160]}" for finding in found["violations"]
    ]


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: npm ci --prefix web")
@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(opened: Opened, lesson: Book, view: str, colours: str) -> None:
    tab = opened(lesson, color_scheme=colours)
    tab.show(view)
    if view == "lesson":
        # An error is to be read as well, and what the last edit changed.
        type_into(tab.page, "W_Q_learned", "=1/0")
        tab.cell("weights", 1, 1).click()
    assert findings(tab) == []


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: npm ci --prefix web")
def test_axe_finds_nothing_in_a_translator(opened: Opened, translator: Book) -> None:
    tab = opened(translator)
    tab.show("network")
    assert findings(tab) == []


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: npm ci --prefix web")
def test_axe_would_find_something(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.page.evaluate("document.querySelector('.undo').removeAttribute('aria-label')")
    tab.page.evaluate("document.querySelector('.undo').textContent = ''")
    tab.page.evaluate("document.querySelector('.undo').title = ''")
    assert any("button-name" in finding for finding in findings(tab))


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


def test_a_tap_edits_nothing_covers_its_cell_and_targets_are_large_enough(
    opened: Opened, lesson: Book
) -> None:
    tab = opened(lesson, size=(390, 844), has_touch=True, is_mobile=True)
    tab.cell("source_words").tap()
    editor = tab.page.locator(".editor")
    editor.wait_for()  # the click comes after the touch
    # The box makes room while one types, and the words to pick from are not behind it.
    assert not tab.page.locator(".explain").is_visible()
    tab.page.keyboard.press("Escape")
    for name in ("weights", "blend"):
        tab.cell(name, 1, 1).tap()
        tab.page.locator(f'[data-block="{name}"] td.selected').first.wait_for()
        beside = (tab.page.locator(each) for each in (".explain", ".pinned"))
        cell, told, pinned = settled(tab.cell(name, 1, 1), *beside)
        assert pinned["y"] + pinned["height"] <= cell["y"]
        assert cell["y"] + cell["height"] <= told["y"] + 1
    small = tab.page.evaluate(
        """() => [...document.querySelectorAll("button, select, input")]
            .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
            .map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_a_page_at_twice_its_size_loses_nothing(opened: Opened, lesson: Book) -> None:
    """200 % of 1280 × 720: half as wide and high for the page. Nothing sticks over the text."""
    tab = opened(lesson, size=(640, 360), device_scale_factor=2)
    assert tab.page.evaluate("document.scrollingElement.scrollWidth") <= 640
    tab.cell("weights", 1, 1).click()
    (box,) = settled(tab.cell("weights", 1, 1))
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert tab.page.evaluate("([x, y]) => document.elementFromPoint(x, y).matches('td')", middle)


def test_reduced_motion_and_forced_colours(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson, reduced_motion="reduce", forced_colors="active")
    tab.type_into("target_words", "triste", row=2)
    tab.page.locator(".flash").first.wait_for(state="attached")
    moving = "document.getAnimations().filter((one) => one.playState === 'running').length"
    assert tab.page.evaluate(moving) == 0
    outline = "e => getComputedStyle(e).outlineStyle"
    assert tab.page.locator("td.selected").first.evaluate(outline) == "solid"
    assert tab.page.locator(".viewtabs [aria-selected=true]").evaluate(outline) == "solid"
    if AXE.exists():
        assert findings(tab) == []


def test_print_leaves_out_what_cannot_be_pressed(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.page.emulate_media(media="print")
    for part in (".viewtabs", ".tools", ".sidebar", ".bar"):
        assert not tab.page.locator(part).is_visible()
    assert tab.page.locator(".stage").first.is_visible()
    tab.page.emulate_media(media="screen")
    tab.page.get_by_role("button", name="Fold all", exact=True).click()
    # A step a page, also of steps that are folded away on the screen.
    pages = len(re.findall(rb"/Type\s*/Page\b", tab.page.pdf()))
    assert pages >= tab.page.locator(".story .stage").count()


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
    tab.ready()
    assert tab.page.evaluate("document.activeElement.value") == "pt"
    assert tab.page.title() == sf.lesson("cross-attention", lang="pt").title
    assert tab.page.get_by_role("tab", name="Planilha").is_visible()
    assert tab.page.get_by_role("heading", name="Duas frases viram matrizes").is_visible()
    assert tab.cell("target_words", 2).text_content() == "triste"
    tab.show("sheet")
    assert tab.page.locator(".sheettab").all_inner_texts()[:2] == ["A ideia", "Atenção"]
    assert tab.page.locator(".sheetbody").get_by_text("Duas frases viram matrizes").is_visible()
    tab.page.get_by_label("Língua desta página").select_option("en")
    tab.ready()
    assert tab.page.get_by_role("tab", name="Step by step").is_visible()
    assert tab.page.locator(".sheettab").first.inner_text() == "The idea"


def test_a_number_with_a_decimal_comma(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.page.get_by_label("Language of this page").select_option("pt")
    type_into(tab.page, "W_Q_learned", "0,25")
    assert tab.values("W_Q_learned")[0, 0] == 0.25


def test_the_tabs_of_sheets_and_long_texts_have_room(opened: Opened) -> None:
    tab = opened(sf.lesson("tokens"), size=(390, 844))
    # Nonsense in the text of the lesson is no error anywhere.
    for text in ("", "x", "?!… ñandú 😀 =1+1", "a" * 200):
        tab.type_into("text", f"'{text}")
        assert tab.page.locator(".sheetformer td.error").count() == 0
    tab.type_into("text", "happy happier happily undo unlock")
    tab.show("sheet")
    tabs, told = settled(tab.page.locator(".sheettabs"), tab.page.locator(".explain"))
    assert tabs["y"] + tabs["height"] <= told["y"] + 1
    cell = tab.page.locator(".cell", has_text="happy happier")
    assert cell.evaluate("e => getComputedStyle(e).overflow") == "visible"
    assert cell.evaluate("e => e.scrollWidth > e.clientWidth")
