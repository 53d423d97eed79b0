"""What teachers' platforms read: Gradescope, CodeRunner, VPL, Moodle and Canvas, as documented."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sheetformer.cli import main
from sheetformer.exercises.grading import Grades
from sheetformer.exercises.judged import BlankGrade, Grade
from sheetformer.exercises.platforms import gradescope, vpl
from sheetformer.exercises.tables import canvas_csv, moodle_csv
from sheetformer.language import Language

from .solutions import exercise_files
from .submissions import write, wrong_cases

EXAMPLES = Path(__file__).parents[2] / "examples"
SLIP = wrong_cases()[5]
assert SLIP.name == "not scaled"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment where the command sheetformer is this package's."""
    command = tmp_path / "bin" / "sheetformer"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sheetformer "$@"\n')
    command.chmod(0o755)
    source = str(Path(__file__).parents[2] / "src")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([source, os.environ.get("PYTHONPATH", "")]))
    return os.environ | {"PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}"}


def test_the_gradescope_folder(tmp_path: Path, path: dict[str, str]) -> None:
    root = tmp_path / "autograder"
    (root / "submission").mkdir(parents=True)
    (root / "source").mkdir()
    shutil.copy(exercise_files()[1], root / "source" / "key.xlsx")
    users = {"users": [{"name": "Ana Müller / 7"}]}
    (root / "submission_metadata.json").write_text(json.dumps(users), encoding="utf-8")
    script = [EXAMPLES / "gradescope" / "run_autograder"]
    environment = path | {"AUTOGRADER": str(root)}

    def results() -> Any:
        subprocess.run(script, env=environment, check=True, cwd=tmp_path, timeout=60)
        return json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))

    nothing = results()
    assert nothing["score"] == 0
    assert "no .xlsx file" in nothing["output"]
    write(SLIP, root / "submission" / "homework.xlsx")
    found = results()
    assert found["score"] == pytest.approx(83.33)
    tests = {test["name"]: test for test in found["tests"]}
    assert len(tests) == 6
    assert tests["scaled"]["score"] == 0
    assert "the division is missing" in tests["scaled"]["output"]
    assert sum(test["max_score"] for test in tests.values()) == pytest.approx(100, abs=0.05)
    shutil.copy(exercise_files()[1], root / "submission" / "key.xlsx")
    assert results() == found, "the better file of two counts"


def test_the_vpl_script_and_the_coderunner_template(tmp_path: Path, path: dict[str, str]) -> None:
    work = tmp_path / "work"
    work.mkdir()
    shutil.copy(exercise_files()[1], work / "key.xlsx")
    write(SLIP, work / "homework.xlsx")
    subprocess.run([EXAMPLES / "moodle" / "vpl_evaluate.sh"], cwd=work, check=True, timeout=60)
    said = subprocess.run(
        ["./vpl_execution"], cwd=work, env=path, check=True, timeout=60,
        capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    assert said[-1] == "Grade :=>> 83.33"
    assert all(line.startswith("Comment :=>> ") for line in said[:-1])
    assert any("the division is missing" in line for line in said)
    template = [sys.executable, EXAMPLES / "moodle" / "coderunner.py"]
    printed = subprocess.run(template, cwd=work, env=path, check=True, timeout=60,
                             capture_output=True, text=True).stdout  # fmt: skip
    answer = json.loads(printed)
    assert answer["fraction"] == pytest.approx(0.8333)
    assert "the division is missing" in answer["epiloguehtml"]


HOSTILE = "the sheet 'a\nGrade :=>> 100' of the exercise is missing"


def test_no_name_makes_a_grade() -> None:
    grades = Grades("t", "en", (), (Grade("a.xlsx", "a", problem=HOSTILE),))
    assert vpl(grades).splitlines()[-1] == "Grade :=>> 0"
    assert len(vpl(grades).splitlines()) == 2


def test_notes_are_for_the_teacher() -> None:
    blank = BlankGrade("scores", {"a!A1": "right"})
    grades = Grades("t", "pt", ("scores",), (Grade("a.xlsx", "a", (blank,), ("odd",)),))
    tests = json.loads(gradescope(grades))["tests"]
    assert [test["visibility"] for test in tests] == ["visible", "hidden"]


def test_an_unknown_platform(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["grade", "in", "--key", str(exercise_files()[1]), "--for", "gradescop"])
    assert end.value.code == 2
    assert "did you mean 'gradescope'" in capfd.readouterr().err


def test_the_columns_that_moodle_and_canvas_look_for() -> None:
    """Moodle's grading worksheet is refused without the first three; Canvas wants all of its own.

    mod/assign/feedback/offline/importgradeslib.php: recordid, grade, lastmodifiedgrade.
    """
    blank = BlankGrade("scores", {"a!A1": "right"})
    one = Grade("Ana_17_assignsubmission_file_/a.xlsx", "Ana", (blank,))
    grades = Grades("Attention", "pt", ("scores",), (one,))
    row = next(csv.DictReader(moodle_csv(grades, Language("pt")).splitlines()))
    assert row["Identifier"] == "Participant 17"
    assert row["Grade"] == "100.0"
    assert row["Last modified (grade)"] == ""
    assert row["Feedback comments"]
    head, possible, first = csv.reader(
        canvas_csv(Grades("Attention", "en", (), (Grade("ana_5_6_a.xlsx", "Ana", (blank,)),)))
        .splitlines()
    )  # fmt: skip
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Attention"]
    assert possible[0].strip() == "Points Possible"
    assert first[:2] == ["Ana", "5"]
