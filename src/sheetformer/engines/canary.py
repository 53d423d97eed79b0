"""A workbook whose stored values are wrong on purpose: an engine that trusts them is found out."""

from __future__ import annotations

import zipfile
from pathlib import Path

from sheetformer.engines.base import Cells

CANARY_CELLS: Cells = {"Canary": {(0, 0): 20.0, (0, 1): 21.0, (0, 2): 41.0}}
"""What an engine that recalculates makes of the canary."""

_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/docProps/app.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.extended-properties+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/sheet.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/officeDocument" Target="xl/workbook.xml"/>'
        '<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/extended-properties" Target="docProps/app.xml"/></Relationships>'
    ),
    # Stored values are trusted most from Excel itself; the canary must not be an easier case.
    "docProps/app.xml": (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        'extended-properties"><Application>Microsoft Excel</Application>'
        "<AppVersion>12.0000</AppVersion></Properties>"
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="Canary" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/worksheet" Target="sheet.xml"/></Relationships>'
    ),
    "xl/sheet.xml": (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1"><v>20</v></c><c r="B1"><f>A1+1</f><v>-999</v></c>'
        '<c r="C1"><f t="array" ref="C1">SUM(A1:B1)</f><v>-999</v></c></row>'
        "</sheetData></worksheet>"
    ),
}


def write_canary(path: Path) -> None:
    """Write the workbook: an input, a formula on it, and an array formula on both.

    The two formulas carry -999 as their stored value.
    """
    with zipfile.ZipFile(path, "w") as archive:
        for part, text in _PARTS.items():
            archive.writestr(part, text)
