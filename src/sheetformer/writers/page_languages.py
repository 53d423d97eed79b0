"""The languages of a page: the texts around a book in each, and those of the book itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sheetformer.language import ENGLISH, Language, languages
from sheetformer.language.phrasebook import phrasebook

_LETTERS = re.compile(r"[^\W\d_]{2}")
"""What has no two letters side by side is the same in every language."""


def page_languages(data: dict[str, Any]) -> dict[str, Any]:
    """What a page needs to be read in every language.

    Args:
        data: the book as the page carries it.

    Returns:
        Code → `name`, `decimal`, `page` and `errors` (the page's program has those of English),
        `operations`: what those of the book do, and `book`: each text that the book shows → the
        same in this language, where it is another.
    """
    shown = sorted({text for text in _texts(data) if _LETTERS.search(text)})
    found: dict[str, Any] = {}
    for code in languages():
        texts = _frame(Language(code), data["operations"]) if code != ENGLISH.code else {}
        translations = _translations(shown, data["language"], code)
        texts |= {"book": translations} if translations else {}
        if texts:
            found[code] = texts
    return found


def _frame(language: Language, operations: Mapping[str, str]) -> dict[str, Any]:
    sentences = language.table("operations")
    return {
        "name": language.name,
        "decimal": language.decimal,
        "page": dict(language.table("page")),
        "errors": dict(language.table("errors")),
        "operations": {op: sentences[op] for op in operations if op in sentences},
    }


def _translations(shown: list[str], code: str, other: str) -> dict[str, str]:
    if code == other:
        return {}
    book = phrasebook(shown, code, other)
    pairs = ((text, book.translate(text)) for text in shown)
    return {text: other for text, other in pairs if other is not None and other != text}


def _texts(data: dict[str, Any]) -> Iterator[str]:
    """Every text of a book that a page shows, but for the cells of its blocks."""
    yield data["title"]
    for stage in data["stages"]:
        yield from (stage["title"], stage["text"], stage["equation"])
    for block in data["blocks"]:
        yield from (block["title"], block["equation"], block["note"], *block["matrixNames"])
    cells = {(block["sheet"], *matrix) for block in data["blocks"] for matrix in block["matrices"]}
    for number, sheet in enumerate(data["sheets"]):
        yield sheet["name"]
        for cell_block in sheet["cellBlocks"]:
            if (number, *cell_block["at"][:2]) not in cells:
                yield from (text for text in cell_block.get("v", ()) if isinstance(text, str))
        for chart in sheet["charts"]:
            yield from (chart["title"], *chart["axes"], *(line["name"] for line in chart["lines"]))
