"""`exercise`: from a book to the file that students get, and its key."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sheetformer.book.workbook import Book
from sheetformer.exercises.blanks import Blank, find_blanks, split
from sheetformer.exercises.handout import handout
from sheetformer.exercises.key import Student, code_of, key_book


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    Attributes:
        book: what a student gets; it holds no answer.
        key: the solved book, which says what is blank; `Key` is what it says.
        blanks: what is to be filled in, one a block.
    """

    book: Book
    key: Book
    blanks: tuple[Blank, ...]


def exercise(book: Book, blank: str | Sequence[str], *, seed: int = 0) -> Exercise:
    """Make an exercise of a book: some blocks are blank, and the file marks what is filled in.

    Args:
        book: of a lesson, a traced function or a recorded model.
        blank: what is to be filled in: blocks, rows `scores[0]`, cells `scores[1,2]`, or
            `scores.operands`; as a list, or as one text with commas.
        seed: another one mixes the marks otherwise.

    Raises:
        SheetformerError: a block does not exist or cannot be blank; the message says what to do.

    >>> import numpy as np, sheetformer as sf
    >>> book = sf.trace(lambda x: np.exp(x) @ x.T, np.eye(2))
    >>> made = exercise(book, "output")
    >>> [sheet.name for sheet in made.book.sheets]
    ['Exercise', 'Model']
    """
    blanks = find_blanks(book, split(blank) if isinstance(blank, str) else blank)
    asked = "\0".join(f"{one.block}{one.elements.tolist()}" for one in blanks)
    salt = hashlib.sha256(f"{book.title}\0{asked}\0{seed}".encode()).hexdigest()[:16]
    student = Student(code=code_of(salt, "", seed))
    solved = key_book(book, blanks, [student], salt)
    return Exercise(handout(book, blanks, student, salt), solved, blanks)
