"""Hostile workbooks, made from honest ones; each has a number and comes out the same again."""

# ruff: noqa: E501 (what is hostile is long)

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

Parts = dict[str, bytes]
"""Part of an .xlsx file → its content."""

SHEET = "xl/worksheets/sheet1.xml"
_STRINGS = "xl/sharedStrings.xml"

FORMULAS = [
    "(" * 5000, "(" * 64 + "1" + ")" * 64, "IF(1," * 60 + "1" + ")" * 60, "1" + "%" * 8000,
    "1" + "%" * 100_000, "-" * 8000 + "1", "1" + "^1" * 4000, "1" + "&1" * 4000, "{" * 3000,
    "FACTDOUBLE(1E18)", "FACT(170)", "COMBIN(1E15,5E14)", "COMBINA(1E9,1E9)", "BINOMDIST(1,1E18,1,1)",
    'REPT("a",1E9)', 'REPT(REPT("a",32767),32767)', "LAMBDA(x,x(x))(LAMBDA(x,x(x)))",
    "SEQUENCE(1048576,16384)", "MMULT(A1:XFD1,TRANSPOSE(A1:XFD1))", "SUM(A1:XFD1048576)",
    "A1:XFD1048576", "MAKEARRAY(20000,20000,LAMBDA(a,b,a))", "RANDARRAY(1E5,1E4)", "GAMMA(1E308)",
    "BESSELI(1,1E15)", "GCD(1E300,7)", "LCM(1E15,1E15+1)", "BASE(1E300,2,255)", "DEC2BIN(1E99)",
    "POISSON(1E9,1E9,1)", "NEGBINOMDIST(1E15,1,0.5)", "HYPGEOMDIST(1,1E9,1E9,1E18)", "ROMAN(1E9)",
    'WEBSERVICE("http://127.0.0.1:{port}/w")', 'HYPERLINK("http://127.0.0.1:{port}/h")',
    "'http://127.0.0.1:{port}/[b.xlsx]S'!A1", "cmd|'/c calc'!A1", 'IMAGE("http://127.0.0.1:{port}/i")',
    'INDIRECT("A"&1)', "OFFSET(A1,1E6,1E6)", "Z99", "Z98", "RAND()", "NOW()", "#REF!", "1/0", "NA()",
    "@@@", '"', "'", "=", "+", "1,2", "SUM(,,,,)", "A0", "ZZZZ1", "A99999999", "[1]S!A1", "_xlfn.X()",
    "LET(x,1,x)", "BYROW(A1:A9,LAMBDA(r,SUM(r)))", "CELL(\"filename\")", "INFO(\"directory\")",
    'TEXT(1,REPT("0",30000))', 'SUBSTITUTE(REPT("a",30000),"a",REPT("b",30000))', "YEARFRAC(1,1E9)",
    "NETWORKDAYS(1,1E15)", "WORKDAY(1,1E15)", "DAYS360(1,1E300)", "EDATE(1,1E300)", "CUMIPMT(0.1,1E9,1,1,1E9,0)",
    "IRR(A1:XFD9)", "RATE(1E9,1,1)", "XIRR(A1:A9,B1:B9)", "PRODUCT(A1:XFD1048576)", "COUNTIF(A:XFD,\"*?*?*?*?*\")",
    'MATCH("*a*a*a*a*b",A:A,0)', 'SEARCH("*a*a*a*a*a*b",REPT("a",30000))', "SMALL(A:XFD,1E9)", "\u202e1", "1e999",
]  # fmt: skip
"""What has killed or stopped an engine, asks somebody, or means nothing."""

_NUMBERS = ["0", "-1", "1", "1048577", "16385", "4294967296", "99999999999999999999", "1e309", "nan",
            "inf", "", "0x10", "-0", "1_0", "\u0661", "1" * 5000]  # fmt: skip
_CELLS = ["A0", "A1", "XFE1", "A1048577", "ZZZZZZ99999999999", "1", "", "A", "a1", "$A$1", "A1:A2",
          "A1:XFD1048576", "B2:A1", "\u00c41"]  # fmt: skip


