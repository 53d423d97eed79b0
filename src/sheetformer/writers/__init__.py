"""One file format each: how a book becomes bytes."""

from sheetformer.book.workbook import Book
from sheetformer.writers.preview import preview_html
from sheetformer.writers.text import write_text
from sheetformer.writers.xlsx import write_xlsx

Book.writers |= {".xlsx": write_xlsx, ".txt": write_text}
Book.preview = staticmethod(preview_html)
