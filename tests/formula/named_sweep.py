"""Random functions of named ones, in IronCalc and on the page; and files for any other engine.

python -m tests.formula.named_sweep SECONDS         books of random functions, in both engines
python -m tests.formula.named_sweep --write FOLDER  the lessons in this style, each stored result
                                                    spoiled, and beside each what its cells must be
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.engines import get_engine
from sheetformer.errors import SheetformerError
from sheetformer.graph import nn
from sheetformer.graph.functions import inline

from ..lessons.books import EACH, lesson
from ..page.engine import PageEngine, find_node
from ..support import assert_book_recalculates, assert_cells, formula_values, spoiled

LARGEST = 1e8
"""Books with larger numbers are left out: there programs differ by more than a rounding."""

ONE: tuple[Callable[[Any], Any], ...] = (
    nn.softmax, nn.log_softmax, nn.relu, nn.sigmoid, nn.silu, nn.softplus, nn.gelu, nn.layer_norm,
    nn.rms_norm, np.tanh, lambda x: x * 2.0, lambda x: x - 1.0, lambda x: x.T, lambda x: x[::-1],
    lambda x: x[:, ::-1], lambda x: x * x, lambda x: np.maximum(x, 0.0),
    lambda x: np.clip(x, 0.0, 1.0), lambda x: np.where(x > 0.0, x, 0.0),
    lambda x: x - x.max(-1, keepdims=True), lambda x: np.exp(x - x.max(-1, keepdims=True)),
    lambda x: x / x.sum(-1, keepdims=True), lambda x: x.sum(-1, keepdims=True) + x * 0.0,
    lambda x: np.where(x.sum() > 0.0, x, x * 2.0),
)  # fmt: skip
TWO: tuple[Callable[[Any, Any], Any], ...] = (
    lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a @ b,
    lambda a, b: a @ b.T, lambda a, b: nn.attention(a, b, b),
    lambda a, b: nn.attention(a, b, b, b > 0.0), lambda a, b: nn.masked_softmax(a, b > 0.0),
    lambda a, b: nn.softmax(a @ b.T / 2.0) @ b, lambda a, b: nn.softmax(a @ b.T)[::-1] @ b,
    lambda a, b: np.where(b > 0.0, a, 0.0), lambda a, b: nn.layer_norm(a, b[0], b[1]),
)  # fmt: skip


def random_book(seed: int) -> Book:
    """A book of two to nine steps after one another; some are asked to be inline."""
    rng, numbers = Random(seed), np.random.default_rng(seed)
    steps = [(rng.choice(ONE if rng.random() < 0.6 else TWO), rng.random(), rng.random(),
              rng.random() < 0.6) for _ in range(rng.randint(2, 9))]  # fmt: skip

    def program(x: Any, y: Any) -> dict[str, Any]:
        done = [x, y]
        for step, first, second, hidden in steps:
            a = done[int(first * len(done))] if first < 0.5 else done[-1]
            made = step(a) if step in ONE else step(a, done[int(second * len(done))])
            done.append(inline(made) if hidden else made)
        results = {"result": done[-1] + 0.0, "total": done[-1].sum(), "other": done[len(done) // 2]}
        return dict(list(results.items())[: 1 + seed % 3])

    return sf.trace(program, *numbers.normal(size=(2, 4, 4)), formulas="named")


def sweep(seconds: float) -> None:
    """Count books, cells and the largest difference; the first wrong cell stops it."""
    ironcalc, page = get_engine("ironcalc"), PageEngine(str(find_node()))
    end, seed, books, calling, cells, largest = time.monotonic() + seconds, 0, 0, 0, 0, 0.0
    while time.monotonic() < end:
        seed += 1
        try:
            book = random_book(seed)
        except SheetformerError:  # an infinite number, for example
            continue
        if max(np.abs(value).max() for value in book.graph.values) > LARGEST:
            continue
        found = assert_book_recalculates(book, ironcalc)
        found = max(found, assert_cells(book, page.recalculate(book)[0], page.name))
        books, calling = books + 1, calling + bool(book.functions)
        cells, largest = cells + book.formula_cells, max(largest, found)
    page.close()
    print(f"{books:,} books, {calling:,} with named functions, {cells:,} cells: all right in both")
    print(f"largest difference: {largest:.1e}")


def write(folder: Path) -> None:
    """Write each lesson and what its cells must be: sheet, row, column (from 0), value."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in EACH:
        book = lesson(name, formulas="named")
        spoiled(book).save(folder / f"{name}.xlsx")
        cells = [[*at, v if isinstance(v, str) else float(v)] for *at, v, _ in formula_values(book)]
        (folder / f"{name}.json").write_text(json.dumps(cells), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1] == "--write":
        write(Path(sys.argv[2]))
    else:
        sweep(float(sys.argv[1]))
