"""The widget's program in a real browser, with a small stand-in for the notebook's side."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.formula.address import a1

from ..browsing import chromium, copied, type_into, watched
from .browser import later, settled

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from sheetformer.notebook import BookWidget

HOST = """
async ([program, state]) => {
    const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
    const widget = (await import(url)).default;
    const listeners = {};
    const changed = {};
    const emit = (event) => { for (const each of listeners[event] ?? []) each(); };
    window.sent = [];
    window.shared = {
        get: (name) => state[name],
        set: (name, value) => { state[name] = changed[name] = value; emit(`change:${name}`); },
        save_changes: () => {
            window.sent.push(structuredClone(changed));
            for (const name of Object.keys(changed)) delete changed[name];
        },
        on: (event, listener) => (listeners[event] ??= new Set()).add(listener),
        off: (event, listener) => listeners[event]?.delete(listener),
    };
    // What Python sends: set without telling Python again.
    window.fromPython = (name, value) => { state[name] = value; emit(`change:${name}`); };
    window.listening = () => Object.values(listeners).reduce((n, set) => n + set.size, 0);
    window.show = () => {
        const el = document.createElement("div");
        document.body.append(el);
        return { el, end: widget.render({ model: window.shared, el }) };
    };
    window.first = window.show();
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def widget() -> BookWidget:
    return sf.lesson("cross-attention").widget()


@pytest.fixture
def page(browser: Browser, widget: BookWidget) -> Iterator[Page]:
    """A page that shows the widget as a notebook would."""
    shown = browser.new_page()
    problems = watched(shown)
    shown.goto("about:blank")
    shown.add_style_tag(content=str(widget._css))
    state = {name: widget.get_state()[name] for name in ("payload", "edits", "problem")}
    shown.evaluate(HOST, [str(widget._esm), state])
    shown.wait_for_selector(".sheetformer .namebox")
    yield shown
    assert not problems, problems
    shown.close()


def sent(page: Page, count: int = 1) -> list[Any]:
    """The edits in the last of so many messages to Python."""
    page.wait_for_function(f"window.sent.length >= {count}")
    found = json.loads(page.evaluate("JSON.stringify(window.sent)"))
    assert len(found) == count, found
    assert list(found[-1]) == ["edits"]
    return found[-1]["edits"]


def texts(page: Page, view: str) -> list[str]:
    """What stands in the cells of a view, once it is in sight."""
    page.evaluate(f"window.{view}.el.scrollIntoView()")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    cells = f"[...window.{view}.el.querySelectorAll('[data-cell]')].map((one) => one.textContent)"
    return page.evaluate(cells)


def where(widget: BookWidget, name: str, row: int = 0, column: int = 0) -> str:
    block = widget._written[name].block
    matrix = block.matrices[0]
    return f"{block.sheet}!{a1(matrix.row + row, matrix.column + column)}"


def test_an_edit_reaches_python(page: Page, widget: BookWidget) -> None:
    before = widget["weights"].value.copy()
    type_into(page, where(widget, "source_words", 2), "tired")
    widget.set_state({"edits": sent(page)})
    by_hand = sf.lesson("cross-attention", source="I am tired")
    np.testing.assert_allclose(widget["weights"].value, by_hand["weights"].value, atol=1e-12)
    type_into(page, where(widget, "W_Q_learned", 1, 1), "0.25")
    type_into(page, where(widget, "W_K_learned"), "=SUM(1,2)/4")
    page.wait_for_function("JSON.stringify(window.sent.at(-1)).includes('SUM')")
    edits = page.evaluate("window.sent.at(-1).edits")
    widget.set_state({"edits": edits})
    assert widget.problem == ""
    assert widget["W_Q_learned"].value[1, 1] == 0.25
    assert widget["W_K_learned"].value[0, 0] == 0.75
    assert not np.allclose(widget["weights"].value, before)
    # And what stands on the page is what NumPy says.
    page.locator("#tab-sheet").click()
    block = widget["weights"].block
    page.locator(".sheettab", has_text=block.sheet).click()
    rows = copied(page)
    shown = [float(rows[row][column]) for row, column in block.cells]
    np.testing.assert_allclose(shown, widget["weights"].value.ravel(), atol=1e-9)


def test_undo_reaches_python_too(page: Page, widget: BookWidget) -> None:
    type_into(page, where(widget, "W_Q_learned"), "2")
    assert len(sent(page)) == 1
    page.get_by_role("button", name="Undo").first.click()
    assert sent(page, 2) == []


def test_edits_of_python_and_of_another_view_show(page: Page, widget: BookWidget) -> None:
    page.evaluate("window.second = window.show()")
    page.wait_for_function("document.querySelectorAll('.namebox').length === 2")
    block = widget["source_words"].block
    place = [block.sheet, block.matrices[0].row + 2, block.matrices[0].column]
    page.evaluate("edits => window.fromPython('edits', edits)", [[*place, "tired"]])
    for view in ("first", "second"):
        assert "tired" in texts(page, view)
    later(page, 200)  # Python is told of edits a little later
    assert page.evaluate("window.sent") == [], "Python knows its own edits"
    page.evaluate("window.fromPython('edits', [])")
    for view in ("first", "second"):
        assert "tired" not in texts(page, view)


def test_a_problem_of_python_is_said(page: Page) -> None:
    page.evaluate("window.fromPython('problem', 'cell C10 holds <b>no</b> number')")
    assert page.locator("p[role=alert]").first.inner_text() == "cell C10 holds <b>no</b> number"


def test_a_closed_view_leaves_nothing(page: Page) -> None:
    page.evaluate("window.first.end()")
    assert page.evaluate("window.listening()") == 0
    assert page.evaluate("document.querySelectorAll('.sheetformer').length") == 0


def test_letters_are_not_commands_of_the_notebook(page: Page) -> None:
    page.evaluate("window.keys = []; addEventListener('keydown', (e) => window.keys.push(e.key))")
    page.locator(".namebox").press("d")
    assert page.evaluate("window.keys") == []
    assert page.locator("[data-lm-suppress-shortcuts=true]").count() == 1


def test_a_widget_has_its_own_height_and_scrolling_and_no_id_twice(page: Page) -> None:
    page.evaluate("window.second = window.show()")
    page.locator(".sheetformer .namebox").nth(1).wait_for()
    frame = page.locator(".sheetformer-frame").first
    assert frame.evaluate("e => e.clientHeight") < 700
    frame.evaluate("e => e.scrollTo(0, 2000)")
    assert page.evaluate("scrollY") == 0
    box, around = settled(frame.locator(".explain"), frame)
    assert around["y"] <= box["y"] < around["y"] + around["height"] - 100
    twice = page.evaluate(
        "[...document.querySelectorAll('[id]')].map(e => e.id)"
        ".filter((id, i, all) => all.indexOf(id) !== i)"
    )
    assert twice == []


def test_the_living_book_takes_the_place_of_its_picture(page: Page) -> None:
    page.evaluate(
        """() => {
            const picture = document.createElement("p");
            picture.dataset.sheetformerStill = "m1";
            document.body.prepend(picture);
            window.fromPython("still", "m1");
            window.second = window.show();
        }"""
    )
    picture = page.locator("[data-sheetformer-still]")
    assert not picture.is_visible()
    page.evaluate("window.second.end()")
    assert picture.evaluate("e => e.hidden") is False
