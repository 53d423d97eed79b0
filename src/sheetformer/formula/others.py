"""The formulas of lookups, tables, words, copies and differences: one function an operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sheetformer.formula.geometry import each_matrix
from sheetformer.formula.tree import Formula, Infix, Number, Range, Ref, Text, call
from sheetformer.graph.node import Ids, Node


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


def _lookup(node: Node, inputs: tuple[Ids, ...]) -> Lowered:
    # Not MATCH: it reads ? and * in the typed word as wildcards.
    text, keys, numbers = inputs
    found = Infix("=", _whole(keys, node), Ref(text))
    return Lowered(cell=call("SUMPRODUCT", Infix("*", found, _whole(numbers, node))))


def _whole(ids: Ids, node: Node) -> Range:
    """The same column for every cell of a node."""
    return Range(np.broadcast_to(ids.reshape(1, -1), (*node.shape, 1, ids.size)))


def _embedding(node: Node, inputs: tuple[Ids, ...]) -> Lowered:
    index, table = inputs
    if table.ndim == 1:
        column = Range(_whole(table, node).ids, searched=True)
        return Lowered(cell=call("INDEX", column, _plus_one(index)))
    # Of a long column its ends say where it is; a single column may be called by its name.
    ends = table if table.shape[1] == 1 or len(table) < 3 else table[[0, -1]]
    columns = np.broadcast_to(ends.T, (*node.shape, len(ends)))
    rows = np.broadcast_to(index[..., None], node.shape)
    return Lowered(cell=call("INDEX", Range(columns[..., None, :], searched=True), _plus_one(rows)))


def _plus_one(index: Ids) -> Formula:
    """Spreadsheets count from 1."""
    return Infix("+", Ref(index), Number(1))


def _join(node: Node, inputs: tuple[Ids, ...]) -> Lowered:
    (words,) = inputs
    separator = node.attributes.get("separator", " ")
    joined: Formula = Ref(words[..., :1])
    for i in range(1, words.shape[-1]):
        word = Ref(words[..., i : i + 1])
        joined = Infix("&", Infix("&", joined, Text(separator)), word)
    return Lowered(cell=call("TRIM", joined) if separator == " " else joined)


def _letter(node: Node, inputs: tuple[Ids, ...]) -> Lowered:
    text, place = (Ref(spread(ids, node.shape)) for ids in inputs)
    return Lowered(cell=call("MID", text, place, Number(1)))


def _copy(_: Node, inputs: tuple[Ids, ...]) -> Lowered:
    return Lowered(cell=Ref(inputs[0]))


def _deviation(_: Node, inputs: tuple[Ids, ...]) -> Lowered:
    pairs = zip(each_matrix(inputs[0]), each_matrix(inputs[1]), strict=True)
    differences = [call("ABS", Infix("-", Range(a), Range(b))) for a, b in pairs]
    return Lowered(arrays=(call("MAX", *differences),))


OTHERS: dict[str, Callable[..., Lowered]] = {
    "lookup": _lookup,
    "embedding": _embedding,
    "join": _join,
    "letter": _letter,
    "copy": _copy,
    "deviation": _deviation,
}
"""What writes each operation that is no elementwise operation, reduction or product."""
