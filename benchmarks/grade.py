"""How long grading takes: so many submissions of the default exercise.

    python benchmarks/grade.py 500

The exercise is `sheetformer exercise cross-attention --blank scores,softmax`. Every submission is a
file of its own, filled in with the key's formulas, some of them with a slip; nothing is kept from
one to the next.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import openpyxl

import sheetformer as sf
from sheetformer.exercises.key import Key, read_key
from sheetformer.exercises.make import exercise
from sheetformer.formula.address import a1


def solved(homework: Path, key_file: Path, key: Key, target: Path, slip: bool) -> None:
    """The homework with the key's formulas; with a slip one of them is wrong."""
    answers, book = openpyxl.load_workbook(key_file), openpyxl.load_workbook(homework)
    for blank in key.blanks:
        for sheet, row, column in key.cells(blank):
            formula = answers[sheet][a1(row, column)].value
            if not isinstance(formula, float | int):
                book[sheet][a1(row, column)] = formula
    if slip:
        sheet, row, column = key.cells(key.blanks[-1])[0]
        book[sheet][a1(row, column)] = "=0.5"
    book.save(target)


def main(count: int) -> None:
    """Make the submissions, grade them, and say how long it took."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        made = exercise(sf.lesson("cross-attention"), ["scores", "softmax"])
        homework = made.book.save(folder / "homework.xlsx")
        key_file = made.key.save(folder / "key.xlsx")
        (folder / "in").mkdir()
        kinds: list[bytes] = []
        for slip in (False, True):
            solved(homework, key_file, read_key(key_file), folder / "one.xlsx", slip)
            kinds.append((folder / "one.xlsx").read_bytes())
        for number in range(count):
            (folder / "in" / f"{number:05}.xlsx").write_bytes(kinds[number % 5 == 0])
        begun, used = time.perf_counter(), processor_time()
        grades = sf.grade(folder / "in", key_file)
        took, used = time.perf_counter() - begun, processor_time() - used
    full = sum(grade.points == 100 for grade in grades.grades)
    each = 1000 * took / count
    print(
        f"{count} submissions in {took:.1f} s, {each:.0f} ms each, {used:.0f} s of processor time; "
        f"{full} full"
    )


def processor_time() -> float:
    """Seconds of the processor so far, of this process and of the children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
