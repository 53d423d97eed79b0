"""The numbers a lesson can be asked for: whole ones, decimal ones and rows of them, in bounds."""

from __future__ import annotations

import math
from typing import Any

from sheetformer.errors import SheetformerError


def whole(name: str, value: Any, least: int, most: int) -> int:
    """A whole number from `least` to `most`, both allowed; 4.0 and "4" are whole, too.

    Raises:
        SheetformerError: it is no whole number, or out of bounds; the message names the option.

    >>> whole("heads", "2", 1, 4)
    2
    """
    found = _float(value)
    if not (found.is_integer() and least <= found <= most):
        raise _outside(name, f"a whole number from {least} to {most}", value)
    return int(found)


def number(name: str, value: Any, least: float, most: float) -> float:
    """A number from `least` to `most`, both allowed.

    Raises:
        SheetformerError: it is no number, or out of bounds; the message names the option.

    >>> number("learning_rate", 0.5, 0, 10)
    0.5
    """
    found = _float(value)
    if not least <= found <= most:
        raise _outside(name, f"a number from {least:g} to {most:g}", value)
    return found


def text(name: str, value: Any) -> str:
    """A text, such as a sentence.

    Raises:
        SheetformerError: it is something else; the message names the option.

    >>> text("sentence", "I am happy")
    'I am happy'
    """
    if not isinstance(value, str):
        raise _outside(name, "a text", value)
    return value


def _float(value: Any) -> float:
    """The number, or nan for what is none; True and False are none."""
    if isinstance(value, bool):
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _outside(name: str, wanted: str, value: Any) -> SheetformerError:
    return SheetformerError(f"{name} must be {wanted}, not {value!r}")
