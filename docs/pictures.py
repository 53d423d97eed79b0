"""Make the pictures of the documentation from the real workbooks, through LibreOffice.

Run `python docs/pictures.py` for all of them, or name lessons (or `examples`, or `page`):
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
from sheetformer.language import languages
from sheetformer.lessons import LESSONS

IMAGES = Path(__file__).parent / "images"
DPI = 110
MARGIN = 24
"""Pixels of paper around what is printed."""
COLOURS = 64
EXAMPLES, PAGE = "examples", "page"
"""The names of the pictures of examples/, whose packages must be installed, and of the page, for
which Chromium must be there."""


def main(names: list[str]) -> None:
    """Write the books, print them to PDF, and cut their pages out."""
    IMAGES.mkdir(exist_ok=True)
    for name in [name for name in names if name in LESSONS] or ([] if names else LESSONS):
        for code in languages():
            book = sf.lesson(name, lang=code)
            shoot(book, {f"lesson-{name}-{code}": LESSONS[name].picture})
    if not names:
        shoot(sf.lesson(), {"words": 2, "attention": 6, "transformer": 7, "check": 8})
        shoot(sf.translate("we see the red house"), {"translator": 1, "alignment": 2})
    if not names or PAGE in names:
        photograph(sf.lesson(), "page")
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


def photograph(book: sf.Book, name: str) -> None:
    """The page of a book in Chromium, at the weights of the last word."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = book.save(Path(folder, "book.html"))
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page(viewport={"width": 1280, "height": 760})
        page.goto(file.as_uri())
        page.get_by_text(f"{book['weights'].value[-1, -1]:.1%}").nth(1).click()
        picture = Path(folder, "page.png")
        page.screenshot(path=picture)
        chromium.close()
        Image.open(picture).convert("RGB").quantize(COLOURS * 2).save(IMAGES / f"{name}.png")


def cut(page: Path, target: Path) -> None:
    """Cut the empty paper away, the footer with it, and keep few colours: the file is small."""
    paper = Image.open(page).convert("RGB")
    footed = paper.crop((0, 0, paper.width, round(paper.height * 0.93)))
    white = Image.new("RGB", footed.size, "white")
    box = ImageChops.difference(footed, white).getbbox() or (0, 0, *footed.size)
    left, top, right, bottom = box
    first = (max(left - MARGIN, 0), max(top - MARGIN, 0))
    last = (min(right + MARGIN, footed.width), min(bottom + MARGIN, footed.height))
    small = footed.crop((*first, *last)).quantize(COLOURS)
    small.save(target, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
