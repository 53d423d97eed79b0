"""Golden vectors: what is written is what the book holds, to the last bit of the chosen type."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.errors import SheetformerError


def book() -> sf.Book:
    return sf.trace(lambda x: x @ x.T / 3, np.eye(2))


def test_every_block_is_in_the_file(tmp_path: Path) -> None:
    mine = book()
    with np.load(mine.values(tmp_path / "golden.npz"), allow_pickle=False) as found:
        assert set(found.files) <= set(mine)
        assert found["output"].dtype == np.float64
        assert np.array_equal(found["output"], mine["output"].value)


def test_bits_of_the_chosen_type(tmp_path: Path) -> None:
    path = book().values(tmp_path / "golden.csv", dtype="float16")
    lines = [line for line in csv.reader(path.read_text().splitlines()) if line[0] == "output"]
    assert lines[0] == ["output", "0 0", repr(float(np.float16(1 / 3))), "3555"]


def test_bfloat16_is_pytorchs() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    from sheetformer.book.golden import bits_of

    x = np.random.default_rng(0).normal(size=1000)
    theirs = torch.from_numpy(x).float().bfloat16()
    assert np.array_equal(bits_of(x, "bfloat16")[0], theirs.float().numpy())


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(SheetformerError, match="golden vectors are written"):
        book().values(tmp_path / "golden.txt")
    with pytest.raises(SheetformerError, match="no bfloat16"):
        book().values(tmp_path / "golden.npz", dtype="bfloat16")
    assert not list(tmp_path.iterdir())
