"""Where a training stands, in one safetensors file: it can be killed at any moment and goes on.

The file holds the model, the best model so far, and the optimizer. All randomness of the training
follows from its seed and its step, so nothing else needs to be kept.
"""

from __future__ import annotations

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
from sheetformer.files import METADATA_KEY, read_metadata, remove_parts, write_whole

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
    optimizer: Mapping[str, Any]


def write(path: Path, checkpoint: Checkpoint, settings: Mapping[str, Any]) -> None:
    """Put a checkpoint in the place of the last one, whole or not at all."""
    tensors = {
        **{f"model.{name}": tensor for name, tensor in checkpoint.model.items()},
        **{f"best.{name}": tensor for name, tensor in checkpoint.best.items()},
        **{
            f"optimizer.{parameter}.{name}": torch.as_tensor(value)
            for parameter, state in checkpoint.optimizer["state"].items()
            for name, value in state.items()
        },
    }
    facts = {"kind": KIND, "settings": settings, "progress": asdict(checkpoint.progress)}
    groups = checkpoint.optimizer["param_groups"]
    text = json.dumps({**facts, "groups": groups}, ensure_ascii=False)
    # A copy of each, because safetensors writes no memory twice.
    whole = {name: tensor.detach().cpu().clone() for name, tensor in tensors.items()}
    write_whole(path, save(whole, {METADATA_KEY: text}))


def read(path: Path, settings: Mapping[str, Any]) -> Checkpoint | None:
    """Read the last checkpoint, if there is one.

    Raises:
        FileError: It is damaged, or of a training with other settings or other words.
    """
    remove_parts(path)
    if not path.exists():
        return None
    try:
        content = path.read_bytes()
        facts = read_metadata(content)
        tensors = load(content)
        progress = Progress(**facts["progress"])
        groups, known = facts["groups"], facts["settings"]
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        raise FileError(f"{path} is damaged; delete it, or begin anew with --fresh") from error
    _same(path, known, settings)
    model, best = _below(tensors, "model."), _below(tensors, "best.")
    return Checkpoint(progress, model, best, {"state": _states(tensors), "param_groups": groups})


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


def _states(tensors: Tensors) -> dict[int, dict[str, Tensor]]:
    states: dict[int, dict[str, Tensor]] = {}
    for name, tensor in _below(tensors, "optimizer.").items():
        parameter, key = name.split(".")
        states.setdefault(int(parameter), {})[key] = tensor
    return states
