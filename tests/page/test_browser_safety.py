"""What a page must never do: ask for anything, complain, or take a word for markup."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.graph.array import Array
from sheetformer.story.story import Story

from .browser import Tab, later

Opened = Callable[..., Tab]

EVIL = [
    "<img src=x onerror=window.bad=1>",
    "</script><script>window.bad=1</script>",
    "\"'><svg onload=window.bad=1>",
    "=HYPERLINK(1)",
    "{{7*7}} ${7*7} \\u003c &lt;",
]


def evil_book() -> Book:
    """Attention between words that would like to be markup, in every place that shows a word."""
    story = Story(EVIL[0])
    story.stage(f"1   {EVIL[0]}", EVIL[1], EVIL[2], "Story")
    words = np.array([[text] for text in EVIL], dtype=object)
    typed = story.input(words, "words", note=EVIL[1])
    labels = typed.ids[:, 0].astype(object)
    scores = story.input(np.eye(5), "scores", note=EVIL[0], labels=[labels, labels])
    weights: Array = sf.softmax(scores)
    role = "attention weights"
    story.show(weights, "weights", EVIL[2], EVIL[1], role=role, labels=(labels, labels))
    return build(story)


def test_words_are_never_markup(opened: Opened) -> None:
    tab = opened(evil_book())
    for view in tab.page.locator(".viewtabs button").all():
        view.click()
        tab.ready()
        # What must not come has had its time: a picture of no file fails as soon as it is drawn.
        later(tab.page, 100)
        assert tab.page.evaluate("window.bad") is None
        assert tab.page.locator(".sheetformer :is(img, script, iframe)").count() == 0
    tab.show("lesson")
    assert tab.cell("words", 1).text_content() == EVIL[1]
    assert tab.page.locator("h1").inner_text() == EVIL[0]
    tab.cell("weights", 1, 2).click()
    assert EVIL[1] in tab.page.locator('[data-part="attends"]').inner_text()
    tab.type_into("words", "<b>bold</b>")
    assert tab.cell("words", 0).text_content() == "<b>bold</b>"
    assert tab.page.locator(".sheetformer b").count() == 0
    assert tab.page.evaluate("window.bad") is None


def test_pasted_markup_is_text(opened: Opened) -> None:
    tab = opened(evil_book())
    tab.page.evaluate("text => navigator.clipboard.writeText(text)", EVIL[0])
    tab.cell("words", 3).click()
    tab.page.keyboard.press("Control+v")
    assert tab.cell("words", 3).text_content() == EVIL[0]
    assert tab.page.locator(".sheetformer img").count() == 0


def test_a_page_that_asks_for_something_fails_its_test(opened: Opened) -> None:
    """The watch itself: a request and a complaint are seen, and the policy refuses the request."""
    tab = opened(evil_book())
    # Its own complaint is the last.
    with tab.page.expect_console_message(lambda message: message.text == "refused"):
        tab.page.evaluate("fetch('https://example.org/').catch(() => console.error('refused'))")
    assert any("example.org" in problem or "refused" in problem for problem in tab.problems)
    tab.problems.clear()


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_a_walk_through_all_views_is_quiet(opened: Opened, formulas: str) -> None:
    """The fixture fails the test if the page asked for anything or logged an error."""
    tab = opened(sf.lesson("cross-attention", formulas=formulas))
    for view in ("sheet", "map", "network", "lesson"):
        tab.show(view)
    tab.page.get_by_role("button", name="Unfold all").click()
    folded = tab.page.locator('.fold[aria-expanded="false"]')
    while folded.count():
        folded.first.click()
    assert tab.page.locator(".boxgrid").count() == 1
    assert tab.page.locator(".rowtable tr").count() > 20
