"""The books of lessons, each built and written once, for tests that only read them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sheetformer import Book, lessons

from ..workbook_edit import spoil_cached_values

LARGE = ("gpt",)
"""Lessons of a hundred thousand formulas: their long checks are commands (`tests.lessons.gpt`)."""
EACH = [name for name in lessons.LESSONS if name not in LARGE]
"""The lessons that every long check tries."""

lesson = lru_cache(maxsize=None, typed=True)(lessons.lesson)
"""`sheetformer.lessons.lesson`; the same arguments give the same book."""

_SPOILED: dict[int, tuple[Book, bytes]] = {}
"""The id of a book → itself, so that no other gets its id, and its spoiled file."""


def save_spoiled(book: Book, file: Path) -> None:
    """Write a book with a wrong cached value in every formula cell."""
    if id(book) not in _SPOILED:
        spoil_cached_values(book.save(file), file)
        _SPOILED[id(book)] = book, file.read_bytes()
    file.write_bytes(_SPOILED[id(book)][1])
