"""In a real browser: edit a page, download it, and find the same numbers in the workbook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.engines import get_engine
from sheetformer.engines.base import Cells
from sheetformer.engines.reader import formula_cells
from sheetformer.formula.address import a1
from sheetformer.language import languages

from ..browsing import chromium, copied, type_into, watched
from .test_serve import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as (_, address):
        yield address


def where(book: sf.Book, name: str, row: int = 0, column: int = 0) -> str:
    """The address of a cell of a block, as a reader types it."""
    block = book[name].block
    matrix = block.matrices[0]
    return f"{block.sheet}!{a1(matrix.row + row, matrix.column + column)}"


def shown(page: Page) -> dict[str, list[list[str]]]:
    """Everything that stands on the page: sheet → rows of cells."""
    page.locator("#tab-sheet").click()
    sheets = {}
    for tab in page.locator(".sheettab").all():
        tab.click()
        sheets[tab.inner_text()] = copied(page)
    return sheets


def differences(
    page: dict[str, list[list[str]]], cells: Cells, formulas: dict[str, set[tuple[int, int]]]
) -> tuple[int, float, list[str]]:
    """How many formula cells there are, how far numbers are apart, and which are not the same."""
    count, largest, off = 0, 0.0, []
    for sheet, rows in page.items():
        for row, column in formulas[sheet]:
            there = cells[sheet].get((row, column), "")
            here = rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
            count += 1
            if isinstance(there, float):
                difference = abs(float(here) - there) if here else abs(there)
                largest = max(largest, difference)
                if difference <= 1e-9:
                    continue
            elif here == (str(there).upper() if isinstance(there, bool) else str(there)):
                continue
            off.append(f"{sheet}!{a1(row, column)}: {here!r} here, {there!r} there")
    return count, largest, off


def test_what_stands_on_the_page_is_what_is_downloaded(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    book = sf.lesson("cross-attention", source="I am happy", target="eu sou feliz")
    page = browser.new_page(accept_downloads=True)
    problems = watched(page)
    page.goto(address)
    page.locator('form[action="/lessons/cross-attention"] button').click()
    page.wait_for_selector(".sheetformer .namebox")
    type_into(page, where(book, "source_words", 2), "tired")
    type_into(page, where(book, "W_Q_learned", 1, 1), "0.25")
    type_into(page, where(book, "W_K_learned", 0, 0), "=SUM(1,2)/4")
    type_into(page, where(book, "target_words", 0), '\'=HYPERLINK("x")')
    sheets = shown(page)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download").click()
    assert coming.value.suggested_filename == "cross-attention.xlsx"
    path = tmp_path / "page.xlsx"
    coming.value.save_as(path)
    page.close()
    formulas = formula_cells(path)
    cells = get_engine("ironcalc").recalculate(path)
    count, largest, off = differences(sheets, cells, formulas)
    assert not off, off[:5]
    assert count > 1_000
    assert largest <= 1e-9
    block = book["source_words"].block
    matrix = block.matrices[0]
    assert cells[block.sheet][matrix.row + 2, matrix.column] == "tired"
    block = book["target_words"].block
    matrix = block.matrices[0]
    assert cells[block.sheet][matrix.row, matrix.column] == '=HYPERLINK("x")'
    before = book["weights"].value
    first = book["weights"].block.matrices[0]
    after = float(sheets["Attention"][first.row + 1][first.column])
    assert not np.isclose(after, before[1, 0]), "the edits moved the weights"
    assert not problems, problems
    # The comparison itself: one wrong cell is found.
    sheets["Attention"][first.row][first.column] = "0.123"
    assert len(differences(sheets, cells, formulas)[2]) == 1


def test_a_refused_download_says_why_on_the_page(browser: Browser, address: str) -> None:
    book = sf.lesson("cross-attention")
    page = browser.new_page()
    page.goto(f"{address}lessons/cross-attention?lang=pt")
    page.wait_for_selector(".sheetformer .namebox")
    # The result has more cells than are free here.
    type_into(page, where(book, "W_Q_learned"), "=Q_*2")
    page.get_by_role("button", name="Baixar").click()
    alert = page.locator(".refusal")
    alert.wait_for(state="visible")
    assert "não está livre" in alert.inner_text()
    page.close()


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_start_page_fits_a_phone_and_logs_nothing(
    browser: Browser, address: str, lang: str, scheme: str
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    problems = watched(page)
    page.goto(f"{address}?lang={lang}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    unlabelled = page.evaluate(
        """[...document.querySelectorAll("input:not([type=hidden]), select")]
            .filter(field => !field.labels.length).length"""
    )
    assert unlabelled == 0
    assert not [line for line in problems if "favicon" not in line], problems
    page.close()
