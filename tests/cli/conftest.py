"""The command line as a person meets it: a process of its own, in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Ran:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


Sheetformer = Callable[..., Ran]


@pytest.fixture
def sheetformer(tmp_path: Path) -> Sheetformer:
    """Run `sheetformer …` in the test's folder."""

    def run(*words: str | Path, **environment: str) -> Ran:
        plain = {
            k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")
        }
        process = subprocess.run(
            [sys.executable, "-m", "sheetformer", *map(str, words)],
            cwd=tmp_path,
            env=plain | {"PYTHONIOENCODING": "utf-8"} | environment,
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=120,
        )
        return Ran(process.returncode, process.stdout, process.stderr)

    return run


@pytest.fixture(scope="session")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default workbook, written once; copy it before changing it."""
    import sheetformer as sf

    path = tmp_path_factory.mktemp("default") / "attention.xlsx"
    return sf.lesson("cross-attention", source="I am happy", target="eu sou feliz").save(path)
