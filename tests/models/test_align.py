"""Alignments of whole corpora: links, error rates, and files that stay parallel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sheetformer.corpus.grammar import pairs
from sheetformer.corpus.phrases import Pair
from sheetformer.errors import FileError
from sheetformer.models.align import Errors, align_file, align_pairs, links
from sheetformer.models.decode import generate_translation, load_translator

CORPUS = """the red house\ta casa vermelha\t0-0 1-2 2-1
no tab
the zzz\to gato
I am happy\teu sou feliz
"""


def corpus(folder: Path, text: str = CORPUS) -> str:
    path = folder / "pairs.tsv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_words_with_half_the_largest_weight_are_linked() -> None:
    assert links(np.array([[0.6, 0.3, 0.1], [0.2, 0.2, 0.6]])) == ((0, 0), (1, 0), (2, 1))


def test_the_error_rate_is_that_of_och_and_ney() -> None:
    gold = Pair(("a", "b"), ("x", "y"), ((0, 0), (1, 1)), ((0, 1),))
    errors = Errors()
    assert errors.rate is None
    errors.count([(0, 0), (0, 1)], gold)  # |A∩S| = 1, |A∩P| = 2, |A| = |S| = 2
    assert errors.rate == pytest.approx(1 - 3 / 4)


def test_many_at_once_as_one_by_one() -> None:
    translator = load_translator()
    for pair, found in zip(sample := pairs(60), align_pairs(sample, translator), strict=True):
        result = generate_translation(pair.source, translator)
        if result.words == pair.target:
            assert links(result.alignment) == found


def test_writes_a_line_a_line(tmp_path: Path) -> None:
    seen: list[int] = []
    result = align_file(corpus(tmp_path), tmp_path / "out.tsv", watch=seen.append)
    lines = (tmp_path / "out.tsv").read_text(encoding="utf-8").split("\n")
    assert lines == ["0-0 2-1 1-2", "", "", "0-0 1-1 2-2", ""]
    assert sum(seen) == 4
    assert result.report.skipped == 2
    assert "line 3 cannot be aligned: the translator knows no source word 'zzz'" in str(
        result.report
    )
    assert result.error_rate == 0
    assert result.links == 6


def test_strict_alignment_stops_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="line 2 has no tab"):
        align_file(corpus(tmp_path), tmp_path / "out.tsv", strict=True)
    assert [path.name for path in tmp_path.iterdir()] == ["pairs.tsv"]


def test_without_gold_there_is_no_error_rate(tmp_path: Path) -> None:
    result = align_file(corpus(tmp_path, "I am\teu sou\n"), tmp_path / "out.tsv")
    assert result.error_rate is None


def test_lines_that_are_no_text_keep_their_place(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(b"caf\xe9\tx\nI am\teu sou\n\xff\n")
    align_file(str(path), tmp_path / "out.tsv")
    assert (tmp_path / "out.tsv").read_text(encoding="utf-8") == "\n0-0 1-1\n\n"


def test_links_count_what_stands_between_blanks(tmp_path: Path) -> None:
    """Gold that links a mark is read, and a full stop that nobody learned is none's translation."""
    gold = "the red house .\ta casa vermelha .\t0-0 1-2 2-1 3-3\n"
    text = f"{gold}the house .\ta casa\nis she happy?\tx\n"
    result = align_file(corpus(tmp_path, text), tmp_path / "out.tsv")
    lines = (tmp_path / "out.tsv").read_text(encoding="utf-8").split("\n")
    assert lines == ["0-0 2-1 1-2 3-3", "0-0 1-1", "", ""]
    assert result.error_rate == 0
    assert "no source word 'happy?'; did you mean 'happy'" in str(result.report)


def test_words_that_are_split_further_are_said(tmp_path: Path) -> None:
    text = "I am happy.\teu sou feliz.\nno tab\n"
    align_file(corpus(tmp_path, text), tmp_path / "out.tsv", tokenize=True)
    lines = (tmp_path / "out.tsv").read_text(encoding="utf-8").split("\n")
    assert lines == ["I am happy .\teu sou feliz .\t0-0 1-1 2-2 3-3", "", ""]
    again = align_file(str(tmp_path / "out.tsv"), tmp_path / "again.tsv")
    assert (again.report.good, again.error_rate) == (1, 0)


@pytest.mark.parametrize("way", ["pairs.tsv", "folder/../pairs.tsv", "link.tsv", "hard.tsv"])
def test_the_corpus_is_never_the_output(tmp_path: Path, way: str) -> None:
    data = corpus(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.tsv").symlink_to(data)
    (tmp_path / "hard.tsv").hardlink_to(data)
    for read, written in ((data, tmp_path / way), (str(tmp_path / way), Path(data))):
        with pytest.raises(FileError, match="is read here, so it is not written"):
            align_file(read, written)
    assert Path(data).read_text(encoding="utf-8") == CORPUS


def test_nothing_that_can_be_aligned_is_refused_and_nothing_written(tmp_path: Path) -> None:
    long = " ".join(["happy"] * 40)
    for text, reason in (
        ("a b c\n", "no tab"),
        (f"{long}\tx\n", "reads at most 11 words"),
        ("", "empty"),
    ):
        with pytest.raises(FileError, match=reason):
            align_file(corpus(tmp_path, text), tmp_path / "out.tsv")
    assert [path.name for path in tmp_path.iterdir()] == ["pairs.tsv"]
