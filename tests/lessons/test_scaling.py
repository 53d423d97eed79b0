"""The lesson scaling: what its texts say is true of its numbers, whatever the seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sheetformer import Book
from sheetformer.engines.base import Engine
from sheetformer.errors import SheetformerError
from sheetformer.lessons.random_scores import WIDTHS

from .books import lesson
from .changed import after_typing

BOOK = lesson("scaling")
ROOTS = np.sqrt(WIDTHS)


def column(book: Any, name: str) -> np.ndarray:
    found = book[name].value if isinstance(book, Book) else book[name].astype(float)
    return found.ravel()


def test_the_sheet_computes_what_numpy_computes() -> None:
    queries, keys = BOOK["queries"].value.T, BOOK["keys"].value.T
    spread = [(queries[:, :d] @ keys[:, :d].T).std() for d in WIDTHS]
    np.testing.assert_allclose(column(BOOK, "spread"), spread, rtol=1e-12)
    assert abs(queries.mean()) < 0.1
    assert abs(queries.std() - 1) < 0.1
    assert BOOK["score_of_eight"].value == pytest.approx(BOOK["scores_8"].value[0, 0])


def test_shares_and_slopes_equal_pytorch() -> None:
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs the extra `torch`")
    for kind, divisors in (("plain", np.ones(8)), ("divided", ROOTS)):
        largest = [
            torch.softmax(torch.tensor(BOOK[f"scores_{d}"].value / divisor), dim=1).amax(1).numpy()
            for d, divisor in zip(WIDTHS, divisors, strict=True)
        ]
        found = BOOK[f"largest_{kind}"].value.reshape(8, 8)
        np.testing.assert_allclose(found, largest, atol=1e-12)
        scores = torch.tensor(BOOK["scores_256"].value[0] / divisors[-1])
        jacobian = torch.autograd.functional.jacobian(lambda s: torch.softmax(s, 0), scores)
        np.testing.assert_allclose(BOOK[f"jacobian_{kind}"].value, jacobian.numpy(), atol=1e-12)
        np.testing.assert_allclose(BOOK[f"trace_{kind}"].value, jacobian.trace(), atol=1e-12)
        # The largest factor by which a gradient can grow on its way through is its eigenvalue.
        assert torch.linalg.eigvalsh(jacobian)[-1] <= BOOK[f"trace_{kind}"].value.item() + 1e-12


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 21])
def test_unscaled_scores_saturate_softmax_and_the_gradient_vanishes(seed: int) -> None:
    book = lesson("scaling", seed=seed)
    np.testing.assert_allclose(column(book, "ratio"), 1.0, atol=0.75)
    np.testing.assert_allclose(column(book, "spread_divided"), column(book, "ratio"), atol=1e-12)
    largest, slope = column(book, "mean_largest_plain"), column(book, "mean_slope_plain")
    assert largest[-1] > 0.75
    assert largest[-1] > 1.4 * largest[0]
    assert slope[-1] < 0.155
    assert slope[-1] < 0.75 * slope[0]
    assert column(book, "mean_largest_divided")[-1] < 0.55
    assert column(book, "mean_slope_divided").min() > 0.15


def test_by_default_the_difference_is_plain_to_see() -> None:
    np.testing.assert_allclose(column(BOOK, "ratio"), 1.0, atol=0.15)
    assert column(BOOK, "mean_largest_plain")[-1] > 0.95
    assert column(BOOK, "mean_slope_plain")[-1] < 0.04
    assert column(BOOK, "mean_slope_divided")[-1] > 0.2
    assert BOOK["trace_plain"].value.item() < 0.01
    assert BOOK["trace_divided"].value.item() > 0.5


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_power_zero_divides_by_nothing(engine: Engine, tmp_path: Path, formulas: str) -> None:
    book = lesson("scaling", formulas=formulas)
    typed = after_typing(book, tmp_path, engine, {("power_of_d", 0, 0): 0.0})
    np.testing.assert_array_equal(column(typed, "divisor"), 1.0)
    for name in ("largest", "slope", "trace"):
        np.testing.assert_allclose(
            column(typed, f"{name}_divided"), column(book, f"{name}_plain"), atol=1e-9
        )


def test_power_one_makes_long_vectors_all_alike(engine: Engine, tmp_path: Path) -> None:
    typed = after_typing(BOOK, tmp_path, engine, {("power_of_d", 0, 0): 1.0})
    assert column(typed, "mean_largest_divided")[-1] < 0.16  # 12.5 % were alike


@pytest.mark.parametrize(("power", "used"), [(-3.0, 0.0), (999.0, 2.0)])
def test_the_power_stays_in_bounds(
    ironcalc: Engine, tmp_path: Path, power: float, used: float
) -> None:
    typed = after_typing(BOOK, tmp_path, ironcalc, {("power_of_d", 0, 0): power})
    np.testing.assert_allclose(column(typed, "divisor"), np.array(WIDTHS) ** used)


def test_the_file_stays_small(tmp_path: Path) -> None:
    for formulas in ("matrix", "cell"):
        file = lesson("scaling", formulas=formulas).save(tmp_path / "scaling.xlsx")
        assert file.stat().st_size < 300_000


def test_seeds_differ_and_repeat() -> None:
    assert (lesson("scaling", seed=21)["spread"].value == BOOK["spread"].value).all()
    assert not (lesson("scaling", seed=22)["spread"].value == BOOK["spread"].value).any()


@pytest.mark.parametrize("seed", [-1, 1_000_000, 0.5, "many"])
def test_a_seed_is_a_whole_number(seed: Any) -> None:
    message = "seed must be a whole number from 0 to 999999, not "
    with pytest.raises(SheetformerError, match=message):
        lesson("scaling", seed=seed)


def test_the_divisor_stands_before_the_quotient() -> None:
    divisor, before, after = (
        BOOK[name].block.matrices[0] for name in ("divisor", "spread_again", "spread_divided")
    )
    assert divisor.row == before.row == after.row
    assert divisor.column < before.column < after.column


@pytest.mark.parametrize("power", [0.5, 0.0, 1.0])
def test_the_results_are_told_in_words(engine: Engine, tmp_path: Path, power: float) -> None:
    typed = after_typing(BOOK, tmp_path, engine, {("power_of_d", 0, 0): power})

    def told(name: str, place: int, decimals: int, factor: float = 1.0) -> str:
        return f"{round(factor * column(typed, name)[place], decimals):.10g}"

    first, last = told("spread", 0, 1), told("spread", -1, 1)
    assert f"grows from {first} to {last}:" in typed["growth_told"].item()
    first, last = (told("spread_divided", place, 2) for place in (0, -1))
    assert typed["division_told"].item() == (
        f"Divided by d to the power {power:g}, scores of d = 256 are spread by {last}, those of "
        f"d = 2 by {first}."
    )
    plain, divided = (told(f"mean_largest_{kind}", -1, 0, 100) for kind in ("plain", "divided"))
    assert f"is {plain} % on average; divided, {divided} %." in typed["saturation_told"].item()
    plain, divided = (told(f"mean_slope_{kind}", -1, 3) for kind in ("plain", "divided"))
    assert f"is {plain} undivided and {divided} divided." in typed["slopes_told"].item()
    plain, divided = (told(f"trace_{kind}", 0, 3) for kind in ("plain", "divided"))
    assert f"add up to {plain} undivided and to {divided}" in typed["jacobian_told"].item()
    assert f"add up to {told('score_of_eight', 0, 2)}." in typed["score_told"].item()
