"""What the lesson number-formats says of rounding: by PyTorch's casts, and in other formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sheetformer.engines.base import Engine
from sheetformer.graph import nn
from sheetformer.graph.number_formats import FORMATS
from sheetformer.lessons.number_formats_head import NAMES, STEPS

from .books import lesson
from .changed import Typed, after_typing

FORMS = {form.name: form for form in FORMATS}


def rounded(x: Any, name: str) -> Any:
    """Numbers in a format: int8 with a scale a row."""
    if name == "int8":
        scale = np.abs(x).max(axis=-1, keepdims=True) / 127.0
        return np.rint(x / scale) * scale
    return x if name == "float64" else nn.cast(x, FORMS[name])


def head(q: Any, k: Any, v: Any, name: str) -> dict[str, Any]:
    """The head with each step rounded."""
    q, k, v = (rounded(x, name) for x in (q, k, v))
    scores = rounded(q @ k.T / np.sqrt(q.shape[1]), name)
    shares = rounded(nn.softmax(scores), name)
    return dict(zip(STEPS, (q, k, v, scores, shares, rounded(shares @ v, name)), strict=True))


@pytest.mark.parametrize("name", NAMES[1:])
def test_each_format_rounds_every_step(name: str) -> None:
    book = lesson("number-formats")
    expected = head(*(book[part].value for part in "QKV"), name)
    for step, numbers in expected.items():
        found = book[f"{step}_all"].value[NAMES.index(name) - 1]
        np.testing.assert_allclose(found, numbers, rtol=1e-15, atol=0)


@pytest.mark.parametrize("name", ["float64", "FP8 E4M3", "int8", "FP4"])
def test_a_format_can_be_picked(tmp_path: Path, ironcalc: Engine, name: str) -> None:
    book = lesson("number-formats")
    told = after_typing(book, tmp_path, ironcalc, {("format", 0, 0): name})
    known = name if name in NAMES else "float64"
    expected = head(*(book[part].value for part in "QKV"), known)
    for step in STEPS:
        np.testing.assert_allclose(
            told[f"{step}_rounded"].astype(float), expected[step], atol=1e-14
        )
    assert bool(told["format_message"][0, 0]) == (name != known)


def typed(folder: Path, engine: Engine, number: float) -> Typed:
    return after_typing(lesson("number-formats"), folder, engine, {("typed", 0, 0): number})


def test_what_is_too_large_is_said(tmp_path: Path, ironcalc: Engine) -> None:
    told = typed(tmp_path, ironcalc, 70_000.0)
    assert told["rounded"].astype(float).ravel().tolist() == [70_000, 70_144, 1e30, 448, 1e30]
    large = [said.endswith(".") for said in told["rounded_told"].ravel()]
    assert large == [False, False, True, True, True]


def test_a_tie_goes_to_the_even_number_of_steps(tmp_path: Path, ironcalc: Engine) -> None:
    told = typed(tmp_path, ironcalc, 1.125)
    assert told["rounded"].astype(float).ravel().tolist() == [1.125, 1.125, 1.125, 1.125, 1.0]
    assert typed(tmp_path, ironcalc, 0.3)["rounded"][4, 0] == 0.3125


def test_one_large_number_of_a_row_makes_the_others_vanish(
    tmp_path: Path, ironcalc: Engine
) -> None:
    told = after_typing(lesson("number-formats"), tmp_path, ironcalc, {("K", 0, 0): 1000.0})
    np.testing.assert_allclose(told["whole_numbers"][0].astype(float), [127, 0, 0, 0])


def test_the_largest_taken_off_first_keeps_the_shares() -> None:
    book = lesson("number-formats")
    assert book["error_late"].value.max() > 0.5
    assert book["error_early"].value.max() < 0.01
    assert np.ptp(book["error_early"].value) == 0


def test_more_digits_are_nearer() -> None:
    book = lesson("number-formats")
    float32, bfloat16, float16, e4m3, e5m2, _ = book["errors_all"].value
    assert (float32 < float16).all()
    assert (float16 < bfloat16).all()
    assert (bfloat16 < e4m3).all()
    assert e4m3.mean() < e5m2.mean()
