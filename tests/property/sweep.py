"""Very many random graphs in both styles, in the engines: how many agree, and how nearly.

Each graph is first compared with plain NumPy; then every cell that an engine works out with the
graph. Prints how many graphs and cells there were, the largest difference, and each that is off,
with the seed that makes it again.

    python -m tests.property.sweep --graphs 10000 [--engine ironcalc] [--first 0] [--batch 50]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from random import Random

import numpy as np

from sheetformer.book.workbook import Book
from sheetformer.engines import get_engine
from sheetformer.engines.base import Engine
from sheetformer.engines.programs.libreoffice import LibreOffice
from sheetformer.graph.ops import OPS

from ..support import assert_book_recalculates, formula_values, together
from .cases import Case, random_case, random_program

STYLES = ("matrix", "cell")
COMPUTED = [name for name, op in OPS.items() if op.kind != "source"]
TOLERANCE = 1e-12
"""Between a graph and plain NumPy, which add up in the same order or nearly."""


@dataclass
class Result:
    """What was found in one engine."""

    graphs: int = 0
    cells: int = 0
    largest: float = 0.0
    off: int = 0


def case_of(seed: int) -> Case:
    """The graph of a seed: three in four a program, else one operation through views."""
    rng = Random(seed)
    return random_program(rng) if rng.random() < 0.75 else random_case(rng, rng.choice(COMPUTED))


def books_of(cases: Sequence[Case]) -> list[Book]:
    """One book of all cases in each style, held against plain NumPy."""
    books = [together([(case.function, case.arrays) for case in cases], style) for style in STYLES]
    for i, case in enumerate(cases):
        expected = case.function(*case.arrays)
        for book in books:
            _assert_same(book[f"output_{i + 1}"].value, expected)
    return books


def _assert_same(found: np.ndarray, expected: np.ndarray) -> None:
    assert found.shape == np.shape(expected)
    if np.asarray(expected).dtype == object:
        assert found.tolist() == expected.tolist()
        return
    finite = np.nan_to_num(np.asarray(expected, dtype=float), posinf=1e30, neginf=-1e30)
    np.testing.assert_allclose(found, finite, rtol=TOLERANCE, atol=TOLERANCE)


def sweep(seeds: range, batch: int, engines: Sequence[Engine]) -> dict[str, Result]:
    """Run the graphs of all seeds; a batch that is off is run again, a graph at a time."""
    results = {engine.name: Result() for engine in engines}
    for some in _batches(seeds, batch):
        books = _books(some)
        if books is None:
            continue
        cells = sum(1 for book in books for _ in formula_values(book))
        for engine in engines:
            result = results[engine.name]
            result.graphs, result.cells = result.graphs + len(some), result.cells + cells
            try:
                result.largest = max(result.largest, assert_book_recalculates(books, engine))
            except AssertionError:
                result.off += sum(_is_off(seed, engine) for seed in some)
    return results


def _batches(seeds: range, batch: int) -> Iterator[range]:
    for first in range(seeds.start, seeds.stop, batch):
        yield range(first, min(first + batch, seeds.stop))


def _books(seeds: range) -> list[Book] | None:
    """The books of a batch; if NumPy and a graph differ, who it is is said, and None."""
    try:
        return books_of([case_of(seed) for seed in seeds])
    except Exception:  # noqa: BLE001 - each is one graph that is off
        for seed in seeds:
            try:
                books_of([case_of(seed)])
            except Exception as error:  # noqa: BLE001
                _say(f"seed {seed}: {case_of(seed)!r}: {type(error).__name__}: {error}")
        return None


def _is_off(seed: int, engine: Engine) -> bool:
    try:
        assert_book_recalculates(books_of([case_of(seed)]), engine)
    except AssertionError as error:
        _say(f"seed {seed}: {case_of(seed)!r}: {error}")
        return True
    return False


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run what the command line asks for; 1 if anything is off."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--graphs", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--batch", type=int, default=50, help="graphs in one book")
    parser.add_argument("--engine", action="append", choices=("ironcalc", "libreoffice"))
    wanted = parser.parse_args()
    names = wanted.engine or ["ironcalc", "libreoffice"]
    begun = time.perf_counter()
    with ExitStack() as stack:
        engines = [
            stack.enter_context(LibreOffice()) if name == "libreoffice" else get_engine(name)
            for name in names
        ]
        seeds = range(wanted.first, wanted.first + wanted.graphs)
        results = sweep(seeds, wanted.batch, engines)
    for name, result in results.items():
        _say(
            f"{name}: {result.graphs:,} graphs in {len(STYLES)} styles, {result.cells:,} cells, "
            f"largest difference {result.largest:.1e}, {result.off} off"
        )
    _say(f"{time.perf_counter() - begun:.0f} s")
    return int(any(r.off or r.graphs < wanted.graphs for r in results.values()))


if __name__ == "__main__":
    sys.exit(main())
