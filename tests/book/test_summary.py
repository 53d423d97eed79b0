"""How large a book is said to be, held against its cells and its file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.summary import LARGEST, Summary, refuse_too_large
from sheetformer.errors import SheetformerError
from sheetformer.graph.functions import inline
from sheetformer.lessons import NAMES


def test_it_counts_what_stands_in_the_book() -> None:
    book = sf.trace(lambda x: inline(x @ x.T) + 1.0, np.ones((3, 2)), title="Sums")
    summary = book.summary()
    assert (summary.formulas, summary.weights, summary.others) == (9, 0, 6)
    assert summary.formulas == book.formula_cells, "what stands inside a formula has no cells"
    assert summary.cells == 15
    assert str(summary).startswith("Sums: 9 formulas, 0 weights, 6 other numbers, a workbook of")


def test_learned_numbers_are_weights() -> None:
    summary = sf.lesson("cross-attention").summary()
    assert summary.weights > 100
    assert summary.others > 0


@pytest.mark.parametrize("style", ["matrix", "cell"])
@pytest.mark.parametrize("name", NAMES)
def test_the_size_is_about_that_of_the_file(name: str, style: str, tmp_path: Path) -> None:
    book = sf.lesson(name, formulas=style)
    size = book.save(tmp_path / "book.xlsx").stat().st_size
    assert 0.75 < book.summary().size / size < 1.5


def test_the_size_of_random_numbers_is_about_that_of_the_file(tmp_path: Path) -> None:
    """Numbers that repeat are packed far better than those that a model has learned."""
    for rows in (10, 300):
        x = np.random.default_rng(rows).normal(size=(rows, 30))
        book = sf.trace(lambda x: np.exp(x) + 1.0 / 3.0, x, formulas="cell")
        size = book.save(tmp_path / "book.xlsx").stat().st_size
        assert 0.75 < book.summary().size / size < 2


@pytest.mark.parametrize(
    ("size", "text"), [(12_345, "12 KB"), (999_400, "999 KB"), (1e6, "1.0 MB")]
)
def test_the_size_is_said_in_round_numbers(size: int, text: str) -> None:
    assert str(Summary("A", 1, 2, 3, int(size))).endswith(f"a workbook of about {text}")


def test_a_book_that_no_program_likes_is_refused_with_the_way_out() -> None:
    just = Summary("Large", LARGEST - 2, 1, 1, 10_000_000)
    refuse_too_large(just)
    with pytest.raises(SheetformerError, match=r"more than 1,500,000 cells: take a part .*--force"):
        refuse_too_large(replace(just, others=2))


@pytest.mark.parametrize("bits", [32, 64])
def test_the_size_of_many_weights_is_within_a_fifth(bits: int, tmp_path: Path) -> None:
    drawn = np.random.default_rng(bits).normal(scale=0.02, size=(800, 400))
    weights = drawn if bits == 64 else [[float(str(x)) for x in r] for r in drawn.astype("f4")]
    book = sf.trace(lambda x, w: x @ w.T, drawn[:2], np.array(weights))
    size = book.save(tmp_path / "book.xlsx").stat().st_size
    assert 0.8 < book.summary().size / size < 1.2


def test_a_long_one_says_how_long_it_takes() -> None:
    short = Summary("A", 1, 6_000_000, 0, 10**8)
    assert str(short).endswith("a workbook of about 100.0 MB")
    assert short.seconds == 0
    long = replace(short, work=1e12)
    assert long.seconds > 100
    assert ", written in about " in str(long)
