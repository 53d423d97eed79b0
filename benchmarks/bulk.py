"""Large workbooks: a million numbers and a hundred thousand formulas, beside other writers.

Each writer runs in a process of its own and is timed from the data in memory to the closed file.
Writers that are not installed are left out; `pip install openpyxl pyexcelerate fastxlsx
rustpy-xlsxwriter` gets them. Prints processor seconds, memory and size, with their ratios to
XlsxWriter's; asserts nothing about time.

    python benchmarks/bulk.py [--runs 3] [--write docs/benchmarks.md]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from blocks import write_block
from lesson import ENVIRONMENT

NUMBERS = """
import numpy as np
values = np.random.default_rng(0).standard_normal((1000, 1000))
"""
FORMULAS = """
import numpy as np
x, w = (np.random.default_rng(0).standard_normal(s) for s in ((250, 40), (40, 400)))
"""
WORDS = """
words = [[f"word {i} of row {j}" for i in range(200)] for j in range(1000)]
"""
BOOK = "import sheetformer as sf\n"
READY = (
    FORMULAS
    + BOOK
    + """
book = sf.trace(lambda x, w: x @ w, x, w, formulas="cell")
block = next(c for s in book.sheets for c in s.cell_blocks if len(c.formulas or ()) == 100_000)
formulas, values = block.formulas, block.values.ravel().tolist()
"""
)
"""The formulas as ready strings, whose making counts for nobody but us."""

NAME = "bulk"

TIMED = """
import json, resource, sys, time
sheets_path = sys.argv[1]
{prepare}
began, clock = time.process_time(), time.perf_counter()
{work}
taken = time.process_time() - began, time.perf_counter() - clock
print(json.dumps([*taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000]))
"""

PLAIN = "import xlsxwriter\n"
JOBS = {
    "1,000,000 numbers": {
        "XlsxWriter": (
            NUMBERS + PLAIN,
            """
book = xlsxwriter.Workbook(sheets_path)
sheet = book.add_worksheet()
for row, line in enumerate(values.tolist()):
    sheet.write_row(row, 0, line)
book.close()
""",
        ),
        "Sheetformer, save": (
            NUMBERS
            + BOOK
            + "import sheetformer.writers.formats.xlsx\n"
            + "book = sf.trace(lambda x: x[0, 0] + 0.0, values)",
            "book.save(sheets_path)",
        ),
        "openpyxl, write only": (
            NUMBERS + "import openpyxl",
            """
book = openpyxl.Workbook(write_only=True)
sheet = book.create_sheet()
for line in values.tolist():
    sheet.append(line)
book.save(sheets_path)
""",
        ),
        "PyExcelerate": (
            NUMBERS + "import pyexcelerate",
            """
book = pyexcelerate.Workbook()
book.new_sheet("S", data=values.tolist())
book.save(sheets_path)
""",
        ),
        "fastxlsx (Rust)": (
            NUMBERS + "import fastxlsx",
            """
book = fastxlsx.WriteOnlyWorkbook()
book.create_sheet("S").write_matrix((0, 0), values.tolist())
book.save(sheets_path)
""",
        ),
        "rustpy-xlsxwriter (Rust)": (
            NUMBERS + "import rustpy_xlsxwriter\nnames = [f'c{i}' for i in range(1000)]",
            """
records = [dict(zip(names, line)) for line in values.tolist()]
rustpy_xlsxwriter.write_worksheet(records, sheets_path)
""",
        ),
        "zlib alone, level 6, the same XML": (
            NUMBERS
            + BOOK
            + """
import zipfile, zlib
sf.trace(lambda x: x[0, 0] + 0.0, values).save(sheets_path)
with zipfile.ZipFile(sheets_path) as package:
    xml = max((package.read(name) for name in package.namelist()), key=len)
""",
            "open(sheets_path, 'wb').write(zlib.compress(xml, 6))",
        ),
    },
    "200,000 different words": {
        "XlsxWriter": (
            WORDS + PLAIN,
            """
