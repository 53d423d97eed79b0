"""Questions: each mark follows what is answered, and neither it nor its texts say the answer."""

from __future__ import annotations

import itertools
import re
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

import sheetformer as sf
from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.engines.programs.ironcalc import IronCalc
from sheetformer.errors import SheetformerError
from sheetformer.formula.address import area
from sheetformer.language import find_language, use_language
from sheetformer.lessons import NAMES
from sheetformer.story.check import check
from sheetformer.story.questions import Question, ask, truths
from sheetformer.story.story import Story

from ..page.engine import PageEngine
from .books import LARGE

STEPS = re.compile(r"(step|passo|paso)s? \d+(( and | e | y )\d+)?")
FEWEST, MOST = 3, 5
"""Questions of a lesson."""
CHANGES: dict[str, dict[tuple[str, int, int], float | str]] = {
    "dot-product": {("b_words", 0, 0): "cachorro"},
    "softmax": {("scores", 0, 0): -9.0},
    "cross-attention": {("source_words", 1, 0): "", ("source_words", 2, 0): ""},
    "scaling": {("power_of_d", 0, 0): 2.0},
    "positions": {("use_positions", 0, 0): 1.0},
    "self-attention": {("hide_padding", 0, 0): 0.0},
    "multi-head": {("head1_on", 0, 0): 0.0, ("head2_on", 0, 0): 0.0},
    "encoder-decoder": {("source_words", 0, 0): "you"},
    "backprop": {("learning_rate", 0, 0): 50.0},
    "training": {("learning_rate", 0, 0): 4.0},
    "gpt": {("seed", 0, 0): 7.0},
    "number-formats": {("format", 0, 0): "FP8 E5M2"},
    "tokens": {("new_words", 0, 0): "happi"},
    "kv-cache": {("sizes", 4, 2): 1.0},
    "modern-block": {("use_groups", 0, 0): 0.0},
}
"""What does what a lesson asks for with “change this until …”: the cells of blocks to type in."""


@cache
def asked(lesson: str, lang: str = "en") -> tuple[Book, list[Question]]:
    """The book of a lesson and what it asks; the book does not say what is right."""
    found: list[list[Question]] = []
    kept = Story.question

    def question(story: Story, *texts: str, **more: object) -> None:
        kept(story, *texts, **more)
        found.append(story.questions)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Story, "question", question)
        return sf.lesson(lesson, lang=lang), found[-1]


def right_answer(question: Question) -> float | str | None:
    """What is to be typed; nothing where something else is to be changed."""
    return None if question.until is not None else question.answer


def wrong_answer(question: Question) -> float | str | None:
    """Another option, or a number that is off by a little more than it may be."""
    if question.until is not None:
        return None
    if question.options:
        return next(one for one in question.options if one != question.answer)
    return float(question.answer) + 1.5 * question.within


Answer = Callable[[Question], float | str | None]


def typed(book: Book, questions: list[Question], answer: Answer) -> dict[Any, Any]:
    """The edits that answer all questions of a lesson."""
    given = {f"answer_{i}": answer(each) for i, each in enumerate(questions, 1)}
    return {place(book, name): each for name, each in given.items() if each is not None}


def changes(lesson: str, book: Book) -> dict[Any, Any]:
    """The edits that a lesson asks for; those of a lesson that stands in no table are not tried."""
    return {
        (sheet, row + down, column + right): value
        for (name, down, right), value in CHANGES.get(lesson, {}).items()
        for sheet, row, column in [place(book, name)]
    }


def assert_marked(lesson: str, book: Book, seen: Sequence[Any]) -> None:
    """The marks at first, after right answers, and after wrong ones."""
    _, questions = asked(lesson)
    at_first, right, wrong = (marks(book, cells) for cells in seen)
    assert at_first == ["→"] * len(questions)
    done = "✓" if lesson in CHANGES else "→"
    is_change = [each.until is not None for each in questions]
    assert right == [done if change else "✓" for change in is_change]
    assert wrong == [done if change else "✗" for change in is_change]


@pytest.mark.parametrize("lesson", NAMES)
def test_answers_are_marked(tmp_path: Path, page: PageEngine, lesson: str) -> None:
    book, questions = asked(lesson)
    assert FEWEST <= len(questions) <= MOST
    right = {**typed(book, questions, right_answer), **changes(lesson, book)}
    wrong = typed(book, questions, wrong_answer)
    path = book.save(tmp_path / "book.xlsx")
    with IronCalc().open(path) as live:
        assert_marked(lesson, book, [live.cells(), live.edit(right), live.edit(wrong)])
    assert_marked(lesson, book, page.recalculate(book, right, wrong))


