"""The how-to for a teacher: its commands run in their order, and say what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sheetformer.cli import main

PAGE = (Path(__file__).parents[2] / "docs" / "how-to-teach.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(python|csv|sh|text)\n(.*?)```", PAGE, flags=re.DOTALL)


def test_from_nothing_to_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said, ran, shown = "", 0, 0
    for kind, block in BLOCKS:
        if kind == "python":
            exec(compile(block, "how-to-teach.md", "exec"), {})
        elif kind == "csv":
            Path("class.csv").write_text(block, encoding="utf-8")
        elif kind == "sh":
            ran += 1
            with pytest.raises(SystemExit) as end:
                main(shlex.split(block)[1:])
            assert end.value.code == 0, block
            said = " ".join(capfd.readouterr().out.split())
        else:
            for line in block.splitlines():
                shown += 1
                assert line in said
    assert (ran, shown) == (5, 6)
    assert len(list(Path("feedback").iterdir())) == len(list(Path("marked").iterdir())) == 2
    rows = Path("grades.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[1:3] for row in rows[1:]] == [
        ["Ana Silva", "100.0"],
        ["Bob Stone", "50.0"],
    ]
