"""What the README shows of `make demo` is what its commands say, and its figures are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sheetformer.cli import main
from sheetformer.lessons import vocabulary

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_demo_ends_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\ndemo:")[2]
    commands = re.findall(r"@\$\(BIN\)/sheetformer (.+)", recipe.partition("\n\n")[0])
    assert [command.split()[0] for command in commands] == ["lesson", "verify"]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for command in commands:
        with pytest.raises(SystemExit) as end:
            main(command.split())
        assert end.value.code == 0
    said = [line.rstrip() for line in capfd.readouterr().out.splitlines()]
    assert len(said) < 30, "it fits a terminal, with the picture and the verdict"
    shown = re.findall(r"```text\n(.*?)```", README, flags=re.DOTALL)
    assert len(shown) == 2
    for block in shown:
        assert all(line.rstrip() in said for line in block.splitlines())


def test_its_figures_are_right() -> None:
    english, portuguese = vocabulary()
    assert f"{len(english)} English and {len(portuguese)} Portuguese words" in README
