"""The lesson's own model: what its card says is what its numbers do."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import fields, replace
from importlib.resources import files

import numpy as np
import pytest
from safetensors.numpy import load, save

from sheetformer.corpus.word_pairs import KINDS, WORDS, Example, split, target_kinds
from sheetformer.errors import FileError
from sheetformer.files import METADATA_KEY, read_metadata
from sheetformer.models.word_weights import (
    FILE_NAME,
    decode,
    kind_precisions,
    load_word_weights,
    plane_precision,
    read,
    translation_precision,
    word_accuracy,
)

WEIGHTS = load_word_weights()
FOLDER = files("sheetformer.models") / "weights"
CARD = (FOLDER / "cross_attention.md").read_text(encoding="utf-8")
CONTENT = (FOLDER / FILE_NAME).read_bytes()


def stated(name: str) -> float:
    """Read the first figure of a row of the card's table."""
    found = re.search(rf"^\| {re.escape(name)} \| \**([0-9.]+)", CARD, re.MULTILINE)
    assert found, f"the card has no row {name!r}"
    return float(found[1])


def test_card_states_the_figures_of_the_held_out_sentences() -> None:
    figures = word_accuracy(WEIGHTS, split().test)
    assert stated("alignment") == pytest.approx(figures.alignment, abs=5e-5)
    assert stated("recovered") == pytest.approx(figures.recovered, abs=5e-5)
    assert stated("weight on the right word") == pytest.approx(figures.weight, abs=5e-4)
    assert figures.alignment >= 0.97
    assert figures.recovered >= 0.93


def test_card_states_how_close_translations_lie() -> None:
    source, target = plane_precision(WEIGHTS, split().train)
    assert stated("nearest in the chart, English words") == pytest.approx(source, abs=5e-5)
    assert stated("nearest in the chart, Portuguese words") == pytest.approx(target, abs=5e-5)


def test_like_words_are_alike() -> None:
    learned = (*split().train, *split().lesson)
    own = kind_precisions(WEIGHTS, KINDS, target_kinds(learned))
    alike = translation_precision(WEIGHTS, split().train)
    for figures, name in (
        (own, "most alike is of its kind"),
        (alike, "most alike of the other language is a translation"),
    ):
        for figure, language in zip(figures, ("English", "Portuguese"), strict=True):
            assert stated(f"{name}, {language} words") == pytest.approx(figure, abs=5e-5)
            assert figure >= 0.9


def test_words_of_one_kind_are_alike_as_the_card_says() -> None:
    index = {word: number for number, word in enumerate(WEIGHTS.source_words)}
    likeness = WEIGHTS.source_embeddings @ WEIGHTS.source_embeddings.T / 4
    pairs = {("happy", "sad"): 0.88, ("happy", "sick"): 0.90, ("red", "white"): 0.81}
    for (one, other), stated_likeness in (pairs | {("happy", "milk"): 0.78}).items():
        assert likeness[index[one], index[other]] == pytest.approx(stated_likeness, abs=5e-3)
    words = WEIGHTS.source_words[1:]
    same = [
        likeness[index[one], index[other]]
        for place, one in enumerate(words)
        for other in words[:place]
        if KINDS[one] == KINDS[other]
    ]
    assert np.mean(same) == pytest.approx(0.81, abs=5e-3)
    assert min(same) > 0.45


def test_no_vector_is_longer_than_another() -> None:
    for table in (WEIGHTS.source_embeddings, WEIGHTS.target_embeddings):
        np.testing.assert_allclose(np.linalg.norm(table[1:], axis=1), 2, atol=2e-4)


def test_the_first_lesson_tells_its_story_without_learned_matrices() -> None:
    bare = replace(WEIGHTS, w_q=np.eye(4) * 2, w_k=np.eye(4), w_v=np.eye(4))
    for rows, target in (
        ([("I", "am"), ("happy",)], ("sou", "feliz")),
        ([("I",), ("am",), ("happy",)], ("eu", "sou", "feliz")),
    ):
        for weights in (WEIGHTS, bare):
            assert min(np.diag(read(weights, rows, target).weights)) > 0.75


def test_every_word_of_the_lesson_has_a_kind() -> None:
    assert set(KINDS) == WORDS
    kinds = list(KINDS.values())
    assert min(kinds.count(kind) for kind in kinds) >= 2
    target = target_kinds((*split().train, *split().lesson))
    assert set(target) == set(WEIGHTS.target_words[1:])
    assert (target["feliz"], target["vermelha"], target["casa"]) == ("feeling", "colour", "thing")


