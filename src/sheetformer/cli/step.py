"""`sheetformer step`: let a workbook go on, its inputs taking their next values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sheetformer.cli.console import JsonOption, console, counted, show_written, text, write_json

if TYPE_CHECKING:
    from sheetformer.edits.steps import Advance

EXAMPLES = """Examples:

  sheetformer step training.xlsx
  sheetformer step training.xlsx -n 100 -o later.xlsx
  sheetformer step training.xlsx -n 10 --json

Only inputs that have a next value change; formulas stay, with the values that follow."""


def step_file(
    file: Annotated[Path, typer.Argument(help="A workbook that sheetformer has written.")],
    steps: Annotated[int, typer.Option("--steps", "-n", help="How many steps.")] = 1,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write; else the same one again."),
    ] = None,
    limit: Annotated[
        float,
        typer.Option(help="How many times the usual time and memory it may take."),
    ] = 1.0,
    as_json: JsonOption = False,
) -> None:
    """Let a workbook go on: each carried input takes its next value, so many times.

    The book says itself what is carried, such as the weights of a training. Only inputs change, so
    verify holds before and after. The file is written whole or not at all.
    """
    from sheetformer.edits import steps as stepping

    done = stepping.step_file(file, steps, output, limit=limit)
    path = output or file
    if as_json:
        write_json(
            {
                "file": str(path),
                "steps": steps,
                "carried": list(done.carried),
                "cells": done.cells,
                "watched": done.watched,
            }
        )
    else:
        _show(done, path, steps)


def _show(done: Advance, path: Path, steps: int) -> None:
    show_written(path, f"{counted(steps, 'step')}, {counted(done.cells, 'changed_number')}")
    for name, values in done.watched.items():
        line = text("from_to", name=name, before=f"{values[0]:.4g}", after=f"{values[-1]:.4g}")
        console().print(line)
