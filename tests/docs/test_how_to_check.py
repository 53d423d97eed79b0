"""The how-to for a workbook that somebody found: its commands run, and say what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sheetformer.cli import main

PAGE = (Path(__file__).parents[2] / "docs" / "how-to-check.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(python|sh|text)\n(.*?)```", PAGE, flags=re.DOTALL)


def test_its_commands_say_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said, shown = "", 0
    for kind, block in BLOCKS:
        if kind == "python":
            exec(compile(block, "how-to-check.md", "exec"), {})
        elif kind == "sh":
            with pytest.raises(SystemExit) as end:
                main(shlex.split(block)[1:])
            said = " ".join(capfd.readouterr().out.split())
            assert end.value.code == ("✗" in said)
        else:
            shown += 1
            for line in block.splitlines():
                assert line in said
    assert shown == 3
