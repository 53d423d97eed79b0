"""Two runs side by side as a book: a, b and their difference, live from the first difference on.

Both are recorded, as `record` does it. What comes before the first difference stands there as given
numbers; from there on every block of either side is made of formulas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from sheetformer.book.build import build
from sheetformer.book.summary import Summary, refuse_too_large
from sheetformer.book.workbook import HUGE, Book
from sheetformer.errors import SheetformerError
from sheetformer.formula.plan import is_step
from sheetformer.frontends.comparison.points import Point
from sheetformer.frontends.torch.build_book import outputs, tell
from sheetformer.frontends.torch.naming import name_blocks
from sheetformer.frontends.torch.pytorch import begin
from sheetformer.frontends.torch.recorder import recording
from sheetformer.frontends.torch.run import kept_seed, prepare, stopping
from sheetformer.graph.array import Array
from sheetformer.graph.narrow import narrow
from sheetformer.graph.node import Graph, Node
from sheetformer.graph.storable import TOLERANCE
from sheetformer.story.caption import Caption
from sheetformer.story.story import Story

WIDE = 10_000
SIDES = ("a", "b")
Live = tuple[Any, Any]
"""A model and what it is called with, as (args, kwargs)."""
Numbers = Mapping[str, Point]
"""The results of a side that is no live run, by the names of the other side's blocks."""


def comparison_book(
    a: Live | Book, b: Live | Numbers, holds: Any, title: str, *, force: bool
) -> Book:
    """The book of two runs.

    Args:
        a: the first run, or a recorded book.
        b: the second run, or its numbers.
        holds: which modules are written.
        title: the book's heading.
        force: write it however large it is.

    Raises:
        SheetformerError: a model cannot be written as formulas, no block of them is in both, or
            the book would be too large.
    """
    first = _read(a) if isinstance(a, Book) else _recorded(*a, holds)
    other = _recorded(*b, holds) if isinstance(b, tuple) else _given(first, b)
    story = Story(title, order=["Comparison", "Given"])
    _beside(story, first, other)
    if not force:
        refuse_too_large(Summary.of_graph(story.graph, title, "matrix"))
    return build(story, "matrix")


@dataclass
class _Side:
    """A recorded graph, whose nodes have their names."""

    graph: Graph
    notes: dict[int, str]

    @property
    def blocks(self) -> dict[str, Node]:
        """The computed blocks by their names."""
        return {
            node.name: node
            for node in self.graph
            if node.name and not is_step(self.graph, node) and not node.is_source
        }

    def value(self, node: Node) -> Any:
        """The numbers of a node."""
        return self.graph.values[self.graph.node_index(node.base)]


def _recorded(model: Any, given: Any, holds: Any) -> _Side:
    args, kwargs = given
    run = prepare(model, args, kwargs)
    lowering = begin(run, holds, None, freeze_unknown=True)
    with kept_seed(), stopping(lowering.modules), recording(lowering):
        result = run()
    with torch.inference_mode():
        wanted = outputs(lowering, result)
    told = tell(lowering, narrow(lowering.operands.graph, wanted), "")
    name_blocks(told.story, told.origins)
    notes = {node.base: told.story.caption(node).note for node in told.story.graph}
    return _Side(told.story.graph, notes)


def _read(book: Book) -> _Side:
    notes = {block.node.base: block.caption.note for block in book.blocks.values()}
    return _Side(book.graph, notes)


def _given(side: _Side, numbers: Numbers) -> _Side:
    """The other side as numbers only, under the names of this one."""
    graph = Graph()
    for name, node in side.blocks.items():
        point = numbers.get(name)
        if point is not None and point.value.size == node.size:
            graph.source("constant", point.value.reshape(node.shape), name=name)
    return _Side(graph, {})


