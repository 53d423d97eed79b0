"""`exercise`: from a book to the file that students get, and its key."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sheetformer.book.workbook import Book
from sheetformer.exercises.blanks import Blank, find_blanks, split
from sheetformer.exercises.handout import handout
from sheetformer.exercises.key import Student, code_of, key_book
from sheetformer.exercises.students import (
    Source,
    book_of,
    refuse_without_numbers,
    sources_of,
)


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    Attributes:
        solved: the book that it is made of.
        blanks: what is to be filled in, one a block.
        students: whose files there are; one without a name where all get the same.
        salt: what its marks are mixed with.
    """

    solved: Book
    blanks: tuple[Blank, ...]
    students: tuple[Student, ...]
    salt: str

    @property
    def book(self) -> Book:
        """What the first student gets; it holds no answer."""
        return self.of(self.students[0])

    @property
    def key(self) -> Book:
        """The solved book, which says what is blank; `Key` is what it says."""
        sources = self._sources if any(one.seed for one in self.students) else ()
        return key_book(self.solved, self.blanks, self.students, self.salt, sources)

    @cached_property
    def _sources(self) -> list[Source]:
        return sources_of(self.solved)

    def of(self, student: Student) -> Book:
        """What a student gets, with numbers of the student's own."""
        book = book_of(self.solved, self._sources, student.seed) if student.seed else self.solved
        return handout(book, self.blanks, student, self.salt)


def exercise(
    book: Book, blank: str | Sequence[str], *, students: Sequence[str] = (), seed: int = 0
) -> Exercise:
    """Make an exercise of a book: some blocks are blank, and the file marks what is filled in.

    Args:
        book: of a lesson, a traced function or a recorded model.
        blank: what is to be filled in: blocks, rows `scores[0]`, cells `scores[1,2]`, or
            `scores.operands`; as a list, or as one text with commas.
        students: names; each gets numbers of their own.
        seed: another one mixes the marks otherwise, and draws other numbers.

    Raises:
        SheetformerError: a block does not exist or cannot be blank, or there is no number that
            could be another one for each student; the message says what to do.

    >>> import numpy as np, sheetformer as sf
    >>> book = sf.trace(lambda x: np.exp(x) @ x.T, np.eye(2))
    >>> made = exercise(book, "output")
    >>> [sheet.name for sheet in made.book.sheets]
    ['Exercise', 'lambda']
    """
    blanks = find_blanks(book, split(blank) if isinstance(blank, str) else blank)
    asked = "\0".join(f"{one.block}{one.elements.tolist()}" for one in blanks)
    salt = hashlib.sha256(f"{book.title}\0{asked}\0{seed}".encode()).hexdigest()[:16]
    own = [
        Student(name, drawn := _seed(salt, name), code_of(salt, name, drawn)) for name in students
    ]
    alone = Student(code=code_of(salt, "", 0))
    if own:
        refuse_without_numbers(sources_of(book))
    return Exercise(book, blanks, tuple(own) or (alone,), salt)


def _seed(salt: str, name: str) -> int:
    """What the numbers of a student are drawn from: never 0, which draws none."""
    return 1 + int(hashlib.sha256(f"{salt}\0{name}".encode()).hexdigest()[:8], 16)
