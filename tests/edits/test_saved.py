"""`sf.edit`: cells of a saved file changed from Python, and one sentence for what cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

import sheetformer as sf
from sheetformer.errors import SheetformerError


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = sf.trace(lambda x, w: sf.softmax(x @ w), np.eye(2), np.array([[1.0, 2.0], [3.0, 5.0]]))
    return book.save(tmp_path_factory.mktemp("saved") / "model.xlsx")


def expected(x: Any, w: Any) -> np.ndarray:
    powers = np.exp(np.asarray(x) @ np.asarray(w))
    return powers / powers.sum(-1, keepdims=True)


@pytest.mark.parametrize("engine", ["numpy", "ironcalc"])
def test_a_block_and_a_cell(file: Path, tmp_path: Path, engine: str) -> None:
    before = file.read_bytes()
    book = openpyxl.load_workbook(file)
    first = book.defined_names["w_"].attr_text.partition(":")[0]
    x = np.array([[0.5, -1], [2, 0]], dtype=np.float32)
    found = sf.edit(file, {"x": x, first: 4}, tmp_path / "new.xlsx", engine=engine)
    right = expected(x, [[4, 2], [3, 5]])
    assert np.allclose(found["softmax"], right, 0, 1e-12)
    assert found["w"].tolist() == [[4, 2], [3, 5]]
    assert found.cells > 5
    assert found.path == tmp_path / "new.xlsx"
    assert sf.verify(found.path).ok
    again = sf.edit(found.path, {"x": x})
    assert np.allclose(again["softmax"], right, 0, 1e-12)
    assert (again.path, again.cells) == (None, 0)
    assert file.read_bytes() == before


def test_formulas_of_ones_own_need_an_engine(file: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    sheet["Z9"] = f"=SUM({book.defined_names['x'].attr_text})"
    mine = tmp_path / "mine.xlsx"
    book.save(mine)
    with pytest.raises(SheetformerError, match="Z9 is no part of the book, and NumPy cannot say"):
        sf.edit(mine, {"x": np.eye(2)})
    sf.edit(mine, {"x": np.eye(2) * 7}, mine, engine="ironcalc")
    assert openpyxl.load_workbook(mine, data_only=True).worksheets[0]["Z9"].value == 14


def test_words(tmp_path: Path) -> None:
    path = sf.lesson("softmax").save(tmp_path / "s.xlsx")
    name = next(n for n, b in sf.lesson("softmax").blocks.items() if b.node.op == "input")
    with pytest.raises(SheetformerError, match="holds"):
        sf.edit(path, {name: np.full(sf.lesson("softmax")[name].value.shape, "happy")})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "say what changes as"),
        ([("x", 1)], "say what changes as"),
        ({3: 1.0}, "names no block and no cell"),
        ({"X9": 1.0}, "no block or cell 'X9'"),
        ({"y": 1.0}, "no block or cell 'y'; what is typed is x"),
        ({"x": np.ones((3, 2))}, r"'x' has the shape \(2, 2\), and what you give has \(3, 2\)"),
        ({"x": [[1, 2], [3]]}, "rows of different lengths"),
        ({"x": np.full((2, 2), np.nan)}, "numbers, which are finite"),
        ({"x": np.full((2, 2), True)}, "something else than numbers"),
        ({"x": [[1, 2], [3, None]]}, "something else than numbers"),
        ({"x": [["a", "b"], ["c", "d"]]}, "x holds numbers, not 'a'"),
        ({"x": np.full((2, 2), 1e305)}, "x cannot hold 1e"),
        ({"x": [[10**400, 1], [1, 1]]}, "x cannot hold 1000"),
        (
            {"x": [[1e300, 1e300], [0, 0]], "w": np.full((2, 2), 1e10)},
            "beyond what a cell can hold",
        ),
        ({"softmax": np.ones((2, 2))}, "'softmax' is computed by a formula; change what is typed"),
        ({"Nowhere!B4": 1.0}, "no sheet 'Nowhere'"),
        ({"softmax!XFE1": 1.0}, "there is no cell"),
        ({"Check!A0": 1.0}, "no block or cell"),
        ({"Check!A99999999": 1.0}, "no block or cell"),
        ({"lambda!A900": 1.0}, "is no cell of the book's numbers"),
    ],
)
def test_what_cannot_be_changed_is_one_sentence(
    file: Path, tmp_path: Path, changes: Any, message: str
) -> None:
    with pytest.raises(SheetformerError, match=message) as raised:
        sf.edit(file, changes, tmp_path / "new.xlsx")
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "new.xlsx").exists()


def test_strange_files_and_engines(file: Path, tmp_path: Path) -> None:
    (tmp_path / "no.xlsx").write_bytes(b"PK no")
    for given, engine, message in (
        (tmp_path / "gone.xlsx", "numpy", "gone.xlsx"),
        (tmp_path / "no.xlsx", "numpy", "no.xlsx"),
        (file, "excel", "excel"),
    ):
        with pytest.raises(SheetformerError, match=message):
            sf.edit(given, {"x": np.eye(2)}, engine=engine)
