"""The key of an exercise: the whole solved book, and on one more hidden sheet what is blank.

No student gets this file. `verify` works on it as on any book.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sheetformer.book.cells import CellBlock, text_block
from sheetformer.book.manifest import Manifest, Region, places
from sheetformer.book.manifest_reader import read_manifest
from sheetformer.book.names import KEY_SHEET
from sheetformer.book.workbook import Book, Sheet
from sheetformer.engines.reader import read_cells
from sheetformer.errors import FileError
from sheetformer.exercises.blanks import Blank
from sheetformer.exercises.students import Source, drawn, moved
from sheetformer.graph.ops import Value

FORMAT = 1
_CHUNK = 30_000


@dataclass(frozen=True)
class Student:
    """Whose file it is.

    Attributes:
        name: as the list of students says it; empty where all get the same file.
        seed: what the student's own numbers are drawn from; 0 for those of the key.
        code: what the student's file says, so that a swapped one is found out.
    """

    name: str = ""
    seed: int = 0
    code: str = ""


@dataclass(frozen=True)
class Key:
    """What a key says.

    Attributes:
        manifest: the program of the solved book, with its values and its regions.
        blanks: what is blank, one a block.
        students: whose files there are; one without a name where all get the same.
        salt: what the fingerprints of its marks are mixed with.
        language: of its texts.
        sources: what students' own numbers are drawn for.
        whole: whether all of these are whole numbers.
    """

    manifest: Manifest
    blanks: tuple[Blank, ...]
    students: tuple[Student, ...]
    salt: str
    language: str = "en"
    sources: tuple[Source, ...] = ()
    whole: bool = False

    def of(self, student: Student) -> Key:
        """The key with the numbers of a student."""
        graph = self.manifest.graph
        values = moved(graph, self.sources, student.seed, whole=self.whole)
        return replace(self, manifest=replace(self.manifest, graph=replace(graph, values=values)))

    def inputs(self, student: Student) -> dict[int, Value]:
        """The numbers of a student's own, by the place of their step; none where all are alike."""
        return drawn(self.manifest.graph, self.sources, student.seed, whole=self.whole)

    def regions(self, blank: Blank) -> list[Region]:
        """The rectangles in which the block of a blank stands, one a matrix."""
        return [region for region in self.manifest.regions if region.name == blank.block]

    def cells(self, blank: Blank) -> list[tuple[str, int, int]]:
        """Sheet, row and column (from 0) of each element of a blank, in their order."""
        where = {
            element: (region.sheet, *place)
            for region in self.regions(blank)
            for element, place in zip(region.elements.ravel().tolist(), places(region), strict=True)
        }
        return [where[element] for element in blank.elements.tolist()]

    def answers(self, blank: Blank) -> Any:
        """The right numbers of a blank (n,), in the order of its elements."""
        return self.manifest.graph.value(blank.elements)

    def student(self, code: str) -> Student | None:
        """Whose file has a code, or None."""
        return next((one for one in self.students if one.code == code.strip()), None)


def code_of(salt: str, name: str, seed: int) -> str:
    """What the file of a student says: eight letters and digits."""
    return hashlib.sha256(f"{salt}\0{name}\0{seed}".encode()).hexdigest()[:8].upper()


def key_book(
    book: Book,
    blanks: Sequence[Blank],
    students: Sequence[Student],
    salt: str,
    sources: Sequence[Source] = (),
    *,
    whole: bool = False,
) -> Book:
    """The solved book with the list of its blanks."""
    facts = {
        "blanks": [[blank.block, blank.elements.tolist()] for blank in blanks],
        "students": [[one.name, one.seed, one.code] for one in students],
        "salt": salt,
        "sources": [list(source) for source in sources],
        "language": book.language,
        "whole": whole,
    }
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    chunks = [text[i : i + _CHUNK] for i in range(0, len(text), _CHUNK)]
    values = np.array(chunks, dtype=object)[:, None]
    first = text_block(0, 0, f"sheetformer key {FORMAT}", "plain")
    sheet = Sheet(KEY_SHEET, (first, CellBlock(1, 0, values, "plain")), hidden=True)
    return replace(book, sheets=[*book.sheets, sheet])


def read_key(path: str | Path) -> Key:
    """Read the key of an exercise.

    Raises:
        FileError: the file cannot be read, or it is no key.
    """
    file = Path(path)
    cells = read_cells(file)
    hidden = cells.get(KEY_SHEET, {})
    if hidden.get((0, 0)) != f"sheetformer key {FORMAT}":
        raise FileError(
            f"{file.name} is no key; a key is what sheetformer exercise writes with --key"
        )
    manifest = read_manifest(cells, file.name)
    try:
        facts = json.loads("".join(str(hidden[row, 0]) for row in range(1, len(hidden))))
        return _key(manifest, facts)
    except (LookupError, ValueError, TypeError, OverflowError, RecursionError):
        raise FileError(
            f"{file.name}: the hidden sheet {KEY_SHEET!r} is damaged; write the exercise again"
        ) from None


def _key(manifest: Manifest, facts: Mapping[str, Any]) -> Key:
    graph = manifest.graph
    blanks: list[Blank] = []
    for name, ids in facts["blanks"]:
        elements = np.array(ids, dtype=np.int64)
        node = graph.owner(int(elements[0]))
        if elements.min() < 0 or elements.max() >= node.base + node.size or node.is_source:
            raise ValueError("a blank is no block")
        blanks.append(Blank(str(name), elements, elements.size == node.size))
    students = tuple(Student(str(n), int(seed), str(code)) for n, seed, code in facts["students"])
    sources = [(int(b), float(least), float(most)) for b, least, most in facts["sources"]]
    if not all(base in graph.bases and graph.owner(base).is_source for base, *_ in sources):
        raise ValueError("what is moved is no source")
    return Key(
        manifest, tuple(blanks), students, str(facts["salt"]), str(facts["language"]),
        tuple(sources), bool(facts.get("whole", False)),
    )  # fmt: skip
