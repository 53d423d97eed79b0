"""Nothing is lost, in a real Chromium: edits survive reload and Back, and a saved page has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book

from .browser import Tab, later, says, settled

Opened = Callable[..., Tab]


@pytest.fixture(scope="module")
def lesson() -> Book:
    return sf.lesson("cross-attention")


def stored(tab: Tab, text: str) -> None:
    """Wait until the browser's store has this of the page."""
    says(lambda: tab.page.evaluate("Object.values(localStorage).join()"), text)


def test_an_untouched_page_has_a_plain_address(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.cell("weights").click()
    later(tab.page, 400)  # longer than anything waits before it is kept
    assert tab.page.evaluate("location.hash") == ""


def test_edits_and_looks_survive_a_reload(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.type_into("target_words", "triste", row=2)
    tab.type_into("d_k", "=2*8")
    tab.page.get_by_role("button", name="Dark colours").click()
    tab.page.get_by_label("Language of this page").select_option("pt")
    tab.show("sheet")
    tab.kept("triste", "2*8", "dark", "pt", '"sheet"')
    tab.page.reload()
    tab.ready()
    assert tab.values("target_words").ravel().tolist() == ["eu", "sou", "triste"]
    assert tab.values("d_k") == 16.0
    assert tab.page.get_attribute(".sheetformer", "data-theme") == "dark"
    assert tab.page.get_attribute(".sheetformer", "lang") == "pt"
    assert tab.page.locator(".sheetbody").is_visible()
    tab.page.get_by_role("button", name="Recomeçar").click()
    assert max(tab.differences({}).values()) < 1e-9


def test_edits_survive_leaving_and_coming_back(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    tab.type_into("target_words", "triste", row=2)
    tab.kept("triste")
    tab.page.goto("about:blank")
    tab.page.go_back()
    tab.ready()
    assert tab.values("target_words").ravel().tolist() == ["eu", "sou", "triste"]
    tab.problems = [one for one in tab.problems if "#state=" not in one and "about:" not in one]


def test_an_address_of_another_book_is_said_and_changes_nothing(
    opened: Opened, lesson: Book
) -> None:
    tab = opened(lesson)
    address = tab.page.url
    edits = '[["No sheet",1,1,5]]'
    damaged = '[["No sheet"],{"sheet":0},["Attention",-1,1,5],["Attention",1,1,[]]]'
    ends = [f'#state={{"edits":{each}}}' for each in (edits, damaged)]
    for end in (*ends, "#state=%7B", "#state=5", '#state={"edits":5,"view":"x"}', "#elsewhere"):
        tab.page.goto("about:blank")
        tab.page.goto(address + end)
        tab.ready()
        assert max(tab.differences({}).values()) < 1e-9
        assert ("No sheet" in tab.page.locator(".refusal").inner_text()) == ("No sheet" in end)
    tab.problems.clear()


def test_a_saved_page_opens_with_its_edits(opened: Opened, lesson: Book, tmp_path: Path) -> None:
    tab = opened(lesson)
    tab.type_into("target_words", "</script>", row=1)
    tab.type_into("d_k", "=2*8")
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="Save page").click()
    saved = tmp_path / "saved.html"
    download.value.save_as(saved)
    size = saved.stat().st_size
    assert abs(size - (tmp_path / "page0.html").stat().st_size) < 3000
    tab.page.goto(saved.as_uri())
    tab.ready()
    assert tab.values("d_k") == 16.0
    assert tab.values("target_words").ravel().tolist() == ["eu", "</script>", "feliz"]
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="Save page").click()
    download.value.save_as(tmp_path / "again.html")
    assert abs((tmp_path / "again.html").stat().st_size - size) < 50
    tab.page.get_by_role("button", name="Start again").click()
    assert max(tab.differences({}).values()) < 1e-9
    tab.problems = [one for one in tab.problems if not one.startswith("request: ")]


def test_a_closed_page_opens_where_it_was_left(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    address = tab.page.url
    tab.type_into("target_words", "triste", row=2)
    tab.page.get_by_role("button", name="Softmax").first.click()
    number = tab.page.evaluate(
        "[...document.querySelectorAll('.stage')].indexOf(document.activeElement.closest('.stage'))"
    )
    step = tab.page.locator(".stage").nth(number)
    (left,) = settled(step)
    stored(tab, f'"step":{number},')
    tab.page.goto("about:blank")
    tab.page.goto(address)
    tab.ready()
    assert tab.values("target_words").ravel().tolist() == ["eu", "sou", "triste"]
    assert "last time" in tab.page.locator(".refusal").inner_text()
    (found,) = settled(step)
    assert abs(found["y"] - left["y"]) < 60
    tab.page.get_by_role("button", name="Start again").click()
    stored(tab, '"edits":[]')
    tab.page.goto("about:blank")
    tab.page.goto(address)
    tab.ready()
    assert max(tab.differences({}).values()) < 1e-9
    assert not tab.page.locator(".refusal").is_visible()
    tab.problems.clear()


def test_who_leaves_with_edits_that_are_kept_nowhere_is_asked(opened: Opened, lesson: Book) -> None:
    tab = opened(lesson)
    asked: list[str] = []

    def accept(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    tab.page.on("dialog", accept)
    tab.type_into("d_k", "16")
    tab.kept(",16]")
    tab.page.reload()
    tab.ready()
    assert asked == []
    assert tab.values("d_k") == 16.0
    tab.show("sheet")
    tab.page.locator(".namebox").fill("AD3")
    tab.page.locator(".namebox").press("Enter")
    many = "\\n".join(f"a long word {i}" for i in range(300))
    tab.page.evaluate("void (Storage.prototype.setItem = () => { throw new Error('full'); })")
    tab.page.evaluate(f"navigator.clipboard.writeText('{many}')")
    tab.page.locator(".sheetbody").press("Control+v")
    tab.page.reload()
    tab.ready()
    assert asked == ["beforeunload"]
