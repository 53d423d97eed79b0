"""One file makes a language: in a made-up one no English is left, wherever a reader looks."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from starlette.testclient import TestClient

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.cli import main
from sheetformer.lessons import LESSONS, vocabulary
from sheetformer.server.app import make_app
from sheetformer.server.pool import Pool

from .. import browsing
from .books import NAMES, books
from .conftest import dressed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ENGLISH = re.compile(r"(?<![\w<-])[A-Za-z]{2,}(?![\w>(])(?:[ ,]+[A-Za-z]{2,}(?![\w(]))*")
"""Words of two plain letters or more, as they stand one after the other."""
KEPT = {
    # The languages themselves, formats, programs, keys; functions inside equations.
    *("English", "Português", "Español", "xlsx", "Sheetformer", "NumPy", "IronCalc", "KB", "JSON"),
    *("SUBSTITUTE", "LEN", "ab", "abc", "KiB", "GiB", "png", "svg"),
    *(
        "TRUE",
        "FALSE",
        "fx",
        "ms",
        "ln",
        "exp",
        "max",
        "min",
        "cos",
        "sin",
        "softmax",
        "ReLU",
        "argmax",
    ),
}


def english(texts: Iterable[str], kept: Iterable[str]) -> list[str]:
    """The texts in which an English word stands that is no name and no word of the lesson."""
    known = KEPT | set(kept)
    return sorted(
        text
        for text in set(texts)
        if any(set(re.findall(r"[A-Za-z]+", run[0])) - known for run in ENGLISH.finditer(text))
    )


def names(book: Book) -> set[str]:
    """Words that are the same in every language: those of the vocabulary, and names in formulas."""
    parts = {part for name in book.blocks for part in re.findall(r"[A-Za-z]+", name)}
    cells = {
        str(value)
        for block in book.blocks.values()
        if block.caption.number_format in ("word", "phrase", "sentence", "entry")
        for value in book.graph.value(block.node.ids).ravel()
    }
    words = {word for side in vocabulary() for word in side}
    needed = {name.split("-")[0] for name in NAMES}  # "You need: dot-product."
    return (
        parts | words | needed | {part for cell in cells for part in re.findall(r"[A-Za-z]+", cell)}
    )


def texts_of(book: Book) -> Iterator[str]:
    """All that a workbook shows as text, but for the words that it computes with."""
    yield book.title
    for sheet in book.sheets:
        if sheet.hidden:
            continue
        yield sheet.name
        for cell_block in sheet.cell_blocks:
            yield from (str(value) for value in cell_block.values.ravel() if isinstance(value, str))
        for chart in sheet.charts:
            yield from (chart.title, *getattr(chart, "axes", ()))
            yield from (line.label for line in getattr(chart, "lines", ()))
        for choice in sheet.drop_downs:
            yield from (choice.title, choice.hint)


@pytest.mark.parametrize("name", NAMES)
def test_a_workbook(made_up_language: str, name: str) -> None:
    for book, plain in zip(books(name, made_up_language), books(name), strict=True):
        assert english(texts_of(book), names(book)) == []
        assert len(english(texts_of(plain), names(book))) > 20, "and in English it is found"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browsing.chromium() as browser:
        yield browser


SHOWN = """() => {
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const parent = walk.currentNode.parentElement;
        if (parent.closest('script, noscript, .cardname, code, .formulaline, math')) continue;
        found.push(walk.currentNode.data);
    }
    for (const one of document.querySelectorAll('math')) found.push(one.getAttribute('alttext'));
    for (const element of document.querySelectorAll('[title], [aria-label], [placeholder]')) {
        const said = (name) => element.getAttribute(name);
        if (!element.matches('.namebox, .sheettab')) found.push(said('title'));
        found.push(said('aria-label'), said('placeholder'));
    }
    return [...new Set(found.filter(Boolean).map((text) => text.trim()))];
}"""


@pytest.mark.parametrize("name", NAMES)
def test_a_page(made_up_language: str, chromium: Browser, tmp_path: Path, name: str) -> None:
    """An English book, read in the language from the list, in every view."""
    book = books(name)[0]
    page = chromium.new_page()
    page.goto(book.save(tmp_path / "page.html").as_uri())
    page.locator("select.languages").select_option(made_up_language)
    texts = [page.title()]
    for view in page.locator(".viewtabs button").all():
        view.click()
        if page.locator(".viewtabs [aria-selected=true]").get_attribute("data-view") == "lesson":
            page.get_by_text(dressed("Unfold all")).click()
        for sheet in page.locator(".sheettab").all() or [None]:
            if sheet is not None:
                sheet.click()
            texts += page.evaluate(SHOWN)
    page.close()
    assert any(dressed("Undo") in text for text in texts)
    assert english(without_cells(texts, book), names(book) | {"Ctrl", "Enter"}) == []


def without_cells(texts: Iterable[str], book: Book) -> Iterator[str]:
    """The texts without those of blocks: they stay in the language that the book was made in."""
    cells = {
        str(value)
        for block in book.blocks.values()
        for value in book.graph.value(block.node.ids).ravel()
        if isinstance(value, str) and " " in value.strip()
    }
    pattern = re.compile("|".join(map(re.escape, sorted(cells, key=len, reverse=True))) or "$")
    return (pattern.sub("", text) for text in texts)


def visible(page: str) -> list[str]:
    """The texts of a page of the server, labels of elements included."""
    body = re.sub(r"(?s)<style>.*?</style>", "", page)
    labels = re.findall(r'(?:title|aria-label)="([^"]*)"', body)
    return [unescape(text) for text in (*re.split(r"<[^>]*>", body), *labels) if text.strip()]


def test_the_server(made_up_language: str) -> None:
    with Pool(workers=1) as pool, TestClient(make_app(pool), base_url="http://127.0.0.1") as client:
        start = client.get("/", params={"lang": made_up_language})
        assert f'<html lang="{made_up_language}">' in start.text
        # The page lists the words that lessons know.
        words = {part for side in vocabulary() for word in side for part in word.split("-")}
        assert english(visible(start.text), words) == []
        by_browser = client.get("/", headers={"Accept-Language": f"fr, {made_up_language};q=0.9"})
        assert by_browser.text == start.text
        lost = client.get("/nowhere", params={"lang": made_up_language})
        assert english(visible(lost.text), ()) == []
        for path in ("/translate?sentences=x", f"/translate?sentence={'x' * 501}"):
            wrong = client.get(f"{path}&lang={made_up_language}")
            assert wrong.status_code == 400
            assert english(visible(wrong.text), ("sentence", "sentences")) == []
        word = client.get(f"/lessons/softmax?sentence=hapy&lang={made_up_language}")
        assert english(visible(word.text), words | {"hapy", "sheetformer", "words"}) == []
        refused = client.post(f"/workbook?lang={made_up_language}", json=[])
        assert english([refused.json()["error"]], ("book", "edits")) == []
        page = client.get("/lessons/softmax", params={"lang": made_up_language})
        assert f'<html lang="{made_up_language}"' in page.text


COMMANDS = [
    ["lessons"],
    ["words"],
    ["lesson", "softmax", "-o", "softmax.xlsx"],
    ["lesson", "-o", "attention.xlsx"],
    ["lesson", "training", "-o", "training.xlsx"],
    ["translate", "we see the red house"],
    ["verify", "attention.xlsx"],
]


def test_the_terminal(made_up_language: str, tmp_path: Path) -> None:
    known = {word for side in vocabulary() for word in side} | {"we", "see", "red", "house"}
    for command in COMMANDS:
        output = run("--lang", made_up_language, *command, folder=tmp_path)
        kept = known | set(LESSONS) | {"sheetformer", "lesson", "words", "verify", "NAME", "Excel"}
        kept |= {part for name in LESSONS for part in name.split("-")}
        kept |= names(sf.lesson(lang=made_up_language))
        # Commands to type, options and files are no sentences.
        bare = re.sub(r"--[\w-]+|\S+\.xlsx|sheetformer \w+(?: [\w-]+)?", "", output)
        assert english(bare.splitlines(), kept) == [], command
    wrong = run("--lang", made_up_language, "lesson", "sofmax", folder=tmp_path)
    assert wrong == dressed("Error: there is no lesson {x}; did you mean {y}?\n").format(
        x="'sofmax'", y="'softmax'"
    )


SLIPS = [
    ["lessn"],
    ["xyz"],
    ["lesson", "xyz"],
    ["lesson", "--sorce", "I"],
    ["lesson", "--hidden"],
    ["lesson", "--source"],
    ["lesson", "--json=3"],
    ["lesson", "--formulas", "matrx"],
    ["lesson", "--heads", "x"],
    ["lesson", "--learning-rate", "x"],
    ["lesson", "softmax", "extra"],
    ["lesson", "softmax", "--heads", "2"],
    ["lesson", "--source", "I am hapy"],
    ["lesson", "--source", ""],
    ["lesson", "-o", "a.pdf"],
    ["lesson", "-o", "a.xls"],
    ["lesson", "-o", "folder.xlsx"],
    ["lesson", "-o", "nowhere/a.xlsx"],
    ["lesson", "-o", "readonly.xlsx"],
    ["lesson", "-o", "open.xlsx"],
    ["lessons", "--lang", "zz"],
    ["words", "--side", "left"],
    ["translate"],
    ["translate", ""],
    ["translate", "the housse"],
    ["translate", "house " * 99],
    ["translate", "the house", "-m", "nothing"],
    ["translate", "the house", "-m", "text.xlsx"],
    ["translate", "the house", "-m", "text.xlsx", "-o", "text.xlsx"],
    ["verify"],
    ["verify", "missing.xlsx"],
    ["verify", "folder.xlsx"],
    ["verify", "text.xlsx"],
    ["verify", "foreign.xlsx"],
    ["verify", "foreign.xlsx", "--engine", "excel"],
    ["serve", "--port", "99999"],
    ["serve", "--port", "-1"],
    ["serve", "--host", "a..b"],
]


NAMED = {"sheetformer", "verify", "LibreOffice", "ironcalc", "libreoffice", "FILE", "formulas",
         "SENTENCE", "sentence", "file", "translator"}  # fmt: skip
"""Programs, options and arguments."""


@pytest.fixture
def slippery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in which much can go wrong."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.xlsx").mkdir()
    for name in ("text", "readonly", "open"):
        (tmp_path / f"{name}.xlsx").write_text("a,b")
    (tmp_path / "readonly.xlsx").chmod(0o444)
    (tmp_path / ".~lock.open.xlsx#").write_text("")
    with xlsxwriter.Workbook(tmp_path / "foreign.xlsx") as foreign:
        foreign.add_worksheet()


@pytest.mark.usefixtures("slippery")
@pytest.mark.parametrize("slip", SLIPS, ids=" ".join)
def test_a_slip(
    made_up_language: str,
    slip: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """What is wrong with a command line, a file or a sentence; the word Error too."""
    monkeypatch.setenv("SHEETFORMER_LANG", made_up_language)
    with pytest.raises(SystemExit) as end:
        main(slip)
    said = capfd.readouterr()
    assert (end.value.code, said.out) == (2, "")
    assert said.err.startswith(dressed("Error: "))
    # What is typed, and names of files, languages, lessons and words, are no sentences.
    bare = re.sub(r"'[^']*'|--?[\w-]+|[\w./]*\.xlsx?|\.(html|txt)|sheetformer [\w-]+", "", said.err)
    kept = {part for words in (slip, LESSONS, *vocabulary()) for word in words for part in
            re.findall("[A-Za-z]+", word)} | NAMED  # fmt: skip
    assert english([bare], kept) == []


def test_the_language_of_a_wrong_command_line_is_the_one_that_it_names(
    made_up_language: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for slip in (
        ["--lang", made_up_language, "lessn"],
        ["lesson", f"--lang={made_up_language}", "--sorce"],
        ["lesson", "--sorce", "--lang", made_up_language],
    ):
        with pytest.raises(SystemExit):
            main(slip)
        assert capfd.readouterr().err.startswith(dressed("Error: there is no "))


def run(*arguments: str, folder: Path) -> str:
    program = [sys.executable, "-m", "sheetformer", *arguments]
    ended = subprocess.run(program, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    return ended.stdout + ended.stderr
