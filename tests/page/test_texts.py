"""The page's own texts in English are those of en.toml."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.graph.ops import OPS
from sheetformer.language import ENGLISH, Language
from sheetformer.writers.page_payload import page_payload

FILE = Path(__file__).parents[2] / "web" / "src" / "english.generated.ts"
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


def test_a_page_says_what_its_operations_do_in_each_language() -> None:
    page = page_payload(sf.trace(lambda x: np.tanh(x @ x.T), np.eye(2)))
    assert {"matmul", "tanh"} <= page["operations"].keys()
    for code in ("pt", "es"):
        sentences = Language(code).table("operations")
        assert page["languages"][code]["operations"] == {
            op: sentences[op] for op in page["operations"]
        }
        assert sentences["tanh"] != page["operations"]["tanh"]


def test_a_new_operation_is_said_by_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = {op: text for op, text in ENGLISH.table("operations").items() if op != "tanh"}
    monkeypatch.setattr(Language, "table", lambda *_: lacking)
    page = page_payload(sf.trace(np.tanh, np.eye(2)))
    row = OPS["tanh"].meaning
    assert page["operations"]["tanh"] == f"{row[0].upper()}{row[1:]}."
