"""Folders for a while: gone with their owner, or on the next run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sheetformer import scratch
from sheetformer.scratch import Scratch, is_free

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    scratch._sweep.cache_clear()
    return tmp_path


def test_it_goes_with_the_block(temporary: Path) -> None:
    with Scratch() as folder:
        (folder.path / "book.xlsx").write_text("x")
        assert not is_free(folder.path)
    assert list(temporary.iterdir()) == []
    folder.close()


def test_the_next_run_removes_what_a_killed_one_left(temporary: Path) -> None:
    program = (
        "import os; from sheetformer.scratch import Scratch; Scratch(); os.kill(os.getpid(), 9)"
    )
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"TMPDIR": str(temporary)},
            check=False,
        )
    old, young = temporary.iterdir()
    os.utime(old, (0, 0))
    with Scratch() as alive:
        os.utime(alive.path, (0, 0))
        foreign = temporary / "somebody-else"
        foreign.mkdir()
        os.utime(foreign, (0, 0))
        scratch._sweep.cache_clear()
        with Scratch() as another:
            assert set(temporary.iterdir()) == {young, foreign, alive.path, another.path}
