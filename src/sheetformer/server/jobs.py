"""What a worker does for a request: build a book and write it as a page or as a workbook."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sheetformer.book.edits import read_edits
from sheetformer.editing import edited
from sheetformer.server.recipe import Recipe
from sheetformer.server.refusals import RefusedError

DOWNLOAD = "/workbook"
"""Where a page sends its edits to get a workbook."""


def do(job: Mapping[str, Any]) -> bytes:
    """The bytes of a page or of a workbook.

    Args:
        job: `kind` ("page" or "workbook"), `book` (a recipe), for a workbook `edits`.

    Raises:
        SheetformerError: something in it cannot be used.
    """
    recipe = Recipe.read(job.get("book"))
    if job.get("kind") == "page":
        return page(recipe)
    if job.get("kind") == "workbook":
        return workbook(recipe, job.get("edits", []))
    raise RefusedError("no_job")


def page(recipe: Recipe) -> bytes:
    """The page of a book, with this server as its host."""
    from sheetformer.writers.page import page_html

    host = {"download": DOWNLOAD, "home": f"/?lang={recipe.language}", "book": recipe.written()}
    return page_html(recipe.book(), host).encode()


def workbook(recipe: Recipe, edits: Any) -> bytes:
    """The workbook of a book as it stands on a page: with the page's edits."""
    changes = read_edits(edits)
    with tempfile.TemporaryDirectory(prefix="sheetformer-") as folder:
        path = edited(recipe.book(), changes).save(Path(folder, "book.xlsx"))
        return path.read_bytes()
