"""Each model is recorded and written once; each engine reads the same workbooks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed: pip install sheetformer[torch]")
pytest.importorskip(
    "transformers", reason="transformers is missing: pip install sheetformer[transformers]"
)

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.engines.base import Cells, Engine

from ..support import spoiled
from ..workbook_edit import edit_cells
from .models import CASES, Case

STYLES = ("matrix", "cell")


@dataclass(frozen=True)
class Recorded:
    """A model's book, and what PyTorch says after a weight and an input were changed."""

    book: Book
    after: Book
    edits: dict[tuple[str, int, int], Any]


@cache
def recorded(name: str, style: str) -> Recorded:
    """The book of a case in a formula style, and of the same case changed."""
    case = CASES[name]
    model = case.make()
    book = sf.record(case.call(model), *case.args, formulas=style, **(case.kwargs or {}))
    weight, given = changeable(book, model)
    other, args, kwargs = case.changed(model, weight, 1, given)
    after = sf.record(case.call(other), *args, formulas=style, check=False, **kwargs)
    names = (weight.replace(".", "_"), given)
    edits = {_cell(book, name): float(after[name].value.flat[1]) for name in names}
    return Recorded(book, after, edits)


def changeable(book: Book, model: Any) -> tuple[str, str]:
    """A weight (as PyTorch calls it) and an input block that stand in the book."""
    weights = {name.replace(".", "_"): name for name, _ in model.named_parameters()}
    weight = next(weights[name] for name in book if name in weights)
    given = next(name for name, block in book.blocks.items() if block.node.op == "input")
    return weight, given


def _cell(book: Book, name: str) -> tuple[str, int, int]:
    block = book.blocks[name]
    return (block.sheet, *block.cells[1])


@dataclass(frozen=True)
class Results:
    """What an engine finds: case and style → cells, as recorded and after the change."""

    first: dict[tuple[str, str], Cells]
    second: dict[tuple[str, str], Cells]


@cache
def written(folder: Path, name: str, style: str) -> Path:
    """The workbook of a case, with a wrong stored value in every formula cell."""
    return spoiled(recorded(name, style).book).save(folder / f"{name} {style}.xlsx")


KEYS = [(name, style) for name in CASES for style in STYLES]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workbooks stand; both engines read the same."""
    return tmp_path_factory.mktemp("recorded")


@pytest.fixture(scope="session")
def in_ironcalc(ironcalc: Engine, folder: Path) -> Results:
    """The change is made in a copy of the file, which is then read like the first."""
    first = [written(folder, *key) for key in KEYS]
    second = [path.with_suffix(".changed.xlsx") for path in first]
    for key, path, changed in zip(KEYS, first, second, strict=True):
        edit_cells(path, changed, recorded(*key).edits)
    found = [ironcalc.recalculate(path) for path in (*first, *second)]
    count = len(KEYS)
    return Results(
        dict(zip(KEYS, found[:count], strict=True)), dict(zip(KEYS, found[count:], strict=True))
    )


@pytest.fixture(scope="session")
def in_libreoffice(libreoffice: Engine, folder: Path) -> Results:
    """The change is typed into the open workbook, as a reader does, and the sheet follows."""
    found = Results({}, {})
    for key in KEYS:
        with libreoffice.open(written(folder, *key)) as live:
            found.first[key] = live.cells()
            found.second[key] = live.edit(recorded(*key).edits)
    return found


@pytest.fixture(
    params=["in_ironcalc", pytest.param("in_libreoffice", marks=pytest.mark.libreoffice)]
)
def results(request: pytest.FixtureRequest) -> Results:
    """What each engine finds."""
    return request.getfixturevalue(request.param)


__all__ = ["Case"]
