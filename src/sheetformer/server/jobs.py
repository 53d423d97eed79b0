"""What a worker does for a request: build a book and write it as a page or as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheetformer.edits.recalculate import edited
from sheetformer.edits.wire import read_edits
from sheetformer.scratch import Scratch
from sheetformer.server.book_request import BookRequest
from sheetformer.server.refusals import RefusedError

DOWNLOAD = "/workbook"
"""Where a page sends its edits to get a workbook."""


def do(job: Mapping[str, Any]) -> bytes:
    """The bytes of a page or of a workbook.

    Args:
        job: `kind` ("page" or "workbook"), `book` (what `BookRequest.written` gave), for a
            workbook `edits`, for a page `base` (what the server's addresses begin with).

    Raises:
        SheetformerError: something in it cannot be used.
    """
    request = BookRequest.read(job.get("book"))
    if job.get("kind") == "page":
        return page(request, job.get("base", ""))
    if job.get("kind") == "workbook":
        return workbook(request, job.get("edits", []))
    raise RefusedError("no_job")


def page(request: BookRequest, base: str = "") -> bytes:
    """The page of a book, with this server as its host; `base` is what its addresses begin with."""
    from sheetformer.writers.page import page_html

    home = f"{base}/?lang={request.language}"
    host = {"download": base + DOWNLOAD, "home": home, "book": request.written()}
    return page_html(request.book(), host).encode()


def workbook(request: BookRequest, edits: Any) -> bytes:
    """The workbook of a book as it stands on a page: with the page's edits."""
    changes = read_edits(edits)
    with Scratch() as scratch:
        path = edited(request.book(), changes).save(scratch.path / "book.xlsx")
        return path.read_bytes()
