"""What a book can become: writers and views enter themselves; a book knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from sheetformer.book.workbook import Book

Writer = Callable[["Book", "Path"], None]

WRITERS: dict[str, Writer] = {}
"""Suffix, such as ".xlsx" → what writes such a file."""

VIEWS: dict[str, Callable[[Book], Any]] = {}
"""What a notebook shows: "still", a picture as HTML, and "live", a widget."""
