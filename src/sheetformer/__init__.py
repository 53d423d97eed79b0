"""Write the attention maths once; get the numbers, the spreadsheet and the proof."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sheetformer import writers as _writers
from sheetformer.book.outputs import VIEWS as _VIEWS

if TYPE_CHECKING:
    from sheetformer.book.workbook import Book
    from sheetformer.edits.saved import edit
    from sheetformer.engines.verify import verify
    from sheetformer.errors import SheetformerError
    from sheetformer.exercises.check import check
    from sheetformer.exercises.grading import grade
    from sheetformer.exercises.make import exercise
    from sheetformer.frontends.numpy.grad import grad
    from sheetformer.frontends.numpy.trace import trace
    from sheetformer.frontends.torch.compare import compare
    from sheetformer.frontends.torch.pytorch import record
    from sheetformer.graph import nn
    from sheetformer.graph.nn import softmax
    from sheetformer.lessons import lesson
    from sheetformer.lessons.heat_maps import attention
    from sheetformer.lessons.translator.sheet import translate


def _live(book: Book) -> Any:
    """A book as a widget; what it needs may not be installed."""
    from sheetformer.notebook import widget

    return widget(book)


def _shown(book: Book) -> None:
    """A book alive in a notebook, and as a picture for who only reads it."""
    from sheetformer.notebook import show

    show(book)


del _writers  # it has entered its formats
_VIEWS["live"] = _live
_VIEWS["shown"] = _shown

__version__ = "0.2.0"
__all__ = [
    "Book",
    "SheetformerError",
    "attention",
    "check",
    "compare",
    "edit",
    "exercise",
    "grad",
    "grade",
    "lesson",
    "nn",
    "record",
    "softmax",
    "trace",
    "translate",
    "verify",
]

_HOMES = {
    "Book": "book.workbook",
    "SheetformerError": "errors",
    "attention": "lessons.heat_maps",
    "check": "exercises.check",
    "exercise": "exercises.make",
    "compare": "frontends",
    "edit": "edits.saved",
    "grad": "frontends.numpy.grad",
    "grade": "exercises.grading",
    "lesson": "lessons",
    "nn": "graph",
    "record": "frontends",
    "softmax": "graph.nn",
    "trace": "frontends.numpy.trace",
    "translate": "lessons.translator.sheet",
    "verify": "engines.verify",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that the command line starts at once."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sheetformer' has no attribute {name!r}")
    module = import_module(f"sheetformer.{_HOMES[name]}")
    value = import_module("sheetformer.graph.nn") if name == "nn" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
