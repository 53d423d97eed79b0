"""Make the pictures of the documentation from the real workbooks, through LibreOffice.

Run `python docs/pictures.py` for all of them, or name lessons (or `examples`):
`python docs/pictures.py softmax`.
It needs soffice, pdftoppm and Pillow (which comes with matplotlib).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

import sheetformer as sf
from sheetformer.lessons import LANGUAGES, LESSONS

IMAGES = Path(__file__).parent / "images"
DPI = 110
MARGIN = 24
"""Pixels of paper around what is printed."""
COLOURS = 64
EXAMPLES = "examples"
"""The name of the pictures of examples/, whose packages must be installed."""


def main(names: list[str]) -> None:
    """Write the books, print them to PDF, and cut their pages out."""
    IMAGES.mkdir(exist_ok=True)
    for name in [name for name in names if name != EXAMPLES] or ([] if names else LESSONS):
        for code in LANGUAGES:
            book = sf.lesson(name, lang=code)
            shoot(book, {f"lesson-{name}-{code}": LESSONS[name].picture})
    if not names:
        shoot(sf.lesson(), {"words": 2, "attention": 6, "transformer": 7, "check": 8})
        shoot(sf.translate("we see the red house"), {"translator": 1, "alignment": 2})
    if not names or EXAMPLES in names:
        shoot(_example("katakana").katakana("lisbon"), {"katakana": 1})
        shoot(_example("minilm").one_map(), {"minilm": 1})


def _example(name: str) -> Any:
    """The module of an example."""
    sys.path.insert(0, str(IMAGES.parents[1] / "examples"))
    return import_module(name)


def shoot(book: sf.Book, pictures: Mapping[str, int]) -> None:
    """Pages of a printed book, each as a picture: name → page."""
    with tempfile.TemporaryDirectory() as folder:
        file = book.save(Path(folder, "book.xlsx"))
        profile = f"-env:UserInstallation=file://{folder}/profile"
        office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder]
        subprocess.run([*office, str(file)], check=True, capture_output=True)
        for name, page in pictures.items():
            at = ["-r", str(DPI), "-f", str(page), "-l", str(page), "-singlefile", "-png"]
            target = Path(folder, name)
            subprocess.run(["pdftoppm", *at, str(file.with_suffix(".pdf")), target], check=True)
            cut(target.with_suffix(".png"), IMAGES / f"{name}.png")


def cut(page: Path, target: Path) -> None:
    """Cut the empty paper away, the footer with it, and keep few colours: the file is small."""
    paper = Image.open(page).convert("RGB")
    footed = paper.crop((0, 0, paper.width, round(paper.height * 0.93)))
    white = Image.new("RGB", footed.size, "white")
    box = ImageChops.difference(footed, white).getbbox() or (0, 0, *footed.size)
    left, top, right, bottom = box
    edge = (left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN)
    small = footed.crop(tuple(map(max, edge, (0, 0, 0, 0)))).quantize(COLOURS)
    small.save(target, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
