"""What is shown on a terminal while a large book is made and written; elsewhere nothing is."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sheetformer.cli.console import text

if TYPE_CHECKING:
    from pathlib import Path

    from sheetformer.book.workbook import Book

_LARGE = 300_000
"""Cells from which on writing takes long enough to show how far it is."""


@contextmanager
def waiting(key: str, **values: str) -> Generator[None]:
    """A text of the terminal and the time that has passed, while something is done."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    screen = Console(stderr=True)
    sentence = TextColumn(text(key, **values).replace("{", "{{").replace("}", "}}"), markup=False)
    parts = (SpinnerColumn(), sentence, TimeElapsedColumn())
    with Progress(*parts, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        bar.add_task("", total=None)
        yield


def saved(book: Book, path: Path) -> None:
    """Write a book, and show its cells, megabytes and the time left if it is large.

    Raises:
        FileError: it cannot be written.
    """
    if book.cells < _LARGE:
        book.save(path)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    screen = Console(stderr=True)
    done = text("cells_written", cells="{task.completed:,.0f}", size="{task.fields[size]:.0f}")
    bar = Progress(
        BarColumn(), TextColumn(done), TimeRemainingColumn(),
        console=screen, transient=True, disable=not screen.is_terminal,
    )  # fmt: skip
    with bar:
        task = bar.add_task("", total=book.cells, size=0.0)
        book.save(
            path,
            progress=lambda cells, size: bar.update(task, completed=cells, size=size / 1e6),
        )
