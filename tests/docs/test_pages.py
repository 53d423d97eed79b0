"""Every command and code block of the documentation runs, and says what the page says it does.

A page runs from top to bottom in a folder of its own, beside files that its reader would have. What
stands in a `text` block was said by what ran before it.
"""

from __future__ import annotations

import math
import re
import shlex
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from sheetformer.cli import main

from . import given
from .blocks import PAGES, ROOT, Block, blocks_of

NOT_RUN = {
    "sheetformer serve": "goes on until it is stopped; tests/server",
    "sheetformer train": "takes minutes; tests/models",
    "sheetformer selftest": "takes a quarter of a minute, and has tests of its own",
    "sheetformer grade submissions --key key.xlsx --scheduler": "wants a cluster; tests/exercises",
    "sheetformer verify attention.xlsx --engine libreoffice": "may not be there; tests/cli",
    "make": "tests/cli/test_docs.py sees to it that the target is there",
    "python": "the file or the module is there, and has tests of its own",
    "pip": "would change what is installed",
    "pytest": "is this",
    "npm": "`make page` runs it",
    "cd": "`make page` runs it",
    "export": "tests/language",
}
"""How a command begins that does not run here, and why."""
SHOWN = ("", "excel", "nginx", "yaml")
"""Blocks that nothing runs: drawings, formulas (test_formulas.py), settings of other programs."""
PIECES = ("how-to-add-an-op-rule.md", "three-stories.md")
"""Pages with `py` blocks: lines of a file, or what takes a minute (tests/examples)."""

BRINGS = {"how-to-teach.md": ["submissions"]}
"""Pages that make themselves what others are given."""


@pytest.fixture(scope="module")
def folder_given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("given")
    given.files(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        given.found_workbook()
    given.models(folder)
    return folder


@pytest.fixture
def folder(folder_given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for one page, with what is given."""
    shutil.copytree(folder_given, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names_of(pages: list[Path]) -> list[str]:
    return [str(page.relative_to(ROOT)) for page in pages]


RUNNING = [page for page in PAGES if any(b.kind not in SHOWN for b in blocks_of(page))]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("page", RUNNING, ids=names_of(RUNNING))
def test_a_page_runs_and_says_what_it_shows(
    page: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FORCE_COLOR", "COLUMNS", "SHEETFORMER_LANG"):
        monkeypatch.delenv(name, raising=False)
    for own in BRINGS.get(page.name, ()):
        shutil.rmtree(own)
    space: dict[str, Any] = {}
    said: str | None = None
    for block in blocks_of(page):
        where = f"{page.name}:{block.line}"
        if block.kind == "python":
            exec(compile(block.text, where, "exec"), space)
            kept_as_a_file(block)
            said = capfd.readouterr().out
        elif block.kind == "sh":
            parts = [ran(line, where, capfd) for line in block.text.splitlines()]
            said = None if None in parts else "".join(filter(None, parts))
        elif block.kind == "csv":
            Path("class.csv").write_text(block.text, encoding="utf-8")
        elif block.kind == "text":
            assert said is None or assert_said(said, block.text, where)
        elif block.kind == "py":
            assert page.name in PIECES, where
            said = None
        else:
            assert block.kind in SHOWN, where


def kept_as_a_file(block: Block) -> None:
    """A block whose first line names a file is that file."""
    if named := re.match(r"# (\w+\.py)\n", block.text):
        Path(named[1]).unlink(missing_ok=True)
        Path(named[1]).write_text(block.text, encoding="utf-8")


def ran(line: str, where: str, capfd: pytest.CaptureFixture[str]) -> str | None:
    """What a command says, if it runs; it ends well unless it says that something is wrong."""
    words = shlex.split(line, comments=True)
    if not words:
        return ""
    if any(line.startswith(beginning) for beginning in NOT_RUN):
        there(words)
        return None
    assert words[0] == "sheetformer", f"{where}: {line} is not run: say why in NOT_RUN"
    with pytest.raises(SystemExit) as ended:
        main(words[1:])
    out, err = capfd.readouterr()
    expected = 2 if err.startswith("Erro") else int("✗" in out or '"differs": true' in out)
    assert ended.value.code == expected, f"{where}: {line}\n{out}{err}"
    return out + err


def there(words: list[str]) -> None:
    """The file or module that Python would run exists."""
    if words[:2] == ["python", "-m"]:
        own = ROOT / f"{words[2].replace('.', '/')}.py"
        assert own.exists() or find_spec(words[2]), words[2]
    elif words[0] == "python":
        assert (ROOT / words[1]).exists(), words[1]


def assert_said(said: str, shown: str, where: str) -> bool:
    """Each line that a page shows was said, in its words; numbers are the same but for rounding."""
    lines = [line.split() for line in said.splitlines()]
    flowing = " ".join(said.split())
    for line in shown.splitlines():
        words = line.split()
        assert " ".join(words) in flowing or any(same(words, one) for one in lines), (where, line)
    return True


def same(shown: list[str], said: list[str]) -> bool:
    return len(shown) == len(said) and all(map(same_word, shown, said))


def same_word(one: str, other: str) -> bool:
    try:
        return math.isclose(float(one.strip(",.;[]")), float(other.strip(",.;[]")), rel_tol=0.06)
    except ValueError:
        return one == other


def test_a_command_that_nothing_runs_and_words_that_nobody_said_are_found(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(AssertionError, match="say why"):
        ran("rm -rf everything", "page:1", capfd)
    with pytest.raises(AssertionError, match="page:2"):
        assert_said("a 0.5 b", "a 0.6 b", "page:2")
    assert assert_said("a 0.50 b", "a 0.51 b", "page:3")
