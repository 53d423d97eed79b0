"""A function by name as a book, for exercises: its inputs are drawn in the sizes that are asked."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.exercises.draws import RANDOM, draw
from sheetformer.exercises.reference import Reference, check_names, find_reference
from sheetformer.frontends.numpy.trace import trace

MOST_NUMBERS = 2_000
"""Numbers of one input; nobody follows more by hand."""
_SIZE = re.compile(r"[1-9]\d{0,3}(?:[x×][1-9]\d{0,3}){0,3}")


def traced(name: str, sizes: Mapping[str, str], seed: int = 0, formulas: str = "matrix") -> Book:
    """The book of a function, with numbers of two decimals drawn from a seed.

    Args:
        name: a function that `check` knows, or `module:function`.
        sizes: input → its size, such as 3x4.
        seed: another one draws other numbers.
        formulas: "matrix" or "cell".

    Raises:
        SheetformerError: there is no such function, it takes other inputs, or it stops with them.
        UnsupportedError: something that it does has no spreadsheet form.

    >>> traced("softmax", {"x": "2x3"})["softmax"].value.shape
    (2, 3)
    """
    found = find_reference(name)
    if found.known is not None and found.known.shaped:
        raise SheetformerError(
            f"{name} needs the size of its output besides; write a function of your own that "
            "says it"
        )
    for missing in required(name):
        if missing not in sizes:
            raise SheetformerError(
                f"{name} needs the input {missing!r} too; say how large it is: "
                f"--input {missing}=3x4"
            )
    check_names(found, sizes)
    arrays = [_drawn(found, each, sizes[each], seed) for each in _in_order(found, sizes)]
    return stopped(name, lambda: trace(found.function, *arrays, formulas=formulas))


def stopped(name: str, call: Any) -> Any:
    """What a function of somebody's own gives.

    Raises:
        SheetformerError: it stops with an error of its own; the message says which.
    """
    try:
        return call()
    except SheetformerError:
        raise
    except Exception as error:  # whatever a function of one's own raises
        kind = type(error).__name__
        raise SheetformerError(f"{name} stops with {kind}: {error}") from error


def required(name: str) -> list[str]:
    """The inputs that a function by name cannot do without.

    Raises:
        SheetformerError: there is no such function.
    """
    try:
        parameters = inspect.signature(find_reference(name).function).parameters.values()
    except (TypeError, ValueError):
        return []
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [one.name for one in parameters if one.kind in plain and one.default is one.empty]


def _in_order(found: Reference, sizes: Mapping[str, str]) -> Sequence[str]:
    """The inputs as the function takes them; none of those before the last may be left out."""
    try:
        names = list(inspect.signature(found.function).parameters)
    except (TypeError, ValueError):
        return list(sizes)
    wanted = names[: max(map(names.index, sizes), default=-1) + 1]
    for name in wanted:
        if name not in sizes:
            last = wanted[-1]
            raise SheetformerError(
                f"{found.name} takes {name!r} before {last!r}; say how large it is too: "
                f"--input {name}=3x4"
            )
    return wanted


def _drawn(found: Reference, name: str, size: str, seed: int) -> Any:
    """The numbers of an input, in its shape."""
    if not _SIZE.fullmatch(size):
        raise SheetformerError(
            f"--input is a name and its size, as in {name}=3x4, not {f'{name}={size}'!r}"
        )
    shape = tuple(int(part) for part in re.split("[x×]", size))
    count = int(np.prod(shape))
    if count > MOST_NUMBERS:
        raise SheetformerError(
            f"the input {name!r} would have {count:,} numbers, and may have {MOST_NUMBERS:,} at "
            "most; give a smaller size"
        )
    kind = found.kinds.get(name, "number")
    numbers = draw(f"{seed} {name}", kind, RANDOM, count // shape[-1], shape[-1])
    return np.array(numbers).reshape(shape)
