"""One Chromium for all tests of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sheetformer.book.workbook import Book

from .. import browsing
from .browser import Tab

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real Chromium without a window, closed before the next module opens its own."""
    with browsing.chromium() as browser:
        yield browser


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Callable[..., Tab]]:
    """Write a book as a page and open it; afterwards it must have asked for nothing and be well."""
    tabs: list[Tab] = []

    def open_book(book: Book, **options: Any) -> Tab:
        path = book.save(tmp_path / f"page{len(tabs)}.html")
        tabs.append(Tab(chromium, book, path, **options))
        return tabs[-1]

    yield open_book
    for tab in tabs:
        tab.close()