book = xlsxwriter.Workbook(sheets_path)
sheet = book.add_worksheet()
for row, line in enumerate(words):
    sheet.write_row(row, 0, line)
book.close()
""",
        ),
        "Sheetformer, save": (
            WORDS
            + BOOK
            + "import numpy as np, sheetformer.writers.formats.xlsx\n"
            + "book = sf.trace(lambda x: x[:1, :1], np.array(words, dtype=object))",
            "book.save(sheets_path)",
        ),
        "openpyxl, write only": (
            WORDS + "import openpyxl",
            """
book = openpyxl.Workbook(write_only=True)
sheet = book.create_sheet()
for line in words:
    sheet.append(line)
book.save(sheets_path)
""",
        ),
        "PyExcelerate": (
            WORDS + "import pyexcelerate",
            """
book = pyexcelerate.Workbook()
book.new_sheet("S", data=words)
book.save(sheets_path)
""",
        ),
        "fastxlsx (Rust)": (
            WORDS + "import fastxlsx",
            """
book = fastxlsx.WriteOnlyWorkbook()
book.create_sheet("S").write_matrix((0, 0), words)
book.save(sheets_path)
""",
        ),
    },
    "100,000 formulas with values": {
        "XlsxWriter, ready strings": (
            READY + PLAIN,
            """
book = xlsxwriter.Workbook(sheets_path)
sheet = book.add_worksheet()
for i, (formula, value) in enumerate(zip(formulas, values)):
    sheet.write_formula(i // 400, i % 400, formula, None, value)
book.close()
""",
        ),
        "Sheetformer, trace and save": (
            FORMULAS + BOOK + "sf.trace(lambda x: x * 2.0, x[:2]).save(sheets_path)",
            "sf.trace(lambda x, w: x @ w, x, w, formulas='cell').save(sheets_path)",
        ),
    },
}


def once(prepare: str, work: str, path: Path) -> list[float] | None:
    """Processor seconds, seconds and peak megabytes of one run; None if a writer is missing."""
    program = TIMED.format(prepare=prepare, work=work)
    command = [sys.executable, "-c", program, str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)
    if "ModuleNotFoundError" in ran.stderr:
        return None
    if ran.returncode:
        raise SystemExit(ran.stderr)
    return json.loads(ran.stdout.splitlines()[-1])


def measured(jobs: dict[str, tuple[str, str]], runs: int) -> dict[str, list[float]]:
    """The best of several runs of each job, in turn, and the megabytes that it wrote."""
    found: dict[str, list[list[float]]] = {name: [] for name in jobs}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book.xlsx")
        for _ in range(runs):
            for name, job in jobs.items():
                if taken := once(*job, path):
                    found[name].append([*taken, path.stat().st_size / 1e6])
    return {
        name: [min(column) for column in zip(*rows, strict=True)]
        for name, rows in found.items()
        if rows
    }


def table(title: str, rows: dict[str, list[float]]) -> list[str]:
    """The lines of one table; the first row is the peer's."""
    base = next(iter(rows.values()))[0]
    lines = [
        f"| {title} | processor s | XlsxWriter is … × as slow | peak MB | file MB |",
        "|---|---|---|---|---|",
    ]
    for name, (processor, _, memory, size) in rows.items():
        ratio = f"{base / processor:.1f}"
        lines.append(f"| {name} | {processor:.2f} | {ratio} | {memory:.0f} | {size:.1f} |")
    return [*lines, ""]


def text(found: dict[str, dict[str, list[float]]]) -> str:
    """All tables, as the page has them."""
    return "\n".join(line for title, rows in found.items() for line in table(title, rows))


def main() -> None:
    """Measure, print, and write if asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="runs of each process (default 3)")
    parser.add_argument("--write", type=Path, help="a page with the marks of these tables")
    options = parser.parse_args()
    runs = max(1, options.runs)
    written = text({title: measured(jobs, runs) for title, jobs in JOBS.items()})
    print(written)
    if options.write:
        write_block(options.write, NAME, written)


if __name__ == "__main__":
    main()
