"""What several tests of the translator need, made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from sheetformer.models.decode import generate_translation, load_translator
from sheetformer.models.train.material import Material, gather
from sheetformer.models.train.options import Options


@pytest.fixture(scope="session")
def material() -> Material:
    """The pairs of the shipped translators."""
    return gather(Options())


@pytest.fixture(scope="session")
def held_out(material: Material) -> Callable[[str], list[tuple[str, ...]]]:
    """What a translator makes of the test sentences."""

    @cache
    def translations(name: str) -> list[tuple[str, ...]]:
        translator = load_translator(name)
        return [generate_translation(pair.source, translator).words for pair in material.parts.test]

    return translations
