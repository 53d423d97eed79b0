"""Every lesson of the course: right in every engine, in both styles and every language."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from sheetformer import Book, lessons, verify
from sheetformer.engines.base import Edits, Engine
from sheetformer.language import ENGLISH, find_language, languages, use_language
from sheetformer.lessons import LESSONS

from ..support import assert_book_recalculates, assert_excel_would_open
from ..workbook_edit import edit_cells
from .books import EACH, lesson, save_spoiled

each_lesson = pytest.mark.parametrize("name", EACH)
each_translation = pytest.mark.parametrize(
    "code", [code for code in languages() if code != ENGLISH.code]
)
each_style = pytest.mark.parametrize("formulas", ["matrix", "cell"])


@each_lesson
@each_style
def test_every_cell_recalculates(engine: Engine, name: str, formulas: str) -> None:
    assert_book_recalculates(lesson(name, formulas=formulas), engine)


@each_lesson
@each_style
def test_it_holds_again_after_every_input_was_changed(
    engine: Engine, tmp_path: Path, name: str, formulas: str
) -> None:
    book = lesson(name, formulas=formulas)
    edits = typed_otherwise(book)
    assert edits, "a lesson without anything to type"
    file = tmp_path / "lesson.xlsx"
    save_spoiled(book, file)
    edit_cells(file, file, edits)
    report = verify(file, engine)
    assert report.ok, str(report)


def typed_otherwise(book: Book) -> Edits:
    """Another number in every numeric input and parameter; switches are turned."""
    edits: Edits = {}
    for block in book.blocks.values():
        node, number_format = block.node, block.caption.number_format
        if node.op not in ("input", "parameter") or book[block.name].value.dtype == object:
            continue
        for place, value in zip(block.cells, book.graph.value(node.ids).ravel(), strict=True):
            other = 1.0 - value if number_format == "switch" else value * 0.97 + 0.001
            edits[block.sheet, *place] = value + 1.0 if number_format == "integer" else other
    return edits


@each_lesson
@each_style
def test_excel_would_open_it(tmp_path: Path, name: str, formulas: str) -> None:
    file = lesson(name, formulas=formulas).save(tmp_path / "lesson.xlsx")
    assert_excel_would_open(file)


@each_lesson
def test_the_check_sheet_says_that_all_is_right(name: str) -> None:
    book = lesson(name)
    verdicts = [book[block].value for block in book.blocks if block.endswith("_verdict")]
    assert len(verdicts) > 2
    assert all(str(verdict).startswith("✓") for verdict in verdicts)


@each_lesson
def test_every_block_can_be_read(name: str) -> None:
    book = lesson(name)
    for block in map(book.__getitem__, book):
        assert len(block.labels) == block.value.ndim, block.block.name


@each_lesson
def test_a_title_says_more_than_the_name(name: str) -> None:
    titles = {block.name: block.caption.title for block in lesson(name).blocks.values()}
    told = {title for title in titles.values() if title}
    assert {title for title in told if title != title.strip()} == set()
    assert told
    assert not told & set(titles)


@each_lesson
@pytest.mark.parametrize("code", languages())
def test_a_note_does_not_repeat_its_title(name: str, code: str) -> None:
    captions = {block: found.caption for block, found in lesson(name, lang=code).blocks.items()}
    assert not [
        block for block, told in captions.items() if told.title and told.note == f"{told.title}."
    ]


@each_lesson
@each_translation
def test_a_title_by_role_is_translated(name: str, code: str) -> None:
    translated = lesson(name, lang=code).blocks
    for block in lesson(name).blocks.values():
        # The field says logits in every language.
        if block.caption.title not in ("", "Logits"):
            assert translated[block.name].caption.title != block.caption.title, block.name


@each_lesson
@each_translation
def test_no_english_is_left_in_a_translated_book(name: str, code: str) -> None:
    """No text with three English words after one another stands in both books."""
    english, translated = _texts(lesson(name)), _texts(lesson(name, lang=code))
    three_words = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")
    typed = set(map(str, LESSONS[name].options.values()))
    assert not {text for text in english & translated - typed if three_words.search(text)}


def _texts(book: Book) -> set[str]:
    found = {book.title, *(chart.title for sheet in book.sheets for chart in sheet.charts)}
    for sheet in book.sheets:
        for cell_block in sheet.cell_blocks if not sheet.hidden else ():
            found |= {value for value in cell_block.values.ravel() if isinstance(value, str)}
    return found


@each_lesson
@each_translation
def test_a_translated_book_recalculates(ironcalc: Engine, name: str, code: str) -> None:
    book = lesson(name, lang=code)
    assert book.language == code
    assert_book_recalculates(book, ironcalc)


@each_lesson
def test_the_same_lesson_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    """And no test that read the shared book has changed it."""
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    lesson(name).save(first)
    lessons.lesson(name).save(second)
    assert first.read_bytes() == second.read_bytes()


@each_lesson
def test_both_styles_hold_the_same_numbers(name: str) -> None:
    matrix, cell = lesson(name), lesson(name, formulas="cell")
    # An array formula reads whole ranges; for one cells may stand side by side once more.
    assert not [
        name for name in set(matrix.blocks) ^ set(cell.blocks) if "side_by_side" not in name
    ]
    for block in cell.blocks:
        if matrix[block].value.dtype != object:
            np.testing.assert_array_equal(matrix[block].value, cell[block].value)


PAGE_OF_SMALL_LETTERS = 210


def test_the_lessons_stand_in_an_order_that_can_be_read() -> None:
    """What a lesson needs comes before it, and is said."""
    names = list(LESSONS)
    for place, name in enumerate(names):
        assert set(LESSONS[name].needs) <= set(names[:place]), name
    assert names.index("cross-attention") < names.index("self-attention")
    assert names.index("positions") < names.index("self-attention")


@each_lesson
@pytest.mark.parametrize("code", languages())
def test_the_line_above_a_lesson_fits_the_page(name: str, code: str) -> None:
    told = LESSONS[name]
    if told.name:
        with use_language(find_language(code, name)):
            assert len(told.head()) <= PAGE_OF_SMALL_LETTERS


@each_lesson
def test_the_gallery_shows_a_step_that_the_lesson_has(name: str) -> None:
    headings = [stage.title for stage in lesson(name).stages]
    assert any(title.startswith(f"{LESSONS[name].picture} ") for title in headings)
