"""`sheetformer site`: the lessons as a folder for any web host."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sheetformer.cli.completion import site_names
from sheetformer.cli.console import console, text
from sheetformer.cli.error_reporting import printable

EXAMPLES = """Examples:

  sheetformer site lessons
  sheetformer site lessons --only softmax --only scaling"""


def write_lessons(
    folder: Annotated[Path, typer.Argument(help="Where the files go; made if it is not there.")],
    only: Annotated[
        list[str] | None,
        typer.Option(help="A lesson's name; may be said several times.", autocompletion=site_names),
    ] = None,
) -> None:
    """Write all lessons as pages and workbooks into a folder that any web host can serve."""
    from sheetformer.server.site import write_site

    screen = console()
    for path in write_site(folder, only or ()):
        screen.print(text("wrote", path=printable(str(path))), soft_wrap=True)
