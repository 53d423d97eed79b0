"""The lesson, cell by cell: in both styles, in every engine, as written and after changes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from openpyxl.cell.cell import MergedCell

from sheetformer import Book, lessons, verify
from sheetformer.edits.edit import Edit
from sheetformer.edits.recalculate import edited
from sheetformer.engines.base import Edits, Engine
from sheetformer.lessons import vocabulary
from sheetformer.models.word_weights import embed, load_word_weights, read

from ..support import assert_book_recalculates, assert_excel_would_open
from ..workbook_edit import edit_cells
from .books import lesson, save_spoiled

ENGLISH, PORTUGUESE = vocabulary()
SENTENCES = {
    "default": ("I am happy", "eu sou feliz"),
    "bars": ("I am | happy", "sou | feliz"),
    "one word": ("happy", "feliz"),
    "longest": (" ".join(ENGLISH[3:19]), " ".join(PORTUGUESE[10:26])),
    "uneven bars": ("the red house | is | big", "a casa vermelha | é"),
}


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
@pytest.mark.parametrize("sentences", SENTENCES.values(), ids=list(SENTENCES))
def test_every_cell_recalculates(engine: Engine, sentences: tuple[str, str], formulas: str) -> None:
    book = lesson(source=sentences[0], target=sentences[1], formulas=formulas)
    assert_book_recalculates(book, engine)


@pytest.mark.parametrize("sentences", SENTENCES.values(), ids=list(SENTENCES))
def test_the_sheet_computes_what_the_model_computes(sentences: tuple[str, str]) -> None:
    source, target = (_rows(sentence) for sentence in sentences)
    weights = load_word_weights()
    book = lesson(source=sentences[0], target=sentences[1])
    query = embed(target, weights.target_words, weights.target_embeddings) @ weights.w_q
    key = embed(source, weights.source_words, weights.source_embeddings) @ weights.w_k
    exponentials = np.exp(query @ key.T / np.sqrt(weights.d_model))
    shares = exponentials / exponentials.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(book["weights"].value, shares, atol=1e-12)
    if all(len(row) == 1 for row in target):
        expected = read(weights, source, [row[0] for row in target])
        assert tuple(book["nearest_word"].value.ravel()) == expected.nearest
        np.testing.assert_allclose(
            book["nearest_similarity"].value.ravel(), expected.similarity, atol=1e-12
        )


def _rows(sentence: str) -> list[tuple[str, ...]]:
    if "|" in sentence:
        return [tuple(part.split()) for part in sentence.split("|")]
    return [(word,) for word in sentence.split()]


def test_attention_equals_pytorch() -> None:
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs the extra `torch`")
    book = lesson()
    query, key, value = (torch.tensor(book[name].value) for name in ("Q_", "K_", "V_"))
    blend = torch.nn.functional.scaled_dot_product_attention(query, key, value)
    np.testing.assert_allclose(book["blend"].value, blend.numpy(), atol=1e-12)


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_holds_again_after_changes_in_the_file(
    tmp_path: Path, engine: Engine, formulas: str
) -> None:
    """Words and weights change in the file, every cached value is wrong, and it is right again."""
    book = lesson(formulas=formulas)
    file = _changed(book, tmp_path, _edits(book))
    report = verify(file, engine)
    assert report.ok, str(report)
    assert report.cells == book.formula_cells
    weights = _read(engine, file, book, "weights")
    fresh = lesson(source="she is happy", target="ela está feliz")["weights"].value
    assert np.abs(weights - fresh).max() > 1e-3, "the changed weight must show"


def _edits(book: Book) -> Edits:
    """Other words in three cells, another number in W_K and in the table of embeddings."""
    words = {("source_words", 0, 0): "she", ("source_words", 1, 0): "is"}
    words |= {("target_words", 0, 0): "ela", ("target_words", 1, 0): "está"}
    numbers = {("W_K_learned", 1, 2): 0.75, ("english_embeddings", 5, 1): -1.5}
    return {_place(book, *at): value for at, value in {**words, **numbers}.items()}


def _place(book: Book, name: str, row: int, column: int) -> tuple[str, int, int]:
    block = book[name].block
    return block.sheet, block.matrices[0].row + row, block.matrices[0].column + column


def _changed(book: Book, folder: Path, edits: Edits) -> Path:
    file = folder / "file.xlsx"
    save_spoiled(book, file)
    edit_cells(file, file, edits)
    return file


def _read(engine: Engine, file: Path, book: Book, name: str) -> np.ndarray:
    block = book[name].block
    cells = engine.recalculate(file)[block.sheet]
    return np.array([cells[place] for place in block.cells]).reshape(block.node.shape)


def test_changed_words_give_the_other_sentence(tmp_path: Path, ironcalc: Engine) -> None:
    """What the sheet says after typing is what the lesson says when it is written so."""
    book = lesson()
    edits = {at: word for at, word in _edits(book).items() if isinstance(word, str)}
    file = _changed(book, tmp_path, edits)
    other = lesson(source="she is happy", target="ela está feliz")
    for name in ("X_source", "scores", "weights", "blend", "nearest_word"):
        found, expected = _read(ironcalc, file, book, name), other[name].value
        if expected.dtype == object:
            assert found.tolist() == expected.tolist()
        else:
            np.testing.assert_allclose(found.astype(float), expected, atol=1e-9)


def test_an_unknown_word_says_so_and_nothing_breaks(tmp_path: Path, engine: Engine) -> None:
    book = lesson()
    file = _changed(book, tmp_path, {_place(book, "source_words", 2, 0): "=HYPERLINK(1)"})
    assert verify(file, engine).ok
    message = _read(engine, file, book, "source_message").ravel().tolist()[2]
    assert message == "← no known English word: it is left out"
    np.testing.assert_allclose(_read(engine, file, book, "row_total").astype(float), 1.0)


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
@pytest.mark.parametrize("typed", ["", "hapy"])
def test_a_cell_without_a_known_word_takes_no_attention(
    tmp_path: Path, engine: Engine, formulas: str, typed: str
) -> None:
    """Its share is exactly 0, and all is as if the cell were not there."""
    book = lesson(formulas=formulas)
    shorter = lesson(source="I happy", formulas=formulas)
    file = _changed(book, tmp_path, {_place(book, "source_words", 1, 0): typed})
    for name in ("weights", "unscaled_weights"):
        found = _read(engine, file, book, name).astype(float)
        assert not found[:, 1].any()
        np.testing.assert_allclose(found[:, [0, 2]], shorter[name].value, atol=1e-9)
    blend = _read(engine, file, book, "blend").astype(float)
    np.testing.assert_allclose(blend, shorter["blend"].value, atol=1e-9)
    assert verify(file, engine).ok


def test_words_stand_at_every_score_and_share() -> None:
    book = lesson()
    words = [["eu", "sou", "feliz"], ["I", "am", "happy"]]
    for name in ("scaled", "masked", "shifted", "exponentials", "weights", "unscaled_slope"):
        assert list(book[name].labels) == words
    assert list(book["is_word"].labels) == [None, words[1]]


def test_where_no_word_is_left_nothing_is_looked_at(tmp_path: Path, engine: Engine) -> None:
    book = lesson()
    file = _changed(book, tmp_path, {_place(book, "source_words", i, 0): "" for i in range(3)})
    for name in ("weights", "unscaled_weights", "blend", "row_total"):
        assert not _read(engine, file, book, name).astype(float).any()
    assert verify(file, engine).ok


def test_a_phrase_counts_as_long_as_one_of_its_words_is_known(
    tmp_path: Path, ironcalc: Engine
) -> None:
    book = lesson(source="I am | happy", target="sou | feliz")
    one = _changed(book, tmp_path, {_place(book, "source_words", 0, 0): ""})
    assert _read(ironcalc, one, book, "is_word").ravel().tolist() == [1, 1]
    edits = {_place(book, "source_words", 0, i): "" for i in range(2)}
    both = _changed(book, tmp_path, edits)
    assert _read(ironcalc, both, book, "is_word").ravel().tolist() == [0, 1]


def test_the_unscaled_shares_are_the_softmax_of_the_scores() -> None:
    book = lesson()
    exponentials = np.exp(book["scores"].value)
    shares = exponentials / exponentials.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(book["unscaled_weights"].value, shares, atol=1e-12)


def test_wildcards_are_just_unknown_words(tmp_path: Path, engine: Engine) -> None:
    book = lesson()
    edits = {_place(book, "source_words", i, 0): word for i, word in enumerate(["?", "*", "~"])}
    file = _changed(book, tmp_path, edits)
    assert _read(engine, file, book, "source_number").ravel().tolist() == [0, 0, 0]


def test_the_switch_shows_the_bare_idea(tmp_path: Path, ironcalc: Engine) -> None:
    book = lesson()
    file = _changed(book, tmp_path, {_place(book, "use_learned", 0, 0): 0.0})
    for projected, words in (("Q_", "X_target"), ("K_", "X_source"), ("V_", "X_source")):
        found = _read(ironcalc, file, book, projected).astype(float)
        np.testing.assert_allclose(found, book[words].value, atol=1e-12)


def test_the_check_sheet_turns_by_itself(tmp_path: Path, engine: Engine) -> None:
    book = lesson()
    assert str(book["check_all_verdict"].value).startswith("✓")
    file = _changed(book, tmp_path, {_place(book, "source_words", 0, 0): "you"})
    cells = engine.recalculate(file)["Check"]
    verdicts = {
        name: str(cells[book[f"check_{name}_verdict"].block.cells[0]])[0]
        for name in ("all", "scores", "weights", "target_number", "W_Q")
    }
    assert verdicts == {"all": "→", "scores": "→", "weights": "→", "target_number": "✓", "W_Q": "✓"}


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
@pytest.mark.parametrize("sentences", SENTENCES.values(), ids=list(SENTENCES))
def test_excel_would_open_it(tmp_path: Path, sentences: tuple[str, str], formulas: str) -> None:
    file = tmp_path / "lesson.xlsx"
    lesson(source=sentences[0], target=sentences[1], formulas=formulas).save(file)
    assert_excel_would_open(file)


def test_the_default_workbook_is_small_and_always_the_same(tmp_path: Path) -> None:
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    lesson().save(first)
    lessons.lesson().save(second)
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_size < 125_000


def test_unscaled_shares_hardly_move() -> None:
    """The lesson's claim: without √d_k the shares are nearer 0 or 1, and their slopes smaller."""
    book = lesson()
    assert book["unscaled_slope"].value.mean() < book["scaled_slope"].value.mean()
    assert (np.ptp(book["scores"].value, axis=1) > np.ptp(book["scaled"].value, axis=1)).all()


