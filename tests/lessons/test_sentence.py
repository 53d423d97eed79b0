"""What a learner may type, and what they are told."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetformer.errors import SheetformerError, WordError
from sheetformer.lessons import lesson
from sheetformer.lessons.sentence import MAX_WORDS, parse

WORDS = ["I", "am", "happy", "house", "casa", "está"]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=MAX_WORDS))
def test_known_words_come_back_one_a_row(words: list[str]) -> None:
    assert parse(" ".join(words), "source", WORDS).rows == tuple((word,) for word in words)


@given(
    st.lists(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
        min_size=2,
        max_size=MAX_WORDS // 3,
    )
)
def test_bars_make_rows(groups: list[list[str]]) -> None:
    text = "|".join(" ".join(group) for group in groups)
    sentence = parse(text, "target", WORDS)
    assert sentence.rows == tuple(tuple(group) for group in groups)
    assert all(len(row) == sentence.columns for row in sentence.table())


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        words = {word for row in parse(text, "source", WORDS).rows for word in row}
    except WordError as error:
        words, message = set(), str(error)
    else:
        message = "the source sentence was read"
    assert words <= set(WORDS)
    assert "source" in message.splitlines()[0]


def test_case_and_punctuation_do_not_count() -> None:
    assert parse("HAPPY, i am!", "source", WORDS).rows == (("happy",), ("I",), ("am",))


@pytest.mark.parametrize(
    "text", [" happy ", "Happy.", "happy?", "\u00a0happy\u202f", "“happy”", "happy…", "¡happy!"]
)
def test_what_stands_around_a_word_does_not_count(text: str) -> None:
    assert parse(text, "source", WORDS).rows == (("happy",),)


@pytest.mark.parametrize("text", ["ESTÁ", "está.", " está ", "“está”"])
def test_an_accent_may_be_a_sign_of_its_own(text: str) -> None:
    spelled = unicodedata.normalize("NFD", text)
    assert parse(spelled, "target", WORDS).rows == (("está",),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("  ", "empty"),
        (" | ", "empty"),
        ("I am |", "between two bars"),
        ("happy " * 17, "17 words"),
        ("I am hapy", "'hapy' in the source sentence is not in the vocabulary; the nearest"),
        ("zzzqqq", "no known word is like it"),
        ("zebra", "no known word is like it"),
        ("I'm happy", "write 'I am'"),
        ("I’m", "write 'I am'"),
        ("don't", "it stands for 'do not', and 'do' is not in it either"),
        ("=HYPERLINK(1)", "not in the vocabulary"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(WordError, match="source") as caught:
        parse(text, "source", WORDS)
    assert message in str(caught.value)


def test_nearest_words_are_named() -> None:
    with pytest.raises(WordError, match="happy"):
        parse("hapy", "source", WORDS)


def test_unknown_lesson_and_style() -> None:
    with pytest.raises(SheetformerError, match="did you mean 'cross-attention'"):
        lesson("cros-attention")
    with pytest.raises(SheetformerError, match="'matrix', 'cell' or 'named'"):
        lesson(formulas="both")
