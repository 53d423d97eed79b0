"""Every model, both styles, two engines: each block is PyTorch's, after a change as well."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sheetformer.book.workbook import Book
from sheetformer.engines.base import Cells

from .conftest import KEYS, Results, recorded

TOLERANCE = 1e-9


def differences(book: Book, cells: Cells) -> dict[str, float]:
    """For each block of the model how far the cells of a file are from its values."""
    found: dict[str, float] = {}
    for name, block in book.blocks.items():
        if name.startswith(("ref_", "check_")) or block.caption.number_format in (
            "word",
            "message",
        ):
            continue
        read = np.array([_number(cells.get(block.sheet, {}).get(at)) for at in block.cells])
        expected = book.graph.value(block.node.ids).ravel().astype(float)
        far = np.abs(read - expected) / np.maximum(1.0, np.abs(expected))
        found[name] = float(np.where(np.isnan(far), np.inf, far).max())
    return found


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else np.nan


def assert_near(book: Book, cells: Cells) -> None:
    off = {name: far for name, far in differences(book, cells).items() if not far <= TOLERANCE}
    assert not off, dict(list(off.items())[:5])


@pytest.mark.parametrize(("name", "style"), KEYS)
def test_every_block_is_pytorchs(results: Results, name: str, style: str) -> None:
    assert_near(recorded(name, style).book, results.first[name, style])


@pytest.mark.parametrize(("name", "style"), KEYS)
def test_the_sheet_follows_a_changed_weight_and_input(
    results: Results, name: str, style: str
) -> None:
    recording = recorded(name, style)
    # The same blocks at the same places, or the comparison would be of other things.
    places = {name: (block.sheet, block.cells) for name, block in recording.book.blocks.items()}
    assert all(places[name] == (b.sheet, b.cells) for name, b in recording.after.blocks.items())
    assert_near(recording.after, results.second[name, style])


def test_a_wrong_cell_is_found(in_ironcalc: Results) -> None:
    key = KEYS[0]
    book = recorded(*key).book
    cells = {sheet: dict(some) for sheet, some in in_ironcalc.first[key].items()}
    block = book.blocks["context"]
    cells[block.sheet][block.cells[-1]] += 1e-7
    assert [name for name, far in differences(book, cells).items() if far > TOLERANCE] == [
        "context"
    ]
