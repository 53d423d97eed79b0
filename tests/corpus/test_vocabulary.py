"""What is a word: in a sentence that somebody types, and in a corpus."""

from __future__ import annotations

import unicodedata

import pytest

from sheetformer.corpus.vocabulary import split_at_blanks, split_words, tokens


@pytest.mark.parametrize(
    "text",
    ["não", "अच्छा हिन्दी", "สวัสดี", "مُحَمَّد", "שָׁלוֹם", "mother-in-law d'água", "می‌خواهم", "தமிழ்", "❤️"],
)
def test_no_word_is_torn_at_a_mark_that_belongs_to_a_letter(text: str) -> None:
    for form in ("NFC", "NFD"):
        spelled = unicodedata.normalize(form, text)
        wanted = tuple(unicodedata.normalize("NFC", text).split())
        assert split_words(spelled) == split_at_blanks(spelled) == wanted


def test_marks_are_words_and_a_full_stop_at_the_end_says_nothing() -> None:
    assert tokens("Não é? É.") == ("não", "é", "?", "é", ".")
    assert split_words("Não é? É.") == ("não", "é", "?", "é")
    assert split_at_blanks("Não é? É.") == ("não", "é?", "é.")
    assert split_words(".") == (".",)
