"""Texts cut into pieces, and pieces exchanged: as values and as formulas.

All of it counts and compares letter by letter, small and capital ones apart, because that is what
SUBSTITUTE does in every program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sheetformer.errors import ShapeError
from sheetformer.graph.values import Value


def substitute(text: Value, old: Value, new: Value) -> Value:
    """A text with a part exchanged from left to right, wherever it stands; the shapes broadcast.

    >>> str(substitute(np.array("aaa"), np.array("aa"), np.array("b")))
    'ba'
    """
    return _each(_exchanged, object, text, old, new)


def occurrences(text: Value, part: Value) -> Value:
    """How often a part stands in a text, counted from left to right; the shapes broadcast.

    >>> float(occurrences(np.array("aaa"), np.array("aa")))
    1.0
    """
    return _each(lambda whole, one: whole.count(str(one)) if one else 0.0, float, text, part)


def word_at(text: Value, place: Value) -> Value:
    """The word at a place, counted from 1, or no word beyond the end; the shapes broadcast.

    Raises:
        ShapeError: a place lies before the first word.
    """
    if (place < 1).any():
        raise ShapeError(f"a text has no word {place.min():g}; count from 1")
    return _each(_word, object, text, place)


def beginning(text: Value, length: Value) -> Value:
    """The first so many letters of a text; the shapes broadcast."""
    return _each(lambda whole, most: whole[:most], object, text, length)


def _word(text: str, place: int) -> str:
    return "".join(text.split(" ")[place - 1 : place])


def _exchanged(text: str, old: str, new: str) -> str:
    return text.replace(str(old), str(new)) if old else text


def _each(rule: Callable[..., Any], kind: type, *operands: Value) -> Value:
    """A rule for texts and whole numbers, place by place."""
    places = np.broadcast(*operands)
    found = np.empty(places.shape, dtype=kind)
    for i, (text, *parts) in enumerate(places):
        found.flat[i] = rule(
            str(text), *(part if isinstance(part, str) else int(part) for part in parts)
        )
    return found


OCCURRENCES = 'IF(y="",0,(LEN(x)-LEN(SUBSTITUTE(x,y,"")))/LEN(y))'
WORD_AT = 'TRIM(MID(SUBSTITUTE(x," ",REPT(" ",LEN(x))),(y-1)*LEN(x)+1,LEN(x)))'
"""With as many spaces between words as the text has letters, each word lies in a stretch of its
own. A cell holds 32,767 letters: texts of up to 180 always fit."""
