"""Program sheets with something wrong in them: python -m tests.attack.program [--seconds 300]."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import numpy as np

from sheetformer.book.manifest import FORMAT, manifest_sheet
from sheetformer.book.manifest_reader import read_manifest
from sheetformer.book.names import HIDDEN_SHEET as SHEET
from sheetformer.book.workbook import Book
from sheetformer.lessons import NAMES, lesson

from .report import TABLE, Findings, options, section, seeds
from .tamper import tampered

Cells = dict[str, dict[tuple[int, int], Any]]


def standing(book: Book) -> Cells:
    """The numbers and words of a book as its file holds them."""
    cells: Cells = {}
    for sheet in (*book.sheets, manifest_sheet(book)):
        here = cells.setdefault(sheet.name, {})
        for block in sheet.cell_blocks:
            for (row, column), value in np.ndenumerate(block.values):
                here[block.row + row, block.column + column] = value
    return cells


def document(cells: Cells) -> Any:
    """What the program sheet of a file says."""
    hidden = cells[SHEET]
    return json.loads("".join(str(hidden[row, 0]) for row in range(1, len(hidden))))


def read(document: Any, cells: Cells) -> None:
    """Read a file whose program sheet says this."""
    read_manifest(saying(document, cells), "book.xlsx")


def saying(document: Any, cells: Cells) -> Cells:
    """The cells of a file whose program sheet says this."""
    return {**cells, SHEET: {(0, 0): f"sheetformer {FORMAT}", (1, 0): json.dumps(document)}}


def main() -> None:
    """Read such sheets of all lessons."""
    wanted = options(__doc__)
    books = [standing(lesson(name)) for name in NAMES]
    known = [(cells, document(cells)) for cells in books]
    found = Findings()
    for seed in seeds(wanted.seconds):
        rng = Random(seed)
        cells, said = rng.choice(known)
        changed = tampered(said, rng)
        found.attempt(lambda c=cells, d=changed: read(d, c), f"seed {seed}")
    with section("program", "Tampered program sheets", wanted) as lines:
        lines += [*TABLE, found.row("program sheets of all lessons")]


if __name__ == "__main__":
    main()
