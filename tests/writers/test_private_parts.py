"""XlsxWriter's parts that no version of it promises, and that our classes count on.

Where one of these fails after an upgrade, the message names what moved: adapt `writers/bulk.py`,
`writers/mixed.py` or `writers/texts.py`, then raise the bound in pyproject.toml.
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
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.workbook import SharedStringTable
from xlsxwriter.worksheet import Worksheet

from sheetformer.book.cells import CellBlock
from sheetformer.writers import texts
from sheetformer.writers.bulk import BulkSheet
from sheetformer.writers.formats import xlsx

OVERRIDDEN = {
    (Worksheet, BulkSheet, "_write_rows"): ["self"],
    (Worksheet, BulkSheet, "_get_range_data"): [
        "self", "row_start", "col_start", "row_end", "col_end",
    ],
    (xlsxwriter.Workbook, xlsx._Workbook, "_get_packager"): ["self"],
    (xlsxwriter.Workbook, xlsx._Workbook, "_write_defined_name"): ["self", "defined_name"],
    (Packager, texts.Parts, "_write_shared_strings_file"): ["self"],
    (Packager, texts.Parts, "_create_package"): ["self"],
    (SharedStrings, texts._Strings, "_write_sst_strings"): ["self"],
}  # fmt: skip
"""What their class has and ours has, too."""
CALLED = {
    (Worksheet, "_check_dimensions"): ["self", "row", "col"],
    (Worksheet, "_write_row"): ["self", "row", "spans", "row_info"],
    (Worksheet, "_write_empty_row"): ["self", "row", "spans", "row_info"],
    (Worksheet, "_write_cell"): ["self", "row", "col", "cell"],
    (Worksheet, "_escape_control_characters"): ["data"],
    (Format, "_get_xf_index"): ["self"],
    (SharedStringTable, "_get_shared_string_index"): ["self", "string"],
    (SharedStrings, "_assemble_xml_file"): ["self"],
    (SharedStrings, "_set_xml_writer"): ["self", "filename"],
    (Packager, "_filename"): ["self", "xml_filename"],
}
READ = ("table", "str_table", "row_info", "dim_rowmin", "dim_rowmax", "xls_colmax", "fh")


def parameters(owner: type, name: str) -> list[str]:
    method: Callable[..., Any] | None = getattr(owner, name, None)
    assert method is not None, f"XlsxWriter {xlsxwriter.__version__} has no {owner.__name__}.{name}"
    return list(inspect.signature(method).parameters)


@pytest.mark.parametrize(("theirs", "ours", "name"), OVERRIDDEN)
def test_an_overridden_method_is_as_it_was(theirs: type, ours: type, name: str) -> None:
    assert parameters(theirs, name) == OVERRIDDEN[theirs, ours, name], name
    assert parameters(ours, name) == OVERRIDDEN[theirs, ours, name], name


@pytest.mark.parametrize(("owner", "name"), CALLED)
def test_a_called_method_takes_what_it_took(owner: type, name: str) -> None:
    known = CALLED[owner, name]
    assert parameters(owner, name)[: len(known)] == known, f"{owner.__name__}.{name}"


@pytest.mark.parametrize("name", READ)
def test_a_worksheet_has_the_attribute(name: str) -> None:
    assert hasattr(Worksheet(), name), f"XlsxWriter {xlsxwriter.__version__}: no Worksheet.{name}"


@pytest.mark.parametrize(("theirs", "ours", "name"), OVERRIDDEN)
def test_an_overridden_method_is_called(
    theirs: type, ours: type, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[tuple[Any, ...]] = []
    method = getattr(ours, name)

    def noted(self: Any, *given: Any) -> Any:
        called.append(given)
        return method(self, *given)

    monkeypatch.setattr(ours, name, noted)
    with xlsx._Workbook(tmp_path / "book.xlsx", {"in_memory": True}) as workbook:
        sheet: Any = workbook.add_worksheet("S", BulkSheet)
        workbook.define_name("one", "=S!$A$1")
        words = np.array([["a"]], dtype=object)
        sheet.write_rectangle(CellBlock(0, 0, np.ones((2, 1)), "plain"), workbook.add_format())
        sheet.write_words(CellBlock(2, 0, words, "plain"), workbook.add_format())
        chart: Any = workbook.add_chart({"type": "line"})
        chart.add_series({"values": "=S!$A$1:$A$2"})
        sheet.insert_chart(4, 4, chart)
    version = xlsxwriter.__version__
    assert called, f"XlsxWriter {version} does not call {theirs.__name__}.{name} any more"
