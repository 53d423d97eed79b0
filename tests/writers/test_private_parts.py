"""XlsxWriter's parts that no version of it promises, and that `BulkSheet` counts on.

Where one of these fails after an upgrade, the message names what moved: adapt `writers/bulk.py` and
`writers/mixed.py`, then raise the bound in pyproject.toml.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sheetformer.book.cells import CellBlock
from sheetformer.writers.bulk import BulkSheet

OVERRIDDEN = {
    "_write_rows": ["self"],
    "_get_range_data": ["self", "row_start", "col_start", "row_end", "col_end"],
}
CALLED = {
    (Worksheet, "_check_dimensions"): ["self", "row", "col"],
    (Worksheet, "_write_row"): ["self", "row", "spans", "row_info"],
    (Worksheet, "_write_empty_row"): ["self", "row", "spans", "row_info"],
    (Worksheet, "_write_cell"): ["self", "row", "col", "cell"],
    (Worksheet, "_escape_control_characters"): ["data"],
    (Format, "_get_xf_index"): ["self"],
}
READ = ("table", "row_info", "dim_rowmin", "dim_rowmax", "xls_colmax", "fh")


def parameters(owner: type, name: str) -> list[str]:
    method: Callable[..., Any] | None = getattr(owner, name, None)
    assert method is not None, f"XlsxWriter {xlsxwriter.__version__} has no {owner.__name__}.{name}"
    return list(inspect.signature(method).parameters)


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_an_overridden_method_is_as_it_was(name: str) -> None:
    assert parameters(Worksheet, name) == OVERRIDDEN[name], name
    assert parameters(BulkSheet, name) == OVERRIDDEN[name], name


@pytest.mark.parametrize(("owner", "name"), CALLED)
def test_a_called_method_takes_what_it_took(owner: type, name: str) -> None:
    known = CALLED[owner, name]
    assert parameters(owner, name)[: len(known)] == known, f"{owner.__name__}.{name}"


@pytest.mark.parametrize("name", READ)
def test_a_worksheet_has_the_attribute(name: str) -> None:
    assert hasattr(Worksheet(), name), f"XlsxWriter {xlsxwriter.__version__}: no Worksheet.{name}"


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_an_overridden_method_is_called(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[tuple[Any, ...]] = []
    ours = getattr(BulkSheet, name)

    def noted(self: Any, *given: Any) -> Any:
        called.append(given)
        return ours(self, *given)

    monkeypatch.setattr(BulkSheet, name, noted)
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as workbook:
        sheet: Any = workbook.add_worksheet("S", BulkSheet)
        sheet.write_rectangle(CellBlock(0, 0, np.ones((2, 1)), "plain"), workbook.add_format())
        chart = workbook.add_chart({"type": "line"})
        chart.add_series({"values": "=S!$A$1:$A$2"})
        sheet.insert_chart(4, 4, chart)
    assert called, f"XlsxWriter {xlsxwriter.__version__} does not call Worksheet.{name} any more"
