"""First names that a small model learns to make up: our own list, in an order of chance."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

LETTERS = "abcdefghijklmnopqrstuvwxyz"
"""All that a name is written with."""


@cache
def first_names() -> tuple[str, ...]:
    """2,000 ordinary first names of several languages, in small letters without accents.

    >>> len(first_names()), max(map(len, first_names()))
    (2000, 11)
    """
    text = (files("sheetformer.corpus") / "first_names.txt").read_text(encoding="ascii")
    return tuple(text.split())
