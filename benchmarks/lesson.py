"""The main job, measured as a whole process, beside a bare XlsxWriter script of the same cells.

Prints seconds, processor seconds, peak memory and file size, as ratios to the bare script; asserts
nothing about time.

    python benchmarks/lesson.py [--runs 5]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
"""Compiled modules are kept, as they are where a package is installed."""
ENVIRONMENT["OPENBLAS_THREAD_TIMEOUT"] = "4"
"""NumPy's threads that have nothing to do sleep soon: their waiting is nobody's work. The command
line sees to that itself."""
HEAVY = ("torch", "scipy", "pandas")

# This process stays small and imports no NumPy: on Linux the peak memory of a child can never be
# reported below that of the process that started it.

LESSON = """
import sheetformer as sf
make = lambda: sf.lesson("cross-attention", source="I am happy", target="eu sou feliz")
"""

DUMP = """
import json, sys
book = make()
sheets = [
    [
        sheet.name,
        [
            [c.row, c.column, c.values.tolist(), c.formulas, c.array_formula]
            for c in sheet.cell_blocks
        ],
    ]
    for sheet in book.sheets
]
names = [
    [b.name, b.sheet, b.matrices[0].row, b.matrices[0].column, b.rows, b.columns]
    for b in book.blocks.values() if b.named and len(b.matrices) == 1
]
json.dump({"sheets": sheets, "names": names}, open(sys.argv[1], "w"))
"""
"""Writes the cells of the book that `make` gives into a file that a plain script can read."""

BARE = """
import json, sys
import xlsxwriter
from xlsxwriter.utility import xl_range_abs
book = json.load(open(sys.argv[1]))
workbook = xlsxwriter.Workbook(sys.argv[2], {"in_memory": True})
for name, cell_blocks in book["sheets"]:
    sheet = workbook.add_worksheet(name)
    for row, column, values, formulas, array_formula in cell_blocks:
        if array_formula is not None:
            last = row + len(values) - 1, column + len(values[0]) - 1
            sheet.write_array_formula(row, column, *last, array_formula, None, values[0][0])
        for r, line in enumerate(values):
            for c, value in enumerate(line):
                if array_formula is not None:
                    if r or c:
                        sheet.write_number(row + r, column + c, value)
                elif formulas is not None:
                    formula = "=" + formulas[r * len(line) + c]
                    sheet.write_formula(row + r, column + c, formula, None, value)
                elif isinstance(value, str):
                    sheet.write_string(row + r, column + c, value)
                else:
                    sheet.write_number(row + r, column + c, value)
for name, sheet, row, column, rows, columns in book["names"]:
    place = xl_range_abs(row, column, row + rows - 1, column + columns - 1)
    workbook.define_name(name, f"='{sheet}'!{place}")
workbook.close()
"""
"""The same numbers, words and formulas; no styles, charts or colours, and nothing is computed."""


@dataclass(frozen=True)
class Measured:
    """The best of several runs of a process: least of what other work on the machine adds."""

    seconds: float
    processor: float
    megabytes: float
    kilobytes: float | None = None


@dataclass(frozen=True)
class Job:
    """A process to measure, and the file that it writes, if any."""

    command: list[str]
    written: Path | None = None


def measure(jobs: dict[str, Job], runs: int) -> dict[str, Measured]:
    """Run all jobs in turn, several times; the first round only warms the disk's memory."""
    rounds = [{name: once(job.command) for name, job in jobs.items()} for _ in range(runs + 1)]
    best: dict[str, Measured] = {}
    for name, job in jobs.items():
        taken = zip(*(found[name] for found in rounds[1:]), strict=True)
        size = job.written.stat().st_size / 1000 if job.written else None
        best[name] = Measured(*map(min, taken), size)
    return best


def once(command: list[str]) -> tuple[float, float, float]:
    """Seconds, processor seconds and peak megabytes of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:3])} … ended with {process.returncode}")
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit


def heavy_imports() -> list[str]:
    """Which heavy packages `import sheetformer` loads."""
    code = f"import sheetformer, sys; print(*[n for n in {HEAVY} if n in sys.modules])"
    return subprocess.check_output([sys.executable, "-c", code], text=True).split()


def table(rows: dict[str, Measured], peer: str) -> str:
    """The table, each number with its ratio to the peer's."""
    base = rows[peer]
    lines = [f"{'':34}{'seconds':>16}{'processor':>16}{'peak MB':>16}{'file KB':>16}"]
    for name, found in rows.items():
        cells = [
            cell(found.seconds, base.seconds, 3),
            cell(found.processor, base.processor, 3),
            cell(found.megabytes, base.megabytes, 0),
            cell(found.kilobytes, base.kilobytes, 1),
        ]
        lines.append(f"{name:34}" + "".join(f"{text:>16}" for text in cells))
    return "\n".join(lines)


def cell(value: float | None, base: float | None, digits: int) -> str:
    """A number and how many times the peer's it is."""
    if value is None:
        return "–"
    ratio = f" ({value / base:.2f}×)" if base else ""
    return f"{value:.{digits}f}{ratio}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="runs of each process (default 5)")
    runs = max(1, parser.parse_args().runs)
    python = sys.executable
    peer = "bare XlsxWriter, the same cells"
    with tempfile.TemporaryDirectory() as folder:
        cells, bare, ours = (Path(folder) / name for name in ("cells.json", "bare.xlsx", "a.xlsx"))
        subprocess.run([python, "-c", LESSON + DUMP, str(cells)], check=True)
        jobs = {
            peer: Job([python, "-c", BARE, str(cells), str(bare)], bare),
            "sheetformer lesson": Job(
                [python, "-m", "sheetformer", "lesson", "-o", str(ours)], ours
            ),
            "import sheetformer": Job([python, "-c", "import sheetformer"]),
            "import numpy": Job([python, "-c", "import numpy"]),
            "python itself": Job([python, "-c", "pass"]),
        }
        rows = measure(jobs, runs)
    print(f"Best of {runs} runs, in turn; × is the ratio to {peer}.\n")
    print(table(rows, peer))
    found = heavy_imports()
    print(f"\nimport sheetformer loads none of {', '.join(HEAVY)}" if not found else f"\n{found}!")
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
