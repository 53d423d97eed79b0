"""Files that real Excel opens without a word, and words of users that stay words."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from sheetformer.book.workbook import Book
from sheetformer.engines.base import Engine
from sheetformer.engines.reader import formula_cells, read_cells
from sheetformer.frontends.numpy.trace import trace
from sheetformer.graph import nn
from sheetformer.graph.functions import named, source
from sheetformer.graph.ops import OPS

from ..property.cases import random_case, random_program
from ..support import assert_book_recalculates, assert_excel_would_open, together

COMPUTED = [name for name, op in OPS.items() if op.kind != "source"]


@pytest.mark.parametrize("style", ["matrix", "cell"])
@pytest.mark.parametrize("seed", range(2))
def test_every_operation_would_open(style: str, seed: int, tmp_path: Path) -> None:
    rng = Random(seed)
    cases = [*(random_case(rng, op) for op in COMPUTED), random_program(rng)]
    book = together([(case.function, case.arrays) for case in cases], style)
    assert {node.op for node in book.graph} >= set(COMPUTED)
    assert_excel_would_open(book.save(tmp_path / "book.xlsx"))


@pytest.mark.parametrize("style", ["matrix", "cell"])
def test_attention_would_open(style: str, tmp_path: Path) -> None:
    x, weights = np.ones((3, 4)), [np.eye(4)] * 4

    def heads(x: Any, *w: Any) -> Any:
        return nn.multi_head_attention(x, x, *w, heads=2, mask=np.tril(np.ones((3, 3))))

    assert_excel_would_open(trace(heads, x, *weights, formulas=style).save(tmp_path / "a.xlsx"))


@pytest.mark.parametrize("name", ["Q", "K1", "W1", "R", "RC", "TRUE", "σ", "x y", "LOG10", "C3PO"])
def test_a_block_may_have_any_name(name: str, tmp_path: Path, ironcalc: Engine) -> None:
    def doubled(x: Any) -> Any:
        return named(x * 2.0, name) + 1.0

    book = trace(doubled, np.ones((2, 2)), title=name)
    assert_excel_would_open(book.save(tmp_path / "book.xlsx"))
    assert_book_recalculates(book, ironcalc)


WORDS = [
    "=1+1", "+351", "-1", "@user", "=cmd|' /C calc'!A0", "<b>bold</b>", "a & b", 'say "hi"', "it's",
    "two\nlines", "tab\there", "😀 olá", "#N/A", "TRUE", "1E5", "007", " spaced ", "_x0041_", "",
]  # fmt: skip


def book_of_words() -> Book:
    def learn(words: Any) -> Any:
        graph = words.graph
        marks = source(
            graph, "parameter", np.ones((len(WORDS), 2)), (words.ids, None), name="marks"
        )
        shares = nn.softmax(marks @ marks.T, name="weights")
        return shares, words[::-1]

    return trace(learn, np.array(WORDS, dtype=object), title="=Words & <more>")


def test_words_of_users_stay_words(tmp_path: Path) -> None:
    book = book_of_words()
    path = book.save(tmp_path / "words.xlsx")
    assert_excel_would_open(path)
    block = book.blocks["words"]
    cells, formulas = read_cells(path)[block.sheet], formula_cells(path)[block.sheet]
    assert [cells.get(place, "") for place in block.cells] == WORDS
    assert not set(block.cells) & set(formulas)


def test_words_of_users_are_read_by_formulas_as_they_are(engine: Engine) -> None:
    assert_book_recalculates(book_of_words(), engine)


def test_words_of_users_stay_words_in_text_and_page(tmp_path: Path) -> None:
    book = book_of_words()
    text = book.save(tmp_path / "words.txt").read_text(encoding="utf-8")
    for word in WORDS:
        assert word in text
    page = book._repr_html_()
    assert "<b>bold</b>" not in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "&amp; &lt;more&gt;" in page
    assert "😀" in page
