"""The katakana workbook says of any word that is typed what e2k says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.engines.base import Engine, Live

from ..lint import workbook_faults

e2k = pytest.importorskip("e2k", reason="e2k is not installed (pip install e2k==0.8.1)")

WORDS = [
    "lisbon", "london", "attention", "spreadsheet", "transformer", "happy", "a", "zebra",
    "it's", "two words", "Lisboa", "xylophone", "rhythm", "queue",
]  # fmt: skip


@pytest.fixture(scope="module")
def module(example: Callable[[str], ModuleType]) -> ModuleType:
    return example("katakana")


@pytest.fixture(scope="module")
def books(module: ModuleType) -> dict[str, Any]:
    return {style: module.katakana("lisbon", style) for style in ("matrix", "cell")}


@pytest.fixture(scope="module")
def path(books: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return books["matrix"].save(tmp_path_factory.mktemp("katakana") / "katakana.xlsx")


def transcribed(live: Live, book: Any, word: str) -> str:
    """What the sheet says after a word was typed."""
    typed, spelled = book.blocks["word"], book.blocks["katakana"]
    cells = live.edit({(typed.sheet, *typed.cells[0]): word})
    return str(cells[spelled.sheet].get(spelled.cells[0], ""))


@pytest.fixture(scope="module")
def live(path: Path, ironcalc: Engine) -> Iterator[Live]:
    with ironcalc.open(path) as opened:
        yield opened


def test_lisbon(books: dict[str, Any]) -> None:
    for book in books.values():
        assert book["katakana"].value.item() == "リスボン"
        assert book.formula_cells > 50_000


@pytest.mark.parametrize("word", WORDS)
def test_any_word_that_is_typed(word: str, live: Live, books: dict[str, Any]) -> None:
    assert transcribed(live, books["matrix"], word) == e2k.C2K(model="turbo")(word)


def test_other_signs_are_left_out_as_e2k_does(live: Live, books: dict[str, Any]) -> None:
    assert transcribed(live, books["matrix"], "Li-sb0on!") == e2k.C2K(model="turbo")("Li-sb0on!")
    message = books["matrix"].blocks["message"]
    cells = live.cells()
    assert "only letters" in str(cells[message.sheet][message.cells[0]])
    transcribed(live, books["matrix"], "incomprehensibilities")
    assert "only the first 12" in str(live.cells()[message.sheet][message.cells[0]])


def test_it_looks_at_the_letters(books: dict[str, Any]) -> None:
    alignment = books["matrix"]["alignment"].value
    written = books["matrix"]["written"].value[0].tolist()
    assert written[:5] == ["リ", "ス", "ボ", "ン", ""]
    np.testing.assert_allclose(alignment[:4].sum(axis=1), 1.0, atol=1e-12)
    assert not alignment[4:].any()
    slots = ["‹", *"lisbon", *[""] * 6, "›"]
    assert not alignment[:, [not slot for slot in slots]].any()  # nothing where no letter is


def test_every_formula_is_right(books: dict[str, Any], tmp_path: Path) -> None:
    path = books["cell"].save(tmp_path / "katakana.xlsx")
    report = sf.verify(path)
    assert report.ok, report
    assert path.stat().st_size < 6e6


@pytest.mark.libreoffice
def test_a_real_spreadsheet_program_says_the_same(
    path: Path, libreoffice: Engine, books: dict[str, Any]
) -> None:
    with libreoffice.open(path) as opened:
        for word in ("london", "spreadsheet"):
            assert transcribed(opened, books["matrix"], word) == e2k.C2K(model="turbo")(word)


def test_it_is_small(path: Path) -> None:
    assert path.stat().st_size < 5e6
    assert not workbook_faults(path)
