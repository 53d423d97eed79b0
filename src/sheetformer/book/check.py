"""The Check and Reference sheets: every block beside the numbers it had when it was written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.functions import constant, deviation, elementwise, inside, show, source
from sheetformer.graph.node import Graph, Node, Stage, label_text
from sheetformer.graph.ops import Value
from sheetformer.language import Translated, translate, translate_equation

TOLERANCE = 1e-9
LONGEST_SUM = 60
"""Numbers that one formula adds up; more are added in parts."""
FEW = 8
"""Slabs of an input that one formula adds up."""
PARTS = 1_000
"""Lines of the table that are kept for such parts."""
SAME = "✓ equal to the reference"
FOLLOWED = "✗ other: it follows the changed input"
BROKEN = "✗ a formula was changed: sheetformer verify tells"
AS_WRITTEN = "✓ all inputs are as they were written"
SUMMARIES = ("inputs", "all")
"""The lines that stand for no block."""
TYPED = "✗ something else was typed, and the sheet follows"


def check(
    graph: Graph,
    names: Collection[str] | None = None,
    recorded: Mapping[str, Value] | None = None,
) -> None:
    """Add both sheets for every computed block of numbers that is shown, or for those named.

    Args:
        graph: gets the stages and their blocks.
        names: the blocks to watch; all of them otherwise.
        recorded: what somebody else has computed for a block; NumPy's numbers otherwise.
    """
    watched = [node for node in graph if _is_watched(node)]
    if names is not None:
        watched = [node for node in watched if node.name in names or node.op == "lookup"]
    given = [node for node in graph if _is_given(node)]
    known = recorded or {}
    by = "by PyTorch" if known else "in NumPy"
    graph.stages.append(
        Stage(
            "Reference values",
            "What every block must be for the words and weights that this file was written with, "
            f"computed {by} with 64-bit numbers. Nothing here is a formula.",
            group="Reference",
        )
    )
    references = [_reference(graph, node, known.get(node.name)) for node in watched]
    graph.stages.append(
        Stage(
            "Does the sheet compute the right numbers?",
            "For every block the largest difference between its live formulas and the reference. "
            "As long as no input is changed it is 0 but for rounding (below 0.000000001), in any "
            "spreadsheet program. After you type something else it turns red: no mistake, the "
            "sheet follows you. Red although every input is as written means a changed formula.",
            group="Check",
            table={"Equation": 4, "Cells": 1, "Largest difference": 2, "Verdict": 6},
        )
    )
    pairs = list(zip(watched, references, strict=True))
    apart = [deviation(Array(graph, node.ids, node.labels), ref) for node, ref in pairs]
    inputs = _inputs(graph, given, pairs, apart)
    total = inside_sum(apart) + 0.0
    cells = sum(node.size for node in watched)
    _row(graph, _Row(1, "all", translate("all blocks, added up"), cells), total, inputs)
    for i, (node, far) in enumerate(zip(watched, apart, strict=True)):
        row = _Row(
            i + 2, node.name.rstrip("_"), translate_equation(node.equation) or node.op, node.size
        )
        _row(graph, row, far, inputs)


def _is_watched(node: Node) -> bool:
    hidden = node.inline or node.is_source or node.look in ("word", "message")
    return not hidden and bool(node.name)


def _is_given(node: Node) -> bool:
    return node.op in ("input", "parameter") and node.look != "word"


def _reference(graph: Graph, node: Node, recorded: Value | None) -> Array:
    value = graph.value(node.ids) if recorded is None else recorded
    # The reference keeps the words that it was computed for, whatever is typed later.
    labels = [None if axis is None else _told(graph, axis) for axis in node.labels]
    array = source(graph, "constant", value, labels, name=f"ref_{node.name.rstrip('_')}")
    array.node.look = node.look
    return array


def _told(graph: Graph, axis: Any) -> Any:
    return np.array([label_text(graph, item) for item in axis], dtype=object)


def _inputs(
    graph: Graph, given: list[Node], pairs: list[tuple[Node, Array]], apart: list[Array]
) -> Array:
    """How far the inputs are from what was written: their sums, and the numbers of typed words."""
    sums = [_sum_apart(graph, node) for node in given]
    words = [far for (node, _), far in zip(pairs, apart, strict=True) if node.op == "lookup"]
    far = inside_sum(_in_parts(graph, [*sums, *words] or [constant(graph, 0.0)], "inputs")) + 0.0
    cells = sum(node.size for node in given)
    verdict = elementwise("where", _small(far), translate(AS_WRITTEN), translate(TYPED))
    _line(graph, _Row(0, "inputs", translate("sums of what can be typed"), cells), far, verdict)
    return far


def _sum_apart(graph: Graph, node: Node) -> Array:
    slabs = (
        Array(graph, node.ids.reshape(-1, *node.shape[-2:]), (None,) * 3)
        if node.ids.ndim > 2
        else [Array(graph, node.ids, node.labels)]
    )
    # A slab is a rectangle; many of them are copied into one first.
    parts = list(slabs) if len(slabs) <= FEW else [Array(graph, node.ids, node.labels)]
    total = inside_sum([inside(part.sum()) for part in parts])
    return inside(abs(inside(total - float(graph.value(node.ids).sum()))))


def _in_parts(graph: Graph, parts: list[Array], what: str) -> list[Array]:
    """Many numbers as a few sums, each in a line of its own: a formula has a longest length."""
    if len(parts) <= LONGEST_SUM:
        return parts
    sums: list[Array] = []
    for first in range(0, len(parts), LONGEST_SUM):
        some = parts[first : first + LONGEST_SUM]
        number = len(sums) + 1
        place = 2 * number + (what == "blocks")
        row = _Row(
            place, f"{what}_{number}", f"{what} {first + 1} to {first + len(some)}", len(some)
        )
        sums.append(inside_sum(some) + 0.0)
        verdict = elementwise(
            "where",
            _small(sums[-1]),
            AS_WRITTEN if what == "inputs" else SAME,
            TYPED if what == "inputs" else FOLLOWED,
        )
        _line(graph, row, sums[-1], verdict)
    return sums


def inside_sum(parts: list[Array]) -> Array:
    """The sum of single numbers, written out inside one formula."""
    return reduce(lambda left, right: inside(left + right), parts)


@dataclass(frozen=True)
class _Row:
    """What a line of the table says before its numbers, and which line it is."""

    place: int
    name: str
    equation: str
    cells: int


def _row(graph: Graph, row: _Row, apart: Array, inputs: Array) -> None:
    """A line for computed blocks: red says whether an input or a formula is the reason."""
    why = inside(elementwise("where", _small(inputs), translate(BROKEN), translate(FOLLOWED)))
    _line(graph, row, apart, elementwise("where", _small(apart), translate(SAME), why))


def _line(graph: Graph, row: _Row, apart: Array, verdict: Array) -> None:
    """One line of the table: equation, cells, largest difference, verdict."""
    equation = source(graph, "constant", np.array(row.equation, dtype=object))
    told = translate(row.name) if row.name in SUMMARIES else Translated(row.name)
    show(equation, f"check_{row.name}_equation", note=told, look="phrase")
    cells = source(graph, "constant", float(row.cells))
    show(cells, f"check_{row.name}_cells", look="integer")
    show(apart, f"check_{row.name}", look="tiny")
    show(verdict, f"check_{row.name}_verdict", look="verdict")
    for column, array in enumerate((equation, cells, apart, verdict)):
        array.node.rank = 4 * row.place + column


def _small(apart: Array) -> Array:
    return inside(elementwise("less_equal", apart, TOLERANCE))
