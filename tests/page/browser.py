"""A page in a real Chromium: what it shows, what stands in its cells, and what went wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sheetformer.book.workbook import Block, Book
from sheetformer.graph.ops import Value

_ALL_VALUES = """(places) => {
  const model = document.querySelector('.sheetformer').sheetformer;
  return places.map((place) => {
    const value = model.value(place);
    return value !== null && typeof value === 'object' ? value.code : value;
  });
}"""
_BOXES = """(elements) => elements.filter((element) => element.getClientRects().length)
  .map((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x, y, width, height };
  })"""
_LATER = """(wait) => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, wait))))"""
_PATIENCE = 20.0
"""Seconds within which everything stands still and is written, on the slowest machine."""


def later(page: Any, milliseconds: int = 60) -> None:
    """Wait until a page has done what it had put off: to its next frames, or for less than this.

    Its own clock says when: however slow the machine, earlier frames and timers come first. 60 is
    beyond all that draws or scrolls.
    """
    page.evaluate(_LATER, milliseconds)


def settled(*parts: Any) -> list[dict[str, float]]:
    """Where elements stand in the window, once all of them are there and stand still.

    What was found may be gone or elsewhere before it is measured: a sheet draws its cells and
    headings anew in the frame after a scroll, and a step that is gone to scrolls a second time.

    Raises:
        AssertionError: one of them is missing or moves still, after seconds.
    """
    end = time.monotonic() + _PATIENCE
    before: list[Any] = []
    while True:
        boxes = [part.evaluate_all(_BOXES) for part in parts]
        if boxes == before and all(len(each) == 1 for each in boxes):
            return [box for (box,) in boxes]
        assert time.monotonic() < end, f"{parts} stand at {before}, then at {boxes}"
        before = boxes
        later(parts[0].page)


def says(read: Callable[[], str], *texts: str) -> None:
    """Wait until a text has all of these: what is kept of a page is written a little later.

    Raises:
        AssertionError: it has not, after seconds.
    """
    end = time.monotonic() + _PATIENCE
    while True:
        found = read()
        missing = [text for text in texts if text not in found]
        if not missing:
            return
        assert time.monotonic() < end, f"{missing} not in {found}"
        time.sleep(0.02)


class Tab:
    """One book, open in a tab of its own.

    Attributes:
        page: the tab, as Playwright has it.
        problems: what it asked for beyond its own file, and what it complained of.
    """

    def __init__(
        self,
        chromium: Any,
        book: Book,
        path: Path,
        size: tuple[int, int] = (1440, 900),
        **context: Any,
    ) -> None:
        self.book = book
        self.problems: list[str] = []
        viewport = {"width": size[0], "height": size[1]}
        self.context = chromium.new_context(viewport=viewport, **context)
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page = self.context.new_page()
        own = path.as_uri()
        self.page.on("request", lambda request: self._on_request(request.url, own))
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("console", lambda message: self._on_console(message.type, message.text))
        self.page.goto(own)
        self.ready()

    def _on_request(self, url: str, own: str) -> None:
        if url != own:
            self.problems.append(f"request: {url}")

    def _on_console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.problems.append(f"{kind}: {text}")

    def ready(self) -> None:
        """Wait until all of the view stands."""
        self.page.wait_for_selector(".sheetformer .viewhost > *")
        # Stages out of sight are drawn once the page stands.
        self.page.wait_for_selector(".stagebody:empty:not([hidden])", state="detached")

    def kept(self, *texts: str) -> None:
        """Wait until the address has all of this."""
        says(lambda: self.page.evaluate("decodeURIComponent(location.hash)"), "#state=", *texts)

    def close(self) -> None:
        """Close the tab; a page that complained or asked for anything fails its test."""
        self.context.close()
        assert self.problems == [], self.problems

    def place(self, name: str, row: int = 0, column: int = 0, matrix: int = 0) -> dict[str, int]:
        """Sheet, row and column of a cell of a block."""
        block = self.book.blocks[name]
        sheet = [sheet.name for sheet in self.book.sheets].index(block.sheet)
        corner = block.matrices[matrix]
        return {"sheet": sheet, "row": corner.row + row, "column": corner.column + column}

    def values(self, name: str) -> Value:
        """The numbers or words that the page has in a block, in the shape of its node."""
        block = self.book.blocks[name]
        found = self.page.evaluate(_ALL_VALUES, [self._at(block, *cell) for cell in block.cells])
        # A cell for a word may be empty.
        words = self.book.graph.value(block.node.ids).dtype == object
        kind = object if words or any(isinstance(value, str) for value in found) else np.float64
        return np.array(
            ["" if v is None and kind is object else v for v in found], dtype=kind
        ).reshape(block.node.shape)

    def _at(self, block: Block, row: int, column: int) -> dict[str, int]:
        sheet = [sheet.name for sheet in self.book.sheets].index(block.sheet)
        return {"sheet": sheet, "row": row, "column": column}

    def cell(self, name: str, row: int = 0, column: int = 0) -> Any:
        """The element of a cell in the table of its own block."""
        table = self.page.locator(f'.card:not(.again) [data-block="{name}"] tbody')
        return table.locator("tr").nth(row).locator("td[data-cell]").nth(column)

    def type_into(self, name: str, text: str, row: int = 0, column: int = 0) -> None:
        """Click a cell, type over what stands there, and press Enter."""
        self.cell(name, row, column).click()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def show(self, view: str) -> None:
        """Go to one of the views."""
        self.page.click(f'.viewtabs [data-view="{view}"]')
        self.ready()

    def differences(self, changes: Mapping[str, Value]) -> dict[str, float]:
        """How far each block is from NumPy, after some blocks were given other values."""
        graph = self.book.graph
        bases = {self.book.blocks[name].node.base: value for name, value in changes.items()}
        wanted = graph.evaluate({graph.node_index(base): v for base, v in bases.items()})
        found: dict[str, float] = {}
        for name, block in self.book.blocks.items():
            value = wanted[graph.node_index(block.node.base)]
            here = self.values(name)
            if value.dtype == object:
                found[name] = 0.0 if here.tolist() == value.tolist() else np.inf
            else:
                found[name] = float(np.abs(here - value).max(initial=0.0))
        return found
