"""`sheetformer exercise` of what is no lesson: a function of one's own, and a model."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from sheetformer.exercises.blanks import find_blanks, split
from sheetformer.exercises.key import read_key
from sheetformer.lessons import LESSONS

from ..exercises.filling import fill, marks, recalculated
from ..lessons.books import LARGE
from ..lessons.books import lesson as cached
from .test_bad_input import refused

MINE = """
import numpy as np
import sheetformer as sf

def attention(q, k, v):
    return sf.softmax(q @ k.T / np.sqrt(k.shape[-1])) @ v

def called():
    return attention, np.eye(2), np.eye(2) + 1.0, np.ones((2, 3))

def book():
    return sf.trace(attention, np.eye(2), np.eye(2) + 1.0, np.ones((2, 3)))

def broken(x):
    raise ValueError("no luck")

def model():
    import torch
    torch.manual_seed(0)
    x = torch.randn(1, 3, 8)
    return torch.nn.MultiheadAttention(8, 2, batch_first=True), x, x, x, {"need_weights": False}
"""
SIZES = ("--input", "q=2x3", "--input", "k=4x3", "--input", "v=4x2")


@pytest.fixture
def mine(tmp_path: Path) -> str:
    """The name of a module with functions of one's own; another one for each test."""
    name = f"mine_{abs(hash(tmp_path))}"
    (tmp_path / f"{name}.py").write_text(MINE, encoding="utf-8")
    return name


def test_a_function_with_inputs_of_a_size(sheetformer, mine: str, tmp_path: Path) -> None:
    given = (f"{mine}:attention", *SIZES, "--blank", "softmax, output")
    ran = sheetformer("exercise", *given, "-o", "handed/a.xlsx", "--key", "key.xlsx")
    assert ran.code == 2, "a folder that is not there"
    (tmp_path / "handed").mkdir()
    ran = sheetformer("exercise", *given, "-o", "homework.xlsx", "--key", "key.xlsx", "--json")
    assert ran.code == 0, ran
    facts = json.loads(ran.out)
    assert facts["function"] == f"{mine}:attention"
    homework, key_file = tmp_path / "homework.xlsx", tmp_path / "key.xlsx"
    key = read_key(key_file)
    assert {blank["block"] for blank in facts["blanks"]} == {one.block for one in key.blanks}
    filled = fill(homework, key_file, key, tmp_path / "handed" / "a.xlsx")
    assert set(marks(recalculated(homework))) == {"→"}
    assert set(marks(recalculated(filled))) == {"✓"}
    assert sheetformer("grade", "handed", "--key", "key.xlsx", "-o", "g.csv").code == 0
    text = (tmp_path / "g.csv").read_text(encoding="utf-8-sig")
    (line,) = csv.DictReader(text.splitlines())
    assert float(line["Grade"]) == 100.0
    before = key_file.read_bytes()
    sheetformer("exercise", *given, "-o", "homework.xlsx", "--key", "key.xlsx", "--seed", "1")
    assert key_file.read_bytes() != before, "another seed draws other numbers"


@pytest.mark.parametrize("function", ["called", "book"])
def test_a_function_that_gives_what_to_call(sheetformer, mine: str, function: str) -> None:
    ran = sheetformer("exercise", f"{mine}:{function}", "--blank", "output", "--json")
    assert ran.code == 0, ran
    facts = json.loads(ran.out)
    assert facts["key"] == f"{function}-key.xlsx"
    assert facts["blanks"] == [{"block": "output", "cells": 6}]


def test_a_recorded_model(sheetformer, mine: str, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    name = f"{mine}:model"
    ran = sheetformer("exercise", name, "--head", 1, "--blank", "scores", "--json")
    assert ran.code == 0, ran
    assert json.loads(ran.out)["model"] == name
    key_file, homework = tmp_path / "model-key.xlsx", tmp_path / "model-exercise.xlsx"
    filled = fill(homework, key_file, read_key(key_file), tmp_path / "filled.xlsx")
    assert marks(recalculated(filled)) == ["✓"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["{mine}:attention"], "takes q, k, v; say how large each one is, such as --input q=3x4"),
        (["{mine}:attention", "--input", "q=2x3"], "needs the input 'k' too"),
        (["{mine}:attention", *SIZES, "--input", "w=2x3"], "has no input 'w'; it takes q, k, v"),
        (["{mine}:attention", "--input", "q=2xx"], "needs the input"),
        (["{mine}:broken", "--input", "x=2xx"], "as in x=3x4, not 'x=2xx'"),
        (["{mine}:broken", "--input", "x=900x900"], "810,000 numbers"),
        (["{mine}:broken", "--input", "x=2", "--input", "x=2"], "given twice"),
        (["{mine}:broken", "--input", "x"], "as in q=3x4, not 'x'"),
        (["{mine}:broken", "--input", "x=2"], "stops with ValueError: no luck"),
        (["{mine}:missing"], "has no function 'missing'"),
        (["{mine}:attention", *SIZES, "--source", "I am"], "only a lesson takes --source"),
        (["{mine}:attention", *SIZES, "--text", "I am"], "say one of them"),
        (["softmax", "--head", "1"], "is no model; it has no layers or heads"),
        (["softmaxx"], "did you mean 'softmax'?"),
        (["positional_encoding", "--input", "position=3x1"], "the size of its output"),
    ],
)
def test_what_no_exercise_is_made_of(
    sheetformer, mine: str, tmp_path: Path, words: list[str], said: str
) -> None:
    named = [word.format(mine=mine) for word in words]
    refused(sheetformer("exercise", *named, "--blank", "output"), said)
    assert not list(tmp_path.glob("*.xlsx"))


def test_a_lesson_knows_blanks_of_its_own(sheetformer) -> None:
    ran = sheetformer("exercise", "softmax", "--json")
    assert ran.code == 0, ran
    named = ", ".join(blank["block"] for blank in json.loads(ran.out)["blanks"])
    assert named == LESSONS["softmax"].blanks
    for name, lesson in LESSONS.items():
        if name not in LARGE and lesson.blanks:
            assert find_blanks(cached(name), split(lesson.blanks))
