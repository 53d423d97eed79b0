"""The lines of the self-test: what the lessons and the small programs write, each shape once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sheetformer.frontends.numpy.trace import trace
from sheetformer.lessons import NAMES, lesson
from sheetformer.selftest.examples import Example, examples, smallest_of_each_shape
from sheetformer.selftest.programs import programs

STYLES = ("cell", "matrix")
LARGEST = 1_000
"""Cells of the largest line: a check over all weights of a model is no line, its parts are."""


def collect(lessons: Sequence[str] = NAMES) -> list[Example]:
    """One example of each shape; those with one formula a cell first, then the array formulas.

    Args:
        lessons: the names of the lessons that are looked through, besides the small programs.
    """
    found = smallest_of_each_shape(_all(lessons))
    fitting = [example for example in found if example.cells <= LARGEST]
    return sorted(fitting, key=lambda example: example.is_array)


def _all(lessons: Sequence[str]) -> Iterator[Example]:
    for style in STYLES:
        for program in programs():
            book = trace(program.function, *program.arrays, formulas=style)
            yield from examples(book, program.name, empties=program.empties)
        for name in lessons:
            yield from examples(lesson(name, formulas=style), name)
