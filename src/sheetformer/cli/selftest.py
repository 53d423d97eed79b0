"""`sheetformer selftest`: a workbook that tells whether a spreadsheet program can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sheetformer.cli.console import (
    JsonOption,
    LangOption,
    choose_language,
    console,
    grouped,
    show_written,
    text,
    write_json,
)

EXAMPLES = """Examples:

  sheetformer selftest
  sheetformer selftest --lang pt -o autoteste.xlsx

Open it in any spreadsheet program: its first sheet has one field, which is green or red."""


def write_selftest(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The workbook to write, .xlsx.")
    ] = Path("selftest.xlsx"),
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a workbook with every shape of formula that books hold, and what each must give."""
    from sheetformer import __version__
    from sheetformer.selftest import make

    lines = make.write_selftest(output, __version__, choose_language(lang))
    if as_json:
        write_json({"file": str(output), "bytes": output.stat().st_size, "lines": lines})
        return
    size = text("kilobytes", number=max(1, round(output.stat().st_size / 1000)))
    show_written(output, f"{text('selftest_lines', number=grouped(lines))}, {size}")
    console().print(text("selftest_next"), soft_wrap=True)
