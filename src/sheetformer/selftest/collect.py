"""The lines of the self-test: what lessons, maps and small programs write, each shape once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial

import numpy as np

from sheetformer.book.workbook import Book
from sheetformer.frontends.numpy.trace import trace
from sheetformer.lessons import NAMES, lesson
from sheetformer.lessons.heat_maps import attention
from sheetformer.lessons.translator.sheet import translate
from sheetformer.selftest.examples import Example, examples, smallest_of_each_shape
from sheetformer.selftest.programs import programs

STYLES = ("cell", "matrix")
LARGEST = 1_000
"""Cells of the largest line: a check over all weights of a model is no line, its parts are."""

_SHARES = np.array([[[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0.25, 0.5, 0.25]]] * 2)

BOOKS: Mapping[str, Callable[..., Book]] = {
    **{name: partial(lesson, name) for name in NAMES},
    "translator": partial(translate, "the red house"),
    "map": partial(attention, _SHARES, "eu sou feliz"),
}
"""The books that are looked through, by name; each takes `formulas`."""


def collect(books: Collection[str] = tuple(BOOKS)) -> list[Example]:
    """One example of each shape; those with one formula a cell first, then the array formulas.

    Args:
        books: the names of those that are looked through, besides the small programs.
    """
    found = smallest_of_each_shape(_all(books))
    fitting = [example for example in found if example.cells <= LARGEST]
    return sorted(fitting, key=lambda example: example.is_array)


def _all(books: Collection[str]) -> Iterator[Example]:
    for style in STYLES:
        for program in programs():
            book = trace(program.function, *program.arrays, formulas=style)
            yield from examples(book, program.name, empties=program.empties)
        for name in books:
            yield from examples(BOOKS[name](formulas=style), name)
