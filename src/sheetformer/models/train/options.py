"""What a training can be asked to do; reading this needs no PyTorch."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sheetformer.errors import SheetformerError

_PLACES = frozenset({"output", "fresh", "cpu", "tensorboard", "checkpoint_steps", "strict"})


@dataclass(frozen=True)
class Options:
    """How a translator is trained; the defaults made the one that comes with the package.

    `data` is a corpus as `readers.read_fields` names them, none for the grammar; `pairs` is how
    many the grammar gives. `guidance` is the λ of guided alignment, 0 for none. Sentences longer
    than `max_words`, on either side, are left out.
    """

    output: Path = Path("translator.safetensors")
    data: str | None = None
    columns: tuple[str, ...] = ()
    strict: bool = False
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
        least = {"heads": 1, "layers": 1, "d_model": 2, "epochs": 1, "batch": 1, "max_words": 1,
                 "checkpoint_steps": 1, "warm_up": 1, "repeats": 1, "seed": 0}  # fmt: skip
        for name, lowest in least.items():
            if getattr(self, name) < lowest:
                raise SheetformerError(
                    f"--{name.replace('_', '-')} must be at least {lowest}, not "
                    f"{getattr(self, name)}"
                )
        if self.d_model % self.heads:
            raise SheetformerError(
                f"--d-model {self.d_model} cannot be shared by {self.heads} heads; "
                "it must be a multiple of --heads"
            )

    @property
    def folder(self) -> Path:
        """Where the checkpoint and the curve stand, beside the output."""
        return self.output.with_name(f"{self.output.stem}-training")

    @property
    def checkpoint(self) -> Path:
        """The file from which a killed training goes on."""
        return self.folder / "checkpoint.safetensors"

    def facts(self) -> dict[str, Any]:
        """Everything that decides what is learned, and nothing of where it is written."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in _PLACES
        }
