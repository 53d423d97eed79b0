"""The table of docs/compatibility.md: what was run, what was reported, what nobody has tried."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[2] / "docs" / "compatibility.md"
RESULTS = Path(__file__).with_name("results.csv")
"""A line a program and version; what somebody reports is one more line, by hand."""
UNTESTED = (
    "Microsoft Excel (Windows, macOS, web, phone)",
    "Google Sheets",
    "LibreOffice newer than 7.4",
    "Apple Numbers",
    "WPS Spreadsheets",
    "ONLYOFFICE Spreadsheet Editor",
)
"""Programs of which nobody has told anything yet."""
_TABLE = re.compile(r"(?<=<!-- table -->\n).*?(?=<!-- end -->)", re.DOTALL)


class Row(NamedTuple):
    """One program of one version, and its large field for either set of inputs."""

    program: str
    version: str
    status: str
    how: str
    first: str
    second: str


def read_rows() -> dict[str, Row]:
    """The lines that are kept, by the names of programs."""
    with RESULTS.open(encoding="utf-8", newline="") as file:
        return {line[0]: Row(*line) for line in list(csv.reader(file))[1:]}


def write_rows(rows: Mapping[str, Row]) -> None:
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows(rows.values())


def with_table(page: str, rows: Mapping[str, Row]) -> str:
    """The page with the table of these rows."""
    lines = ["| program | version | | how | inputs 1 | inputs 2 |", "|---|---|---|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows.values()]
    told = " ".join(rows)
    unknown = (name for name in UNTESTED if name.split(" (")[0] not in told)
    lines += [f"| {name} | – | untested | – | – | – |" for name in unknown]
    return _TABLE.sub(lambda _: "\n".join(lines) + "\n", page)
