"""Whatever a person can get wrong: one clear sentence, exit code 2, and no file touched."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from sheetformer.cli.error_reporting import problems_explained
from sheetformer.errors import WordError


def refused(ran, *parts: str) -> None:
    """One sentence on stderr that says all of this; nothing on stdout."""
    assert ran.code == 2, ran
    assert ran.out == ""
    assert ran.err.startswith("Error: ")
    assert ran.err.count("\n") == 1, ran.err
    assert ran.err.rstrip().endswith((".", "?", "!"))
    for words in parts:
        assert words in ran.err


@pytest.mark.parametrize(
    ("side", "sentence", "parts"),
    [
        ("source", "I am hapy", ["'hapy'", "source", "happy"]),
        ("target", "eu sou felix", ["'felix'", "target", "feliz"]),
        ("source", "xylophone", ["'xylophone'", "source"]),
        ("source", "", ["source", "empty"]),
        ("target", "   ", ["target", "empty"]),
        ("source", "|", ["source", "empty"]),
        ("target", "eu | | feliz", ["target", "between two bars"]),
        ("source", " ".join(["happy"] * 17), ["source", "17 words", "16"]),
        ("target", '=HYPERLINK("x")', ["target", "=HYPERLINK"]),
        ("source", "a\x1b[2Jb", ["source"]),
        ("source", "[bold]x[/bold]", ["[bold]x"]),
    ],
)
def test_sentences(process, tmp_path: Path, side: str, sentence: str, parts: list[str]) -> None:
    ran = process("lesson", f"--{side}", sentence)
    refused(ran, *parts)
    assert "\x1b" not in ran.err
    assert not list(tmp_path.iterdir())


def test_bad_input_with_json_leaves_stdout_empty(process) -> None:
    refused(process("lesson", "--source", "hapy", "--json"), "happy")


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["lesson", "cross-atention"], ["cross-atention", "cross-attention"]),
        (["lessn"], ["lessn", "lesson"]),
        (["lesson", "--sorce", "I"], ["--sorce", "did you mean", "--source"]),
        (["lesson", "--formulas", "matrx"], ["matrx", "matrix", "cell"]),
        (["lesson", "cross-attention", "extra"], ["extra"]),
        (["lesson", "--source"], ["--source"]),
        (["verify"], ["FILE is missing", "sheetformer verify --help"]),
        (["verify", "a.xlsx", "--engine", "excel"], ["excel", "ironcalc", "libreoffice"]),
        (["words", "--side", "left"], ["left", "source", "target"]),
        (["step", "a.xlsx", "-n", "x"], ["--steps must be a whole number"]),
        (["lessons", ""], ["nothing belongs there: ''", "sheetformer lessons --help"]),
        (["lesson", "-o", ""], ["an output needs the name of a file"]),
        (["align", "none.tsv"], ["none.tsv", "no such file"]),
    ],
)
def test_command_lines(process, words: list[str], parts: list[str]) -> None:
    refused(process(*words), *parts)


def test_output_is_a_folder(process, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there.xlsx").mkdir()
    refused(process("lesson", "-o", "there"), "there is a folder")
    refused(process("lesson", "-o", "there.xlsx"), "there.xlsx is a folder")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["there", "there.xlsx"]


def test_output_in_a_missing_folder(process, tmp_path: Path) -> None:
    refused(process("lesson", "-o", "nowhere/a.xlsx"), "nowhere", "does not exist")
    assert not list(tmp_path.iterdir())


def test_output_of_an_unknown_kind(process, tmp_path: Path) -> None:
    refused(process("lesson", "-o", "a.pdf"), "a.pdf", ".xlsx")
    refused(process("lesson", "-o", "a"), ".xlsx")
    assert not list(tmp_path.iterdir())


def test_output_is_read_only(process, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"mine")
    path.chmod(0o444)
    refused(process("lesson", "-o", "a.xlsx"), "a.xlsx", "read-only")
    assert path.read_bytes() == b"mine"
    assert [file.name for file in tmp_path.iterdir()] == ["a.xlsx"]


def test_output_is_open_in_libreoffice(process, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"mine")
    (tmp_path / ".~lock.a.xlsx#").write_text(",somebody,,;")
    refused(process("lesson", "-o", "a.xlsx"), "a.xlsx", "open in LibreOffice")
    assert path.read_bytes() == b"mine"


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on file sizes is POSIX")
def test_a_disk_that_is_full_leaves_the_old_file(tmp_path: Path) -> None:
    import resource

    def little_space() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    path = tmp_path / "a.xlsx"
    path.write_bytes(b"mine")
    ended = subprocess.run(
        [sys.executable, "-m", "sheetformer", "lesson", "-o", str(path)],
        capture_output=True,
        encoding="utf-8",
        preexec_fn=little_space,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("Error: ")
    assert ended.stderr.count("\n") == 1
    assert path.read_bytes() == b"mine"
    assert [file.name for file in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.fixture
def not_ours(tmp_path: Path, workbook: Path) -> Path:
    """A folder of files that verify must refuse."""
    (tmp_path / "folder.xlsx").mkdir()
    (tmp_path / "text.xlsx").write_text("a,b,c\n1,2,3\n")
    (tmp_path / "empty.xlsx").write_bytes(b"")
    whole = workbook.read_bytes()
    (tmp_path / "truncated.xlsx").write_bytes(whole[: len(whole) // 2])
    with xlsxwriter.Workbook(tmp_path / "foreign.xlsx") as foreign:
        foreign.add_worksheet().write_formula(0, 0, "=1+1", None, 2)
    return tmp_path


@pytest.mark.parametrize("name", ["missing", "folder", "text", "empty", "truncated", "foreign"])
def test_verify_refuses(process, not_ours: Path, name: str) -> None:
    before = sorted(not_ours.iterdir())
    refused(process("verify", f"{name}.xlsx"), f"{name}.xlsx")
    assert sorted(not_ours.iterdir()) == before


@pytest.mark.usefixtures("not_ours")
def test_verify_says_what_is_wrong(process) -> None:
    refused(process("verify", "foreign.xlsx"), "Sheetformer")
    refused(process("verify", "folder.xlsx"), "folder")


def test_verify_refuses_a_cell_that_is_no_number(process, tmp_path: Path) -> None:
    import sheetformer as sf

    sf.trace(lambda x: x + 1, [[2.0]]).save(tmp_path / "a.xlsx")
    edited(tmp_path / "a.xlsx", b"<v>2</v>", b"<v>nan?</v>")
    ran = process("verify", "a.xlsx")
    refused(ran, "a.xlsx")


def edited(path: Path, old: bytes, new: bytes) -> None:
    """Change the first sheet's XML in the file."""
    import zipfile

    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert old in parts[sheet]
    parts[sheet] = parts[sheet].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a shell")
