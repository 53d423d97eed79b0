"""`sheetformer words`: the words that a lesson knows."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from sheetformer.cli.console import JsonOption, console, counted, text, write_json

EXAMPLES = """Examples:

  sheetformer words
  sheetformer words --side target
  sheetformer words --json"""

_TITLES = {"source": "english", "target": "portuguese"}
"""The texts over the words of each side."""


def list_words(
    side: Annotated[
        Literal["source", "target"] | None,
        typer.Option(help="Only the words of this side (both otherwise)."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the words that sentences can be made of."""
    from sheetformer.lessons import vocabulary

    english, portuguese = vocabulary()
    words = {"source": english, "target": portuguese}
    chosen = {side: words[side]} if side else words
    if as_json:
        write_json(chosen)
        return
    for name, known in chosen.items():
        _show(text(_TITLES[name]), known)


def _show(title: str, words: list[str]) -> None:
    from rich.columns import Columns

    screen = console()
    screen.print(title, style="bold", end="")
    screen.print(f"  ({counted(len(words), 'word')})")
    screen.print(Columns(words, padding=(0, 2), equal=True, column_first=True))
    screen.print()
