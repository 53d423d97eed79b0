"""Open the self-test with every program that is here, and write the table of docs/compatibility.md.

    python -m tests.compatibility [--write] [--python PYTHON] [--webassembly FOLDER]

A program that is not here keeps the line that it has. `--python` names a Python that has the
packages, `--webassembly` the folder of the npm package @matbee/libreoffice-converter, unpacked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from sheetformer import __version__
from sheetformer.book.workbook import Book
from sheetformer.edits.apply import change
from sheetformer.edits.edit import Edit
from sheetformer.scratch import Scratch
from sheetformer.selftest import front, make
from sheetformer.selftest.collect import collect

from .programs import MissingError, Place, Program, programs
from .table import PAGE, Row, read_rows, with_table, write_rows


def workbooks(folder: Path) -> tuple[Place, list[Path]]:
    """The self-test with either set of inputs chosen, and where its large field is."""
    book = make.selftest(collect(), __version__)
    paths = [folder / f"inputs_{number}.xlsx" for number in (1, 2)]
    for number, path in enumerate(paths, start=1):
        make.save(_chosen(book, number), path)
    return (book.sheets[0].name, front.VERDICT, front.LEFT), paths


def _chosen(book: Book, number: int) -> Book:
    place = (book.sheets[0].name, front.STEPS + 2, front.ANSWER)
    return change(book, [Edit(*place, float(number))])


def tried(program: Program, place: Place, paths: list[Path]) -> Row:
    """What a program says of both workbooks."""
    found = [program.run(path, place) for path in paths]
    verdicts = [one.verdict for one in found]
    return Row(program.name, found[0].version, "run by us", program.how, *verdicts)


def rows(chosen: list[Program]) -> Mapping[str, Row]:
    """The rows of the programs that are here."""
    new: dict[str, Row] = {}
    with Scratch() as scratch:
        place, paths = workbooks(scratch.path)
        for program in chosen:
            try:
                new[program.name] = tried(program, place, paths)
                said = " | ".join(new[program.name])
            except MissingError:
                said = f"{program.name}: not here"
            except Exception as error:  # noqa: BLE001 - one program that fails is one line
                said = f"{program.name}: failed: {error}"
            sys.stdout.write(f"{said}\n")
            sys.stdout.flush()
    return new


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table anew")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--webassembly", type=Path)
    given = parser.parse_args()
    found = rows(programs(given.python, given.webassembly))
    if given.write:
        every = {**read_rows(), **found}
        write_rows(every)
        PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), every), encoding="utf-8")


if __name__ == "__main__":
    main()
