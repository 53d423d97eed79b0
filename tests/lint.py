"""Names and formulas that real Excel refuses or misreads, and no engine here catches."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RANGE = r"(?:'[^']+'!|\w+!)?\$?[A-Z]{1,3}\$?\d+:\$?[A-Z]{1,3}\$?\d+"
_EACH = "EXP|ABS|SQRT|TANH|LN|IF"
_MEANS_SOMETHING = frozenset(
    {
        *("SUM", "EXP", "LN", "PI", "MAX", "MIN", "INDEX", "MATCH", "N", "T", "LET", "LAMBDA"),
        *("PRINT_AREA", "PRINT_TITLES", "CRITERIA", "DATABASE", "EXTRACT"),
    }
)
_ROW_OR_COLUMN = frozenset(
    ["R", "C", "RC", "Z", "S", "ZS", "L", "LC", "F", "FC", "K", "RK", "W", "WK", "RS", "O", "SO"]
)
"""Row and column, and both, as Excel abbreviates them in its languages."""
_AFTER_2010 = re.compile(
    r"\b(_xlfn\.|LET|LAMBDA|BYROW|BYCOL|MAP|REDUCE|SEQUENCE|FILTER|XLOOKUP|TEXTJOIN|CONCAT|IFS|"
    r"SWITCH|MAXIFS|HSTACK|VSTACK|VAR\.P|VAR\.S|STDEV\.P|STDEV\.S|NORM\.S\.DIST|NORM\.DIST)\b"
)


def name_fault(name: str) -> str | None:
    """Why Excel, Sheets or LibreOffice would refuse a defined name, or None."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        return "only ASCII letters, digits and _"
    if len(name) > 255:
        return "too long"
    cell = re.fullmatch(r"([A-Za-z]{1,3})(\d+)", name)
    if cell and _column(cell[1]) <= 16_384:
        return "looks like a cell"
    if re.match(r"[A-Za-z]{1,2}\d", name):
        return "Excel in some language reads a row or a column"
    if name.upper() in _ROW_OR_COLUMN:
        return "looks like a row or column"
    if re.match(r"(?i)true|false", name):
        return "begins with TRUE or FALSE"
    return "a function or reserved" if name.upper() in _MEANS_SOMETHING else None


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def formula_faults(formula: str, *, array: bool) -> list[str]:
    """What real Excel would do otherwise than the engines that tests run on."""
    bare = re.sub(r'"(?:[^"]|"")*"', '""', formula)
    faults = ["a literal such as 1E9"] if re.search(r"(?<![\w.$])\d+(\.\d+)?E\d", bare) else []
    faults += [f"{found[0]} is younger than Excel 2010" for found in _AFTER_2010.finditer(bare)]
    if len(formula) > 8_192:
        faults.append("longer than 8,192 characters")
    if any(len(text) > 255 for text in re.findall(r'"((?:[^"]|"")*)"', formula)):
        faults.append("a text longer than 255 characters")
    if array:
        return faults
    if "TRANSPOSE(" in bare:
        faults.append("TRANSPOSE outside an array formula")
    if re.search(rf"\b(SUM|MAX|MIN|AVERAGE)\((?:{_EACH})\({_RANGE}", bare):
        faults.append("a range taken cell by cell outside an array formula")
    if re.search(rf"\bSUMPRODUCT\((?:{_EACH})\(-?{_RANGE}\)\)", bare):
        faults.append("SUMPRODUCT of a function of a bare range")
    if re.search(rf"INDEX\(\s*({_EACH}|MMULT)\(", bare):
        faults.append("INDEX of an array expression")
    return faults


def workbook_faults(path: Path) -> list[str]:
    """All faults of a workbook's defined names and formulas."""
    with zipfile.ZipFile(path) as package:
        workbook = ET.fromstring(package.read("xl/workbook.xml"))
        sheets = [
            ET.fromstring(package.read(part))
            for part in package.namelist()
            if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", part)
        ]
    names = [str(item.get("name")) for item in workbook.iter(f"{_MAIN}definedName")]
    own = [name for name in names if not name.startswith("_xlnm.")]
    faults = [f"{name}: {fault}" for name in own if (fault := name_fault(name))]
    if len({name.upper() for name in own}) < len(own):
        faults.append(f"names that differ only in case: {own}")
    formulas = [(f.text or "", f.get("t") == "array") for s in sheets for f in s.iter(f"{_MAIN}f")]
    for formula, array in formulas:
        faults += [f"={formula}: {fault}" for fault in formula_faults(formula, array=array)]
    return faults
