"""Questions: each mark follows what is answered, and neither it nor its texts say the answer."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.engines.programs.ironcalc import IronCalc
from sheetformer.errors import SheetformerError
from sheetformer.story.check import check
from sheetformer.story.questions import ask
from sheetformer.story.story import Story

ASKING = ("softmax", "cross-attention")
ANSWERS = {
    "softmax": [["true", "false"], [2.7, 2.0], ["it shrinks", "it grows"]],
    "cross-attention": [["am", "happy"], ["false", "true"], [12.0, 9.0], [2.0, 1.9]],
}
"""For each question that is typed a right answer and a wrong one."""


@pytest.mark.parametrize("lesson", ASKING)
def test_answers_are_marked(tmp_path: Path, lesson: str) -> None:
    book = sf.lesson(lesson)
    path = book.save(tmp_path / "book.xlsx")
    typed = [place(book, f"answer_{i}") for i in range(1, len(ANSWERS[lesson]) + 1)]
    with IronCalc().open(path) as live:
        assert set(marks(book, live.cells())) == {"→"}
        for which, sign in enumerate("✓✗"):
            said = live.edit(
                {cell: pair[which] for cell, pair in zip(typed, ANSWERS[lesson], strict=True)}
            )
            assert "".join(marks(book, said)[: len(typed)]) == sign * len(typed)
    assert sf.verify(path).ok


def test_a_change_is_marked_by_what_stands_there_now(tmp_path: Path) -> None:
    book = sf.lesson("softmax")
    path = book.save(tmp_path / "book.xlsx")
    said = IronCalc().recalculate(path, {place(book, "scores"): -9.0})
    assert marks(book, said)[-1] == "✓"


@pytest.mark.parametrize("lesson", ASKING)
@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_an_answer_changes_no_line_of_the_check(tmp_path: Path, lesson: str, formulas: str) -> None:
    book = sf.lesson(lesson, formulas=formulas)
    path = book.save(tmp_path / "book.xlsx")
    typed = [name for name in book if name.startswith("answer_")]
    number = [name for name in typed if book[name].value.dtype != object]
    said = IronCalc().recalculate(path, {place(book, name): 7.0 for name in number})
    verdict = place(book, "check_inputs_verdict")
    assert str(said[verdict[0]][verdict[1:]]).startswith("✓")


@pytest.mark.parametrize("lesson", ASKING)
def test_no_text_of_a_mark_says_the_answer(lesson: str) -> None:
    for lang in ("en", "pt", "es"):
        book = sf.lesson(lesson, lang=lang)
        for i, (right, wrong) in enumerate(ANSWERS[lesson], 1):
            if isinstance(right, str):
                continue
            del wrong
            text = formula(book, f"mark_{i}")
            assert '"✓ ' in text
            sentence = text.split('"✓ ')[1].split('"')[0]
            assert f"{right:g}" not in sentence


@pytest.mark.parametrize(
    "asked",
    [
        {"answer": 0.0, "within": 1.0},
        {"options": ("a", "b"), "answer": "c"},
        {"right": "x" * 300},
        {"within": 1e-8},
    ],
)
def test_a_question_without_an_answer_is_refused(asked: dict[str, object]) -> None:
    story = Story("A")
    given = {"text": "What?", "right": "So.", "hint": "Look.", "answer": 1.0, **asked}
    story.question(**given)  # pyright: ignore
    with pytest.raises(SheetformerError):
        ask(story, "")


def test_a_number_may_be_off_by_so_much() -> None:
    for answer, within in itertools.product((0.31, -4.0, 2.718281828, 1234.5), (0.05, 0.5, 1e-3)):
        story = Story("A")
        typed = story.input(np.array([[0.0]]), "typed")
        story.question("?", "So.", "Look.", answer=answer, within=within)
        ask(story, "")
        check(story)
        graph = build(story).graph
        place_ = next(i for i, node in enumerate(graph) if node.name == "answer_1")
        mark = next(i for i, node in enumerate(graph) if node.name == "mark_1")
        for off, sign in ((0.0, "✓"), (0.98, "✓"), (-0.98, "✓"), (1.02, "✗"), (-1.02, "✗")):
            values = graph.evaluate({place_: np.array(answer + off * within)})
            assert str(values[mark])[0] == sign, (answer, within, off)
        assert typed.node.name == "typed"


def place(book: Book, name: str) -> tuple[str, int, int]:
    first = book.blocks[name].matrices[0]
    return book.blocks[name].sheet, first.row, first.column


def marks(book: Book, cells: object) -> list[str]:
    names = [name for name in book if name.startswith("mark_")]
    where = [place(book, name) for name in names]
    return [str(cells[sheet][row, column])[0] for sheet, row, column in where]  # pyright: ignore


def formula(book: Book, name: str) -> str:
    sheet, row, column = place(book, name)
    cells = next(s for s in book.sheets if s.name == sheet).cell_blocks
    found = next(c for c in cells if (c.row, c.column) == (row, column))
    return (found.formulas or [found.array_formula])[0] or ""


@pytest.mark.parametrize("lesson", ASKING)
def test_a_question_leaves_no_block_without_a_name(lesson: str) -> None:
    assert [name for name, block in sf.lesson(lesson).blocks.items() if not block.node.name] == []
