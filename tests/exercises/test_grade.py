"""Grading: every honest style is right, every planted error is found and named, no cheat passes."""

from __future__ import annotations

import csv
import json
import shlex
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import sheetformer as sf
from sheetformer.cli import main
from sheetformer.engines.programs.ironcalc import IronCalc
from sheetformer.exercises import grading
from sheetformer.exercises.grading import Grades, grade
from sheetformer.exercises.key import read_key
from sheetformer.exercises.make import exercise
from sheetformer.exercises.plan import make_plan
from sheetformer.exercises.tables import feedback, student_page
from sheetformer.formula.address import a1
from sheetformer.language import Language

from .filling import fill
from .solutions import at, exercise_files, honest, sheet
from .submissions import Case, cheats, faults, honest_case, usual, write, wrong_cases

STYLES = max(map(len, honest().values()))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Case], Grades]:
    """A sample of `python -m tests.exercises.submissions`, graded once."""
    folder = tmp_path_factory.mktemp("submissions")
    chosen = [honest_case(i) for i in range(STYLES)] + wrong_cases()[::3] + cheats()[::2]
    for number, case in enumerate(chosen):
        write(case, folder / f"{number:03}.xlsx")
    return chosen, grade(folder, exercise_files()[1])


def test_the_sample_is_judged_as_it_is(graded: tuple[list[Case], Grades]) -> None:
    chosen, grades = graded
    assert len(grades.grades) == len(chosen)
    wrong = {case.name: faults(case, grades, i) for i, case in enumerate(chosen)}
    assert {name: said for name, said in wrong.items() if said} == {}


def test_what_the_generator_promises() -> None:
    assert STYLES >= 12
    assert len(wrong_cases()) >= 15
    assert len(cheats()) >= 10


def test_one_slip_is_punished_once(graded: tuple[list[Case], Grades]) -> None:
    chosen, grades = graded
    one = next(i for i, case in enumerate(chosen) if case.name == "scores transposed")
    verdicts = [blank.verdict for blank in grades.grades[one].blanks]
    assert verdicts == ["wrong", *["carried"] * 5]
    assert grades.verdicts("scores")["wrong"] >= 1
    assert "it is transposed" in next(iter(grades.mistakes("scores")))


def test_formulas_after_an_empty_blank_follow_what_is_not_there_yet(tmp_path: Path) -> None:
    """Whoever leaves cells of one blank empty loses those, and no later one."""
    filled = usual()
    cells = next(one for one in honest()["scores"].values() if len(one) == 9)
    for kept in (0, 3):
        left = dict(list(cells.items())[:kept])
        write(Case("empty", {**filled, "scores": left}), tmp_path / f"{kept}.xlsx")
    for one in grade(tmp_path, exercise_files()[1]).grades:
        first, *later = one.blanks
        assert first.verdict == "empty"
        assert {verdict for blank in later for verdict in blank.cells.values()} <= {
            "right", "carried"
        }, one.file  # fmt: skip


def test_no_grade_at_all_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/a.xlsx").write_bytes(b"no workbook")
    shutil.copy(exercise_files()[1], "key.xlsx")
    with pytest.raises(SystemExit) as end:
        main(["grade", "in", "--key", "key.xlsx"])
    assert end.value.code == 2
    assert "✓" not in capfd.readouterr().out


HOSTILE = "SUMPRODUCT((A1:A1000000>0)*(B1:B1000000>A1))"


