"""Each model is recorded once, and each engine reads all of its workbooks in one go."""

from __future__ import annotations

from collections.abc import Sequence
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
from sheetformer.engines.edit import edit_cells

from ..support import spoiled
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


def _results(engine: Engine, folder: Path, keys: Sequence[tuple[str, str]]) -> Results:
    first, second = [], []
    for i, key in enumerate(keys):
        told = recorded(*key)
        first.append(spoiled(told.book).save(folder / f"{i}.xlsx"))
        second.append(folder / f"{i}_changed.xlsx")
        edit_cells(first[-1], second[-1], told.edits)
    found = engine.recalculate_many([*first, *second])
    count = len(keys)
    return Results(
        dict(zip(keys, found[:count], strict=True)), dict(zip(keys, found[count:], strict=True))
    )


KEYS = [(name, style) for name in CASES for style in STYLES]


@pytest.fixture(scope="session")
def in_ironcalc(ironcalc: Engine, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return _results(ironcalc, tmp_path_factory.mktemp("ironcalc"), KEYS)


@pytest.fixture(scope="session")
def in_libreoffice(libreoffice: Engine, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return _results(libreoffice, tmp_path_factory.mktemp("libreoffice"), KEYS)


@pytest.fixture(
    params=["in_ironcalc", pytest.param("in_libreoffice", marks=pytest.mark.libreoffice)]
)
def results(request: pytest.FixtureRequest) -> Results:
    """What each engine finds."""
    return request.getfixturevalue(request.param)


__all__ = ["Case"]
