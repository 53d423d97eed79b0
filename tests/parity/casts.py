"""Numbers rounded to shorter formats: in PyTorch, in NumPy and in the programs, bit by bit.

Prints of each program how many of the cells hold another number than PyTorch's cast.

    python -m tests.parity.casts --numbers 10000 [--engine ironcalc --engine libreoffice]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sheetformer.book.workbook import Book
from sheetformer.engines import get_engine
from sheetformer.engines.base import Cells, Engine
from sheetformer.frontends.numpy.trace import trace
from sheetformer.graph import nn
from sheetformer.graph.number_formats import FORMATS, NumberFormat
from sheetformer.graph.storable import LARGEST

from ..support import spoiled

TORCH = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
    "FP8 E4M3": torch.float8_e4m3fn,
    "FP8 E5M2": torch.float8_e5m2,
}


def numbers(form: NumberFormat, count: int, seed: int = 0) -> np.ndarray:
    """So many numbers of float32, or of float64 for float32 itself: a format's edges among them."""
    rng = np.random.default_rng(seed)
    high = min(np.log2(form.largest) + 2.0, 99.0)
    sizes = np.exp2(rng.uniform(form.least - form.significant - 2.0, high, count))
    drawn = np.where(rng.random(count) < 0.5, sizes, rng.normal(size=count))
    edges = np.concatenate([_ends(form), rng.permutation(_edges(form))[: count // 2]])
    found = np.concatenate([edges, drawn[edges.size :]]) * rng.choice((-1.0, 1.0), count)
    return found.astype(_kept(form)).astype(np.float64)


def _kept(form: NumberFormat) -> type:
    """What is cast: as PyTorch does, by way of float32."""
    return np.float64 if form.name == "float32" else np.float32


def _edges(form: NumberFormat) -> np.ndarray:
    """Zero, ties at powers of two and among the subnormal numbers, and neighbours of them."""
    tiny = 2.0 ** (form.least + 1 - form.significant)
    powers = np.exp2(np.arange(form.least, min(np.log2(form.largest), 99.0)))
    digits = 1.0 + np.arange(-4.0, 5.0) * 2.0**-form.significant
    exact = [np.arange(65.0) * tiny / 4, np.outer(powers, digits).ravel()]
    near = np.concatenate(exact).astype(_kept(form))
    # Programs take what is nearer than 1E-15 for a tie: below float32's least exponent, too.
    clear = near * (1.0 + np.array([[-1.0], [1.0]]) * 2.0**-22)
    beside = [np.nextafter(near, near.dtype.type(way)) for way in (-np.inf, np.inf)]
    whole = [near, *np.where(np.abs(near) < 2.0 ** float(form.least), clear, beside)]
    return np.concatenate(whole).astype(np.float64)


def _ends(form: NumberFormat) -> np.ndarray:
    """Numbers around the largest one, up to the next power of two, where a cell holds them."""
    beyond = 1.0 + np.arange(-3.0, 8.0) * 2.0 ** -(form.significant + 2)
    return form.largest * beyond if form.largest < LARGEST else np.zeros(1)


def by_torch(x: np.ndarray, form: NumberFormat) -> np.ndarray:
    """PyTorch's cast; infinity as a cell has it, and the largest number where it has no number."""
    found = torch.tensor(x).to(TORCH[form.name]).to(torch.float64).numpy()
    ends = np.sign(x) * (LARGEST if form.infinite else form.largest)
    return np.where(np.isfinite(found), found, ends)


def book(form: NumberFormat, x: np.ndarray, style: str = "matrix") -> Book:
    """A column of numbers beside their casts."""

    def program(a: Any) -> Any:
        return nn.cast(a, form, "rounded")

    return trace(program, x[:, None], formulas=style)


def wrong_cells(
    recalculate: Callable[[Book], Cells], form: NumberFormat, x: np.ndarray, style: str = "matrix"
) -> list[float]:
    """The numbers of which a program makes another one than PyTorch."""
    made = book(form, x, style)
    cells = recalculate(made)
    block = made["rounded"].block
    found = np.array([cells[block.sheet].get(place, np.nan) for place in block.cells], dtype=float)
    return x[found != by_torch(x, form)].tolist()


def recalculated(engine: Engine) -> Callable[[Book], Cells]:
    """What an engine makes of a book from spoiled cells."""

    def cells(made: Book) -> Cells:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "casts.xlsx")
            spoiled(made).save(path)
            return engine.recalculate(path)

    return cells


def main() -> int:
    """Try all formats in both styles in each program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--numbers", type=int, default=10_000)
    parser.add_argument("--engine", action="append", default=[])
    settings = parser.parse_args()
    off = 0
    for name in settings.engine or ["ironcalc"]:
        program = recalculated(get_engine(name))
        for form in FORMATS:
            x = numbers(form, settings.numbers)
            for style in ("matrix", "cell"):
                wrong = wrong_cells(program, form, x, style)
                off += len(wrong)
                told = f"{x.size:,} numbers, {len(wrong)} off {wrong[:4]}"
                print(f"{name}, {form.name}, {style}: {told}", flush=True)
    return 1 if off else 0


if __name__ == "__main__":
    sys.exit(main())
