"""The documentation is built as a site without a warning, and asks nothing of any other host."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sheetformer.language import languages
from sheetformer.lessons import LESSONS

from .blocks import DOCS, ROOT

pytest.importorskip("sphinx", reason="Sphinx is not installed: pip install 'sheetformer[docs]'")

LOADED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"([^\"]+)|<link\b[^>]*\bhref=\"([^\"]+)"
)
"""What a browser fetches by itself."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    ran = build(DOCS, folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    return folder / "html"


def build(docs: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Build a site as `make docs` does."""
    options = ["--quiet", "--fail-on-warning", "--keep-going", "--jobs", "2"]
    return subprocess.run(
        [sys.executable, "-m", "sphinx", *options, "-d", folder / "trees", docs, folder / "html"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=600,
    )


def test_every_page_is_there(site: Path) -> None:
    written = {str(page.relative_to(site)) for page in site.rglob("*.html")}
    pages = {str(page.relative_to(DOCS).with_suffix(".html")) for page in DOCS.rglob("*.md")}
    assert pages <= written
    assert len(pages) > len(LESSONS) * len(languages())


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    assert [one for page in site.rglob("*.html") for one in fetched(page)] == []
    styles = "".join(style.read_text(encoding="utf-8") for style in site.rglob("*.css"))
    assert re.findall(r"(?:url\(|@import )['\"]?https?:[^)]*", styles) == []


def fetched(page: Path) -> Iterator[str]:
    for one, other in LOADED.findall(page.read_text(encoding="utf-8")):
        if re.match(r"(https?:)?//", one or other):
            yield f"{page.name}: {one or other}"


def test_the_reference_has_every_command_and_public_name(site: Path) -> None:
    import typer

    import sheetformer as sf
    from sheetformer.cli import app

    commands = (site / "commands.html").read_text(encoding="utf-8")
    names = (site / "python.html").read_text(encoding="utf-8")
    for command in typer.main.get_command(app).commands.values():  # pyright: ignore
        assert f">sheetformer {command.name}<" in commands
        assert command.help.split("\n")[0] in commands
    for name in sf.__all__:
        kind = "" if name == "nn" else f'id="sheetformer.{name}"'
        assert kind in names, name


@pytest.mark.parametrize("code", ["pt", "es"])
def test_a_page_in_another_language_stands_among_its_like(site: Path, code: str) -> None:
    page = (site / code / "tutorial.html").read_text(encoding="utf-8")
    assert f'<html class="no-js" lang="{code}"' in page
    side = page.partition('<div class="sidebar-tree">')[2].partition("</aside>")[0]
    assert "On this page" not in page
    assert f"../lessons/{code}/README.html" in side
    assert "../decisions.html" not in side
    assert 'href="../tutorial.html"' in page.partition('<nav class="languages"')[2]


def test_a_broken_link_and_a_page_that_nobody_lists_are_found(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    conf = (DOCS / "conf.py").read_text(encoding="utf-8")
    conf = conf.replace('Path(__file__).parent / "_ext', f'Path({str(DOCS)!r}) / "_ext')
    for name in ("_static", "_templates"):
        conf = conf.replace(f'["{name}"]', repr([str(DOCS / name)]))
    (docs / "conf.py").write_text(conf.replace('"_static/logo.svg"', "None"), encoding="utf-8")
    (docs / "index.md").write_text("# Few\n\n- [One](one.md)\n", encoding="utf-8")
    (docs / "one.md").write_text("# One\n\n[gone](two.md) [too](#here)\n", encoding="utf-8")
    (docs / "lost.md").write_text("# Lost\n", encoding="utf-8")
    ran = build(docs, tmp_path)
    assert ran.returncode != 0
    for found in ("two.md", "'here'", "lost.md"):
        assert found in ran.stderr
