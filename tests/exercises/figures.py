"""The figures of docs/grading.md, measured and written: `python -m tests.exercises.figures`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from .solutions import honest
from .submissions import Tally, cheats, tally, wrong_cases

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "grading.md"
BLOCK = re.compile(r"(<!-- figures -->\n).*?(<!-- end of figures -->)", re.DOTALL)
SUBMISSIONS, CLASS = 1000, 500


def written(found: Tally, speed: str) -> str:
    """The block of the page."""
    rows = [
        ("honest", f"{max(map(len, honest().values()))} styles of formulas", "without full points"),
        (
            "wrong",
            f"{len(wrong_cases())} typical errors",
            "not found, not named, or punished twice",
        ),
        ("cheat", f"{len(cheats())} ways", "not found out"),
    ]
    lines = [
        f"| {kind} | {found.kinds[kind]} | {how} | {found.kinds[f'{kind}, judged wrong']} {what} |"
        for kind, how, what in rows
    ]
    load = os.getloadavg()[0]
    return "\n".join(
        ["| kind | submissions | made in | judged wrong |", "|---|---|---|---|", *lines, "",
         f"{SUBMISSIONS:,} such files took {found.seconds:.0f} s. "
         f"`python benchmarks/grade.py {CLASS}`, the default exercise: {speed} "
         f"(2 cores, a load of {load:.1f} at the end).", ""]
    )  # fmt: skip


def main() -> None:
    """Measure, and write the page."""
    found = tally(SUBMISSIONS)
    command = [sys.executable, ROOT / "benchmarks" / "grade.py", str(CLASS)]
    speed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    block = written(found, speed)
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(BLOCK.sub(lambda at: at[1] + block + at[2], page), encoding="utf-8")
    sys.stdout.write(block)


if __name__ == "__main__":
    main()
