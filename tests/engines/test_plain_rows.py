"""Rows that fit a pattern are read by it, and as the XML parser reads them; all others by that."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Any

import pytest

import sheetformer as sf
from sheetformer.engines import reader
from sheetformer.engines.package import parse_stream
from sheetformer.engines.plain_rows import StrangeError, read_rows
from sheetformer.engines.reader import SheetReader, read_contents

STRINGS = ["one", "two"]

PLAIN = (
    '<row r="1"><c r="A1" s="3"><v>1.5</v></c><c r="B1"/><c r="C1" t="s"><v>1</v></c></row>',
    '<row r="2" ht="30" x14ac:dyDescent="0.2"/><row r="5"><c r="A5" t="b"><v>1</v></c></row>',
    '<row r="1"><c r="A1"><f>1&lt;2</f><v>1</v></c><c r="B1" t="str"><f>"a"</f><v></v></c></row>',
    '<row r="1"><c r="A1"><f t="array" ref="A1:B2">C1:D2</f><v>-0</v></c></row>',
    '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="str"><v>a_x0041_&amp;é</v></c></row>',
    "",
)
STRANGE = (
    '<row r="1"><c r="A1"><v>1</v></c><!-- <c r="B1"><v>2</v></c> --></row>',
    '<row r="1"><c r="A1" t="str"><v><![CDATA[a]]></v></c></row>',
    '<row r="1"><c><v>1</v></c></row>',
    "<row r='1'><c r='A1'><v>1</v></c></row>",
    '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>',
    '<row r="1"><c r="A2"><v>1</v></c></row>',
    '<row r="1"><c r="A1" t="str"><v>&#65;</v></c></row>',
    '<row r="1"><c r="A1" t="str"><v>a\rb</v></c></row>',
    '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>1</v></c></row>',
    '<row r="1"> <c r="A1"><v>1</v></c></row>',
)


def sheet(rows: str, head: str = "", tail: str = "") -> bytes:
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<worksheet xmlns="{name}" '
        f'xmlns:x14ac="x">{head}<sheetData>{rows}</sheetData>{tail}</worksheet>'
    ).encode()


def parsed(xml: bytes) -> SheetReader:
    found = SheetReader(STRINGS)
    parse_stream(io.BytesIO(xml), found.start, found.end, found.characters)
    found.finish()
    return found


def contents(found: SheetReader) -> Any:
    return [(at, repr(value)) for at, value in found.values.items()], [*found.formulas.items()]


@pytest.mark.parametrize("rows", PLAIN)
def test_plain_rows_are_read_as_by_the_parser(rows: str) -> None:
    xml, found = sheet(rows, "<cols/>", '<rowBreaks count="1"/>'), SheetReader(STRINGS)
    assert read_rows(io.BytesIO(xml), found) == sheet("", "<cols/>", '<rowBreaks count="1"/>')
    found.finish()
    assert contents(found) == contents(parsed(xml))


@pytest.mark.parametrize("rows", STRANGE)
def test_strange_rows_are_left_to_the_parser(rows: str) -> None:
    with pytest.raises(StrangeError):
        read_rows(io.BytesIO(sheet(rows)), SheetReader(STRINGS))


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        ("<!-- <sheetData> -->", ""),
        ("", "<!-- a -->"),
        ('<row r="1"/>', ""),
        ("", '<extra><c r="A1"><v>1</v></c></extra>'),
    ],
)
def test_what_stands_around_the_rows_may_hold_no_cells(head: str, tail: str) -> None:
    with pytest.raises(StrangeError):
        read_rows(io.BytesIO(sheet(PLAIN[0], head, tail)), SheetReader(STRINGS))


def test_one_changed_byte_never_makes_both_readers_differ() -> None:
    xml, chance = sheet("".join(PLAIN[:2])), random.Random(1)
    for _ in range(2000):
        changed = bytearray(xml)
        changed[chance.randrange(len(xml))] = chance.choice(b"<>/\"'=& \r\tcrfvs0A9!\xff")
        found = SheetReader(STRINGS)
        try:
            around = read_rows(io.BytesIO(bytes(changed)), found)
            parse_stream(io.BytesIO(around), lambda *_: None)
        except Exception:  # noqa: BLE001  (then the parser reads it, or says what is wrong)
            continue
        assert contents(found) == contents(parsed(bytes(changed)))


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_a_book_is_read_by_the_pattern(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, formulas: str
) -> None:
    path = sf.lesson("cross-attention", formulas=formulas).save(tmp_path / "book.xlsx")
    quickly = read_contents(path)
    walked: list[str] = []
    thorough = reader.parse

    def noted(package: Any, part: str, *handlers: Any) -> None:
        walked.append(part)
        thorough(package, part, *handlers)

    monkeypatch.setattr(reader, "parse", noted)
    assert read_contents(path) == quickly
    assert not [part for part in walked if "worksheets" in part]
    monkeypatch.setattr(reader, "_read_plainly", lambda *_: None)
    assert read_contents(path) == quickly
