"""Make the pictures of the documentation from the real workbooks, through LibreOffice.

Run `python docs/pictures.py` for all of them, or name lessons (or `books`, `examples`, `page`):
`python docs/pictures.py softmax`. `python docs/pictures.py --check` names those that are stale:
a digest of what each shows stands in docs/images/shown.json, and a test fails while one differs.
It needs soffice, pdftoppm, pdftotext and Pillow (which comes with matplotlib).
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import sheetformer as sf
from sheetformer.files import write_whole
from sheetformer.language import languages
from sheetformer.lessons import LESSONS

IMAGES = Path(__file__).parent / "images"
SHOWN = IMAGES / "shown.json"
"""Picture → a digest of what it shows."""
DPI = 130
MARGIN = 24
"""Pixels of paper around what is printed."""
COLOURS = 64
BOOKS, EXAMPLES, PAGE = "books", "examples", "page"
"""The names of the pictures of README and guide, of those of examples/, whose packages must be
installed, and of the page, for which Chromium must be there."""
NAMES = {"names-before": 0, "names-after": 1000}
"""Picture of the names that the lesson gpt makes up → after so many steps."""
WORKBOOK, TRANSLATION = {"attention": "6 "}, {"alignment": "Who looks at whom"}
PAIR = {
    "en": "The idea on one screen",
    "pt": "A ideia em uma tela",
    "es": "La idea en una pantalla",
}
"""Language → how the heading of the talk's pair begins, which the first pages show."""
PHOTOGRAPH = {"page": "6 "}
"""Picture → how the heading of the stage begins that it shows."""
SENTENCE = "we see the red house"
"""What the translator's picture translates."""


def main(names: list[str]) -> None:
    """Write the books, print them to PDF, and cut their pages out."""
    IMAGES.mkdir(exist_ok=True)
    for name in [name for name in names if name in LESSONS] or ([] if names else LESSONS):
        for code in languages():
            shoot(sf.lesson(name, lang=code), of_lesson(name, code))
    if not names or BOOKS in names:
        shoot(sf.lesson(), WORKBOOK)
        for code in PAIR:
            shoot(sf.lesson(lang=code), of_pair(code))
        shoot(sf.translate(SENTENCE), TRANSLATION)
        for picture, steps in NAMES.items():
            shoot(sf.lesson("gpt", steps=steps), {picture: "8 "})
    if not names or PAGE in names:
        photograph(sf.lesson(), "page")
        remember(digests(sf.lesson(), PHOTOGRAPH))
    if not names or EXAMPLES in names:
        shoot(_example("katakana").katakana("lisbon"), {"katakana": ""})
        shoot(_example("minilm").one_map(), {"minilm": ""})


def of_lesson(name: str, code: str) -> dict[str, str]:
    """The picture of a lesson in the gallery, and its stage."""
    return {f"lesson-{name}-{code}": f"{LESSONS[name].picture} "}


def of_pair(code: str) -> dict[str, str]:
    """The picture of the talk's pair in a language, and its stage."""
    return {f"pair-{code}": PAIR[code]}


def check() -> list[str]:
    """The pictures that show something else than their books do now, but those of examples/."""
    known = json.loads(SHOWN.read_text(encoding="utf-8"))
    return [name for name, digest in now() if known.get(name) != digest]


def now() -> Iterator[tuple[str, str]]:
    """Each picture of this package's own books, and the digest of what it would show now."""
    for name in LESSONS:
        for code in languages():
            yield from digests(sf.lesson(name, lang=code), of_lesson(name, code)).items()
    yield from digests(sf.lesson(), {**WORKBOOK, **PHOTOGRAPH}).items()
    for code in PAIR:
        yield from digests(sf.lesson(lang=code), of_pair(code)).items()
    yield from digests(sf.translate(SENTENCE), TRANSLATION).items()


def digests(book: sf.Book, pictures: Mapping[str, str]) -> dict[str, str]:
    """Picture → a digest of the words, numbers and charts of its stage."""
    return {name: digest(book, heading(book, beginning)) for name, beginning in pictures.items()}


def digest(book: sf.Book, title: str) -> str:
    """A digest of what a reader sees of a stage, numbers to three digits."""
    places = dict(zip((" ".join(s.title.split()) for s in book.stages), book.headings, strict=True))
    name, first = places[title]
    last = min((row for sheet, row in book.headings if sheet == name and row > first), default=None)
    sheet = next(sheet for sheet in book.sheets if sheet.name == name)
    hidden = {row for rows in sheet.folded for row in rows}
    seen: list[Any] = [sheet.print_scale]
    for block in (*sheet.cell_blocks, *sheet.charts):
        if block.row < first or (last is not None and block.row >= last) or block.row in hidden:
            continue
        what = getattr(block, "values", None)
        told = block.title if what is None else [_rounded(value) for value in what.ravel().tolist()]
        seen.append([block.row - first, block.column, getattr(block, "style", ""), told])
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]


def _rounded(value: Any) -> Any:
    return f"{value:.3f}".replace("-0.000", "0.000") if isinstance(value, float) else value


def remember(shown: Mapping[str, str]) -> None:
    """Write down what pictures show that were just made."""
    known = json.loads(SHOWN.read_text(encoding="utf-8")) if SHOWN.exists() else {}
    text = json.dumps(dict(sorted({**known, **shown}.items())), indent=1)
    write_whole(SHOWN, f"{text}\n".encode())


def _example(name: str) -> Any:
    """The module of an example."""
    sys.path.insert(0, str(IMAGES.parents[1] / "examples"))
    return import_module(name)


def shoot(book: sf.Book, pictures: Mapping[str, str]) -> None:
    """Pages of a printed book, each as a picture: name → how the heading of its stage begins."""
    with tempfile.TemporaryDirectory() as folder:
        file = a_stage_a_page(book).save(Path(folder, "book.xlsx"))
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
    remember(digests(book, pictures))


def a_stage_a_page(book: sf.Book) -> sf.Book:
    """The book with a new page before each stage: a picture shows one."""
    tops: dict[str, list[int]] = {}
    for name, row in book.headings:
        tops.setdefault(name, []).append(row)
    sheets = [
        replace(sheet, page_breaks=sorted({*sheet.page_breaks, *tops.get(sheet.name, [])[1:]}))
        for sheet in book.sheets
    ]
    return replace(book, sheets=sheets)


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
    """The page, from 1, on which a heading stands: steps move to other pages as books grow.

    Raises:
        CalledProcessError: it stands on no page.
    """
    number = 0
    while True:
        number += 1
        # Page by page: the wide sheets of the translator, far behind, take minutes.
        one = ["-f", str(number), "-l", str(number)]
        text = subprocess.run(
            ["pdftotext", "-layout", *one, printed, "-"], check=True, capture_output=True, text=True
        ).stdout
        if any(" ".join(line.split()).startswith(heading) for line in text.splitlines()):
            return number


def photograph(book: sf.Book, name: str) -> None:
    """The page of a book in Chromium, at the weights of the last word."""
    from PIL import Image
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
    from PIL import Image, ImageChops

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
    if sys.argv[1:] == ["--check"]:
        stale = check()
        sys.exit(f"stale pictures: {', '.join(stale)}" if stale else 0)
    main(sys.argv[1:])
