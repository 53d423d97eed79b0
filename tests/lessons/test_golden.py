"""The formulas of the lesson with bars, word for word: a diff shows a person what changed.

After a wanted change: pytest tests/lessons/test_golden.py --update-golden
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetformer.lessons import lesson
from sheetformer.writers.formats.txt import book_text

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_formulas_are_as_they_were(request: pytest.FixtureRequest, formulas: str) -> None:
    book = lesson(source="I am | happy", target="sou | feliz", formulas=formulas)
    text = book_text(book, values=False) + "\n"
    file = GOLDEN / f"cross-attention-bars-{formulas}.txt"
    if request.config.getoption("--update-golden"):
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text
