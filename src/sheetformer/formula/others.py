"""The formulas of lookups, tables, words, copies and differences: one function an operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sheetformer.formula.geometry import Geometry, each_matrix
from sheetformer.formula.tree import Formula, Infix, Number, Range, Ref, Text, call
from sheetformer.graph.node import Graph, Ids, Node
from sheetformer.graph.ops import OPS
from sheetformer.graph.span import Span


@dataclass(frozen=True)
class Lowered:
    """The formulas of one node.

    Attributes:
        cell: one tree for all its cells; leaves have one entry a cell. Or None.
        arrays: one tree a matrix, each an array formula over the matrix; leaves have one entry.
    """

    cell: Formula | None = None
    arrays: tuple[Formula, ...] = ()


def spread(ids: Ids, shape: tuple[int, ...]) -> Ids:
    """Broadcast; a single number fits everywhere, however many axes it has."""
    return np.broadcast_to(ids.reshape(()) if ids.size == 1 else ids, shape)


@dataclass(frozen=True)
class Site:
    """Where a formula is written.

    Attributes:
        graph: what is computed.
        geometry: where its elements lie.
        node: whose formula it is.
        operands: its operands as the formula reads them.
    """

    graph: Graph
    geometry: Geometry
    node: Node
    operands: tuple[Ids | Span, ...]

    @property
    def inputs(self) -> tuple[Ids, ...]:
        """The ids of the operands, also of the large ones."""
        return tuple(np.asarray(operand) for operand in self.operands)


def _lookup(site: Site) -> Lowered:
    # Not MATCH: it reads ? and * in the typed word as wildcards.
    node, (text, keys, numbers) = site.node, site.inputs
    found = Infix("=", _whole(keys, node), Ref(text))
    return Lowered(cell=call("SUMPRODUCT", Infix("*", found, _whole(numbers, node))))


def _whole(ids: Ids, node: Node) -> Range:
    """The same column for every cell of a node."""
    return Range(np.broadcast_to(ids.reshape(1, -1), (*node.shape, 1, ids.size)))


def _embedding(site: Site) -> Lowered:
    node, (given, table) = site.node, site.operands
    index = np.asarray(given)
    if table.ndim == 1:
        line, rows = _whole(np.asarray(table), node).ids, index
    else:
        # Of a long column its ends say where it is; a single column may be called by its name.
        height, width = table.shape
        ends = np.asarray(table if width == 1 or height < 3 else table[:: height - 1])
        line = np.broadcast_to(ends.T, (*node.shape, len(ends)))[..., None, :]
        rows = np.broadcast_to(index[..., None], node.shape)
    # Not every program takes the one number beside a row for a column.
    lies_across = site.geometry.runs(table.T if table.ndim > 1 else table) == "row"
    place = (Number(1), _place(site.graph, rows)) if lies_across else (_place(site.graph, rows),)
    return Lowered(cell=call("INDEX", Range(line, searched=True), *place))


def _place(graph: Graph, index: Ids) -> Formula:
    """The place in a line; spreadsheets count from 1, and for 0 they give another cell of it."""
    place = Infix("+", Ref(index), Number(1))
    if all(_never_below_zero(graph, owner) for owner in graph.node_indices(index)):
        return place
    return call("IF", Infix("<", Ref(index), Number(0)), call("NA"), place)


def _never_below_zero(graph: Graph, place: int) -> bool:
    """Whether a node's numbers are 0 or more, whatever is typed."""
    node = graph.nodes[place]
    if node.op == "copy":
        return all(_never_below_zero(graph, inner) for inner in graph.owners(node.operands[0]))
    # Constants are no inputs, and with a negative one there would be no such graph.
    return OPS[node.op].whole or node.is_constant


def _join(site: Site) -> Lowered:
    node, (words,) = site.node, site.inputs
    separator = node.attributes.get("separator", " ")
    joined: Formula = Ref(words[..., :1])
    for i in range(1, words.shape[-1]):
        word = Ref(words[..., i : i + 1])
        joined = Infix("&", Infix("&", joined, Text(separator)), word)
    return Lowered(cell=call("TRIM", joined) if separator == " " else joined)


def _letter(site: Site) -> Lowered:
    text, place = (Ref(spread(ids, site.node.shape)) for ids in site.inputs)
    return Lowered(cell=call("MID", text, place, Number(1)))


def _copy(site: Site) -> Lowered:
    return Lowered(cell=Ref(site.inputs[0]))


def _deviation(site: Site) -> Lowered:
    pairs = zip(*map(each_matrix, site.inputs), strict=True)
    differences = [call("ABS", Infix("-", Range(a), Range(b))) for a, b in pairs]
    return Lowered(arrays=(call("MAX", *differences),))


def _column_max(site: Site) -> Lowered:
    return Lowered(cell=call("MAX", Range(site.inputs[0][None, :])))


OTHERS: dict[str, Callable[[Site], Lowered]] = {
    "lookup": _lookup,
    "embedding": _embedding,
    "join": _join,
    "letter": _letter,
    "column_max": _column_max,
    "copy": _copy,
    "deviation": _deviation,
}
"""What writes each operation that is no elementwise operation, reduction or product."""
