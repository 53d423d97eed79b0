"""What people type instead of a known word, and what they are told."""

from __future__ import annotations

import unicodedata

import pytest

from sheetformer.lessons import vocabulary
from sheetformer.spelling import near_words, short_form, without_marks

ENGLISH, PORTUGUESE = vocabulary()

# What a person would want to be told of each, if anything.
HINTS: dict[str, str] = {
    # Slips
    "hapy": "happy", "hppy": "happy", "happyy": "happy", "hapyp": "happy", "tird": "tired",
    "tierd": "tired", "smal": "small", "samll": "small", "gren": "green", "balck": "black",
    "flowr": "flower", "hosue": "house", "tabel": "table", "brid": "bird", "milc": "milk",
    "watter": "water", "wter": "water", "coffe": "coffee", "cofee": "coffee", "womn": "woman",
    "fater": "father", "brothr": "brother", "freind": "friend", "frend": "friend",
    "beutiful": "beautiful", "strongg": "strong", "yuo": "you", "teh": "the", "bigg": "big",
    # Other forms of a known word
    "houses": "house", "boys": "boy", "liked": "like", "seeing": "see", "wanted": "want",
    "bigger": "big", "happier": "happy", "smallest": "small", "friends": "friend",
    # Nothing near: silence is better than a guess
    "zebra": "", "elephant": "", "sun": "", "moon": "", "dad": "", "kid": "", "puppy": "",
    "glad": "", "winter": "", "colour": "", "tea": "", "wine": "", "horn": "", "city": "",
    "school": "", "night": "", "quick": "", "run": "", "eat": "", "because": "", "never": "",
    "xylophone": "", "qqq": "", "3": "", "?": "", "loved": "", "angry": "",
}  # fmt: skip


@pytest.mark.parametrize(("typed", "meant"), HINTS.items())
def test_a_hint_is_what_was_meant_or_none(typed: str, meant: str) -> None:
    hints = near_words(typed, ENGLISH)
    assert hints[:1] == ([meant] if meant else [])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("nao", "não"), ("AGUA", "água"), ("vermelo", "vermelho"), ("livros", "livro"), ("zebra", "")],
)
def test_an_accent_that_is_missing_is_no_other_word(typed: str, meant: str) -> None:
    assert near_words(typed, PORTUGUESE)[:1] == ([meant] if meant else [])


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        *(("I'm", "I am"), ("i’m", "I am"), ("Im", "I am"), ("don't", "do not")),
        *(("DON’T", "do not"), ("it's", "it is"), ("can't", "cannot"), ("isn't", "is not")),
        *(("we're", "we are"), ("she's", "she is"), ("they've", "they have")),
        *((word, "") for word in ("its", "were", "well", "wont", "house", "d'água", "", "'")),
    ],
)
def test_short_forms(typed: str, full: str) -> None:
    assert short_form(typed) == full


@pytest.mark.parametrize("typed", [" happy ", "happy.", "“happy”", "\u00a0happy!\u202f", "(happy)"])
def test_what_stands_around_a_word_is_no_part_of_it(typed: str) -> None:
    assert without_marks(typed) == "happy"


def test_letters_in_two_signs_are_the_same_word() -> None:
    assert near_words(unicodedata.normalize("NFD", "não"), PORTUGUESE)[:1] == ["não"]
