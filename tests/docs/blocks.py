"""The blocks of code of a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md")), *sorted(DOCS.glob("??/*.md"))]
"""Those of the course are written from the lessons; tests/lessons/test_pages.py holds them."""
_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", flags=re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code: what it is written in, its text, and the line where it begins."""

    kind: str
    text: str
    line: int


def blocks_of(page: Path) -> list[Block]:
    """The blocks of a page, in their order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(found[2], dedent(found[3]), text.count("\n", 0, found.start()) + 1)
        for found in _BLOCK.finditer(text)
    ]
