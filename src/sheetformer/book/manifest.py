"""The book's own program, carried in the file: so that anybody can check it later.

A very hidden sheet holds the graph as JSON: what each block computes, from which elements, and
where it stands. With it `verify` computes every number again in NumPy from the inputs that stand in
the file now, and compares what a spreadsheet engine makes of the formulas.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np

from sheetformer.book.cells import CellBlock, text_block
from sheetformer.book.names import HIDDEN_SHEET
from sheetformer.book.workbook import Book, Sheet
from sheetformer.graph.node import Graph, Ids
from sheetformer.graph.span import Span
from sheetformer.graph.storable import TOLERANCE

FORMAT = 1
_CHUNK = 30_000
"""Characters a cell; a cell holds 32,767."""
_LONGEST_ORIGIN = 2_500


@dataclass(frozen=True)
class Region:
    """A rectangle of cells and the graph elements that stand there."""

    name: str
    sheet: str
    row: int
    column: int
    elements: Ids
    formula: bool


def places(region: Region) -> list[tuple[int, int]]:
    """The cells of a region, row by row."""
    rows, columns = region.elements.shape
    down = range(region.row, region.row + rows)
    return list(product(down, range(region.column, region.column + columns)))


@dataclass(frozen=True)
class Manifest:
    """What a file says of itself: its graph (with its values still to be read) and its regions."""

    title: str
    formulas: str
    graph: Graph
    regions: tuple[Region, ...]
    carried: Mapping[int, int] = field(default_factory=dict[int, int])
    """Place of an input or parameter → place of the step that is its next value."""
    watched: Sequence[int] = ()
    """The places of single numbers that are worth a look at every step."""
    result: str = ""
    """The name of the block that is the result, where the book says so."""
    changed: tuple[Region, ...] = ()
    """Constants that do not hold what they were written with; only inputs are for changing."""


def manifest_sheet(book: Book) -> Sheet:
    """The very hidden sheet with the book's program."""
    text = json.dumps(_describe(book), separators=(",", ":"), ensure_ascii=False)
    chunks = [text[i : i + _CHUNK] for i in range(0, len(text), _CHUNK)]
    values = np.array(chunks, dtype=object)[:, None]
    first = text_block(0, 0, f"sheetformer {FORMAT}", "plain")
    return Sheet(HIDDEN_SHEET, (first, CellBlock(1, 0, values, "plain")), hidden=True)


def with_origin(book: Book, origin: Mapping[str, Any]) -> Book:
    """The same book, whose program says which lesson it is, made with which options.

    So it can be made again, and compared. What JSON cannot say, or a cell not hold, is left out.
    """
    try:
        start = json.dumps({"origin": origin}, ensure_ascii=False)[:-1] + ","
    except TypeError:
        return book
    if len(start) > _LONGEST_ORIGIN:
        return book
    sheets = [_begun(sheet, start) if sheet.hidden else sheet for sheet in book.sheets]
    return replace(book, sheets=sheets)


def with_result(book: Book, name: str) -> Book:
    """The same book, which says of one of its blocks that it is the result, also in its file."""
    block = book[name].block.name
    start = json.dumps({"result": block}, ensure_ascii=False)[:-1] + ","
    sheets = [_begun(sheet, start) if sheet.hidden else sheet for sheet in book.sheets]
    return replace(book, sheets=sheets, result=block)


def _begun(sheet: Sheet, start: str) -> Sheet:
    """The hidden sheet with a beginning before its JSON."""
    first, program = sheet.cell_blocks
    values = program.values.copy()
    values[0, 0] = start + values[0, 0][1:]
    return replace(sheet, cell_blocks=(first, replace(program, values=values)))


