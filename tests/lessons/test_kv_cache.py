"""Lesson kv-cache: both ways give one set of numbers, and their costs are what the sheet makes."""

from __future__ import annotations

import numpy as np
import pytest

from sheetformer import Book
from sheetformer.edits.edit import Edit
from sheetformer.edits.recalculate import edited

from .books import lesson

SENTENCES = ("we see the red house", "I am", "we see the red house we see the", "I am | happy")


@pytest.mark.parametrize("sentence", SENTENCES)
def test_both_ways_give_the_same_numbers(sentence: str) -> None:
    book = lesson("kv-cache", sentence=sentence)
    plain, kept = book["outputs_plain"].value, book["outputs_kept"].value
    np.testing.assert_allclose(plain, kept, rtol=0, atol=1e-14)
    np.testing.assert_allclose(plain, _causal(book), rtol=0, atol=1e-12)


def _causal(book: Book) -> np.ndarray:
    """Causal attention over the whole sentence at once, by plain NumPy."""
    x, w_q, w_k, w_v = (book[name].value for name in ("X_", "W_Q", "W_K", "W_V"))
    scores = (x @ w_q) @ (x @ w_k).T / np.sqrt(x.shape[1])
    powers = np.tril(np.exp(scores))
    return powers / powers.sum(axis=1, keepdims=True) @ (x @ w_v)


def test_cells_and_multiplications_are_those_of_the_sheet() -> None:
    book = lesson("kv-cache")
    names = ("q", "k", "v", "scores", "powers", "weights", "output")
    for kind in ("plain", "kept"):
        for t in range(1, 6):
            made = [book[f"{name}_{kind}_{t}"].value for name in names]
            query, weights = made[0], made[5]
            d = query.shape[1]
            assert book[f"cells_{kind}"].value[t - 1] == sum(one.size for one in made)
            products = 3 * query.size * d + 2 * weights.size * d
            assert book[f"multiplied_{kind}"].value[t - 1] == products


def test_closed_forms_are_the_sums() -> None:
    book = lesson("kv-cache")
    lengths = book["lengths"].value[:, 0]
    for i, length in enumerate(lengths[:5]):
        t, d = np.arange(1.0, length + 1), 8.0
        each = 3 * d * d + 2 * t * d
        assert book["total_kept"].value[i, 0] == each.sum()
        assert book["total_plain"].value[i, 0] == (t * each).sum()


def test_memory_of_models_that_were_published() -> None:
    book = lesson("kv-cache")
    assert book["kib_a_token"].value[:, 0].tolist() == [36.0, 512.0, 128.0, 320.0, 800.0]
    assert book["gib"].value[1:4, 0].tolist() == [2.0, 1.0, 2.5]
    assert book["gib_full"].value[2, 0] == 4.0


def test_what_a_reader_is_asked_to_try_works() -> None:
    book = lesson("kv-cache")
    at = book["sizes"].block
    row, column = at.matrices[0].row, at.matrices[0].column
    tried = [Edit(at.sheet, row + 3, column + 6, 24.0), Edit(at.sheet, row + 4, column + 2, 10.0)]
    after = edited(book, tried)
    assert after["gib"].value[3, 0] == 60.0
    assert after["gib"].value[4, 0] == 6.25
    assert after["mark_5"].value.item().startswith("✓")
