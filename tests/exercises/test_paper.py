"""The exercise on paper: no answer on the blank copy, all on the solved one; whole numbers."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.cli import main
from sheetformer.errors import SheetformerError
from sheetformer.exercises.grading import grade
from sheetformer.exercises.key import read_key
from sheetformer.exercises.lesson_plan import lesson_plan
from sheetformer.exercises.make import Exercise, exercise
from sheetformer.exercises.paper import not_short, solved_worksheet, worksheet
from sheetformer.exercises.parts import visible_blocks, wanted_places
from sheetformer.exercises.whole import decimals
from sheetformer.lessons import LESSONS

from .filling import fill
from .test_exercise import answers, spellings

CELL = re.compile(r"<td[^>]*>([^<]*)</td>")
POWERS = re.compile(r'<div class="given"><table><tr><th class="row">x<.*?</table>', re.DOTALL)


def numbers(page: str) -> set[str]:
    """What stands in the boxes of a page, but for the table of powers."""
    return set(CELL.findall(POWERS.sub("", page))) - {""}


def values(made: Exercise, name: str) -> np.ndarray:
    graph = made.solved.graph
    return graph.values[graph.node_index(made.solved.blocks[name].node.base)]


@pytest.mark.parametrize(
    ("lesson", "blank", "whole"),
    [
        ("cross-attention", "scores, softmax", False),
        ("cross-attention", "scores, softmax", True),
        ("softmax", "shares[0], exp_sum", False),
        ("dot-product", "dot_products", True),
    ],
)
def test_the_blank_copy_holds_no_answer(
    tmp_path: Path, lesson: str, blank: str, whole: bool
) -> None:
    made = exercise(sf.lesson(lesson), blank, whole_numbers=whole)
    book, page, solved = made.solved, worksheet(made), solved_worksheet(made)
    wanted = wanted_places(book, [one.block for one in made.blanks])
    boxes = sum(book.graph.nodes[place].size for place in wanted)
    given = sum(book.blocks[one.block].node.size - one.elements.size for one in made.blanks)
    assert page.count('class="blank"') == boxes - given
    assert solved.count('class="blank"') == 0
    assert solved.count('class="answer"') == boxes - given
    # Every number on the page stands in a block that is given, or in a cell that is not asked for.
    seen = {
        f"{number:.3f}".rstrip("0").rstrip(".").replace("-", "−")
        for place, block in visible_blocks(book).items()
        if place not in wanted or given
        for number in np.asarray(book.graph.values[book.graph.node_index(block.node.base)]).flat
    }
    assert numbers(page) <= seen | {"−0", "0", "−∞"}
    if not whole:
        assert given or not numbers(solved) <= seen, "answers would be found"
        key = read_key(made.key.save(tmp_path / "key.xlsx"))
        assert not answers(key) & spellings(page)


def test_whole_numbers_stay_whole(tmp_path: Path) -> None:
    made = exercise(
        sf.lesson("cross-attention"), "scores, softmax", students=["Ana", "Bob"],
        whole_numbers=True,
    )  # fmt: skip
    assert decimals(values(made, "scores")) == 0
    assert 0 < np.abs(values(made, "scores")).max() <= 9
    assert decimals(values(made, "scaled")) in (0, 1)
    assert not_short(made) == ["exponentials", "row_sum", "weights"]
    key_file = made.key.save(tmp_path / "key.xlsx")
    key = read_key(key_file)
    for student in made.students:
        assert all(decimals(value) == 0 for value in key.inputs(student).values())
    ana = made.of(made.students[0]).save(tmp_path / "blank.xlsx")
    one = grade(fill(ana, key_file, key, tmp_path / "ana.xlsx"), key_file).grades[0]
    assert (one.points, one.student, one.notes) == (100, "Ana", ())
    pages = worksheet(made)
    assert pages.count('<section class="copy">') == 2
    assert "Name: Ana" in pages


def test_a_copy_is_rounded_as_its_own_numbers_need() -> None:
    """Halves of one student are no whole numbers because another one's are."""
    book = sf.trace(lambda x: x / 2.0, np.array([[2.0, 4.0], [6.0, 8.0]]))
    made = exercise(book, "output", students=["Ana", "Bob", "Eve"], whole_numbers=True)
    for number, copy in enumerate(solved_worksheet(made).split('<section class="copy">')[1:]):
        solved = made.solved_for(made.students[number])
        values = solved.graph.value(solved.blocks["output"].node.ids).astype(float)
        shown = [text.replace("−", "-") for text in re.findall(r'"answer">([^<]*)<', copy)]
        assert [float(text) for text in shown] == values.ravel().tolist()
        assert ("All of these are whole numbers." in copy) == (decimals(values) == 0)


def test_what_is_too_wide_for_paper_is_refused() -> None:
    made = exercise(sf.trace(lambda x: x @ x.T, np.eye(13)), "output")
    with pytest.raises(SheetformerError, match="169 cells in 13 columns, too many for paper"):
        worksheet(made)


def test_whole_numbers_need_numbers() -> None:
    book = sf.trace(lambda x: x * 2.0, np.ones((1, 1)))
    with pytest.raises(SheetformerError, match="no numbers of its own"):
        exercise(book, ["output"], whole_numbers=True)


@pytest.mark.parametrize(
    ("lang", "goal", "slip"),
    [
        ("en", "After it students can explain every number", "the exponential is missing"),
        ("pt", "Depois dela, os alunos sabem: explicar cada número", "falta a exponencial"),
        ("es", "Después, los alumnos saben: explicar cada número", "falta la exponencial"),
    ],
)
def test_the_plan_says_goal_minutes_questions_and_slips(lang: str, goal: str, slip: str) -> None:
    made = exercise(sf.lesson("cross-attention", lang=lang), "scores, softmax")
    plan = lesson_plan(made, LESSONS["cross-attention"])
    assert goal in plan
    assert "30 minut" in plan
    assert slip in plan
    assert plan.count("<li>") < 30, "one page"
    assert "the largest number is not subtracted" not in plan


def test_a_plan_of_a_function_of_ones_own() -> None:
    book = sf.trace(lambda q, k: sf.softmax(q @ k.T), np.eye(2), np.array([[1.0, 2.0], [0.5, 3.0]]))
    assert "matmul" in lesson_plan(exercise(book, "softmax, matmul"))


def test_the_command_writes_both_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["exercise", "softmax", "--blank", "shares", "-o", "a.html", "--key", "k.xlsx"]
    for paper in ("w.pdf", "a.html"):
        with pytest.raises(SystemExit) as end:
            main([*words, "--paper", paper])
        assert end.value.code == 2
        assert "--paper" in (said := capfd.readouterr().err) or ".html" in said
        assert list(tmp_path.iterdir()) == []
    with pytest.raises(SystemExit) as end:
        main([*words, "--paper", "w.html", "--whole-numbers", "--lang", "es"])
    assert end.value.code == 0
    assert {file.name for file in tmp_path.iterdir()} == {
        "a.html", "k.xlsx", "w.html", "w-solved.html"
    }  # fmt: skip
    solved = Path("w-solved.html").read_text(encoding="utf-8")
    assert "Plan de clase" in solved
    assert "Plan de clase" not in Path("w.html").read_text(encoding="utf-8")
