"""`check` says of any workbook whether it computes a function, and what it does instead."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xlsxwriter

import sheetformer as sf
from sheetformer.engines import get_engine
from sheetformer.errors import EngineError, FileError, SheetformerError
from sheetformer.exercises import check as check_module
from sheetformer.exercises.check import CONSTANT, NO_FORMULA
from sheetformer.exercises.known import KNOWN, alternatives
from sheetformer.exercises.known_attention import OVERFLOW
from sheetformer.exercises.reference import find_reference
from sheetformer.exercises.trials import answer

X = [[1.0, 2.0, 3.0], [0.5, -1.0, 2.0], [3.0, 3.0, 1.0]]


def written(path: Path, formula: str, columns: int = 3) -> Path:
    """Three inputs in B3:D5, F3:H5 and J3:L5, and a formula in each cell from N3 on."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Their sheet")
        for left in (1, 5, 9):
            for row, numbers in enumerate(X):
                sheet.write_row(2 + row, left, numbers)
        sheet.write_column(2, 20, [0, 1, 2])
        for row in range(3):
            for column in range(columns):
                filled = formula.format(
                    r=row + 3, k=column, c="BCD"[column % 3], f="FGH"[column % 3], p=column // 2
                )
                sheet.write_formula(2 + row, 13 + column, filled)
    return path


def checked(path: Path, function: Any, *names: str, output: str = "N3:P5", trials: int = 9) -> Any:
    """As `sf.check`, in this process: a test need not wait for a child."""
    cells = dict(zip(names, ("B3:D5", "F3:H5", "J3:L5"), strict=False))
    if names == ("position",):
        cells = {"position": "U3:U5"}
    found = find_reference(function)
    given = {name: (area, found.kinds.get(name, "number")) for name, area in cells.items()}
    told = answer(str(path), "ironcalc", given, {"output": output}, trials, 0, 1000.0)
    return check_module._judged(found, told)


SHARE = "EXP({c}{r}-MAX($B{r}:$D{r}))/SUMPRODUCT(EXP($B{r}:$D{r}-MAX($B{r}:$D{r})))"
NORM = "({c}{r}-AVERAGE($B{r}:$D{r}))/SQRT(VARP($B{r}:$D{r})+0.00001)"
SCORE = "SUMPRODUCT($B{r}:$D{r},INDEX($F$3:$H$5,{k}+1,0))/SQRT(3)"
ANGLE = "$U{r}/10000^(2*{p}/4)"
WAVE = "=IF(MOD({k},2)=0,SIN({angle}),COS({angle}))"

CASES: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = [
    ("softmax", "=" + SHARE, ("x",), ()),
    ("softmax", "=EXP({c}{r})/SUMPRODUCT(EXP($B{r}:$D{r}))", ("x",), (OVERFLOW,)),
    ("softmax", "={c}{r}/SUM($B{r}:$D{r})", ("x",), ("plain",)),
    ("softmax", "=EXP({c}{r}-MAX({c}$3:{c}$5))/SUMPRODUCT(EXP({c}$3:{c}$5-MAX({c}$3:{c}$5)))",
     ("x",), ("columns",)),
    ("layer_norm", "=" + NORM, ("x",), ()),
    ("layer_norm", "=" + NORM.replace("VARP", "VAR"), ("x",), ("sample",)),
    ("layer_norm", "=" + NORM.replace("VARP", "VAR").replace("+0.00001", ""), ("x",),
     ("sample", "0")),
    ("scaled_scores", "=" + SCORE, ("q", "k"), ()),
    ("scaled_scores", "=" + SCORE.replace("SQRT(3)", "3"), ("q", "k"), ("d",)),
    ("scaled_scores", "=SUMPRODUCT($B{r}:$D{r},TRANSPOSE({f}$3:{f}$5))/SQRT(3)", ("q", "k"),
     ("straight",)),
    ("positional_encoding", WAVE.replace("{angle}", ANGLE), ("position",), ()),
    ("positional_encoding", WAVE.replace("{angle}", "{p}/10000^(2*$U{r}/4)"), ("position",),
     ("exchanged",)),
    ("softmax", "=0.25", ("x",), (CONSTANT,)),
]  # fmt: skip


