"""What a lesson is asked for: numbers in bounds, and one clear sentence for all others."""

from __future__ import annotations

import re
from typing import Any

import pytest

import sheetformer as sf
from sheetformer.errors import SheetformerError
from sheetformer.lessons.options import number, whole


@pytest.mark.parametrize("value", [1, 4, "3", 2.0])
def test_whole_numbers_in_bounds(value: Any) -> None:
    assert whole("heads", value, 1, 4) == float(value)
    assert isinstance(whole("heads", value, 1, 4), int)


@pytest.mark.parametrize(
    "value", [0, 5, 2.5, True, "two", None, [1], float("nan"), float("inf"), 10**400]
)
def test_no_whole_number(value: Any) -> None:
    message = re.escape("heads must be a whole number from 1 to 4, not ")
    with pytest.raises(SheetformerError, match=message):
        whole("heads", value, 1, 4)


@pytest.mark.parametrize("value", [0, 1, "0.25", 0.5])
def test_numbers_in_bounds(value: Any) -> None:
    assert number("learning_rate", value, 0, 1) == float(value)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf"), "fast", False])
def test_no_number(value: Any) -> None:
    message = re.escape("learning_rate must be a number from 0 to 1, not ")
    with pytest.raises(SheetformerError, match=message):
        number("learning_rate", value, 0, 1)


@pytest.mark.parametrize("value", [3, None, ["I", "am"], b"low"])
@pytest.mark.parametrize(
    ("name", "option"),
    [("kv-cache", "sentence"), ("cross-attention", "source"), ("tokens", "word")],
)
def test_a_sentence_that_is_no_text(name: str, option: str, value: Any) -> None:
    with pytest.raises(SheetformerError, match=f"{option} must be a text, not "):
        sf.lesson(name, **{option: value})


def test_a_translation_of_no_text() -> None:
    with pytest.raises(SheetformerError, match="sentence must be a text, not 3"):
        sf.translate(3)  # type: ignore[arg-type]
