"""Architectures that outsiders tried: a few of those that the sweep records, and live experts."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch

import sheetformer as sf
from sheetformer.engines import get_engine

from .architectures import ARCHITECTURES, build, tried


@pytest.mark.parametrize("name", ["codegen", "swin", "gpt-oss"])
def test_it_records_and_verifies(name: str, tmp_path: Path) -> None:
    assert tried(name, tmp_path).startswith("verifies: ")


def test_the_sweep_says_what_is_refused(tmp_path: Path) -> None:
    assert tried("fnet", tmp_path).startswith("refused: PyTorch's fft.fftn")
    assert len(ARCHITECTURES) >= 60


def test_the_chosen_experts_follow_an_edit(tmp_path: Path) -> None:
    model, given = build("mixtral")
    book = sf.record(model, **given)
    assert "way" not in book  # nothing hangs on which experts were chosen
    path = book.save(tmp_path / "experts.xlsx")
    router = next(name for name in book if name.endswith("mlp_gate_weight"))
    edits = {(book.blocks[router].sheet, *book.blocks[router].cells[0]): 9.0}
    changed = copy.deepcopy(model)
    dict(changed.named_parameters())["model.layers.0.mlp.gate.weight"].data[0, 0] = 9.0

    def chosen(some: torch.nn.Module) -> list[list[int]]:
        found: list[torch.Tensor] = []
        gate = some.get_submodule("model.layers.0.mlp.gate")
        hook = gate.register_forward_hook(lambda _m, _a, out: found.append(out[-1]))
        with torch.no_grad():
            some(**given)
        hook.remove()
        return found[0].tolist()

    assert chosen(model) != chosen(changed)
    expected = sf.record(changed, **given)["result"].value
    cells = get_engine("ironcalc").recalculate(path, edits)
    block = book["result"].block
    read = [cells[block.sheet][at] for at in block.cells]
    np.testing.assert_allclose(read, expected.ravel(), rtol=1e-9, atol=1e-9)
    assert not np.allclose(read, book["result"].value.ravel(), atol=1e-3)
