"""The lesson self-attention: right beside PyTorch with every mask, and true in what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sheetformer import Book
from sheetformer.engines.base import Engine
from sheetformer.errors import SheetformerError, WordError
from sheetformer.models import transformer
from sheetformer.models.decode import load_translator
from sheetformer.models.weights_file import SMALL

from ..support import assert_book_recalculates
from .books import lesson
from .changed import after_typing

BOOK = lesson("self-attention")
WORDS = 5
CASES: dict[str, dict[tuple[str, int, int], Any]] = {
    "as written": {},
    "causal": {("causal", 0, 0): 1.0},
    "padding seen": {("hide_padding", 0, 0): 0.0},
    "causal, padding seen": {("causal", 0, 0): 1.0, ("hide_padding", 0, 0): 0.0},
    "two words emptied": {("sentence_words", 4, 0): "", ("sentence_words", 1, 0): ""},
    "causal, first emptied": {("causal", 0, 0): 1.0, ("sentence_words", 0, 0): ""},
    "all words emptied": {("sentence_words", i, 0): "" for i in range(WORDS)},
    "all cells full": {("sentence_words", 5, 0): "cat", ("causal", 0, 0): 1.0},
}


def masks(book: Any) -> tuple[np.ndarray, np.ndarray]:
    """Which rows hold a word, and who may look at whom, built apart from the sheet."""
    known = book["sentence_number"].astype(float).ravel() > 0
    count = len(known)
    allowed = np.ones((count, count), dtype=bool)
    if book["causal"].item() == 1:
        allowed &= np.tri(count, dtype=bool)
    if book["hide_padding"].item() == 1:
        allowed &= known[:, None] & known[None, :]
    return known, allowed


BOTH_STYLES = [
    *((case, "matrix") for case in CASES),
    ("causal, padding seen", "cell"),
    ("all words emptied", "cell"),
]


@pytest.mark.parametrize(("case", "formulas"), BOTH_STYLES)
def test_every_mask_is_that_of_pytorch(
    tmp_path: Path, ironcalc: Engine, case: str, formulas: str
) -> None:
    typed = CASES[case]
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs the extra `torch`")
    book = after_typing(lesson("self-attention", formulas=formulas), tmp_path, ironcalc, typed)
    known, allowed = masks(book)
    q, k, v = (torch.tensor(book[f"{name}_"].astype(float)) for name in "QKV")
    mask = torch.tensor(allowed)
    blend = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    np.testing.assert_allclose(book["blend"].astype(float), blend.numpy(), rtol=0, atol=1e-9)
    weights = book["weights"].astype(float)
    assert (weights[~allowed] == 0).all()
    np.testing.assert_allclose(
        weights.sum(axis=1), allowed.any(axis=1).astype(float), rtol=0, atol=1e-12
    )
    expected = BOOK["sentence_words"].value.copy().ravel()
    for (name, row, _), word in typed.items():
        if name == "sentence_words":
            expected[row] = word
    places = np.where(known, weights.argmax(axis=1), np.arange(len(known)))
    seen = [word or "(empty)" for word in expected[places]]
    assert book["looks_at"].ravel().tolist() == seen


@pytest.mark.parametrize("causal", [False, True])
def test_the_layer_is_that_of_pytorch_with_both_masks(
    tmp_path: Path, ironcalc: Engine, causal: bool
) -> None:
    """`key_padding_mask` hides columns only, so the rows of words are compared."""
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs the extra `torch`")
    typed = {("causal", 0, 0): float(causal), ("sentence_words", 2, 0): ""}
    book = after_typing(BOOK, tmp_path, ironcalc, typed)
    known, _ = masks(book)
    x = torch.tensor(book["X_"].astype(float))
    layer = torch.nn.MultiheadAttention(8, 1, bias=False, dtype=torch.float64)
    matrices = [torch.tensor(book[f"W_{letter}"].astype(float)).T for letter in "QKV"]
    layer.in_proj_weight = torch.nn.Parameter(torch.cat(matrices))
    layer.out_proj.weight = torch.nn.Parameter(torch.eye(8, dtype=torch.float64))
    later = torch.tensor(~np.tri(len(known), dtype=bool)) if causal else None
    padding = torch.tensor(~known)
    with torch.no_grad():
        blend, weights = layer(x, x, x, key_padding_mask=padding, attn_mask=later)
    for name, found in (("blend", blend), ("weights", weights)):
        np.testing.assert_allclose(book[name].astype(float)[known], found.numpy()[known], atol=1e-9)
    assert (book["blend"].astype(float)[~known] == 0).all()


def test_x_is_what_the_translators_encoder_reads() -> None:
    model = load_translator(SMALL)
    tensors = model.weights.tensors
    numbers = model.read(["we", "see", "the", "red", "house"])
    rows = tensors["source_embedding"][[*numbers, 0]]
    placed = transformer.embed(rows, transformer.positional_encoding(6, 8))
    x = transformer.layer_norm(tensors, "encoder.0.norm_1", placed)
    np.testing.assert_allclose(BOOK["X_"].value, x, rtol=0, atol=1e-12)
    _, weights = transformer.attend(
        tensors, "encoder.0.self_attention", x, x, np.arange(6) < WORDS, heads=1
    )
    np.testing.assert_allclose(
        BOOK["weights"].value[:WORDS], weights[0][:WORDS], rtol=0, atol=1e-12
    )


def test_the_and_red_look_at_house() -> None:
    weights = BOOK["weights"].value
    assert (weights[[2, 3], 4] > 0.75).all()
    assert BOOK["looks_at"].value.ravel().tolist()[2:4] == ["house", "house"]


def test_without_the_padding_mask_shares_leak_into_the_empty_cell(
    tmp_path: Path, ironcalc: Engine
) -> None:
    book = after_typing(BOOK, tmp_path, ironcalc, CASES["padding seen"])
    leaked = book["weights"].astype(float)[:WORDS, WORDS]
    assert leaked.max() > 0.5
    assert (BOOK["weights"].value[:, WORDS] == 0).all()


@pytest.mark.parametrize("causal", [False, True])
def test_with_the_causal_mask_no_row_knows_a_later_word(
    tmp_path: Path, ironcalc: Engine, causal: bool
) -> None:
    """Another last word moves the rows before it exactly if they may see it."""
    switched = {("causal", 0, 0): float(causal)}
    before = after_typing(BOOK, tmp_path, ironcalc, switched)["blend"].astype(float)
    last = {**switched, ("sentence_words", WORDS - 1, 0): "cat"}
    after = after_typing(BOOK, tmp_path, ironcalc, last)["blend"].astype(float)
    moved = np.abs(after - before).max(axis=1)
    assert (moved[: WORDS - 1] < 1e-12).all() == causal
    assert moved[WORDS - 1] > 0.01
    if causal:
        first = after_typing(BOOK, tmp_path, ironcalc, switched)["weights"].astype(float)[0]
        assert first.tolist() == [1, 0, 0, 0, 0, 0]


def test_a_hidden_score_is_shown_as_minus_infinity_from_the_first_switch_on() -> None:
    """Without padding nothing is hidden as the file is written, but a switch can hide."""
    book = lesson("self-attention", sentence="we see the red house we see the")
    assert (book["masked"].value > -100).all()
    sheet = next(sheet for sheet in book.sheets if sheet.name == "Attention")
    hiding = {(scale.row, scale.column) for scale in sheet.scales if scale.hides}
    for name in ("masked", "row_max"):
        matrix = book[name].block.matrices[0]
        assert (matrix.row, matrix.column) in hiding
    matrix = book["scaled"].block.matrices[0]
    assert (matrix.row, matrix.column) not in hiding


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
@pytest.mark.parametrize("sentence", ["happy", "the red house | is | big", "I am " * 4])
def test_other_sentences_recalculate(ironcalc: Engine, sentence: str, formulas: str) -> None:
    book = lesson("self-attention", sentence=sentence, formulas=formulas)
    assert_book_recalculates(book, ironcalc)
    assert "vermelha" not in _texts(book)


def test_other_sentences_are_not_told_of_the_red_house() -> None:
    assert "vermelha" in _texts(BOOK)


def _texts(book: Book) -> str:
    return " ".join(stage.text for stage in book.stages)


@pytest.mark.parametrize("sentence", ["", "I am " * 5, "the reed house"])
def test_bad_sentences(sentence: str) -> None:
    with pytest.raises(WordError) as caught:
        lesson("self-attention", sentence=sentence)
    assert str(caught.value).count(". ") == 0


def test_it_has_no_heads() -> None:
    with pytest.raises(SheetformerError, match="no option 'heads'"):
        lesson("self-attention", heads=2)


@pytest.mark.parametrize("hidden", [1.0, 0.0])
def test_each_row_is_told_in_words(tmp_path: Path, engine: Engine, hidden: float) -> None:
    typed = {("sentence_words", 4, 0): "cat", ("hide_padding", 0, 0): hidden}
    book = after_typing(BOOK, tmp_path, engine, typed)
    words, looks = (book[name].ravel() for name in ("sentence_words", "looks_at"))
    most = 100 * book["weights"].astype(float).max(axis=1)
    told = book["looks_told"].ravel().tolist()
    seen = zip(words, looks, most, strict=True)
    expected = [f"“{word}” looks most at “{at or ''}”: {share:.0f} %" for word, at, share in seen]
    assert told[:WORDS] == expected[:WORDS]
    assert told[WORDS] == (
        "An empty cell looks nowhere." if hidden else "An empty cell looks, too."
    )


def test_where_a_row_is_hidden_its_exponentials_are_all_alike_and_its_shares_0() -> None:
    """And the note says so: 0 for the hidden holds in the rows of words only."""
    exponentials, weights = BOOK["exponentials"], BOOK["weights"].value
    assert (exponentials.value[:WORDS, WORDS] == 0).all()
    assert (exponentials.value[WORDS] == 1).all()
    assert (weights[WORDS] == 0).all()
    note = exponentials.block.caption.note
    assert note == "1 for the best, 0 for the hidden; in a row where all are hidden, all 1."


def test_the_same_word_twice_gets_two_shares() -> None:
    """Its place is in its row; in the lesson cross-attention equal words get equal shares."""
    weights = lesson("self-attention", sentence="the the the the")["weights"].value[0, :4]
    assert len(set(weights.round(6))) == 4
    other = lesson("cross-attention", source="the the the the", target="a")["weights"].value
    np.testing.assert_allclose(other, 0.25)
