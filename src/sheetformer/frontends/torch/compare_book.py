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
from sheetformer.formula.inside import is_step
from sheetformer.frontends.comparison.points import Point
from sheetformer.frontends.comparison.table import Comparison
from sheetformer.frontends.torch.build_book import outputs, tell
from sheetformer.frontends.torch.naming import name_blocks
from sheetformer.frontends.torch.pytorch import begin
from sheetformer.frontends.torch.recorder import recording
from sheetformer.frontends.torch.run import kept_seed, prepare, stopping
from sheetformer.graph.array import Array
from sheetformer.graph.narrow import narrow
from sheetformer.graph.node import Graph, Node
from sheetformer.graph.storable import TOLERANCE, apart
from sheetformer.language.catalogue import Translated, current_language
from sheetformer.story.caption import Caption
from sheetformer.story.story import Story

WIDE = 10_000
Live = tuple[Any, Any]
"""A model and what it is called with, as (args, kwargs)."""
Numbers = Mapping[str, Point]
"""The results of a side that is no live run, by the names of the other side's blocks."""


def comparison_book(
    found: Comparison, a: Live | Book, b: Live | Numbers, holds: Any, *, force: bool
) -> Book:
    """The book of two runs, in the language in use.

    Args:
        found: what the comparison says; the book begins at its first difference.
        a: the first run, or a recorded book.
        b: the second run, or its numbers.
        holds: which modules are written.
        force: write it however large it is.

    Raises:
        SheetformerError: a model cannot be written as formulas, no block of them is in both, or
            the book would be too large.
    """
    first = _read(a) if isinstance(a, Book) else _recorded(*a, holds)
    other = _recorded(*b, holds) if isinstance(b, tuple) else _given(first, b)
    title = _said("title", a=found.a, b=found.b)
    story = Story(title, order=[_said("sheet"), _said("given_sheet")])
    _beside(story, first, other, _Rows.of(found, paired=isinstance(b, tuple)))
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
    name_blocks(told.story, told.origins, lowering.modules.spoken)
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


@dataclass(frozen=True)
class _Rows:
    """What the comparison knows of the blocks.

    Attributes:
        pairs: name in a → name in b, in the order of b.
        off: the names in a of what differs by more than rounding.
        begins: the names in a from the first difference on that differ, the first one first.
    """

    pairs: Mapping[str, str]
    off: frozenset[str]
    begins: Sequence[str]

    @staticmethod
    def of(found: Comparison, *, paired: bool) -> _Rows:
        """From a table; numbers that are no run stand under the names of the first."""
        rows = [row for row in found.table if row.name_in_a]
        pairs = {row.name_in_a: row.block if paired else row.name_in_a for row in rows}
        places = [i for i, row in enumerate(rows) if row is found.first]
        later = rows[places[0] :] if places else []
        off = [row.name_in_a for row in rows if row.is_off]
        return _Rows(pairs, frozenset(off), [x.name_in_a for x in later if x.name_in_a in off])


def _beside(story: Story, a: _Side, b: _Side, rows: _Rows) -> None:
    """Both graphs in one, cut where they first differ, and a difference for each block of both."""
    theirs = {node.name: node for node in b.graph if node.name}
    taken = set(rows.pairs.values())
    own = {name: name for name in a.blocks if name not in taken}
    pairs = {name: (own | dict(rows.pairs)).get(name, "") for name in a.blocks}
    both = {name: theirs[other] for name, other in pairs.items() if other in theirs}
    if not both:
        raise SheetformerError(
            "no block that is made of formulas is in both, so there is no book; .table has every "
            "block"
        )
    names = list(both)
    start = _start(a, b, both, rows)
    begun = {"a": _beginning(a.graph, a.blocks[start]), "b": _beginning(b.graph, both[start])}
    shown = names[names.index(start) :]
    made: dict[str, dict[str, Array]] = {}
    given = story.stage(_said("given"), _said("given_text"), group=_said("given_sheet"), width=WIDE)
    for side, run, wanted in (
        ("a", a, [a.blocks[name] for name in shown]), ("b", b, [both[name] for name in shown])
    ):  # fmt: skip
        made[side] = _copied(story, run, side, begun[side], wanted, given)
    for name in shown:
        off = name in rows.off
        _pair(story, name, made["a"][name], made["b"][both[name].name], off)


def _start(a: _Side, b: _Side, both: Mapping[str, Node], rows: _Rows) -> str:
    """The block of both that the book begins with: that of the first difference, or the next."""
    if (first := next((name for name in rows.begins if name in both), None)) is not None:
        return first
    off = (n for n, node in both.items() if _differ(a.value(a.blocks[n]), b.value(node)))
    return next(off, list(both)[-1])


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
    near = apart(x, y) <= TOLERANCE
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
    title = Translated(name.replace("_", " "))
    said = _said("differs" if off else "same")
    stage = story.stage(title, said, "b − a", _said("sheet"), WIDE)
    for array in (a, b):
        story.place(array, stage=stage, line=array is a)
    if a.shape == b.shape:
        equation = f"{b.node.name} − {a.node.name}"
        story.show(b - a, f"difference_{name}", equation, stage=stage)


def _said(key: str, **values: str) -> Translated:
    """A text of the book in the language in use."""
    return Translated(current_language().message(f"comparison.{key}", **values))
