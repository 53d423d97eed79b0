"""How a book becomes bytes: a file format is one module in `formats`, found by its name.

A writer is imported when it writes for the first time, so that it costs nothing before.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sheetformer.book.outputs import VIEWS, WRITERS, Writer

if TYPE_CHECKING:
    from pathlib import Path

    from sheetformer.book.workbook import Book


def _writer(name: str) -> Writer:
    def write(book: Book, path: Path, **settings: Any) -> None:
        import_module(f"sheetformer.writers.formats.{name}").write(book, path, **settings)

    return write


def _preview(book: Book) -> Any:
    from sheetformer.writers.preview import preview_html

    return preview_html(book)


# Nothing is imported for this, since it happens with every `import sheetformer`.
for _file in os.listdir(os.path.join(__path__[0], "formats")):  # noqa: PTH118, PTH208
    if _file.endswith(".py") and not _file.startswith("_"):
        WRITERS[f".{_file[:-3]}"] = _writer(_file[:-3])
VIEWS["still"] = _preview
