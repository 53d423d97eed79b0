"""A small part of each attack; `make attack` runs all of them for long."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from random import Random

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.errors import FileError
from sheetformer.exercises.journal import Journal
from sheetformer.exercises.judged import BlankGrade, Grade
from sheetformer.formula.openformula import from_openformula
from sheetformer.frontends.comparison import dumps

from ..page.engine import PageEngine
from . import injected, inputs, report, server, settings
from .report import Findings

FOUND = {
    "typed formulas": [49],
    "lists of students": [35],
    "named blanks": [224],
    "facts of keys": [153, 899],
    "journals of grades": [3, 2279],
}
"""Seeds that met a mistake once: {{{…, a field without end, numbers beyond an integer, [[[…"""
SLOW = ("options of lessons", ".ods files", "packed corpora", "named blanks", "dumped numbers")


def test_absurd_settings_are_refused_before_the_first_step() -> None:
    found = Findings()
    for seed in range(2_000):
        found.attempt(lambda s=seed: settings.wrong_options(Random(s)), seed)
    assert not found.mistakes
    assert found.counts["refused"] > 1_000


def test_any_bytes_are_a_corpus_or_are_refused(tmp_path: Path) -> None:
    found = Findings()
    for seed in range(60):
        content = settings.corpus(Random(seed))
        found.attempt(lambda c=content: settings.read_corpus(c, tmp_path / "pairs.tsv"), seed)
    assert not found.mistakes


@pytest.mark.parametrize("name", inputs.READERS)
def test_damaged_input_is_read_or_refused(name: str, tmp_path: Path) -> None:
    tries = [*range(3 if name in SLOW else 40), *FOUND.get(name, ())]
    assert not inputs.attacked(name, tmp_path, tries).mistakes


@pytest.mark.parametrize("name", [name for name in injected.PLACES if name != "what commands say"])
def test_words_stay_words(name: str, tmp_path: Path) -> None:
    assert not injected.attacked(name, tmp_path, range(5)).mistakes


@pytest.mark.parametrize("text", ["[.A(" + "'" * 200, "[" * 2000, '"' * 2001, "A(" * 2000])
def test_no_formula_of_an_ods_file_takes_for_ever(text: str) -> None:
    start = time.perf_counter()
    from_openformula(f"of:={text}")
    assert time.perf_counter() - start < 5


def test_the_page_refuses_arrays_in_arrays(page: PageEngine) -> None:
    typed = {("Softmax", 30, 2): "=" + "{" * 3900}
    with pytest.raises(AssertionError, match="cannot be read"):
        page.recalculate(sf.lesson("softmax"), typed)


def test_half_a_line_in_a_journal_costs_no_grade(tmp_path: Path) -> None:
    path = tmp_path / "grades.jsonl"
    done = Grade("a.xlsx", "a", (BlankGrade("shares", {"A1": "right"}),))
    Journal(path, "k").add("d", done)
    path.write_bytes(path.read_bytes() + b'{"key": "k", "dig')
    Journal(path, "k").add("e", done)
    again = Journal(path, "k")
    assert again.known("a.xlsx", "d") == again.known("a.xlsx", "e") == done


def test_an_archive_of_zeros_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.npz"
    np.savez_compressed(path, a=np.zeros(100_000))
    assert dumps.read_dump(path)["a"][0].size == 100_000
    monkeypatch.setattr(dumps, "MOST", 1_000)
    with pytest.raises(FileError, match="holds more than"):
        dumps.read_dump(path)


def test_a_server_survives_what_is_sent() -> None:
    pytest.importorskip("starlette", reason="pages need sheetformer[serve]")
    pytest.importorskip("psutil", reason="counting processes needs psutil")
    found = server.attacked(3.0)
    assert found["alive"]
    assert found["counts"]["500"] == found["tracebacks"] == 0, found


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_killed_commands_leave_whole_files() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.attack.kills", "--seconds", "6"],
        cwd=report.PAGE.parents[1],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert ended.returncode == 0, ended.stderr
    assert "parts that were left: 0" in ended.stdout


def test_a_section_of_the_page_is_replaced_and_the_others_stay() -> None:
    page = report._replaced(report.HEAD, "a", "one\n")
    page = report._replaced(report._replaced(page, "b", "two\n"), "a", "three\n")
    assert page.index("three") < page.index("two")
    assert "one\n" not in page
