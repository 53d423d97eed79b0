"""`sheetformer step`: a workbook goes on; only its inputs change, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

import sheetformer as sf
from sheetformer.engines.reader import read_contents


@pytest.fixture
def training(tmp_path: Path) -> Path:
    return sf.lesson("training", steps=2).save(tmp_path / "training.xlsx")


def test_a_file_goes_on(sheetformer, training: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.xlsx"
    ran = sheetformer("step", training, "-n", "3", "-o", later, "--json")
    assert ran.code == 0, ran
    said = json.loads(ran.out)
    book = sf.lesson("training", steps=2).step(3)
    assert said["watched"]["loss_3"][-1] == pytest.approx(book["loss_3"].value.item(), rel=1e-12)
    assert len(said["watched"]["loss_3"]) == 4
    old, new = read_contents(training), read_contents(later)
    assert old.formulas == new.formulas
    assert old.cells != new.cells
    book.save(tmp_path / "same.xlsx")
    assert read_contents(tmp_path / "same.xlsx").cells == new.cells
    assert sheetformer("verify", later, "--against", "lesson").code == 0


def test_a_file_of_another_program_goes_on(sheetformer, training: Path) -> None:
    workbook = openpyxl.load_workbook(training)
    workbook.save(training)  # no formula has a stored value now, as openpyxl writes them
    assert sheetformer("step", training).code == 0
    assert sheetformer("verify", training).code == 0


def test_what_a_step_cannot_follow_is_refused_and_nothing_is_written(
    sheetformer, training: Path, workbook: Path
) -> None:
    before = training.read_bytes()
    assert "nothing in this book goes on" in sheetformer("step", workbook).err
    assert "whole number from 1" in sheetformer("step", training, "-n", "0").err
    ran = sheetformer("step", training, "-o", training.parent)
    assert (ran.code, "is a folder" in ran.err) == (2, True)
    book = openpyxl.load_workbook(training)
    book["Training"]["Z200"] = "=1+1"
    book.save(training.parent / "added.xlsx")
    ran = sheetformer("step", training.parent / "added.xlsx")
    assert (ran.code, "Training!Z200 is no part of the book" in ran.err) == (2, True)
    assert training.read_bytes() == before
    assert [*training.parent.glob(".*")] == []
