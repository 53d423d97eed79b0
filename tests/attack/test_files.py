"""A few of the hostile files of `make attack`, one of each kind and engine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sheetformer.engines.programs.libreoffice import LibreOffice

from .files import attack, honest, listening
from .workbooks import KINDS, make

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")

NUMBERS = range(10, 10 + len(KINDS))


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return honest(tmp_path_factory.mktemp("honest"))


@pytest.mark.parametrize("number", NUMBERS)
def test_nothing_comes_of_a_hostile_file(number: int, books: list[Path], tmp_path: Path) -> None:
    with listening() as (port, heard):
        verdict, _, wrong = attack(number, books, port, tmp_path, "ironcalc")
        assert not wrong
        assert verdict in ("right", "off", "refused")
        assert heard == []


@pytest.mark.skipif(LibreOffice.missing() is not None, reason="needs LibreOffice")
def test_nothing_comes_of_it_in_libreoffice(books: list[Path], tmp_path: Path) -> None:
    asking = next(i for i, kind in enumerate(KINDS) if kind.__name__ == "somebody_asked")
    with listening() as (port, heard):
        assert attack(asking + 40, books, port, tmp_path, "libreoffice")[2] == []
        assert heard == []


def test_a_number_gives_the_same_file_again(books: list[Path]) -> None:
    for number in NUMBERS:
        assert make(number, books, 1) == make(number, books, 1)
