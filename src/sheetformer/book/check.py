"""The Check and Reference sheets: every block beside the numbers it had when it was written."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from typing import Any

import numpy as np

from sheetformer.book.workbook import label_text
from sheetformer.graph.array import Array
from sheetformer.graph.functions import deviation, elementwise, show, source
from sheetformer.graph.node import Graph, Node, Stage

TOLERANCE = 1e-9
SAME = "✓ equal to the reference"
CHANGED = "✗ changed: an input differs from the one written"
ALL_SAME = "✓ every block equals the reference"
SOME_CHANGED = "✗ an input was changed, and the sheet follows it: fine!"


def check(graph: Graph, names: Collection[str] | None = None) -> None:
    """Add both sheets for every computed block of numbers that is shown, or for those named."""
    watched = [node for node in graph if _is_watched(node)]
    if names is not None:
        watched = [node for node in watched if node.name in names]
    graph.stages.append(
        Stage(
            "Reference values",
            "What every block must be for the words and weights that this file was written with, "
            "computed in NumPy with 64-bit numbers. Nothing here is a formula.",
            group="Reference",
        )
    )
    references = [_reference(graph, node) for node in watched]
    graph.stages.append(
        Stage(
            "Does the sheet compute the right numbers?",
            "For every block the largest difference between its live formulas and the reference. "
            "As long as no input is changed it is 0 but for rounding (below 0.000000001), in any "
            "spreadsheet program. After a change it turns red: no mistake, just another sentence.",
            group="Check",
            table={"Equation": 4, "Cells": 1, "Largest difference": 2, "Verdict": 6},
        )
    )
    apart = [
        _row(graph, node, reference) for node, reference in zip(watched, references, strict=True)
    ]
    _overall(graph, apart)


def _is_watched(node: Node) -> bool:
    hidden = node.inline or node.is_source or node.look in ("word", "message")
    return not hidden and bool(node.name)


def _reference(graph: Graph, node: Node) -> Array:
    value = graph.value(node.ids)
    # The reference keeps the words that it was computed for, whatever is typed later.
    labels = [None if axis is None else _told(graph, axis) for axis in node.labels]
    array = source(graph, "constant", value, labels, name=f"ref_{node.name.rstrip('_')}")
    array.node.look = node.look
    return array


def _told(graph: Graph, axis: Any) -> Any:
    return np.array([label_text(graph, item) for item in axis], dtype=object)


def _row(graph: Graph, node: Node, reference: Array) -> Array:
    """One line of the table: equation, cells, largest difference, verdict."""
    shown = node.name.rstrip("_")
    equation = source(graph, "constant", np.array(node.equation or "looked up", dtype=object))
    show(equation, f"check_{shown}_equation", note=shown, look="phrase")
    cells = source(graph, "constant", float(node.size))
    show(cells, f"check_{shown}_cells", look="integer")
    apart = deviation(Array(graph, node.ids, node.labels), reference)
    show(apart, f"check_{shown}", look="tiny")
    verdict = elementwise("where", _small(apart), SAME, CHANGED)
    show(verdict, f"check_{shown}_verdict", look="verdict")
    return apart


def _small(apart: Array) -> Array:
    small = elementwise("less_equal", apart, TOLERANCE)
    small.node.inline = True
    return small


def _overall(graph: Graph, apart: list[Array]) -> None:
    """One verdict on all blocks."""

    def plus(left: Array, right: Array) -> Array:
        both = left + right
        both.node.inline = True
        return both

    words = source(graph, "constant", np.array("all of them", dtype=object))
    show(words, "check_all_equation", note="all blocks together", look="phrase")
    count = source(graph, "constant", float(len(apart)))
    show(count, "check_all_cells", look="integer")
    total = show(reduce(plus, apart[1:], apart[0]) + 0.0, "check_all", look="tiny")
    verdict = elementwise("where", _small(total), ALL_SAME, SOME_CHANGED)
    show(verdict, "check_all_verdict", look="verdict")
