"""The sheet that translates: every cell right, and every sentence what the network says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sheetformer import verify
from sheetformer.corpus import everyday
from sheetformer.engines.base import Engine
from sheetformer.errors import WordError
from sheetformer.lessons.translator import assurance
from sheetformer.lessons.translator.sheet import TranslationBook, translate
from sheetformer.models import decode

from ..support import assert_book_recalculates, assert_excel_would_open
from ..workbook_edit import edit_cells, spoil_cached_values

SENTENCE = "we see the red house"
HELD_OUT = [pair.source for pair in everyday.draw_pairs(200, "test")]


@pytest.fixture(scope="module")
def book() -> TranslationBook:
    return translate(SENTENCE)


def test_the_book_says_what_it_reads_and_writes(book: TranslationBook) -> None:
    expected = decode.generate_translation(SENTENCE)
    assert book.translation == expected.text == "nós vemos a casa vermelha"
    np.testing.assert_allclose(book.alignment, expected.alignment, atol=1e-9)
    assert book["alignment"].labels[0][:2] == ["<s> → nós", "nós → vemos"]


def test_a_person_can_point_at_red_and_vermelha(book: TranslationBook) -> None:
    rows, columns = book["alignment"].labels
    assert rows is not None
    assert columns is not None
    row = next(i for i, label in enumerate(rows) if label.endswith("→ vermelha"))
    assert columns[int(book["alignment"].value[row].argmax())] == "red"


def test_it_says_how_sure_it_is(book: TranslationBook) -> None:
    result = decode.generate_translation(SENTENCE)
    shares = book["written_probabilities"].value[0]
    np.testing.assert_allclose(shares[: len(result.words)], result.probabilities, atol=1e-9)
    assert not shares[len(result.words) :].any()
    assert book["how_sure"].value.item() == assurance.LEARNED
    assert "I never drink milk at night" in book["examples_english"].value


@pytest.mark.parametrize(
    ("typed", "translation", "verdict"),
    [
        ("", "", ""),
        ("zebra", "", assurance.UNKNOWN),
        ("I am happy", "eu sou feliz", assurance.LEARNED),
        ("the dog the cat house", None, assurance.UNLEARNED),
        ("I do not know where he lives", None, assurance.UNLEARNED),
    ],
)
def test_what_was_never_learned_is_said(
    tmp_path: Path, ironcalc: Engine, typed: str, translation: str | None, verdict: str
) -> None:
    book = translate(SENTENCE)
    words = [*typed.split(), *[""] * 11][:11]
    place = book["source_words"].block
    with ironcalc.open(book.save(tmp_path / "translator.xlsx")) as live:
        edits = {(place.sheet, *at): word for at, word in zip(place.cells, words, strict=True)}
        found = live.edit(edits)
    said = {
        name: str(found[book[name].block.sheet].get(book[name].block.cells[0], ""))
        for name in ("translation", "how_sure")
    }
    assert said["how_sure"] == verdict
    if translation is not None:
        assert said["translation"] == translation
    if typed and verdict == assurance.UNLEARNED:
        odd = decode.generate_translation(typed).unlearned
        marks = book["source_unlearned"].block
        marked = [bool(found[marks.sheet].get(cell, "")) for cell in marks.cells]
        assert tuple(np.flatnonzero(marked)) == odd


def test_a_page_finds_the_steps_by_their_roles(book: TranslationBook) -> None:
    named: dict[str, list[str]] = {}
    for name, block in book.blocks.items():
        named.setdefault(block.role, []).append(name)
    steps = range(1, len(named["next word"]) + 1)
    assert named["alignment"] == ["alignment"]
    assert named["next word"] == [f"step_{step}_written" for step in steps]
    assert named["decoder step"] == [f"step_{step}_label" for step in steps]
    own = [name for name in named["attention weights"] if name.startswith("step_1_")]
    assert own == ["step_1_self_weights", "step_1_cross_weights"]


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_every_cell_recalculates(engine: Engine, formulas: str) -> None:
    assert_book_recalculates(translate("is she tired ?", formulas), engine)


@pytest.mark.parametrize(
    ("name", "formulas", "count"),
    [
        ("ironcalc", "matrix", 200),
        ("ironcalc", "cell", 60),
        pytest.param("libreoffice", "matrix", 40, marks=pytest.mark.libreoffice),
        pytest.param("libreoffice", "cell", 20, marks=pytest.mark.libreoffice),
    ],
)
def test_held_out_sentences_typed_into_the_sheet(
    request: pytest.FixtureRequest, tmp_path: Path, name: str, formulas: str, count: int
) -> None:
    """Each typed sentence gives the words that the network gives."""
    engine: Engine = request.getfixturevalue(name)
    book = translate("I am happy", formulas)
    typed, translation = book["source_words"].block, book["translation"].block
    found: dict[str, str] = {}
    with engine.open(book.save(tmp_path / "translator.xlsx")) as live:
        for sentence in HELD_OUT[:count]:
            words = [*sentence, *[""] * (len(typed.cells) - len(sentence))]
            edits = {(typed.sheet, *at): word for at, word in zip(typed.cells, words, strict=True)}
            answer = live.edit(edits)[translation.sheet].get(translation.cells[0], "")
            found[" ".join(sentence)] = str(answer)
    assert len(found) == count
    assert found == {sentence: decode.generate_translation(sentence).text for sentence in found}


def test_holds_again_after_weights_and_words_change_in_the_file(
    tmp_path: Path, book: TranslationBook, engine: Engine
) -> None:
    plain, edited, file = (tmp_path / name for name in ("plain.xlsx", "edited.xlsx", "file.xlsx"))
    book.save(plain)
    edits = {_place(book, "source_words", 3): "small", _place(book, "source_words", 4): ""}
    edits |= {_place(book, "decoder_1_cross_attention_w_k", 5): 1.25}
    edit_cells(plain, edited, edits)
    spoil_cached_values(edited, file)
    report = verify(file, engine)
    assert report.ok, str(report)
    assert report.cells == book.formula_cells


def _place(book: TranslationBook, name: str, cell: int) -> tuple[str, int, int]:
    block = book[name].block
    return block.sheet, *block.cells[cell]


def test_excel_would_open_it_and_it_is_small(tmp_path: Path, book: TranslationBook) -> None:
    file = book.save(tmp_path / "translator.xlsx")
    assert_excel_would_open(file)
    assert file.stat().st_size < 3_000_000


@pytest.mark.parametrize(
    ("sentence", "message"),
    [("", "no word"), ("we see the hause", "hause"), ("the " * 12, "at most 11")],
)
def test_refused_in_one_sentence(sentence: str, message: str) -> None:
    with pytest.raises(WordError, match=message):
        translate(sentence)
