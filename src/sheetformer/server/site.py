"""The lessons and their exercises as a folder of files that any web host can serve.

No program runs there, and no key lies there.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sheetformer.errors import FileError
from sheetformer.exercises.make import exercise
from sheetformer.files import replacing
from sheetformer.language import ENGLISH, find_language, languages
from sheetformer.server.book_request import TRANSLATE, BookRequest
from sheetformer.server.pictures import FAVICON
from sheetformer.server.start import card_head, document, languages_nav, title_and_summary
from sheetformer.suggest import suggestion

if TYPE_CHECKING:
    from sheetformer.book.workbook import Book

STYLES = ("matrix", "cell")
_ICON = "favicon.svg"
_ROBOTS = "User-agent: *\nAllow: /\n"
"""Search engines may know all of it: nothing here is made for one reader."""
EXERCISES = ("html", "xlsx")
"""What an exercise is written as."""


def write_site(folder: Path, only: Collection[str] = ()) -> Iterator[Path]:
    """Write all lessons as pages and workbooks, and a start page a language; gives each file.

    A page speaks all languages, so there is one for each style; a workbook speaks one, so there is
    one for each style and language, and an exercise for each language.

    Args:
        folder: where they go; it is made if it is not there.
        only: names of lessons; all of them and the translator if there are none.

    Raises:
        FileError: something cannot be written.
    """
    names = _names(only)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{folder} cannot be made a folder: {error.strerror}") from error
    for name in names:
        for style in STYLES:
            yield _book(name, style, ENGLISH.code).save(folder / _page(name, style))
        for code in languages():
            books = {style: _book(name, style, code) for style in STYLES}
            for style, book in books.items():
                yield book.save(folder / _workbook(name, style, code))
            if blanks := _blanks(name):
                handed_out = exercise(books[STYLES[0]], blanks).book
                for kind in EXERCISES:
                    yield handed_out.save(folder / _exercise(name, code, kind))
    texts = {_start(code): _start_page(names, code) for code in languages()}
    for name, text in {**texts, _ICON: FAVICON, "robots.txt": _ROBOTS}.items():
        path = folder / name
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
        yield path


def _names(only: Collection[str]) -> list[str]:
    from sheetformer.lessons import LESSONS

    every = [*LESSONS, TRANSLATE]
    for name in only:
        if name not in every:
            raise FileError(f"there is no lesson {name!r}; {suggestion(name, every)}")
    return [name for name in every if name in only or not only]


def _book(name: str, style: str, code: str) -> Book:
    return BookRequest(name, {"formulas": style}, code).book()


def _page(name: str, style: str) -> str:
    return f"{name}.html" if style == STYLES[0] else f"{name}.{style}.html"


def _workbook(name: str, style: str, code: str) -> str:
    return f"{name}.{code}.xlsx" if style == STYLES[0] else f"{name}.{style}.{code}.xlsx"


def _blanks(name: str) -> str:
    """What the ready exercise of a lesson leaves to fill in; nothing where there is none."""
    from sheetformer.lessons import LESSONS

    return LESSONS[name].blanks if name in LESSONS else ""


def _exercise(name: str, code: str, kind: str) -> str:
    return f"{name}.exercise.{code}.{kind}"


def _start(code: str) -> str:
    return "index.html" if code == ENGLISH.code else f"index.{code}.html"


def _start_page(names: Collection[str], code: str) -> str:
    text = find_language(code).table("server")
    body = (
        f"<header><h1>{text['title']}</h1>{languages_nav(code, _start)}</header>"
        f'<main id="lessons"><h2>{text["lessons"]}</h2>'
        f"<ol>{''.join(_card(i, name, code) for i, name in enumerate(names, start=1))}</ol></main>"
    )
    return document(text["title"], body, code, _ICON)


def _card(number: int, name: str, code: str) -> str:
    """A lesson with links to its pages, which open in the reader's language, and its workbooks."""
    title, summary = title_and_summary(name, code)
    head = card_head(
        number, name, f'<a href="{_page(name, STYLES[0])}{_state(code)}">{escape(title)}</a>', code
    )
    styles = "".join(_style_links(name, style, code) for style in STYLES)
    return f"<li>{head}<p>{escape(summary)}</p>{styles}{_exercise_links(name, code)}</li>"


def _state(code: str) -> str:
    """What makes a page open in a language."""
    return "" if code == ENGLISH.code else f"#state={quote(json.dumps({'language': code}))}"


def _style_links(name: str, style: str, code: str) -> str:
    """The page and the workbook of a lesson with formulas of one style."""
    text = find_language(code).table("server")
    label, page = f"{text['formulas']}: {text[style]}", f"{_page(name, style)}{_state(code)}"
    return _links(label, page, _workbook(name, style, code))


def _exercise_links(name: str, code: str) -> str:
    if not _blanks(name):
        return ""
    label = find_language(code).message("exercise.sheet")
    return _links(label, *(_exercise(name, code, kind) for kind in EXERCISES))


def _links(label: str, page: str, workbook: str) -> str:
    told = escape(label)
    file = f'<a href="{workbook}" aria-label="{told}, .xlsx">.xlsx</a>'
    return f'<p><a href="{page}">{told}</a> · {file}</p>'
