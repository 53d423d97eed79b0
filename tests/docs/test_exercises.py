"""Every command of the page on exercises runs as it stands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sheetformer.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "exercises.md"


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    lines = re.findall(r"^sheetformer .*$", text, flags=re.MULTILINE)
    (tmp_path / "class.csv").write_text("name\nAna\nBob\n", encoding="utf-8")
    (tmp_path / "mine.py").write_text(
        re.search(r"```python\n(# mine\.py\n.*?)```", text, re.DOTALL)[1],  # pyright: ignore
        encoding="utf-8",
    )
    assert lines
    for line in lines:
        with pytest.raises(SystemExit) as ended:
            main(shlex.split(line)[1:])
        assert ended.value.code == 0, line
