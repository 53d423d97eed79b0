"""The files of `named_sweep --write`, worked out by formulon, which models Excel 365.

It needs nothing but formulon, in an environment of its own:
python tests/formula/named_formulon.py FOLDER
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

TOLERANCE = 1e-9


def apart(expected: Any, found: Any, number: Any) -> float:
    """How far a cell is from what it must be, as `sheetformer verify` counts it.

    Args:
        expected: a text or a number.
        found: formulon's cell.
        number: the kind of its cells with a number.
    """
    if isinstance(expected, str):
        return 0.0 if (getattr(found, "text", "") or "") == expected else float("inf")
    if found.kind != number:
        return float("inf")
    return abs(found.number - expected) / max(1.0, abs(expected))


def main(folder: Path) -> None:
    """Count the cells of each file, those that are off, and the largest difference."""
    # Not one of the packages that tests run with: who only reads the tests needs none.
    formulon: Any = import_module("formulon")
    number = formulon.ValueKind.NUMBER
    total = off = 0
    largest = 0.0
    for file in sorted(folder.glob("*.xlsx")):
        cells = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        with formulon.Workbook.load(file.read_bytes()) as book:
            book.recalc()
            count = book.sheet_count
            sheets = [book.sheet_name(i) for i in range(count() if callable(count) else count)]
            found = [
                apart(v, book.get_value(sheets.index(s), r, c), number) for s, r, c, v in cells
            ]
        wrong = sum(one > TOLERANCE for one in found)
        print(f"{file.stem}: {len(cells):,} cells, {wrong} off, {max(found):.1e}", flush=True)
        total, off, largest = total + len(cells), off + wrong, max(largest, *found)
    print(f"{total:,} cells, {off} off, largest difference {largest:.1e}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
