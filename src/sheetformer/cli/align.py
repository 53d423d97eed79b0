"""`sheetformer align`: align the words of a whole corpus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sheetformer.cli.console import JsonOption, console, counted, show_written, text, write_json
from sheetformer.cli.error_reporting import printable
from sheetformer.cli.translate import ModelOption

if TYPE_CHECKING:
    from sheetformer.models.align import Aligned

StrictOption = Annotated[
    bool, typer.Option("--strict", help="Stop at the first bad line (otherwise skipped).")
]
ColumnsOption = Annotated[
    str, typer.Option(help="Names of the source and target columns, as in en,pt.")
]
TokenizeOption = Annotated[
    bool,
    typer.Option(
        "--tokenize", help="Split into words and marks; otherwise a word ends at a blank."
    ),
]

EXAMPLES = """Examples:

  sheetformer align pairs.tsv -o alignments.tsv
  sheetformer align pairs.parquet --columns en,pt --strict
  sheetformer align pairs.tsv --model mine.safetensors --json

A line of pairs.tsv: a source sentence, a tab, its translation, and if
known a tab and the gold alignment, 0-0 1-2. A line of the output: the
links of a pair, source-target, counted from 0; with --tokenize
the words that are counted stand before them. ||| may stand for a tab,
and PAIRS may be packed, as in pairs.tsv.gz."""


def align_corpus(
    data: Annotated[
        str, typer.Argument(help="A .tsv or .parquet file, or hf:NAME.", metavar="PAIRS")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path(
        "alignments.tsv"
    ),
    model: ModelOption = "translator",
    strict: StrictOption = False,
    columns: ColumnsOption = "",
    tokenize: TokenizeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write which word is whose translation, for every pair of a corpus."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from sheetformer.files import check_output, refuse_overwriting
    from sheetformer.models.align import align_file
    from sheetformer.models.decode import load_translator

    check_output(output)
    refuse_overwriting(output, [model])
    translator = load_translator(model)
    names = [name for name in columns.split(",") if name]
    label = TextColumn(text("lines_aligned", number="{task.completed:,}"))
    screen = Console(stderr=True)
    parts = (SpinnerColumn(), label, TimeElapsedColumn())
    # In a file or a pipe it would be a line before the sentence that says what is wrong.
    with Progress(*parts, console=screen, disable=not screen.is_terminal) as bar:
        task = bar.add_task("Aligning", total=None)
        result = align_file(
            data,
            output,
            translator,
            strict=strict,
            columns=names,
            tokenize=tokenize,
            watch=lambda lines: bar.advance(task, lines),
        )
    if as_json:
        write_json(_facts(result, output))
    else:
        _show(result, output)


def _facts(result: Aligned, output: Path) -> dict[str, object]:
    return {
        "file": str(output),
        "pairs": result.report.good,
        "skipped": result.report.skipped,
        "links": result.links,
        "error_rate": result.error_rate,
    }


def _show(result: Aligned, output: Path) -> None:
    screen = console()
    show_written(output, counted(result.links, "link"))
    screen.print(printable(f"{result.report}."), soft_wrap=True)
    if result.error_rate is not None:
        screen.print(text("error_rate", rate=f"{result.error_rate:.2%}"))
