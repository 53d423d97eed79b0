"""Corpora of users: what is read, what is skipped or refused, and how it is said."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sheetformer.corpus.phrases import Pair
from sheetformer.corpus.readers import ReadReport, parse_pair, read_pairs
from sheetformer.errors import FileError, SheetformerError

GOOD = "I am happy\teu sou feliz\nThe red house\ta casa vermelha\t0-0 1-2 2-1\n"
BAD = "a b\tc\n\nno tab here\nempty\t  \n\tvazio\nx\ty\t0-9\nx\ty\toops\na\tb\n"


def read(path: Path, text: str | bytes, **settings: Any) -> tuple[list[Pair], ReadReport]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    report = ReadReport(str(path), **settings)
    return list(read_pairs(str(path), report)), report


def test_reads_tab_separated_pairs_with_and_without_links(tmp_path: Path) -> None:
    pairs, report = read(tmp_path / "pairs.tsv", GOOD)
    assert pairs[0] == Pair(("I", "am", "happy"), ("eu", "sou", "feliz"), ())
    assert pairs[1].source == ("the", "red", "house")
    assert pairs[1].sure == ((0, 0), (1, 2), (2, 1))
    assert str(report) == f"{tmp_path / 'pairs.tsv'}: 2 pairs"


def test_possible_links_are_told_from_sure_ones() -> None:
    pair = parse_pair(("in the", "na", "0-0 1p0"))
    assert (pair.sure, pair.possible) == (((0, 0),), ((1, 0),))


def test_bad_lines_are_skipped_and_counted(tmp_path: Path) -> None:
    pairs, report = read(tmp_path / "pairs.tsv", BAD)
    assert [pair.target for pair in pairs] == [("c",), ("b",)]
    assert report.skipped == 6
    text = str(report)
    assert (
        "2 pairs, 6 lines skipped (line 2 has no tab and no ||| between source and target" in text
    )
    assert "line 4 has an empty target side" in text
    assert text.endswith(", …)")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("no tab", "line 3 has no tab"),
        ("\tvazio", "line 3 has an empty source side"),
        ("cheio\t ", "line 3 has an empty target side"),
        ("a\tb\t3-0", "points behind the end"),
        ("a\tb\t0:0", "not written like 0-0 1-2"),
        (b"caf\xe9\tb", "line 3 is not UTF-8 text"),
    ],
)
def test_strict_reading_stops_with_file_and_line(
    line: str | bytes, reason: str, tmp_path: Path
) -> None:
    text = GOOD.encode() + (line.encode() if isinstance(line, str) else line) + b"\n"
    with pytest.raises(FileError, match=reason) as caught:
        read(tmp_path / "pairs.tsv", text, strict=True)
    assert str(caught.value).startswith(str(tmp_path / "pairs.tsv"))
    assert "\n" not in str(caught.value)


def test_a_byte_order_mark_and_windows_ends_of_line_are_no_words(tmp_path: Path) -> None:
    pairs, _ = read(tmp_path / "pairs.tsv", b"\xef\xbb\xbfone\tum\r\n")
    assert pairs == [Pair(("one",), ("um",), ())]


def test_a_missing_file_is_said() -> None:
    with pytest.raises(FileError, match=r"nowhere\.tsv: there is no such file"):
        list(read_pairs("nowhere.tsv", ReadReport("nowhere.tsv")))


@pytest.mark.parametrize("names", [("source", "target"), ("en", "pt")])
def test_reads_parquet(names: tuple[str, str], tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow", reason="Parquet needs pyarrow")
    from pyarrow import parquet

    path = tmp_path / "pairs.parquet"
    columns = {names[0]: ["I am", "house", None], names[1]: ["eu sou", "casa", "x"]}
    parquet.write_table(arrow.table({"id": [1, 2, 3], **columns}), path)
    report = ReadReport(str(path))
    pairs = list(read_pairs(str(path), report))
    assert [pair.target for pair in pairs] == [("eu", "sou"), ("casa",)]
    assert "row 3 has an empty source side" in str(report)


def test_columns_that_are_not_there_are_said(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow", reason="Parquet needs pyarrow")
    from pyarrow import parquet

    path = tmp_path / "pairs.parquet"
    parquet.write_table(arrow.table({"left": ["a"], "right": ["b"]}), path)
    with pytest.raises(FileError, match="has the columns left, right; name those"):
        list(read_pairs(str(path), ReadReport(str(path)), ("en", "pt")))
    path.write_bytes(b"no parquet")
    with pytest.raises(FileError, match="no readable Parquet file"):
        list(read_pairs(str(path), ReadReport(str(path))))


@pytest.mark.filterwarnings("ignore")
def test_reads_a_hugging_face_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("datasets", reason="needs Hugging Face datasets: pip install datasets")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    rows = '{"translation": {"en": "the house", "pt": "a casa"}}\n'
    (tmp_path / "train.jsonl").write_text(rows, encoding="utf-8")
    name = f"hf:{tmp_path}"
    pairs = list(read_pairs(name, ReadReport(name), ("en", "pt")))
    assert pairs == [Pair(("the", "house"), ("a", "casa"), ())]
    assert pairs == list(read_pairs(name, ReadReport(name)))
    with pytest.raises(FileError, match=r"dataset .*nothing-here cannot be read"):
        list(read_pairs(f"hf:{tmp_path}/nothing-here", ReadReport("x")))


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "datasets", None)
    with pytest.raises(SheetformerError, match="need the package datasets: pip install datasets"):
        list(read_pairs("hf:anything", ReadReport("hf:anything")))


def test_bars_may_stand_in_place_of_tabs(tmp_path: Path) -> None:
    pairs, report = read(
        tmp_path / "pairs.txt", "I am happy ||| eu sou feliz\na ||| b ||| 0-0\n|||\n"
    )
    assert pairs == [
        Pair(("I", "am", "happy"), ("eu", "sou", "feliz"), ()),
        Pair(("a",), ("b",), ((0, 0),)),
    ]
    assert "line 3 has an empty source side" in str(report)
    assert parse_pair(["a|||b", "c ||| d"]).target == ("c", "|||", "d"), "with a tab bars are words"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_file_is_read_whatever_its_name(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(GOOD.encode())
    assert len(read(tmp_path / "pairs.tsv", packed)[0]) == 2
    with pytest.raises(FileError, match=r"pairs\.tsv cannot be read"):
        read(tmp_path / "pairs.tsv", packed[:-20])


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("", ["is empty", "a tab or |||"]),
        ("one\ntwo\n", ["2 lines skipped", "line 1 has no tab"]),
        (b"\xff\xfea\x00\t\x00b\x00\n\x00", ["is not UTF-8 text"]),
    ],
)
def test_a_corpus_without_a_usable_pair_is_refused_with_the_reason(
    tmp_path: Path, content: str | bytes, parts: list[str]
) -> None:
    _, report = read(tmp_path / "pairs.tsv", content)
    with pytest.raises(FileError) as caught:
        report.refuse_nothing()
    assert all(part in str(caught.value) for part in parts)


def test_words_are_what_stands_between_blanks() -> None:
    """A file with gold alignments counts them so, whatever marks stick to a word."""
    fields = ["Are you happy?", "está feliz ? Sim.", "2-1 2p3"]
    pair = parse_pair(fields)
    assert pair.source == ("are", "you", "happy?")
    assert pair.target == ("está", "feliz", "?", "sim.")
    assert pair.possible == ((2, 3),)


def test_gold_that_counts_other_words_is_no_gold() -> None:
    assert parse_pair(["Happy?", "feliz ."], tokenize=True).source == ("happy", "?")
    assert parse_pair(["happy ?", "feliz .", "1-1"], tokenize=True).sure == ((1, 1),)
    with pytest.raises(ValueError, match="counts other words"):
        parse_pair(["happy? yes", "feliz sim", "1-1"], tokenize=True)


def test_a_line_without_end_is_skipped_and_not_held(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    with path.open("wb") as file:
        file.write(b"a\tb\n")
        for _ in range(30):
            file.write(b"word " * 200_000)
        file.write(b"\tx\nc\td\n")
    report = ReadReport(str(path))
    tracemalloc.start()
    pairs = [(pair.source, pair.target) for pair in read_pairs(str(path), report)]
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()
    assert pairs == [(("a",), ("b",)), (("c",), ("d",))]
    assert report.problems == ["line 2 is longer than 1,000,000 characters"]


@pytest.mark.skipif(os.name == "nt", reason="files of POSIX")
def test_what_is_no_file_of_pairs_is_said_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "a")
    for path, message in (
        ("/dev/zero", "is no regular file"),
        (str(tmp_path), "is no regular file"),
        (str(tmp_path / "a"), "a link that leads nowhere, or back to itself"),
        (str(tmp_path / "none"), "there is no such file"),
    ):
        with pytest.raises(FileError, match=message):
            list(read_pairs(path, ReadReport(path)))
