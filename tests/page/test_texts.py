"""The page's own texts in English are those of en.toml."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sheetformer.language import ENGLISH

FILE = Path(__file__).parents[2] / "web" / "src" / "english.ts"
HEAD = """\
/**
 * The page in English, from src/sheetformer/language/en.toml; other languages come with a book.
 *
 * Written by: pytest tests/page/test_texts.py --update-golden
 */

"""


def test_the_page_has_the_english_of_the_catalogue(request: pytest.FixtureRequest) -> None:
    texts = {
        "code": ENGLISH.code,
        "name": ENGLISH.name,
        "decimal": ENGLISH.decimal,
        "page": ENGLISH.table("page"),
        "errors": ENGLISH.table("errors"),
    }
    written = json.dumps(texts, ensure_ascii=False, indent=2)
    program = f"{HEAD}export const ENGLISH = {written} as const;\n"
    if request.config.getoption("--update-golden"):
        FILE.write_text(program, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == program
