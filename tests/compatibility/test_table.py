"""The page on compatibility: its table is that of what was found, and it says what is stored."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from sheetformer.selftest import front

from .programs import programs
from .table import PAGE, read_rows, with_table


def test_the_table_is_of_what_was_found() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page, read_rows()) == page, "run: python -m tests.compatibility --write"
    for name in ("Microsoft Excel", "Google Sheets", "Apple Numbers"):
        assert name in page


def test_what_calculates_has_a_count_and_what_reads_has_none() -> None:
    rows = read_rows()
    for program in programs():
        if program.name not in rows:
            continue
        row = rows[program.name]
        assert row.status == "run by us"
        for verdict in (row.first, row.second):
            assert verdict[0] in ("✓✗" if program.calculates else "→"), row


def test_a_reader_of_stored_results_is_found_out(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Self-test"
    book.active.cell(front.VERDICT + 1, front.LEFT + 1, "→ not calculated")
    book.save(tmp_path / "a.xlsx")
    reader = next(program for program in programs() if program.name == "openpyxl")
    found = reader.run(tmp_path / "a.xlsx", ("Self-test", front.VERDICT, front.LEFT))
    assert found.verdict == "→ not calculated"