def test_a_word_in_place_of_a_number_is_a_wrong_answer(tmp_path: Path, page: PageEngine) -> None:
    book, questions = asked("scaling")
    words = typed(book, questions, lambda one: None if one.options else "two")
    words = {cell: word for cell, word in words.items() if cell != place(book, "answer_5")}
    path = book.save(tmp_path / "book.xlsx")
    # A sentence is read in a cell as wide as its column of the table.
    sheet, _, _ = place(book, "question_1")
    merged = openpyxl.load_workbook(path)[sheet].merged_cells
    for name, wide in (("question_1", 6), ("answer_1", 2), ("mark_1", 5)):
        _, row, column = place(book, name)
        assert area(row, column, 1, wide) in merged
    for cells in (IronCalc().recalculate(path, words), page.recalculate(book, words)[-1]):
        assert marks(book, cells) == ["✗", "→", "✗", "→", "→"]


@pytest.mark.parametrize("lesson", NAMES)
def test_no_text_of_a_mark_says_the_answer(lesson: str) -> None:
    for lang in ("en", "pt", "es"):
        book, questions = asked(lesson, lang)
        for i, question in enumerate(questions, 1):
            text = formula(book, f"mark_{i}").casefold()
            assert question.right.casefold() in text.replace('"&"', "")
            answer = question.answer
            if question.until is not None or answer in truths_of(lang):
                continue
            said = f'"{answer}"' if isinstance(answer, str) else f"{float(answer):g}"
            if isinstance(answer, str):
                # Its options stand in the formula, all alike, and its texts name none of them.
                often = {text.count(f'"{one}"'.casefold()) for one in question.options}
                assert len(often) == 1
                said = answer
            sentences = STEPS.sub("", f"{question.right} {question.hint}").casefold()
            word = re.escape(said.casefold())
            assert not re.search(rf"(?<![\w.,]){word}(?![.,]?\w)", sentences)


def truths_of(lang: str) -> tuple[str, str]:
    with use_language(find_language(lang)):
        return truths()


@pytest.mark.parametrize("lesson", ["softmax", "cross-attention"])
@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_an_answer_changes_no_line_of_the_check(tmp_path: Path, lesson: str, formulas: str) -> None:
    book = sf.lesson(lesson, formulas=formulas)
    path = book.save(tmp_path / "book.xlsx")
    answers = [name for name in book if name.startswith("answer_")]
    number = [name for name in answers if book[name].value.dtype != object]
    said = IronCalc().recalculate(path, {place(book, name): 7.0 for name in number})
    verdict = place(book, "check_inputs_verdict")
    assert str(said[verdict[0]][verdict[1:]]).startswith("✓")


@pytest.mark.parametrize(
    "wanted",
    [
        {"answer": 0.0, "within": 1.0},
        {"options": ("a", "b"), "answer": "c"},
        {"right": "x" * 300},
        {"within": 1e-8},
        {"options": ("true", "b"), "answer": "b"},
        {"options": ("a", "0,5"), "answer": "a"},
        {"options": ("a", "=b"), "answer": "a"},
    ],
)
def test_a_question_without_an_answer_is_refused(wanted: dict[str, object]) -> None:
    story = Story("A")
    given = {"text": "What?", "right": "So.", "hint": "Look.", "answer": 1.0, **wanted}
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


@pytest.mark.parametrize("lesson", [name for name in NAMES if name not in LARGE])
def test_a_question_leaves_no_block_without_a_name(lesson: str) -> None:
    assert [name for name, block in asked(lesson)[0].blocks.items() if not block.node.name] == []


def test_a_question_and_its_mark_wrap_over_all_their_columns(tmp_path: Path) -> None:
    """Within the first of them a sentence would be cut; an array formula cannot be merged."""
    book = sf.lesson("softmax")
    with zipfile.ZipFile(book.save(tmp_path / "book.xlsx")) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    merged = set(re.findall(r'<mergeCell ref="(\w+):', sheet))
    asked = {
        book[f"{part}_{i}"].address.split("!")[1]
        for part in ("question", "mark")
        for i in range(1, 5)
    }
    assert asked <= merged
    assert not asked & set(re.findall(r'<f t="array" ref="(\w+)', sheet))
