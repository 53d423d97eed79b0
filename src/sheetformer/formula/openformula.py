"""Formulas as an .ods file holds them (OpenFormula), written as an .xlsx file does."""

from __future__ import annotations

import re

_PLACE = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}|\$?[A-Za-z]{1,3}|\$?[0-9]{1,7}"
_SHEET = r"\$?(?:'(?:[^']|'')+'|[^.'\"$\[\]]+)"
_REFERENCE = re.compile(
    rf"(?P<sheet>{_SHEET})?\.(?P<first>{_PLACE})(?::(?P<other>{_SHEET})?\.(?P<last>{_PLACE}))?"
)
# What is taken is never given back (+): else each of many quotes doubles the ways to read them.
_PART = re.compile(
    r"(?P<text>\"(?:[^\"]|\"\")*\"|#[A-Z0-9/]+[!?]?)"
    r"|\[(?P<reference>(?:[^\]'\"]|'(?:[^']|'')*+'){0,2000}+)\]"
    r"|(?P<call>[A-Za-z][A-Za-z0-9._]*)(?=\s*\()"
    r"|(?P<sign>[;|{}~!])"
)
_VENDOR = re.compile(r"(?:COM\.MICROSOFT|ORG\.(?:OPENOFFICE|LIBREOFFICE)|LEGACY)\.")
_PREFIX = re.compile(r"(?:of|oooc|msoxl):=?|=")


class UnknownFormulaError(ValueError):
    """What no workbook can hold: a table of another file, or another language of formulas."""


def from_openformula(formula: str) -> str:
    """A formula as an .xlsx file holds it, without its equals sign.

    Raises:
        UnknownFormulaError: it reads another file, or is in a language of its own.

    >>> from_openformula("of:=SUM([.A1:.B2];[$'My sheet'.$C$1])*{1;2|3;4}")
    "SUM(A1:B2,'My sheet'!$C$1)*{1,2;3,4}"
    >>> from_openformula("of:=IFERROR([.A1];#DIV/0!)")
    'IFERROR(A1,#DIV/0!)'
    >>> from_openformula('of:=COM.MICROSOFT.CONCAT("a;b";[.A1])')
    'CONCAT("a;b",A1)'
    """
    prefix = _PREFIX.match(formula)
    if prefix is None:
        raise UnknownFormulaError(formula[:20])
    braces = 0

    def written(found: re.Match[str]) -> str:
        nonlocal braces
        if found["reference"] is not None:
            return _reference(found["reference"])
        if found["call"]:
            return _VENDOR.sub("", found["call"].upper(), count=1)
        if found["sign"] is None:
            return found[0]
        braces += {"{": 1, "}": -1}.get(found["sign"], 0)
        signs = {"|": ";", ";": ","} if braces else {";": ",", "~": ",", "!": " "}
        return signs.get(found["sign"], found["sign"])

    return _PART.sub(written, formula[prefix.end() :])


def reference_area(address: str) -> tuple[str, str]:
    """The sheet and the cells of an address with a sheet, as `$Sheet.$A$1:.$B$2`.

    Raises:
        UnknownFormulaError: it is none, or goes over several sheets.

    >>> reference_area("$'My sheet'.$A$1:.$B$2")
    ('My sheet', '$A$1:$B$2')
    """
    found = _REFERENCE.fullmatch(address)
    if found is None or (found["other"] and found["other"] != found["sheet"]):
        raise UnknownFormulaError(address[:40])
    cells = found["first"] + (f":{found['last']}" if found["last"] else "")
    return _plain(found["sheet"] or ""), cells


def _reference(body: str) -> str:
    if "#REF!" in body:
        return "#REF!"
    sheet, cells = reference_area(body)
    if (
        ":" not in cells
        and cells.strip("$").isalnum()
        and not re.search(r"[A-Za-z]\$?[0-9]", cells)
    ):
        cells = f"{cells}:{cells}"
    if not sheet:
        return cells
    return "'{}'!{}".format(sheet.replace("'", "''"), cells)


def _plain(sheet: str) -> str:
    name = sheet.removeprefix("$")
    return name[1:-1].replace("''", "'") if name.startswith("'") else name