def make(number: int, honest: list[Path], port: int) -> bytes:
    """The hostile file of a number.

    Args:
        number: says all that is chosen.
        honest: workbooks to begin with.
        port: where a request would be heard.
    """
    rng = Random(f"workbook {number}")
    kind = KINDS[number % len(KINDS)]
    source = honest[number // len(KINDS) % len(honest)]
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    made = kind(parts, rng, port)
    return made if isinstance(made, bytes) else packed(made)


def packed(parts: Parts) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(_dated(name), data)
    return target.getvalue()


def _dated(name: str) -> zipfile.ZipInfo:
    """A part whose date is always the same, as everything about a numbered file."""
    part = zipfile.ZipInfo(name)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


# -- kinds -----------------------------------------------------------------------------------------


def archive_damaged(parts: Parts, rng: Random, port: int) -> bytes:
    """Bytes of the archive are cut off, changed, doubled or put in."""
    del port
    data = bytearray(packed(parts))
    for _ in range(rng.choice((1, 1, 3, 20))):
        at = rng.randrange(len(data))
        what = rng.randrange(4)
        if what == 0:
            data = data[: max(at, 30)]
        elif what == 1:
            data[at] ^= 1 << rng.randrange(8)
        elif what == 2:
            data[at:at] = rng.randbytes(rng.randrange(1, 50))
        else:
            # Most damage does nothing but to a checksum; the directory decides more.
            end = len(data) - rng.randrange(1, min(3000, len(data)))
            data[end] = rng.randrange(256)
    return bytes(data)


def archive_strange(parts: Parts, rng: Random, port: int) -> bytes:
    """Bombs, doubled and strange names, parts that are missing or of another kind."""
    del port
    target = io.BytesIO()
    names = list(parts)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        gone = rng.choice(names) if rng.random() < 0.3 else ""
        for name, data in parts.items():
            if name != gone:
                archive.writestr(_dated(name), data)
        what = rng.randrange(6)
        if what == 0:
            archive.writestr(_dated("xl/media/bomb"), bytes(rng.choice((10**5, 10**7, 10**8))))
        elif what == 1:
            archive.writestr(_dated(rng.choice(names).upper()), b"<x/>")
        elif what == 2:
            archive.writestr(
                _dated(rng.choice(("../../x", "/etc/x", "C:\\x", "a\0b", "xl//x"))), b"x"
            )
        elif what == 3:
            for count in range(rng.choice((100, 12_000))):
                archive.writestr(_dated(f"xl/none{count}"), b"")
        elif what == 4:
            archive.comment = rng.randbytes(60_000)
        else:
            swapped = rng.sample(names, 2)
            archive.writestr(_dated(f"{swapped[0]}.bak"), parts[swapped[1]])
    return target.getvalue()


def xml_changed(parts: Parts, rng: Random, port: int) -> Parts:
    """Tags and attributes of a part are lost, doubled, exchanged or given other values."""
    del port
    name = rng.choice([name for name in parts if name.endswith((".xml", ".rels"))])
    text = parts[name].decode()
    for _ in range(rng.choice((1, 1, 2, 5))):
        tags = list(re.finditer(r"<[^>]*>", text))
        if not tags:
            break
        tag = rng.choice(tags)
        text = text[: tag.start()] + _changed_tag(tag[0], rng) + text[tag.end() :]
    return parts | {name: text.encode()}


def _changed_tag(tag: str, rng: Random) -> str:
    what = rng.randrange(5)
    if what == 0:
        return ""
    if what == 1:
        return tag * rng.choice((2, 2, 1000))
    values = list(re.finditer(r'"([^"]*)"', tag))
    if what == 2 or not values:
        return rng.choice(("<!DOCTYPE a [<!ENTITY b 'bb'>]>", "<a>" * 3000, "&b;", "\x00", "</c>",
                           "<![CDATA[", "<?x?>", tag[:-1]))  # fmt: skip
    value = rng.choice(values)
    new = rng.choice([*_NUMBERS, *_CELLS, "array", "shared", "s", "x" * 100_000])
    return tag[: value.start(1)] + new + tag[value.end(1) :]


def formula_planted(parts: Parts, rng: Random, port: int) -> Parts:
    """A hostile formula beside the book's, in place of one, as array, shared or conditional."""
    formula = escape(rng.choice(FORMULAS).replace("{port}", str(port)))
    text = parts[SHEET].decode()
    what = rng.randrange(5)
    if what == 0:
        text = re.sub(
            r"(<f[^>]*>)[^<]*</f>",
            lambda m: f"{m[1]}{formula}</f>",
            text,
            count=rng.choice((1, 1, 0)),
        )
    elif what == 1:
        area = rng.choice(("Z99:AA100", "Z99:AZ999", "A1:XFD1048576", "Z99:Z500099"))
        text = _with_rows(
            text, f'<row r="99"><c r="Z99"><f t="array" ref="{area}">{formula}</f></c></row>'
        )
    elif what == 2:
        cells = "".join(
            f'<row r="{2000 + i}"><c r="A{2000 + i}"><f t="shared" si="9"/></c></row>'
            for i in range(500)
        )
        text = _with_rows(
            text,
            f'<row r="99"><c r="Z99"><f t="shared" ref="Z99:Z2499" si="9">{formula}</f></c></row>{cells}',
        )
    elif what == 3:
        names = parts["xl/workbook.xml"].decode()
        added = f'<definedNames><definedName name="evil">{formula}</definedName>'
        parts = parts | {"xl/workbook.xml": names.replace("<definedNames>", added).encode()}
        text = _with_rows(text, '<row r="99"><c r="Z99"><f>evil</f></c></row>')
    else:
        text = _with_rows(text, f'<row r="99"><c r="Z99"><f>{formula}</f><v>1</v></c></row>')
    return parts | {SHEET: text.encode()}


def _with_rows(sheet: str, rows: str) -> str:
    return sheet.replace("</sheetData>", f"{rows}</sheetData>", 1)


def program_tampered(parts: Parts, rng: Random, port: int) -> Parts:
    """The JSON of the program has other types, numbers far too large, or lacks something."""
    del port
    text = parts[_STRINGS].decode()
    found = re.search(r"<t[^>]*>(\{&quot;|\{\")(origin|title).*?</t>", text, re.DOTALL)
    if found is None:
        return parts
    start, end = text.index("{", found.start()), found.end() - len("</t>")
    try:
        document = json.loads(
            text[start:end]
            .replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", '"')
        )
    except ValueError:
        return parts
    for _ in range(rng.choice((1, 1, 2, 4))):
        _tamper(document, rng)
    return parts | {_STRINGS: (text[:start] + escape(json.dumps(document)) + text[end:]).encode()}


def _tamper(document: object, rng: Random) -> None:
    holder = document
    path: list[tuple[object, object]] = []
    while isinstance(holder, dict | list) and holder:
        key = rng.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        path.append((holder, key))
        holder = holder[key]  # type: ignore[index]
    holder, key = rng.choice(path)
    bad = [None, True, 0, -1, 1.5, 10**9, 10**30, 1e308, "", "where", "x" * 40_000, [], [[]], {},
           [0, [22_000, 22_000], [0, 0]], {"where": 0}, {"ids": [0], "shape": [10**9]}]  # fmt: skip
    if rng.random() < 0.2:
        del holder[key]  # type: ignore[attr-defined]
    else:
        holder[key] = rng.choice(bad)  # type: ignore[index]


def memory_filled(parts: Parts, rng: Random, port: int) -> Parts:
    """Many cells, long texts, deep XML: a small file that would take much."""
    del port
    what = rng.randrange(6)
    if what == 5:
        strings = "".join(f"<si><t>{rng.random()}{'y' * 200}</t></si>" for _ in range(100_000))
        text = parts[_STRINGS].decode().replace("</sst>", f"{strings}</sst>")
        return parts | {_STRINGS: text.encode()}
    rows = [
        lambda: "".join(f'<row r="{300 + i}">' + f'<c r="A{300 + i}"><v>{rng.random()}</v></c>' * 40 + "</row>" for i in range(4000)),
        lambda: '<row r="300"><c r="A300" t="inlineStr"><is><t>' + "".join(map(chr, rng.choices(range(97, 123), k=5_000_000))) + "</t></is></c></row>",
        lambda: "".join(f'<row r="{300 + i}"><c r="Z{300 + i}"><f t="array" ref="Z{300 + i}:AZ{200_000 + i}">1</f></c></row>' for i in range(50)),
        lambda: "<a>" * 200_000,
        lambda: "".join(f'<row r="{300 + i}"><c r="A{300 + i}"><f>SUM(A1:XFD{i + 1})+RAND()</f></c></row>' for i in range(300)),
    ]  # fmt: skip
    return parts | {SHEET: _with_rows(parts[SHEET].decode(), rows[what]()).encode()}


def somebody_asked(parts: Parts, rng: Random, port: int) -> Parts:
    """Links to pictures, data, other books and programs, of every kind that the format has."""
    address = f"http://127.0.0.1:{port}/{rng.randrange(1000)}"
    kinds = ("image", "hyperlink", "externalLink", "oleObject", "externalLinkPath", "attachedTemplate",
             "connections", "queryTable", "drawing", "customXml", "vmlDrawing", "video", "frame")  # fmt: skip
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = "".join(
        f'<Relationship Id="x{i}" Type="{base}/{kind}" Target="{address}/{kind}" TargetMode="External"/>'
        for i, kind in enumerate(kinds)
    )
    changed = dict(parts)
    places = ["xl/worksheets/_rels/sheet1.xml.rels", "xl/_rels/workbook.xml.rels", "_rels/.rels",
              "xl/drawings/_rels/drawing1.xml.rels", "xl/charts/_rels/chart1.xml.rels"]  # fmt: skip
    start = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    for name in rng.sample(places, rng.randrange(1, len(places))):
        old = changed.get(name, f"{start}</Relationships>".encode()).decode()
        changed[name] = old.replace("</Relationships>", f"{rels}</Relationships>").encode()
    if "xl/drawings/drawing1.xml" in changed:
        picture = (
            "<xdr:oneCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1"
            '</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="900000" cy="900000"/><xdr:'
            'pic><xdr:nvPicPr><xdr:cNvPr id="99" name="p"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill>'
            '<a:blip xmlns:r="'
            + base
            + '" r:link="x0" r:embed="x0"/></xdr:blipFill><xdr:spPr/></xdr:pic>'
            "<xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>"
        )
        drawing = changed["xl/drawings/drawing1.xml"].decode()
        changed["xl/drawings/drawing1.xml"] = drawing.replace("</xdr:wsDr>", picture).encode()
    added = (f'<hyperlinks><hyperlink xmlns:r="{base}" ref="A1" r:id="x1"/></hyperlinks>', "",
             f'<oleObjects><oleObject xmlns:r="{base}" progId="Package" link="x" oleUpdate="OLEUPDATE_ALWAYS"'
             f' shapeId="1" r:id="x3"/></oleObjects>')  # fmt: skip
    sheet = changed[SHEET].decode().replace("</worksheet>", f"{rng.choice(added)}</worksheet>")
    formula = escape(f'WEBSERVICE("{address}")')
    changed[SHEET] = _with_rows(
        sheet, f'<row r="999"><c r="A999"><f>{formula}</f></c></row>'
    ).encode()
    return changed


KINDS: list[Callable[[Parts, Random, int], Parts | bytes]] = [
    archive_damaged,
    archive_strange,
    xml_changed,
    formula_planted,
    program_tampered,
    memory_filled,
    somebody_asked,
    xml_changed,
    formula_planted,
    program_tampered,
]
