"""Near names, said in one way wherever a name does not exist."""

from __future__ import annotations

import subprocess
import sys

import pytest

import sheetformer as sf
from sheetformer.engines import get_engine
from sheetformer.errors import SheetformerError
from sheetformer.suggest import did_you_mean, nearest, suggestion


def test_case_does_not_count_and_the_name_comes_back_as_it_is_written() -> None:
    assert nearest("olá", ["OLÁ", "sou"]) == ["OLÁ"]
    assert nearest("libre-OFFICE", ["ironcalc", "LibreOffice"]) == ["LibreOffice"]


def test_the_likest_comes_first_and_no_more_than_wanted() -> None:
    known = ["scores", "score", "scored", "weights"]
    assert nearest("score", known, 3)[0] == "score"
    assert len(nearest("score", known, 2)) == 2
    assert nearest("zzz", known) == []


def test_a_lower_cutoff_finds_more() -> None:
    assert nearest("iro", ["ironclad"], cutoff=0.5) == ["ironclad"]
    assert nearest("iro", ["ironclad"]) == []


def test_all_are_named_where_none_is_near() -> None:
    assert suggestion("zzz", ["a", "b"]) == "there are: a, b"
    assert suggestion("zzz", ["a", "b"], "it knows 2 others") == "it knows 2 others"
    assert suggestion("scores", ["score", "scored"], most=2) == "did you mean 'score' or 'scored'?"
    assert did_you_mean(["--host"]) == "did you mean --host?"


def test_lessons_blocks_and_engines_say_it_alike() -> None:
    with pytest.raises(SheetformerError, match=r"did you mean 'softmax'\?"):
        sf.lesson("sotfmax")
    with pytest.raises(SheetformerError, match="there are: dot-product, softmax"):
        sf.lesson("zzz")
    book = sf.trace(lambda x: x @ x.T, [[1.0, 2.0]])
    with pytest.raises(SheetformerError, match="no block 'zzz'; there are: "):
        _ = book["zzz"]
    with pytest.raises(SheetformerError, match="did you mean 'ironcalc'"):
        get_engine("iron")


def test_it_costs_nothing_at_the_start() -> None:
    program = "import sys, sheetformer; print('difflib' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"


def test_of_very_many_names_a_few_are_listed() -> None:
    many = [f"layer_{i}" for i in range(1_500)]
    assert suggestion("zzz", many).endswith("layer_11, … (1,500 in all)")
    assert suggestion("zzz", many[:40]).endswith("layer_39")
