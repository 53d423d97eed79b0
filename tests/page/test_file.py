"""The page as one file: small, closed to everything outside, and unmoved by what words say."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.errors import FileError
from sheetformer.writers.page import bundled, content_policy, page_html, unpack
from sheetformer.writers.page_formulas import distinct
from sheetformer.writers.page_payload import page_payload
from sheetformer.writers.styles import TEXTS

from .engine import PageEngine

LIMIT = 170 * 1024
"""Bytes of the default lesson's page."""
EVIL = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!--", '"\\', "]]>"]


class Document(HTMLParser):
    """The elements of a page, as a browser finds them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], str]] = []
        self.inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), ""))
        self.inside = True

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            tag, attributes, text = self.elements[-1]
            self.elements[-1] = (tag, attributes, text + data)

    def text(self, tag: str, **attributes: str) -> str:
        (found,) = [
            text
            for name, has, text in self.elements
            if name == tag and all(has.get(key) == value for key, value in attributes.items())
        ]
        return found


def carried(page: str) -> dict[str, Any]:
    """The book that a page carries."""
    return json.loads(unpack(Document(page).text("script", id="sheetformer-book")))


def evil_book() -> Book:
    words = np.array(EVIL, dtype=object)
    return sf.trace(lambda t: t, words)


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_the_default_lesson_is_small_and_complete(tmp_path: Path, formulas: str) -> None:
    book = sf.lesson("cross-attention", formulas=formulas)
    path = book.save(tmp_path / "attention.html")
    assert path.stat().st_size <= LIMIT
    assert carried(path.read_text(encoding="utf-8")) == page_payload(book)


def test_the_same_book_gives_the_same_bytes(tmp_path: Path) -> None:
    pages = [sf.lesson().save(tmp_path / f"{i}.html").read_bytes() for i in (1, 2)]
    assert pages[0] == pages[1]


def test_nothing_comes_from_elsewhere() -> None:
    document = Document(page_html(sf.lesson()))
    for _, attributes, _ in document.elements:
        assert not {"src", "href", "action", "srcset", "style"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
    for name in ("first.css", "page.css"):
        assert not re.search(r"url\(|@import", bundled(name))
    assert not re.search(
        r"\beval\(|new Function|\.innerHTML|insertAdjacentHTML", bundled("page.js")
    )


def test_every_text_that_begins_at_the_left_has_its_look() -> None:
    """Cells are centred in the page unless a rule of their style says otherwise."""
    left = [name for name, look in TEXTS.items() if "align" not in look]
    assert [name for name in left if not re.search(rf"\.t-{name}\b", bundled("page.css"))] == []


def test_only_its_own_script_and_style_may_run() -> None:
    document = Document(page_html(sf.lesson()))
    policy = rules(document)
    assert policy["default-src"] == ["'none'"]
    running = [
        text for tag, has, text in document.elements if tag == "script" and "type" not in has
    ]
    program = unpack(document.text("script", id="sheetformer-program"))
    assert policy["script-src"] == [hash_of(text) for text in (*running, program)]
    style = unpack(document.text("script", id="sheetformer-style"))
    assert style == bundled("page.css")
    assert policy["style-src"] == [hash_of(text) for text in (document.text("style"), style)]
    assert "connect-src" not in policy


def rules(document: Document) -> dict[str, list[str]]:
    (content,) = [
        has["content"] or ""
        for tag, has, _ in document.elements
        if tag == "meta" and has.get("http-equiv") == "Content-Security-Policy"
    ]
    return {name: sources for name, *sources in (rule.split() for rule in content.split(";"))}


def hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_a_door_stands_in_the_page_as_data() -> None:
    page = page_html(sf.lesson(), {"home": "/</script><b>"})
    document = Document(page)
    assert json.loads(document.text("script", id="sheetformer-host")) == {"home": "/</script><b>"}
    assert rules(document)["connect-src"] == ["'self'"]
    assert content_policy(host=True) in page


def test_words_are_never_markup() -> None:
    book = evil_book()
    page = page_html(book)
    plain = [(tag, sorted(has)) for tag, has, _ in Document(page_html(sf.lesson())).elements]
    assert [(tag, sorted(has)) for tag, has, _ in Document(page).elements] == plain
    values = [
        value
        for cell_block in carried(page)["sheets"][0]["cellBlocks"]
        for value in cell_block.get("v", [])
    ]
    assert set(EVIL) <= set(values)


def test_a_title_is_never_markup() -> None:
    book = replace(evil_book(), title=EVIL[0])
    document = Document(page_html(book))
    assert document.text("title") == EVIL[0]
    assert carried(page_html(book))["title"] == EVIL[0]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not exist"):
        sf.lesson().save(tmp_path / "no" / "page.html")
    assert not list(tmp_path.iterdir())


def test_formulas_that_differ_are_told_apart() -> None:
    formulas = ['A1&"B1"', 'B1&"B1"', 'A2&"B1"', 'B2&"B2"', "LOG10(A1)", "LOG10(B1)"]
    texts, which = distinct(formulas, 4, 0, 2)
    assert which == [0, 0, 0, 1, 2, 2]
    assert texts == [formulas[0], formulas[3], formulas[4]]
    assert distinct(["'A1'!B1", "'A1'!C1"], 0, 0, 2)[1] == [0, 0]
    assert distinct(["'A1'!B1", "'B1'!C1"], 0, 0, 2)[1] == [0, 1]


def test_the_documentation_names_every_function(page: PageEngine) -> None:
    text = (Path(__file__).parents[2] / "docs" / "page.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [a-z ]+ \| ([A-Z0-9. ]+) \|$", text, re.MULTILINE)
    assert sorted(" ".join(rows).split()) == page.functions()
