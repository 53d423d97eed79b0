"""A small part of each attack; `make attack` runs all of them for long."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from . import report, server, settings
from .report import Findings


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
