"""The lesson positions: the paper's encodings, and what attention cannot tell without them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sheetformer.engines.base import Engine
from sheetformer.errors import SheetformerError, WordError
from sheetformer.models.transformer import positional_encoding

from ..support import assert_book_recalculates
from .books import lesson
from .changed import after_typing

BOOK = lesson("positions")
WIDTHS = [4, 6, 8, 16]
ON = {("use_positions", 0, 0): 1.0}
each_width = pytest.mark.parametrize("d_model", WIDTHS)


@each_width
def test_the_encodings_are_those_of_the_paper(d_model: int) -> None:
    """Vaswani et al. 2017, section 3.5, number by number."""
    found = lesson("positions", d_model=d_model)["positions"].value
    assert found.shape == (16, d_model)
    for pos in range(16):
        for i in range(d_model // 2):
            angle = pos / 10_000 ** (2 * i / d_model)
            assert found[pos, 2 * i] == pytest.approx(math.sin(angle), abs=1e-12)
            assert found[pos, 2 * i + 1] == pytest.approx(math.cos(angle), abs=1e-12)
    np.testing.assert_allclose(found, positional_encoding(16, d_model), rtol=0, atol=1e-12)


@each_width
def test_the_dot_product_depends_only_on_the_distance(d_model: int) -> None:
    book = lesson("positions", d_model=d_model)
    similarity = book["dot_products"].value
    for distance in range(16):
        along = np.diagonal(similarity, distance)
        np.testing.assert_allclose(
            along, book["by_distance"].value[distance, 0], rtol=0, atol=1e-12
        )
    np.testing.assert_allclose(np.diagonal(similarity), d_model / 2, rtol=0, atol=1e-12)
    np.testing.assert_allclose(similarity, similarity.T, rtol=0, atol=1e-12)
    assert book["along_diagonal"].value < 1e-12
    assert book["from_rule"].value < 1e-12


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
@each_width
def test_every_cell_recalculates(ironcalc: Engine, d_model: int, formulas: str) -> None:
    for sentence in ("red house", "the red house | is | big", "I am " * 4):
        book = lesson("positions", sentence=sentence, d_model=d_model, formulas=formulas)
        assert_book_recalculates(book, ironcalc)


def test_the_second_sentence_has_the_same_words() -> None:
    assert BOOK["second_words"].value.ravel().tolist() == ["the", "cat", "likes", "the", "dog"]
    two = lesson("positions", sentence="red house")
    assert two["second_words"].value.ravel().tolist() == ["house", "red"]


def test_attention_is_that_of_pytorch(tmp_path: Path, ironcalc: Engine) -> None:
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs the extra `torch`")
    for typed in ({}, ON):
        book = after_typing(BOOK, tmp_path, ironcalc, typed)
        for name in ("first", "second"):
            x = torch.tensor(book[f"X_{name}"].astype(float))[None]
            blend = torch.nn.functional.scaled_dot_product_attention(x, x, x)[0]
            found = book[f"{name}_blend"].astype(float)
            np.testing.assert_allclose(found, blend.numpy(), rtol=0, atol=1e-9)


@pytest.mark.parametrize("order", [[1, 5, 3, 4, 2], [5, 4, 3, 2, 1], [2, 3, 4, 5, 1]])
def test_without_positions_another_order_changes_no_blend(
    tmp_path: Path, ironcalc: Engine, order: list[int]
) -> None:
    typed: dict[tuple[str, int, int], Any] = {
        ("word_order", i, 0): float(place) for i, place in enumerate(order)
    }
    rows = np.array(order) - 1
    for on in ({}, ON):
        book = after_typing(BOOK, tmp_path, ironcalc, {**typed, **on})
        first, second = (book[f"{name}_blend"].astype(float) for name in ("first", "second"))
        difference = np.abs(second - first[rows]).max()
        assert float(book["order_matters"].item()) == pytest.approx(difference, abs=1e-12)
        assert (difference > 0.1) if on else (difference < 1e-12)
        weights = [book[f"{name}_weights"].astype(float) for name in ("first", "second")]
        same = np.abs(weights[1] - weights[0][np.ix_(rows, rows)]).max() < 1e-12
        assert same == (not on)


def test_two_equal_words_come_apart_only_with_positions(tmp_path: Path, ironcalc: Engine) -> None:
    """The word the stands first and fourth."""
    for on in ({}, ON):
        book = after_typing(BOOK, tmp_path, ironcalc, on)
        blend, difference = (book[name].astype(float) for name in ("first_blend", "rows_apart"))
        assert (np.abs(blend[0] - blend[3]).max() < 1e-12) == (not on)
        squares = ((blend[:, None] - blend[None, :]) ** 2).sum(axis=-1)
        np.testing.assert_allclose(difference, squares, rtol=0, atol=1e-12)
        assert (difference[0, 3] < 1e-12) == (not on)
        others = difference[~np.eye(5, dtype=bool) & (squares > 0)]
        assert (others[others > 1e-12] > 0.01).all()


def test_an_order_that_is_none_stays_in_the_sentence(tmp_path: Path, ironcalc: Engine) -> None:
    typed = {("word_order", 0, 0): 99.0, ("word_order", 1, 0): -3.0, ("word_order", 2, 0): 2.7}
    book = after_typing(BOOK, tmp_path, ironcalc, typed)
    assert book["second_words"].ravel().tolist()[:3] == ["cat", "the", "dog"]


@each_width
def test_words_are_cut_or_filled_up(d_model: int) -> None:
    book = lesson("positions", d_model=d_model)
    rows, kept = book["E_first"].value, min(d_model, 8)
    np.testing.assert_array_equal(rows[:, :kept], BOOK["E_first"].value[:, :kept])
    assert not rows[:, kept:].any()
    text = " ".join(stage.text for stage in book.stages)
    assert ("numbers were learned for each word" in text) == (d_model != 8)


def test_the_left_changes_and_the_right_hardly() -> None:
    step = np.abs(np.diff(BOOK["positions"].value, axis=0)).max(axis=0)
    assert (step[:2] > 0.5).all()
    assert (step[-2:] < 0.01).all()
    assert (np.abs(BOOK["positions"].value) <= 1).all()


@pytest.mark.parametrize(
    ("d_model", "message"), [(3, "from 4 to 16"), (2, "from 4"), (5, "even"), (18, "to 16")]
)
def test_bad_widths(d_model: int, message: str) -> None:
    with pytest.raises(SheetformerError, match=message):
        lesson("positions", d_model=d_model)


def test_bad_sentences() -> None:
    for sentence in ("", "happy", "I am " * 5, "the reed house"):
        with pytest.raises(WordError):
            lesson("positions", sentence=sentence)


@pytest.mark.parametrize("place", [0.0, 7.0, 15.0, 99.0])
def test_the_clock_shows_the_pattern_of_its_place(
    tmp_path: Path, ironcalc: Engine, place: float
) -> None:
    book = after_typing(BOOK, tmp_path, ironcalc, {("clock_place", 0, 0): place})
    row = BOOK["positions"].value[int(min(place, 15))]
    np.testing.assert_allclose(book["tips"].astype(float).ravel(), row, rtol=0, atol=1e-12)


def test_no_two_places_of_the_clock_are_alike() -> None:
    rows = BOOK["positions"].value
    apart = np.abs(rows[:, None] - rows[None, :]).max(axis=-1)
    assert (apart[~np.eye(16, dtype=bool)] > 0.05).all()


@pytest.mark.parametrize(("typed", "says"), [({}, "cannot tell"), (ON, "attention tells")])
def test_the_sentence_says_whether_order_matters(
    tmp_path: Path, ironcalc: Engine, typed: dict[tuple[str, int, int], Any], says: str
) -> None:
    told = after_typing(BOOK, tmp_path, ironcalc, typed)["order_told"].item()
    assert says in told
    assert ("by at most 0:" in told) == (not typed)
