"""Random rectangles of extreme numbers and awkward words are read back as they were written."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import sheetformer as sf
from sheetformer.engines import get_engine
from sheetformer.engines.reader import corners, read_cells
from sheetformer.writers import package

EXTREMES = [
    0.0, -0.0, 5e-324, -2.2250738585072014e-308, 2.225073858507201e-308, 1e308, -1e-308,
    1.7976931348623157e308, 0.1, 1 / 3, 2.0**53 + 2, 1e16, 123456789012345680.0,
    float(np.finfo("f4").max), float(np.finfo("f4").tiny), float(np.float32(1e-45)),
]  # fmt: skip
NUMBERS = st.sampled_from(EXTREMES) | st.floats(allow_nan=False, allow_infinity=False)
AWKWARD = [
    "=1+1", "+A1", "-1", "@SUM(A1)", "'quoted", "007", "1E5", "TRUE", "#N/A", "_x0041_", "_x",
    "&amp;", "<v>]]>", "<r><t>x</t></r>", "<r>", "<r></t></r>", "<r>\0</r>",
    " space ", "a\nb", "a\tb", '"', "漢字" * 50, "🙂👩", "e\u0301", "\u202ea",
    "x" * 5000,
]  # fmt: skip
WORDS = st.sampled_from(AWKWARD) | st.text(
    st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30
)
SHAPES = array_shapes(min_dims=2, max_dims=2, max_side=12)


def standing(cells: Any, book: sf.Book, name: str) -> list[Any]:
    """What stands in the cells of a block, row by row."""
    sheet, _, place = book[name].address.partition("!")
    (top, left), (bottom, right) = corners(place)
    here = cells[sheet.strip("'")]
    return [
        here.get((row, column))
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    ]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cells") / "book.xlsx"


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    numbers=arrays("f8", SHAPES, elements=NUMBERS),
    words=arrays(object, SHAPES, elements=WORDS),
    style=st.sampled_from(["matrix", "cell"]),
)
def test_numbers_and_words_come_back(path: Path, numbers: Any, words: Any, style: Any) -> None:
    book = sf.trace(lambda x, w: (x.T * 1.0, w[:, :1] == "a"), numbers, words, formulas=style)
    cells = read_cells(book.save(path))
    for name in ("x", "output_1"):
        found, wanted = standing(cells, book, name), book[name].value.ravel().tolist()
        assert found == wanted
        assert [math.copysign(1, a) for a in found] == [math.copysign(1, a) for a in wanted]
    assert standing(cells, book, "w") == words.ravel().tolist()


def test_words_that_look_like_markup_are_words_to_everybody(tmp_path: Path) -> None:
    words = np.array([AWKWARD, ["", *AWKWARD[1:]]], dtype=object).T
    book = sf.trace(lambda w: w[:, :1] == "a", words)
    path = book.save(tmp_path / "words.xlsx")
    wanted = [word or None for word in words.ravel()]
    sheet, _, place = book["w"].address.partition("!")
    (top, left), (bottom, right) = corners(place)
    rows = openpyxl.load_workbook(path)[sheet.strip("'")].iter_rows(
        top + 1, bottom + 1, left + 1, right + 1, values_only=True
    )
    # openpyxl reads no escape that stands for a character.
    plain = [word and word.replace("\0", "_x0000_") for word in wanted]
    found = [word and str(word).replace("_x005F_", "_") for row in rows for word in row]
    assert found == plain
    assert standing(read_cells(path), book, "w") == wanted
    assert bool(sf.verify(path))


@pytest.mark.parametrize("style", ["matrix", "cell"])
def test_an_engine_reads_a_bulk_book_as_a_small_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, style: Any
) -> None:
    """A book that is packed for speed, extreme numbers among them, worked out anew."""
    monkeypatch.setattr(package, "_LARGE", 1000)
    x = np.random.default_rng(0).standard_normal((90, 101))
    x[0, : len(EXTREMES)] = [value if abs(value) > 1e-300 else 0.5 for value in EXTREMES]
    book = sf.trace(lambda x: x[:, :40] * 0.5 + x[:, 1:41], x, formulas=style)
    path = book.save(tmp_path / "bulk.xlsx")
    stored = read_cells(path)
    assert standing(stored, book, "x") == book["x"].value.ravel().tolist()
    live = get_engine("ironcalc").recalculate(path)
    wanted = book["output"].value.ravel()
    assert np.allclose(standing(live, book, "output"), wanted, rtol=1e-12, atol=1e-300)
