"""What a training can be asked to do; reading this needs no PyTorch."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sheetformer.corpus.vocabulary import Vocabulary
from sheetformer.errors import SheetformerError
from sheetformer.models.weights_file import MOST_WORDS, Facts, shapes

MOST_NUMBERS = 100_000_000
"""Of one model; a training holds it, the best one, the gradient and the optimizer's two: 2.4 GB."""

_WHOLE = {
    "pairs": (1, 10_000_000),
    "max_words": (1, MOST_WORDS),
    "d_model": (2, 4096),
    "d_ff": (0, 16_384),
    "heads": (1, 4096),
    "layers": (1, 64),
    "epochs": (1, 1_000_000),
    "batch": (1, 1_000_000),
    "warm_up": (1, 1_000_000_000),
    "repeats": (1, 10_000),
    "checkpoint_steps": (1, 1_000_000_000),
    # Shuffling puts the number of the epoch beside it, in 64 bits.
    "seed": (0, 2**32 - 1),
}
_REAL = {"learning_rate": (1e-9, 1.0), "guidance": (0.0, 100.0), "smoothing": (0.0, 0.99)}
"""The least and the most of each setting; NaN lies in no range."""

_PLACES = frozenset(
    {"output", "fresh", "cpu", "tensorboard", "checkpoint_steps", "strict", "tokenize"}
)


@dataclass(frozen=True)
class Options:
    """How a translator is trained; the defaults made the one that comes with the package.

    `data` is a corpus as `readers.read_fields` names them, none for the grammar; `pairs` is how
    many the grammar gives. `guidance` is the λ of guided alignment, 0 for none. Sentences longer
    than `max_words`, on either side, are left out. With `tokenize` they are split into words and
    marks, else at blanks.
    """

    output: Path = Path("translator.safetensors")
    data: str | None = None
    columns: tuple[str, ...] = ()
    strict: bool = False
    tokenize: bool = False
    grammar: str = "everyday"
    pairs: int = 80_000
    max_words: int = 11
    d_model: int = 32
    d_ff: int = 0  # 0: four times d_model, as in the paper
    heads: int = 2
    layers: int = 1
    epochs: int = 18
    batch: int = 128
    learning_rate: float = 0.006
    warm_up: int = 300
    guidance: float = 0.3
    # This share of the guide is spread over the sentence, so that rows never become 1 and 0.
    smoothing: float = 0.15
    # The lesson examples are a handful among thousands, and must come out right.
    repeats: int = 40
    seed: int = 0
    checkpoint_steps: int = 500
    fresh: bool = False
    cpu: bool = False
    tensorboard: bool = False

    def __post_init__(self) -> None:
        for name, (lowest, highest) in _WHOLE.items():
            _check(self, name, type(getattr(self, name)) is int, lowest, highest)
        for name, (lowest, highest) in _REAL.items():
            _check(self, name, isinstance(getattr(self, name), int | float), lowest, highest)
        if self.d_model % self.heads:
            raise SheetformerError(
                f"--d-model {self.d_model} cannot be shared by {self.heads} heads; "
                "it must be a multiple of --heads"
            )
        self.check_size(Vocabulary((), ()))

    def check_size(self, vocabulary: Vocabulary) -> None:
        """See to it that a model for these words can be held, several times over.

        Raises:
            SheetformerError: it would be too large.
        """
        d_ff = self.d_ff or 4 * self.d_model
        facts = Facts(self.heads, self.layers, self.max_words, self.max_words + 1, guided=False)
        every = shapes(vocabulary, facts, self.d_model, d_ff)
        numbers = sum(math.prod(shape) for shape in every.values())
        if numbers > MOST_NUMBERS:
            raise SheetformerError(
                f"a translator of {numbers:,} numbers is too large, {MOST_NUMBERS:,} is the most; "
                "make --d-model, --d-ff or --layers smaller"
            )

    @property
    def folder(self) -> Path:
        """Where the checkpoint and the curve stand, beside the output."""
        return self.output.with_name(f"{self.output.stem}-training")

    @property
    def checkpoint(self) -> Path:
        """The file from which a killed training goes on."""
        return self.folder / "checkpoint.safetensors"

    @property
    def curve(self) -> Path:
        """The losses of each epoch as a table."""
        return self.folder / "loss.csv"

    @property
    def picture(self) -> Path:
        """The same, drawn."""
        return self.folder / "loss.png"

    @property
    def figures(self) -> Path:
        """What was measured at the end."""
        return self.folder / "figures.json"

    @property
    def files(self) -> tuple[Path, ...]:
        """Everything that a training writes."""
        return (self.output, self.checkpoint, self.curve, self.picture, self.figures)

    def facts(self) -> dict[str, Any]:
        """Everything that decides what is learned, and nothing of where it is written."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in _PLACES
        }


def _check(options: Options, name: str, right_kind: bool, lowest: float, highest: float) -> None:
    value = getattr(options, name)
    if not right_kind or not lowest <= value <= highest:
        flag = f"--{name.replace('_', '-')}"
        raise SheetformerError(
            f"{flag} must be a number from {lowest:,} to {highest:,}, not {value}"
        )
