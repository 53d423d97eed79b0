"""The Check and Reference sheets: every block beside the numbers it had when it was written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from sheetformer.formula.plan import is_step
from sheetformer.graph.array import Array
from sheetformer.graph.functions import constant, deviation, elementwise
from sheetformer.graph.node import Graph, Node, label_text
from sheetformer.graph.ops import OPS, Value
from sheetformer.graph.storable import LARGEST, TOLERANCE
from sheetformer.language import Translated, translate, translate_equation
from sheetformer.story.story import Story

LONGEST_SUM = 60
"""Numbers that one formula adds up; more are added in parts."""
FEW = 8
"""Matrices of an input that one formula adds up."""
SAME = "✓ equal to the reference"
FOLLOWED = "✗ other: it follows the changed input"
BROKEN = "✗ a formula was changed: sheetformer verify tells"
AS_WRITTEN = "✓ all inputs are as they were written"
SUMMARIES = ("inputs", "all")
"""The lines that stand for no block."""
TYPED = "✗ something else was typed, and the sheet follows"


def check(
    story: Story,
    names: Collection[str] | None = None,
    recorded: Mapping[str, Value] | None = None,
) -> None:
    """Add both sheets for every computed block of numbers that is shown, or for those named.

    Args:
        story: gets the stages and their blocks.
        names: the blocks to watch; all of them otherwise.
        recorded: what somebody else has computed for a block, in the block's shape; NumPy's numbers
            otherwise.
    """
    graph = story.graph
    watched = [node for node in graph if _is_watched(story, node)]
    if names is not None:
        watched = [node for node in watched if node.name in names or OPS[node.op].gives_ids]
    given = [node for node in graph if _is_given(story, node)]
    known = recorded or {}
    _begin_reference(story, "by PyTorch" if known else "in NumPy")
    references = [_reference(story, node, known.get(node.name)) for node in watched]
    masks = {
        node.base: _reference(story, node, None) for node in given if _has_infinity(graph, node)
    }
    _begin_check(story)
    pairs = list(zip(watched, references, strict=True))
    differences = [deviation(Array.of(graph, node), ref) for node, ref in pairs]
    inputs = _inputs(story, given, pairs, differences, masks)
    total = _sum(differences) + 0.0
    cells = sum(node.size for node in watched)
    _row(story, _Row(1, "all", translate("all blocks, added up"), cells), total, inputs)
    for i, (node, difference) in enumerate(zip(watched, differences, strict=True)):
        equation = translate_equation(story.caption(node).equation) or node.op
        row = _Row(i + 2, node.name.rstrip("_"), equation, node.size)
        _row(story, row, difference, inputs)


def _begin_reference(story: Story, by: str) -> None:
    story.stage(
        "Reference values",
        "What every block must be for the words and weights that this file was written with, "
        f"computed {by} with 64-bit numbers. Nothing here is a formula.",
        group="Reference",
    )


def _begin_check(story: Story) -> None:
    story.stage(
        "Does the sheet compute the right numbers?",
        "For every block the largest difference between its live formulas and the reference. "
        "As long as no input is changed it is 0 but for rounding (below 0.000000001), in any "
        "spreadsheet program. After you type something else it turns red: no mistake, the "
        "sheet follows you. Red although every input is as written means a changed formula.",
        group="Check",
        table={"Equation": 4, "Cells": 1, "Largest difference": 2, "Verdict": 6},
    )


def _is_watched(story: Story, node: Node) -> bool:
    if node.is_source or not node.name or is_step(story.graph, node):
        return False
    return story.number_format(node) not in ("word", "message")


def _is_given(story: Story, node: Node) -> bool:
    return OPS[node.op].typed and story.number_format(node) != "word"


def _reference(story: Story, node: Node, recorded: Value | None) -> Array:
    graph = story.graph
    value = graph.value(node.ids) if recorded is None else recorded
    # The reference keeps the words that it was computed for, whatever is typed later.
    labels = [None if axis is None else _texts(graph, axis) for axis in node.labels]
    name, number_format = f"ref_{node.name.rstrip('_')}", story.number_format(node)
    return story.constant(value, name, labels=labels, number_format=number_format)


def _texts(graph: Graph, axis: Any) -> Any:
    return np.array([label_text(graph, item) for item in axis], dtype=object)


def _has_infinity(graph: Graph, node: Node) -> bool:
    """Whether it holds ±1E+30, beside which a sum knows no other number."""
    return bool((np.abs(graph.value(node.ids)) >= LARGEST).any())


def _inputs(
    story: Story,
    given: list[Node],
    pairs: list[tuple[Node, Array]],
    differences: list[Array],
    masks: Mapping[int, Array],
) -> Array:
    """How far the inputs are from what was written: their sums, and the numbers of typed words.

    Those that hide something (by base) are compared number by number with their reference.
    """
    graph = story.graph
    sums = [
        deviation(Array.of(graph, node), masks[node.base])
        if node.base in masks
        else _sum_difference(graph, node)
        for node in given
    ]
    words = [d for (node, _), d in zip(pairs, differences, strict=True) if OPS[node.op].gives_ids]
    parts = _in_parts(story, [*sums, *words] or [constant(story.graph, 0.0)])
    difference = _sum(parts) + 0.0
    cells = sum(node.size for node in given)
    verdict = elementwise("where", _small(difference), translate(AS_WRITTEN), translate(TYPED))
    row = _Row(0, "inputs", translate("sums of what can be typed"), cells)
    _line(story, row, difference, verdict)
    return difference


def _sum_difference(graph: Graph, node: Node) -> Array:
    matrices = (
        Array(graph, node.ids.reshape(-1, *node.shape[-2:]), (None,) * 3)
        if len(node.shape) > 2
        else [Array.of(graph, node)]
    )
    # A matrix is a rectangle; many of them are copied into one first.
    parts = list(matrices) if len(matrices) <= FEW else [Array.of(graph, node)]
    total = _sum([part.sum() for part in parts])
    return abs(total - float(graph.value(node.ids).sum()))


def _in_parts(story: Story, parts: list[Array]) -> list[Array]:
    """Many numbers as a few sums, each in a line of its own: a formula has a longest length."""
    if len(parts) <= LONGEST_SUM:
        return parts
    sums: list[Array] = []
    for first in range(0, len(parts), LONGEST_SUM):
        some = parts[first : first + LONGEST_SUM]
        number = len(sums) + 1
        title = f"inputs {first + 1} to {first + len(some)}"
        row = _Row(2 * number, f"inputs_{number}", title, len(some))
        sums.append(_sum(some) + 0.0)
        verdict = elementwise("where", _small(sums[-1]), AS_WRITTEN, TYPED)
        _line(story, row, sums[-1], verdict)
    return sums


def _sum(parts: list[Array]) -> Array:
    """The sum of single numbers, written out inside one formula."""
    return reduce(lambda left, right: left + right, parts)


@dataclass(frozen=True)
class _Row:
    """What a line of the table says before its numbers, and which line it is."""

    place: int
    name: str
    equation: str
    cells: int


def _row(story: Story, row: _Row, difference: Array, inputs: Array) -> None:
    """A line for computed blocks: red says whether an input or a formula is the reason."""
    why = elementwise("where", _small(inputs), translate(BROKEN), translate(FOLLOWED))
    _line(story, row, difference, elementwise("where", _small(difference), translate(SAME), why))


def _line(story: Story, row: _Row, difference: Array, verdict: Array) -> None:
    """One line of the table: equation, cells, largest difference, verdict."""
    name = f"check_{row.name}"
    note = translate(row.name) if row.name in SUMMARIES else Translated(row.name)
    equation = np.array(row.equation, dtype=object)
    line = (
        story.constant(equation, f"{name}_equation", note=note, number_format="phrase"),
        story.constant(float(row.cells), f"{name}_cells", number_format="integer"),
        story.show(difference, name, number_format="tiny"),
        story.show(verdict, f"{name}_verdict", number_format="verdict"),
    )
    for column, array in enumerate(line):
        story.place(array, order=4 * row.place + column)


def _small(difference: Array) -> Array:
    return elementwise("less_equal", difference, TOLERANCE)
