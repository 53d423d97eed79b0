"""Every input of a random graph changed at once, in the graph's terms and in an engine's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.book.workbook import Book
from sheetformer.engines.base import Edits
from sheetformer.graph.ops import Value
from sheetformer.graph.storable import storable
from sheetformer.graph.turned import turned

from .cases import Case


@dataclass(frozen=True)
class Change:
    """Other arrays for the same programs.

    Attributes:
        arrays: what each program gets now.
        edits: what is typed into the cells for that.
        values: of every node of the graph, from then on.
    """

    arrays: Sequence[tuple[Any, ...]]
    edits: Edits
    values: Sequence[Value]


def changed(book: Book, cases: Sequence[Case]) -> Change:
    """Other arrays for the programs of a book.

    Args:
        book: of all programs, its inputs in the order of their arrays.
        cases: the programs.
    """
    arrays = [others(case) for case in cases]
    flat = [array for some in arrays for array in some]
    blocks = sorted(
        (block for block in book.blocks.values() if block.node.op == "input"),
        key=lambda block: block.node.base,
    )
    edits: dict[tuple[str, int, int], float | str] = {}
    changes: dict[int, Value] = {}
    for block, array in zip(blocks, flat, strict=True):
        place = book.graph.node_index(block.node.base)
        before = book.graph.values[place]
        on_side = turned(array) if block.node.base in book.graph.turned else array
        after = storable(on_side).reshape(before.shape)
        changes[place] = after
        for cell, old, new in zip(block.cells, before.flat, after.flat, strict=True):
            if old != new:
                edits[block.sheet, *cell] = new
    return Change(arrays, edits, book.graph.evaluate(changes))


def others(case: Case) -> tuple[Any, ...]:
    """Other arrays for a program, or its own where others lead beyond what a number can be."""
    arrays = tuple(other(array) for array in case.arrays)
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            case.function(*arrays)
    except FloatingPointError:
        return case.arrays
    return arrays


def other(array: Any) -> Any:
    """Other numbers or words of the same kind: truth values, places and ids stay what they are.

    They trade places along the last axis, so that in each row of a mask something stays visible.
    """
    array = np.asarray(array)
    rolled = np.roll(array, 1, axis=-1) if array.ndim else array
    if rolled.dtype != np.float64 or np.equal(rolled, np.round(rolled)).all():
        return rolled
    return rolled * 0.75
