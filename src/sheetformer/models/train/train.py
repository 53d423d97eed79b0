"""Train a translator: on a laptop, on a GPU, or in several processes, with the same script.

python -m sheetformer.models.train.train --output translator.safetensors
torchrun --nproc_per_node 2 -m sheetformer.models.train.train --output translator.safetensors

Several machines need the folder of the output in common, because the first process writes the
checkpoint from which all go on.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from sheetformer.corpus.readers import files_of
from sheetformer.errors import SheetformerError
from sheetformer.files import check_output, refuse_overwriting, write_whole
from sheetformer.models import weights_file
from sheetformer.models.decode import Translator
from sheetformer.models.evaluation import Evaluation, evaluate
from sheetformer.models.train import loss_curve
from sheetformer.models.train.checkpoint import Progress
from sheetformer.models.train.learning import DivergedError, Training, Watch
from sheetformer.models.train.material import Material, gather
from sheetformer.models.train.options import Options
from sheetformer.models.train.threads import one_thread


@dataclass(frozen=True)
class Trained:
    """What a training gave: the file, its figures, and what reading the corpus met."""

    output: Path
    development: Evaluation
    test: Evaluation
    notes: tuple[str, ...]
    numbers: int
    steps: int
    picture: Path | None


def train_translator(options: Options, watch: Watch | None = None) -> Trained | None:
    """Train a translator, or go on with a training that was ended, and write it.

    Beside the output stands a folder with the checkpoint, the loss curve (`loss.csv`, and
    `loss.png` where matplotlib is installed) and the figures.

    Args:
        options: what to learn, and how.
        watch: told of every step.

    Returns:
        What came of it; none in the processes that only help the first one.

    Raises:
        FileError: The corpus or a checkpoint cannot be read, or the output not written.
        DivergedError: The numbers grew without end; the best model until then is written.
        SheetformerError: Something that the options ask for is not installed, or it needs more
            memory than there is.
    """
    read = [] if options.data is None else files_of(options.data)
    for path in options.files:
        check_output(path)
        refuse_overwriting(path, read)
    material = gather(options)
    try:
        with one_thread():
            training = Training(material, options)
            training.resume()
            _run(training, options, watch or _silent)
            return _finish(training, material, options)
    except (RuntimeError, MemoryError) as error:
        # PyTorch has one class for all that fails, and says "not enough memory" or "out of memory".
        if isinstance(error, MemoryError) or "memory" in str(error).lower():
            raise SheetformerError(
                "the training needs more memory than there is; make --batch, --d-model or "
                "--max-words smaller"
            ) from error
        raise


def _run(training: Training, options: Options, watch: Watch) -> None:
    try:
        training.run(watch)
    except DivergedError:
        if training.progress.best and training.accelerator.is_main_process:
            write_whole(options.output, weights_file.encode(training.weights()))
        raise


def _silent(progress: Progress, steps: int) -> None:
    del progress, steps


def _finish(training: Training, material: Material, options: Options) -> Trained | None:
    main = training.accelerator.is_main_process
    training.accelerator.end_training()
    if not main:
        return None
    write_whole(options.output, weights_file.encode(training.weights()))
    translator = Translator(weights_file.load(options.output))
    parts = material.parts
    drawn = loss_curve.write_picture(training.progress.history, options.picture)
    trained = Trained(
        output=options.output,
        development=evaluate(translator, parts.development),
        test=evaluate(translator, parts.test),
        notes=material.notes,
        numbers=sum(each.size for each in translator.weights.tensors.values()),
        steps=training.steps,
        picture=options.picture if drawn else None,
    )
    facts = {"options": options.facts(), "development": asdict(trained.development),
             "test": asdict(trained.test)}  # fmt: skip
    text = json.dumps(facts, indent=2, ensure_ascii=False)
    write_whole(options.figures, text.encode())
    return trained


# -- shown in a terminal ---------------------------------------------------------------------------


@contextmanager
def progress_bar() -> Generator[Watch]:
    """Show how far a training is, its loss and its last figures on the development part."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    label = TextColumn("{task.description}")
    shown = TextColumn("{task.completed:,}/{task.total:,} steps")
    columns = (label, BarColumn(), shown, TimeRemainingColumn())
    screen = Console(stderr=True)
    # Of several processes the first one speaks, and to a terminal alone.
    silent = os.environ.get("RANK", "0") != "0" or not screen.is_terminal
    with Bar(*columns, console=screen, disable=silent) as bar:
        task = bar.add_task("Training", total=1, visible=False)

        def watch(progress: Progress, steps: int) -> None:
            description = "Training"
            if progress.history:
                last = progress.history[-1]
                description = (
                    f"Epoch {last['epoch']:.0f}: loss {last['translation']:.3f}, "
                    f"{last['exact']:.1%} exact"
                )
            bar.update(
                task, completed=progress.step, total=steps, description=description, visible=True
            )

        yield watch


def _arguments(arguments: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(prog="python -m sheetformer.models.train.train")
    for field in fields(Options):
        name = f"--{field.name.replace('_', '-')}"
        if isinstance(field.default, bool):
            parser.add_argument(name, action="store_true")
        elif field.name == "columns":
            parser.add_argument(name, type=lambda text: tuple(text.split(",")), default=())
        else:
            kind: Any = str if field.default is None else type(field.default)
            kind = Path if field.name == "output" else kind
            parser.add_argument(name, type=kind, default=field.default)
    return Options(**vars(parser.parse_args(arguments)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Train by a command; `sheetformer train translator` is the friendlier one."""
    try:
        with progress_bar() as watch:
            trained = train_translator(_arguments(arguments), watch)
    except SheetformerError as error:
        sys.exit(f"Error: {error}")
    if trained:
        notes = [f"development: {trained.development}", f"test: {trained.test}"]
        sys.stdout.write("\n".join([*trained.notes, *notes, *trained.test.wrong]) + "\n")


if __name__ == "__main__":
    main()
