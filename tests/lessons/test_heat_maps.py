"""Weights that somebody has become heat maps, live averages, and a refusal where they are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.engines.base import Engine
from sheetformer.errors import ShapeError, UnsupportedError

from ..support import assert_book_recalculates, assert_excel_would_open
from ..workbook_edit import edit_cells

SOURCE, TARGET = "the cat is very tired", "o gato está cansado"


def shares(*shape: int, seed: int = 0) -> Any:
    raw = np.random.default_rng(seed).random(shape) ** 3
    return raw / raw.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("style", ["matrix", "cell"])
@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (3, 4, 5), (4, 5), (1, 1, 1, 5)])
def test_every_shape_recalculates(shape: tuple[int, ...], style: str, engine: Engine) -> None:
    target = TARGET if shape[-2] == 4 else ["x"]
    weights = shares(*shape)
    book = sf.attention(weights, SOURCE, target, formulas=style)
    assert_book_recalculates(book, engine)
    mean = weights.reshape(-1, *shape[-2:]).mean(axis=0)
    np.testing.assert_allclose(book["weights"].value, mean, rtol=0, atol=1e-15)
    best = np.array(SOURCE.split(), dtype=object)[mean.argmax(axis=1)]
    assert book["looks_at"].value[:, 0].tolist() == best.tolist()
    np.testing.assert_allclose(book["sharpened"].value, mean, atol=1e-15)
    assert book["weights"].labels == (TARGET.split() if shape[-2] == 4 else ["x"], SOURCE.split())


def test_one_head_alone_and_another_temperature(tmp_path: Path, ironcalc: Engine) -> None:
    weights = shares(2, 3, 4, 5)
    book = sf.attention(weights, SOURCE, TARGET)
    path = book.save(tmp_path / "a.xlsx")
    assert_excel_would_open(path)
    only = [[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    counts = zip(book.blocks["counts"].cells, np.ravel(only).tolist(), strict=True)
    sheet = book.blocks["counts"].sheet
    edits = {(sheet, *cell): value for cell, value in counts}
    edits[sheet, *book.blocks["temperature"].cells[0]] = 0.5
    changed = tmp_path / "b.xlsx"
    edit_cells(path, changed, edits)
    cells = ironcalc.recalculate(changed)[sheet]

    def found(name: str) -> Any:
        shape = book[name].value.shape
        return np.array([cells[at] for at in book.blocks[name].cells]).reshape(shape)

    np.testing.assert_allclose(found("weights"), weights[1, 1], atol=1e-15)
    squared = weights[1, 1] ** 2
    np.testing.assert_allclose(found("sharpened"), squared / squared.sum(1, keepdims=True))
    assert sf.verify(changed).ok


def test_self_attention_names_its_rows_like_its_columns() -> None:
    book = sf.attention(shares(3, 3), "eu sou feliz")
    assert book["weights"].labels == (["eu", "sou", "feliz"],) * 2
    assert sf.attention(shares(2, 3))["weights"].labels == (["1", "2"], ["1", "2", "3"])


class Tensor:
    """What matters of a PyTorch tensor: NumPy may read it only when it is detached."""

    def __init__(self, values: Any, detached: bool = False) -> None:
        self.values, self.detached, self.shape = values, detached, values.shape

    def detach(self) -> Tensor:
        return Tensor(self.values, detached=True)

    def __getitem__(self, place: Any) -> Tensor:
        return Tensor(self.values[place], self.detached)

    cpu = double = lambda self: self

    def is_floating_point(self) -> bool:
        return True

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        assert self.detached, "NumPy cannot read a tensor that requires grad"
        return np.array(self.values, dtype=dtype, copy=copy)


def test_what_models_give_goes_straight_in() -> None:
    weights = shares(2, 3, 4, 5)
    whole = sf.attention(weights, SOURCE, TARGET)
    for layers in (
        tuple(Tensor(layer[None].astype(np.float32)) for layer in weights),
        [layer[None] for layer in weights],
        list(weights),
    ):
        book = sf.attention(layers, SOURCE, TARGET)
        np.testing.assert_allclose(book["layer_1"].value, weights[1], atol=1e-7)
        assert list(book) == list(whole)


def test_a_tensor_with_gradients() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    scores = torch.randn(1, 2, 3, 3, requires_grad=True)
    layer = torch.softmax(scores, dim=-1)
    book = sf.attention((layer, layer.bfloat16()), "a b c")
    np.testing.assert_allclose(book["layer_0"].value, layer.detach()[0].numpy(), atol=1e-7)


@pytest.mark.parametrize(
    ("weights", "words", "message"),
    [
        (shares(3), {}, r"shape \(3,\)"),
        (shares(1, 1, 1, 1, 1, 3), {}, "give \\(layers, heads, target, source\\)"),
        (shares(2, 3), {"source": "a b"}, "2 source words but the weights have 3 columns"),
        (shares(2, 3), {"target": ["a"]}, "1 target words but the weights have 2 rows"),
        (np.zeros((0, 3)), {}, "no weights"),
        ((), {}, "attn_implementation"),
        ([shares(2, 3, 3), shares(2, 3, 4)], {}, "differ in shape"),
        ((shares(2, 2, 3, 3),), {}, "batch of 2"),
        ([[0.5], [0.1, 0.4]], {}, "cannot be read"),
        ("weights", {}, "cannot be read"),
        (object(), {}, "cannot be read"),
    ],
)
def test_other_shapes_are_refused(weights: Any, words: Any, message: str) -> None:
    with pytest.raises((ShapeError, UnsupportedError), match=message):
        sf.attention(weights, **words)


def test_scores_and_nothing_are_refused() -> None:
    weights = shares(2, 2, 3, 3)
    for wrong, message in ((-0.5, "below 0"), (np.nan, "no finite"), (np.inf, "no finite")):
        weights[1, 0, 2, 1] = wrong
        with pytest.raises(
            UnsupportedError, match=f"layer 1, head 0, row 2, column 1 .* is {message}"
        ):
            sf.attention(weights)
    with pytest.raises(UnsupportedError, match="attn_implementation='eager'"):
        sf.attention((None, None))


def test_words_of_users_stay_words(tmp_path: Path) -> None:
    book = sf.attention(shares(2, 2), ["=1+1", "<b>"], ["@x", "a & b"])
    path = book.save(tmp_path / "a.xlsx")
    assert_excel_would_open(path)
    assert set(book["looks_at"].value.ravel()) <= {"=1+1", "<b>"}
