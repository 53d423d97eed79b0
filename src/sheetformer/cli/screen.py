"""What commands share when they show something to a person or to a program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

JsonOption = Annotated[
    bool, typer.Option("--json", help="Write JSON on stdout, for other programs to read.")
]


def console() -> Console:
    """The terminal; colours only where there is one and NO_COLOR is not set."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def write_json(data: Any) -> None:
    """Write JSON on stdout; ASCII only, so that every encoding carries it."""
    typer.echo(json.dumps(data, indent=2))


def counted(number: int, what: str) -> str:
    """A number with its word.

    >>> counted(1, "sheet"), counted(1234, "formula")
    ('1 sheet', '1,234 formulas')
    """
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
