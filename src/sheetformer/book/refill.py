"""A book with other values of its graph in all of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sheetformer.book.cells import CellBlock
from sheetformer.book.workbook import Book
from sheetformer.graph.node import Graph
from sheetformer.graph.ops import Value


def with_values(book: Book, values: Sequence[Value]) -> Book:
    """The book with the values of its graph, one a node, in all cells."""
    graph = replace(book.graph, values=list(values))
    sheets = [
        replace(
            sheet, cell_blocks=[_refilled(cell_block, graph) for cell_block in sheet.cell_blocks]
        )
        for sheet in book.sheets
    ]
    return replace(book, graph=graph, sheets=sheets)


def _refilled(cell_block: CellBlock, graph: Graph) -> CellBlock:
    ids = cell_block.ids
    if ids is None:
        return cell_block
    return replace(cell_block, values=graph.value(ids).astype(cell_block.values.dtype))
