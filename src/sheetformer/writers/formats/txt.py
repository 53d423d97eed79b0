"""A book as text: the story, the formulas and the numbers."""

from __future__ import annotations

from pathlib import Path

from sheetformer.book.cells import CellBlock
from sheetformer.book.workbook import Block, Book
from sheetformer.files import replacing
from sheetformer.formula.address import area


def write(book: Book, path: Path) -> None:
    """Write the text of a book to a file.

    Raises:
        FileError: the file cannot be written; nothing half-written is left.
    """
    with replacing(path) as temporary:
        temporary.write_text(book_text(book), encoding="utf-8")


def book_text(book: Book) -> str:
    """The whole book: its stages in order, and each block with place, formula and numbers."""
    lines = [book.title, "=" * len(book.title), ""]
    cell_blocks = _cell_blocks(book)
    stages = book.stages
    for number in range(max(len(stages), 1)):
        blocks = [b for b in book.blocks.values() if b.stage == number]
        if stages:
            lines += [f"# {stages[number].title}", stages[number].text, ""]
        for block in blocks:
            lines += [*_block(block, cell_blocks), ""]
    return "\n".join(line.rstrip() for line in lines)


def _cell_blocks(book: Book) -> dict[tuple[str, int, int], CellBlock]:
    return {
        (sheet.name, cell_block.row, cell_block.column): cell_block
        for sheet in book.sheets
        for cell_block in sheet.cell_blocks
    }


def _block(block: Block, cell_blocks: dict[tuple[str, int, int], CellBlock]) -> list[str]:
    title = f"  {block.heading}" if block.heading != block.code_line else ""
    lines = [f"{block.code_line}  [{block.node.op}]{title}"]
    for matrix in block.matrices:
        cell_block = cell_blocks[block.sheet, matrix.row, matrix.column]
        place = area(matrix.row, matrix.column, block.rows, block.columns)
        lines.append(f"  {block.sheet}!{place}  {formula_text(cell_block)}".rstrip())
        lines += ["    " + "  ".join(_shown(v) for v in row) for row in cell_block.values.tolist()]
    return lines


def formula_text(cell_block: CellBlock) -> str:
    """One array formula, or the first and the last of the cells' formulas."""
    if cell_block.array_formula is not None:
        return f"{{={cell_block.array_formula}}}"
    if not cell_block.formulas:
        return ""
    first, last = cell_block.formulas[0], cell_block.formulas[-1]
    return f"={first}" if len(cell_block.formulas) == 1 else f"={first}  …  ={last}"


def _shown(value: object) -> str:
    return f"{value:8.4f}" if isinstance(value, float) else f"{value!s:>8}"
