"""`sheetformer words`: the words that a lesson knows."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from sheetformer.cli.console import JsonOption, console, counted, text, write_json

EXAMPLES = """Examples:

  sheetformer words
  sheetformer words --side target
  sheetformer words --model translator
  sheetformer words --json"""

_TITLES = {"source": "english", "target": "portuguese"}
"""The texts over the words of each side."""


def list_words(
    side: Annotated[
        Literal["source", "target"] | None,
        typer.Option(help="Only the words of this side (both otherwise)."),
    ] = None,
    model: Annotated[
        str,
        typer.Option(
            "--model", "-m", help="Those of a translator: translator, or a file of your own."
        ),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """List the words that sentences can be made of: those of the lessons, or of a translator."""
    words = _of_translator(model) if model else _of_lessons()
    chosen = {side: words[side]} if side else words
    if as_json:
        write_json(chosen)
        return
    for name, known in chosen.items():
        _show(text(_TITLES[name]), known)


def _of_lessons() -> dict[str, list[str]]:
    from sheetformer.lessons import vocabulary

    english, portuguese = vocabulary()
    return {"source": english, "target": portuguese}


def _of_translator(model: str) -> dict[str, list[str]]:
    from sheetformer.corpus.vocabulary import BEGIN, EMPTY, END
    from sheetformer.models.decode import load_translator

    words = load_translator(model).weights.vocabulary
    left_out = (EMPTY, BEGIN, END)
    return {
        "source": [word for word in words.source if word not in left_out],
        "target": [word for word in words.target if word not in left_out],
    }


def _show(title: str, words: list[str]) -> None:
    from rich.columns import Columns

    screen = console()
    screen.print(title, style="bold", end="")
    screen.print(f"  ({counted(len(words), 'word')})")
    screen.print(Columns(words, padding=(0, 2), equal=True, column_first=True))
    screen.print()
