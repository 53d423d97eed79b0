"""`sheetformer compare`: exit codes, JSON, and one sentence for what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

BENCH = """
import torch

def build():
    torch.manual_seed(0)
    return torch.nn.Linear(3, 2), torch.ones(1, 3)

def port():
    model, x = build()
    model.weight.data = model.weight.data * 2
    return model
"""


def test_the_exit_code_says_whether_they_differ(sheetformer, tmp_path: Path) -> None:
    (tmp_path / "bench.py").write_text(BENCH)
    same = sheetformer("compare", "bench:build", "bench:build")
    assert (same.code, "✓" in same.out) == (0, True)
    assert sheetformer("compare", "bench:build", "--dtype", "float16").code == 0
    off = sheetformer("compare", "bench:build", "bench:port", "-o", "both.html")
    assert (off.code, "The weight weight differs" in off.out) == (1, True)
    assert (tmp_path / "both.html").stat().st_size > 10_000
    facts = json.loads(sheetformer("compare", "bench:build", "bench:port", "--json").out)
    assert (facts["differs"], facts["first"]["operation"]) == (True, "linear")
    lost = sheetformer("compare", "bench:build", "no.npz")
    assert (lost.code, "no such file" in lost.err) == (2, True)