def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    command = f"'{sys.executable}' -m sheetformer words --json | true"
    ended = subprocess.run(["sh", "-c", command], capture_output=True, cwd=tmp_path)
    assert ended.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", [["words"], ["words", "--json"], ["--help"]])
def test_an_output_that_takes_nothing(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "sheetformer", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
    assert ended.returncode == 2
    assert ended.stderr == "Error: no space left on device.\n"


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        signal.raise_signal(signal.SIGINT)
        return 0

    assert problems_explained(work) == 130
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (WordError("two words"), "Error: two words.\n"),
        (PermissionError(13, "Permission denied", "a.xlsx"), "Error: a.xlsx: permission denied.\n"),
        (OSError(28, "No space left on device"), "Error: no space left on device.\n"),
        (OSError("odd"), "Error: odd.\n"),
    ],
)
def test_problems_become_sentences(
    error: Exception, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    def work() -> int:
        raise error

    assert problems_explained(work) == 2
    assert capfd.readouterr() == ("", message)


def test_a_bug_of_ours_is_one_sentence_and_never_1(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def work() -> int:
        raise ZeroDivisionError

    assert problems_explained(work) == 70
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "ZeroDivisionError in work, line " in said
    monkeypatch.setenv("SHEETFORMER_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        problems_explained(work)


def test_too_little_memory_is_the_users_to_mend(capfd: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        raise MemoryError

    assert problems_explained(work) == 2
    assert "not enough memory" in capfd.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
@pytest.mark.parametrize(
    ("closed", "code"), [("<&-", 0), (">&-", 2), ("2>&-", 0), ("<&- 2>&-", 0), ("<&- >&-", 2)]
)
def test_closed_streams(tmp_path: Path, closed: str, code: int) -> None:
    command = f"{sys.executable} -m sheetformer lesson softmax -o a.xlsx {closed}"
    ended = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == code, ended
    assert [path.name for path in tmp_path.iterdir()] == (["a.xlsx"] if code == 0 else [])
    assert ("standard output is closed" in ended.stderr) == (code == 2)
    assert "Traceback" not in ended.stderr
