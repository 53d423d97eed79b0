"""What a start must not cost: the core imports no heavy package, help imports nearly nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

import typer

from sheetformer.cli import app, arguments


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


def test_plain_options_need_no_pydantic() -> None:
    """Typer imports it to read an option, which takes longer than what some commands do."""
    program = "from sheetformer.cli import main\ntry:\n    main([{}])\nexcept SystemExit:\n    pass"
    assert "pydantic" not in imported(program.format("'words', '--side', 'source', '--json'"))
    assert "pydantic" in imported(program.format("'words', '--side', 'middle', '--json'"))


TYPED = (
    "",
    " ",
    "3",
    "-3",
    "+3",
    " 3",
    "3_0",
    "0.5",
    "1e3",
    "1e400",
    "nan",
    "matrix",
    "Matrix",
    ".",
)


def test_plain_values_are_read_as_typer_reads_them() -> None:
    for command in typer.main.get_command(app).commands.values():  # pyright: ignore
        for parameter in command.params:
            found = arguments._reader(parameter)
            for text in TYPED if found else ():
                with suppress(arguments._DoubtfulError):
                    plain, context = found[0](text), typer.Context(command)
                    thorough = parameter.get_runtime_param().coerce(text, parameter, context)
                    assert (plain, type(plain)) == (thorough, type(thorough)), parameter.name


def test_the_threads_of_numpy_sleep_while_they_have_nothing_to_do() -> None:
    """The variable counts when NumPy is loaded, so it is set before that."""
    code = f"""
import os, sys
from sheetformer.cli import main
assert "numpy" not in sys.modules
try:
    main(["lessons"])
except SystemExit:
    pass
print(os.environ[{"OPENBLAS_THREAD_TIMEOUT"!r}])
"""
    given = {name: value for name, value in os.environ.items() if "OPENBLAS" not in name}
    for set_before, seen in (({}, "4"), ({"OPENBLAS_THREAD_TIMEOUT": "20"}, "20")):
        ran = subprocess.run(
            [sys.executable, "-c", code], env=given | set_before, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        assert ran.stdout.splitlines()[-1] == seen
