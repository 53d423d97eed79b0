"""`sheetformer doctor`, and what a shell offers when Tab is pressed."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from sheetformer.cli import extras, machine
from sheetformer.engines import verify as verifying
from sheetformer.errors import EngineError
from sheetformer.lessons import LESSONS

from .conftest import Sheetformer
from .test_light import imported

ROOT = Path(__file__).parents[2]


def test_it_tells_of_every_extra_and_imports_none(sheetformer: Sheetformer) -> None:
    ran = sheetformer("doctor", "--json")
    assert ran.code == 0, ran
    told = json.loads(ran.out)
    assert told["ok"] is True
    names = [finding["name"] for finding in told["findings"]]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["optional-dependencies"]) - set(extras.FOR_DEVELOPERS) <= set(names)
    assert all(finding["purpose"] for finding in told["findings"])
    loaded = imported("from sheetformer.cli.doctor import _extras; _extras()")
    assert not loaded & {"torch", "transformers", "matplotlib", "starlette", "distributed"}


def test_a_bare_machine_gets_the_lines_and_works_all_the_same(
    sheetformer: Sheetformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(machine, "find_soffice", lambda: None)
    monkeypatch.setattr(machine, "missing", lambda: "LibreOffice is not installed")
    monkeypatch.setattr(machine, "BROWSERS", ())
    monkeypatch.setattr(machine, "FONTS", ())
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(extras, "version", gone)
    ran = sheetformer("--lang", "pt", "doctor", COLUMNS="100")
    assert ran.code == 0, ran
    for line in ("sudo apt install libreoffice-calc python3-uno", "sudo apt install chromium",
                 "pip install 'sheetformer[serve]'"):  # fmt: skip
        assert f"\n  {line}\n" in ran.out
    assert "funciona aqui" in ran.out
    assert "not found" not in ran.out


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("dnf", "sudo dnf install libreoffice-calc libreoffice-pyuno"),
        ("brew", "brew install --cask libreoffice"),
        ("winget", "winget install TheDocumentFoundation.LibreOffice"),
        ("none", "https://www.libreoffice.org/download"),
    ],
)
def test_the_line_is_that_of_the_system(
    program: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: Callable[[str], str | None] = lambda name: name if name == program else None  # noqa: E731
    monkeypatch.setattr(machine.shutil, "which", found)
    assert machine.get("libreoffice") == line


def test_only_a_broken_main_job_is_a_failure(
    sheetformer: Sheetformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise EngineError("IronCalc is not installed; run: pip install ironcalc")

    monkeypatch.setattr(verifying, "verify", broken)
    ran = sheetformer("doctor", COLUMNS="100")
    assert ran.code == 1
    assert "✗" in ran.out
    assert "does not work here" in ran.out
    assert "pip install ironcalc" in re.sub(r"\s+", " ", ran.out)


def test_another_version_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"torch": "2.11.0+cu128", "numpy": "2.1"}
    monkeypatch.setattr(extras, "version", versions.__getitem__)
    assert extras.installed([("torch", "==2.13.0"), ("numpy", "<3,>=1.26")]) == (
        ["numpy 2.1"],
        ["torch 2.11.0+cu128 (==2.13.0)"],
    )


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("les", {"lesson", "lessons"}),
        ("lesson sof", {"softmax"}),
        ("exercise kv", {"kv-cache"}),
        ("verify a.xlsx --engine lib", {"libreoffice"}),
        ("lesson softmax --lang p", {"pt"}),
        ("lesson --formulas c", {"cell"}),
        ("check a.xlsx layer", {"layer_norm"}),
        ("site out --only tr", {"training", "translate"}),
    ],
)
def test_tab_offers_what_can_be_typed(
    sheetformer: Sheetformer, typed: str, offered: set[str]
) -> None:
    words = f"sheetformer {typed}"
    asked = {"_SHEETFORMER_COMPLETE": "complete_bash", "COMP_WORDS": words}
    ran = sheetformer(**asked, COMP_CWORD=str(len(words.split()) - 1))
    assert ran.code == 0
    assert set(ran.out.split()) == offered


def test_every_lesson_that_exercise_offers_has_blanks_of_its_own() -> None:
    assert all(lesson.blanks for lesson in LESSONS.values())
