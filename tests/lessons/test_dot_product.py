"""The lesson dot-product: what its texts say is true of its numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sheetformer.engines.base import Engine
from sheetformer.errors import WordError

from ..support import assert_book_recalculates
from .books import lesson
from .changed import after_typing

BOOK = lesson("dot-product")


def test_a_word_is_four_numbers() -> None:
    assert BOOK["X_source"].value.shape == (5, 4)


def test_products_add_up_to_the_dot_product() -> None:
    one, two = BOOK["X_a"].value, BOOK["X_b"].value
    np.testing.assert_allclose(BOOK["products"].value, (one * two).T)
    np.testing.assert_allclose(BOOK["dot"].value, np.vdot(one, two))


def test_cosines_equal_pytorch() -> None:
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs the extra `torch`")
    source, target = (torch.tensor(BOOK[name].value) for name in ("X_source", "X_target"))
    cosines = torch.nn.functional.cosine_similarity(target[:, None], source[None], dim=-1)
    np.testing.assert_allclose(BOOK["cosines"].value, cosines.numpy(), atol=1e-12)
    np.testing.assert_allclose(BOOK["cosine"].value, cosines[:1, :1].numpy(), atol=1e-12)


def test_the_soft_look_up_is_attention_without_scale() -> None:
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs the extra `torch`")
    query, rows = (torch.tensor(BOOK[name].value) for name in ("X_query", "X_source"))
    answer = torch.nn.functional.scaled_dot_product_attention(query, rows, rows, scale=1.0)
    np.testing.assert_allclose(BOOK["answer"].value, answer.numpy(), atol=1e-12)


@pytest.mark.parametrize("best", ["dot_best", "cosine_best"])
def test_each_portuguese_word_finds_its_english_one(best: str) -> None:
    assert BOOK[best].value.ravel().tolist() == ["happy", "sad", "red", "boy", "door"]


def test_a_longer_vector_makes_them_disagree_as_the_text_says(
    engine: Engine, tmp_path: Path
) -> None:
    sad = BOOK["english_words"].value.ravel().tolist().index("sad")
    typed = after_typing(BOOK, tmp_path, engine, {("english_embeddings", sad, 0): 9.0})
    told = "“feliz”: the best is “sad” by dot product, “happy” by cosine. They differ."
    assert typed["best_told"].ravel()[0] == told


def test_every_vector_of_the_table_is_as_long_as_the_text_says() -> None:
    for name in ("source_length", "target_length", "a_length", "b_length"):
        np.testing.assert_allclose(BOOK[name].value, 2, atol=2e-4)


def test_pairs_fit_as_the_text_says() -> None:
    fits = [
        lesson("dot-product", source=f"happy {word}", target=other)["cosine"].value.item()
        for word, other in (("sad", "feliz"), ("sad", "triste"), ("door", "porta"))
    ]
    assert fits[0] > 0.99 > fits[1] > 0.8
    assert fits[2] < 0.5


def test_the_exact_look_up_gives_the_row() -> None:
    assert BOOK["one_hot"].value.tolist() == [[1, 0, 0, 0, 0]]
    np.testing.assert_array_equal(BOOK["found"].value, BOOK["X_source"].value[:1])


def test_a_word_that_stands_twice_is_shared() -> None:
    book = lesson("dot-product", source="red house red")
    assert book["one_hot"].value.tolist() == [[0.5, 0, 0.5]]
    np.testing.assert_array_equal(book["found"].value, book["X_exact"].value)


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_a_word_that_is_not_in_the_list_gives_zeros(
    engine: Engine, tmp_path: Path, formulas: str
) -> None:
    book = lesson("dot-product", formulas=formulas)
    typed = after_typing(book, tmp_path, engine, {("exact_words", 0, 0): "cat"})
    assert typed["X_exact"].astype(float).any()
    assert not typed["one_hot"].astype(float).any()
    assert not typed["found"].astype(float).any()


@pytest.mark.parametrize(
    ("sharpness", "shares"), [(0.0, [0.2] * 5), (1000.0, [1.0, 0.0, 0.0, 0.0, 0.0])]
)
def test_sharpness_goes_from_all_alike_to_all_for_the_best(
    engine: Engine, tmp_path: Path, sharpness: float, shares: list[float]
) -> None:
    typed = after_typing(BOOK, tmp_path, engine, {("sharpness", 0, 0): sharpness})
    np.testing.assert_allclose(typed["soft_shares"].astype(float), [shares], atol=1e-12)


def test_other_words_give_their_own_numbers(ironcalc: Engine, tmp_path: Path) -> None:
    words = {("a_words", 0, 0): "red", ("b_words", 0, 0): "vermelha"}
    words |= {("query_words", 0, 0): "porta", ("exact_words", 0, 0): "DOOR"}
    typed = after_typing(BOOK, tmp_path, ironcalc, words)
    assert typed["cosine"].item() > 0.9
    assert typed["nearest_word"].item() == "door"
    np.testing.assert_array_equal(typed["found"].ravel(), BOOK["X_source"].value[4])


def test_an_unknown_word_breaks_nothing(engine: Engine, tmp_path: Path) -> None:
    unknown = dict.fromkeys([("a_words", 0, 0), ("query_words", 0, 0), ("source_words", 2, 0)], "*")
    typed = after_typing(BOOK, tmp_path, engine, unknown)
    assert typed["cosine"].item() == 0
    np.testing.assert_allclose(typed["soft_shares"].astype(float), 0.2)
    for block in ("a_message", "query_message"):
        assert "no known" in typed[block].item()


@pytest.mark.parametrize(
    ("source", "target"),
    [("happy", "feliz"), ("I am | happy", "sou | feliz"), (" ".join(["red"] * 16), "a casa")],
)
def test_other_lists_recalculate(ironcalc: Engine, source: str, target: str) -> None:
    books = [
        lesson("dot-product", source=source, target=target, formulas=formulas)
        for formulas in ("matrix", "cell")
    ]
    assert_book_recalculates(books, ironcalc)


def test_unknown_words_are_refused() -> None:
    with pytest.raises(WordError, match="the nearest known words are happy"):
        lesson("dot-product", source="hapy")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("happy", "feliz"), "point much the same way"),
        (("happy", "não"), "point much the opposite way"),
        (("red", "porta"), "point rather across each other"),
    ],
)
def test_a_pair_is_told_in_words(
    engine: Engine, tmp_path: Path, words: tuple[str, str], said: str
) -> None:
    edits = {("a_words", 0, 0): words[0], ("b_words", 0, 0): words[1]}
    typed = after_typing(BOOK, tmp_path, engine, edits)
    similarity = typed["cosine"].item()
    told = f"“{words[0]}” and “{words[1]}” {said} (cosine {round(similarity, 2):g})."
    assert typed["pair_told"].item() == told


def test_the_best_are_told_in_words() -> None:
    told = "“feliz”: the best is “happy” by dot product, “happy” by cosine. They agree."
    assert BOOK["best_told"].value[0, 0] == told
    assert all(told.endswith("They agree.") for told in BOOK["best_told"].value.ravel())


@pytest.mark.parametrize(("typed", "count"), [("happy", 1), ("cat", 0)])
def test_an_exact_look_up_is_told_in_words(
    ironcalc: Engine, tmp_path: Path, typed: str, count: int
) -> None:
    told = after_typing(BOOK, tmp_path, ironcalc, {("exact_words", 0, 0): typed})["exact_told"]
    comes = "so its row comes back." if count else "so a row of zeros comes back."
    assert told.item() == f"Entries of the list that are “{typed}”: {count}, {comes}"


def test_the_answer_is_told_in_words() -> None:
    shares = BOOK["soft_shares"].value[0]
    parts = zip(shares, ["happy", "sad", "red", "boy", "door"], strict=True)
    told = "  +  ".join(f"{100 * share:.0f} % {word}" for share, word in parts)
    assert BOOK["answer_told"].value.item() == f"feliz = {told}"
    assert "“happy” (cosine " in BOOK["nearest_told"].value.item()


def test_an_entry_that_stands_twice_gets_the_same_share_twice() -> None:
    shares = lesson("dot-product", source="the house the", target="casa")["soft_shares"].value[0]
    assert shares[0] == shares[2]