def test_a_bad_file_has_a_line_and_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = replace(grading.LIMITS, seconds=2.0, processor=2)
    monkeypatch.setattr(grading, "LIMITS", quick)
    folder = tmp_path / "in"
    folder.mkdir()
    good = write(honest_case(0), folder / "good.xlsx")
    (folder / "text.xlsx").write_text("no workbook")
    (folder / "~$open.xlsx").write_text("kept open")
    with zipfile.ZipFile(folder / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b" " * 50_000_000)
    other = openpyxl.Workbook()
    other.save(folder / "other.xlsx")
    book = openpyxl.load_workbook(good)
    for row in range(60, 100):
        book[sheet()].cell(row, 30).value = f"={HOSTILE}"
    book.save(folder / "slow.xlsx")
    grades = grade(folder, exercise_files()[1], jobs=2)
    said = {one.file: one.problem for one in grades.grades}
    assert set(said) == {"good.xlsx", "text.xlsx", "bomb.xlsx", "other.xlsx", "slow.xlsx"}
    assert said["good.xlsx"] == ""
    assert "no .xlsx workbook" in said["text.xlsx"]
    assert "bomb" in said["bomb.xlsx"]
    assert "is missing" in said["other.xlsx"]
    assert "10 seconds" in said["slow.xlsx"] or "512 MB" in said["slow.xlsx"]


def test_a_renamed_sheet_changes_no_grade(tmp_path: Path) -> None:
    path = write(Case("usual", usual()), tmp_path / "a.xlsx")
    with IronCalc().open(path) as live:
        live._model.rename_sheet(live._sheets.index(sheet()), "Mine")
        live._model.save_to_xlsx(str(tmp_path / "b.xlsx"))
    one = grade(tmp_path / "b.xlsx", exercise_files()[1]).grades[0]
    assert one.points == 100
    assert one.notes == ("the sheet 'attend' is called 'Mine' now",)


