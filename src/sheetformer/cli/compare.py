"""`sheetformer compare`: where two runs of a model first differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheetformer.cli.console import JsonOption, console, terminal_language, text, write_json
from sheetformer.cli.error_reporting import printable

if TYPE_CHECKING:
    from sheetformer.frontends.comparison.table import Comparison, Row

EXAMPLES = """Examples:

  sheetformer compare my_module:build my_module:port
  sheetformer compare my_module:build dumped.npz
  sheetformer compare my_module:build --dtype bfloat16
  sheetformer compare ./folder ./converted --text "I am happy" -o compare.xlsx

my_module:build is a function of yours that gives a PyTorch model and what to call it with, as for
record; the second model gets what it brings itself, else what the first one gets.

Exit code: 0 when both agree as far as the types of their numbers allow, 1 when they differ, 2 when
something cannot be read or run."""

_SHOWN = 40
"""Blocks that are listed for a person; --json gives all."""
_COLOURS = {"differs": "red", "shape": "red", "nan": "red", "inherits": "yellow"}
_DUMPS = (".npz", ".safetensors")


def compare_models(
    a: Annotated[
        str, typer.Argument(help="A Hugging Face name, a folder, or module:function.", metavar="A")
    ],
    b: Annotated[
        str,
        typer.Argument(
            help="Another one, or dumped numbers: .npz, .safetensors, a folder of .npy.",
            metavar="[B]",
        ),
    ] = "",
    text_read: Annotated[str, typer.Option("--text", "-t", help="What the models read.")] = "",
    target: Annotated[
        str, typer.Option(help="What their decoders write; a's own answer if you say nothing.")
    ] = "",
    dtype: Annotated[
        str, typer.Option(help="Let b run in this type: bfloat16, float16, float32, float64.")
    ] = "",
    layers: Annotated[
        list[int] | None, typer.Option("--layer", help="Only this layer, from 0; also repeated.")
    ] = None,
    modules: Annotated[
        list[str] | None,
        typer.Option("--modules", help="Only modules like this, such as '*.encoder_attn'."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write both sides and their difference as a book."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="List the blocks that agree as well.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Keep however many numbers there are.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Compare two models, two precisions or a model and dumped numbers, block by block."""
    found = _compared(
        a, b, text_read, target, dtype=dtype or None, layers=layers, modules=modules, force=force
    )
    if output is not None and found.differs:
        found.book.save(output)
    if as_json:
        write_json(found.facts())
    else:
        _show(found, every=every)
        if output is not None and found.differs:
            console().print(text("wrote", path=printable(str(output))), style="bold green")
    if found.differs:
        raise typer.Exit(1)


def _compared(a: str, b: str, read: str, target: str, **settings: Any) -> Comparison:
    from sheetformer.frontends import compare
    from sheetformer.frontends.torch.model_loading import find_model

    first = find_model(a, read, target)
    given = dict(first.kwargs)
    settings["lang"] = terminal_language().code
    if b and _is_dump(Path(b)):
        return compare(first.model, Path(b), *first.args, **settings, **given)
    if not b:
        return compare(first.model, None, *first.args, **settings, **given)
    second = find_model(b, read, target)
    inputs = (*second.args, dict(second.kwargs)) if second.args or second.kwargs else None
    return compare(first.model, second.model, *first.args, inputs_b=inputs, **settings, **given)


def _is_dump(path: Path) -> bool:
    folder = path.is_dir() and not (path / "config.json").exists() and any(path.glob("*.npy"))
    return path.suffix in _DUMPS or folder


def _show(found: Comparison, *, every: bool) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from sheetformer.frontends.comparison.table import verdict

    screen = console()
    rows = [row for row in found.table if every or row.is_off]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(text("block"), overflow="fold")
    for name in ("largest_difference", "relative", "ulps", "cosine"):
        table.add_column(text(name), justify="right")
    table.add_column("", overflow="fold")
    for row in rows[:_SHOWN]:
        table.add_row(*_cells(row), style=_COLOURS.get(row.kind))
    if rows:
        screen.print(table)
    if len(rows) > _SHOWN:
        screen.print(f"{text('more_off', number=len(rows) - _SHOWN)}\n")
    style = "bold red" if found.differs else "bold green"
    for line in verdict(found, terminal_language()):
        screen.print(printable(line), style=style)


def _cells(row: Row) -> tuple[str, ...]:
    from sheetformer.frontends.comparison.table import number

    cosine = "" if row.cosine is None else f"{row.cosine:.6f}"
    shown = (number(row.largest), number(row.relative), number(row.ulps), cosine)
    return (printable(row.block), *shown, text(f"kind_{row.kind}"))
