"""`exercise`: from a book to the file that students get, and its key."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sheetformer.book.refill import with_values
from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.exercises.blanks import Blank, find_blanks, split
from sheetformer.exercises.handout import handout
from sheetformer.exercises.key import Student, code_of, key_book
from sheetformer.exercises.parts import wanted_places
from sheetformer.exercises.students import (
    Source,
    book_of,
    refuse_without_numbers,
    sources_of,
)
from sheetformer.exercises.whole import whole_numbers as whole_numbers_for


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    Attributes:
        solved: the book that it is made of.
        blanks: what is to be filled in, one a block.
        students: whose files there are; one without a name where all get the same.
        salt: what its marks are mixed with.
        whole: whether all inputs are small whole numbers, for a pencil.
    """

    solved: Book
    blanks: tuple[Blank, ...]
    students: tuple[Student, ...]
    salt: str
    whole: bool = False

    @property
    def book(self) -> Book:
        """What the first student gets; it holds no answer."""
        return self.of(self.students[0])

    @property
    def key(self) -> Book:
        """The solved book, which says what is blank; `Key` is what it says."""
        sources = self._sources if any(one.seed for one in self.students) else ()
        return key_book(
            self.solved, self.blanks, self.students, self.salt, sources, whole=self.whole
        )

    @cached_property
    def _sources(self) -> list[Source]:
        return sources_of(self.solved)

    def of(self, student: Student) -> Book:
        """What a student gets, with numbers of the student's own."""
        return handout(self.solved_for(student), self.blanks, student, self.salt)

    def solved_for(self, student: Student) -> Book:
        """The solved book with the numbers of a student."""
        if not student.seed:
            return self.solved
        return book_of(self.solved, self._sources, student.seed, whole=self.whole)


def exercise(
    book: Book,
    blank: str | Sequence[str],
    *,
    students: Sequence[str] = (),
    seed: int = 0,
    whole_numbers: bool = False,
) -> Exercise:
    """Make an exercise of a book: some blocks are blank, and the file marks what is filled in.

    Args:
        book: of a lesson, a traced function or a recorded model.
        blank: what is to be filled in: blocks, rows `scores[0]`, cells `scores[1,2]`, or
            `scores.operands`; as a list, or as one text with commas.
        students: names; each gets numbers of their own.
        seed: another one mixes the marks otherwise, and draws other numbers.
        whole_numbers: give the inputs small whole numbers, so that it can be done by pencil.

    Raises:
        SheetformerError: a block does not exist or cannot be blank, or there is no number that
            could be another one for each student; the message says what to do.

    >>> import numpy as np, sheetformer as sf
    >>> book = sf.trace(lambda x: np.exp(x) @ x.T, np.eye(2))
    >>> made = exercise(book, "output")
    >>> [sheet.name for sheet in made.book.sheets]
    ['Exercise', 'lambda']
    """
    _refuse_named(book)
    blanks = find_blanks(book, split(blank) if isinstance(blank, str) else blank)
    asked = "\0".join(f"{one.block}{one.elements.tolist()}" for one in blanks)
    salt = hashlib.sha256(f"{book.title}\0{asked}\0{seed}".encode()).hexdigest()[:16]
    own = [
        Student(name, drawn := _seed(salt, name), code_of(salt, name, drawn)) for name in students
    ]
    alone = Student(code=code_of(salt, "", 0))
    if own or whole_numbers:
        refuse_without_numbers(sources_of(book))
    if whole_numbers:
        book = _with_whole_numbers(book, blanks, salt)
    return Exercise(book, blanks, tuple(own) or (alone,), salt, whole_numbers)


def _refuse_named(book: Book) -> None:
    """A blank must be read by what follows it, and a named function reads past its own steps.

    Raises:
        SheetformerError: the book calls named functions.
    """
    if book.functions:
        raise SheetformerError(
            "an exercise needs formulas that read the blanks, and named functions read past them; "
            "make it of a book with the formulas 'matrix' or 'cell'"
        )


def _with_whole_numbers(book: Book, blanks: Sequence[Blank], seed: str) -> Book:
    """The book with small whole numbers in its inputs, chosen for what is worked out."""
    sources = sources_of(book)
    wanted = wanted_places(book, [one.block for one in blanks])
    values = book.graph.evaluate(whole_numbers_for(book.graph, sources, wanted, seed))
    return with_values(book, values)


def _seed(salt: str, name: str) -> int:
    """What the numbers of a student are drawn from: never 0, which draws none."""
    return 1 + int(hashlib.sha256(f"{salt}\0{name}".encode()).hexdigest()[:8], 16)
