"""Where a training stands, in one safetensors file: it can be killed at any moment and goes on.

The file holds the model, the best model so far, and the optimizer. All randomness of the training
follows from its seed and its step, so nothing else needs to be kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from sheetformer.errors import FileError
from sheetformer.files import METADATA_KEY, read_metadata, read_whole, remove_parts, write_whole

KIND = "translator checkpoint"

Tensors = dict[str, Tensor]
Row = dict[str, float]


@dataclass
class Progress:
    """How far a training has come.

    `totals` are sums over the part of the epoch that is done; `history` has a row an epoch; `best`
    is the row whose model was best on the development part.
    """

    step: int = 0
    totals: Row = field(default_factory=Row)
    history: list[Row] = field(default_factory=list[Row])
    best: Row = field(default_factory=Row)


@dataclass(frozen=True)
class Checkpoint:
    """Everything that a training needs to go on."""

    progress: Progress
    model: Tensors
    best: Tensors
    optimizer: Mapping[int, Tensors]
    """For each parameter what Adam keeps of it; its settings are the training's own."""


def write(path: Path, checkpoint: Checkpoint, settings: Mapping[str, Any]) -> None:
    """Put a checkpoint in the place of the last one, whole or not at all."""
    tensors = {
        **{f"model.{name}": tensor for name, tensor in checkpoint.model.items()},
        **{f"best.{name}": tensor for name, tensor in checkpoint.best.items()},
        **{
            f"optimizer.{parameter}.{name}": torch.as_tensor(value)
            for parameter, state in checkpoint.optimizer.items()
            for name, value in state.items()
        },
    }
    facts = {"kind": KIND, "settings": settings, "progress": asdict(checkpoint.progress)}
    # A copy of each, because safetensors writes no memory twice.
    whole = {name: tensor.detach().cpu().clone() for name, tensor in tensors.items()}
    text = _text(facts)
    header = json.dumps({"facts": text, "checksum": _checksum(text, whole)})
    write_whole(path, save(whole, {METADATA_KEY: header}))


def _text(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts)


def _checksum(text: str, tensors: Tensors) -> str:
    """Of everything that a checkpoint says: one bit that changed on a disk would be learned on."""
    digest = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"\0{name} {tensor.dtype} {list(tensor.shape)}\0".encode())
        digest.update(tensor.contiguous().view(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def read(path: Path, settings: Mapping[str, Any], model: Tensors, steps: int) -> Checkpoint | None:
    """Read the last checkpoint, if there is one.

    Args:
        path: where it is.
        settings: of this training.
        model: of this training, as large as the checkpoint's.
        steps: how many there are in all.

    Raises:
        FileError: It is damaged, or of a training with other settings or other words.
    """
    remove_parts(path)
    if not path.exists():
        return None
    try:
        content = read_whole(path, LARGEST)
        header = read_metadata(content)
        text = header["facts"]
        facts, tensors = json.loads(text), load(content)
        if header["checksum"] != _checksum(text, tensors):
            raise ValueError("something in it changed")
        progress = _progress(facts["progress"], steps)
        known = dict(facts["settings"])
    except _DAMAGE as error:
        raise FileError(f"{path} is damaged; delete it, or begin anew with --fresh") from error
    _same(path, known, settings)
    try:
        found = Checkpoint(
            progress,
            _like(_below(tensors, "model."), model),
            _like(_below(tensors, "best."), model),
            _states(tensors, model),
        )
    except _DAMAGE as error:
        raise FileError(f"{path} is damaged; delete it, or begin anew with --fresh") from error
    return found


LARGEST = 4 << 30
"""Bytes of a checkpoint; the largest model's has half of it."""
_DAMAGE = (
    SafetensorError, LookupError, ValueError, TypeError, AttributeError, RuntimeError,
)  # fmt: skip


def _progress(facts: Mapping[str, Any], steps: int) -> Progress:
    """Raises ValueError or TypeError for what no training has come to."""
    progress = Progress(**facts)
    if type(progress.step) is not int or not 0 <= progress.step <= steps:
        raise ValueError("there is no such step")
    for row in (progress.totals, progress.best, *progress.history):
        if not all(type(value) in (int, float) for value in row.values()):
            raise ValueError("a figure is no number")
    if any(row and row.keys() < _FIGURES for row in (progress.best, *progress.history)):
        raise ValueError("a figure is missing")
    return progress


_FIGURES = {"step", "epoch", "translation", "alignment", "exact", "error_rate"}


def _like(found: Tensors, model: Tensors) -> Tensors:
    """The tensors, as long as they fit into the model and are numbers."""
    if found.keys() != model.keys():
        raise ValueError("a tensor is missing, or one too many")
    for name, tensor in found.items():
        if tensor.shape != model[name].shape or tensor.dtype != model[name].dtype:
            raise ValueError(f"{name} is of another shape")
        if not bool(torch.isfinite(tensor).all()):
            raise ValueError(f"{name} is no number")
    return found


def _same(path: Path, known: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    plain = json.loads(json.dumps(wanted))
    for name in ("vocabulary", *sorted(known.keys() | plain.keys())):
        before, now = known.get(name), plain.get(name)
        if before != now:
            raise FileError(
                f"{path} is of a training with another {name.replace('_', ' ')} ({before}, now "
                f"{now}); name another --output, or begin anew with --fresh"
            )


def _below(tensors: Tensors, prefix: str) -> Tensors:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }


def _states(tensors: Tensors, model: Tensors) -> dict[int, Tensors]:
    states: dict[int, Tensors] = {}
    for name, tensor in _below(tensors, "optimizer.").items():
        parameter, key = name.split(".")
        states.setdefault(int(parameter), {})[key] = tensor
    if len(states) not in (0, len(model)):
        raise ValueError("the optimizer is of another model")
    # Before the first step there are none; then each parameter has its own, in the model's order.
    for number, tensor in enumerate(model.values() if states else ()):
        step = torch.zeros((), dtype=torch.float32)
        _like(states[number], {"step": step, "exp_avg": tensor, "exp_avg_sq": tensor})
    return states
