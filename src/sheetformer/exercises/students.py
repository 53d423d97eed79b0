"""Numbers of one's own for each student: inputs and weights moved a little, drawn from a seed."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from sheetformer.book.refill import with_values
from sheetformer.book.workbook import HUGE, Book
from sheetformer.errors import FileError, SheetformerError
from sheetformer.exercises.whole import Source, moved_whole
from sheetformer.graph.node import Graph
from sheetformer.graph.ops import OPS, Value

SHARE = 0.25
"""How far a number is moved at most: this share of the spread of its block."""
_UNMOVED = {"switch", "integer", "mask", "answer"}
_DIGITS = 4


def sources_of(book: Book) -> list[Source]:
    """The inputs and weights of a book that may be moved."""
    return [
        (block.node.base, *_bounds(block.caption.allowed))
        for block in book.blocks.values()
        if OPS[block.node.op].typed
        and block.caption.number_format not in _UNMOVED
        and _moves(book.graph.values[book.graph.node_index(block.node.base)])
    ]


def _bounds(allowed: object) -> tuple[float, float]:
    least, most = getattr(allowed, "least", -HUGE), getattr(allowed, "most", HUGE)
    return float(least), float(most)


def _moves(value: Value) -> bool:
    """Whether a value holds several different numbers, none of which stands for infinity."""
    if value.dtype == object or value.size < 2 or np.abs(value).max() >= HUGE:
        return False
    whole = bool((value == value.round()).all())
    return bool(np.ptp(value) > 0) and not (whole and set(np.unique(value)) <= {0.0, 1.0})


def moved(
    graph: Graph, sources: Sequence[Source], seed: int, *, whole: bool = False
) -> list[Value]:
    """The values of all nodes of a graph for the numbers that a seed draws; 0 draws none.

    The same seed gives the same numbers in every version of Python and NumPy.

    >>> graph = Graph()
    >>> x = graph.source("input", np.array([1.0, 4.0]))
    >>> values = moved(graph, [(0, -9.0, 9.0)], 7)
    >>> float(abs(values[0] - [1.0, 4.0]).max()) < 0.5
    True
    """
    return graph.evaluate(drawn(graph, sources, seed, whole=whole)) if seed else graph.values


def drawn(
    graph: Graph, sources: Sequence[Source], seed: int, *, whole: bool = False
) -> dict[int, Value]:
    """The place of what is moved → the numbers that a seed draws; 0 draws none.

    Args:
        graph: of the book.
        sources: what may be moved.
        seed: of the random numbers.
        whole: whether whole numbers stay whole.
    """
    changes: dict[int, Value] = {}
    for base, least, most in sources if seed else ():
        place = graph.node_index(base)
        old = graph.values[place]
        chance = random.Random(f"{seed}:{base}")
        if whole:
            changes[place] = moved_whole(old, least, most, chance)
            continue
        draw = chance.random
        room = SHARE * float(old.std())
        steps = np.array([2.0 * draw() - 1.0 for _ in range(old.size)]).reshape(old.shape)
        changes[place] = np.clip((old + room * steps).round(_decimals(old)), least, most)
    return changes


def _decimals(value: Value) -> int:
    """As many decimals as the numbers have, one at least and `_DIGITS` at most."""
    return next((d for d in range(1, _DIGITS) if np.allclose(value, value.round(d))), _DIGITS)


def refuse_without_numbers(sources: Sequence[Source]) -> None:
    """See to it that there are numbers that may be moved.

    Raises:
        SheetformerError: there is none.
    """
    if not sources:
        raise SheetformerError(
            "this book has no numbers of its own for each student; all its inputs are words or "
            "single settings"
        )


def book_of(book: Book, sources: Sequence[Source], seed: int, *, whole: bool = False) -> Book:
    """A book with the numbers that a seed draws."""
    return with_values(book, moved(book.graph, sources, seed, whole=whole))


def read_students(path: Path) -> list[str]:
    """The names in the first column of a CSV file, below its heading.

    Raises:
        FileError: it cannot be read, has no names, or one of them twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(f"{path}: a list of students is text in UTF-8") from None
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}") from None
    except ValueError as error:  # a name that no file can have
        raise FileError(f"{str(path)!r}: {error}") from None
    try:
        names = list(_names(text))
    except csv.Error as error:
        raise FileError(f"{path} is no table of names: {error}") from None
    if not names:
        raise FileError(f"{path} names no student; write a heading, and a name a line below it")
    files: dict[str, str] = {}
    for name in names:
        if (other := files.setdefault(file_part(name).casefold(), name)) != name:
            raise FileError(f"{path}: {name!r} and {other!r} would share a file; write them apart")
    if len(files) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise FileError(f"{path} names {twice!r} twice; add a number or a second name")
    return names


def _names(text: str) -> Iterator[str]:
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    for line in list(csv.reader(text.splitlines(), delimiter=separator))[1:]:
        if line and line[0].strip():
            yield line[0].strip()


def file_part(name: str) -> str:
    """A name as a part of a file's name.

    >>> file_part("Ana Müller / 7b")
    'Ana-Müller-7b'
    """
    return re.sub(r"[^\w.]+", "-", name).strip("-.") or "student"
