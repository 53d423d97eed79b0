"""What a start must not cost: the core imports no heavy package, help imports nearly nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest


def imported(program: str) -> set[str]:
    """The top packages that are loaded after a program ran."""
    tell = "import sys; print(' '.join({name.partition('.')[0] for name in sys.modules}))"
    process = subprocess.run(
        [sys.executable, "-c", f"{program}\n{tell}"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(process.stdout.split("\n")[-2].split())


@pytest.mark.parametrize("heavy", ["torch", "scipy", "pandas", "uno", "ironcalc"])
@pytest.mark.parametrize("program", ["import sheetformer", "import sheetformer.cli"])
def test_no_heavy_package(program: str, heavy: str) -> None:
    assert heavy not in imported(program)


def test_import_needs_no_writer_and_no_terminal() -> None:
    loaded = imported("import sheetformer")
    assert not loaded & {"xlsxwriter", "rich", "typer", "safetensors"}


def test_a_lesson_needs_no_engine_and_no_torch() -> None:
    loaded = imported(
        "import sheetformer as sf\n"
        "sf.lesson('cross-attention', source='I am happy', target='eu sou feliz')"
    )
    assert not loaded & {"torch", "ironcalc", "rich", "typer"}
