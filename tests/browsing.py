"""A real Chromium for tests of pages; a test without one is skipped with a word."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET = ("--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window, for one module: two drivers cannot live at the same time."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip("there is no Chromium here")
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=path, chromium_sandbox=False, args=list(_QUIET)
        )
        yield browser
        browser.close()


def watched(page: Page) -> list[str]:
    """What a page complains of: errors, and what it writes to the console as one."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    return said


def type_into(page: Page, address: str, text: str) -> None:
    """Go to a cell by the name box, and type into the formula bar."""
    page.locator(".namebox").fill(address)
    page.locator(".namebox").press("Enter")
    page.locator(".formulaline").fill(text)
    page.locator(".formulaline").press("Enter")


def copied(page: Page) -> list[list[str]]:
    """The whole sheet that is in front, as a reader copies it."""
    grid = page.locator(".sheetbody")
    grid.focus()
    grid.press("Control+a")
    text: Any = grid.evaluate(
        """grid => {
            const clipboardData = new DataTransfer();
            grid.dispatchEvent(new ClipboardEvent("copy",
                { clipboardData, bubbles: true, cancelable: true }));
            return clipboardData.getData("text/plain");
        }"""
    )
    return list(csv.reader(io.StringIO(str(text), newline=""), dialect="excel-tab"))
