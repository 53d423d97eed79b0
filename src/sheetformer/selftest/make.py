"""The self-test as a book, and as a file that no program takes for calculated."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sheetformer.book.draft import Draft
from sheetformer.book.names import sheet_name
from sheetformer.book.workbook import Book
from sheetformer.errors import FileError
from sheetformer.files import check_target, replacing
from sheetformer.formula.tree import calls_in
from sheetformer.language import current_language, find_language, use_language
from sheetformer.scratch import Scratch
from sheetformer.selftest import lines
from sheetformer.selftest.collect import collect
from sheetformer.selftest.examples import Example
from sheetformer.selftest.front import front, said
from sheetformer.selftest.lines import Lines

_PROGRAM = b"<Application>Microsoft Excel</Application>"
_OURS = b"<Application>Sheetformer</Application>"
"""LibreOffice takes what Excel has stored as it is, and works out what others have stored."""


def write_selftest(path: Path, version: str, lang: str = "en") -> int:
    """Write the self-test as an .xlsx file; gives how many lines it has.

    Args:
        path: the file.
        version: of Sheetformer.
        lang: the language of its texts.

    Raises:
        FileError: the file has another suffix, or cannot be written.
        SheetformerError: there is no such language.
    """
    check_target(path)
    if path.suffix.lower() != ".xlsx":
        raise FileError(f"{path.name}: a self-test is a workbook; end the name in .xlsx")
    found = collect()
    save(selftest(found, version, lang), path)
    return len(found)


def save(book: Book, path: Path) -> None:
    """Write a self-test that was made already.

    Raises:
        FileError: the file cannot be written.
    """
    with Scratch() as scratch, replacing(path) as temporary:
        _sign(book.save(scratch.path / "selftest.xlsx"), temporary)


def _sign(workbook: Path, target: Path) -> None:
    """Say in the file that it is no program's own."""
    with zipfile.ZipFile(workbook) as source, zipfile.ZipFile(target, "w") as signed:
        for part in source.infolist():
            content = source.read(part).replace(_PROGRAM, _OURS)
            signed.writestr(part, content, zipfile.ZIP_DEFLATED)


def selftest(found: Sequence[Example], version: str, lang: str = "en") -> Book:
    """The book of the self-test.

    Args:
        found: its lines.
        version: of Sheetformer.
        lang: the language of its texts.

    Raises:
        SheetformerError: there is no such language.
    """
    with use_language(find_language(lang)):
        lines_sheet, elsewhere, numbers = _sheets()
        filled = Lines(lines_sheet, elsewhere, numbers)
        for example in found:
            filled.add(example)
        first = front(filled, version, _facts(found))
        others = (filled.sheet, filled.elsewhere, filled.numbers)
        sheets = (replace(first.done(), portrait=True), *(draft.done() for draft in others))
        return Book(
            said("title"), filled.graph, "matrix", sheets, filled.blocks,
            language=current_language().code, follows_graph=False,
        )  # fmt: skip


def _sheets() -> list[Draft]:
    """The sheets of the lines, still without any."""
    drafts: list[Draft] = []
    for key in ("lines", "elsewhere", "numbers"):
        draft = Draft(sheet_name(said(key), set()), frozen=(lines.FIRST, 0))
        draft.widths = {0: 2.0, lines.NUMBER: 6.0}
        draft.heights[0] = 30.0
        draft.text(0, 1, said(key), "title", 8)
        drafts.append(draft)
    _head(drafts[0])
    for number, column in enumerate(lines.SETS, start=1):
        drafts[2].text(1, column, said("inputs_number", number=number), "table_head")
        drafts[2].widths[column] = 24.0
    drafts[1].text(1, lines.NUMBER, said("line"), "table_head")
    return drafts


def _head(sheet: Draft) -> None:
    columns = {
        lines.NUMBER: ("line", 2),
        lines.TEXT: ("formula", 1),
        lines.RESULT: ("gives", 3),
        lines.EXPECTED: ("must_give", 3),
        lines.CHECKS: ("right", 5),
        lines.OPERANDS: ("reads", 6),
    }
    for column, (key, span) in columns.items():
        sheet.text(1, column, said(key), "table_head", span)
    sheet.widths |= {lines.MARK: 4.0, lines.TEXT: 64.0, lines.EXPECTED - 1: 2.0}
    sheet.widths |= {lines.CHECKS - 1: 2.0, lines.OPERANDS - 1: 2.0}
    sheet.widths |= dict.fromkeys(range(lines.CHECKS, lines.WRONG + 1), 5.0)


def _facts(found: Sequence[Example]) -> list[tuple[str, str]]:
    arrays = sum(example.is_array for example in found)
    functions = sorted(set[str]().union(*(calls_in(one.formula) for one in found)))
    operations = sorted(frozenset[str]().union(*(one.operations for one in found)))
    number = current_language().number
    return [
        (said("of_cells"), number(len(found) - arrays)),
        (said("of_arrays"), number(arrays)),
        (said("of_functions", number=len(functions)), ", ".join(functions)),
        (said("of_operations", number=len(operations)), ", ".join(operations)),
    ]
