"""`sheetformer check`: does any workbook compute a function, whatever its inputs are?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheetformer.cli.cells import difference_text, finite, plain, show_off
from sheetformer.cli.completion import function_names
from sheetformer.cli.console import (
    EngineOption,
    JsonOption,
    console,
    grouped,
    terminal_language,
    text,
    write_json,
)
from sheetformer.cli.error_reporting import printable
from sheetformer.engines import get_engine
from sheetformer.errors import SheetformerError
from sheetformer.language.phrasebook import problem

if TYPE_CHECKING:
    from rich.console import Console

    from sheetformer.exercises.check import CheckReport, Trial

EXAMPLES = """Examples:

  sheetformer check theirs.xlsx softmax --input x=Sheet1!B3:D5 --output Sheet1!H3:J5
  sheetformer check theirs.xlsx attention --input q=B3:D5 --input k=B7:D9 --input v=B11:D13 --output H3:J5
  sheetformer check theirs.xlsx mine:my_function --input x=B3:D5 --output H3:J5 --json

Exit code: 0 when every trial is right, 1 when one is not, 2 when the file cannot be read, lacks
such cells, or takes more time or memory than it may."""  # noqa: E501 (a command is one line)


def check_file(
    file: Annotated[Path, typer.Argument(help="A workbook of whoever made it.")],
    function: Annotated[
        str,
        typer.Argument(
            autocompletion=function_names,
            help="softmax, attention, layer_norm, positional_encoding, … or module:function.",
        ),
    ],
    inputs: Annotated[
        list[str],
        typer.Option(
            "--input",
            metavar="NAME=CELLS",
            help="Where an input stands, such as x=Sheet1!B3:D5; once for each input.",
        ),
    ],
    output: Annotated[
        str, typer.Option(metavar="CELLS", help="Where the result stands, such as Sheet1!H3:J5.")
    ],
    trials: Annotated[int, typer.Option(help="How often the inputs are changed.")] = 20,
    engine: EngineOption = "ironcalc",
    seed: Annotated[int, typer.Option(help="Of the random numbers.")] = 0,
    largest: Annotated[float, typer.Option(help="The largest number that is tried.")] = 1000.0,
    limit: Annotated[
        float,
        typer.Option(help="How many times the usual time and memory (10 s, 1 GB) it may take."),
    ] = 1.0,
    as_json: JsonOption = False,
) -> None:
    """Hold the formulas of any workbook against a function.

    The inputs are changed again and again, to random numbers and to those at which sheets go wrong;
    each time a spreadsheet engine works the formulas out. Where a known slip explains what is
    found, it is named. The file stays as it is.
    """
    from sheetformer.exercises.check import check

    report = check(
        file,
        function,
        _cells_by_name(inputs),
        output,
        trials,
        engine=engine,
        seed=seed,
        largest=largest,
        limit=limit,
    )
    if as_json:
        write_json(_facts(report, file, engine))
    else:
        _show(report, console(), engine)
    if not report.ok:
        raise typer.Exit(1)


def _cells_by_name(inputs: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for given in inputs:
        name, equals, cells = given.partition("=")
        if not (equals and name and cells):
            raise SheetformerError(f"--input is a name and its cells, as in x=B3:D5, not {given!r}")
        if name in found:
            raise SheetformerError(f"the input {name!r} is given twice; name each one once")
        found[name] = cells
    return found


def _facts(report: CheckReport, file: Path, engine: str) -> dict[str, Any]:
    return {
        "file": str(file),
        "function": report.function,
        "output": report.output,
        "engine": engine,
        "ok": report.ok,
        "trials": len(report.trials),
        "right": report.right,
        "skipped": report.skipped,
        "largest_difference": finite(report.largest),
        "reasons": list(report.reasons),
        "wrong": [_wrong(trial) for trial in report.wrong],
    }


def _wrong(trial: Trial) -> dict[str, Any]:
    return {
        "inputs_are": trial.edge,
        "inputs": {name: array.tolist() for name, array in trial.inputs.items()},
        "largest_difference": finite(trial.largest),
        "off": [
            {
                "cell": f"{cell.sheet}!{cell.address}",
                "expected": plain(cell.expected),
                "found": plain(cell.found),
            }
            for cell in trial.off
        ],
    }


def _show(report: CheckReport, screen: Console, engine: str) -> None:
    _show_trials(report, screen)
    screen.print()
    if report.wrong:
        _show_first(report.wrong[0], screen)
    title = get_engine(engine).title
    screen.print(_verdict(report, title), style="bold green" if report.ok else "bold red")
    for reason in report.reasons:
        said = printable(problem(reason, terminal_language()))
        screen.print(text("check_reason", said=said), style="yellow")
    if report.wrong and not report.reasons:
        screen.print(text("check_no_reason"), style="dim")
    if report.skipped:
        screen.print(text("check_skipped", number=grouped(report.skipped)), style="dim")


def _show_trials(report: CheckReport, screen: Console) -> None:
    """A line for each sort of inputs."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(text("check_inputs"))
    table.add_column(text("check_trials"), justify="right")
    table.add_column(text("largest_difference"), justify="right")
    table.add_column("")
    for edge in dict.fromkeys(trial.edge for trial in report.trials):
        trials = [trial for trial in report.trials if trial.edge == edge]
        largest = max(trial.largest for trial in trials)
        wrong = any(not trial.right for trial in trials)
        mark, style = ("✗", "red") if wrong else ("✓", None)
        shown = _edge(edge), grouped(len(trials)), difference_text(largest), mark
        table.add_row(*shown, style=style)
    screen.print(table)


def _edge(edge: str) -> str:
    return text(f"check_{edge.replace(' ', '_')}")


def _show_first(trial: Trial, screen: Console) -> None:
    """The inputs of the first wrong trial, and the cells that are off."""
    screen.print(text("check_first", inputs=_edge(trial.edge)))
    for name, array in trial.inputs.items():
        rows = [" ".join(f"{number:g}" for number in row) for row in array.tolist()[:_ROWS]]
        more = " …" if len(array) > _ROWS else ""
        screen.print(f"  {printable(name)} = [{'; '.join(rows)}{more}]", soft_wrap=True)
    screen.print()
    show_off(trial.off, screen)
    screen.print()


_ROWS = 8
"""Rows of an input that are shown."""


def _verdict(report: CheckReport, engine: str) -> str:
    return text(
        "check_right" if report.ok else "check_wrong",
        output=printable(report.output),
        function=printable(report.function),
        right=grouped(report.right),
        trials=grouped(len(report.trials)),
        engine=engine,
    )
