"""Words that would like to be markup, formulas, commands of a terminal or other folders.

python -m tests.attack.injected [--seconds 300]

They stand wherever somebody's words may stand: titles, labels, inputs, names of students and files.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
import sys
import tempfile
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

import numpy as np
import openpyxl

import sheetformer as sf
from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.cli import main as main_of_sheetformer
from sheetformer.exercises.grading import Grades
from sheetformer.exercises.judged import BlankGrade, Grade
from sheetformer.exercises.students import file_part
from sheetformer.exercises.tables import canvas_csv, moodle_csv, student_page
from sheetformer.language import Language
from sheetformer.story.story import Story

from ..support import formula_values
from .report import TABLE, Findings, options, section, seeds

EVIL = (
    "<script>bad()</script>", "</script><script>bad()</script>", "<img src=x onerror=bad()>",
    "\"'><svg onload=bad()>", "]]><x>", "<!--", "-->", "{{7*7}}", "&lt;b&gt;", "javascript:bad()",
    "=HYPERLINK(\"http://bad\")", "+1+cmd|' /c calc'!A1", "-2+3", "@SUM(1)", "\t=1+1", "\r=1+1",
    "\x1b[2J", "\x1b]0;bad\x07", "\x9b2J", "\x08\x08", "\u202ebad", "[bold]bad[/bold]",
    "[link=http://bad]x[/link]", "../../bad", "/etc/bad", "..\\bad", "C:\\bad", "con", ".", "..",
    "<r><t>bad</t></r>", "<r></t></r>", "a\nb", "%s%n", "$(bad)",
    "`bad`", "';drop", "_x0041_", "\ufeff", "a" * 300,
)  # fmt: skip
"""One of each kind that ever did something to somebody."""
FORBIDDEN = {"script", "img", "svg", "iframe", "object", "embed", "link", "x"}


def evil_book(rng: Random) -> Book:
    """Attention between such words, in every place that shows a word."""
    words = rng.choices(EVIL, k=5)
    story = Story(words[0])
    story.stage(f"1   {words[0]}", words[1], words[2], "Story")
    column = np.array([[text] for text in words], dtype=object)
    typed = story.input(column, "words", note=words[1])
    labels = typed.ids[:, 0].astype(object)
    scores = story.input(np.eye(5), "scores", note=words[0], labels=[labels, labels])
    role = "attention weights"
    story.show(sf.softmax(scores), "weights", words[2], words[1], role=role,
               labels=(labels, labels))  # fmt: skip
    return build(story)


class Tags(HTMLParser):
    """Counts the tags of a page that could do something, and attributes that are programs."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in FORBIDDEN:
            self.found.append(tag)
        self.found += [name for name, _ in attrs if name.startswith("on")]


def tags(page: str) -> list[str]:
    """What could do something in a page, in order."""
    reader = Tags()
    reader.feed(page)
    return reader.found


# -- where they could do something -----------------------------------------------------------------


def workbook(rng: Random, folder: Path) -> None:
    """No word became a formula, and every part is XML."""
    book = evil_book(rng)
    path = book.save(folder / "evil.xlsx")
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels", ".vml")):
                ElementTree.fromstring(archive.read(name))
    formulas = {formula for *_, formula in formula_values(book)}
    for sheet in openpyxl.load_workbook(path):
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            text = getattr(cell.value, "text", cell.value).removeprefix("=")
            assert text in formulas, f"a word became a formula: {text}"


def page(rng: Random, folder: Path) -> None:
    """As many tags as the page of harmless words has."""
    harmless = evil_book(_Harmless(0)).save(folder / "good.html").read_text("utf-8")
    found = tags(evil_book(rng).save(folder / "evil.html").read_text("utf-8"))
    assert found == tags(harmless), f"another page: {found}"


class _Harmless(Random):
    def choices(self, *_: Any, **__: Any) -> list[Any]:
        return ["one", "two", "three", "four", "five"]


def picture(rng: Random, folder: Path) -> None:
    """A picture is XML without programs."""
    root = ElementTree.parse(evil_book(rng).save(folder / "evil.svg")).getroot()
    for element in root.iter():
        assert element.tag.rpartition("}")[2] not in FORBIDDEN - {"svg"}, element.tag
        assert not any(name.startswith("on") or "href" in name for name in element.attrib)


def tables(rng: Random, _folder: Path) -> None:
    """No cell of a table of grades begins as a formula, and a page of grades has no tags."""
    one, two, three, four = rng.choices(EVIL, k=4)
    blank = BlankGrade(one, {"A1": "wrong"}, two, {"A1": three})
    both = Grade(three, four, (blank,), (two,)), Grade(one, two, problem=three)
    grades = Grades(four, "en", (one,), both)
    for table in (moodle_csv(grades, Language("en")), canvas_csv(grades)):
        for cell in (cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row):
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
    assert not tags(student_page(grades, grades.grades[0], Language("en")))


def names(rng: Random, folder: Path) -> None:
    """The file of a student lies in the folder, whatever the student is called."""
    name = f"homework-{file_part(''.join(rng.choices(EVIL, k=2)))}.xlsx"
    assert (folder / name).resolve().parent == folder.resolve(), name


COMMANDS = (
    ["lesson", "{}"], ["verify", "{}"], ["verify", "{}.xlsx"], ["step", "{}.xlsx"], ["{}"],
    ["lesson", "--source", "{}"], ["lesson", "tokens", "--text", "{}"], ["translate", "{}"],
    ["grade", "{}", "--key", "{}"], ["check", "{}", "softmax", "--input", "{}", "--output", "A1"],
    ["exercise", "softmax", "-b", "{}"], ["align", "{}"], ["compare", "{}"], ["--lang", "{}"],
    ["lesson", "softmax", "-o", "{}"], ["site", "site", "--only", "{}"], ["record", "{}"],
)  # fmt: skip


def terminal(rng: Random, folder: Path) -> None:
    """What a command says has nothing that a terminal would obey, and is no file elsewhere."""
    words = [word.format(rng.choice(EVIL)) for word in rng.choice(COMMANDS)]
    said = io.StringIO()
    before = set(folder.parent.iterdir())
    code: Any = 0
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        try:
            main_of_sheetformer(words)
        except SystemExit as end:
            code = end.code
    assert code in (0, 1, 2, None), f"{words}: exit code {code}: {said.getvalue()}"
    odd = re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", said.getvalue())
    assert odd is None, f"{words}: {odd[0]!r} in {said.getvalue()!r}"
    assert set(folder.parent.iterdir()) == before, f"{words}: a file elsewhere"


PLACES = {
    "workbooks": workbook,
    "pages": page,
    "pictures": picture,
    "tables of grades": tables,
    "names of files": names,
    "what commands say": terminal,
}


def attacked(name: str, folder: Path, tries: Any) -> Findings:
    """Put such words in a place."""
    found = Findings()
    for seed in tries:
        found.attempt(lambda s=seed: PLACES[name](Random(s), folder), f"{name}, seed {seed}")
    return found


def main() -> None:
    """Try each place for its part of the time."""
    wanted = options(__doc__)
    rows: list[str] = []
    mistakes = 0
    with tempfile.TemporaryDirectory() as outer:
        folder = Path(outer, "here")
        folder.mkdir()
        for name in PLACES:
            found = attacked(name, folder, seeds(wanted.seconds / len(PLACES)))
            rows.append(found.row(name))
            mistakes += len(found.mistakes)
    with section("injected", "Words that would like to be something else", wanted) as lines:
        lines += [*TABLE, *rows]
    sys.exit(bool(mistakes))


if __name__ == "__main__":
    main()
