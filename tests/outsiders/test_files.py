"""Files as people have them, and as their programs show them; a line each says whence it is."""

from __future__ import annotations

import gzip
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.cli import main
from sheetformer.cli.lesson import show_book

PAIR = "the red house\ta casa vermelha\n"


def run(*words: str, capfd: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """How a command ends, and what it says."""
    with pytest.raises(SystemExit) as end:
        main(words)
    said = capfd.readouterr()
    assert isinstance(end.value.code, int)
    return end.value.code, said.out + said.err


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# From a habit of sed -i: the corpus is named as the output, by itself or by a link to it.
@pytest.mark.parametrize("output", ["p.tsv", "./p.tsv", "link.tsv"])
@pytest.mark.parametrize(
    "command", [["align", "p.tsv"], ["train", "translator", "--data", "p.tsv"]]
)
def test_the_corpus_as_the_output(
    folder: Path, capfd: pytest.CaptureFixture[str], command: list[str], output: str
) -> None:
    (folder / "p.tsv").write_text(PAIR)
    (folder / "link.tsv").symlink_to("p.tsv")
    code, said = run(*command, "-o", output, capfd=capfd)
    assert (code, (folder / "p.tsv").read_text()) == (2, PAIR)
    assert f"{Path(output)} is read here, so it is not written" in said


# From somebody who names a model for -m and again for -o, as with a compiler.
@pytest.mark.parametrize(
    "command", [["align", "p.tsv"], ["translate", "the red house"]], ids=lambda words: words[0]
)
def test_the_model_as_the_output(
    folder: Path, capfd: pytest.CaptureFixture[str], command: list[str]
) -> None:
    (folder / "p.tsv").write_text(PAIR)
    (folder / "mine.xlsx").write_bytes(b"a model")
    code, said = run(*command, "-m", "mine.xlsx", "-o", "mine.xlsx", capfd=capfd)
    assert (code, (folder / "mine.xlsx").read_bytes()) == (2, b"a model")
    assert "is read here" in said


# From tokenizers of BERT kind, which keep their vocabulary as vocab.txt in the folder of the model.
def test_the_vocabulary_of_a_model_as_the_output(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "bert").mkdir()
    (folder / "bert/vocab.txt").write_text("[PAD]\n")
    words = ("record", "bert", "--text", "a", "-o", "bert/vocab.txt")
    code, said = run(*words, capfd=capfd)
    assert (code, (folder / "bert/vocab.txt").read_text()) == (2, "[PAD]\n")
    assert "is read here" in said


# From corpora as they are shared: fast_align's bars, gzip, the end of line of Windows, accents that
# a Mac spells with two characters.
@pytest.mark.parametrize(
    "content",
    [
        b"the red house ||| a casa vermelha\r\n",
        gzip.compress(PAIR.encode(), mtime=0),  # a test has one name in all processes
        b"\xef\xbb\xbf" + PAIR.encode(),
    ],
)
def test_a_corpus_as_it_comes(
    folder: Path, capfd: pytest.CaptureFixture[str], content: bytes
) -> None:
    (folder / "p.tsv").write_bytes(content)
    assert run("align", "p.tsv", "-o", "out", capfd=capfd)[0] == 0
    assert (folder / "out").read_text() == "0-0 2-1 1-2\n"


def test_accents_that_are_spelled_with_two_characters(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pair = unicodedata.normalize("NFD", "the bread is good\to pão é bom\n")
    (folder / "p.tsv").write_text(pair, encoding="utf-8")
    assert run("align", "p.tsv", "-o", "out", capfd=capfd)[0] == 0
    target = unicodedata.normalize("NFD", "pão é")
    for lesson in ("backprop", "cross-attention"):
        book = sf.lesson(lesson, source="bread is", target=target)
        assert book["weights"].labels[0] == ["pão", "é"]


# From shell pipelines: a step before has failed, and nobody looks at the numbers of the next.
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        ("the red house a casa vermelha\n", "has no tab"),
        ("the xylophone\to xilofone\n", "knows no source word 'xylophone'"),
        ("happy " * 30 + "\tfeliz\n", "reads at most 11 words"),
        ("the red house\t\n", "has an empty target side"),
    ],
)
def test_a_corpus_of_which_nothing_can_be_used(
    folder: Path, capfd: pytest.CaptureFixture[str], content: str, reason: str
) -> None:
    (folder / "p.tsv").write_text(content)
    code, said = run("align", "p.tsv", "-o", "out", capfd=capfd)
    assert code == 2
    assert reason in said
    assert not (folder / "out").exists()


# From people who follow the README inside a module of the same name.
def test_a_function_called_like_the_package(folder: Path) -> None:
    def sheetformer(x: np.ndarray) -> np.ndarray:
        return x * 2.0

    path = sf.trace(sheetformer, np.ones((1, 2))).save(folder / "book.xlsx")
    assert sf.verify(path).ok


# From a school whose programs save everything as .xls.
def test_the_old_format_cuts_wide_books_and_that_is_said_before(
    capfd: pytest.CaptureFixture[str],
) -> None:
    code, said = run("lesson", "-o", "a.xls", capfd=capfd)
    assert (code, "column 256 and cuts wide books; end the name in .xlsx" in said) == (2, True)
    for columns in (200, 300):
        book = sf.trace(lambda x: x * 2.0, np.ones((1, columns)))
        show_book(book, book.save("a.xlsx"))
        said = capfd.readouterr().out
        assert ("the old format .xls would cut it" in said) == (columns > 256)


# From Excel, which shows a font of a scheme in place of the one that is named: Calibri for Arial.
def test_no_font_of_a_book_belongs_to_a_scheme(folder: Path) -> None:
    path = sf.lesson("cross-attention").save(folder / "book.xlsx")
    with zipfile.ZipFile(path) as archive:
        styles = archive.read("xl/styles.xml").decode()
    assert styles.count('<name val="Arial"/>') > 5
    assert "<scheme " not in styles
