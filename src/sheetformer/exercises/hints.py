"""The hint at a blank, in three steps: the idea, the equation, and the cell to start from."""

from __future__ import annotations

from sheetformer.book.workbook import Block, Book, code_line
from sheetformer.exercises.blanks import Blank, read_blocks
from sheetformer.exercises.parts import place_of
from sheetformer.formula.address import area, sheet_prefix
from sheetformer.graph.ops import OPS
from sheetformer.language import Language


def hint(book: Book, blank: Blank, cell: str) -> str:
    """The text of the hint, in the book's language; no formula is said."""
    language, block = Language(book.language), book.blocks[blank.block]
    idea = " ".join(part for part in (block.caption.note, _meaning(language, block)) if part)
    lines = [
        language.message("exercise.idea", text=idea),
        language.message("exercise.equation", text=code_line(block.node, block.caption)),
        language.message("exercise.start", cell=cell, blocks=_read(book, block)),
    ]
    return "\n".join(lines)


def _meaning(language: Language, block: Block) -> str:
    meaning = OPS[block.node.op].meaning
    sentence = language.table("operations").get(block.node.op) or meaning
    return f"{sentence[0].upper()}{sentence[1:].rstrip('.')}."


def _read(book: Book, block: Block) -> str:
    """The blocks that it is made of, each with its place."""
    blocks = {place_of(book, each): each for each in book.blocks.values()}
    found = sorted(read_blocks(book.graph, place_of(book, block), blocks))
    return ", ".join(f"{blocks[place].name} ({_where(blocks[place], block)})" for place in found)


def _where(block: Block, reader: Block) -> str:
    first = block.matrices[0]
    prefix = "" if block.sheet == reader.sheet else sheet_prefix(block.sheet)
    return prefix + area(first.row, first.column, block.rows, block.columns)
