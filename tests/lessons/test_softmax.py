"""The lesson softmax: what its texts say is true of its numbers, after typing too."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

from sheetformer.engines.base import Engine
from sheetformer.errors import WordError

from ..support import assert_book_recalculates
from .books import lesson
from .changed import Typed, after_typing

BOOK = lesson("softmax")


def column(typed: Typed, name: str) -> np.ndarray:
    return typed[name].astype(float).ravel()


def test_shares_equal_pytorch() -> None:
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs the extra `torch`")
    scores = torch.tensor(BOOK["scores"].value)
    np.testing.assert_allclose(BOOK["shares"].value, torch.softmax(scores, 0), atol=1e-12)
    np.testing.assert_allclose(BOOK["shares_T"].value, torch.softmax(scores / 0.5, 0), atol=1e-12)
    many = torch.softmax(scores.T / torch.tensor(BOOK["T_range"].value), 1)
    np.testing.assert_allclose(BOOK["shares_range"].value, many, atol=1e-12)
    moved = torch.tensor(BOOK["moved"].value)
    np.testing.assert_allclose(BOOK["safe_shares"].value, torch.softmax(moved, 1), atol=1e-12)
    sums = torch.logsumexp(moved, 1, keepdim=True)
    np.testing.assert_allclose(BOOK["log_sum_exp"].value, sums, rtol=1e-12)


def test_scores_are_scaled_dot_products_with_the_first_word() -> None:
    both = lesson("dot-product", source="happy red house dog friend", target="feliz")
    vectors = both["X_source"].value
    expected = (vectors @ vectors[0] / 2).round(1)[:, None]
    np.testing.assert_allclose(BOOK["scores"].value, expected)


def test_dividing_by_the_sum_goes_wrong() -> None:
    shares = BOOK["just_divided"].value
    assert shares.min() < 0
    assert shares.max() > 1


def test_differences_become_odds() -> None:
    np.testing.assert_allclose(BOOK["odds"].value, BOOK["exp_difference"].value, rtol=1e-12)
    assert math.exp(1) == pytest.approx(2.72, abs=0.005)
    assert math.exp(0.69) == pytest.approx(2, abs=0.01)


def test_a_cell_ends_where_the_text_says() -> None:
    assert BOOK["limit"].value.item() == pytest.approx(math.log(sys.float_info.max), abs=1e-12)
    assert math.isfinite(math.exp(709.78))
    with pytest.raises(OverflowError):
        math.exp(709.79)


def test_the_plain_way_breaks_and_the_safe_one_does_not() -> None:
    verdicts = ["✓ the same"] * 3 + ["✗ too large", "✗ too small"]
    assert BOOK["verdict"].value.ravel().tolist() == verdicts
    np.testing.assert_allclose(BOOK["plain_shares"].value[:3], BOOK["safe_shares"].value[:3])
    assert not BOOK["plain_shares"].value[3:].any()
    np.testing.assert_allclose(BOOK["safe_shares"].value, BOOK["shares"].value.T.repeat(5, 0))
    # The same in NumPy, where nothing stands between the numbers and infinity.
    with np.errstate(all="ignore"):
        plain = np.exp(BOOK["moved"].value)
        shares = plain / plain.sum(axis=1, keepdims=True)
    assert np.isfinite(shares[:3]).all()
    assert np.isnan(shares[3:]).any(axis=1).all()


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_step_by_step_until_it_overflows(engine: Engine, tmp_path: Path, formulas: str) -> None:
    """From 708 to 709 the sum leaves what a cell can hold: its logarithm passes 709.78."""
    book = lesson("softmax", formulas=formulas)
    steps = [500.0, 707.0, 708.0, -690.0, -710.0]
    typed = after_typing(book, tmp_path, engine, {("added", i, 0): s for i, s in enumerate(steps)})
    verdicts = ["✓ the same"] * 2 + ["✗ too large", "✓ the same", "✗ too small"]
    assert typed["verdict"].ravel().tolist() == verdicts
    np.testing.assert_allclose(typed["safe_shares"].astype(float).sum(axis=1), 1.0)
    assert column(typed, "apart").max() < 1e-12


def test_a_low_temperature_gives_all_to_the_best(engine: Engine, tmp_path: Path) -> None:
    typed = after_typing(BOOK, tmp_path, engine, {("temperature", 0, 0): 0.02})
    np.testing.assert_allclose(column(typed, "shares_T"), [1, 0, 0, 0, 0], atol=1e-9)
    assert typed["temperature_message"].item() == ""


def test_a_high_temperature_makes_all_alike(engine: Engine, tmp_path: Path) -> None:
    typed = after_typing(BOOK, tmp_path, engine, {("temperature", 0, 0): 1e6})
    np.testing.assert_allclose(column(typed, "shares_T"), 0.2, atol=1e-5)


@pytest.mark.parametrize("typed_temperature", [0.0, -3.0, 1e-300])
def test_a_temperature_of_zero_says_so_and_breaks_nothing(
    engine: Engine, tmp_path: Path, typed_temperature: float
) -> None:
    typed = after_typing(BOOK, tmp_path, engine, {("temperature", 0, 0): typed_temperature})
    message = typed["temperature_message"].item()
    assert message == "← T must be at least 0.01, and the sheet uses that"
    np.testing.assert_allclose(column(typed, "shares_T"), [1, 0, 0, 0, 0], atol=1e-9)


@pytest.mark.parametrize(
    "scores", [[0, 0, 0, 0, 0], [1, -1, 0, 2, -2], [900, -900, 0, 5, 5], [-1e6] * 5]
)
def test_any_scores_can_be_typed(engine: Engine, tmp_path: Path, scores: list[float]) -> None:
    typed = after_typing(
        BOOK, tmp_path, engine, {("scores", i, 0): float(s) for i, s in enumerate(scores)}
    )
    exact = np.exp(np.array(scores) - max(scores))
    np.testing.assert_allclose(column(typed, "shares"), exact / exact.sum(), atol=1e-9)


@pytest.mark.parametrize("sentence", ["happy sad", "I am | happy", "the red house is very big"])
def test_other_words_recalculate(ironcalc: Engine, sentence: str) -> None:
    books = [lesson("softmax", sentence=sentence, formulas=style) for style in ("matrix", "cell")]
    assert_book_recalculates(books, ironcalc)


@pytest.mark.parametrize("sentence", ["happy", "I am happy I am sad we"])
def test_two_to_six_words(sentence: str) -> None:
    with pytest.raises(WordError, match="the lesson softmax takes 2 to 6 words, not "):
        lesson("softmax", sentence=sentence)


def test_the_results_are_told_in_words(engine: Engine, tmp_path: Path) -> None:
    typed = after_typing(BOOK, tmp_path, engine, {("scores", 4, 0): 5.0})
    best, first = 100 * column(typed, "shares").max(), column(typed, "shares")[0]
    told = f"“friend” scores most and gets {best:.0f} %; alike, each would get 20 %."
    assert typed["shares_told"].item() == told
    odds = first / column(typed, "shares")[-1]
    told = f"“happy” scores -3 more than “friend”: its share is {odds:.2f} times as large."
    assert typed["odds_told"].item() == told
    at_t = 100 * column(typed, "shares_T").max()
    told = f"At T = 0.5 “friend” gets {at_t:.0f} %, at T = 1 it gets {best:.0f} %."
    assert typed["temperature_told"].item() == told


def test_the_sums_stand_before_the_shares_that_are_made_with_them() -> None:
    names = list(BOOK.blocks)
    for total, shares in (("exp_sum", "shares"), ("exp_sum_T", "shares_T")):
        assert names.index(total) < names.index(shares)


def test_what_a_cell_cannot_hold_says_so(engine: Engine, tmp_path: Path) -> None:
    """Never 0 where the text says that a spreadsheet shows #NUM!."""
    typed = after_typing(BOOK, tmp_path, engine, {("added", 1, 0): 707.5})
    exponentials, shares = typed["plain_exp_shown"], typed["plain_shares_shown"]
    assert exponentials[0].tolist() == [
        f"{round(math.exp(z), 2):g}" for z in column(typed, "scores")
    ]
    # Each of these would fit; only their sum does not.
    assert exponentials[1].tolist() == ["10^308", "10^307", "10^308", "10^307", "10^307"]
    assert set(exponentials[3]) == set(shares[3]) == set(shares[1]) == {"✗ #NUM!"}
    assert set(exponentials[4]) == {"✗ 0"}
    assert set(shares[4]) == {"✗ 0 / 0"}
    assert shares[0].tolist() == [f"{round(100 * p, 1):g}%" for p in column(typed, "shares")]
    assert (
        typed["overflow_told"][3].item() == "With 1000 added, Σ e^z is about 10^435: ✗ too large."
    )


def test_equal_scores_get_equal_shares() -> None:
    shares = lesson("softmax", sentence="the the the the happy")["shares"].value.ravel()
    assert len(set(shares[:4])) == 1
