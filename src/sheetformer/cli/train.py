"""`sheetformer train`: train a translator of your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sheetformer.cli.align import ColumnsOption, StrictOption, TokenizeOption
from sheetformer.cli.console import console, counted, show_written, text
from sheetformer.cli.error_reporting import printable
from sheetformer.errors import SheetformerError

if TYPE_CHECKING:
    from sheetformer.models.train.train import Trained

EXAMPLES = """Examples:

  sheetformer train translator
  sheetformer train translator --heads 2 -o two_heads.safetensors
  sheetformer train translator --data pairs.tsv --d-model 32 --max-words 20
  sheetformer train translator --data hf:opus_books:en-pt --columns en,pt

Ended before its time, the same command goes on where it was.
Several processes share the work with:

  torchrun --nproc_per_node 2 -m sheetformer train translator"""


def train_model(
    what: Annotated[Literal["translator"], typer.Argument(help="What to train.", metavar="MODEL")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write; beside it, the loss curve.")
    ] = Path("translator.safetensors"),
    data: Annotated[
        str, typer.Option(help="Your pairs: a .tsv or .parquet file, or hf:NAME. Else the grammar.")
    ] = "",
    columns: ColumnsOption = "",
    strict: StrictOption = False,
    tokenize: TokenizeOption = False,
    grammar: Annotated[
        Literal["everyday", "lessons"],
        typer.Option(help="Which grammar, without --data: the translator's, or the lessons'."),
    ] = "everyday",
    max_words: Annotated[int, typer.Option(help="The longest sentence, on either side.")] = 11,
    d_model: Annotated[int, typer.Option(help="Numbers a word.")] = 32,
    d_ff: Annotated[int, typer.Option(help="Hidden numbers a word; 0: four times --d-model.")] = 0,
    heads: Annotated[int, typer.Option(help="Heads of each attention.")] = 2,
    layers: Annotated[int, typer.Option(help="Layers of encoder and decoder, each.")] = 1,
    epochs: Annotated[int, typer.Option(help="How often each pair is seen.")] = 18,
    batch: Annotated[int, typer.Option(help="Pairs a step.")] = 128,
    learning_rate: Annotated[float, typer.Option(help="The largest step size.")] = 0.006,
    guidance: Annotated[
        float, typer.Option(help="How much gold alignments guide the attention; 0: not at all.")
    ] = 0.3,
    seed: Annotated[int, typer.Option(help="Decides all that is random.")] = 0,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew, whatever was trained before.")
    ] = False,
    cpu: Annotated[bool, typer.Option("--cpu", help="Leave a GPU alone.")] = False,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Write its event files as well.")
    ] = False,
) -> None:
    """Train a small Transformer that translates, on the phrase grammar or on your own pairs."""
    del what
    from sheetformer.models.train.options import Options

    options = Options(
        output=output,
        data=data or None,
        columns=tuple(name for name in columns.split(",") if name),
        strict=strict,
        tokenize=tokenize,
        grammar=grammar,
        max_words=max_words,
        d_model=d_model,
        d_ff=d_ff,
        heads=heads,
        layers=layers,
        epochs=epochs,
        batch=batch,
        learning_rate=learning_rate,
        guidance=guidance,
        seed=seed,
        fresh=fresh,
        cpu=cpu,
        tensorboard=tensorboard,
    )
    try:
        from sheetformer.models.train.train import progress_bar, train_translator
    except ImportError as error:
        raise SheetformerError(
            f"training needs {error.name}: pip install 'sheetformer[train]'"
        ) from error
    with progress_bar() as watch:
        trained = train_translator(options, watch)
    if trained:
        _show(trained)


def _show(trained: Trained) -> None:
    screen = console()
    for note in trained.notes:
        screen.print(printable(f"{note}."), soft_wrap=True)
    path = printable(str(trained.output))
    show_written(trained.output, counted(trained.numbers, "number"))
    screen.print(text("development", measured=trained.development), soft_wrap=True)
    screen.print(text("test", measured=trained.test), soft_wrap=True)
    for wrong in trained.test.wrong[:3]:
        screen.print(f"  {text('wrong', pair=printable(str(wrong)))}", soft_wrap=True)
    if trained.picture:
        picture = printable(str(trained.picture))
        screen.print(text("loss_curve", path=picture), soft_wrap=True)
    command = f'sheetformer translate "the red house" --model {path}'
    screen.print(text("try_it", command=command), soft_wrap=True)