@pytest.mark.parametrize(("function", "formula", "names", "slips"), CASES)
def test_a_slip_is_named(
    tmp_path: Path, function: str, formula: str, names: tuple[str, ...], slips: tuple[str, ...]
) -> None:
    columns = 4 if function == "positional_encoding" else 3
    path = written(tmp_path / "theirs.xlsx", formula, columns)
    report = checked(path, function, *names, output="N3:Q5" if columns == 4 else "N3:P5")
    words = {word: said for part in KNOWN[function].slips.values() for word, said in part.items()}
    assert report.reasons == tuple(words.get(slip, slip) for slip in slips)
    assert report.ok is not bool(slips)
    assert (report.right == len(report.trials)) is report.ok


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_slip_of_a_known_function_gives_something_else(name: str) -> None:
    """And no two single ones give the same: the sentence would be a guess."""
    known, random = KNOWN[name], np.random.default_rng(0)
    results: list[list[Any]] = []
    names = inspect.signature(known.function).parameters
    for x in (random.normal(size=(3, 4)), np.zeros((3, 4))):
        given = {"x": x, "q": x, "k": x[::-1] + 1, "v": x + 2, "a": x[:, :3], "b": x[:, :3] + 1}
        given |= {"position": np.arange(3.0)[:, None], "shape": (3, 6)}
        arrays = {key: value for key, value in given.items() if key in names}
        choices = [choice for said, choice in alternatives(known.slips) if len(said) == 1]
        results.append([outcome(known.function, arrays, choice) for choice in ({}, *choices)])
    pairs = [(i, j) for i in range(len(results[0])) for j in range(i)]
    same = [(i, j) for i, j in pairs if all(alike(part[i], part[j]) for part in results)]
    assert same == []


def outcome(function: Callable[..., Any], arrays: dict[str, Any], choice: dict[str, str]) -> Any:
    try:
        with np.errstate(all="ignore"):
            return function(**arrays, **choice)
    except ValueError:
        return None


def alike(one: Any, other: Any) -> bool:
    if one is None or other is None or one.shape != other.shape:
        return False
    return np.allclose(one, other, rtol=1e-9, atol=1e-9, equal_nan=True)


def test_a_function_of_ones_own(tmp_path: Path) -> None:
    path = written(tmp_path / "theirs.xlsx", "={c}{r}*2+{f}{r}")

    def doubled(x: Any, y: Any) -> Any:
        return 2 * x + y

    report = checked(path, doubled, "x", "y")
    assert report.ok
    assert report.function == "doubled"
    assert report.largest < 1e-12
    wrong = checked(path, lambda x, y: 2 * x - y, "x", "y")
    assert not wrong.ok
    assert wrong.reasons == ()
    trial = wrong.wrong[0]
    assert trial.edge == "as it stands"
    assert (trial.off[0].address, trial.off[0].expected, trial.off[0].found) == ("N3", 1.0, 3.0)


def test_typed_numbers_are_no_formula(tmp_path: Path) -> None:
    path = written(tmp_path / "theirs.xlsx", "=1")
    report = checked(path, lambda x: x, "x", output="F3:H5")
    assert report.reasons == (NO_FORMULA,)
    assert not report.ok


BAD: list[tuple[Callable[[], Any], str]] = [
    (lambda: sf.check("a.xlsx", "softmx", {"x": "A1"}, "B1"), "did you mean 'softmax'"),
    (lambda: sf.check("a.xlsx", "softmax", {"y": "A1"}, "B1"), "no input 'y'; it takes x"),
    (lambda: sf.check("a.xlsx", "attention", {"q": "A1"}, "B1"), "needs the input 'k' too"),
    (lambda: sf.check("a.xlsx", "nowhere:f", {"x": "A1"}, "B1"), "cannot be imported"),
    (lambda: sf.check("a.xlsx", "math:f", {"x": "A1"}, "B1"), "has no function 'f'"),
    (lambda: sf.check("a.xlsx", "softmax", {"x": "A1"}, "B1", 0), "from 1 to 1000"),
]


