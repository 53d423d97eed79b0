"""`sheetformer lesson`: write a lesson as a workbook and show its attention."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheetformer.cli.completion import lesson_names
from sheetformer.cli.console import (
    FormulasOption,
    JsonOption,
    LangOption,
    choose_language,
    console,
    counted,
    show_written,
    text,
    write_json,
)
from sheetformer.cli.error_reporting import printable

if TYPE_CHECKING:
    from rich.console import Console

    from sheetformer.book.workbook import Book

EXAMPLES = """Examples:

  sheetformer lesson
  sheetformer lesson --source "I am | happy" --target "sou | feliz"
  sheetformer lesson softmax --lang pt
  sheetformer lesson training --seed 3 --learning-rate 0.5 -o mine.xlsx
  sheetformer lesson cross-attention --formulas cell --json

A bar joins words: in "I am | happy" the two words I am are one row.
sheetformer lessons tells which lesson takes which options."""


def write_lesson(
    name: Annotated[
        str,
        typer.Argument(
            help="Which lesson; see: sheetformer lessons.",
            metavar="NAME",
            autocompletion=lesson_names,
        ),
    ] = "cross-attention",
    source: Annotated[
        str | None, typer.Option("--source", "-s", help="The English words, which are looked at.")
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", "-t", help="The Portuguese words, which look.")
    ] = None,
    sentence: Annotated[
        str | None, typer.Option(help="The words, in lessons with one sentence.")
    ] = None,
    own_text: Annotated[
        str | None, typer.Option("--text", help="The text that tokens are made of.")
    ] = None,
    word: Annotated[str | None, typer.Option(help="A word that is cut into tokens.")] = None,
    d_model: Annotated[int | None, typer.Option(help="Numbers in a word's vector.")] = None,
    heads: Annotated[int | None, typer.Option(help="Attention heads side by side.")] = None,
    steps: Annotated[int | None, typer.Option(help="Steps of training.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="How far a step goes.")] = None,
    seed: Annotated[int | None, typer.Option(help="Which random numbers.")] = None,
    lang: LangOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="The file to write, .xlsx, .html or .txt; else NAME.xlsx."
        ),
    ] = None,
    formulas: FormulasOption = "matrix",
    as_json: JsonOption = False,
) -> None:
    """Write a lesson as a live workbook, and show who looks at whom."""
    from sheetformer.lessons import lesson

    requested = {
        "source": source,
        "target": target,
        "sentence": sentence,
        "text": own_text,
        "word": word,
        "d_model": d_model,
        "heads": heads,
        "steps": steps,
        "learning_rate": learning_rate,
        "seed": seed,
    }
    options = {option: value for option, value in requested.items() if value is not None}
    book = lesson(name, lang=choose_language(lang), formulas=formulas, **options)
    path = output or Path(f"{name}.xlsx")
    book.save(path)
    if as_json:
        write_json(_facts(book, name, path))
    else:
        _show(book, path, name)


def _facts(book: Book, name: str, path: Path) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "lesson": name,
        "file": str(path),
        "bytes": path.stat().st_size,
        "formulas": book.formulas,
        "sheets": [sheet.name for sheet in book.sheets if not sheet.hidden],
        "blocks": len(book.blocks),
        "formula_cells": book.formula_cells,
    }
    if _has_weights(book):
        weights = book["weights"]
        rows, columns = weights.labels
        facts["weights"] = {
            "cells": weights.address,
            "target": rows,
            "source": columns,
            "shares": weights.value.tolist(),
        }
    return facts


def _show(book: Book, path: Path, name: str) -> None:
    show_book(book, path)
    if _has_weights(book):
        _show_weights(book)
    _show_next(path, name, console(), "open_named" if book.functions else "open_it")


def _has_weights(book: Book) -> bool:
    """Whether there is one table of weights, with words on both sides, to show at once."""
    return (
        "weights" in book.blocks
        and all(book["weights"].labels[-2:])
        and (book["weights"].value.ndim == 2)
    )


def show_book(book: Book, path: Path) -> None:
    """Say where a book was written, how much is in it and how large it is."""
    sheets = sum(not sheet.hidden for sheet in book.sheets)
    facts = f"{counted(sheets, 'sheet')}, {counted(book.formula_cells, 'formula')}"
    size = text("kilobytes", number=max(1, round(path.stat().st_size / 1000)))
    show_written(path, f"{facts}, {size}")
    if path.suffix.lower() == ".xlsx" and not book.fits_old_format:
        console().print(text("keep_xlsx"), style="yellow", soft_wrap=True)


def _show_weights(book: Book) -> None:
    from sheetformer.cli.heatmap import show_heat_map

    weights = book["weights"]
    rows, columns = (axis or () for axis in weights.labels)
    show_heat_map(text("shares"), weights.value.tolist(), rows, columns)
    console().print()


def _show_next(path: Path, name: str, screen: Console, opened: str) -> None:
    import shlex

    from rich.table import Table

    file = printable(str(path))
    steps = Table.grid(padding=(0, 2))
    steps.add_column(style="bold", no_wrap=True)
    steps.add_column(overflow="fold")
    if path.suffix.lower() == ".xlsx":
        steps.add_row(text("look"), text(opened, file=file))
        steps.add_row(text("prove"), f"sheetformer verify {printable(shlex.quote(str(path)))}")
    if other := _other(name):
        steps.add_row(text("vary"), other)
    screen.print(steps)


def _other(name: str) -> str:
    """What can be asked of a lesson: other sentences or other options; "" where it has none."""
    from sheetformer.lessons import LESSONS

    options = LESSONS[name].options
    if {"source", "target", "sentence"} & options.keys():
        return text("other_sentences", command="sheetformer words")
    if not options:
        return ""
    taken = ", ".join(f"--{option.replace('_', '-')}" for option in options)
    return text("other_numbers", command=f"sheetformer lesson {name}", options=taken)
