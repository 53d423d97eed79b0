"""What people type or hand over, damaged: formulas, cells, blanks, lists, keys, dumps, sentences.

python -m tests.attack.inputs [--seconds 300]
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from sheetformer.book.names import KEY_SHEET
from sheetformer.corpus.readers import ReadReport, read_pairs
from sheetformer.edits.apply import change
from sheetformer.edits.wire import read_edits
from sheetformer.engines.opendocument import read_opendocument
from sheetformer.engines.reader import Contents
from sheetformer.exercises import key as keys
from sheetformer.exercises.areas import find_area
from sheetformer.exercises.blanks import find_blanks, split
from sheetformer.exercises.journal import Journal
from sheetformer.exercises.make import exercise
from sheetformer.exercises.students import read_students
from sheetformer.formula.openformula import UnknownFormulaError, from_openformula
from sheetformer.formula.parser import parse
from sheetformer.frontends.comparison.dumps import read_dump
from sheetformer.lessons import LESSONS, lesson

from .made import dump, formula, open_document, text, zeros
from .report import TABLE, Findings, options, section, seeds
from .tamper import BAD, tampered

EDITS: list[Any] = [["Softmax", 9, 2, 1.5], ["Softmax", 9, 2, {"formula": "1+1"}]]


# -- each reader -----------------------------------------------------------------------------------


def formulas(rng: Random, _folder: Path) -> None:
    parse(formula(rng))


def open_formulas(rng: Random, _folder: Path) -> None:
    try:
        from_openformula(f"of:={formula(rng).replace('A1', '[.A1]')}")
    except UnknownFormulaError:
        return


def areas(rng: Random, _folder: Path) -> None:
    known = rng.choice(("A1", "$B$2:C4", "'a b'!A1:B2", "Sheet1!B3:D5", "XFD1048576", "A0:B1"))
    cells: Any = {"Sheet1": {(0, 0): 1.0}, "a b": {}}
    contents = Contents(cells, {}, {"x": ("Sheet1", ((0, 0), (1, 1)))})
    find_area(rng.choice((known + text(rng, 2), text(rng), known)), contents, "book.xlsx")


def blanks(rng: Random, _folder: Path) -> None:
    known = rng.choice(("shares", "shares[0]", "exponentials[0,1]", "shares.operands", "softmax"))
    odd = f"{known}[{rng.choice(BAD)}]"
    asked = rng.choice((known + text(rng, 3), text(rng), f"{known},{known}", odd))
    find_blanks(softmax(), split(asked))


def edits(rng: Random, _folder: Path) -> None:
    changed = tampered(EDITS, rng)
    for edit in read_edits(changed):
        change(softmax(), [edit])


def student_lists(rng: Random, folder: Path) -> None:
    lines = [text(rng, 6) for _ in range(rng.randrange(5))]
    content = "\n".join(["Name,Class", *lines]).encode("utf-8", "surrogatepass")
    if rng.random() < 0.1:
        content = rng.choice((b"a\n" + b'"' + b"x" * 200_000, b"\0" * 100, rng.randbytes(300)))
    file = folder / "class.csv"
    file.write_bytes(content)
    read_students(file)


def key_facts(rng: Random, _folder: Path) -> None:
    manifest, facts = solved()
    known = tampered(facts, rng)
    try:
        keys._key(manifest, json.loads(json.dumps(known)))
    except (LookupError, ValueError, TypeError, OverflowError, RecursionError):
        return  # what read_key calls a damaged sheet


def journals(rng: Random, folder: Path) -> None:
    line = {"key": "k", "digest": "d", "grade": {
        "file": "a.xlsx", "student": "a", "notes": ["n"], "problem": "",
        "blanks": [{"block": "shares", "points": 1.0, "cells": {"A1": "right"}}]}}  # fmt: skip
    file = folder / "grades.jsonl"
    content = "".join(json.dumps(tampered(line, rng)) + rng.choice(("\n", "", "\n{")) for _ in "ab")
    file.write_bytes(content.encode() + rng.choice((b"", b"\xff", b"[" * 100_000)))
    known = Journal(file, "k").known("a.xlsx", "d")
    if known is not None:
        assert known.points is None or 0 <= known.points <= 100
        assert all(blank.verdict for blank in known.blanks)


def dumps(rng: Random, folder: Path) -> None:
    file = folder / rng.choice(("a.npz", "a.npy", "a.safetensors"))
    file.write_bytes(dump(file.suffix, rng))
    read_dump(file if file.suffix != ".npy" else folder)
    file.unlink()


def packed_corpora(rng: Random, folder: Path) -> None:
    lines = b"I am\teu sou\n" * rng.choice((1, 100_000))
    content = bytearray(gzip.compress(lines, mtime=0))
    for _ in range(rng.choice((0, 1, 5))):
        content[rng.randrange(len(content))] = rng.randrange(256)
    if rng.random() < 0.3:
        content = content[: rng.randrange(2, len(content))]
    file = folder / "pairs.tsv.gz"
    file.write_bytes(rng.choice((content, gzip.compress(bytes(20_000_000), mtime=0))))
    for number, _ in enumerate(read_pairs(str(file), ReadReport(file.name))):
        if number > 2_000:
            return


def sentences(rng: Random, _folder: Path) -> None:
    name = rng.choice(list(LESSONS))
    known = ("source", "target", "sentence", "text", "words", "scores", "steps", "seed", "d_model")
    count = rng.choice((1, 1, 2))
    given = {name: rng.choice((text(rng), rng.choice(BAD))) for name in rng.sample(known, count)}
    lesson(name, **given)


def open_documents(rng: Random, folder: Path) -> None:
    file = folder / "a.ods"
    file.write_bytes(open_document(rng))
    read_opendocument(file)


@cache
def softmax() -> Any:
    return lesson("softmax")


@cache
def solved() -> tuple[Any, Any]:
    """The program of a key, and the facts on its hidden sheet."""
    made = exercise(softmax(), ["shares"])
    with tempfile.TemporaryDirectory() as folder:
        known = keys.read_key(made.key.save(Path(folder, "key.xlsx")))
    sheet = next(sheet for sheet in made.key.sheets if sheet.name == KEY_SHEET)
    return known.manifest, json.loads("".join(sheet.cell_blocks[1].values.ravel().tolist()))


READERS: dict[str, Callable[[Random, Path], None]] = {
    "typed formulas": formulas,
    "formulas of .ods files": open_formulas,
    "named cells": areas,
    "named blanks": blanks,
    "edits": edits,
    "lists of students": student_lists,
    "facts of keys": key_facts,
    "journals of grades": journals,
    "dumped numbers": dumps,
    "packed corpora": packed_corpora,
    "options of lessons": sentences,
    ".ods files": open_documents,
}


def attacked(name: str, folder: Path, tries: Iterable[int]) -> Findings:
    """Give a reader what the seeds make."""
    found = Findings()
    reader = READERS[name]
    for seed in tries:
        found.attempt(lambda s=seed: reader(Random(s), folder), f"{name}, seed {seed}")
    return found


def main() -> None:
    """Attack each reader for its part of the time."""
    wanted = options(__doc__)
    zeros()
    rows: list[str] = []
    mistakes = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in READERS:
            found = attacked(name, Path(folder), seeds(wanted.seconds / len(READERS)))
            rows.append(found.row(name))
            mistakes += len(found.mistakes)
    with section("inputs", "Damaged input", wanted) as lines:
        lines += [*TABLE, *rows]
    sys.exit(bool(mistakes))


if __name__ == "__main__":
    main()
