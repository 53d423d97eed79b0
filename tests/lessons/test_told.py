"""What a lesson says of a row where no known word stands: never a nearest word for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sheetformer.engines.base import Engine

from .books import lesson
from .changed import Typed, after_typing

NO_WORD = "No known word stands here: its numbers are all 0, and nothing is compared."
EMPTY, UNKNOWN = "", "zebra"


def typed(folder: Path, engine: Engine, name: str, block: str, *words: str) -> Typed:
    """The lesson after words were typed into the first rows of a block."""
    edits: dict[tuple[str, int, int], Any] = {(block, i, 0): one for i, one in enumerate(words)}
    return after_typing(lesson(name), folder, engine, edits)


def test_without_a_known_source_word_nothing_is_looked_at(tmp_path: Path, ironcalc: Engine) -> None:
    book = typed(tmp_path, ironcalc, "cross-attention", "source_words", UNKNOWN, EMPTY, UNKNOWN)
    assert set(book["looks_at"].ravel()) == set(book["nearest_word"].ravel()) == {"—"}
    assert set(book["won"].ravel()) == {"No source word is known: nothing is blended."}
    assert set(book["distance_told"].ravel()) == {NO_WORD}
    assert book["blend_told"][0, 0] == "eu = 0 % zebra  +  0 % (empty)  +  0 % zebra"


@pytest.mark.parametrize("word", [EMPTY, UNKNOWN])
def test_an_unknown_target_word_asks_nothing(tmp_path: Path, ironcalc: Engine, word: str) -> None:
    book = typed(tmp_path, ironcalc, "cross-attention", "target_words", word)
    assert book["nearest_word"].ravel().tolist() == ["—", "sou", "feliz"]
    assert book["won"][0, 0].endswith("it asks nothing, and all source words count alike.")
    assert book["blend_told"][0, 0].startswith(f"{word or '(empty)'} = 33 % I")
    assert book["weights"][0].astype(float) == pytest.approx(1 / 3)


def test_heads_say_which_cells_are_empty(tmp_path: Path, ironcalc: Engine) -> None:
    book = typed(tmp_path, ironcalc, "multi-head", "sentence_words", EMPTY)
    for told in (book[f"head{i}_told"].ravel() for i in (1, 2)):
        assert told[0] == "An empty cell looks, too."
        assert not [one for one in told if "“”" in one or "“0”" in one]


def test_no_nearest_word_is_told_for_an_unknown_one(tmp_path: Path, ironcalc: Engine) -> None:
    book = lesson("dot-product")
    edits: dict[tuple[str, int, int], Any] = {
        ("target_words", 0, 0): UNKNOWN, ("a_words", 0, 0): EMPTY, ("query_words", 0, 0): UNKNOWN
    }  # fmt: skip
    told = after_typing(book, tmp_path, ironcalc, edits)
    assert told["best_told"][0, 0] == told["pair_told"][0, 0] == NO_WORD
    assert told["best_told"][1, 0].startswith("“triste”: the best is “sad”")
    assert told["nearest_told"][0, 0].endswith("all entries count alike.")
