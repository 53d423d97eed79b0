"""Lesson gpt: a plain PyTorch model learns the same, its names are made by chance in cells."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from sheetformer import verify
from sheetformer.book.workbook import Book
from sheetformer.corpus.first_names import LETTERS, first_names
from sheetformer.edits.edit import Edit
from sheetformer.edits.recalculate import edited
from sheetformer.errors import SheetformerError
from sheetformer.lessons.gpt import learned_weights
from sheetformer.lessons.gpt_speaking import LONGEST, NAMES
from sheetformer.models.gpt_weights import load_gpt_weights

from ..support import assert_excel_would_open
from .books import lesson, save_spoiled
from .gpt_twin import twin_after


@pytest.fixture(scope="module")
def book() -> Book:
    return lesson("gpt")


def test_some_steps_are_those_of_pytorch(book: Book) -> None:
    losses, weights, mean, square = twin_after(book["theta"].value, 5)
    later = book.step(5)
    assert book["loss"].value.item() == pytest.approx(losses[0], rel=1e-12)
    for name, wanted in (("theta", weights), ("momentum", mean), ("square", square)):
        np.testing.assert_allclose(later[name].value, wanted, rtol=0, atol=1e-9)


def test_a_wider_model_learns_as_in_pytorch() -> None:
    book = lesson("gpt", d_model=40)
    assert book["theta"].value.size == 22_000
    _, weights, mean, square = twin_after(book["theta"].value, 5)
    later = book.step(5)
    for name, wanted in (("theta", weights), ("momentum", mean), ("square", square)):
        np.testing.assert_allclose(later[name].value, wanted, rtol=0, atol=1e-9)
    texts = " ".join(
        str(b.values.flat[0])
        for sheet in book.sheets
        for b in sheet.cell_blocks
        if b.formulas is None and b.values.dtype == object
    )
    assert "22\N{NO-BREAK SPACE}000 weights" in texts
    assert "192 weights" not in texts


def test_a_narrow_model_recalculates(tmp_path: Path) -> None:
    save_spoiled(lesson("gpt", d_model=8), tmp_path / "gpt.xlsx")
    report = verify(tmp_path / "gpt.xlsx")
    assert report.ok, str(report)


@pytest.mark.parametrize("d_model", [0, 6, 65, "wide"])
def test_the_heads_share_the_numbers(d_model: object) -> None:
    with pytest.raises(SheetformerError, match="d_model must be"):
        lesson("gpt", d_model=d_model)


def test_every_cell_recalculates(book: Book, tmp_path: Path) -> None:
    """More engines, the cell style, and a book after 100 steps: python -m tests.lessons.gpt."""
    save_spoiled(book, tmp_path / "gpt.xlsx")
    report = verify(tmp_path / "gpt.xlsx")
    assert report.ok, str(report)
    assert_excel_would_open(tmp_path / "gpt.xlsx")
    assert (tmp_path / "gpt.xlsx").stat().st_size < 3_000_000


def test_equations_say_what_is_computed(book: Book) -> None:
    """A norm without gain names none, and what is named beside a block is a block."""
    blocks = book.blocks.items()
    normed = [(name, b) for name, b in blocks if f"{name}_square" in book.blocks]
    norms = [b.caption.equation for name, b in normed if not name.startswith("d_")]
    assert len(norms) > 30
    assert set(norms) == {"x / √(square + ε)"}
    for name in ("read", "right_sign", "likeliest", "right_share", "surprise", "loss", "awake"):
        said = set(re.findall(r"[a-z_]{3,}", book.blocks[name].caption.equation)) - {"argmax"}
        assert said <= set(book.blocks), name
    shares, right = (book[name].value for name in ("sign_shares", "right"))
    np.testing.assert_allclose(book["right_share"].value[:, 0], (right * shares).sum(axis=1))
    np.testing.assert_allclose(
        book["surprise"].value, -np.log(book["right_share"].value) * book["used"].value, atol=1e-12
    )


def test_all_that_is_learned_is_one_table(book: Book) -> None:
    assert book["theta"].value.size == 4192


def test_the_shipped_weights_are_those_of_1000_steps() -> None:
    np.testing.assert_allclose(load_gpt_weights(), learned_weights(1000).round(4), atol=1.01e-4)


def test_draws_are_those_of_the_generator(book: Book) -> None:
    x, drawn = int(book["seed"].value.item()), []
    for _ in range(NAMES * LONGEST):
        x = (75 * x + 74) % 65_537
        drawn.append(x)
    np.testing.assert_array_equal(book["drawn"].value.ravel(), drawn)


def test_names_are_picked_by_chance_and_shares(book: Book) -> None:
    """The first letter of each name, by hand from the shares and the draws."""
    for row in range(NAMES):
        sums = np.cumsum(book["shares_p1"].value[row])
        sign = int((sums[:-1] <= book["chance"].value[row, 0]).sum())
        name = str(book["made_up"].value[row, 0])
        assert name[:1] == ("" if sign == 0 else LETTERS[sign - 1])


def test_before_it_babbles_and_after_it_says_names() -> None:
    trained = lesson("gpt", steps=1000)
    said = [str(name) for name in trained["made_up"].value.ravel()]
    assert sum(map(len, said)) / NAMES < 8  # names, not noise of twelve letters
    assert all(set(name) & set("aeiouy") for name in said)
    assert np.mean(trained["loss"].value) < 3.3
    seen = [name in first_names() for name in said]
    assert (trained["place_of_name"].value.ravel() > 0).tolist() == seen


def test_a_name_of_the_list_is_marked(book: Book) -> None:
    """With the temperature at its lowest all names are the likeliest one, and marked alike."""
    block = book["temperature"].block
    at = block.matrices[0]
    cold = edited(lesson("gpt", steps=1000), [Edit(block.sheet, at.row, at.column, 0.01)])
    names = set(map(str, cold["made_up"].value.ravel()))
    assert len(names) == 1
    assert (cold["place_of_name"].value.ravel() > 0).all() == (names <= set(first_names()))


def test_the_list_is_of_ordinary_letters() -> None:
    assert len(set(first_names())) == 2000
    assert all(set(name) <= set(LETTERS) and 2 < len(name) <= 11 for name in first_names())
