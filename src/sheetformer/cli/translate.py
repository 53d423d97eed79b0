"""`sheetformer translate`: translate a sentence and show which word came from which."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheetformer.cli.console import (
    FormulasOption,
    JsonOption,
    LangOption,
    choose_language,
    console,
    text,
    write_json,
)
from sheetformer.cli.error_reporting import printable
from sheetformer.cli.lesson import show_book

if TYPE_CHECKING:
    from sheetformer.models.decode import Translation

EXAMPLES = """Examples:

  sheetformer translate "we see the red house"
  sheetformer translate "we see the red house" -o translator.xlsx
  sheetformer translate "is she tired?" --model translator_unguided
  sheetformer translate "the dog is small" --model mine.safetensors --json"""

ModelOption = Annotated[
    str,
    typer.Option(
        "--model",
        "-m",
        help="translator, one of the lessons' (translator_small, …), or a file of your own.",
    ),
]


def translate_sentence(
    sentence: Annotated[str, typer.Argument(help="An English sentence, in quotes.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the translator as a live workbook, too."),
    ] = None,
    formulas: FormulasOption = "matrix",
    model: ModelOption = "translator",
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Translate a sentence from English to Portuguese with a Transformer that fits in a sheet."""
    from sheetformer.files import refuse_overwriting
    from sheetformer.models.decode import generate_translation, load_translator

    language = choose_language(lang)
    if output is not None:
        refuse_overwriting(output, [model])
    translator = load_translator(model)
    result = generate_translation(sentence, translator)
    facts = _facts(result)
    book = None
    if output is not None:
        from sheetformer.lessons.translator.sheet import translation_book

        book = translation_book(sentence, formulas, translator, language)
        book.save(output)
        facts |= {"file": str(output), "formula_cells": book.formula_cells}
    if as_json:
        write_json(facts)
        return
    _show(result)
    if book is not None and output is not None:
        screen = console()
        screen.print()
        show_book(book, output)


def _facts(result: Translation) -> dict[str, Any]:
    return {
        "source": list(result.source),
        "target": list(result.words),
        "complete": result.complete,
        "probabilities": list(result.probabilities),
        "verdict": result.verdict,
        "unlearned": [result.source[place] for place in result.unlearned],
        "alignment": result.alignment.tolist(),
        "steps": [
            {"read": step.read, "written": step.written, "candidates": dict(step.candidates)}
            for step in result.steps
        ],
    }


def _words(result: Translation) -> list[tuple[str, float]]:
    """Each word written, and how probable it was."""
    return list(zip(result.words, result.probabilities, strict=True))


def _show(result: Translation) -> None:
    from sheetformer.cli.heatmap import show_heat_map

    screen = console()
    screen.print(printable(result.text) if result.words else text("no_word"), style="bold green")
    if not result.complete:
        screen.print(text("broken_off"), style="yellow")
    if result.verdict != "learned":
        odd = printable(" ".join(result.source[place] for place in result.unlearned))
        screen.print(text(result.verdict, words=odd), style="yellow")
    if not result.words:
        return
    shares = (f"{printable(word)} {share:.0%}" for word, share in _words(result))
    screen.print(text("probabilities", words="  ".join(shares)), style="dim")
    show_heat_map(text("alignment"), result.alignment.tolist(), result.words, result.source)
