"""Everything that docs/benchmarks.md and docs/scaling.md tell, measured in one run.

    python benchmarks/all.py [--runs 3] [--large] [--write]

Without --write it only prints. --large records GPT-2 small as well: minutes and gigabytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import bulk
import scaling
import targets
from blocks import write_block

DOCS = Path(__file__).parents[1] / "docs"


def rows_of_bulk(found: dict[str, dict[str, list[float]]]) -> list[targets.Row]:
    """The targets that are ratios to other writers."""
    numbers, formulas = found["1,000,000 numbers"], found["100,000 formulas with values"]
    ours, peer = numbers["Sheetformer, save"][0], numbers["XlsxWriter"][0]
    packed = numbers["zlib alone, level 6, the same XML"][0]
    others = {name: row[0] for name, row in numbers.items() if not name.startswith(("Sh", "zlib"))}
    quickest = min(others, key=lambda name: others[name])
    ready, lowered = (row[0] for row in formulas.values())
    return [
        targets.Row(
            "1M floats, save only", "≥ 10 × XlsxWriter", f"{peer / ours:.1f} ×", peer / ours >= 10
        ),
        targets.Row(
            "1M floats, beside deflate alone at level 6", "≤ 1.5 ×",
            f"{ours / packed:.2f} ×", ours / packed <= 1.5,
        ),
        targets.Row(
            "1M floats, beside the quickest peer", "ahead",
            f"{others[quickest] / ours:.1f} × {quickest}", ours < others[quickest],
        ),
        targets.Row(
            "100k formulas with values, lowering included", "≥ 12 × XlsxWriter, ready strings",
            f"{ready / lowered:.1f} ×", ready / lowered >= 12,
        ),
    ]  # fmt: skip


def main() -> None:
    """Measure all of it, print it, and write it if asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="runs of each process (default 3)")
    parser.add_argument("--large", action="store_true", help="GPT-2 small, too")
    parser.add_argument("--write", action="store_true", help="write it into the pages")
    options = parser.parse_args()
    runs = max(1, options.runs)
    found = {title: bulk.measured(jobs, runs) for title, jobs in bulk.JOBS.items()}
    rows, below = targets.measured(runs, large=options.large)
    blocks = {
        (DOCS / "benchmarks.md", targets.NAME): targets.table(rows_of_bulk(found) + rows, below),
        (DOCS / "benchmarks.md", bulk.NAME): bulk.text(found),
        (DOCS / "scaling.md", scaling.NAME): scaling.measured(runs),
    }
    for (page, name), text in blocks.items():
        print(text, end="\n\n")
        if options.write:
            write_block(page, name, text)


if __name__ == "__main__":
    main()
