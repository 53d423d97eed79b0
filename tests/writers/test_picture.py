"""Attention as a picture: what stands in it, and when there is none."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.writers import picture
from sheetformer.writers.formats.svg import svg_of

WORDS = ["a", "<b>", "$x_1$"]


def shares(*shape: int) -> Any:
    raw = np.random.default_rng(0).random(shape)
    return raw / raw.sum(axis=-1, keepdims=True)


def texts(svg: str) -> list[str]:
    found = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return [str(each.text) for each in found]


def test_a_grid_of_heads(tmp_path: Path) -> None:
    book = sf.attention(shares(3, 2, 3, 3), WORDS, layers=[0, 2])
    svg = book.save(tmp_path / "heads.svg").read_text(encoding="utf-8")
    found = texts(svg)
    names = [f"Layer {layer}, head {head}" for layer in (0, 2) for head in (0, 1)]
    assert [text for text in found if text.startswith("Layer")] == names
    # The words of the rows stand once a line, those of the columns above each map.
    assert found.count("<b>") == 2 + 4
    assert len(picture.picture_of(book).tiles) == 4 + 1


def test_one_map_has_its_numbers() -> None:
    drawn = picture.picture_of(sf.attention([[0.25, 0.75], [1.0, 0.0]], "a b"))
    assert [t.content for t in drawn.texts if t.anchor == "middle"] == ["25", "75", "100", "0"]
    colours = drawn.tiles[0].colours.tolist()
    assert colours[1] == [[224, 122, 31], [255, 255, 255]]
    assert "25" in texts(svg_of(drawn))


def test_scores_have_a_colour_on_either_side_of_0() -> None:
    scores = np.array([[1.0, -1.0], [0.0, -np.inf]])
    drawn = picture.picture_of(sf.attention(scores, scores=True))
    above, below, zero, masked = drawn.tiles[0].colours.reshape(4, 3).tolist()
    assert (above, below) == ([224, 122, 31], [59, 130, 196])
    assert (zero, masked) == ([255, 255, 255], [229, 231, 235])


def test_as_png(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib", reason="a picture as .png needs matplotlib")
    image = pytest.importorskip("PIL.Image")
    book = sf.lesson("cross-attention")
    drawn = picture.picture_of(book)
    with image.open(book.save(tmp_path / "map.png")) as found:
        assert abs(found.width - 3 * drawn.width) < 2
        assert abs(found.height - 3 * drawn.height) < 2
        tiles = drawn.tiles[0]
        middle = (3 * (tiles.x + 1), 3 * (tiles.y + 2))
        assert found.convert("RGB").getpixel(tuple(map(int, middle))) == tuple(tiles.colours[0, 0])
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(sf.SheetformerError, match=r"pip install 'sheetformer\[pictures\]'.*\.svg"):
        book.save(tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()


def test_no_map_and_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(sf.SheetformerError, match="this book holds none"):
        sf.trace(lambda x: x + 1.0, np.eye(2)).save(tmp_path / "a.svg")
    monkeypatch.setattr(picture, "MOST_CELLS", 8)
    with pytest.raises(sf.SheetformerError, match=r"a picture of 9 cells .* layers=5, heads=3"):
        sf.attention(shares(3, 3)).save(tmp_path / "a.svg")
    assert not [*tmp_path.iterdir()]
