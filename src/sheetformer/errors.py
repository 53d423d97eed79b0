"""Errors written for the person at the keyboard: what was wrong, where, and what to do next."""

from __future__ import annotations


class SheetformerError(Exception):
    """Anything wrong that a user can mend; its text is one clear sentence in their words."""


class ShapeError(SheetformerError, ValueError):
    """Two arrays do not fit together."""


class UnsupportedError(SheetformerError):
    """A function or argument has no spreadsheet form here.

    No `TypeError`: Python and PyTorch take one from an operator as a sign to try the other operand,
    and say at last that both do not fit, in words that help nobody.
    """


class WordError(SheetformerError, ValueError):
    """A sentence has a word that the vocabulary lacks, or too few or too many words."""


class EditError(SheetformerError, ValueError):
    """A cell cannot be changed as somebody typed."""


class FileError(SheetformerError, OSError):
    """A file cannot be read or written, or is not what it should be."""


class EngineError(SheetformerError, RuntimeError):
    """A spreadsheet engine is missing, or could not recalculate a file."""


def place_of(error: BaseException) -> str:
    """Class and place of a bug, without its text: that may be long, and hold a stranger's words."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {last.name}, line {last.lineno} of {last.filename}"