def test_inputs_are_unlocked_and_formulas_are_not(tmp_path: Path) -> None:
    book = lesson()
    book.save(tmp_path / "lesson.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "lesson.xlsx")["Attention"]
    for name, locked in (("source_words", False), ("weights", True)):
        row, column = book[name].block.cells[0]
        assert sheet.cell(row + 1, column + 1).protection.locked is locked


def test_protecting_leaves_just_the_inputs_open(tmp_path: Path) -> None:
    """Neither learned numbers nor the legend; what is typed over an input stays open."""
    first = lesson()
    words = first["source_words"].block
    for book in (first, edited(first, [Edit(words.sheet, *words.cells[0], "happy")])):
        workbook = openpyxl.load_workbook(book.save(tmp_path / "lesson.xlsx"))
        opened = {
            (sheet.title, cell.row - 1, cell.column - 1)
            for sheet in workbook
            for cells in sheet.iter_rows()
            for cell in cells
            # openpyxl gives the cells behind a merged one its protection.
            if not cell.protection.locked and not isinstance(cell, MergedCell)
        }
        inputs = [block for block in book.blocks.values() if block.node.op == "input"]
        assert opened == {(block.sheet, *cell) for block in inputs for cell in block.cells}


def test_the_check_sheet_tells_a_changed_formula_from_a_changed_input(
    tmp_path: Path, ironcalc: Engine
) -> None:
    """Red although every input is as written: then a formula is the reason, and it says so."""
    book = lesson()
    plain, broken = tmp_path / "plain.xlsx", tmp_path / "broken.xlsx"
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(broken, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            new.writestr(item, data.replace(b"EXP(shifted)", b"2*EXP(shifted)"))
    cells = ironcalc.recalculate(broken)["Check"]
    verdict = {
        name: str(cells[book[f"check_{name}_verdict"].block.cells[0]])
        for name in ("inputs", "exponentials", "all")
    }
    assert verdict["inputs"] == "✓ all inputs are as they were written"
    assert verdict["exponentials"] == verdict["all"]
    assert verdict["all"] == "✗ a formula gives something else: sheetformer verify tells"


def test_an_emptied_word_leaves_empty_labels(tmp_path: Path, engine: Engine) -> None:
    book = lesson()
    file = _changed(book, tmp_path, {_place(book, "source_words", 1, 0): ""})
    assert verify(file, engine).ok
