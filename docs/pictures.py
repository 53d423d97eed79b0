"""Make the pictures of the documentation from the real workbooks, through LibreOffice.

Run `python docs/pictures.py` for all of them, or name lessons (or `books`, `examples`, `page`):
`python docs/pictures.py softmax`.
It needs soffice, pdftoppm, pdftotext and Pillow (which comes with matplotlib).
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
BOOKS, EXAMPLES, PAGE = "books", "examples", "page"
"""The names of the pictures of README and guide, of those of examples/, whose packages must be
installed, and of the page, for which Chromium must be there."""
WORKBOOK, TRANSLATION = {"attention": "6 "}, {"alignment": "Who looks at whom"}
"""Picture → how the heading of the stage begins that it shows."""


def main(names: list[str]) -> None:
    """Write the books, print them to PDF, and cut their pages out."""
    IMAGES.mkdir(exist_ok=True)
    for name in [name for name in names if name in LESSONS] or ([] if names else LESSONS):
        for code in languages():
            book = sf.lesson(name, lang=code)
            shoot(book, {f"lesson-{name}-{code}": f"{LESSONS[name].picture} "})
    if not names or BOOKS in names:
        shoot(sf.lesson(), WORKBOOK)
        shoot(sf.translate("we see the red house"), TRANSLATION)
    if not names or PAGE in names:
        photograph(sf.lesson(), "page")
    if not names or EXAMPLES in names:
        shoot(_example("katakana").katakana("lisbon"), {"katakana": ""})
        shoot(_example("minilm").one_map(), {"minilm": ""})


def _example(name: str) -> Any:
    """The module of an example."""
    sys.path.insert(0, str(IMAGES.parents[1] / "examples"))
    return import_module(name)


def shoot(book: sf.Book, pictures: Mapping[str, str]) -> None:
    """Pages of a printed book, each as a picture: name → how the heading of its stage begins."""
    with tempfile.TemporaryDirectory() as folder:
        file = book.save(Path(folder, "book.xlsx"))
        profile = f"-env:UserInstallation=file://{folder}/profile"
        office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder]
        subprocess.run([*office, str(file)], check=True, capture_output=True)
        printed = str(file.with_suffix(".pdf"))
        for name, beginning in pictures.items():
            page = str(page_of(printed, heading(book, beginning)))
            at = ["-r", str(DPI), "-f", page, "-l", page, "-singlefile", "-png"]
            target = Path(folder, name)
            subprocess.run(["pdftoppm", *at, printed, target], check=True)
            cut(target.with_suffix(".png"), IMAGES / f"{name}.png")


def heading(book: sf.Book, beginning: str) -> str:
    """The heading of the stage that begins so, with single spaces.

    Raises:
        LookupError: there is none.
    """
    headings = (" ".join(stage.title.split()) for stage in book.stages)
    found = next((one for one in headings if one.startswith(beginning)), None)
    if found is None:
        raise LookupError(f"no stage begins with {beginning!r}")
    return found


def page_of(printed: str, heading: str) -> int:
    """The page, from 1, on which a heading stands: steps move to other pages as books grow."""
    text = subprocess.run(
        ["pdftotext", "-layout", printed, "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = ([" ".join(line.split()) for line in page.splitlines()] for page in text.split("\f"))
    return next(
        number
        for number, lines in enumerate(pages, 1)
        if any(line.startswith(heading) for line in lines)
    )


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
        page.locator('.card:not(.again) [data-block="weights"] td[data-cell]').last.click()
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
