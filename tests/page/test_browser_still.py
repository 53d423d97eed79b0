"""The helper that measures what stands still: on pages that move for a while, or for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from . import browser
from .browser import says, settled

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MOVES = """<style>p { position: absolute; margin: 0; width: 9px; height: 5px }</style><div></div>
<script>
let frames = 0;
const draw = () => {
  const [gone, left] = [GONE, ++frames];
  // A new element each time, as a sheet draws its headings.
  document.querySelector("div").innerHTML = gone ? "" : `<p style="left: ${left}px"></p>`;
  if (left < FRAMES) requestAnimationFrame(draw);
  else setTimeout(() => document.querySelector("p")?.style.setProperty("top", "30px"), 50);
};
draw();
</script>"""


@pytest.fixture
def page(chromium: Browser) -> Page:
    return chromium.new_page()


def moving(page: Page, frames: int, gone: str = "false") -> None:
    page.set_content(MOVES.replace("GONE", gone).replace("FRAMES", str(frames)))


@pytest.mark.parametrize("gone", ["false", "frames < 7"])
def test_it_is_measured_once_it_stands_still(page: Page, gone: str) -> None:
    moving(page, 20, gone)
    (box,) = settled(page.locator("p"))
    assert box == {"x": 20, "y": 30, "width": 9, "height": 5}


@pytest.mark.parametrize(("frames", "gone"), [(10**9, "false"), (3, "true")])
def test_what_never_stands_is_said(
    page: Page, monkeypatch: pytest.MonkeyPatch, frames: int, gone: str
) -> None:
    monkeypatch.setattr(browser, "_PATIENCE", 0.5)
    moving(page, frames, gone)
    with pytest.raises(AssertionError, match="selector='p'"):
        settled(page.locator("p"))


def test_two_are_measured_at_the_same_time(page: Page) -> None:
    moving(page, 20)
    inside, around = settled(page.locator("p"), page.locator("div"))
    assert inside["y"] - around["y"] == 22


def test_what_is_said_later_is_waited_for_and_what_is_not_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = iter(["", "#state=", "#state=16"])
    says(lambda: next(written), "#state=", "16")
    monkeypatch.setattr(browser, "_PATIENCE", 0.1)
    with pytest.raises(AssertionError, match=r"\['17'\] not in #state=16"):
        says(lambda: "#state=16", "#state=", "17")
