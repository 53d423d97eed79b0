"""What else in a book comes to the numbers of a blank: it is not shown in an exercise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheetformer.book.workbook import HUGE, Book
from sheetformer.exercises.blanks import Blank
from sheetformer.exercises.parts import after, before, place_of
from sheetformer.graph.ops import Value

_SAME = 8
"""Decimals in which two numbers agree that are the same."""
_SHORT = 2
"""Numbers with so few decimals stand in many places and give nothing away."""


def withheld(book: Book, blanks: Sequence[Blank]) -> set[int]:
    """The places of steps that would give a blank away, and of those that need them.

    These are steps beside the blanks: what a blank is made of must be seen, and what follows from
    it has no number before it is filled in.
    """
    graph = book.graph
    places = {place_of(book, book.blocks[blank.block]) for blank in blanks}
    earlier, later = before(graph, places), after(graph, places)
    known = set[float]().union(*(_numbers(graph.values[place]) for place in earlier))
    secret = set[float]().union(*(_telling(graph.values[place]) for place in places)) - known
    beside = {place_of(book, block) for block in book.blocks.values()} - earlier - later - places
    leaks = {
        place
        for place in beside
        if not graph.nodes[place].is_source and secret & _numbers(graph.values[place])
    }
    return (leaks | after(graph, leaks)) - places


def _numbers(value: Value) -> set[float]:
    if value.dtype == object:
        return set()
    sizes = np.abs(value)
    return set(sizes[sizes < HUGE].round(_SAME).tolist())


def _telling(value: Value) -> set[float]:
    """The numbers of a blank by which it could be known."""
    return {number for number in _numbers(value) if round(number, _SHORT) != number}
