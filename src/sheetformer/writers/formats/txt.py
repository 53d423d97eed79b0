"""A book as text: the story, the formulas and the numbers."""

from __future__ import annotations

from pathlib import Path

from sheetformer.book.workbook import Block, Book, Patch
from sheetformer.formula.address import area
from sheetformer.writers.target import replacing


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
    patches = _patches(book)
    stages = book.stages
    for number in range(max(len(stages), 1)):
        blocks = [b for b in book.blocks.values() if b.stage == number]
        if stages:
            lines += [f"# {stages[number].title}", stages[number].text, ""]
        for block in blocks:
            lines += [*_block(block, patches), ""]
    return "\n".join(line.rstrip() for line in lines)


def _patches(book: Book) -> dict[tuple[str, int, int], Patch]:
    return {
        (sheet.name, patch.row, patch.column): patch
        for sheet in book.sheets
        for patch in sheet.patches
    }


def _block(block: Block, patches: dict[tuple[str, int, int], Patch]) -> list[str]:
    lines = [f"{block.heading}  [{block.node.op}]"]
    for slab in block.slabs:
        patch = patches[block.sheet, slab.row, slab.column]
        place = area(slab.row, slab.column, block.rows, block.columns)
        lines.append(f"  {block.sheet}!{place}  {formula_text(patch)}".rstrip())
        lines += ["    " + "  ".join(_shown(v) for v in row) for row in patch.values.tolist()]
    return lines


def formula_text(patch: Patch) -> str:
    """One array formula, or the first and the last of the cells' formulas."""
    if patch.array_formula is not None:
        return f"{{={patch.array_formula}}}"
    if not patch.formulas:
        return ""
    first, last = patch.formulas[0], patch.formulas[-1]
    return f"={first}" if len(patch.formulas) == 1 else f"={first}  …  ={last}"


def _shown(value: object) -> str:
    return f"{value:8.4f}" if isinstance(value, float) else f"{value!s:>8}"
