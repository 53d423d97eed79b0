"""The command line as a person meets it, in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sheetformer.cli import main

DISTURBING = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "COLORTERM")


@dataclass(frozen=True)
class Ran:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


Sheetformer = Callable[..., Ran]


@pytest.fixture
def sheetformer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Sheetformer:
    """Run `sheetformer …` in the test's folder, within this process: quick."""

    def run(*words: str | Path, **environment: str) -> Ran:
        capfd.readouterr()
        with monkeypatch.context() as changed:
            changed.chdir(tmp_path)
            for name in DISTURBING:
                changed.delenv(name, raising=False)
            for name, value in environment.items():
                changed.setenv(name, value)
            with pytest.raises(SystemExit) as end:
                main([str(word) for word in words])
        return Ran(end.value.code, *capfd.readouterr())

    return run


@pytest.fixture
def process(tmp_path: Path) -> Sheetformer:
    """Run `sheetformer …` in the test's folder, as a process of its own: what a person sees."""

    def run(*words: str | Path, **environment: str) -> Ran:
        plain = {name: value for name, value in os.environ.items() if name not in DISTURBING}
        ended = subprocess.run(
            [sys.executable, "-m", "sheetformer", *map(str, words)],
            cwd=tmp_path,
            env=plain | {"PYTHONIOENCODING": "utf-8"} | environment,
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=120,
        )
        return Ran(ended.returncode, ended.stdout, ended.stderr)

    return run


@pytest.fixture(scope="session")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default workbook, written once; copy it before changing it."""
    import sheetformer as sf

    path = tmp_path_factory.mktemp("default") / "attention.xlsx"
    return sf.lesson("cross-attention", source="I am happy", target="eu sou feliz").save(path)