@pytest.mark.parametrize(("call", "said"), BAD)
def test_what_is_wrong_is_said_before_anything_starts(call: Callable[[], Any], said: str) -> None:
    with pytest.raises(SheetformerError, match=said):
        call()


@pytest.mark.parametrize("body", ["raise NameError('gone')", "def f(x", "raise SystemExit(3)"])
def test_a_module_that_fails_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "failing_module.py").write_text(body)
    with pytest.raises(FileError, match="the module 'failing_module' cannot be imported"):
        find_reference("failing_module:f")


@pytest.mark.parametrize(
    ("cells", "output", "said"),
    [
        ("N3:P5", "N3:P5", "Their sheet!N3, a cell of the input 'x', holds a formula"),
        ("B3:D5", "D5:E5", "Their sheet!D5 is an input and an output"),
        ("Their shet!B3", "N3", "no sheet 'Their shet'; did you mean 'Their sheet'?"),
        ("B0:B1", "N3", "no cells 'B0:B1'"),
        ("table", "N3", "no cells 'table'; write it as Sheet1!B3:D5"),
        ("A1:ZZ9999", "N3", "at most 10,000 can be one"),
        ("B3:D5", "N3:O5", "gives 3 × 3 numbers for these inputs, and the output"),
    ],
)
def test_cells_that_do_not_fit_are_said(tmp_path: Path, cells: str, output: str, said: str) -> None:
    path = written(tmp_path / "theirs.xlsx", "=1")
    found = find_reference("softmax")
    with pytest.raises(SheetformerError, match=re.escape(said)):  # noqa: PT012
        told = answer(
            str(path), "ironcalc", {"x": (cells, "number")}, {"output": output}, 2, 0, 9.0
        )
        check_module._judged(found, told)


def test_a_bomb_is_refused_by_the_child(tmp_path: Path) -> None:
    path = tmp_path / "slow.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write("A1", 1)
        for row in range(40):
            sheet.write_formula(row, 1, "=SUMPRODUCT((A1:A1000000>0)*(A1:A1000000>A1))")
    with pytest.raises(EngineError, match="--limit 3"):
        sf.check(path, "relu", {"x": "A1"}, "B1", limit=0.2)


def test_the_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from sheetformer.cli import main

    path = written(tmp_path / "theirs.xlsx", "=" + NORM.replace("VARP", "VAR"))
    words = ["check", str(path), "layer_norm", "--input", "x=B3:D5", "--output", "N3:P5"]
    with pytest.raises(SystemExit) as end:
        main([*words, "--json", "--trials", "7"])
    told = json.loads(capfd.readouterr().out)
    assert end.value.code == 1
    assert (told["trials"], told["right"], told["ok"]) == (7, 2, False)
    assert told["reasons"] == ["the variance divides by n − 1, not by n"]
    assert told["wrong"][0]["off"][0]["cell"] == "Their sheet!N3"
    for bad in (["--input", "x"], ["--input", "x=B3:D5", "--input", "x=B3:D5"]):
        with pytest.raises(SystemExit) as end:
            main(["check", str(path), "relu", *bad, "--output", "N3:P5"])
        assert end.value.code == 2
        assert capfd.readouterr().err.count("\n") == 1


@pytest.mark.libreoffice
def test_libreoffice_says_the_same(tmp_path: Path, libreoffice: Any) -> None:
    path = written(tmp_path / "theirs.xlsx", "=" + SHARE)
    edits = {("Their sheet", 2, 1): 5.0}
    here = get_engine("ironcalc").recalculate(path, edits)["Their sheet"]
    there = libreoffice.recalculate(path, edits)["Their sheet"]
    assert here[2, 13] == pytest.approx(there[2, 13])
