"""Every line of worked arithmetic of every page is what it says, at first and after edits."""

from __future__ import annotations

import re

import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.engines.base import Edits

from ..lessons.books import EACH
from ..property.test_recalculation import STYLES
from .arithmetic import UnreadableError, counted, evaluate, joined
from .engine import PageEngine
from .test_formulas import typed_otherwise
from .test_typed_words import WORDS, edits

CALLED = re.compile(r"\W*(TRIM|LOWER|SUBSTITUTE|LEFT|MID|LEN)\(")
"""How a line begins in which a function takes texts."""
UNREAD = ("…", "∈", "→", "REPT(")
each_style = pytest.mark.parametrize("formulas", STYLES)


@pytest.mark.parametrize("name", EACH)
@each_style
def test_a_lesson(page: PageEngine, name: str, formulas: str) -> None:
    assert_worked(page, sf.lesson(name, formulas=formulas))


@each_style
def test_the_translator(page: PageEngine, formulas: str) -> None:
    assert_worked(page, sf.translate("the red house", formulas=formulas))


@each_style
def test_words_as_people_type_them(page: PageEngine, formulas: str) -> None:
    book = sf.lesson("cross-attention", **WORDS, formulas=formulas)
    assert_worked(page, book, edits(book))


def assert_worked(page: PageEngine, book: Book, typed: Edits | None = None) -> None:
    """Every formula has a line, and all that can be read off it comes to what its cell says.

    Lines with parts left out, and those that say where a word stands or pad texts to count words,
    cannot be read so. Joined text has no line, and nothing else goes without.
    """
    lines = page.worked(book, typed or typed_otherwise(book)[1])
    formulas = page.formulas(book)
    without = [line for line in lines if line[3] == ""]
    assert [line for line in without if not joins(formulas[tuple(line[:3])], line[4])] == []
    # Within a function, texts that are joined are a part of what it is given.
    plain = [line[3] for line in lines if not CALLED.match(line[3])]
    assert [line for line in plain if "” & " in line or " & “" in line] == []
    whole = [line for line in lines if line[3] and not any(sign in line[3] for sign in UNREAD)]
    assert [line for line in whole if not holds(*line[3:])] == []
    assert whole


def joins(formula: str, value: object) -> bool:
    return isinstance(value, str) and "&" in formula


def holds(line: str, value: object) -> bool:
    if isinstance(value, str):
        return joined(line) == value
    assert isinstance(value, float)
    return evaluate(counted(line)).holds(value)


def reads(line: str) -> bool:
    try:
        evaluate(line)
    except UnreadableError:
        return False
    return True


def test_a_wrong_line_is_found() -> None:
    assert evaluate("0.43 × 1.20 + (−0.50) × 3").holds(-0.984)
    assert not evaluate("0.43 × 1.20 + (−0.50) × 3").holds(-1.1)
    assert evaluate("exp(−∞ − 1.2)").holds(0.0)
    assert not evaluate("exp(101.50)").holds(float("1e9"))
    assert evaluate("max#2(1, 3, 2)").holds(2.0)
    assert not evaluate("max#3(1, 3, 2)").holds(2.0)
    assert not reads("“am” →")
    assert not reads("1 + 2 + … + 8")
