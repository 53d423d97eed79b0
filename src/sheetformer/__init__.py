"""Write the attention maths once; get the numbers, the spreadsheet and the proof."""

from sheetformer import writers as _writers
from sheetformer.book.workbook import Book
from sheetformer.engines.verify import verify
from sheetformer.errors import SheetformerError
from sheetformer.gradients import grad
from sheetformer.graph import nn
from sheetformer.graph.nn import softmax
from sheetformer.lessons import lesson
from sheetformer.tracing import trace
from sheetformer.translator import translate

__version__ = "0.1.0"
__all__ = [
    "Book",
    "SheetformerError",
    "grad",
    "lesson",
    "nn",
    "softmax",
    "trace",
    "translate",
    "verify",
]

del _writers
