"""The snapshot says what differs, is the same in every process, and leaves the bundle out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheetformer as sf

from . import command
from .command import compare, hashes_of, outputs, write
from .differences import bare_page, fingerprint

SCRIPT = Path(__file__).parents[1] / "snapshot.py"
Written = Callable[..., Path]


def doubled(factor: float = 2.0) -> Any:
    return sf.trace(lambda x: x * factor, np.ones((2, 2)), title="doubled")


def refused() -> Any:
    raise ValueError("not today")


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    """Write a folder with these outputs instead of those of the product."""

    def folder(name: str, **made: Callable[[], Any]) -> Path:
        cases = [(f"trace/{told}", make) for told, make in made.items()]
        monkeypatch.setattr(command, "outputs", lambda _only: iter(cases))
        write(tmp_path / name)
        return tmp_path / name

    return folder


def test_the_same_outputs_do_not_differ(written: Written, capsys: pytest.CaptureFixture) -> None:
    one, other = written("one", a=doubled), written("other", a=doubled)
    assert compare(one, other) == 0
    assert compare(one / "hashes.json", other) == 0
    assert "0 of 4 files differ" in capsys.readouterr().out


def test_a_wrong_number_is_found_in_every_file(
    written: Written, capsys: pytest.CaptureFixture
) -> None:
    one, other = written("one", a=doubled), written("other", a=lambda: doubled(2.0000001))
    capsys.readouterr()
    assert compare(one, other) == 3
    told = capsys.readouterr().out
    for suffix in (".xlsx", ".html", ".txt"):
        assert f"differs: trace/a{suffix}\n" in told
    assert re.search(r"xl/worksheets/sheet1.xml:\n +- .*\n +\+ .*2\.0000001", told)
    assert re.search(r"book\.\S+: .*2.* → .*2\.0000001", told)


def test_what_is_new_missing_or_fails_is_found(
    written: Written, capsys: pytest.CaptureFixture
) -> None:
    one = written("one", a=doubled, b=lambda: "said")
    other = written("other", a=refused, c=lambda: "said")
    assert (other / "trace/a.error").read_text(encoding="utf-8") == "ValueError: not today\n"
    assert compare(one, other) == 7
    told = capsys.readouterr().out
    assert "failed: trace/a.error" in told
    assert "new: trace/a.error" in told
    assert "missing: trace/a.xlsx" in told
    assert "missing: trace/b.txt" in told
    assert "new: trace/c.txt" in told
    assert compare(one, other, ["trace/c"]) == 1
    assert compare(one, other, ["trace/nothing"]) == 1


def test_a_page_is_its_markup_and_its_book(tmp_path: Path) -> None:
    path = doubled().save(tmp_path / "a.html")
    kept = fingerprint(path)
    text = path.read_text(encoding="utf-8")
    assert len(bare_page(path)) < len(text)
    for old, new, same in (
        ("</style>", " p { color: red }</style>", True),
        ("</script></body>", "; more()</script></body>", True),
        ('id="sheetformer-program">', 'id="sheetformer-program">AAAA', True),
        ('id="sheetformer-style">', 'id="sheetformer-style">AAAA', True),
        ("<h1>", "<h1>More ", False),
        ('<meta charset="utf-8">', "", False),
    ):
        path.write_text(text.replace(old, new), encoding="utf-8")
        assert (fingerprint(path) == kept) == same, old


def test_names_are_kept_and_used_once() -> None:
    for package in ("torch", "transformers"):  # recorded models are among the outputs
        pytest.importorskip(package)
    names = [name for name, _ in outputs()]
    assert len({name.lower() for name in names}) == len(names)
    kept = {name.partition(".")[0] for name in hashes_of(command.KEPT)}
    assert {name.partition(".")[0] for name in names} == kept


def test_it_is_the_same_in_every_process(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, SCRIPT, "write", seed, "--only", "trace/my-", "--only", "message/"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            timeout=120,
        )
    assert compare(tmp_path / "1", tmp_path / "2") == 0
    assert len(hashes_of(tmp_path / "1")) > 30
