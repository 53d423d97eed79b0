"""Very many random graphs in all styles, in the engines and on the page: how many agree, how well.

Each graph is first compared with plain NumPy; then every cell that an engine works out with the
graph. Then all inputs are changed in the loaded book, and it must hold again. Prints how many
graphs and cells there were, the largest difference, each that is off, with the seed that makes it
again, and how often each operation was in a graph. Exit code 1 where one is off, or an operation
in none. Ctrl-C ends it early, with the figures so far.

    python -m tests.property.sweep --graphs 10000 [--engine ironcalc] [--first 0] [--batch 50]

With --bulk every book is laid out and written as one of a hundred million cells is: blocks of more
than three columns stand on their side, ISA-L packs the sheets, and for LibreOffice alone numbers do
not say their cells (IronCalc refuses such a sheet).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from unittest.mock import patch

import numpy as np

from sheetformer.book.workbook import Book
from sheetformer.engines import get_engine
from sheetformer.engines.base import Cells, Edits, Engine
from sheetformer.engines.programs.libreoffice import LibreOffice
from sheetformer.graph import turned
from sheetformer.graph.ops import OPS
from sheetformer.writers import package
from sheetformer.writers.formats import xlsx

from ..attack.report import put
from ..page.engine import PageEngine, find_node
from ..support import assert_cells, formula_values, spoiled, together, with_values
from .cases import Case, random_case, random_program
from .changed import Change, changed

STYLES = ("matrix", "cell", "named")
UNKNOWN = {"libreoffice": "named"}
"""A program, and the style that it cannot work out: LibreOffice knows no LAMBDA."""
ENGINES = ("ironcalc", "libreoffice", "page")
TITLES = {"ironcalc": "IronCalc", "libreoffice": "LibreOffice", "page": "the page"}
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


@dataclass(frozen=True)
class Made:
    """A book of some graphs, and what becomes of it when its inputs are changed."""

    book: Book
    change: Change

    @property
    def after(self) -> Book:
        """The book with the values that it must have then."""
        return with_values(self.book, self.change.values)


def case_of(seed: int) -> Case:
    """The graph of a seed: three in four a program, else one operation through views."""
    rng = Random(seed)
    return random_program(rng) if rng.random() < 0.75 else random_case(rng, rng.choice(COMPUTED))


def made_of(cases: Sequence[Case]) -> list[Made]:
    """One book of all cases in each style, held against plain NumPy, before and after a change."""
    made: list[Made] = []
    for style in STYLES:
        book = together([(case.function, case.arrays) for case in cases], style)
        change = changed(book, cases)
        for i, case in enumerate(cases):
            node = book.blocks[f"output_{i + 1}"].node
            _assert_same(book[f"output_{i + 1}"].value, case.function(*case.arrays))
            after = case.function(*change.arrays[i])
            value = book.graph.value(node.ids, change.values)
            upright = turned.turned(value) if node.base in book.graph.turned else value
            _assert_same(upright.reshape(np.shape(after)), after)
        made.append(Made(book, change))
    return made


def _assert_same(found: np.ndarray, expected: np.ndarray) -> None:
    assert found.shape == np.shape(expected)
    if np.asarray(expected).dtype == object:
        assert found.tolist() == expected.tolist()
        return
    finite = np.nan_to_num(np.asarray(expected, dtype=float), posinf=1e30, neginf=-1e30)
    np.testing.assert_allclose(found, finite, rtol=TOLERANCE, atol=TOLERANCE)


def both(engine: Engine | PageEngine, book: Book, edits: Edits) -> tuple[Cells, Cells]:
    """What an engine makes of a book, at first and after edits in it."""
    if isinstance(engine, PageEngine):
        # An apostrophe before it keeps a word a word, as in a spreadsheet.
        words = {at: f"'{new}" for at, new in edits.items() if new and isinstance(new, str)}
        first, after = engine.recalculate(book, {**edits, **words})
        return first, after
    with tempfile.TemporaryDirectory() as folder:
        path = spoiled(book).save(Path(folder, "book.xlsx"))
        with engine.open(path) as live:
            return live.cells(), live.edit(edits)


def held(made: Made, engine: Engine | PageEngine) -> float:
    """The largest difference in a book, before and after the change.

    Raises:
        AssertionError: a cell is off.
    """
    first, after = both(engine, made.book, made.change.edits)
    return max(
        assert_cells(made.book, first, engine.name),
        assert_cells(made.after, after, f"{engine.name}, changed"),
    )


def sweep(
    seeds: range, batch: int, engines: Sequence[Engine | PageEngine]
) -> tuple[dict[str, Result], Counter[str]]:
    """Run the graphs of all seeds: what each engine found, and how often an operation was met."""
    results = {engine.name: Result() for engine in engines}
    operations: Counter[str] = Counter()
    with suppress(KeyboardInterrupt):
        for some in _batches(seeds, batch):
            books = _made(some)
            if books is None:
                continue
            operations.update(node.op for node in books[0].book.graph)
            for engine in engines:
                _count(results[engine.name], engine, books, some)
            sys.stderr.write(f"\r{some.stop:,}")
    return results, operations


def _count(
    result: Result, engine: Engine | PageEngine, books: Sequence[Made], seeds: range
) -> None:
    """What an engine makes of a batch; one that is off is run again, a graph at a time."""
    books = [made for made in books if made.book.formulas != UNKNOWN.get(engine.name)]
    cells = sum(1 for made in books for _ in formula_values(made.book))
    try:
        result.largest = max(result.largest, *(held(made, engine) for made in books))
    except AssertionError:
        result.off += sum(_is_off(seed, engine) for seed in seeds)
    # Before and after the change.
    result.graphs, result.cells = result.graphs + len(seeds), result.cells + 2 * cells


def _batches(seeds: range, batch: int) -> Iterator[range]:
    for first in range(seeds.start, seeds.stop, batch):
        yield range(first, min(first + batch, seeds.stop))


def _made(seeds: range) -> list[Made] | None:
    """The books of a batch; if NumPy and a graph differ, who it is is said, and None."""
    try:
        return made_of([case_of(seed) for seed in seeds])
    except Exception:  # noqa: BLE001 - each is one graph that is off
        for seed in seeds:
            try:
                made_of([case_of(seed)])
            except Exception as error:  # noqa: BLE001
                _say(f"seed {seed}: {case_of(seed)!r}: {type(error).__name__}: {error}")
        return None


def _is_off(seed: int, engine: Engine | PageEngine) -> bool:
    try:
        for made in made_of([case_of(seed)]):
            if made.book.formulas != UNKNOWN.get(engine.name):
                held(made, engine)
    except AssertionError as error:
        _say(f"seed {seed}: {case_of(seed)!r}: {error}")
        return True
    return False


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def as_bulk(*, bare: bool) -> Generator[None]:
    """Write every book as one of the largest."""
    with (
        patch.object(turned, "WIDEST", 3),
        patch.object(package, "_LARGE", 0),
        patch.object(xlsx, "BARE", 0 if bare else xlsx.BARE),
    ):
        yield


def engine_of(name: str, stack: ExitStack) -> Engine | PageEngine:
    """An engine by its name, closed at the end.

    Raises:
        AssertionError: it is the page, and there is no Node.
    """
    if name == "libreoffice":
        return stack.enter_context(LibreOffice())
    if name == "ironcalc":
        return get_engine(name)
    node = find_node()
    assert node is not None, "the page's formulas need Node"
    page = PageEngine(node)
    stack.callback(page.close)
    return page


def figures(results: dict[str, Result], operations: Counter[str], seconds: float) -> str:
    """The table of what was found, and how often each operation was in a graph."""
    rows = [
        f"| {TITLES[name]} | {r.graphs:,} | {r.cells:,} | {r.largest:.1e} | {r.off} |"
        for name, r in results.items()
    ]
    often = ", ".join(f"{op} {operations[op]:,}" for op in COMPUTED)
    return "\n".join(
        [
            "| program | graphs | cells compared | largest difference | graphs off |",
            "|---|---|---|---|---|",
            *rows,
            "",
            f"How often each of the {len(COMPUTED)} operations was in a graph: {often}.",
            "",
            f"In {seconds / 60:.0f} minutes.",
            "",
        ]
    )


def main() -> int:
    """Run what the command line asks for; 1 if anything is off."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--graphs", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--batch", type=int, default=50, help="graphs in one book")
    parser.add_argument("--engine", action="append", choices=ENGINES)
    parser.add_argument("--bulk", action="store_true", help="as the largest books are written")
    parser.add_argument("--write", action="store_true", help="put the figures into the page")
    wanted = parser.parse_args()
    if wanted.write and wanted.bulk:
        parser.error("the table of the page is not of --bulk")
    begun = time.perf_counter()
    with ExitStack() as stack:
        if wanted.bulk:
            stack.enter_context(as_bulk(bare=wanted.engine == ["libreoffice"]))
        engines = [engine_of(name, stack) for name in wanted.engine or ENGINES]
        seeds = range(wanted.first, wanted.first + wanted.graphs)
        results, operations = sweep(seeds, wanted.batch, engines)
    text = figures(results, operations, time.perf_counter() - begun)
    _say(text)
    if wanted.write:
        put("sweep", text)
    missing = [op for op in COMPUTED if not operations[op]]
    if missing:
        _say(f"in no graph: {', '.join(missing)}")
    off = any(r.off or r.graphs < wanted.graphs for r in results.values())
    return int(off or bool(missing))


if __name__ == "__main__":
    sys.exit(main())
