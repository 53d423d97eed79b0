"""What commands share when they show something to a person or to a program."""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sheetformer.cli.completion import engine_names, language_codes
from sheetformer.cli.error_reporting import printable
from sheetformer.engines import ENGINE_NAMES
from sheetformer.language import ENGLISH, Language, find_language, languages

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

JsonOption = Annotated[
    bool, typer.Option("--json", help="Write JSON on stdout, for other programs to read.")
]

LangOption = Annotated[
    str | None,
    typer.Option(
        metavar="|".join(languages()),
        autocompletion=language_codes,
        help="The language of all texts; else that of SHEETFORMER_LANG, or English.",
    ),
]

FormulasOption = Annotated[
    Literal["matrix", "cell", "named"],
    typer.Option(
        help="One array formula a block, one formula a cell, or named functions such as SOFTMAX "
        "(for programs with LAMBDA: Excel 365, IronCalc, the page; not LibreOffice)."
    ),
]

EngineOption = Annotated[
    str,
    typer.Option(
        autocompletion=engine_names,
        help=f"What works out the formulas: {' or '.join(ENGINE_NAMES)}.",
    ),
]

_language: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def choose_language(code: str | None) -> str:
    """Let the terminal use a language from here on; gives the code of the one in use.

    Raises:
        SheetformerError: there is no such language.
    """
    if code is not None:
        _language.set(find_language(code))
    return _language.get().code


def terminal_language() -> Language:
    """The language of the terminal."""
    return _language.get()


def text(key: str, **values: Any) -> str:
    """A text of the terminal, in its language.

    >>> text("wrote", path="a.xlsx")
    'Wrote a.xlsx'
    """
    return _language.get().message(f"terminal.{key}", **values)


def grouped(number: int) -> str:
    """A whole number as the terminal's language writes it."""
    return _language.get().number(number)


def console() -> Console:
    """The terminal; colours only where there is one and NO_COLOR is not set."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def show_written(path: Path, facts: str) -> None:
    """Say which file was written, and what is in it."""
    screen = console()
    wrote = text("wrote", path=printable(str(path)))
    screen.print(wrote, style="bold green", end="", soft_wrap=True)
    screen.print(f": {facts}.", soft_wrap=True)


def write_json(data: Any) -> None:
    """Write JSON on stdout; ASCII only, so that every encoding carries it."""
    typer.echo(json.dumps(data, indent=2))


def counted(number: int, what: str) -> str:
    """A number with its word: one of those with `_one` and `_other` in the catalogue.

    >>> counted(1, "sheet"), counted(1234, "formula")
    ('1 sheet', '1,234 live formulas')
    """
    return text(f"{what}_one" if number == 1 else f"{what}_other", number=grouped(number))
