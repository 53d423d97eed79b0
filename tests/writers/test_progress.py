"""A large book says how far it is, and leaves nothing when it is stopped on the way."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import sheetformer as sf

_WORK = """
import sys, numpy as np, sheetformer as sf
from sheetformer.cli.error_reporting import problems_explained
book = sf.trace(lambda x: x[:1] + 0.0, np.random.default_rng(0).normal(size=(6000, 500)))
def work():
    told = lambda cells, size: print(cells, flush=True)
    book.save(sys.argv[1], progress=told)
    return 0
sys.exit(problems_explained(work))
"""


def test_it_tells_cells_and_bytes_that_only_grow(tmp_path: Path) -> None:
    book = sf.trace(lambda x: x[:1] + 0.0, np.random.default_rng(0).normal(size=(900, 300)))
    told: list[tuple[int, int]] = []
    path = book.save(tmp_path / "book.xlsx", progress=lambda *now: told.append(now))
    assert len(told) > 3
    assert told == sorted(told)
    assert told[-1][0] <= book.cells
    assert told[-1][1] <= path.stat().st_size
    book.save(tmp_path / "book.txt", progress=lambda *now: told.append(now))


@pytest.mark.skipif(sys.platform == "win32", reason="a process there gets no Ctrl-C of another")
@pytest.mark.parametrize("lines", [1, 20])
def test_ctrl_c_leaves_no_file_and_no_process(tmp_path: Path, lines: int) -> None:
    command = [sys.executable, "-c", _WORK, str(tmp_path / "book.xlsx")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        for _ in range(lines):
            assert child.stdout.readline()
        child.send_signal(signal.SIGINT)
        _, complaint = child.communicate(timeout=60)
    assert (child.returncode, complaint) == (130, b"")
    assert list(tmp_path.iterdir()) == []