def _describe(book: Book) -> dict[str, Any]:
    graph = book.graph
    names = {block.node.base: name for name, block in book.blocks.items()}
    nodes = [
        [node.op, list(node.shape), [_operand(x) for x in node.operands], dict(node.attributes),
         int(graph.values[i].dtype == object)]
        + ([graph.values[i].item()] if node.base not in names and node.is_source else [])
        for i, node in enumerate(graph)
    ]  # fmt: skip
    regions = [
        [names.get(graph.owner(first).base, "") if _own(cells) else "",
         sheet.name, cells.row, cells.column, _packed(cells), int(cells.has_formula)]
        for sheet in book.sheets
        for cells in sheet.cell_blocks
        if (first := cells.first_element) is not None
    ]  # fmt: skip
    constants = {
        str(i): _fingerprint(graph.values[i])
        for i, node in enumerate(graph)
        if node.is_constant and node.base in names
    }
    header = {"title": book.title, "formulas": book.formulas, "constants": constants}
    return {**header, **_steps(book), "nodes": nodes, "regions": regions}


def _steps(book: Book) -> dict[str, Any]:
    """What goes on step by step, and what is worth a look, by place; nothing in most books."""
    places = {
        name: book.graph.node_index(block.node.base)
        for name, block in (book.blocks.items() if book.carried else ())
    }
    if not book.carried:
        return {}
    pairs = [[places[name], places[after]] for name, after in book.carried.items()]
    return {"carried": pairs, "watched": [places[name] for name in book.watched]}


def _fingerprint(value: Any) -> Any:
    """What a constant is, in few characters: two sums of its numbers, or a hash of its words."""
    if value.dtype == object:
        words = "\0".join(str(word) for word in value.ravel())
        return hashlib.sha256(words.encode()).hexdigest()[:16]
    flat = _summable(value.ravel())
    # The second sum tells an exchange of two cells, which the first does not.
    return [float(flat.sum()), float((flat * np.cos(np.arange(flat.size))).sum())]


def _summable(numbers: Any) -> Any:
    """Numbers whose sum is finite: those at the end of the range are taken in another unit."""
    return numbers * 1e-50 if np.abs(numbers).max() > 1e250 else numbers


def is_as_written(value: Any, fingerprint: Any) -> bool:
    """Whether a value still has its fingerprint; a cell keeps 15 to 17 digits of a number."""
    now = _fingerprint(value)
    if isinstance(now, str) or isinstance(fingerprint, str):
        return now == fingerprint
    room = TOLERANCE * max(1.0, float(np.abs(_summable(value)).sum()))
    return all(abs(a - b) <= room for a, b in zip(now, fingerprint, strict=True))


def _own(cell_block: CellBlock) -> bool:
    """Whether a cell block is a block itself, not labels that repeat its words."""
    return not cell_block.style.startswith("label")


def _operand(operand: Ids | Span) -> Any:
    """An operand as `_pack` writes it."""
    if not isinstance(operand, Span):
        return _pack(operand)
    strides = [step if n > 1 else 0 for step, n in zip(operand.steps, operand.shape, strict=True)]
    return [operand.base, list(operand.shape), strides]


def _packed(cell_block: CellBlock) -> Any:
    """The elements of a cell block as `_pack` writes them."""
    if isinstance(cell_block.elements, range):
        rows, columns = cell_block.values.shape
        strides = [columns if rows > 1 else 0, 1 if columns > 1 else 0]
        return [cell_block.elements.start, [rows, columns], strides]
    assert cell_block.elements is not None
    return _pack(cell_block.elements)


def _pack(ids: Ids) -> Any:
    """Ids as [start, shape, strides] where they step evenly (views nearly always do), or a list.

    >>> _pack(np.arange(6).reshape(2, 3).T)
    [0, [3, 2], [1, 3]]
    >>> _pack(np.array([4, 9, 2]))
    {'ids': [4, 9, 2], 'shape': [3]}
    """
    if ids.size == 1:
        return [int(ids.flat[0]), list(ids.shape), [0] * ids.ndim]
    if (span := Span.found(ids)) is not None:
        return _operand(span)
    return {"ids": ids.ravel().tolist(), "shape": list(ids.shape)}
