"""What is learned, what chooses, and what is reported on stay apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetformer.corpus import everyday
from sheetformer.corpus.grammar import pairs
from sheetformer.corpus.splits import Parts
from sheetformer.errors import FileError
from sheetformer.models.train.material import LEARNED, Material, gather
from sheetformer.models.train.options import Options


@pytest.fixture
def parts(material: Material) -> Parts:
    return material.parts


def test_the_everyday_grammar_in_parts() -> None:
    material = gather(Options(pairs=3000))
    parts, words = material.parts, material.parts.vocabulary()
    assert len(parts.train) == 3000 + len(material.examples)
    assert {pair.source for pair in everyday.examples()} <= {p.source for p in material.examples}
    for part in (parts.development, parts.test):
        assert len(part) > 50
        assert all(set(pair.source) <= set(words.source) for pair in part)
        assert not {pair.source for pair in part} & {pair.source for pair in parts.train}
    assert material.kinds["house"] == "noun"


def test_the_grammar_gives_enough(parts: Parts) -> None:
    assert len(parts.train) >= 20_000
    words = parts.vocabulary()
    assert min(len(words.source), len(words.target)) >= 150
    assert min(len(parts.development), len(parts.test)) >= 1000


def test_no_sentence_stands_in_two_parts(parts: Parts) -> None:
    train, development, test = (
        {pair.source for pair in part} for part in (parts.train, parts.development, parts.test)
    )
    assert not train & development
    assert not train & test
    assert not development & test


def test_the_examples_are_learned_and_not_reported_on(material: Material) -> None:
    assert {" ".join(pair.source) for pair in material.examples} == set(LEARNED)
    assert set(material.examples) <= set(material.parts.train)


def test_held_out_sentences_have_known_words_only(parts: Parts) -> None:
    words = parts.vocabulary()
    for pair in (*parts.development, *parts.test):
        assert set(pair.source) <= set(words.source)
        assert set(pair.target) <= set(words.target)


def test_a_corpus_that_is_too_small_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("a\tb\na\tb\n", encoding="utf-8")
    with pytest.raises(FileError, match="1 different source sentences to learn from"):
        gather(Options(data=str(path)))
    path.write_text("".join(f"w{i}\tt{i}\n" for i in range(12)), encoding="utf-8")
    with pytest.raises(FileError, match="share too few words"):
        gather(Options(data=str(path)))


def test_long_sentences_are_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    lines = [f"{' '.join(pair.source)}\t{' '.join(pair.target)}\n" for pair in pairs(300)]
    path.write_text("".join(lines) + "w " * 12 + "\tt\nbad\n", encoding="utf-8")
    material = gather(Options(data=str(path)))
    assert any("1 with more than 11 words on a side left out" in note for note in material.notes)
    assert any("1 line skipped (line 302 has no tab" in note for note in material.notes)


def test_what_was_skipped_is_said_where_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    for text, reason in (
        ("no tab\n", "holds no usable pair: 1 line skipped .line 1 has no tab"),
        ("a b\tc\n", "1 pair; 1 with more than 1 words on a side left out"),
        ("a\tb\nno tab\n", "give at least 10 .*1 line skipped"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(FileError, match=reason):
            gather(Options(data=str(path), max_words=1))


def test_words_end_at_blanks_unless_they_are_split_further(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    lines = [f"{' '.join(pair.source)}!\t{' '.join(pair.target)}\n" for pair in pairs(300)]
    path.write_text("".join(lines), encoding="utf-8")
    for tokenize in (False, True):
        material = gather(Options(data=str(path), max_words=20, tokenize=tokenize))
        words = material.parts.vocabulary().source
        assert ("!" in words) == tokenize
        assert any(len(word) > 1 and word.endswith("!") for word in words) != tokenize
