"""`sheetformer record`: one run of a PyTorch model as a live workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheetformer.cli.console import FormulasOption, JsonOption, console, text, write_json
from sheetformer.cli.error_reporting import printable
from sheetformer.cli.lesson import show_book
from sheetformer.errors import SheetformerError

if TYPE_CHECKING:
    from sheetformer.book.workbook import BlockView, Book

EXAMPLES = """Examples:

  sheetformer record gpt2 --text "The cat sat" --layer 0 --head 3 -o head.xlsx
  sheetformer record ./my-folder --text "I am happy" --modules "*.encoder_attn"
  sheetformer record ./my-folder --text "Once upon a time" --generate 32 -o story.xlsx
  sheetformer record my_module:build -o mine.xlsx
  sheetformer record ./my-folder --text "I am happy" --switches --patch "I am tired"
  sheetformer record ./my-folder --text "I am" --next-token --force -o whole.xlsx

my_module:build is a function of yours, in my_module.py in this folder, that gives a PyTorch model
and what to call it with: return model, x. A tokenizer may stand at the end: return model, x,
tokenizer"""

_MOST_TOKENS = 4096


def record_model(
    model: Annotated[
        str,
        typer.Argument(help="A Hugging Face name, a folder, or module:function.", metavar="MODEL"),
    ],
    text: Annotated[str, typer.Option("--text", "-t", help="What the model reads.")] = "",
    target: Annotated[
        str, typer.Option(help="What its decoder writes; its own answer if you say nothing.")
    ] = "",
    generate: Annotated[
        int, typer.Option(help="So many tokens are written after the text, each the likeliest.")
    ] = 0,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path(
        "model.xlsx"
    ),
    layers: Annotated[
        list[int] | None, typer.Option("--layer", help="Only this layer, from 0; also repeated.")
    ] = None,
    heads: Annotated[
        list[int] | None, typer.Option("--head", help="Only this head, from 0; also repeated.")
    ] = None,
    tokens: Annotated[
        list[int] | None, typer.Option("--tokens", help="Only this word, from 0; also repeated.")
    ] = None,
    modules: Annotated[
        list[str] | None,
        typer.Option("--modules", help="Only modules like this, such as '*.encoder_attn'."),
    ] = None,
    top_k: Annotated[
        int | None,
        typer.Option(
            "--top-k", help="Only so many of the logits: the largest when recorded.", min=1
        ),
    ] = None,
    freeze_unknown: Annotated[
        bool,
        typer.Option(
            "--freeze-unknown", help="Keep recorded numbers where an operation has no rule."
        ),
    ] = False,
    switches: Annotated[
        bool,
        typer.Option("--switches", help="Add a cell for each head and each MLP: 0 is off."),
    ] = False,
    ablation: Annotated[
        str, typer.Option(help="What a part that is off gives: zero, or the mean over the words.")
    ] = "zero",
    patch: Annotated[
        str, typer.Option(help="Another text, whose numbers can be patched into each layer.")
    ] = "",
    next_token: Annotated[
        bool,
        typer.Option(
            "--next-token",
            help="Of a language model only what it writes next, with a sheet of the likeliest.",
        ),
    ] = False,
    short: Annotated[
        bool | None,
        typer.Option(
            "--short/--exact",
            help="Weights as their shortest decimals; so by itself above 30 million weights.",
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check/--no-check", help="Compare every block with PyTorch's numbers.")
    ] = True,
    force: Annotated[
        bool, typer.Option("--force", help="Write the book however large it is.")
    ] = False,
    formulas: FormulasOption = "matrix",
    as_json: JsonOption = False,
) -> None:
    """Record one run of a PyTorch model and write it as a live workbook."""
    from sheetformer.cli.progress import saved, waiting
    from sheetformer.files import refuse_overwriting
    from sheetformer.frontends import record
    from sheetformer.frontends.torch.model_loading import find_model, last_logits

    # Its texts: of what is read, only these could be taken for a book.
    refuse_overwriting(output, Path(model).glob("*.txt"))
    if not 0 <= generate <= _MOST_TOKENS:
        raise SheetformerError(f"--generate takes 1 to {_MOST_TOKENS} tokens, not {generate}")
    if generate and next_token:
        raise SheetformerError("--generate writes what comes next; leave out --next-token")
    with waiting("recording", model=printable(model)):
        found = find_model(model, text, target, generate)
        book = record(
            found.model,
            *found.args,
            formulas=formulas,
            title=found.title,
            tokenizer=found.tokenizer,
            layers=layers,
            heads=heads,
            tokens=tokens,
            modules=modules,
            top_k=top_k,
            freeze_unknown=freeze_unknown,
            force=force,
            check=check,
            switches=switches,
            ablation=ablation,
            patch=_other_run(model, patch, target, generate) if patch else None,
            short=short,
            next_token=next_token or None,
            **found.kwargs,
            **(last_logits(found) if next_token else {}),
        )
    if not as_json:
        screen = console()
        screen.print(printable(str(book.summary())), style="dim")
    saved(book, output)
    if as_json:
        write_json(_facts(book, output))
    else:
        _show(book, output)


def _other_run(model: str, patch: str, target: str, generate: int) -> Any:
    """What the model is called with for another text."""
    from sheetformer.frontends.torch.model_loading import find_model

    found = find_model(model, patch, target, generate)
    return (*found.args, dict(found.kwargs))


def _facts(book: Book, path: Path) -> dict[str, Any]:
    summary = book.summary()
    return {
        "file": str(path),
        "bytes": path.stat().st_size,
        "formulas": summary.formulas,
        "weights": summary.weights,
        "other_numbers": summary.others,
        "sheets": [sheet.name for sheet in book.sheets if not sheet.hidden],
        "blocks": {name: book[name].address for name in book},
    }


def _show(book: Book, path: Path) -> None:
    show_book(book, path)
    chosen = _only_head(book)
    if chosen is None:
        return
    from sheetformer.cli.heatmap import show_heat_map

    rows, columns = (side or () for side in chosen.labels[-2:])
    shares = chosen.value.reshape(len(rows), len(columns)).tolist()
    show_heat_map(text("head", block=printable(chosen.block.name)), shares, rows, columns)


def _only_head(book: Book) -> BlockView | None:
    """The attention weights, if only one head with words on both sides was recorded."""
    shares = [
        book[name]
        for name, block in book.blocks.items()
        if block.caption.shows_shares and not block.node.is_source and block.columns > 1
    ]
    one = [view for view in shares if len(view.block.matrices) == 1 and all(view.labels[-2:])]
    return one[0] if len(shares) == len(one) == 1 else None
