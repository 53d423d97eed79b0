"""`sheetformer lesson`, `lessons` and `words`."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from sheetformer.lessons import scaling

SIXTEEN = " ".join(["I am happy"] * 5 + ["I"])
SIXTEEN_TARGET = " ".join(["eu sou feliz"] * 5 + ["eu"])


def test_the_default_lesson(process, tmp_path: Path) -> None:
    ran = process("lesson")
    assert ran.code == 0, ran.err
    assert ran.err == ""
    assert (tmp_path / "cross-attention.xlsx").read_bytes()[:2] == b"PK"
    assert [path.name for path in tmp_path.iterdir()] == ["cross-attention.xlsx"]
    assert ran.out.startswith("Wrote cross-attention.xlsx: ")
    assert "sheetformer verify cross-attention.xlsx" in ran.out
    for word in ["I", "am", "happy", "eu", "sou", "feliz"]:
        assert word in ran.out
    assert len(re.findall(r"\d+%", ran.out)) == 9


def test_the_default_workbook_is_small(workbook: Path) -> None:
    assert workbook.stat().st_size < 125_000


def test_a_name_with_a_blank_can_be_copied_into_a_shell(sheetformer) -> None:
    assert "verify 'my file.xlsx'" in sheetformer("lesson", "-o", "my file.xlsx").out


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_json(sheetformer, tmp_path: Path, formulas: str) -> None:
    ran = sheetformer("lesson", "-o", "a.xlsx", "--formulas", formulas, "--json")
    assert ran.code == 0, ran.err
    facts = json.loads(ran.out)
    assert facts["file"] == "a.xlsx"
    assert facts["bytes"] == (tmp_path / "a.xlsx").stat().st_size
    assert facts["formulas"] == formulas
    weights = facts["weights"]
    assert weights["source"] == ["I", "am", "happy"]
    assert weights["target"] == ["eu", "sou", "feliz"]
    assert [sum(row) for row in weights["shares"]] == pytest.approx([1, 1, 1])


@pytest.mark.parametrize(
    ("name", "expected", "unexpected"),
    [
        ("softmax", "sheetformer words lists the words", "takes --"),
        ("scaling", "sheetformer lesson scaling takes --seed.", "sheetformer words"),
        ("training", "takes --steps, --learning-rate, --seed, --d-model.", "sheetformer words"),
    ],
)
def test_it_closes_with_what_the_lesson_takes(
    sheetformer, name: str, expected: str, unexpected: str
) -> None:
    """Other sentences only where there are sentences."""
    out = " ".join(sheetformer("lesson", name).out.split())
    assert expected in out
    assert unexpected not in out


def test_a_lesson_without_options_is_not_said_to_take_some(
    sheetformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = scaling.LESSON
    plain = replace(entry, build=lambda formulas="matrix": entry.build(formulas=formulas))
    monkeypatch.setattr(scaling, "LESSON", plain)
    ran = sheetformer("lesson", "scaling")
    assert ran.code == 0, ran.err
    assert "takes" not in ran.out
    assert "sheetformer verify scaling.xlsx" in ran.out


def test_bars_join_words(sheetformer) -> None:
    ran = sheetformer("lesson", "--source", "I am | happy", "--target", "sou | feliz", "--json")
    weights = json.loads(ran.out)["weights"]
    assert weights["source"] == ["I am", "happy"]
    assert weights["target"] == ["sou", "feliz"]


def test_text(sheetformer, tmp_path: Path) -> None:
    ran = sheetformer("lesson", "-o", "a.txt")
    assert ran.code == 0, ran.err
    assert "verify" not in ran.out
    assert "MMULT" in (tmp_path / "a.txt").read_text(encoding="utf-8")


def test_an_existing_file_is_replaced(sheetformer, tmp_path: Path) -> None:
    (tmp_path / "cross-attention.xlsx").write_bytes(b"old")
    assert sheetformer("lesson").code == 0
    assert (tmp_path / "cross-attention.xlsx").read_bytes()[:2] == b"PK"


def test_colour_adds_nothing_to_the_text(sheetformer) -> None:
    coloured = sheetformer("lesson", FORCE_COLOR="1", TERM="xterm-256color", COLORTERM="truecolor")
    plain = sheetformer("lesson", NO_COLOR="1")
    assert "\x1b[" in coloured.out
    assert "\x1b[" not in plain.out
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured.out) == plain.out


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_sixteen_words_fit_the_terminal(sheetformer, columns: int) -> None:
    ran = sheetformer(
        "lesson", "--source", SIXTEEN, "--target", SIXTEEN_TARGET, COLUMNS=str(columns)
    )
    assert ran.code == 0, ran.err
    printed = ran.out.splitlines()
    assert max(len(line) for line in printed[1:]) <= columns
    assert ran.out.count("▁") + ran.out.count("▂") > 16


def test_an_old_terminal_gets_question_marks(process) -> None:
    ran = process("lesson", PYTHONIOENCODING="ascii")
    assert ran.code == 0, ran.err
    assert "%" in ran.out


def test_lessons(sheetformer) -> None:
    assert "cross-attention" in sheetformer("lessons").out
    listed = json.loads(sheetformer("lessons", "--json").out)
    assert {"name", "title", "summary", "options"} == set(listed[0])
    options = {one["name"]: set(one["options"]) for one in listed}
    assert options["cross-attention"] == {"source", "target"}


def test_words(sheetformer) -> None:
    known = json.loads(sheetformer("words", "--json").out)
    assert "happy" in known["source"]
    assert "feliz" in known["target"]
    assert min(len(words) for words in known.values()) >= 60
    only = sheetformer("words", "--side", "target").out
    assert re.search(r"\bfeliz\b", only)
    assert not re.search(r"\bhappy\b", only)
    assert list(json.loads(sheetformer("words", "--side", "source", "--json").out)) == ["source"]


def test_version(sheetformer) -> None:
    import sheetformer as sf

    assert sheetformer("--version").out == f"sheetformer {sf.__version__}\n"


@pytest.mark.parametrize("command", ["", "lesson", "lessons", "words", "verify"])
def test_help_has_examples(sheetformer, command: str) -> None:
    ran = sheetformer(*command.split(), "--help")
    assert ran.code == 0
    assert "Examples:" in ran.out
    assert f"sheetformer {command}".rstrip() in ran.out


def test_no_words_at_all_shows_help(sheetformer) -> None:
    bare, helped = sheetformer(), sheetformer("--help")
    assert (bare.code, bare.out.split()) == (helped.code, helped.out.split())
