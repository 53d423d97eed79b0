"""`sheetformer serve`: the lessons as pages in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from sheetformer.cli.console import console, text
from sheetformer.cli.error_reporting import printable
from sheetformer.errors import SheetformerError

EXAMPLES = """Examples:

  sheetformer serve
  sheetformer serve --open
  sheetformer serve --port 8080
  sheetformer serve --public-url https://books.example/sheets"""


def serve_pages(
    host: Annotated[
        str, typer.Option(help="The address to listen on; this machine alone by default.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")] = 8000,
    public_url: Annotated[
        str | None,
        typer.Option(help="Where readers see it, if another web server stands before it."),
    ] = None,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the start page in a browser.")
    ] = False,
) -> None:
    """Serve all lessons as live pages: change cells in a browser, download them as workbooks."""
    try:
        from sheetformer.server.listen import serve
        from sheetformer.server.public import NOBODY, read_public_url
    except ImportError as error:
        raise SheetformerError(
            f"serving pages needs {error.name}: pip install 'sheetformer[serve]'"
        ) from error
    public = read_public_url(public_url) if public_url else NOBODY
    serve(host, port, _announce, browser=open_browser, public=public)


def _announce(address: str) -> None:
    screen = console()
    screen.print(text("lessons_at", address=printable(address)), style="bold green", soft_wrap=True)
    screen.print(text("stop_server"))
