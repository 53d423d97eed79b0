"""Words as they were typed, made ready to be looked up: as values and as formulas.

A formula takes away what may stand around a word with one SUBSTITUTE for each sign, because that is
what every program has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce

import numpy as np

from sheetformer import spelling
from sheetformer.graph.values import Value

_Change = tuple[str, str]
_BLANKS: tuple[_Change, ...] = tuple((blank, " ") for blank in spelling.BLANKS)
_AROUND: tuple[_Change, ...] = (
    *((apostrophe, "'") for apostrophe in spelling.APOSTROPHES),
    *((mark, "") for mark in spelling.MARKS),
)
_ACCENTS: tuple[_Change, ...] = tuple(spelling.loose_accents())


def bare_word(text: Value) -> Value:
    """Words without blanks and marks around them; a mark alone stays: (…) → (…)."""
    return _each(text, _bare)


def composed(text: Value) -> Value:
    """Texts in small letters, in which a letter and its accent are one sign: (…) → (…)."""
    return _each(text, lambda word: _changed(word.lower(), _ACCENTS))


def _each(text: Value, rule: Callable[[str], str]) -> Value:
    changed = [rule(str(word)) for word in text.ravel().tolist()]
    return np.array(changed, dtype=object).reshape(text.shape)


def _bare(word: str) -> str:
    word = _trimmed(_changed(word, _BLANKS))
    return _trimmed(_changed(word, _AROUND)) if len(word) > 1 else word


def _changed(word: str, changes: Iterable[_Change]) -> str:
    return reduce(lambda text, change: text.replace(*change), changes, word)


def _trimmed(word: str) -> str:
    """As TRIM: of white space only the plain space counts."""
    return " ".join(part for part in word.split(" ") if part)


def _substituted(formula: str, changes: Iterable[_Change]) -> str:
    """A formula for a text with all changes, the first one innermost.

    >>> _substituted("x", [(".", ""), (";", ",")])
    'SUBSTITUTE(SUBSTITUTE(x,".",""),";",",")'
    """
    for old, new in changes:
        formula = f"SUBSTITUTE({formula},{_quoted(old)},{_quoted(new)})"
    return formula


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


_TRIMMED = f"TRIM({_substituted('x', _BLANKS)})"
BARE_WORD = f"IF(LEN({_TRIMMED})>1,TRIM({_substituted(_TRIMMED, _AROUND)}),{_TRIMMED})"
COMPOSED = _substituted("LOWER(x)", _ACCENTS)
