"""What a start must not cost: the core imports no heavy package, help imports nearly nothing."""

from __future__ import annotations

import subprocess
import sys


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


HEAVY = {"torch", "scipy", "pandas", "uno", "ironcalc"}


def test_import_is_light() -> None:
    writers_and_terminal = {"xlsxwriter", "rich", "typer", "safetensors"}
    assert not imported("import sheetformer") & (HEAVY | writers_and_terminal)


def test_the_command_line_starts_light() -> None:
    assert not imported("import sheetformer.cli") & (HEAVY | {"xlsxwriter", "rich", "safetensors"})


def test_a_lesson_needs_no_engine_and_no_torch() -> None:
    loaded = imported(
        "import sheetformer as sf\n"
        "sf.lesson('cross-attention', source='I am happy', target='eu sou feliz')"
    )
    assert not loaded & {"torch", "ironcalc", "rich", "typer"}