def _beside(story: Story, a: _Side, b: _Side) -> None:
    """Both graphs in one, cut where they first differ, and a difference for each block of both."""
    theirs = {node.name: node for node in b.graph if node.name}
    both = [name for name in a.blocks if name in theirs]
    if not both:
        raise SheetformerError(
            "no block that is made of formulas is in both, so there is no book; .table has every "
            "block"
        )
    off = [name for name in both if _differ(a.value(a.blocks[name]), b.value(theirs[name]))]
    if not off:
        off = both[-1:]
    begun = {"a": _beginning(a.graph, a.blocks[off[0]]), "b": _beginning(b.graph, theirs[off[0]])}
    shown = both[both.index(off[0]) :]
    names: dict[str, dict[str, Array]] = {}
    given = story.stage(
        "Given", "What both runs read: weights, inputs, and all before the first difference.",
        group="Given", width=WIDE,
    )  # fmt: skip
    for side, run in zip(SIDES, (a, b), strict=True):
        wanted = [run.blocks[n] if n in run.blocks else theirs[n] for n in shown]
        names[side] = _copied(story, run, side, begun[side], wanted, given)
    for name in shown:
        _pair(story, name, names["a"][name], names["b"][name], name in off)


def _beginning(graph: Graph, block: Node) -> int:
    """The place of a block's first step: one inside its formulas, or of its name."""
    stack, places = [block], [graph.node_index(block.base)]
    while stack:
        for ids in stack.pop().inputs:
            node = graph.owner(int(ids.flat[0]))
            step = is_step(graph, node) or node.name.startswith(f"{block.name}_")
            if step and not node.is_source:
                places.append(graph.node_index(node.base))
                stack.append(node)
    return min(places)


def _differ(x: Any, y: Any) -> bool:
    if x.shape != y.shape:
        return True
    near = np.abs(x - y) <= TOLERANCE * np.maximum(1.0, np.abs(x))
    return not bool(np.all(near | ((np.abs(x) > HUGE) & (np.abs(y) > HUGE))))


def _copied(
    story: Story, run: _Side, side: str, begun: int, wanted: Sequence[Node], given: int
) -> dict[str, Array]:
    """What is wanted of a run, in the story's graph; what comes before its beginning is given."""
    source, graph = run.graph, story.graph
    needed = _needed(source, begun, wanted)
    now = np.full(source.size, -1, dtype=np.int64)
    found: dict[str, Array] = {}
    for place, node in enumerate(source.nodes):
        if place not in needed:
            continue
        name = f"{side}_{node.name}" if node.name and not _is_literal(source, node) else ""
        if node.is_source or place < begun:
            op = node.op if node.is_source else "constant"
            made = graph.source(op, source.values[place], None, name)
        else:
            made = graph.add(node.op, [now[ids] for ids in node.inputs], **node.attributes)
        if name:
            made = graph.relabel(made, name)
        now[node.base : node.base + node.size] = made.ids.ravel()
        if node.base in source.roles:
            graph.roles[made.base] = source.roles[node.base]
        if node.base in source.inner:
            graph.inner.add(made.base)
        if name:
            story.captions[made.base] = Caption(note=run.notes.get(node.base, ""))
            story.move(made, stage=given)
            found[node.name] = Array.of(graph, made)
    return found


def _is_literal(graph: Graph, node: Node) -> bool:
    return node.is_source and is_step(graph, node)


def _needed(graph: Graph, begun: int, wanted: Sequence[Node]) -> set[int]:
    """The places of the nodes that some are made of, back to what is given."""
    stack: list[int] = [graph.node_index(node.base) for node in wanted]
    found: set[int] = set()
    while stack:
        place = stack.pop()
        if place in found:
            continue
        found.add(place)
        if place >= begun:
            stack += [one for ids in graph.nodes[place].inputs for one in graph.node_indices(ids)]
    return found


def _pair(story: Story, name: str, a: Array, b: Array, off: bool) -> None:
    """A stage with both sides of a block and what b has more."""
    said = "differs" if off else "the same on both sides"
    stage = story.stage(name.replace("_", " "), said, "b − a", "Comparison", WIDE)
    for array in (a, b):
        story.place(array, stage=stage, line=array is a)
    if a.shape == b.shape:
        story.show(b - a, f"difference_{name}", f"b_{name} − a_{name}", stage=stage)