def test_broken_off_and_gone_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(honest_case(1), tmp_path / "a.xlsx")
    journal = tmp_path / "grades.jsonl"
    first = grade(path, exercise_files()[1], known=journal)
    with journal.open("a") as stream:
        stream.write('{"key": "cut o')
    asked: list[Any] = []
    monkeypatch.setattr(grading, "grade_file", lambda *given: asked.append(given))
    assert grade(path, exercise_files()[1], known=journal) == first
    assert asked == []
    # A file without a grade is tried again: the machine may have been busy.
    late = grading.Grade("b.xlsx", "b", problem="it takes too long")
    monkeypatch.setattr(grading, "grade_file", lambda *given: asked.append(given) or late)
    path.rename(tmp_path / "b.xlsx")
    for _ in range(2):
        assert grade(tmp_path / "b.xlsx", exercise_files()[1], known=journal).problems
    assert len(asked) == 2


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    write(wrong_cases()[8], Path("in/Ana Silva_17_assignsubmission_file_a.xlsx"))
    write(Case("=HYPERLINK", usual()), Path("in/=cmd.xlsx"))
    shutil.copy(exercise_files()[1], "key.xlsx")
    with pytest.raises(SystemExit) as end:
        main(["grade", "in", "--key", "key.xlsx", "--canvas", "c.csv", "--pages", "p", "--json"])
    assert end.value.code == 0
    told = json.loads(capfd.readouterr().out)
    assert told["blocks"]["weights_exp"]["mistakes"] == {"the exponential is missing": 1}
    rows = list(csv.DictReader(Path("grades.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["Full name"] for row in rows] == ["'=cmd", "Ana Silva"]
    assert rows[1]["Identifier"] == "Participant 17"
    assert float(rows[1]["Grade"]) == told["grades"][1]["points"] < 100
    assert "the exponential is missing" in rows[1]["Feedback comments"]
    assert next(csv.reader(Path("c.csv").read_text().splitlines()))[:5] == [
        "Student", "ID", "SIS User ID", "SIS Login ID", "Section"
    ]  # fmt: skip
    assert len(list(Path("p").iterdir())) == 2
    key, before = ["--key", "key.xlsx"], sorted(tmp_path.rglob("*"))
    solved = Path("key.xlsx").read_bytes()
    for bad in (["--key", "in"], ["--key", "in/=cmd.xlsx"], [*key, "-o", "a.txt"],
                [*key, "-o", "a.csv", "--canvas", "key.xlsx"], [*key, "--jobs", "-1"],
                [*key, "-o", "a.csv", "--pages", "c.csv"]):  # fmt: skip
        with pytest.raises(SystemExit) as end:
            main(["grade", "in", *bad])
        assert end.value.code == 2
        assert capfd.readouterr().err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before
    assert Path("key.xlsx").read_bytes() == solved


def test_the_command_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[2] / "docs" / "grading.md").read_text(encoding="utf-8")
    command = page.partition("```sh\n")[2].partition("```")[0]
    monkeypatch.chdir(tmp_path)
    Path("submissions").mkdir()
    write(honest_case(3), Path("submissions/a.xlsx"))
    shutil.copy(exercise_files()[1], "key.xlsx")
    with pytest.raises(SystemExit) as end:
        main(shlex.split(command)[1:])
    assert end.value.code == 0
    names = {each.name for each in tmp_path.iterdir()}
    assert names >= {"grades.csv", "grades.jsonl", "canvas.csv", "feedback", "marked"}


def test_a_student_reads_it_in_their_language(graded: tuple[list[Case], Grades]) -> None:
    chosen, grades = graded
    one = next(i for i, case in enumerate(chosen) if case.name == "scores transposed")
    grade_ = grades.grades[one]
    assert "linhas e colunas estão trocadas" in feedback(grade_, Language("pt"))
    page = student_page(grades, grade_, Language("es"))
    assert "filas y columnas están cambiadas" in page
    assert "<script" not in page


def test_numbers_of_ones_own_are_graded_as_well(tmp_path: Path) -> None:
    """An input that was handed out with another number, and a blank whose numbers were typed."""

    def other(book: Any) -> None:
        book[sheet()][at("x", 0, 0)] = 1.25

    path = write(Case("other inputs", usual(), change=other), tmp_path / "a.xlsx")
    assert grade(path, exercise_files()[1]).grades[0].points == 100


def test_constants_are_changed_where_nothing_typed_leads_to_a_blank(tmp_path: Path) -> None:
    """A number as a formula would pass otherwise; what no input changes at all is said."""
    made = exercise(sf.lesson("positions"), "rate, angle")
    plan = make_plan(read_key(made.key.save(tmp_path / "key.xlsx")))
    assert plan.still == []
    assert {plan.graph.nodes[place].op for place in plan.sources} == {"constant"}
    path = fill(
        made.book.save(tmp_path / "blank.xlsx"),
        tmp_path / "key.xlsx",
        plan.key,
        tmp_path / "done.xlsx",
    )
    assert grade(path, tmp_path / "key.xlsx").grades[0].points == 100
    flat = exercise(sf.lesson("softmax"), "in_all, shares")
    plan = make_plan(read_key(flat.key.save(tmp_path / "flat.xlsx")))
    assert plan.still == ["in_all"]
    grades = grade(flat.book.save(tmp_path / "homework.xlsx"), tmp_path / "flat.xlsx")
    assert grades.notes == ("how 'in_all' was computed cannot be judged: no input changes it",)
    assert grades.grades[0].points == 0


def test_a_code_that_does_not_go_with_the_numbers_is_said(tmp_path: Path) -> None:
    made = exercise(sf.lesson("softmax"), "shares", students=["Ana", "Bob"])
    key = read_key(made.key.save(tmp_path / "key.xlsx"))
    ana, bob = key.students
    scores = next(region for region in key.manifest.regions if region.name == "scores")
    made.of(ana).save(tmp_path / "ana.xlsx")
    for name, code, value in (("swapped", bob.code, None), ("changed", ana.code, 0.125)):
        book = openpyxl.load_workbook(tmp_path / "ana.xlsx")
        front: Any = book.worksheets[0]
        for cell in (cell for line in front for cell in line if cell.value == ana.code):
            cell.value = code
        if value is not None:
            book[scores.sheet][a1(scores.row, scores.column)] = value
        book.save(tmp_path / f"{name}.xlsx")
    files = [tmp_path / f"{name}.xlsx" for name in ("ana", "swapped", "changed")]
    notes = [one.notes for one in grade(files, tmp_path / "key.xlsx").grades]
    twice = "there are 2 files of this student"
    assert notes == [
        (twice,),
        ("its code is that of Bob, and its numbers are those of Ana",),
        ("its inputs are not the numbers that Ana got", twice),
    ]


def test_it_is_public() -> None:
    assert sf.grade is grade
