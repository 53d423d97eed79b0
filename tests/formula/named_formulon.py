"""The files of `named_sweep --write`, worked out by formulon, which models Excel 365.

It needs nothing but formulon, in an environment of its own:
python tests/formula/named_formulon.py FOLDER
"""

import json
import sys
from pathlib import Path

from formulon import ValueKind, Workbook

TOLERANCE = 1e-9


def apart(expected, found) -> float:
    """How far a cell is from what it must be, as `sheetformer verify` counts it."""
    if isinstance(expected, str):
        return 0.0 if (getattr(found, "text", "") or "") == expected else float("inf")
    if found.kind != ValueKind.NUMBER:
        return float("inf")
    return abs(found.number - expected) / max(1.0, abs(expected))


def main(folder: Path) -> None:
    """Count the cells of each file, those that are off, and the largest difference."""
    total = off = 0
    largest = 0.0
    for file in sorted(folder.glob("*.xlsx")):
        cells = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        with Workbook.load(file.read_bytes()) as book:
            book.recalc()
            count = book.sheet_count
            sheets = [book.sheet_name(i) for i in range(count() if callable(count) else count)]
            found = [apart(v, book.get_value(sheets.index(s), r, c)) for s, r, c, v in cells]
        wrong = sum(one > TOLERANCE for one in found)
        print(f"{file.stem}: {len(cells):,} cells, {wrong} off, {max(found):.1e}", flush=True)
        total, off, largest = total + len(cells), off + wrong, max(largest, *found)
    print(f"{total:,} cells, {off} off, largest difference {largest:.1e}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
