"""A number rounded to a shorter format is the one that PyTorch casts it to, bit by bit."""

from __future__ import annotations

import numpy as np
import pytest

from sheetformer.engines.base import Engine
from sheetformer.graph import nn
from sheetformer.graph.number_formats import FORMATS, NumberFormat
from sheetformer.graph.storable import LARGEST

from ..page.engine import PageEngine, find_node

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed: pip install sheetformer[torch]"
)
from .casts import book, by_torch, numbers, recalculated, wrong_cells  # noqa: E402

each = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)


@each
def test_numpy_rounds_as_pytorch_casts(form: NumberFormat) -> None:
    x = numbers(form, 10_000)
    np.testing.assert_array_equal(nn.cast(x, form), by_torch(x, form))


@each
def test_from_float64_pytorch_goes_through_float32(form: NumberFormat) -> None:
    x = np.random.default_rng(1).normal(size=10_000)
    np.testing.assert_array_equal(nn.cast(nn.cast(x, FORMATS[0]), form), by_torch(x, form))


@each
def test_cells_round_as_pytorch_casts(form: NumberFormat, ironcalc: Engine) -> None:
    assert not wrong_cells(recalculated(ironcalc), form, numbers(form, 1_000))


@pytest.mark.skipif(find_node() is None, reason="the page's engine needs Node")
def test_the_page_rounds_as_pytorch_casts() -> None:
    page = PageEngine(str(find_node()))
    for form in FORMATS:
        assert not wrong_cells(lambda made: page.recalculate(made)[0], form, numbers(form, 1_000))
    page.close()


def test_a_wrong_cast_is_seen() -> None:
    form = FORMATS[2]
    x = numbers(form, 100)
    assert (np.abs(by_torch(x, form)) == LARGEST).any()
    plain = {"program": dict.fromkeys(book(form, x)["rounded"].block.cells, 0.0)}
    assert wrong_cells(lambda _: plain, form, x)
