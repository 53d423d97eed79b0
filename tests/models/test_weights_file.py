"""Files of translators: what a good one gives back, and what is said of a bad one."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save

from sheetformer.corpus.vocabulary import Vocabulary
from sheetformer.errors import FileError
from sheetformer.files import METADATA_KEY, read_metadata
from sheetformer.models import weights_file, word_weights
from sheetformer.models.weights_file import DEFAULT, SMALL, VARIANTS, decode, encode, load

from ..attack.weights import tampered_translators, tampered_word_weights

FOLDER = Path(str(files("sheetformer.models") / "weights"))
CONTENT = (FOLDER / f"{SMALL}.safetensors").read_bytes()
WEIGHTS = load(SMALL)
TENSORS = load_tensors(CONTENT)
METADATA = read_metadata(CONTENT)


def file(change: dict[str, np.ndarray] | None = None, **metadata: Any) -> bytes:
    """The shipped file with something changed."""
    text = json.dumps({**METADATA, **metadata})
    return save({**TENSORS, **(change or {})}, {METADATA_KEY: text})


@pytest.mark.parametrize("name", VARIANTS)
def test_shipped_files_are_small_and_sound(name: str) -> None:
    small = name != DEFAULT
    assert (FOLDER / f"{name}.safetensors").stat().st_size < (100_000 if small else 800_000)
    assert (load(name).vocabulary == WEIGHTS.vocabulary) == small


def test_what_was_learned_is_written_and_read_again() -> None:
    weights = load()
    assert weights.constructions
    assert decode(encode(weights), "again").constructions == weights.constructions
    fewer = replace(weights.constructions, kinds=weights.constructions.kinds[1:])
    with pytest.raises(FileError, match="other words than kinds of words"):
        decode(encode(replace(weights, constructions=fewer)), "bad")


def test_numbers_are_short_decimals() -> None:
    for tensor in WEIGHTS.tensors.values():
        np.testing.assert_array_equal(tensor, np.round(tensor, weights_file.DECIMALS))
        assert not np.signbit(tensor[tensor == 0]).any()


def test_what_is_written_is_read_again() -> None:
    again = decode(encode(WEIGHTS), "again")
    assert again.vocabulary == WEIGHTS.vocabulary
    assert again.facts == WEIGHTS.facts
    for name, tensor in WEIGHTS.tensors.items():
        np.testing.assert_array_equal(again.tensors[name], tensor)
    assert encode(again) == encode(WEIGHTS) == CONTENT


SHORTER = {"source_embedding": TENSORS["source_embedding"][1:]}
LESSON = (FOLDER / "cross_attention.safetensors").read_bytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is damaged or no translator"),
        (b"not safetensors at all", "is damaged or no translator"),
        (CONTENT[:-8], "is damaged or no translator"),
        (CONTENT[:200], "is damaged or no translator"),
        (save(TENSORS), "is damaged or no translator"),
        (LESSON, "holds another model"),
        (file(kind="reader"), "holds another model"),
        (file(SHORTER), "is of another vocabulary: source_embedding should hold"),
        (file(source=METADATA["source"][:-1]), "is of another vocabulary"),
        (file(target=[*METADATA["target"][:-1], "sou"]), "repeated or missing word"),
        (file(layers=2), "is of another shape: it lacks decoder.1"),
        (file(layers=0), "is damaged"),
        (file(heads=3), "8 numbers cannot make 3 heads"),
        (file({"extra": np.zeros(1, np.float32)}), "has an unknown extra"),
        (file({"b_out": np.full_like(TENSORS["b_out"], np.nan)}), "is no number"),
        (file({"b_out": TENSORS["b_out"].astype(np.float64)}), "is damaged"),
        (file(layers=10**9), "is damaged or no translator"),
        (file(heads=True), "is damaged or no translator"),
        (file(max_words=10**9), "is damaged or no translator"),
        (file(decimals=400), "is damaged or no translator"),
        (file(target=[*METADATA["target"][:-1], 7]), "is damaged or no translator"),
        (file(target=[*METADATA["target"][:-1], "\ud800"]), "is damaged or no translator"),
        (file(training=[]), "is damaged or no translator"),
        (file(guided=1), "is damaged or no translator"),
        (save(TENSORS, {METADATA_KEY: "[]"}), "is damaged or no translator"),
        (save(TENSORS, {METADATA_KEY: "[" * 100_000}), "is damaged or no translator"),
        (
            file({"encoder.0.self_attention.w_q": np.zeros((4, 8), np.float32)}),
            r"encoder.0.self_attention.w_q should hold 8 × 8 numbers, but holds 4 × 8",
        ),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(content: bytes, message: str) -> None:
    with pytest.raises(FileError, match=message) as caught:
        decode(content, "mine.safetensors")
    assert str(caught.value).startswith("mine.safetensors")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_said() -> None:
    with pytest.raises(FileError, match=r"nowhere.safetensors cannot be read"):
        load("nowhere.safetensors")


def test_a_vocabulary_begins_with_its_special_words() -> None:
    words = WEIGHTS.vocabulary
    assert words.is_sound()
    assert not replace(words, source=words.source[1:]).is_sound()
    assert not Vocabulary(words.source, words.target[1:]).is_sound()


def test_a_tampered_file_is_read_or_refused() -> None:
    said: list[str] = []
    for content in tampered_translators(CONTENT, 600):
        try:
            decode(content, "mine.safetensors")
        except FileError as error:
            said.append(str(error))
    assert len(said) > 300
    assert not [each for each in said if "\n" in each or not each.startswith("mine.safetensors")]


def test_tampered_words_of_the_lessons_are_read_or_refused() -> None:
    for content in tampered_word_weights(LESSON, 300):
        with suppress(FileError):
            word_weights.decode(content)


def test_a_device_is_no_translator() -> None:
    with pytest.raises(FileError, match="is no regular file"):
        load("/dev/zero" if Path("/dev/zero").exists() else "nul")
