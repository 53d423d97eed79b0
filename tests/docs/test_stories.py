"""The guide's three stories: what is printed is what the page says."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

import sheetformer as sf

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

GUIDE = (Path(__file__).parents[2] / "docs" / "guide.md").read_text(encoding="utf-8")
STORIES = GUIDE.partition("### Three stories\n")[2].partition("\n### ")[0]
BLOCKS = re.findall(r"```(python|py|text|sh)\n(.*?)```", STORIES, flags=re.DOTALL)


def test_they_say_what_they_print(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {"np": np, "sf": sf, "torch": torch}
    compared, said = 0, ""
    for kind, block in BLOCKS:
        if kind == "python":
            exec(compile(block, "guide.md", "exec"), names)
            said = capsys.readouterr().out
        elif kind == "text" and said:
            same(said, block)
            compared, said = compared + 1, ""
    assert compared == 3


def same(one: str, other: str) -> None:
    """The same words, and numbers that are the same but for rounding."""
    pairs = zip(one.split(), other.split(), strict=True)
    for a, b in pairs:
        try:
            assert math.isclose(float(a), float(b), rel_tol=0.06), (a, b)
        except ValueError:
            assert re.sub(r"\d", "0", a) == re.sub(r"\d", "0", b)
