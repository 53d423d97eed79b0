"""A file says what it computes: read back, it gives the same values and follows its inputs."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetformer.book.manifest import Manifest, _pack
from sheetformer.book.manifest_reader import _unpack, read_manifest
from sheetformer.book.names import HIDDEN_SHEET
from sheetformer.book.workbook import Book
from sheetformer.engines.base import CellError
from sheetformer.engines.reader import read_cells
from sheetformer.errors import FileError
from sheetformer.frontends.numpy.trace import trace
from sheetformer.graph import nn
from sheetformer.graph.functions import largest
from sheetformer.graph.ops import OPS

from ..property import cases

COMPUTED = [name for name, op in OPS.items() if op.kind != "source"]


@settings(deadline=None)
@given(rng=st.randoms(use_true_random=False))
def test_ids_unpack_as_they_were(rng: Random) -> None:
    shape = cases.random_shape(rng, 0)
    ids = np.arange(int(np.prod(shape))).reshape(shape) + rng.randrange(50)
    for _ in range(3):
        if ids.ndim:
            ids = rng.choice(cases._VIEWS[:8])(rng, ids)[1](ids)
    again = _unpack(_pack(ids))
    assert again.dtype == np.int64
    assert np.array_equal(again, ids)
    assert again.shape == ids.shape


def test_views_pack_small() -> None:
    ids = np.arange(10_000).reshape(100, 100)
    for view in (ids, ids.T, ids[::2, 3], np.broadcast_to(ids[:1], (100, 100)), ids[::-1]):
        assert isinstance(_pack(view), list)
        assert len(str(_pack(view))) < 60


def saved(book: Book, folder: Path) -> tuple[Manifest, dict[str, Any]]:
    cells = read_cells(book.save(folder / "book.xlsx"))
    return read_manifest(cells, "book.xlsx"), cells


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(rng=st.randoms(use_true_random=False), style=st.sampled_from(["matrix", "cell"]))
def test_a_file_gives_the_same_values(
    tmp_path_factory: pytest.TempPathFactory, rng: Random, style: str
) -> None:
    case = cases.random_case(rng, rng.choice(COMPUTED))
    book = trace(case.function, *case.arrays, formulas=style)
    manifest, _ = saved(book, tmp_path_factory.mktemp("book"))
    assert len(manifest.graph.nodes) == len(book.graph.nodes)
    for found, expected in zip(manifest.graph.values, book.graph.values, strict=True):
        assert found.shape == expected.shape
        if expected.dtype == object:
            assert found.tolist() == expected.tolist()
        else:
            # XlsxWriter writes 16 digits.
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_it_follows_the_inputs_that_stand_in_the_file(tmp_path: Path) -> None:
    q, k = np.eye(2), np.ones((3, 2))
    book = trace(lambda q, k: nn.softmax(q @ k.T), q, k)
    _, cells = saved(book, tmp_path)
    block = book.blocks["q"]
    cells[block.sheet][block.matrices[0].row, block.matrices[0].column] = 5.0
    cells[block.sheet].pop((block.matrices[0].row, block.matrices[0].column + 1))
    changed = read_manifest(cells, "book.xlsx")
    expected = nn.softmax(np.array([[5.0, 0.0], [0.0, 1.0]]) @ k.T)
    np.testing.assert_allclose(changed.graph.values[-1], expected, rtol=1e-12)


def test_a_word_in_place_of_a_number_is_named(tmp_path: Path) -> None:
    _, cells = saved(trace(lambda x: x + 1.0, np.ones((1, 1))), tmp_path)
    sheet, places = next((s, c) for s, c in cells.items() if s != HIDDEN_SHEET)
    place = next(p for p, value in places.items() if value == 1.0)
    cells[sheet][place] = "seven"
    with pytest.raises(FileError, match="holds 'seven' where a number belongs"):
        read_manifest(cells, "book.xlsx")


def test_an_error_in_place_of_a_number_is_named(tmp_path: Path) -> None:
    _, cells = saved(trace(lambda x: x + 1.0, np.ones((1, 1))), tmp_path)
    sheet, places = next((s, c) for s, c in cells.items() if s != HIDDEN_SHEET)
    place = next(p for p, value in places.items() if value == 1.0)
    cells[sheet][place] = CellError("#DIV/0!")
    with pytest.raises(FileError, match=r"^cell C7 on .* holds #DIV/0! where a number belongs"):
        read_manifest(cells, "book.xlsx")


@pytest.mark.parametrize("damage", ["{", '{"nodes": []}', "[]"])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: str) -> None:
    _, cells = saved(trace(lambda x: x + 1.0, np.ones(2)), tmp_path)
    cells[HIDDEN_SHEET][1, 0] = damage
    with pytest.raises(FileError, match="damaged"):
        read_manifest(cells, "book.xlsx")
    with pytest.raises(FileError, match="no Sheetformer book"):
        read_manifest({}, "book.xlsx")
    cells[HIDDEN_SHEET][0, 0] = "sheetformer 99"
    with pytest.raises(FileError, match="another version"):
        read_manifest(cells, "book.xlsx")


def test_a_file_of_an_earlier_version_calls_k_rank(tmp_path: Path) -> None:
    book = trace(lambda x: largest(x, 2)[0], np.array([[3.0, 1.0, 2.0]]))
    _, cells = saved(book, tmp_path)
    hidden = cells[HIDDEN_SHEET]
    assert '"k":2' in hidden[1, 0]
    earlier = {**hidden, (1, 0): hidden[1, 0].replace('"k":2', '"rank":2')}
    manifest = read_manifest({**cells, HIDDEN_SHEET: earlier}, "book.xlsx")
    (node,) = (node for node in manifest.graph if node.op == "max")
    assert node.attributes == {"axis": (1,), "k": 2}
    assert manifest.graph.value(node.ids).tolist() == [[2.0]]
