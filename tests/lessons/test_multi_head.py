"""The lesson multi-head: right beside PyTorch, with heads on and off, and true in what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sheetformer.engines.base import Engine
from sheetformer.errors import SheetformerError, WordError
from sheetformer.models import transformer
from sheetformer.models.decode import load_translator

from ..support import assert_book_recalculates
from .books import lesson
from .changed import after_typing

BOOK = lesson("multi-head")
HEADS = [1, 2, 4]
each_count = pytest.mark.parametrize("heads", HEADS)


def layer_of(torch: Any, book: Any, heads: int) -> Any:
    """PyTorch's layer with the matrices of the sheet."""
    layer = torch.nn.MultiheadAttention(8, heads, bias=False, dtype=torch.float64)
    matrices = [torch.tensor(book[f"W_{letter}"].value).T for letter in "QKV"]
    layer.in_proj_weight = torch.nn.Parameter(torch.cat(matrices))
    layer.out_proj.weight = torch.nn.Parameter(torch.tensor(book["W_O"].value).T)
    return layer


@each_count
def test_the_layer_is_that_of_pytorch(heads: int) -> None:
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs the extra `torch`")
    book = lesson("multi-head", heads=heads)
    x = torch.tensor(book["X_"].value)
    several, single = layer_of(torch, book, heads), layer_of(torch, book, 1)
    with torch.no_grad():
        output, weights = several(x, x, x, average_attn_weights=False)
        alone, one = single(x, x, x)
    np.testing.assert_allclose(book["output"].value, output.numpy(), rtol=0, atol=1e-9)
    for i in range(heads):
        found = book[f"head{i + 1}_weights"].value
        np.testing.assert_allclose(found, weights[i].numpy(), rtol=0, atol=1e-9)
    np.testing.assert_allclose(book["single_output"].value, alone.numpy(), rtol=0, atol=1e-9)
    np.testing.assert_allclose(book["single_weights"].value, one.numpy(), rtol=0, atol=1e-9)
    for name, layer in (("weights_multi", several), ("weights_single", single)):
        assert book[name].value == sum(each.numel() for each in layer.parameters()) == 256


@each_count
@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_every_cell_recalculates(ironcalc: Engine, heads: int, formulas: str) -> None:
    for sentence in ("happy", "the red house | is | big", "I am " * 4):
        book = lesson("multi-head", sentence=sentence, heads=heads, formulas=formulas)
        assert_book_recalculates(book, ironcalc)


def test_it_is_the_translators_own_attention() -> None:
    model = load_translator("translator_two_heads")
    tensors = model.weights.tensors
    rows = tensors["source_embedding"][model.read(["we", "see", "the", "red", "house"])]
    placed = transformer.embed(rows, transformer.positional_encoding(5, 8))
    x = transformer.layer_norm(tensors, "encoder.0.norm_1", placed)
    output, weights = transformer.attend(tensors, "encoder.0.self_attention", x, x, None, 2)
    np.testing.assert_allclose(BOOK["output"].value, output, rtol=0, atol=1e-12)
    for i in range(2):
        np.testing.assert_allclose(
            BOOK[f"head{i + 1}_weights"].value, weights[i], rtol=0, atol=1e-12
        )


def test_the_heads_differ_as_the_sheet_says() -> None:
    see, the, red = 1, 2, 3
    words = [BOOK[f"head{i}_word"].value.ravel() for i in (1, 2)]
    assert words[0][[see, the, red]].tolist() == ["we"] * 3
    assert words[1][[see, the, red]].tolist() == ["house"] * 3
    # One table for both questions: the louder head wins.
    assert BOOK["head1_weights"].value[red, 0] > 0.6
    assert BOOK["single_weights"].value[red, 0] < 0.02
    assert BOOK["single_weights"].value[red, 4] > 0.9


@each_count
def test_one_heads_scores_are_the_sum_of_all(heads: int) -> None:
    book = lesson("multi-head", heads=heads)
    total = sum(book[f"head{i + 1}_scores"].value for i in range(heads))
    np.testing.assert_allclose(book["single_scores"].value, total, rtol=0, atol=1e-12)
    assert book["apart"].value < 1e-12
    text = " ".join(stage.text for stage in book.stages)
    assert ("dealt otherwise" in text) == (heads != 2)
    assert ("head 2 is the louder" in text) == (heads == 2)


@pytest.mark.parametrize("off", [(1,), (2,), (1, 2)])
def test_a_head_that_is_off_takes_its_part_from_the_output(
    tmp_path: Path, ironcalc: Engine, off: tuple[int, ...]
) -> None:
    book = after_typing(BOOK, tmp_path, ironcalc, {(f"head{i}_on", 0, 0): 0.0 for i in off})
    for i in (1, 2):
        given, blend = book[f"head{i}"].astype(float), BOOK[f"head{i}_blend"].value
        np.testing.assert_allclose(given, 0 * blend if i in off else blend, rtol=0, atol=1e-12)
        width = slice(4 * i - 4, 4 * i)
        np.testing.assert_array_equal(book["concat"].astype(float)[:, width], given)
    change = book["output"].astype(float) - BOOK["output"].value
    np.testing.assert_allclose(book["change"].astype(float), change, rtol=0, atol=1e-12)
    part = sum(BOOK[f"head{i}_part"].value for i in off)
    np.testing.assert_allclose(change, -part, rtol=0, atol=1e-12)
    assert (book["change_length"].astype(float) > 0.1).all()


def test_with_all_heads_on_nothing_is_missing() -> None:
    assert not BOOK["change"].value.any()
    total = BOOK["head1_part"].value + BOOK["head2_part"].value
    np.testing.assert_allclose(BOOK["output"].value, total, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("heads", "message"),
    [(0, "from 1 to 4"), (5, "from 1 to 4"), (3, "one of 1, 2, 4, which"), ("two", "whole")],
)
def test_bad_heads(heads: Any, message: str) -> None:
    with pytest.raises(SheetformerError, match=message):
        lesson("multi-head", heads=heads)


def test_bad_sentences() -> None:
    for sentence in ("", "I am " * 5, "the reed house"):
        with pytest.raises(WordError):
            lesson("multi-head", sentence=sentence)


@each_count
def test_the_sentences_say_what_the_shares_show(heads: int) -> None:
    book = lesson("multi-head", heads=heads)
    words = ["we", "see", "the", "red", "house"]
    for i in range(1, heads + 1):
        shares = book[f"head{i}_weights"].value
        said = [
            f"“{word}” looks most at “{words[row.argmax()]}”: {row.max() * 100:.0f} %"
            for word, row in zip(words, shares, strict=True)
        ]
        assert book[f"head{i}_told"].value[:, 0].tolist() == said