@pytest.mark.parametrize("example", split().lesson, ids=lambda each: " ".join(each.target))
def test_lesson_sentences_are_aligned_and_recovered(example: Example) -> None:
    reading = read(WEIGHTS, example.rows, example.target)
    assert reading.nearest == example.target
    for row, gold in zip(reading.weights, example.gold, strict=True):
        assert int(row.argmax()) in gold


def test_a_phrase_row_is_attended_to_clearly() -> None:
    reading = read(WEIGHTS, [("I", "am"), ("happy",)], ("sou", "feliz"))
    np.testing.assert_array_less(0.9, np.diag(reading.weights))


def test_weights_stay_readable_and_the_root_matters() -> None:
    scaled, unscaled = [], []
    larger = replace(WEIGHTS, w_q=WEIGHTS.w_q * np.sqrt(WEIGHTS.d_model))
    for example in split().test:
        scaled += list(read(WEIGHTS, example.rows, example.target).weights.max(axis=1))
        unscaled += list(read(larger, example.rows, example.target).weights.max(axis=1))
    assert 0.7 < np.mean(scaled) < 0.85
    assert max(scaled) < 0.995
    assert np.mean(unscaled) > np.mean(scaled) + 0.1


def test_numbers_are_of_a_friendly_size() -> None:
    for field in fields(WEIGHTS)[2:]:
        numbers = getattr(WEIGHTS, field.name)
        assert np.mean(np.abs(numbers) < 3) > 0.95
        np.testing.assert_array_equal(numbers, np.round(numbers, 4))
        assert not np.signbit(numbers[numbers == 0]).any()


def test_vocabularies_are_sorted_behind_the_empty_word() -> None:
    for words in (WEIGHTS.source_words, WEIGHTS.target_words):
        assert words[0] == ""
        assert list(words[1:]) == sorted(set(words[1:]))
        assert 60 <= len(words) - 1 <= 160
    assert set(WEIGHTS.source_words[1:]) == WORDS
    assert not WEIGHTS.source_embeddings[0].any()
    assert not WEIGHTS.target_embeddings[0].any()


def test_an_unknown_word_attends_to_all_alike() -> None:
    reading = read(WEIGHTS, [("I",), ("am",)], ("xyz",))
    np.testing.assert_allclose(reading.weights, [[0.5, 0.5]])


def test_no_sentence_stands_in_two_parts() -> None:
    parts = split()
    sources = [{example.rows for example in part} for part in (parts.development, parts.test)]
    learned = {example.rows for example in (*parts.train, *parts.lesson)}
    assert not sources[0] & sources[1]
    assert not (sources[0] | sources[1]) & learned


def test_the_package_is_small_and_needs_no_torch() -> None:
    assert len(CONTENT) < 100_000
    code = (
        "import sys, sheetformer, sheetformer.models.word_weights as w;"
        "w.load_word_weights(); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _with(**changed: np.ndarray) -> bytes:
    header = {METADATA_KEY: json.dumps(read_metadata(CONTENT))}
    return save({**load(CONTENT), **changed}, header)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "damaged"),
        (b"not safetensors at all", "damaged"),
        (CONTENT[:-8], "damaged"),
        (save(load(CONTENT)), "damaged"),
        (_with(w_q=np.zeros((3, 4))), r"4 × 4 numbers as w_q, but holds 3 × 4"),
        (_with(w_v=np.zeros((4, 4), dtype=np.float32)), "damaged"),
        (_with(w_k=np.full((4, 4), np.nan)), "no number"),
        (_with(target_embeddings=WEIGHTS.target_embeddings[1:]), "target_embeddings"),
        (_with(source_embeddings=np.ones_like(WEIGHTS.source_embeddings)), "empty word"),
        (_with(extra=np.zeros(1)), "damaged"),
    ],
)
def test_a_damaged_file_is_refused_in_one_sentence(content: bytes, message: str) -> None:
    with pytest.raises(FileError, match=message) as caught:
        decode(content)
    assert "\n" not in str(caught.value)


def test_a_good_copy_is_read_alike() -> None:
    again = decode(_with())
    assert again.source_words == WEIGHTS.source_words
    np.testing.assert_array_equal(again.w_q, WEIGHTS.w_q)


def test_the_same_seed_gives_the_same_bytes() -> None:
    pytest.importorskip("torch", reason="training needs PyTorch: pip install sheetformer[torch]")
    from sheetformer.models.train.train_word_model import Settings, train

    short = Settings(steps=20)
    first = train(split(), short)
    assert first == train(split(), short)
    assert first != train(split(), replace(short, seed=short.seed + 1))


def test_training_learns_to_align() -> None:
    pytest.importorskip("torch", reason="training needs PyTorch: pip install sheetformer[torch]")
    from sheetformer.models.train.train_word_model import Settings, train

    weights = decode(train(split(), Settings(steps=400)))
    assert word_accuracy(weights, split().development).alignment > 0.7
