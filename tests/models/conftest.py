"""What several tests of the translators need, made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from sheetformer.corpus import everyday
from sheetformer.corpus.phrases import Pair
from sheetformer.models.decode import generate_translation, load_translator
from sheetformer.models.train.material import HELD_OUT, Material, gather, held_out
from sheetformer.models.train.options import Options
from sheetformer.models.weights_file import DEFAULT

LESSONS = Options(grammar="lessons", max_words=8)
"""What the translators of the lessons were trained on."""


@pytest.fixture(scope="session")
def material() -> Material:
    """The pairs of the translators of the lessons."""
    return gather(LESSONS)


@pytest.fixture(scope="session")
def test_pairs(material: Material) -> Callable[[str], tuple[Pair, ...]]:
    """The sentences that a translator is reported on."""

    @cache
    def pairs(name: str) -> tuple[Pair, ...]:
        if name != DEFAULT:
            return material.parts.test
        words = load_translator(name).weights.vocabulary
        return held_out(everyday.draw_pairs(HELD_OUT, "test"), words)

    return pairs


@pytest.fixture(scope="session")
def translated(
    test_pairs: Callable[[str], tuple[Pair, ...]],
) -> Callable[[str], list[tuple[str, ...]]]:
    """What a translator makes of them."""

    @cache
    def translations(name: str) -> list[tuple[str, ...]]:
        translator = load_translator(name)
        return [generate_translation(pair.source, translator).words for pair in test_pairs(name)]

    return translations
