"""What a book can become: writers and views enter themselves; a book knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sheetformer.book.workbook import Book

Writer = Callable[..., None]
"""Takes a book and a path; the one of workbooks also `progress`."""
Progress = Callable[[int, int], object]
"""Told how many cells stand in a file so far, and how many bytes it has."""

WRITERS: dict[str, Writer] = {}
"""Suffix, such as ".xlsx" → what writes such a file."""

VIEWS: dict[str, Callable[[Book], Any]] = {}
"""What a notebook shows: "still", a picture as HTML, and "live", a widget."""
