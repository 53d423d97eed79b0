"""How the cells of a workbook show their numbers, as far as an .xlsx file says it."""

from __future__ import annotations

from pathlib import Path

from sheetformer.engines.base import Position
from sheetformer.engines.package import Package, open_package, parse
from sheetformer.engines.reader import corners
from sheetformer.errors import FileError

_BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
    11: "0.00E+00", 37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""Formats that a file names by number alone."""


def number_formats(path: Path) -> dict[str, dict[Position, str]]:
    """The number format of each cell that is there, sheet by sheet.

    Raises:
        FileError: the file cannot be read.
    """
    with open_package(path) as package:
        try:
            codes = _codes(package)
            return {name: _formats(package, part, codes) for name, part in package.sheets.items()}
        except (ValueError, IndexError):
            raise FileError(f"'{path}' is damaged: a cell has no readable format") from None


def _formats(package: Package, part: str, codes: list[str]) -> dict[Position, str]:
    found: dict[Position, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "c" and "r" in attributes:
            found[corners(attributes["r"])[0]] = codes[int(attributes.get("s", 0))]

    parse(package, part, start)
    return found


def _codes(package: Package) -> list[str]:
    """The number format of each cell style."""
    own: dict[int, str] = {}
    styles: list[int] = []
    inside = [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            # Some programs write a backslash before a sign that needs none.
            own[int(attributes["numFmtId"])] = attributes["formatCode"].replace("\\-", "-")
        elif tag == "cellXfs":
            inside[0] = True
        elif tag == "xf" and inside[0]:
            styles.append(int(attributes.get("numFmtId", 0)))

    def end(tag: str) -> None:
        inside[0] = inside[0] and tag != "cellXfs"

    if package.styles:
        parse(package, package.styles, start, end)
    return [own.get(number, _BUILT_IN.get(number, str(number))) for number in styles] or ["General"]
